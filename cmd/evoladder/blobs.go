package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/evoladder/evoladderbot/internal/app"
	"github.com/evoladder/evoladderbot/internal/blob"
	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/store"
)

var errBlobsUsage = errors.New("use evoladder blobs adopt, after the uploaded files were moved on purpose and BLOB_URL was set to their new place")

// blobs makes the file storage of BLOB_URL the one that belongs to the database.
func blobs(ctx context.Context, args []string) error {
	if !slices.Equal(args, []string{"adopt"}) {
		return errBlobsUsage
	}
	settings, err := config.Load[config.Evoladder]()
	if err != nil {
		return err
	}
	files, err := blob.Open(ctx, settings.Blobs(), blob.WithKeys(settings.S3KeyID, settings.S3Secret.Reveal()))
	if err != nil {
		return err
	}
	return withStore(ctx, func(database *store.Store) error {
		if err := app.AdoptFiles(ctx, database, files); err != nil {
			return err
		}
		fmt.Fprintln(os.Stdout, "the file storage of BLOB_URL now belongs to this database; start bot, worker and web with the same BLOB_URL")
		return nil
	})
}
