package app_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/evoladder/evoladderbot/internal/app"
	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

// start opens what a process stands on, with its files in folder.
func start(t *testing.T, database, folder string) (*app.Base, error) {
	base, err := app.Open(context.Background(), slog.New(slog.DiscardHandler), config.Storage{
		DataDir: t.TempDir(), DatabaseURL: config.URL(database), BlobURL: config.URL(folder),
	})
	if err == nil {
		t.Cleanup(func() {
			if err := base.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return base, err
}

func TestProcessWithOtherFilesDoesNotStart(t *testing.T) {
	t.Parallel()
	database, shared, other := storetest.Postgres(t), t.TempDir(), t.TempDir()
	if _, err := start(t, database, shared); err != nil {
		t.Fatal(err)
	}
	base, err := start(t, database, shared)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := start(t, database, other); !errors.Is(err, app.ErrOtherFiles) {
		t.Fatalf("another folder: %v", err)
	}
	// Files that were copied with their marker are the same files.
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(shared)); err != nil {
		t.Fatal(err)
	}
	moved, err := start(t, database, copied)
	if err != nil {
		t.Fatal(err)
	}
	// Adopted, they are the only ones.
	if err := app.AdoptFiles(context.Background(), base.Store, moved.Blobs); err != nil {
		t.Fatal(err)
	}
	if _, err := start(t, database, copied); err != nil {
		t.Error(err)
	}
	if _, err := start(t, database, shared); !errors.Is(err, app.ErrOtherFiles) {
		t.Errorf("the folder of before: %v", err)
	}
}

// Of processes that start first and at once, all of one folder start or none.
func TestFirstProcessesAgreeOnTheirFiles(t *testing.T) {
	t.Parallel()
	database, folders := storetest.Postgres(t), []string{t.TempDir(), t.TempDir()}
	errs := make([]error, 6)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = start(t, database, folders[i%2]) })
	}
	all.Wait()
	var started [2]int
	for i, err := range errs {
		switch {
		case err == nil:
			started[i%2]++
		case !errors.Is(err, app.ErrOtherFiles):
			t.Error(err)
		}
	}
	if started != [2]int{3, 0} && started != [2]int{0, 3} {
		t.Errorf("%v started, want 3 of one folder", started)
	}
	for i, folder := range folders {
		markers, err := filepath.Glob(filepath.Join(folder, "markers", "*"))
		if want := started[i] / 3; err != nil || len(markers) != want {
			t.Errorf("markers %v, %v; want %d", markers, err, want)
		}
	}
}
