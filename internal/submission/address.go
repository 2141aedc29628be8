package submission

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxAddresses is how many addresses one generation remembers; two are kept.
const maxAddresses = 4096

// addresses limits what one address may send, for uploads of which nothing
// else is known. It counts in this process alone: with several web processes
// an address may send as much to each. Whoever has more than maxAddresses
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
	if a.hourly <= 0 || address == "" {
		return 0
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	limiter := a.young[address]
	if limiter == nil {
		if limiter = a.old[address]; limiter == nil {
			// All at once, as a folder is dropped on the page; then evenly.
			limiter = rate.NewLimiter(rate.Every(QuotaWindow/time.Duration(a.hourly)), a.hourly)
		}
		if len(a.young) >= maxAddresses {
			a.old, a.young = a.young, make(map[string]*rate.Limiter)
		}
		a.young[address] = limiter
	}
	reserved := limiter.ReserveN(now, 1)
	wait := reserved.DelayFrom(now)
	if wait > 0 {
		reserved.CancelAt(now)
	}
	return wait
}
