package replay

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/evoladder/evoladderbot/internal/fault"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay/mpq"
)

// minFileBytes is less than an archive's header and tables take.
const minFileBytes = 64

// Parse reads a replay. Every failure is a *fault.Error, but for ctx's own
// error, which passes through. A file whose events are damaged still yields
// what the rest says, with a warning that names the stream and the place.
func Parse(ctx context.Context, data []byte, options Options) (*Replay, error) {
	p, err := open(data, options)
	if err != nil {
		return nil, err
	}
	for _, step := range []func() error{p.identify, p.players, p.setting, p.speech, p.events} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := step(); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := p.meaning.replay()
	r.Bytes = int64(len(data))
	return r, nil
}

// open finds the archive in the file.
func open(data []byte, options Options) (*parser, error) {
	switch {
	case len(data) == 0:
		return nil, fault.New(fault.Invalid, phrase.Say(phrase.EmptyFile), nil)
	case len(data) > MaxFileBytes:
		return nil, fault.New(fault.TooLarge, phrase.Say(phrase.TooLarge, "limit", strconv.Itoa(MaxFileBytes>>20)+" MiB"), nil)
	case len(data) < len(magic) || string(data[:len(magic)]) != magic:
		return nil, fault.New(fault.Invalid, phrase.Say(phrase.NotAReplay), nil)
	case len(data) < minFileBytes:
		return nil, fault.New(fault.Invalid, phrase.Say(phrase.Truncated), nil)
	}
	archive, err := mpq.Open(data)
	if err != nil {
		return nil, archiveFault(err)
	}
	budget := MaxOutputBytes
	if options.MaxOutputBytes > 0 {
		budget = options.MaxOutputBytes
	}
	archive.SetBudget(budget)
	p := &parser{archive: archive, options: options}
	p.meaning.raw = &p.raw
	return p, nil
}

// magic begins every replay: the archive's user data, which holds the header.
const magic = "MPQ\x1b"

// archiveFault says of an archive that cannot be read what its player can do.
// A file cut short lacks its tables, which stand at the end.
func archiveFault(err error) error {
	var e *mpq.Error
	switch {
	case errors.Is(err, mpq.ErrLimit):
		return fault.New(fault.TooLarge, phrase.Say(phrase.Unreadable), err)
	case errors.As(err, &e) && errors.Is(err, mpq.ErrFormat) && e.Stream == "":
		return fault.New(fault.Invalid, phrase.Say(phrase.Truncated), err)
	case errors.Is(err, mpq.ErrUnsupported):
		return fault.New(fault.Unsupported, phrase.Say(phrase.Unreadable), err)
	}
	return fault.New(fault.Invalid, phrase.Say(phrase.Damaged), err)
}

func damaged(act string, err error) error {
	if errors.Is(err, mpq.ErrLimit) {
		return fault.New(fault.TooLarge, phrase.Say(phrase.Unreadable), fmt.Errorf("%s: %w", act, err))
	}
	return fault.New(fault.Invalid, phrase.Say(phrase.Damaged), fmt.Errorf("%s: %w", act, err))
}
