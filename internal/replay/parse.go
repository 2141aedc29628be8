package replay

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/evoladder/evoladderbot/internal/fault"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay/mpq"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// Parse reads a replay. Every failure is a *fault.Error, but for ctx's own
// error, which passes through. A file whose events are damaged still yields
// what the rest says, with a warning that names the stream and the place.
func Parse(ctx context.Context, data []byte, options Options) (*Replay, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := checkFile(data); err != nil {
		return nil, err
	}
	file, err := stream.Open(data)
	if err != nil {
		return nil, openFault(err)
	}
	defer file.Close()
	r, err := read(ctx, file, options)
	if err != nil {
		return nil, err
	}
	r.Bytes = int64(len(data))
	return r, nil
}

// maxSummaryBytes is the part of MaxOutputBytes that all but the events may
// take. What is decoded at once needs several times its size in memory; the
// largest known, of a mission with hundreds of rewards, is 200 kB.
const maxSummaryBytes = 4 << 20

// read takes the streams to their meaning, one after the other.
func read(ctx context.Context, file *stream.Replay, options Options) (*Replay, error) {
	budget := MaxOutputBytes
	if options.MaxOutputBytes > 0 {
		budget = options.MaxOutputBytes
	}
	file.SetBudget(min(budget, maxSummaryBytes))
	text := raw{header: file.Header, exact: file.Exact}
	if err := text.readPlayers(file); err != nil {
		return nil, playersFault(&text, err)
	}
	if err := text.readSetting(ctx, file); err != nil {
		return nil, err
	}
	m := &meaning{raw: &text, clock: newClock(text.details.GameSpeed)}
	if options.Level == Full {
		file.SetBudget(budget - min(budget, maxSummaryBytes))
		if err := m.readEvents(ctx, file, options); err != nil {
			return nil, err
		}
	}
	return m.replay(), nil
}

// readEvents reads the game and the tracker stream. A damaged one counts up to
// the damage.
func (m *meaning) readEvents(ctx context.Context, file *stream.Replay, options Options) error {
	m.game.clock = m.clock
	game, err := file.GameEvents(wantedGame)
	if err == nil {
		m.game.read = true
		for game.Next(ctx) {
			m.game.observe(&game.Event)
		}
		err = game.Err()
	}
	if cause := ctx.Err(); cause != nil {
		return cause
	}
	m.raw.note("game events", err)
	want := wantedTracker
	if options.Timeline {
		m.chronicle, want = &chronicle{clock: m.clock}, wantedTracker|wantedChronicle
	}
	tracker, err := file.TrackerEvents(want)
	if err == nil {
		for tracker.Next(ctx) {
			m.tracker.observe(&tracker.Event)
			if m.chronicle != nil {
				m.chronicle.observe(&tracker.Event)
			}
		}
		m.tracker.read = tracker.Count > 0
		err = tracker.Err()
	}
	m.raw.note("tracker events", err)
	return ctx.Err()
}

// Replays begin with the archive's user data, which holds the header.
const (
	magic        = "MPQ\x1b"
	minFileBytes = 64 // less than an archive's header and tables take
)

// checkFile refuses what need not be looked at.
func checkFile(data []byte) error {
	switch {
	case len(data) == 0:
		return fault.New(fault.Invalid, phrase.Say(phrase.EmptyFile), nil)
	case len(data) > MaxFileBytes:
		return fault.New(fault.TooLarge, phrase.Say(phrase.TooLarge, "limit", strconv.Itoa(MaxFileBytes>>20)+" MiB"), nil)
	case len(data) < len(magic) || string(data[:len(magic)]) != magic:
		return fault.New(fault.Invalid, phrase.Say(phrase.NotAReplay), nil)
	case len(data) < minFileBytes:
		return fault.New(fault.Invalid, phrase.Say(phrase.Truncated), nil)
	}
	return nil
}

// openFault says of a file that cannot be opened what its player can do. A
// file cut short lacks its archive's tables, which stand at the end.
func openFault(err error) error {
	err = fmt.Errorf("open replay: %w", err)
	var archive *mpq.Error
	switch {
	case errors.Is(err, stream.ErrUnsupported):
		return fault.New(fault.Invalid, phrase.Say(phrase.NotAReplay), err)
	case errors.Is(err, mpq.ErrFormat) && errors.As(err, &archive) && archive.Stream == "":
		return fault.New(fault.Invalid, phrase.Say(phrase.Truncated), err)
	}
	return streamFault(err)
}

// playersFault: what a build's own tables must be able to read is damaged if
// they cannot; with another build's tables the build is what cannot be read.
func playersFault(r *raw, err error) error {
	err = fmt.Errorf("read players: %w", err)
	if errors.Is(err, stream.ErrMalformed) && !r.exact {
		build := strconv.Itoa(r.baseBuild())
		return fault.New(fault.Unsupported, phrase.Say(phrase.UnknownBuild, "build", build), err)
	}
	return streamFault(err)
}

func streamFault(err error) error {
	switch {
	case errors.Is(err, mpq.ErrLimit):
		return fault.New(fault.TooLarge, phrase.Say(phrase.Unreadable), err)
	case errors.Is(err, mpq.ErrUnsupported):
		return fault.New(fault.Unsupported, phrase.Say(phrase.Unreadable), err)
	}
	return fault.New(fault.Invalid, phrase.Say(phrase.Damaged), err)
}
