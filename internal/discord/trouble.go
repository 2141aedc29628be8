package discord

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

// troubleRecently is how long a failed request counts where none has succeeded
// since: an idle bot asks for nothing.
const troubleRecently = time.Minute

// trouble is how Discord's REST API failed last, until it answers a request.
type trouble struct {
	mu   sync.Mutex
	what string
	at   time.Time
}

// note takes how each request ended. A refusal is an answer, and a caller who
// goes away is no failure.
func (t *trouble) note(err error) {
	what := ""
	switch s := Status(err); {
	case errors.Is(err, context.Canceled):
		return
	case err == nil:
	case s >= http.StatusInternalServerError:
		what = "Discord fails"
	case s == http.StatusTooManyRequests:
		what = "Discord limits our requests"
	case s == 0 && !errors.Is(err, ErrUndecodable):
		what = "Discord does not answer"
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.what, t.at = what, time.Now()
}

func (t *trouble) recent() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Since(t.at) >= troubleRecently {
		return ""
	}
	return t.what
}
