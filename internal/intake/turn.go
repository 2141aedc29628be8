package intake

import (
	"context"
	"hash/maphash"
)

// turns makes one player's uploads be recorded one after the other, so that
// each sees those before it when it is counted. It holds within one process,
// which is enough where a lease keeps the others silent. Between processes the
// count may be over by as many uploads as are recorded in the same moment.
type turns struct {
	seed  maphash.Seed
	slots [64]chan struct{} // players share them; a turn takes milliseconds
}

func newTurns() *turns {
	t := &turns{seed: maphash.MakeSeed()}
	for i := range t.slots {
		t.slots[i] = make(chan struct{}, 1)
	}
	return t
}

// take waits for player's turn.
func (t *turns) take(ctx context.Context, player string) (end func(), err error) {
	slot := t.slots[maphash.String(t.seed, player)%uint64(len(t.slots))]
	select {
	case slot <- struct{}{}:
		return func() { <-slot }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
