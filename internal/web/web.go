// Package web is the public site: the page that replays are dropped on, each
// submission's own page, the same for scripts as JSON, the live progress of what is
// being parsed, and the pages of the ladder: its board, players and matches. Pages are rendered here and work without
// JavaScript; the script only saves the reader from reloading.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/evoladder/evoladderbot/internal/upload"
)

// Config are the settings of a Site; zero values are the defaults.
type Config struct {
	// Dashboard answers /queues; nil: there is no such page.
	Dashboard http.Handler
	// Ladder is where the ladder's pages read; nil: there are no such pages.
	Ladder Ladder
	// PublicURL is where players reach the site, for links that name it; empty:
	// it is not known.
	PublicURL string
	// Uploads bounds how many files are in memory at once; default 16, which
	// with files of 8 MiB is at most 128 MiB.
	Uploads int
	// UploadsEach bounds how many of them are of one address; default a quarter.
	UploadsEach int
	// StallTimeout is how long the sender of an upload may keep the site waiting
	// beyond what a slow line excuses; default 5 s.
	StallTimeout time.Duration
	// Streams bounds how many pages may follow their progress live at once;
	// default 1000. The next one polls by reloading.
	Streams int
	// Proxies are believed about who sent a request; default none.
	Proxies Proxies
	// StreamsEach bounds how many of them are of one address; default a twentieth.
	StreamsEach int
	// Log takes one line for each failure that is ours; default slog.Default().
	Log *slog.Logger
}

// acceptor is the intake: the door through which files enter. MaxBytes is the limit on one
// file; Admit judges a file before its bytes are read, and Allow its sender.
type acceptor interface {
	MaxBytes() int64
	Admit(fileName string, size int64) error
	Allow(ctx context.Context, upload upload.Incoming) error
	Accept(ctx context.Context, upload upload.Incoming) (upload.Receipt, error)
}

// reads is what pages show. Submission fails with upload.ErrUnknown where
// there is none of that id; States leaves such ids out; Recent is newest
// first, older than before (0: from the newest).
type reads interface {
	Submission(ctx context.Context, id upload.ID) (upload.View, error)
	States(ctx context.Context, ids []upload.ID) (map[upload.ID]upload.State, error)
	Recent(ctx context.Context, before upload.ID, limit int) ([]upload.View, error)
}

// Site is the http.Handler of the public site.
type Site struct {
	intake       acceptor
	reads        reads
	ladder       Ladder
	public       string // see Config.PublicURL
	log          *slog.Logger
	slots        chan struct{} // one taken for each upload in memory
	uploads      *shares       // of slots
	stallTimeout time.Duration
	streams      chan struct{} // one taken for each open event stream
	watching     *shares       // of streams
	readers      *readers
	builders     chan struct{} // one taken for each answer that is put together
	answers      *shares       // being built or sent
	lingering    *shares       // bodies that are read after their answer
	hub          *hub
	handler      http.Handler
}

// New is the site over its two neighbours. Its server must call Close when it
// begins to shut down (http.Server.RegisterOnShutdown), because event streams
// end only then.
func New(config Config, intake acceptor, reads reads) *Site {
	if config.Uploads <= 0 {
		config.Uploads = 16
	}
	if config.StallTimeout <= 0 {
		config.StallTimeout = defaultStallTimeout
	}
	if config.Streams <= 0 {
		config.Streams = 1000
	}
	if config.UploadsEach <= 0 {
		config.UploadsEach = config.Uploads / 4
	}
	if config.StreamsEach <= 0 {
		config.StreamsEach = config.Streams / 20
	}
	if config.Log == nil {
		config.Log = slog.Default()
	}
	s := &Site{
		intake:       intake,
		reads:        reads,
		ladder:       config.Ladder,
		public:       config.PublicURL,
		log:          config.Log,
		slots:        make(chan struct{}, config.Uploads),
		uploads:      newShares(config.UploadsEach),
		stallTimeout: config.StallTimeout,
		streams:      make(chan struct{}, config.Streams),
		watching:     newShares(config.StreamsEach),
		readers:      newReaders(),
		builders:     make(chan struct{}, builders),
		answers:      newShares(answersEach),
		lingering:    newShares(lingerEach),
		hub:          newHub(reads, config.Log),
	}
	from := &senders{proxies: config.Proxies, log: config.Log}
	s.handler = from.handler(s.reply(guard(s.routes(config.Dashboard))))
	return s
}

func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handler.ServeHTTP(w, r)
}

// Close ends the event streams and waits for what feeds them. It is safe to
// call twice.
func (s *Site) Close() { s.hub.close() }

func (s *Site) routes(dashboard http.Handler) http.Handler {
	mux := http.NewServeMux()
	page := func(do work) http.HandlerFunc { return s.reading(pageCost, s.page, do) }
	mux.HandleFunc("GET /{$}", page(s.home))
	mux.HandleFunc("POST /replays", s.page(s.uploadForm))
	mux.HandleFunc("GET /replays", page(s.list))
	mux.HandleFunc("POST /language", s.page(s.chooseLanguage))
	mux.HandleFunc("GET /replays/{id}", page(s.submission))
	mux.HandleFunc("GET /replays/{id}/card", page(s.card))
	mux.HandleFunc("GET /events", s.page(s.events))
	mux.HandleFunc("POST /api/replays", s.api(s.uploadScript))
	mux.HandleFunc("GET /api/replays/{id}", s.reading(1, s.api, s.summary))
	mux.HandleFunc("/api/", s.api(func(http.ResponseWriter, *http.Request) error { return errNoPage }))
	mux.HandleFunc("GET /assets/{name}", compress(http.HandlerFunc(serveAsset)))
	mux.HandleFunc("/", s.page(func(http.ResponseWriter, *http.Request) error { return errNoPage }))
	if s.ladder != nil {
		mux.HandleFunc("GET /ladder", page(s.board))
		mux.HandleFunc("GET /players/{player}", page(s.player))
		mux.HandleFunc("GET /matches/{id}", page(s.match))
	}
	if dashboard != nil {
		mux.Handle("/queues", dashboard)
		mux.Handle("/queues/", dashboard)
	}
	return mux
}
