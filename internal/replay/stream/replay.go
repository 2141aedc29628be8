package stream

import (
	"errors"
	"fmt"
	"sync"

	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
	"github.com/evoladder/evoladderbot/internal/replay/mpq"
	"github.com/evoladder/evoladderbot/internal/replay/protocol"
)

const (
	gameName    = "replay.game.events"
	trackerName = "replay.tracker.events"
)

// The streams of a replay. Those with a backup are missing or empty in files
// that were made anonymous, whose backup has the same form without names.
var (
	detailsStream    = mpq.NewName("replay.details")
	detailsBackup    = mpq.NewName("replay.details.backup")
	initDataStream   = mpq.NewName("replay.initData")
	initDataBackup   = mpq.NewName("replay.initData.backup")
	attributesStream = mpq.NewName("replay.attributes.events")
	metadataStream   = mpq.NewName("replay.gamemetadata.json")
	messageStream    = mpq.NewName("replay.message.events")
	gameStream       = mpq.NewName(gameName)
	trackerStream    = mpq.NewName(trackerName)
)

// Replay is an open replay: its archive, its header and the protocol that
// reads the rest. It is not for concurrent use.
type Replay struct {
	Header Header
	// Exact is whether the protocol is that of the file's build, and not of
	// the nearest one below it.
	Exact bool
	// Anonymous is set when a backup was read.
	Anonymous bool

	archive  *mpq.Archive
	protocol *protocol.Protocol
	refits   *refits // nil: none was asked for
	hasGame  bool    // game holds the game events
	*buffers
}

// Limits of one stream, in bytes. The largest of the samples have 5 kB and
// 500 kB; lobbies with all that eight players own reach some 100 kB, the
// longest games known some 4 MB, and metadata 250 bytes a player.
const (
	maxSmall    = 1 << 20
	maxMetadata = 64 << 10
	maxEvents   = 16 << 20
)

// buffers hold decompressed streams. They are kept for the next replay.
type buffers struct {
	small   []byte // the stream that is being decoded at once
	game    []byte
	tracker []byte
}

var pool = sync.Pool{New: func() any { return new(buffers) }}

// Open reads the header of the replay in file, which must not change until
// Close.
func Open(file []byte) (*Replay, error) {
	a, err := mpq.Open(file)
	if err != nil {
		return nil, err
	}
	if a.UserData() == nil {
		return nil, in(headerName, ErrUnsupported)
	}
	h, err := ReadHeader(a.UserData())
	if err != nil {
		return nil, err
	}
	p, exact, err := protocol.Lookup(h.Version.BaseBuild)
	if err != nil {
		return nil, err
	}
	return &Replay{Header: h, Exact: exact, archive: a, protocol: p, buffers: pool.Get().(*buffers)}, nil
}

// SetBudget changes how many bytes all further streams may decompress to.
func (r *Replay) SetBudget(bytes int) { r.archive.SetBudget(bytes) }

// maxKept bounds a buffer that is kept for later; the largest stream of the
// samples is half of it.
const maxKept = 1 << 20

// Close gives the buffers back. Events and scanners must not be used after it;
// everything else that was read stays valid.
func (r *Replay) Close() {
	b := r.buffers
	if b == nil {
		return
	}
	r.buffers = nil
	if cap(b.small) > maxKept {
		b.small = nil
	}
	if cap(b.game) > maxKept {
		b.game = nil
	}
	if cap(b.tracker) > maxKept {
		b.tracker = nil
	}
	pool.Put(b)
}

// Details reads the details, or their backup. Their encoding says what is a
// value, so that damage is distinguished from another build's layout.
func (r *Replay) Details() (Details, error) {
	name, short, err := r.readEither(detailsStream, detailsBackup)
	if err != nil {
		return Details{}, err
	}
	d, err := readDetails(r.protocol, r.small)
	switch {
	case err == nil:
		return d, nil
	case short != nil:
		return d, short
	case !wellFormed(r.small):
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return d, in(name, err)
}

// wellFormed reports whether data is one value of the self-describing encoding.
func wellFormed(data []byte) bool {
	v := bitstream.NewVersioned(data)
	v.Skip()
	return v.Err() == nil && v.Done()
}

// InitData reads the lobby, or its backup.
func (r *Replay) InitData() (InitData, error) {
	name, short, err := r.readEither(initDataStream, initDataBackup)
	if err != nil {
		return InitData{}, err
	}
	d, err := readInitData(r.protocol.InitData, r.small)
	if err != nil && short != nil {
		return d, short
	}
	return d, in(name, err)
}

// readEither reads a stream into r.small, or the backup when it is missing or
// empty. short is why there is less of it than its block announces: it counts
// only if what there is does not decode.
func (r *Replay) readEither(name, backup mpq.Name) (read string, short, err error) {
	r.small, err = r.archive.Read(r.small, name, maxSmall)
	switch {
	case len(r.small) > 0:
		return name.String(), err, nil
	case err != nil && !errors.Is(err, mpq.ErrNoStream):
		return "", nil, err
	}
	small, backupErr := r.archive.Read(r.small, backup, maxSmall)
	if errors.Is(backupErr, mpq.ErrNoStream) && err != nil {
		return "", nil, err // there is neither
	}
	r.small, r.Anonymous = small, true
	if len(small) > 0 {
		return backup.String(), backupErr, nil
	}
	return backup.String(), nil, backupErr
}

// Attributes reads the settings of the lobby.
func (r *Replay) Attributes() (a Attributes, err error) {
	var short error
	if r.small, short = r.archive.Read(r.small, attributesStream, maxSmall); short != nil && len(r.small) == 0 {
		return a, short
	}
	if a, err = readAttributes(r.small); err != nil && short != nil {
		return a, short
	}
	return a, in(attributesStream.String(), err)
}

// Metadata reads the game's own JSON summary, which exists from about 3.7 on.
// It is nil when there is none, and valid until the next stream is read. On
// error it is as much as could be read, which may be all there is: some tools
// announce more than they write.
func (r *Replay) Metadata() (json []byte, err error) {
	r.small, err = r.archive.Read(r.small, metadataStream, maxMetadata)
	if errors.Is(err, mpq.ErrNoStream) {
		return nil, nil
	}
	return r.small, err
}

// Messages reads chat and pings. On error those before it are returned as well.
func (r *Replay) Messages() (m []Message, err error) {
	r.small, err = r.archive.Read(r.small, messageStream, maxSmall)
	if errors.Is(err, mpq.ErrNoStream) {
		return nil, nil // a game without chat
	}
	short := err
	if m, err = readMessages(r.protocol, r.small); short != nil {
		return m, short
	}
	return m, in(messageStream.String(), err)
}

// GameEvents decompresses the game events, once, and returns a scanner for
// those of the wanted kinds.
func (r *Replay) GameEvents(want GameKind) (s *GameScanner, err error) {
	if !r.hasGame {
		if r.game, err = r.archive.Read(r.game, gameStream, maxEvents); err != nil {
			return nil, err
		}
		r.hasGame = true
	}
	return newGameScanner(r.protocol, r.game, want), nil
}

// NamesUsers reports whether events name a user, an index into the lobby's
// users, and not a player: the occupied slots counted from 1, observers
// included.
func (r *Replay) NamesUsers() bool { return r.protocol.NamesUsers }

// TrackerEvents decompresses the tracker events and returns a scanner for
// those of the wanted kinds. Before build 24944 there are none, but a build
// without a table may be a beta that had them: their encoding says enough for
// any table to do.
func (r *Replay) TrackerEvents(want TrackerKind) (s *TrackerScanner, err error) {
	r.tracker, err = r.archive.Read(r.tracker, trackerStream, maxEvents)
	if errors.Is(err, mpq.ErrNoStream) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	p := r.protocol
	if !r.Exact && len(p.Tracker.List) == 0 {
		if p, err = protocol.Newest(); err != nil {
			return nil, err
		}
	}
	return newTrackerScanner(p, r.tracker, want), nil
}
