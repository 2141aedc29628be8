// Package failure owns the kinds of failure that are somebody's answer: what was
// wrong with a file, in words its player may read, with the cause for the
// operator beside it. An error without a Kind is our own trouble: it is
// retried, and the player is asked to wait.
package failure

import (
	"errors"
	"time"

	"github.com/evoladder/evoladderbot/internal/phrase"
)

// Kind says what a failure means for the file; no kind but Limited and GaveUp is
// worth a retry of the same bytes.
type Kind string

// The kinds, as they stand in JSON and in the database.
const (
	Invalid     Kind = "invalid"     // not a replay, or damaged
	Unsupported Kind = "unsupported" // a replay that this version cannot read
	TooLarge    Kind = "too_large"   // over a limit, in the file or once decompressed
	Poison      Kind = "poison"      // it took two parser processes down with it
	Timeout     Kind = "timeout"     // not finished before its deadline
	GaveUp      Kind = "gave_up"     // never read: we could not for a day, and nothing is known of the file
	Limited     Kind = "limited"     // not looked at: its sender has sent too much; see Error.Wait
)

// Error is a failure with the text its player reads. Error() is the
// operator's side of it.
type Error struct {
	Kind  Kind
	Text  phrase.Text
	Cause error // may be nil

	Wait time.Duration // Limited: when the same upload may come again; never stored
}

// New is a failure of the given kind; cause may be nil.
func New(kind Kind, text phrase.Text, cause error) *Error {
	return &Error{Kind: kind, Text: text, Cause: cause}
}

func (e *Error) Error() string {
	text := string(e.Kind) + " (" + string(e.Text.Key) + ")"
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Cause }

// Find is the first *Error in err's chain, nil when there is none.
func Find(err error) *Error {
	var found *Error
	if errors.As(err, &found) {
		return found
	}
	return nil
}
