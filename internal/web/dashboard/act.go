package dashboard

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"

	"github.com/evoladder/evoladderbot/internal/web"
)

// permitted are the acts that keep every promise of docs/design.md: a paused
// queue is worked on later, a task that is run now or cancelled is tried again.
// The list says what is allowed and not what is forbidden, so that an act which
// a newer asynqmon brings is forbidden until somebody has thought about it.
//
// Archiving is not on it, since a sweeper records an archived task as failed
// within 2 s and its players get that answer, and neither is what happens to tasks
// that are archived already: it would race with that sweeper. Deleting is not,
// because it does not end the work: the job is enqueued again, later.
var permitted = []*regexp.Regexp{
	regexp.MustCompile(`^/api/queues/[^/:]+:(?:pause|resume)$`),
	regexp.MustCompile(`^/api/queues/[^/:]+/(?:retry|scheduled)_tasks(?:/[^/]+:run|:run_all|:batch_run)$`),
	regexp.MustCompile(`^/api/queues/[^/:]+/active_tasks(?:/[^/]+:cancel|:cancel_all|:batch_cancel)$`),
}

// What the operator reads instead of an act that is not permitted.
const (
	noArchive = "Archiving is not allowed: an archived task is recorded as failed within 2 seconds, and its players get that answer. Pause the queue to stop its work."
	noDelete  = "Deleting is not allowed: it does not end the work. The job in the database is enqueued again. Pause the queue to stop its work."
	noOther   = "Allowed are: pause and resume a queue, run a task that awaits its retry, cancel a running one (it is tried again). To parse a replay again: evoladder replay resubmit."
)

const (
	// maxActBody is how much of an act's body is read, in bytes: a page of
	// asynqmon has at most a hundred tasks.
	maxActBody = 64 << 10
	// maxActTasks is how many tasks of one act are named in the log.
	maxActTasks = 100
)

// supervised lets through to next what reads and what is permitted, and logs
// every other request: who, what and which task, and what came of it.
func supervised(user string, log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		path := strings.TrimPrefix(r.URL.Path, Root)
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxActBody))
		if err != nil {
			status := http.StatusBadRequest
			if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
				status = http.StatusRequestEntityTooLarge
			}
			http.Error(w, "The request cannot be read.", status)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		log := log.With("user", user, "address", web.ClientAddress(r), "method", r.Method, "act", path)
		if tasks := named(body); len(tasks) > 0 {
			log = log.With("tasks", len(tasks), "task_ids", tasks[:min(len(tasks), maxActTasks)])
		}
		if why := forbidden(r.Method, path); why != "" {
			log.Warn("act in the queue dashboard refused", "cause", why)
			http.Error(w, why, http.StatusForbidden)
			return
		}
		answer := &witness{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(answer, r)
		log.Info("act in the queue dashboard", "status", answer.status)
	})
}

// forbidden says why an act is not permitted, "" where it is.
func forbidden(method, path string) string {
	for _, pattern := range permitted {
		if method == http.MethodPost && pattern.MatchString(path) {
			return ""
		}
	}
	switch _, act, _ := strings.Cut(path, ":"); {
	case strings.Contains(act, "archive"):
		return noArchive
	case strings.Contains(act, "delete") || method == http.MethodDelete:
		return noDelete
	}
	return noOther
}

// named are the tasks that the body of an act on several names.
func named(body []byte) []string {
	var batch struct {
		Tasks []string `json:"task_ids"`
	}
	if json.Unmarshal(body, &batch) != nil {
		return nil // asynqmon refuses it
	}
	return batch.Tasks
}

// witness remembers the status of an answer.
type witness struct {
	http.ResponseWriter
	status int
}

func (w *witness) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *witness) Unwrap() http.ResponseWriter { return w.ResponseWriter }
