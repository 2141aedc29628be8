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

// ErrDamaged is wrapped, besides ErrMalformed, by the error for a stream that
// no protocol could read: one that holds no values of its encoding at all.
var ErrDamaged = errors.New("damaged stream")

// BetaError is the error for a replay of the 2010 beta, whose header comes
// before the encoding that all later ones have.
type BetaError struct {
	Build int
}

func (e *BetaError) Error() string { return fmt.Sprintf("replay of the 2010 beta, build %d", e.Build) }

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
