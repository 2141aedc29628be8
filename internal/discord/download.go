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

	"github.com/evoladder/evoladderbot/internal/retry"
	"github.com/evoladder/evoladderbot/internal/text"
)

var (
	// ErrDownload says that a file did not come, though it may later.
	ErrDownload = errors.New("download from Discord failed")
	// ErrGone says that Discord no longer has a file.
	ErrGone = errors.New("no longer on Discord's CDN")
)

// idleDownloads is how many connections to the CDN are kept for the next files.
const idleDownloads = 32

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

// DownloadTimeout is how long one attachment may take, 0 for no limit.
func (c *Client) DownloadTimeout() time.Duration { return c.cfg.DownloadTimeout }

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
				MaxIdleConnsPerHost:    idleDownloads,
				IdleConnTimeout:        time.Minute,
				DisableCompression:     true, // replays are compressed, and a bomb stays small
				MaxResponseHeaderBytes: 64 << 10,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Limit is what a caller takes of files.
type Limit struct {
	Bytes int64                  // no more than one byte over it is read
	Judge func(size int64) error // why a file of that many bytes is not wanted
}

// Download is an attachment's bytes, perhaps one more than the limit: the caller is
// to judge what came. An error is limit's own, ErrGone, or ErrDownload.
func (d *downloader) Download(ctx context.Context, file *Attachment, limit Limit) ([]byte, error) {
	if file.Size > 0 { // a hint, but Discord's own
		if err := limit.Judge(int64(file.Size)); err != nil {
			return nil, err
		}
	}
	address, err := d.address(file.URL)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDownload, err)
	}
	cancel := func() {}
	if d.timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, d.timeout)
	}
	defer cancel()
	again := retry.Policy{Tries: 2, Pause: RetryPause, Again: func(err error) bool { return !errors.As(err, &lasting{}) }}
	data, err := retry.Do(ctx, again, func() ([]byte, error) { return d.get(ctx, address, limit) })
	var last lasting
	switch {
	case errors.As(err, &last):
		return nil, last.error
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrDownload, withoutAddress(err))
	}
	return data, nil
}

// lasting is an error that another try would end in, too.
type lasting struct{ error }

func (d *downloader) get(ctx context.Context, address string, limit Limit) ([]byte, error) {
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
		return nil, lasting{fmt.Errorf("%w: CDN answered %s", ErrGone, resp.Status)}
	default:
		return nil, fmt.Errorf("CDN answered %s", resp.Status)
	}
	if resp.ContentLength > 0 {
		if err := limit.Judge(resp.ContentLength); err != nil {
			return nil, lasting{err}
		}
	}
	// One byte over the limit is enough to know; the caller judges it.
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit.Bytes+1))
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
