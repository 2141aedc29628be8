package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/upload"
)

const (
	// maxWatched bounds the ids of one stream: 100 of them are an address of
	// 2 kB, which every proxy lets through. A page with more follows its oldest.
	maxWatched = 100
	// heartbeat keeps proxies from closing a stream that has nothing to say.
	heartbeat = 15 * time.Second
	// streamWrite is how long a reader may take to accept one event.
	streamWrite = 10 * time.Second
	// streamLife ends a stream now and then, so that readers spread over new
	// servers; theirs reconnect by themselves.
	streamLife = 10 * time.Minute
)

// events streams the states of the submissions in ?ids=1,2,3 as server-sent
// events:
//
//	event: state
//	data: {"id":"123","state":"parsing"}
//
// The first events tell the present states, so a reader that reconnects to
// the same address has missed nothing, whichever server it reaches: there is
// no Last-Event-ID to remember. "event: end" says that all are final and the
// reader should hang up.
func (s *Site) events(w http.ResponseWriter, r *http.Request) error {
	ids, err := parseIDs(r.FormValue("ids"), maxWatched)
	if err != nil {
		return err
	}
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		return errBusy
	}
	release := s.watching.try(ClientAddress(r))
	if release == nil {
		return errTooFast
	}
	defer release()
	watcher := s.hub.watch(ids)
	defer s.hub.leave(watcher)

	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would keep events to itself
	out := &stream{w: w, control: http.NewResponseController(w)}
	if out.send("retry: 1000\n\n") != nil { // milliseconds until a reader reconnects
		return nil
	}
	s.follow(r, out, watcher)
	return nil
}

// follow writes until everything is final, the reader is gone or the site
// closes. A failed write has no reader left.
func (s *Site) follow(r *http.Request, out *stream, watcher *watcher) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	life := time.NewTimer(streamLife)
	defer life.Stop()
	for {
		var err error
		select {
		case <-r.Context().Done():
			return
		case <-s.hub.ctx.Done():
			return
		case <-life.C:
			return
		case <-beat.C:
			err = out.send(": still here\n\n")
		case <-watcher.bell:
			changes, done := s.hub.take(watcher)
			err = out.send(eventText(changes, done))
			if done {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func eventText(changes map[upload.ID]upload.State, done bool) string {
	var text strings.Builder
	for id, state := range changes {
		data, _ := json.Marshal(map[string]string{"id": formatID(id), "state": string(state)}) // strings always marshal
		fmt.Fprintf(&text, "event: state\ndata: %s\n\n", data)
	}
	if done {
		text.WriteString("event: end\ndata: {}\n\n")
	}
	return text.String()
}

// stream writes events, each within streamWrite whatever the server's own
// deadline is.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s *stream) send(text string) error {
	// Not every ResponseWriter has deadlines; a server's has.
	_ = s.control.SetWriteDeadline(time.Now().Add(streamWrite))
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}

// Ids are decimal in addresses and strings in JSON: JavaScript's numbers stop
// at 53 bits.
func formatID(id upload.ID) string { return strconv.FormatInt(int64(id), 10) }

func parseID(text string) (upload.ID, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, fmt.Errorf("id %q: %w", text, upload.ErrUnknown)
	}
	return upload.ID(id), nil
}

// parseIDs is a list of at most limit ids, each once.
func parseIDs(text string, limit int) ([]upload.ID, error) {
	const longest = 19 + 1 // digits of an id, and a comma
	if len(text) > limit*longest {
		return nil, errTooMany
	}
	var ids []upload.ID
	for field := range strings.SplitSeq(text, ",") {
		id, err := parseID(field)
		if err != nil {
			return nil, err
		}
		if slices.Contains(ids, id) {
			continue
		}
		if len(ids) == limit {
			return nil, errTooMany
		}
		ids = append(ids, id)
	}
	return ids, nil
}
