package web

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// What is read of a body after its answer, so that the answer arrives.
const (
	// lingerBytes bounds what is read of a body after its answer; what is longer
	// is cut off. It is four of the largest files.
	lingerBytes = 32 << 20
	// lingerTime is for a file a little too large over the slowest line.
	lingerTime = 5 * time.Minute
	// lingerEach bounds how many such bodies of one address are read at once.
	lingerEach = 8
)

// reply bounds the time of each answer, and lets a client that is still sending
// read it: closing a connection with unread bytes would reset it, and the answer
// would be lost with them.
func (s *Site) reply(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &answer{ResponseWriter: w, control: http.NewResponseController(w)}
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(a, r)
			return
		}
		_ = a.control.EnableFullDuplex() // the answer does not wait for the rest of the body
		a.body = &watchedBody{ReadCloser: r.Body}
		r.Body = a.body
		next.ServeHTTP(a, r)
		if a.body.open(r) {
			s.linger(a, ClientAddress(r))
		}
	})
}

// answer sets the time for an answer when it begins.
type answer struct {
	http.ResponseWriter
	control *http.ResponseController
	body    *watchedBody // nil: there is none
	began   bool
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) WriteHeader(status int) {
	if !a.began {
		a.began = true
		_ = a.control.SetWriteDeadline(time.Now().Add(answerTime)) // not every ResponseWriter can; a server's can
		if a.body != nil && !a.body.ended {
			a.Header().Set("Connection", "close")
		}
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	if !a.began {
		a.WriteHeader(http.StatusOK)
	}
	return a.ResponseWriter.Write(p)
}

// watchedBody knows how far a request's body was read.
type watchedBody struct {
	io.ReadCloser
	begun, ended, broken bool
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.begun = true
	n, err := b.ReadCloser.Read(p)
	b.ended = b.ended || errors.Is(err, io.EOF)
	b.broken = b.broken || err != nil && !b.ended
	return n, err
}

// open says whether a client may still be sending. One that asked first
// (Expect: 100-continue) and was not let does not begin.
func (b *watchedBody) open(r *http.Request) bool {
	asked := r.Header.Get("Expect") != ""
	return !b.ended && !b.broken && (b.begun || !asked)
}

// linger reads what a client still sends after its answer, within limits.
func (s *Site) linger(a *answer, address string) {
	release := s.lingering.try(address)
	if release == nil {
		return
	}
	defer release()
	if !a.began {
		a.WriteHeader(http.StatusOK)
	}
	if a.control.Flush() != nil {
		return
	}
	end := time.Now().Add(lingerTime)
	left := &io.LimitedReader{R: a.body, N: lingerBytes}
	scratch := make([]byte, 32<<10)
	for {
		due := time.Now().Add(s.stallTimeout)
		if due.After(end) {
			due = end
		}
		if a.control.SetReadDeadline(due) != nil {
			return
		}
		if _, err := left.Read(scratch); err != nil {
			return
		}
	}
}
