package discord

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// testLimit is the largest file that tests take, in bytes.
const testLimit = 4096

var errTooLarge = errors.New("too large")

// rules take files up to testLimit.
var rules = Limit{Bytes: testLimit, Judge: func(size int64) error {
	if size > testLimit {
		return errTooLarge
	}
	return nil
}}

func cdn(t *testing.T, serve http.HandlerFunc) *downloader {
	t.Helper()
	server := httptest.NewServer(serve)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	d := newDownloader(base, 5*time.Second)
	t.Cleanup(d.client.CloseIdleConnections)
	return d
}

func attachment(size int) *Attachment {
	return &Attachment{
		ID: "3", Filename: "a.sc2replay", Size: size,
		URL: "https://cdn.discordapp.com/attachments/1/2/a.sc2replay?ex=6&is=5&hm=abc",
	}
}

func TestFetchBringsTheFile(t *testing.T) {
	t.Parallel()
	want := []byte("MPQ\x1b and so on")
	d := cdn(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.String() != "/cdn/attachments/1/2/a.sc2replay?ex=6&is=5&hm=abc" || r.Header.Get("Authorization") != "" {
			http.Error(w, r.URL.String(), http.StatusTeapot)
			return
		}
		_, _ = w.Write(want)
	})
	got, err := d.Download(t.Context(), attachment(len(want)), rules)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestFetchRefusesBadFiles(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		size  int // announced in the message
		serve http.HandlerFunc
		want  error
	}{
		{"too large by announcement", testLimit + 1, func(http.ResponseWriter, *http.Request) { panic("not to be fetched") }, errTooLarge},
		{"too large by header", 10, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "5000") }, errTooLarge},
		{"gone", 10, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }, ErrGone},
		{"signature expired", 10, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, ErrGone},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := cdn(t, test.serve).Download(t.Context(), attachment(test.size), rules)
			if !errors.Is(err, test.want) || errors.Is(err, ErrDownload) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestFetchStopsAtTheLimitWhateverIsSent(t *testing.T) {
	t.Parallel()
	var sent atomic.Int64
	d := cdn(t, func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush() // no Content-Length
		for range 1 << 14 {
			n, err := w.Write(make([]byte, 1024))
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	data, err := d.Download(t.Context(), attachment(10), rules)
	if err != nil || len(data) != testLimit+1 {
		t.Errorf("got %d bytes, %v; want one more than the limit, for the caller to refuse", len(data), err)
	}
}

func TestFetchGivesUpOnACDNInTrouble(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		serve http.HandlerFunc
	}{
		{"redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
		}},
		{"internal error", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte("MPQ"))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := cdn(t, test.serve).Download(t.Context(), attachment(10), rules)
			if !errors.Is(err, ErrDownload) || errors.Is(err, ErrGone) {
				t.Errorf("got %v, want ErrDownload", err)
			}
			if err != nil && strings.Contains(err.Error(), "hm=") {
				t.Errorf("the signature is in the error: %v", err)
			}
		})
	}
}

func TestFetchTriesOnceMore(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	d := cdn(t, func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "MPQ\x1b")
	})
	if data, err := d.Download(t.Context(), attachment(4), rules); err != nil || string(data) != "MPQ\x1b" {
		t.Errorf("got %q, %v", data, err)
	}
}

func TestFetchEndsAtItsDeadline(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 2)
	d := cdn(t, func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		asked <- struct{}{}
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	if _, err := d.Download(ctx, attachment(10), rules); !errors.Is(err, ErrDownload) {
		t.Errorf("got %v, want ErrDownload", err)
	}
}

func TestOnlyDiscordsCDNIsAsked(t *testing.T) {
	t.Parallel()
	d := newDownloader(nil, time.Second)
	for _, good := range []string{
		"https://cdn.discordapp.com/attachments/1/2/a%20b.SC2Replay?ex=1",
		"https://media.discordapp.net/attachments/1/2/a.SC2Replay",
		"https://cdn.discordapp.com:443/ephemeral-attachments/1/2/a.SC2Replay",
	} {
		if got, err := d.address(good); err != nil || got != good {
			t.Errorf("%s became %q, %v", good, got, err)
		}
	}
	for _, bad := range []string{
		"http://cdn.discordapp.com/attachments/1/2/a",
		"https://cdn.discordapp.com:8443/attachments/1/2/a",
		"https://cdn.discordapp.com.evil.example/attachments/1/2/a",
		"https://evil.example/attachments/1/2/a",
		"https://user:pass@cdn.discordapp.com/attachments/1/2/a",
		"https://cdn.discordapp.com@evil.example/attachments/1/2/a",
		"https://cdn.discordapp.com/icons/1/2",
		"https://cdn.discordapp.com/attachments/../icons/1",
		"https://cdn.discordapp.com/attachments/%2e%2e/icons/1",
		"file:///etc/passwd", "://", "",
	} {
		if got, err := d.address(bad); err == nil {
			t.Errorf("%s would be fetched from %s", bad, got)
		}
	}
}

func TestPrivateAddressesAreNotDialled(t *testing.T) {
	t.Parallel()
	for address, public := range map[string]bool{
		"162.159.130.233:443": true, "[2606:4700::1]:443": true,
		"127.0.0.1:443": false, "10.0.0.1:443": false, "192.168.1.1:443": false, "169.254.169.254:443": false,
		"100.64.0.1:443": false, "0.0.0.0:443": false, "[::1]:443": false, "[fd00::1]:443": false, "[fe80::1]:443": false,
		"[::ffff:127.0.0.1]:443": false, "[64:ff9b::7f00:1]:443": false, "224.0.0.1:443": false, "162.159.130.233:80": false,
	} {
		if err := refusePrivate("tcp", address, nil); (err == nil) != public {
			t.Errorf("%s: %v", address, err)
		}
	}
}
