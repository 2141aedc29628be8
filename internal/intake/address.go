package intake

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/evoladder/evoladderbot/internal/quota"
)

// maxAddresses is how many addresses one generation remembers; two are kept.
const maxAddresses = 4096

// addresses limits what one address may send, for uploads of which nothing
// else is known. It counts in this process alone: with several web processes
// an address may send as much to each. A sender with more than maxAddresses
// addresses is forgotten early, which is as much as this memory is worth.
type addresses struct {
	hourly int

	mu         sync.Mutex
	young, old map[string]*rate.Limiter
}

func newAddresses(hourly int) *addresses {
	return &addresses{hourly: hourly, young: make(map[string]*rate.Limiter)}
}

// wait counts an upload of address, and says how long it must wait instead.
func (a *addresses) wait(address string, now time.Time) time.Duration {
	reserved := a.reserve(address, now)
	if reserved == nil {
		return 0
	}
	wait := reserved.DelayFrom(now)
	if wait > 0 {
		reserved.CancelAt(now)
	}
	return wait
}

// due is wait without counting.
func (a *addresses) due(address string, now time.Time) time.Duration {
	reserved := a.reserve(address, now)
	if reserved == nil {
		return 0
	}
	defer reserved.CancelAt(now)
	return reserved.DelayFrom(now)
}

// reserve is nil where there is no limit.
func (a *addresses) reserve(address string, now time.Time) *rate.Reservation {
	if a.hourly <= 0 || address == "" {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	limiter := a.young[address]
	if limiter == nil {
		if limiter = a.old[address]; limiter == nil {
			// All at once, as a folder is dropped on the page; then evenly.
			limiter = rate.NewLimiter(rate.Every(quota.Window/time.Duration(a.hourly)), a.hourly)
		}
		if len(a.young) >= maxAddresses {
			a.old, a.young = a.young, make(map[string]*rate.Limiter)
		}
		a.young[address] = limiter
	}
	return limiter.ReserveN(now, 1)
}
