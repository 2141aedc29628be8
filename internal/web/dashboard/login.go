package dashboard

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/evoladder/evoladderbot/internal/web"
)

const (
	// wrongLogins is how many wrong logins an address may make at once; then
	// one more is allowed each wrongPause.
	wrongLogins = 20
	wrongPause  = time.Minute
	// maxAddresses is how many addresses are remembered. All are forgotten when
	// there are more.
	maxAddresses = 4096
)

// login asks for the name and password by HTTP basic authentication. Hashes
// are compared, so that neither content nor length shows in the time it takes.
// An address that has guessed too often is not listened to.
func login(config Config, next http.Handler) http.Handler {
	user, password := sha256.Sum256([]byte(config.User)), sha256.Sum256([]byte(config.Password))
	var wrong guesses
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, word, offered := r.BasicAuth()
		gotUser, gotPassword := sha256.Sum256([]byte(name)), sha256.Sum256([]byte(word))
		right := subtle.ConstantTimeCompare(user[:], gotUser[:])&subtle.ConstantTimeCompare(password[:], gotPassword[:]) == 1
		w.Header().Set("Cache-Control", "no-store")
		var wait time.Duration
		if offered {
			wait = wrong.judge(web.ClientAddress(r), right, time.Now())
		}
		switch {
		case wait > 0:
			w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
			http.Error(w, "Too many wrong logins. Try again in a minute.", http.StatusTooManyRequests)
		case right:
			next.ServeHTTP(w, r)
		default:
			if offered {
				config.Log.Warn("wrong login for the queue dashboard", "address", web.ClientAddress(r))
			}
			w.Header().Set("WWW-Authenticate", `Basic realm="EvoLadder queues", charset="UTF-8"`)
			http.Error(w, "The queue dashboard needs a login.", http.StatusUnauthorized)
		}
	})
}

// guesses counts the wrong logins of each address.
type guesses struct {
	mu sync.Mutex
	of map[string]*rate.Limiter
}

// judge counts a login if it is wrong, and says how long its address must wait
// before any login is heard; 0: this one is.
func (g *guesses) judge(address string, right bool, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	limiter := g.of[address]
	if limiter == nil {
		if right {
			return 0
		}
		if g.of == nil || len(g.of) >= maxAddresses {
			g.of = make(map[string]*rate.Limiter)
		}
		limiter = rate.NewLimiter(rate.Every(wrongPause), wrongLogins)
		g.of[address] = limiter
	}
	attempt := limiter.ReserveN(now, 1)
	wait := attempt.DelayFrom(now)
	if wait > 0 || right {
		attempt.CancelAt(now)
	}
	return wait
}
