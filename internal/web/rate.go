package web

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// What one address may read, in units: a page costs pageCost of them, an answer
// for scripts one. That is 25 pages a second for long and 500 at once, or a
// script that asks a hundred times a second: more than a room full of people
// behind one address needs.
const (
	readRate  = 100  // units a second
	readBurst = 2000 // units
	pageCost  = 4
	// maxReaders bounds the addresses that are remembered. A reader that was
	// quiet for readBurst/readRate seconds has all units again and is forgotten.
	maxReaders = 50_000
)

// readers counts what each address reads.
type readers struct {
	mu   sync.Mutex
	all  map[string]*reader
	next time.Time // when those that were quiet are forgotten
}

type reader struct {
	units *rate.Limiter
	seen  time.Time
}

func newReaders() *readers { return &readers{all: make(map[string]*reader)} }

// allow says whether an address may read now. Where there are too many to
// remember, an unknown one may.
func (r *readers) allow(address string, units int, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now)
	known := r.all[address]
	if known == nil {
		if len(r.all) == maxReaders {
			return true
		}
		known = &reader{units: rate.NewLimiter(readRate, readBurst)}
		r.all[address] = known
	}
	known.seen = now
	return known.units.AllowN(now, units)
}

func (r *readers) forget(now time.Time) {
	const full = readBurst / readRate * time.Second
	if now.Before(r.next) {
		return
	}
	r.next = now.Add(full)
	for address, known := range r.all {
		if now.Sub(known.seen) > full {
			delete(r.all, address)
		}
	}
}
