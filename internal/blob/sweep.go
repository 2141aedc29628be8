package blob

import (
	"context"
	"fmt"
	"path"
	"time"
)

// sweepBatch is how many files Sweep asks about at once.
const sweepBatch = 500

// Sweep deletes the files put before the given time that known leaves out, and
// says how many. known is asked with hashes and answers with those that
// somebody refers to. The time has to be well past: between a Put and the
// transaction that refers to its file, no row does.
func (s *Store) Sweep(ctx context.Context, before time.Time, known func(context.Context, []string) (map[string]bool, error)) (deleted int, err error) {
	var batch []string
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		keep, err := known(ctx, batch)
		if err != nil {
			return err
		}
		for _, hash := range batch {
			if keep[hash] {
				continue
			}
			if err := s.Delete(ctx, hash); err != nil {
				return err
			}
			deleted++
		}
		batch = batch[:0]
		return nil
	}
	err = s.backend.list(ctx, before, func(name string) error {
		hash := path.Base(name)
		if expected, err := nameOf(hash); err != nil || expected != name {
			return nil // not ours
		}
		batch = append(batch, hash)
		if len(batch) < sweepBatch {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return deleted, fmt.Errorf("sweep file storage: %w", err)
	}
	return deleted, nil
}
