package blob

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// troubleRecently is how long a failure counts where nothing succeeded since: a
// process that is not asked any more because of it must be asked again.
const troubleRecently = 30 * time.Second

// trouble is the last failure of one kind of act, until one succeeds.
type trouble struct {
	at atomic.Int64 // Unix time in microseconds; 0: there is none
}

// note receives how each act ended. A file that is missing or altered is no
// failure of the backend, and neither is a caller who went away.
func (t *trouble) note(err error) {
	switch {
	case err == nil, errors.Is(err, ErrMissing), errors.Is(err, ErrAltered):
		t.at.Store(0)
	case !errors.Is(err, context.Canceled):
		t.at.Store(time.Now().UnixMicro())
	}
}

func (t *trouble) recent() bool {
	at := t.at.Load()
	return at != 0 && time.Since(time.UnixMicro(at)) < troubleRecently
}

// Failing says what the backend lately did not do although it was asked for:
// "stored" or "read"; "" where all went well.
func (s *Store) Failing() string {
	switch {
	case s.writes.recent():
		return "stored"
	case s.gets.recent():
		return "read"
	}
	return ""
}
