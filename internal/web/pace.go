package web

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// paced is a request's body whose sender must keep up: a few that send next to
// nothing would otherwise hold every slot that there is for uploads. Its
// deadline grows with what has arrived, so a slow line that keeps sending has
// the time it needs. Only time spent waiting for bytes counts, not time in which
// none were asked for.
type paced struct {
	io.ReadCloser
	control      *http.ResponseController
	stallTimeout time.Duration
	waited       time.Duration
	received     time.Duration // what has arrived, as time on the slowest line
}

func pace(w http.ResponseWriter, body io.ReadCloser, stallTimeout time.Duration) io.ReadCloser {
	return &paced{ReadCloser: body, control: http.NewResponseController(w), stallTimeout: stallTimeout}
}

func (p *paced) Read(b []byte) (int, error) {
	began := time.Now()
	p.limit(began.Add(p.stallTimeout + p.received - p.waited))
	n, err := p.ReadCloser.Read(b)
	p.waited += time.Since(began)
	p.received += time.Duration(n) * time.Second / slowestLine
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		p.limit(time.Time{}) // what is done with the bytes has its own time
	} // else the server would wait for the rest, and only after that answer
	return n, err
}

// limit ends reads at a time. Not every ResponseWriter can; a server's can.
func (p *paced) limit(at time.Time) { _ = p.control.SetReadDeadline(at) }
