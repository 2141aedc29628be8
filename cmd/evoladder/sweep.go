package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/evoladder/evoladderbot/internal/blob"
	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/store"
)

// sweepAge is the age from which an unreferenced file can be deleted: an upload
// still under way, whose row may come, is younger.
const sweepAge = 24 * time.Hour

// errForeign keeps a wrong DATABASE_URL from costing every file: uploads that
// were never recorded are rare.
var errForeign = errors.New("the database knows none of these files; is it the one they were uploaded to?")

// sweep deletes the uploaded files that no replay refers to: a process ended
// between keeping the file and recording it, or its sender had sent too much.
func sweep(ctx context.Context) error {
	settings, err := config.Load[config.Evoladder]()
	if err != nil {
		return err
	}
	// The database first: without one nothing else is created, either.
	return withStore(ctx, func(database *store.Store) error {
		files, err := blob.Open(ctx, settings.Blobs(), blob.WithKeys(settings.S3KeyID, settings.S3Secret.Reveal()))
		if err != nil {
			return err
		}
		deleted, err := files.Sweep(ctx, time.Now().Add(-sweepAge), func(ctx context.Context, hashes []string) (map[string]bool, error) {
			known, err := database.KnownFiles(ctx, hashes)
			if err == nil && len(known) == 0 {
				err = errForeign
			}
			return known, err
		})
		fmt.Fprintf(os.Stdout, "%d files deleted\n", deleted)
		return err
	})
}
