package web

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net/http"
	"time"

	"github.com/klauspost/compress/gzhttp"
)

const (
	// maxAnswer bounds a page, in bytes before compression. With the budgets of
	// package replay the longest takes half of it.
	maxAnswer = 1 << 20
	// answerTime is how long a reader may take for an answer: the longest one over
	// a line of 140 kbit/s. One that reads nothing is cut off then.
	answerTime = time.Minute
	// builders bounds the answers that are put together at once, and with them
	// the memory for what was read from the database.
	builders = 4
	// answersEach bounds the answers of one address that are built or sent at
	// once; a browser asks for six.
	answersEach = 32
	// buildWait is how long a request waits for its turn.
	buildWait = 10 * time.Second
)

// errTooLong is a bug: an answer that the budgets should have kept short.
var errTooLong = errors.New("answer is longer than it may be")

// draft is an answer in memory. It is complete before the first byte is sent, so
// that a reader who takes long holds the answer and nothing that made it.
type draft struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (d *draft) Header() http.Header { return d.header }

func (d *draft) WriteHeader(status int) {
	if d.status == 0 {
		d.status = status
	}
}

func (d *draft) Write(p []byte) (int, error) {
	d.WriteHeader(http.StatusOK)
	return d.body.Write(p)
}

// bounded is a page being written.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxAnswer {
		return 0, errTooLong
	}
	return b.Buffer.Write(p)
}

// compress packs an answer whose reader can unpack it.
var compress = func() func(http.Handler) http.HandlerFunc {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.MinSize(1024), // bytes: below that it saves no packet
		gzhttp.ContentTypes([]string{"text/html", "application/json", "text/css", "text/javascript", "image/svg+xml"}),
		gzhttp.SuffixETag("-gzip"), // another representation has another tag
	)
	if err != nil {
		panic(err) // constant options
	}
	return wrap
}()

// reading is a route that is read: at a rate for each address, built a few at a
// time for all, and sent a few at a time to each address. edge says how its
// failures are answered.
func (s *Site) reading(units int, edge func(work) http.HandlerFunc, do work) http.HandlerFunc {
	packed := compress(edge(do))
	return edge(func(w http.ResponseWriter, r *http.Request) error {
		address := ClientAddress(r)
		if !s.readers.allow(address, units, time.Now()) {
			return errTooFast
		}
		waiting, cancel := context.WithTimeoutCause(r.Context(), buildWait, errTooFast)
		defer cancel()
		release, err := s.answers.take(waiting, address)
		if err != nil {
			return err
		}
		defer release()
		d := &draft{header: w.Header().Clone()}
		if err := s.build(r.Context(), func() { packed(d, r) }); err != nil {
			return err
		}
		maps.Copy(w.Header(), d.header)
		w.WriteHeader(max(d.status, http.StatusOK))
		_, _ = w.Write(d.body.Bytes()) // a write that fails has no reader left
		return nil
	})
}

// build runs do in its turn.
func (s *Site) build(ctx context.Context, do func()) error {
	ctx, cancel := context.WithTimeoutCause(ctx, buildWait, errBusy)
	defer cancel()
	select {
	case s.builders <- struct{}{}:
		defer func() { <-s.builders }()
		do()
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
