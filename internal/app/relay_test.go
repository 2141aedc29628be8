package app_test

import (
	"io"
	"net"
	"net/url"
	"strconv"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// relay stands between the product and its database, so that a test can take
// the database away without the other tests noticing.
type relay struct {
	url      string
	network  string
	address  string // of the server
	listener net.Listener
	mu       sync.Mutex
	down     bool
	open     map[net.Conn]bool
	all      sync.WaitGroup
}

func newRelay(t *testing.T, database string) *relay {
	t.Helper()
	config, err := pgx.ParseConfig(database)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(int(config.Port))
	r := &relay{network: "tcp", address: net.JoinHostPort(config.Host, port), listener: listener, open: map[net.Conn]bool{}}
	if config.Host[0] == '/' {
		r.network, r.address = "unix", config.Host+"/.s.PGSQL."+port
	}
	r.url = (&url.URL{
		Scheme: "postgres", User: url.UserPassword(config.User, config.Password),
		Host: listener.Addr().String(), Path: "/" + config.Database, RawQuery: "sslmode=disable",
	}).String()
	r.all.Go(r.serve)
	t.Cleanup(func() {
		listener.Close()
		r.cut()
		r.all.Wait()
	})
	return r
}

func (r *relay) serve() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(r.network, r.address)
		r.mu.Lock()
		if r.down || err != nil {
			r.mu.Unlock()
			client.Close()
			if err == nil {
				server.Close()
			}
			continue
		}
		r.open[client], r.open[server] = true, true
		r.mu.Unlock()
		pass := func(to, from net.Conn) {
			_, _ = io.Copy(to, from)
			r.mu.Lock()
			defer r.mu.Unlock()
			for _, conn := range []net.Conn{to, from} {
				delete(r.open, conn)
				conn.Close()
			}
		}
		r.all.Go(func() { pass(client, server) })
		r.all.Go(func() { pass(server, client) })
	}
}

// cut ends every connection and refuses new ones.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = true
	for conn := range r.open {
		conn.Close()
	}
}

// mend lets connections through again.
func (r *relay) mend() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = false
}
