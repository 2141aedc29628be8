// Package dashboard shows operators the queues: asynqmon behind a login, with
// a content policy of its own, and read-only by default. A visitor who
// guesses passwords is soon rate limited.
package dashboard

import (
	"log/slog"
	"net/http"

	"github.com/hibiken/asynqmon"
)

// Root is where the dashboard must be mounted; its pages know it.
const Root = "/queues"

// Config are the settings of a Dashboard.
type Config struct {
	User     string
	Password string // empty: the dashboard is off
	Writable bool   // the acts that keep every promise are allowed: see permitted
	Redis    redis
	// Payload describes a task's payload in words; nil: it is shown as it is.
	Payload func(taskType string, payload []byte) string
	Log     *slog.Logger // default slog.Default()
}

// redis is an asynq.RedisConnOpt, without knowing asynq.
type redis interface{ MakeRedisClient() any }

// Dashboard is the http.Handler of everything under Root.
type Dashboard struct {
	handler http.Handler
	monitor *asynqmon.HTTPHandler // nil: off
}

// New is a dashboard; Close frees its connections.
func New(config Config) *Dashboard {
	if config.Password == "" {
		return &Dashboard{handler: http.HandlerFunc(off)}
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	options := asynqmon.Options{RootPath: Root, RedisConnOpt: config.Redis, ReadOnly: !config.Writable}
	if config.Payload != nil {
		options.PayloadFormatter = asynqmon.PayloadFormatterFunc(config.Payload)
	}
	monitor := asynqmon.New(options)
	var guarded http.Handler = monitor
	if config.Writable {
		guarded = supervised(config.User, config.Log, monitor)
	}
	guarded = withPolicy(policy(indexPage(monitor)), guarded)
	protected := http.NewCrossOriginProtection().Handler(guarded) // asynqmon has no defence of its own
	return &Dashboard{handler: login(config, protected), monitor: monitor}
}

func (d *Dashboard) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }

// Close closes the dashboard's connections to Redis.
func (d *Dashboard) Close() error {
	if d.monitor == nil {
		return nil
	}
	return d.monitor.Close()
}

func off(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "The queue dashboard is off. Set QUEUES_PASSWORD (and QUEUES_USER) and restart to switch it on.", http.StatusNotFound)
}

// withPolicy replaces the site's content policy.
func withPolicy(policy string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		next.ServeHTTP(w, r)
	})
}
