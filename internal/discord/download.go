package discord

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/fault"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/text"
)

// errDownload says that a file did not come, through no fault of its own.
var errDownload = errors.New("download from Discord failed")

// cdnHosts serve attachments, and nothing else is downloaded from.
var cdnHosts = map[string]bool{"cdn.discordapp.com": true, "media.discordapp.net": true}

// downloader fetches attachments with a client of its own, which knows no
// token, follows no redirect and connects to public addresses only: what it is
// asked to fetch was written by strangers.
type downloader struct {
	client  *http.Client
	base    *url.URL // of a loopback Discord; nil: Discord itself
	timeout time.Duration
}

func newDownloader(base *url.URL, timeout time.Duration) *downloader {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if base == nil {
		dialer.Control = refusePrivate
	}
	return &downloader{
		base:    base,
		timeout: timeout,
		client: &http.Client{
			Transport: &http.Transport{
				DialContext:            dialer.DialContext,
				ForceAttemptHTTP2:      true,
				TLSHandshakeTimeout:    5 * time.Second,
				MaxIdleConnsPerHost:    maxInHand,
				IdleConnTimeout:        time.Minute,
				DisableCompression:     true, // replays are compressed, and a bomb stays small
				MaxResponseHeaderBytes: 64 << 10,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// fetch is the attachment's bytes. A *fault.Error says that the file cannot be
// had or is not wanted; anything else is errDownload.
func (d *downloader) fetch(ctx context.Context, file *attached, in intake) ([]byte, error) {
	if file.Size > 0 { // a hint, but Discord's own
		if err := in.Admit(file.Filename, int64(file.Size)); err != nil {
			return nil, err
		}
	}
	address, err := d.address(file.URL)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDownload, err)
	}
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	for try := 1; ; try++ {
		data, err := d.get(ctx, address, file.Filename, in)
		if err == nil || fault.Find(err) != nil {
			return data, err
		}
		if try == 2 || !sleep(ctx, retryPause) {
			return nil, fmt.Errorf("%w: %w", errDownload, withoutAddress(err))
		}
	}
}

func (d *downloader) get(ctx context.Context, address, name string, in intake) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusForbidden, http.StatusGone:
		return nil, fault.New(fault.Invalid, phrase.Say(phrase.FileGone), fmt.Errorf("CDN answered %s", resp.Status))
	default:
		return nil, fmt.Errorf("CDN answered %s", resp.Status)
	}
	if resp.ContentLength > 0 {
		if err := in.Admit(name, resp.ContentLength); err != nil {
			return nil, err
		}
	}
	// One byte over the limit is enough to know; the intake judges it.
	data, err := io.ReadAll(io.LimitReader(resp.Body, in.MaxBytes()+1))
	if err != nil {
		return nil, fmt.Errorf("after %d bytes: %w", len(data), err)
	}
	return data, nil
}

// address is where an attachment's URL leads, if it is one of Discord's.
func (d *downloader) address(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", errors.New("attachment address cannot be read")
	}
	folder := strings.HasPrefix(u.Path, "/attachments/") || strings.HasPrefix(u.Path, "/ephemeral-attachments/")
	if u.Scheme != "https" || !cdnHosts[u.Hostname()] || (u.Port() != "" && u.Port() != "443") ||
		u.User != nil || u.Opaque != "" || !folder || path.Clean(u.Path) != u.Path {
		return "", fmt.Errorf("attachment address at %q is not Discord's CDN", text.Cut(text.Line(u.Host), 100))
	}
	if d.base != nil {
		u.Scheme, u.Host = d.base.Scheme, d.base.Host
		u.Path, u.RawPath = "/cdn"+u.Path, ""
	}
	return u.String(), nil
}

// withoutAddress is a client's error without the URL, whose signature lets
// anybody fetch the file.
func withoutAddress(err error) error {
	var sent *url.Error
	if errors.As(err, &sent) {
		return sent.Err
	}
	return err
}
