// Package blob keeps uploaded files under the sha256 of their bytes, in a
// local folder or in an S3 bucket. A file is stored before the transaction
// that refers to it, so a crash leaves at worst a file without a reference,
// which Sweep finds.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// MaxBytes is the largest file kept. Intake's own limit is lower; this one
// bounds the memory of reading a file that somebody else has put there.
const MaxBytes = 64 << 20

// Why a file that was put cannot be had. Trying again would not bring it back,
// so the error is also a *failure.Error, which asks its player to upload again;
// any other error may pass.
var (
	ErrMissing = errors.New("file is missing from storage")
	ErrAltered = errors.New("file was altered in storage")
)

// Store keeps files. It is safe for concurrent use.
type Store struct {
	backend      backend
	writes, gets trouble
}

// backend is where bytes lie; names are slash-separated. read returns ErrMissing
// itself, and ErrAltered for more than MaxBytes.
type backend interface {
	write(ctx context.Context, name string, data []byte) error
	read(ctx context.Context, name string) ([]byte, error)
	remove(ctx context.Context, name string) error
	// list calls yield with the name of everything that was last written before.
	list(ctx context.Context, before time.Time, yield func(name string) error) error
	ping(ctx context.Context) error
}

// Option changes how a backend is opened.
type Option func(*options)

type options struct {
	keyID, secret string
	wait          bool
	transport     http.RoundTripper // of a test; nil: minio-go's
}

// Waiting has Open wait, until its context ends, for a backend that cannot be
// reached yet. One that refuses is not waited for.
func Waiting() Option {
	return func(o *options) { o.wait = true }
}

// openPause is between two tries of a backend that cannot be reached.
const openPause = time.Second

// WithKeys names the access key of a bucket and its secret. Without them the
// environment's AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are used.
func WithKeys(keyID, secret string) Option {
	return func(o *options) { o.keyID, o.secret = keyID, secret }
}

// Open opens the backend at url: "s3://bucket/prefix?endpoint=https://host&region=name"
// (addressing=path or addressing=virtual where the host wants the bucket in the
// path, or in the host's name), a "file://" URL or a folder, created when absent.
func Open(ctx context.Context, url string, opts ...Option) (*Store, error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	p, err := openBackend(url, o)
	if err != nil {
		return nil, fmt.Errorf("open file storage: %w", err)
	}
	s := &Store{backend: p}
	for {
		err := s.Ping(ctx)
		if err == nil {
			return s, nil
		}
		if !o.wait || errors.Is(err, errRefused) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w; is BLOB_URL right?", err)
		case <-time.After(openPause):
		}
	}
}

func openBackend(url string, o options) (backend, error) {
	scheme, rest, found := strings.Cut(url, "://")
	switch {
	case url == "":
		return nil, errors.New("no folder or bucket is given")
	case !found:
		return openFolder(url)
	case scheme == "file":
		return openFolder(rest)
	case scheme == "s3":
		return openBucket(url, o)
	default:
		return nil, fmt.Errorf("scheme %q is not known; use s3://… or a folder", scheme)
	}
}

// Ping says whether the backend can be reached.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.backend.ping(ctx); err != nil {
		return fmt.Errorf("reach file storage: %w", err)
	}
	return nil
}

// Put keeps data, whose lower-case hex sha256 is hash. Once it returns, the
// file survives a power cut. A file that is there already counts as new again.
func (s *Store) Put(ctx context.Context, hash string, data []byte) error {
	name, err := nameOf(hash)
	if err != nil {
		return err
	}
	if len(data) > MaxBytes {
		return fmt.Errorf("put file %s: %d bytes are more than %d", hash, len(data), MaxBytes)
	}
	err = s.backend.write(ctx, name, data)
	s.writes.note(err)
	if err != nil {
		return fmt.Errorf("put file %s: %w", hash, err)
	}
	return nil
}

// Get returns the file and has made sure that it is the one that was put;
// ErrMissing or ErrAltered where there is none such.
func (s *Store) Get(ctx context.Context, hash string) ([]byte, error) {
	name, err := nameOf(hash)
	if err != nil {
		return nil, err
	}
	data, err := s.backend.read(ctx, name)
	s.gets.note(err)
	if err == nil && hashOf(data) != hash {
		err = ErrAltered
	}
	if errors.Is(err, ErrMissing) || errors.Is(err, ErrAltered) {
		err = failure.New(failure.Invalid, phrase.Say(phrase.FileMissing), err)
	}
	if err != nil {
		return nil, fmt.Errorf("get file %s: %w", hash, err)
	}
	return data, nil
}

// Delete removes the file; one that is not there is no error.
func (s *Store) Delete(ctx context.Context, hash string) error {
	name, err := nameOf(hash)
	if err != nil {
		return err
	}
	if err := s.backend.remove(ctx, name); err != nil {
		return fmt.Errorf("delete file %s: %w", hash, err)
	}
	return nil
}

// nameOf is where a file lies: two levels of folders, so that a million files
// make none that is slow to open.
func nameOf(hash string) (string, error) {
	if len(hash) != 2*sha256.Size || strings.Trim(hash, "0123456789abcdef") != "" {
		return "", fmt.Errorf("%q is not a lower-case hex sha256", hash)
	}
	return hash[:2] + "/" + hash[2:4] + "/" + hash, nil
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
