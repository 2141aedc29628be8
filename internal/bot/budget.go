package bot

import (
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/failure"
)

const (
	// silence is how long a user's further messages are refused without a word
	// after a refusal for quota. What is refused may come again in any case.
	silence = time.Minute
	// hintBurst hints are given to one user at once, then one in each hintEvery.
	hintBurst = 3
	hintEvery = 10 * time.Minute
	// maxBudgets is how many users a budget remembers.
	maxBudgets = 8192
)

// budget bounds how often the bot speaks to one user for nothing. It is kept in
// this process alone, which is enough where one bot acts.
type budget struct {
	every time.Duration
	burst int

	mu    sync.Mutex // between looking a user up and adding him
	users *lru.Cache[discord.UserID, *rate.Limiter]
}

func newBudget(burst int, every time.Duration) *budget {
	return &budget{every: every, burst: burst, users: newCache[discord.UserID, *rate.Limiter](maxBudgets)}
}

// spend says whether there is something left for a user, and takes it.
func (b *budget) spend(user discord.UserID, now time.Time) bool {
	return b.limiter(user).AllowN(now, 1)
}

// spent says whether there is nothing left for a user.
func (b *budget) spent(user discord.UserID, now time.Time) bool {
	return b.limiter(user).TokensAt(now) < 1
}

func (b *budget) limiter(user discord.UserID) *rate.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	limiter, known := b.users.Get(user)
	if !known {
		limiter = rate.NewLimiter(rate.Every(b.every), b.burst)
		b.users.Add(user, limiter)
	}
	return limiter
}

// overQuota says whether an upload is refused for its sender's quota, and not
// for the file.
func overQuota(err error) bool {
	found := failure.Find(err)
	return found != nil && found.Kind == failure.Limited
}
