package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
)

// errMoved makes discordgo forget the gateway's address, as it does after every
// connection that it could not make.
var errMoved = errors.New("the gateway is at another address")

// address leads discordgo to the gateway. Discord names an address of its own for
// resuming a session; discordgo does not look at it, keeps the first address that
// it was given, and asks for another one by REST only when it could not connect.
// So a connection to the kept address is refused here, and the request that
// follows is answered.
// https://discord.com/developers/docs/events/gateway#resuming
type address struct {
	next   http.RoundTripper
	resume atomic.Pointer[string] // of the session, as READY said; nil: none
	now    atomic.Pointer[string] // what discordgo is told; nil: what Discord says
	moved  atomic.Bool            // discordgo keeps another address

	general bool // the resume address could not be reached; of the goroutine that serves
}

// choose sets the address of the next connection.
func (a *address) choose(resuming bool) {
	var want *string
	if resuming && !a.general {
		want = a.resume.Load()
	}
	a.moved.Store(a.now.Swap(want) != want)
}

// fallBack takes the other address next time.
func (a *address) fallBack() { a.general = !a.general }

// learn takes the resume address of a new session. plain lets it be without TLS.
func (a *address) learn(raw string, plain bool) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "wss" && (u.Scheme != "ws" || !plain) {
		return errors.New("not an address of a gateway")
	}
	u.RawQuery, u.Fragment = "", "" // discordgo adds its own
	text := u.String()
	a.resume.Store(&text)
	return nil
}

// RoundTrip answers the request for the gateway's address.
func (a *address) RoundTrip(req *http.Request) (*http.Response, error) {
	now := a.now.Load()
	if now == nil || !strings.HasSuffix(req.URL.Path, "/gateway") {
		return a.next.RoundTrip(req)
	}
	body, err := json.Marshal(map[string]string{"url": *now})
	if err != nil {
		return nil, fmt.Errorf("encode address: %w", err)
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Request: req,
		Body: io.NopCloser(strings.NewReader(string(body))), ContentLength: int64(len(body)),
	}, nil
}
