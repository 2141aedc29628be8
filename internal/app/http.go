package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// Time a client may take for each step of a request; uploads of the largest
// file on a slow line fit in the last.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 2 * time.Minute
	// writeTimeout is for a whole request, from its header on; a handler may set
	// another, which ends with its request.
	writeTimeout = 10 * time.Minute
	idleTimeout  = 2 * time.Minute
	// maxHeader is in bytes; browsers and proxies send a few thousand.
	maxHeader = 64 << 10
	// httpWeight is for the requests in flight at the end. They take moments; a
	// client that sends slowly must not use up the time of the other parts.
	httpWeight = 6
)

// HTTP is the part that serves handler on listener. At its end it takes no new
// connection, calls onStop, which ends the endless responses, and waits for the
// requests in flight; those that last longer than its share are cut off.
func HTTP(name string, listener net.Listener, handler http.Handler, onStop ...func()) Part {
	return Part{Name: name, Weight: httpWeight, Run: func(ctx context.Context) error {
		server := &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: headerTimeout,
			ReadTimeout:       readTimeout,
			WriteTimeout:      writeTimeout,
			MaxHeaderBytes:    maxHeader,
			IdleTimeout:       idleTimeout,
		}
		for _, stop := range onStop {
			server.RegisterOnShutdown(stop)
		}
		failed := make(chan error, 1)
		go func() { failed <- server.Serve(listener) }()
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
		}
		drain, cancel := Drain(ctx)
		defer cancel()
		err := server.Shutdown(drain)
		if errors.Is(err, context.Canceled) { // of drain
			err = server.Close()
		}
		if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return err
	}}
}
