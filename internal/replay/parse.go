package replay

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay/clock"
	"github.com/evoladder/evoladderbot/internal/replay/mpq"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
	"github.com/evoladder/evoladderbot/internal/replay/timeline"
)

// Parse reads a replay. Every failure is a *failure.Error, but for ctx's own
// error, which passes through. A file whose events are damaged still yields
// what the rest says, with a warning that names the stream and the place.
func Parse(ctx context.Context, data []byte, options Options) (*Replay, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := checkFile(data, or(options.Limits.FileBytes, MaxFileBytes)); err != nil {
		return nil, err
	}
	file, err := stream.Open(data)
	if err != nil {
		return nil, openFault(data, err)
	}
	defer file.Close()
	r, err := read(ctx, file, options)
	if err != nil {
		return nil, err
	}
	r.Bytes = int64(len(data))
	return r, nil
}

// or is value when it is positive, else standard.
func or(value, standard int) int {
	if value > 0 {
		return value
	}
	return standard
}

// read takes the streams to their meaning, one after the other.
func read(ctx context.Context, file *stream.Replay, options Options) (*Replay, error) {
	file.SetBudget(or(options.Limits.OutputBytes, MaxOutputBytes))
	text := raw{header: file.Header, exact: file.Exact}
	if err := text.readPlayers(file); err != nil {
		return nil, playersFault(&text, err)
	}
	if err := text.readSetting(ctx, file); err != nil {
		return nil, err
	}
	m := &meaning{raw: &text, clock: clock.New(text.details.GameSpeed)}
	if options.Level == Full {
		if err := m.readEvents(ctx, file, options); err != nil {
			return nil, err
		}
	}
	return m.replay(), nil
}

// readEvents reads the game and the tracker stream. A damaged one counts up to
// the damage.
func (m *meaning) readEvents(ctx context.Context, file *stream.Replay, options Options) error {
	m.game.orders = options.Timeline
	err := m.readGame(ctx, file)
	if err != nil {
		err = m.refitGame(ctx, file, err)
		m.raw.byUser = file.NamesUsers()
	}
	if cause := ctx.Err(); cause != nil {
		return cause
	}
	m.raw.note(phrase.DamagedGameEvents, err)
	m.raw.note(phrase.DamagedTrackerEvents, m.readTracker(ctx, file, options))
	return ctx.Err()
}

func (m *meaning) readGame(ctx context.Context, file *stream.Replay) error {
	events, err := file.GameEvents(wantedGame)
	if err != nil {
		return err
	}
	m.game = gameLog{read: true, orders: m.game.orders, clock: m.clock}
	for events.Next(ctx) {
		m.game.observe(&events.Event)
	}
	return events.Err()
}

// refitGame reads the game stream of a build without tables with one layout
// after the other that fits the lobby, until one fits the events as well. If
// none does, what the nearest one read stays.
func (m *meaning) refitGame(ctx context.Context, file *stream.Replay, err error) error {
	nearest := m.game
	for errors.Is(err, stream.ErrMalformed) && ctx.Err() == nil && file.Refit() {
		if m.readGame(ctx, file) == nil {
			return nil
		}
	}
	file.Unfit()
	m.game = nearest
	return err
}

func (m *meaning) readTracker(ctx context.Context, file *stream.Replay, options Options) error {
	want := wantedTracker
	if options.Timeline {
		m.chronicle, want = timeline.NewChronicle(m.clock, m.raw.baseBuild()), wantedTracker|timeline.Wanted
	}
	events, err := file.TrackerEvents(want)
	if err != nil {
		return err
	}
	for events.Next(ctx) {
		m.tracker.observe(&events.Event)
		if m.chronicle != nil {
			m.chronicle.Observe(&events.Event)
		}
	}
	m.tracker.read = events.Count > 0
	return events.Err()
}

// Replays begin with the archive's user data, which holds the header.
const (
	magic        = "MPQ\x1b"
	minFileBytes = 64 // less than an archive's header and tables take
)

// Begins says whether data begins as every replay does. A bare archive, as tools
// that repack replays leave it, lacks the user data and with it the header that
// says which build to read it as: it is none.
func Begins(data []byte) bool { return bytes.HasPrefix(data, []byte(magic)) }

// checkFile refuses what need not be looked at.
func checkFile(data []byte, limit int) error {
	switch {
	case len(data) == 0:
		return failure.New(failure.Invalid, phrase.Say(phrase.EmptyFile), nil)
	case len(data) > limit:
		return failure.New(failure.TooLarge, phrase.Say(phrase.TooLarge, "limit", phrase.Size(int64(limit))), nil)
	case !Begins(data):
		return failure.New(failure.Invalid, phrase.Say(phrase.NotAReplay), nil)
	case len(data) < minFileBytes:
		return failure.New(failure.Invalid, phrase.Say(phrase.Truncated), nil)
	}
	return nil
}

// openFault says of a file that cannot be opened what its player can do.
func openFault(data []byte, err error) error {
	err = fmt.Errorf("open replay: %w", err)
	var beta *stream.BetaError
	switch {
	case errors.As(err, &beta):
		return failure.New(failure.Unsupported, phrase.Say(phrase.BetaBuild, "build", strconv.Itoa(beta.Build)), err)
	case errors.Is(err, stream.ErrUnsupported):
		return failure.New(failure.Invalid, phrase.Say(phrase.NotAReplay), err)
	case errors.Is(err, mpq.ErrFormat) && cutShort(data):
		return failure.New(failure.Invalid, phrase.Say(phrase.Truncated), err)
	}
	return streamFault(err)
}

// cutShort reports whether the archive says that it is longer than the file.
// Its header follows the user data at the offset in the third word, and has
// its length in the third word as well
// (http://www.zezula.net/en/mpq/mpqformat.html).
func cutShort(data []byte) bool {
	const lengthAt = 8
	header := int64(binary.LittleEndian.Uint32(data[lengthAt:]))
	if header+lengthAt+4 > int64(len(data)) {
		return true
	}
	return header+int64(binary.LittleEndian.Uint32(data[header+lengthAt:])) > int64(len(data))
}

// playersFault: what a build's own tables must be able to read is damaged if
// they cannot, and what no table could read is damaged in any build; only what
// holds other values than another build's tables have is a build that cannot be
// read.
func playersFault(r *raw, err error) error {
	err = fmt.Errorf("read players: %w", err)
	if errors.Is(err, stream.ErrMalformed) && !errors.Is(err, stream.ErrDamaged) && !r.exact {
		build := strconv.Itoa(r.baseBuild())
		return failure.New(failure.Unsupported, phrase.Say(phrase.UnknownBuild, "build", build), err)
	}
	return streamFault(err)
}

func streamFault(err error) error {
	switch {
	case errors.Is(err, mpq.ErrLimit):
		return failure.New(failure.TooLarge, phrase.Say(phrase.Unreadable), err)
	case errors.Is(err, mpq.ErrUnsupported):
		return failure.New(failure.Unsupported, phrase.Say(phrase.Unreadable), err)
	}
	return failure.New(failure.Invalid, phrase.Say(phrase.Damaged), err)
}
