package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/evoladder/evoladderbot/internal/app"
	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/store"
)

// migrate brings the database up to date and stops.
func migrate(ctx context.Context) error {
	settings, err := config.Load[config.Evoladder]()
	if err != nil {
		return err
	}
	database, err := store.Open(ctx, settings.Database())
	if err != nil {
		return err
	}
	return database.Close()
}

// healthTimeout is for a process that answers, however busy.
const healthTimeout = 3 * time.Second

// health asks the process on this machine whether it is ready: what a
// container's health check runs.
func health(ctx context.Context) error {
	settings, err := config.Load[config.Evoladder]()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	address := settings.Listen(app.PageAddress)
	if address[0] == ':' {
		address = "127.0.0.1" + address
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return errors.New("not ready: " + response.Status)
	}
	fmt.Fprintln(os.Stdout, "ready")
	return nil
}
