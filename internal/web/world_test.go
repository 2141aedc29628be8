package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/intake"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/upload"
	"github.com/evoladder/evoladderbot/internal/web"
)

// firstID is beyond what a JavaScript number can hold.
const firstID upload.ID = 9_107_199_254_740_993

var errDown = errors.New("database is down")

// world is what stands behind the site in these tests: the real intake over a
// store in memory, whose submissions move on when a test says so.
type world struct {
	t   *testing.T
	log *logBook

	mu       sync.Mutex
	views    map[upload.ID]upload.View
	order    []upload.ID // oldest first
	arrivals []upload.Arrival
	clock    func() time.Time // of the intake; nil: always noon
	files    map[string][]byte
	keys     map[string]upload.ID
	polls    int // calls of States
	down     bool
}

func newWorld(t *testing.T) *world {
	return &world{
		t: t, log: &logBook{}, views: map[upload.ID]upload.View{},
		files: map[string][]byte{}, keys: map[string]upload.ID{},
	}
}

// site is the handler over the world, closed with the test.
func (w *world) site(config web.Config) *web.Site {
	config.Log = slog.New(slog.NewTextHandler(w.log, nil))
	clock := w.clock
	if clock == nil {
		clock = func() time.Time { return noon }
	}
	intake := intake.New(w, w, w, intake.Options{Log: config.Log, Now: clock})
	site := web.New(config, intake, w)
	w.t.Cleanup(site.Close)
	return site
}

// server serves the site on loopback until the test ends.
func (w *world) server(config web.Config) *httptest.Server {
	site := w.site(config)
	server := httptest.NewUnstartedServer(site)
	server.Config.RegisterOnShutdown(site.Close)
	server.Start()
	w.t.Cleanup(func() {
		site.Close() // streams end first, or Close would wait for them
		server.Close()
	})
	return server
}

func (w *world) Put(_ context.Context, hash string, data []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.files[hash] = data
	return nil
}

func (w *world) Enqueue(context.Context, ...job.Job) error { return nil }

func (w *world) Accept(_ context.Context, a upload.Arrival) (upload.Receipt, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down {
		return upload.Receipt{}, errDown
	}
	if id, ok := w.keys[string(a.Key)]; ok && a.Key != "" {
		return upload.Receipt{ID: id, SHA256: a.SHA256, Repeated: true}, nil
	}
	view := upload.View{
		ID: firstID + upload.ID(len(w.order)), Source: a.Source, FileName: a.FileName,
		SHA256: a.SHA256, Bytes: a.Bytes, Unlisted: a.Unlisted, State: upload.Queued, Sent: a.At,
	}
	receipt := upload.Receipt{ID: view.ID, SHA256: a.SHA256}
	for _, known := range w.views {
		if known.SHA256 == a.SHA256 && known.State.Final() {
			view.State, view.Summary, view.Failure, receipt.Known = known.State, known.Summary, known.Failure, true
		}
	}
	w.views[view.ID], w.keys[string(a.Key)] = view, view.ID
	w.order = append(w.order, view.ID)
	w.arrivals = append(w.arrivals, a)
	return receipt, nil
}

func (w *world) Submission(_ context.Context, id upload.ID) (upload.View, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down {
		return upload.View{}, errDown
	}
	view, ok := w.views[id]
	if !ok {
		return upload.View{}, upload.ErrUnknown
	}
	return view, nil
}

func (w *world) States(_ context.Context, ids []upload.ID) (map[upload.ID]upload.State, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.polls++
	if w.down {
		return nil, errDown
	}
	states := map[upload.ID]upload.State{}
	for _, id := range ids {
		if view, ok := w.views[id]; ok {
			states[id] = view.State
		}
	}
	return states, nil
}

func (w *world) Recent(_ context.Context, before upload.ID, limit int) ([]upload.View, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down {
		return nil, errDown
	}
	var views []upload.View
	for _, id := range slices.Backward(w.order) {
		if (before == 0 || id < before) && len(views) < limit && !w.views[id].Unlisted {
			views = append(views, w.views[id])
		}
	}
	return views, nil
}

// add records a submission without an upload.
func (w *world) add(name string) upload.ID {
	w.t.Helper()
	receipt, err := w.Accept(w.t.Context(), upload.Arrival{FileName: name, SHA256: name, Bytes: 153601, At: noon})
	if err != nil {
		w.t.Fatal(err)
	}
	return receipt.ID
}

func (w *world) move(id upload.ID, state upload.State) {
	w.change(id, func(v *upload.View) { v.State = state })
}

func (w *world) finish(id upload.ID, game *replay.Replay) {
	w.t.Helper()
	summary, err := json.Marshal(game)
	if err != nil {
		w.t.Fatal(err)
	}
	w.change(id, func(v *upload.View) { v.State, v.Summary, v.Answered = upload.Done, summary, noon })
}

func (w *world) fail(id upload.ID, failure *failure.Error) {
	w.change(id, func(v *upload.View) { v.State, v.Failure, v.Answered = upload.Failed, failure, noon })
}

func (w *world) change(id upload.ID, edit func(*upload.View)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	view := w.views[id]
	edit(&view)
	w.views[id] = view
}

func (w *world) setDown(down bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = down
}

// polled is how often the states were read.
func (w *world) polled() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.polls
}

// all is every submission, oldest first.
func (w *world) all() []upload.View {
	w.mu.Lock()
	defer w.mu.Unlock()
	views := make([]upload.View, len(w.order))
	for i, id := range w.order {
		views[i] = w.views[id]
	}
	return views
}

// logBook keeps what was logged.
type logBook struct {
	mu   sync.Mutex
	text []byte
}

func (b *logBook) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text = append(b.text, line...)
	return len(line), nil
}

func (b *logBook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.text)
}

// gate is an address behind which one site takes another's place.
type gate struct {
	mu sync.Mutex
	at *web.Site
}

func (g *gate) through(site *web.Site) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.at = site
}

func (g *gate) site() *web.Site {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.at
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.site().ServeHTTP(w, r) }

func (g *gate) server(t *testing.T) string {
	server := httptest.NewServer(g)
	t.Cleanup(func() {
		g.site().Close()
		server.Close()
	})
	return server.URL
}
