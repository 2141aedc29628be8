package bot

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/evoladder/evoladderbot/internal/fault"
)

const (
	// silence is how long a user's further messages are refused without a word
	// after a refusal for quota. What is refused may come again in any case.
	silence = time.Minute
	// hintBurst hints are given to one user at once, then one in each hintEvery.
	hintBurst = 3
	hintEvery = 10 * time.Minute
	// maxBudgets is how many users one generation of a budget remembers; two are
	// kept.
	maxBudgets = 4096
)

// budget bounds how often the bot speaks to one user for nothing. It is kept in
// this process alone, which is enough where one bot acts.
type budget struct {
	every time.Duration
	burst int

	mu         sync.Mutex
	young, old map[string]*rate.Limiter
}

func newBudget(burst int, every time.Duration) *budget {
	return &budget{every: every, burst: burst, young: make(map[string]*rate.Limiter)}
}

// spend says whether there is something left for a user, and takes it.
func (b *budget) spend(user string, now time.Time) bool {
	return b.limiter(user).AllowN(now, 1)
}

// spent says whether there is nothing left for a user.
func (b *budget) spent(user string, now time.Time) bool {
	return b.limiter(user).TokensAt(now) < 1
}

func (b *budget) limiter(user string) *rate.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	limiter := b.young[user]
	if limiter == nil {
		if limiter = b.old[user]; limiter == nil {
			limiter = rate.NewLimiter(rate.Every(b.every), b.burst)
		}
		if len(b.young) >= maxBudgets {
			b.old, b.young = b.young, make(map[string]*rate.Limiter)
		}
		b.young[user] = limiter
	}
	return limiter
}

// overQuota says whether an upload is refused for its sender's quota, and not
// for the file.
func overQuota(err error) bool {
	found := fault.Find(err)
	return found != nil && found.Kind == fault.Limited
}
