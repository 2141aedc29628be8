package app

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// oneClient is a listener with one client, in memory.
type oneClient struct {
	conn   chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *oneClient) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conn:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *oneClient) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *oneClient) Addr() net.Addr { return &net.TCPAddr{} }

func TestSlowRequestDoesNotUseUpTheGraceOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		listener := &oneClient{conn: make(chan net.Conn, 1), closed: make(chan struct{})}
		listener.conn <- server
		read := make(chan error, 1)
		page := HTTP("page", listener, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, err := io.ReadAll(r.Body)
			read <- err
		}))
		var j journal
		worker := j.part("worker", 5*time.Second)
		worker.Weight = 2 * httpWeight
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- RunParts(ctx, quiet(), 10*time.Second, worker, page) }()
		_, _ = io.WriteString(client, "POST / HTTP/1.1\r\nHost: page\r\nContent-Length: 8000000\r\n\r\nM")
		synctest.Wait()
		stop()
		if err := <-ended; err != nil {
			t.Errorf("ended with %v", err)
		}
		if err := <-read; err == nil {
			t.Error("the request was not cut off")
		}
		if len(j.lines) != 1 {
			t.Error("the worker was not drained")
		}
		_ = client.Close()
	})
}
