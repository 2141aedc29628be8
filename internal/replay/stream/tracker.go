package stream

import (
	"context"

	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
	"github.com/evoladder/evoladderbot/internal/replay/protocol"
)

// TrackerKind is a kind of tracker event; a bit, like GameKind.
type TrackerKind uint16

// The kinds of tracker event.
const (
	OtherTracker TrackerKind = 1 << iota
	PlayerStats              // figures of a player, each ten seconds
	UnitBorn                 // complete at once
	UnitDied
	UnitChangedOwner
	UnitChangedType
	UpgradeDone
	UnitInit // construction begun
	UnitDone // construction complete
	UnitPositions
	PlayerSetup
	AllTracker TrackerKind = 1<<iota - 1
)

// TrackerEvent is something that happened in the game. Of the fields only
// those named for Kind are meaningful.
type TrackerEvent struct {
	Loop int
	Kind TrackerKind

	Player int   // PlayerStats, UpgradeDone, PlayerSetup: player id, from 1
	Stats  Stats // PlayerStats
	Unit   Unit  // all Unit… but UnitPositions
	Setup  Setup // PlayerSetup

	Upgrade string // UpgradeDone: the game's id of it
	Count   int

	FirstUnit int     // UnitPositions: index of the first unit
	Positions []int32 // triples: index less that before, x, y in 1/4 cells
}

// Unit is what an event says about a unit. Numbers that its kind does not
// have are Absent.
type Unit struct {
	Tag                         UnitTag
	Type                        string  // the game's id of it: born, init, changed type
	ControlPlayer, UpkeepPlayer int     // born, init, changed owner; 0 is neutral
	X, Y                        int     // in cells: born, init, died; 1/4 of that before build 26490
	Killer                      int     // died: player id, Absent
	KillerTag, CreatorTag       UnitTag // 0: none
	CreatorAbility              string
}

// Setup ties a player id to a slot and a user of the lobby.
type Setup struct {
	Type int // 1 human, 2 computer, 3 neutral, 4 hostile
	User int // Absent
	Slot int // index in Lobby.Slots; Absent
}

// TrackerScanner reads tracker events one by one.
type TrackerScanner struct {
	Event TrackerEvent // valid until the next call of Next
	Count int          // events read so far, wanted or not

	p     *protocol.Protocol
	v     bitstream.Versioned
	want  TrackerKind
	loop  int
	texts map[string]string // each unit's type but once
	err   error
}

// newTrackerScanner reads the tracker events of want's kinds in data.
func newTrackerScanner(p *protocol.Protocol, data []byte, want TrackerKind) *TrackerScanner {
	return &TrackerScanner{p: p, v: bitstream.NewVersioned(data), want: want, texts: map[string]string{}}
}

// Err is why Next returned false, or nil at the end of the stream.
func (t *TrackerScanner) Err() error { return in(trackerName, t.err) }

// Next advances to the next event of a wanted kind.
func (t *TrackerScanner) Next(ctx context.Context) bool {
	for t.err == nil && !t.v.Done() {
		if t.Count%checkEvery == 0 {
			if t.err = context.Cause(ctx); t.err != nil {
				return false
			}
		}
		found := t.read()
		if t.err = t.v.Err(); t.err != nil {
			return false
		}
		t.Count++
		if found {
			return true
		}
	}
	return false
}

func (t *TrackerScanner) read() bool {
	t.loop = wrap(t.loop + int(t.v.Delta()))
	e := t.p.Tracker.ByID(t.v.Int())
	if e == nil || t.v.Err() != nil {
		t.v.Fail("no such event")
		return false
	}
	kind := trackerKind(e)
	if kind&t.want == 0 {
		t.v.Skip()
		return false
	}
	t.Event.Loop, t.Event.Kind = t.loop, kind
	switch kind {
	case PlayerStats:
		t.readStats(e.Type)
	case UpgradeDone, PlayerSetup, UnitPositions:
		t.readOther(e.Type)
	case OtherTracker:
		t.v.Skip()
	default:
		t.readUnit(e.Type)
	}
	return true
}

func trackerKind(e *protocol.Event) TrackerKind {
	if e.Name >= protocol.PlayerStatsEvent && e.Name <= protocol.PlayerSetupEvent {
		return PlayerStats << (e.Name - protocol.PlayerStatsEvent)
	}
	return OtherTracker
}

// readUnit reads the fields of all events about one unit.
func (t *TrackerScanner) readUnit(typ *bitstream.Type) {
	v := &t.v
	u := &t.Event.Unit
	*u = Unit{ControlPlayer: Absent, UpkeepPlayer: Absent, X: Absent, Y: Absent, Killer: Absent}
	var own, killer, creator tagParts
	for range v.Struct() {
		f := v.Field(typ)
		switch f.Name {
		case protocol.UnitTagIndex:
			own.index = int(v.Int())
		case protocol.UnitTagRecycle:
			own.recycle = int(v.Int())
		case protocol.UnitTypeName:
			u.Type = t.text(v.Blob(f.Type))
		case protocol.ControlPlayerID:
			u.ControlPlayer = int(v.Int())
		case protocol.UpkeepPlayerID:
			u.UpkeepPlayer = int(v.Int())
		case protocol.X:
			u.X = int(v.Int())
		case protocol.Y:
			u.Y = int(v.Int())
		case protocol.KillerPlayerID:
			u.Killer = int(v.OptionalInt(Absent))
		case protocol.KillerUnitTagIndex:
			killer.index = int(v.OptionalInt(0))
		case protocol.KillerUnitTagRecycle:
			killer.recycle = int(v.OptionalInt(0))
		case protocol.CreatorUnitTagIndex:
			creator.index = int(v.OptionalInt(0))
		case protocol.CreatorUnitTagRecycle:
			creator.recycle = int(v.OptionalInt(0))
		case protocol.CreatorAbilityName:
			if v.Optional() {
				u.CreatorAbility = t.text(v.Blob(elem(f.Type)))
			}
		default:
			v.Skip()
		}
	}
	u.Tag, u.KillerTag, u.CreatorTag = own.tag(), killer.tag(), creator.tag()
}

type tagParts struct{ index, recycle int }

func (p tagParts) tag() UnitTag { return NewUnitTag(p.index, p.recycle) }

// readOther reads the fields of the events about a player, and of positions.
func (t *TrackerScanner) readOther(typ *bitstream.Type) {
	v, e := &t.v, &t.Event
	e.Setup = Setup{User: Absent, Slot: Absent}
	for range v.Struct() {
		f := v.Field(typ)
		switch f.Name {
		case protocol.PlayerID:
			e.Player = int(v.Int())
		case protocol.UpgradeTypeName:
			e.Upgrade = t.text(v.Blob(f.Type))
		case protocol.Count:
			e.Count = int(v.Int())
		case protocol.Type:
			e.Setup.Type = int(v.Int())
		case protocol.UserID:
			e.Setup.User = int(v.OptionalInt(Absent))
		case protocol.SlotID:
			e.Setup.Slot = int(v.OptionalInt(Absent))
		case protocol.FirstUnitIndex:
			e.FirstUnit = int(v.Int())
		case protocol.Items:
			e.Positions = e.Positions[:0]
			for range v.Array(f.Type) {
				e.Positions = append(e.Positions, int32(v.Int()))
			}
		default:
			v.Skip()
		}
	}
}

// maxTexts bounds the distinct names of units, upgrades and abilities. A
// replay has some two hundred, the game's own data a few thousand.
const maxTexts = 1 << 14

// text returns p as a string, the same one for equal texts.
func (t *TrackerScanner) text(p []byte) string {
	if s, ok := t.texts[string(p)]; ok {
		return s
	}
	if len(t.texts) == maxTexts {
		t.v.Fail("more names than a game has")
		return ""
	}
	s := string(p)
	t.texts[s] = s
	return s
}

// MaxPlayerID bounds the player numbers of the tracker: 0 is neutral, 16 seats.
const MaxPlayerID = 16
