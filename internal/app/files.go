package app

import (
	"context"
	"errors"
	"time"

	"github.com/evoladder/evoladderbot/internal/blob"
	"github.com/evoladder/evoladderbot/internal/store"
)

// ErrOtherFiles is a process that sees other files than the rest: each replay
// that reached it would be lost.
var ErrOtherFiles = errors.New("BLOB_URL leads to another file storage than the one that belongs to this database: " +
	"its marker is not there. Give bot, worker and web the same BLOB_URL (a folder must be one volume that all of them mount). " +
	"If the files were moved on purpose, stop all processes, set the new BLOB_URL and run `evoladder blobs adopt`")

// shareFiles makes sure that this process sees the file storage that the others
// see. The database names a marker, and the storage has a file of that name.
// The first process sets both, the file first: a process that loses the race for the
// database finds the winner's file beside its own, or is somewhere else.
func shareFiles(ctx context.Context, database *store.Store, files *blob.Store) error {
	if err := files.Prove(ctx); err != nil {
		return err
	}
	marker, err := database.FileStore(ctx)
	if err != nil {
		return err
	}
	if marker == "" {
		own := blob.NewMarker()
		if err := files.Mark(ctx, own); err != nil {
			return err
		}
		if marker, err = database.ClaimFileStore(ctx, own, time.Now()); err != nil {
			// The claim may have been recorded all the same, so the file stays.
			return err
		}
		if marker != own {
			if err := files.Unmark(ctx, own); err != nil {
				return err
			}
		}
	}
	found, err := files.Marked(ctx, marker)
	if err == nil && !found {
		err = ErrOtherFiles
	}
	return err
}

// AdoptFiles makes the file storage the one that belongs to the database. Its
// marker is a new one, so a process that is still set to the old storage does
// not start.
func AdoptFiles(ctx context.Context, database *store.Store, files *blob.Store) error {
	marker := blob.NewMarker()
	if err := files.Mark(ctx, marker); err != nil {
		return err
	}
	return database.ReplaceFileStore(ctx, marker, time.Now())
}
