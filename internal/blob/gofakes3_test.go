package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// serveS3 is the address of an S3 server by other people. With raw it stores
// aws-chunked bodies as they come.
func serveS3(t *testing.T, raw bool, options ...gofakes3.Option) (host string) {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket(fakeBucket); err != nil {
		t.Fatal(err)
	}
	handler := gofakes3.New(backend, options...).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if raw {
			r.Header.Del("X-Amz-Content-Sha256")
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func openS3(t *testing.T, host, query string, opts ...Option) *Store {
	t.Helper()
	url := "s3://" + fakeBucket + "/replays?region=auto&endpoint=http://" + host + query
	s, err := Open(context.Background(), url, append(opts, WithKeys(fakeKey, fakeSecret))...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestServerOfOthersKeepsFiles(t *testing.T) {
	t.Parallel()
	s := openS3(t, serveS3(t, false), "&addressing=path")
	ctx := context.Background()
	if err := s.Prove(ctx); err != nil {
		t.Fatal(err)
	}
	marker := NewMarker()
	if err := s.Mark(ctx, marker); err != nil {
		t.Fatal(err)
	}
	data := bytes.Repeat([]byte("replay\x00"), 40_000) // several chunks
	hash, _ := put(t, s, data)
	if got, err := s.Get(ctx, hash); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes came back as %d, %v", len(data), len(got), err)
	}
	none := func(context.Context, []string) (map[string]bool, error) { return nil, nil }
	if n, err := s.Sweep(ctx, time.Now().Add(time.Hour), none); err != nil || n != 1 {
		t.Errorf("swept %d, %v; want the file alone", n, err)
	}
	if _, err := s.Get(ctx, hash); !errors.Is(err, ErrMissing) {
		t.Errorf("get after the sweep: %v", err)
	}
	if found, err := s.Marked(ctx, marker); err != nil || !found {
		t.Errorf("marker after the sweep: %t, %v", found, err)
	}
}

func TestServerThatStoresChunksRawIsRecognised(t *testing.T) {
	t.Parallel()
	s := openS3(t, serveS3(t, true), "&addressing=path")
	if err := s.Prove(context.Background()); !errors.Is(err, ErrRaw) {
		t.Errorf("prove: %v, want %v", err, ErrRaw)
	}
}

// viaTest leads every host to the server at address, as a wildcard name would.
type viaTest struct{ address string }

func (v viaTest) RoundTrip(r *http.Request) (*http.Response, error) {
	there := r.Clone(r.Context())
	there.Host, there.URL.Host = r.URL.Host, v.address
	return http.DefaultTransport.RoundTrip(there)
}

func TestAddressingIsAsSet(t *testing.T) {
	t.Parallel()
	virtual := serveS3(t, false, gofakes3.WithHostBucket(true)) // knows no other
	through := func(address string) Option { return func(o *options) { o.transport = viaTest{address} } }
	s := openS3(t, "storage.test", "&addressing=virtual", through(virtual))
	if err := s.Prove(context.Background()); err != nil {
		t.Error(err)
	}
	path := serveS3(t, false)
	s = openS3(t, "storage.test", "&addressing=path", through(path))
	if err := s.Prove(context.Background()); err != nil {
		t.Error(err)
	}
	url := "s3://" + fakeBucket + "?addressing=virtual&region=auto&endpoint=http://storage.test"
	if _, err := Open(context.Background(), url, through(path), WithKeys(fakeKey, fakeSecret)); err == nil {
		t.Error("a server of the other kind was opened")
	}
	if _, err := Open(context.Background(), "s3://b?addressing=dns"); err == nil || !strings.Contains(err.Error(), "use path or virtual") {
		t.Errorf("unknown addressing: %v", err)
	}
}

type answers func(*http.Request) (*http.Response, error)

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) { return a(r) }

func TestOpenWaitsForABucketThatIsNotThereYet(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		first  int // status, 0: no connection
		wait   bool
		opened bool
	}{
		"starting":             {http.StatusServiceUnavailable, true, true},
		"no connection yet":    {0, true, true},
		"a command that looks": {0, false, false},
		"a wrong key":          {http.StatusForbidden, true, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				transport := answers(func(r *http.Request) (*http.Response, error) {
					status := http.StatusOK
					if time.Since(begun) < 20*time.Second {
						status = test.first
					}
					if status == 0 {
						return nil, errors.New("connection refused")
					}
					return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
				})
				opts := []Option{WithKeys(fakeKey, fakeSecret), func(o *options) { o.transport, o.wait = transport, test.wait }}
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				defer cancel()
				_, err := Open(ctx, "s3://uploads?region=auto&endpoint=http://storage.test", opts...)
				if (err == nil) != test.opened {
					t.Errorf("after %s: %v", time.Since(begun), err)
				}
				if took := time.Since(begun); !test.opened && took > 15*time.Second {
					t.Errorf("gave up only after %s", took)
				}
			})
		})
	}
}
