package store

import (
	"math/rand/v2"
	"sync"
	"time"
)

// idSource draws ids that need no sequence in the database: 41 bits of
// milliseconds since 2025, enough until 2094, and 22 bits that begin at random
// in every millisecond and count up. Rows come out in the order of their
// arrival, to the millisecond between processes. Two processes that draw the
// same id in the same millisecond are caught by the primary key, and the act is
// run again.
type idSource struct {
	mu   sync.Mutex
	last int64
}

const idRandomBits = 22

var idEpoch = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

func (s *idSource) next() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	millis := time.Now().UnixMilli() - idEpoch
	if millis <= s.last>>idRandomBits { // also when the clock was set back
		s.last++
	} else {
		// Not the topmost bit: half of the range is left to count up in.
		s.last = millis<<idRandomBits | rand.Int64N(1<<(idRandomBits-1))
	}
	return s.last
}
