package stream

import (
	"errors"
	"fmt"

	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
)

// ErrMalformed is what an error wraps when a stream does not fit its protocol.
// That is so when it is damaged, and also when the build is so new that the
// protocol changed and so old that there is none.
var ErrMalformed = bitstream.ErrMalformed

// ErrUnsupported is wrapped by the error for a file that is sound but holds
// no replay.
var ErrUnsupported = errors.New("not a replay")

// Error says in which stream something was wrong, and what.
type Error struct {
	Stream string
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Stream, e.Err) }

func (e *Error) Unwrap() error { return e.Err }

// in gives err, unless it is nil, the name of its stream.
func in(stream string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Stream: stream, Err: err}
}
