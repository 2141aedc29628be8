package app

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/evoladder/evoladderbot/internal/config"
	"github.com/evoladder/evoladderbot/internal/tasks"
	"github.com/evoladder/evoladderbot/internal/telemetry"
	"github.com/evoladder/evoladderbot/internal/web"
	"github.com/evoladder/evoladderbot/internal/web/dashboard"
)

// Where a process listens when no setting says so.
const (
	PageAddress   = "127.0.0.1:8080"
	HealthAddress = "127.0.0.1:0" // any free port: several may run on one machine
)

// Settings are what every process has.
type Settings struct {
	Name      string
	Listen    string // address of pages and health
	Metrics   string // address of metrics; empty: there are none
	Yields    bool   // leaves connections to the database to others; see store.Yielding
	Effective []slog.Attr
	config.Log
	config.Storage
	config.Stop
}

// Assembly is a process being put together.
type Assembly struct {
	*Base
	parts  []Part
	checks []telemetry.Check
	grace  time.Duration // of all parts
	mux    *http.ServeMux
	onStop []func()
	// consumes says that the process takes tasks from the queue.
	consumes bool
}

// Run opens the base, lets choose add what this process does, and works until
// ctx ends or a part fails.
func Run(ctx context.Context, settings Settings, choose func(*Assembly) error) error {
	log := telemetry.Logger(os.Stderr, settings.Level, settings.Format)
	slog.SetDefault(log) // also where the standard library writes: in the same format
	log.LogAttrs(ctx, slog.LevelInfo, settings.Name+" starts", append([]slog.Attr{slog.String("version", Version())}, settings.Effective...)...)
	for _, notice := range config.Notices() {
		log.Warn("setting", "notice", notice)
	}
	// First, so that a port in use is known before anything is touched.
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", settings.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s (set HTTP_ADDR or PORT to use another address): %w", settings.Listen, err)
	}
	defer func() { _ = listener.Close() }()
	metrics, err := listenMetrics(ctx, settings.Metrics)
	if err != nil {
		return err
	}
	defer metrics.close()
	// The connections close after the parts, in the last tenth of the time for all.
	closing := settings.ShutdownTimeout / cutOff
	base := newBase(log, closing)
	base.yields = settings.Yields
	// Before anything is waited for: health answers meanwhile.
	entrance := newDoor(func() string { return *base.waiting.Load() })
	page, end := Ahead(HTTP("http", listener, entrance, entrance.close))
	defer end()
	log.Info("starting", "health", "http://"+listener.Addr().String()+"/healthz")
	if err := base.open(ctx, settings.Storage); err != nil {
		if ctx.Err() != nil {
			log.Info(settings.Name+" ended before it was ready", "waited_for", *base.waiting.Load())
			return nil
		}
		return err
	}
	defer func() {
		if err := base.Close(); err != nil {
			log.Warn("close", "error", err)
		}
	}()
	a := &Assembly{Base: base, mux: http.NewServeMux(), parts: []Part{base.Sweeper()}, grace: settings.ShutdownTimeout - closing}
	if err := choose(a); err != nil {
		return err
	}
	telemetry.Register(a.mux, append(base.Checks(a.consumes), a.checks...)...)
	if metrics.Listener != nil {
		// First, so that it ends last: it tells of the end of the others.
		part := HTTP("metrics", metrics, telemetry.Private(base.Metrics))
		a.parts = append([]Part{part}, a.parts...)
		log.Info("serving metrics", "url", "http://"+metrics.Addr().String()+"/metrics")
	}
	// Last, so that it ends first: what comes in stops before what it feeds.
	a.parts = append(a.parts, page)
	entrance.open(a.mux, a.onStop)
	log.Info("listening", "url", "http://"+listener.Addr().String())
	if err := RunParts(ctx, log, a.grace, a.parts...); err != nil {
		return err
	}
	log.Info(settings.Name + " ended")
	return nil
}

// optional is a listener that there need not be.
type optional struct{ net.Listener }

func (o optional) close() {
	if o.Listener != nil {
		_ = o.Close()
	}
}

// listenMetrics opens the listener of the metrics, if there is to be one. It is
// not that of the pages: a proxy in front of those passes every path on, and need
// not say that it is there.
func listenMetrics(ctx context.Context, address string) (optional, error) {
	if address == "" {
		return optional{}, nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return optional{}, fmt.Errorf("listen on %s (set METRICS_ADDR to use another address): %w", address, err)
	}
	return optional{listener}, nil
}

// AddWorker makes the process parse.
func (a *Assembly) AddWorker(settings config.Parsing, files config.Limits) error {
	a.consumes = true
	parts, err := a.Worker(settings, files)
	a.parts = append(a.parts, parts...)
	return err
}

// AddWeb makes the process serve the page, the scripts' API and, behind its
// login, the queue dashboard.
func (a *Assembly) AddWeb(settings config.Dashboard, public config.Public, intake config.Intake, edge config.Edge) error {
	proxies, err := edge.Proxies()
	if err != nil {
		return err
	}
	queues := dashboard.New(dashboard.Config{
		User: settings.User, Password: settings.Password.Reveal(), Writable: settings.Writable,
		Redis: tasks.NewMonitor(a.redis), Payload: tasks.DescribePayload, Log: a.Log,
	})
	a.closes = append(a.closes, queues.Close)
	site := web.New(web.Config{Dashboard: queues, Ladder: a.Store, PublicURL: public.PublicURL, Proxies: web.Proxies(proxies), Log: a.Log}, a.Intake(intake), a.Store)
	a.mux.Handle("/", site)
	a.onStop = append(a.onStop, site.Close)
	return nil
}
