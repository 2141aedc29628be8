package discord

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bwmarrin/discordgo"
)

func TestAReplyWithoutHistoryIsAMessage(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), "message_reference") {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"code":160002,"message":"You cannot reply without permission to read message history"}`)
			return
		}
		_, _ = io.WriteString(w, `{"id":"5","channel_id":"1"}`)
	}))
	defer server.Close()
	client, err := New(Config{Token: "t", APIBase: server.URL}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	if m, err := client.Post(t.Context(), "1", Outgoing{Content: "x", ReplyTo: "2"}); err != nil || m.ID != "5" {
		t.Errorf("posted %+v, %v", m, err)
	}
}

func TestRequestsNameTheBuild(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"v1.2-3-gabc":  "DiscordBot (https://github.com/evoladder/evoladderbot, v1.2-3-gabc)",
		"":             "DiscordBot (https://github.com/evoladder/evoladderbot, unknown)",
		"(devel)\r\nX": "DiscordBot (https://github.com/evoladder/evoladderbot, develX)",
	} {
		var agent string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			agent = r.UserAgent()
			_, _ = io.WriteString(w, `{"id":"5","channel_id":"1"}`)
		}))
		client, err := New(Config{Token: "t", APIBase: server.URL, Version: version}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Post(t.Context(), "1", Outgoing{Content: "x"}); err != nil {
			t.Error(err)
		}
		client.CloseIdleConnections()
		server.Close()
		if agent != want {
			t.Errorf("version %q: User-Agent %q", version, agent)
		}
	}
}

func TestThePaceIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, paceIsKept) // in real time the pace would let another one pass now and then
}

func paceIsKept(t *testing.T) {
	served := 0
	pace := newThrottle(roundTrip(func(*http.Request) (*http.Response, error) {
		served++
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody}, nil
	}), 1)
	for n := range discordRate + 10 {
		ctx, cancel := context.WithCancel(t.Context())
		if n >= discordRate {
			cancel() // what must wait ends
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://discord.com/api/v9/gateway", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = pace.RoundTrip(req)
		if waited := errors.Is(err, context.Canceled); waited != (n >= discordRate) {
			t.Fatalf("request %d: %v", n, err)
		}
		cancel()
	}
	if served != discordRate {
		t.Errorf("%d requests were sent at once, want %d", served, discordRate)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestErrorsAreSafeToLog(t *testing.T) {
	t.Parallel()
	const secret = "aW50ZXJhY3Rpb24"
	request := httptest.NewRequest(http.MethodPost, "https://discord.com/api/v9/interactions/1/"+secret+"/callback", nil)
	request.Header.Set("Authorization", "Bot "+secret)
	for name, err := range map[string]error{
		"refusal": &discordgo.RESTError{
			Request: request, Response: &http.Response{StatusCode: 404, Status: "404"},
			Message: &discordgo.APIErrorMessage{Code: 10062, Message: "Unknown interaction"},
		},
		"limit": &discordgo.RateLimitError{RateLimit: &discordgo.RateLimit{
			TooManyRequests: &discordgo.TooManyRequests{RetryAfter: time.Second}, URL: request.URL.String(),
		}},
		"other": errors.New("parse \"" + request.URL.String() + "\": broken"),
	} {
		if text := safe(err).Error(); strings.Contains(text, secret) {
			t.Errorf("%s reads %q", name, text)
		}
	}
	if safe(nil) != nil {
		t.Error("no error became one")
	}
}

func TestARefusalNamesTheFieldsAndQuotesNothing(t *testing.T) {
	t.Parallel()
	body := `{"code":50035,"message":"Invalid Form Body","errors":{"0":{"options":{"1":{"name":{"_errors":[{"code":"INVALID_NAME","message":"secret is no name"}]}}}},"content":{"_errors":[{"code":"TOO_LONG","message":"x"}]}}}`
	err := safe(&discordgo.RESTError{
		Response: &http.Response{StatusCode: http.StatusBadRequest}, ResponseBody: []byte(body),
		Message: &discordgo.APIErrorMessage{Code: 50035, Message: "Invalid Form Body"},
	})
	if want := "discord answered 400 (code 50035): Invalid Form Body; 0.options.1.name: INVALID_NAME; content: TOO_LONG"; err.Error() != want {
		t.Errorf("%q", err)
	}
}
