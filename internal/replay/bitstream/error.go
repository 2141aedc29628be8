package bitstream

import (
	"errors"
	"fmt"
)

// ErrMalformed is what every error of a reader wraps.
var ErrMalformed = errors.New("malformed stream")

// Error says what does not fit, and where.
type Error struct {
	Bit  int // offset in the stream
	What string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%v: %s at byte %d, bit %d", ErrMalformed, e.What, e.Bit/8, e.Bit%8)
}

func (e *Error) Unwrap() error { return ErrMalformed }
