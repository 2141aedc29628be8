package mpq

import (
	"errors"
	"fmt"
)

// The kinds of error. Every error of this package is an *Error that wraps one.
var (
	// ErrFormat: not an archive, or one that contradicts itself.
	ErrFormat = errors.New("malformed archive")
	// ErrLimit: sound as far as read, but larger than this package reads.
	ErrLimit = errors.New("archive exceeds a limit")
	// ErrUnsupported: a feature of the format that this package does not read.
	ErrUnsupported = errors.New("unsupported archive feature")
	// ErrNoStream: the archive holds no stream of that name.
	ErrNoStream = errors.New("no such stream")
)

// Error says what is wrong with an archive, and where.
type Error struct {
	Kind   error  // one of the four above
	Stream string // the stream that was read; empty for the archive itself
	Offset int64  // in the file, of what is wrong or contains it
	What   string
}

func (e *Error) Error() string {
	if e.Stream == "" {
		return fmt.Sprintf("mpq: %v: %s at byte %d", e.Kind, e.What, e.Offset)
	}
	return fmt.Sprintf("mpq: %s: %v: %s at byte %d", e.Stream, e.Kind, e.What, e.Offset)
}

func (e *Error) Unwrap() error { return e.Kind }

var errTooLong = errors.New("more data than announced")

func malformed(offset int, what string) *Error {
	return &Error{Kind: ErrFormat, Offset: int64(offset), What: what}
}
