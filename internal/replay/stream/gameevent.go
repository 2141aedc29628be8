package stream

import (
	"context"

	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
	"github.com/evoladder/evoladderbot/internal/replay/protocol"
)

// GameKind is a kind of game event. They are bits, so that a scanner can be
// given the wanted ones.
type GameKind uint16

// The kinds of game event that are decoded; all others are OtherGame.
const (
	OtherGame        GameKind = 1 << iota
	CommandGiven              // an order, with or without a target
	CommandUpdated            // a new target for the order being given
	CommandRepeated           // the order before, given again (CommandManagerState)
	SelectionChanged          // units selected, by hand or by control group
	GroupChanged              // control group set, recalled, …
	CameraMoved               // the view; only its presence and target
	CameraSaved               // a camera hotkey was set
	UserLeft                  // left the game
	UserJoined                // joined while it ran
	ReplayHijacked            // the game was resumed from a replay
	AllGame          GameKind = 1<<iota - 1
)

// GameEvent is something that a user did. Of the structs only that of Kind is
// meaningful.
type GameEvent struct {
	Loop int
	User int // user id; player id, from 1, before build 24247; 16 is no user
	Kind GameKind
	Name string // in the protocol, such as CmdEvent

	Command   Command    // CommandGiven, CommandUpdated; Sequence alone for CommandRepeated
	Selection Selection  // SelectionChanged
	Group     Group      // GroupChanged
	Camera    Camera     // CameraMoved, CameraSaved
	Leave     Leave      // UserLeft
	Join      UserInfo   // UserJoined
	Hijack    []UserInfo // ReplayHijacked: who plays on
}

// TargetKind is what a command is aimed at.
type TargetKind uint8

// The targets of a command.
const (
	NoTarget TargetKind = iota
	PointTarget
	UnitTarget
	DataTarget // such as the index of a unit to cancel
)

// Command is an order to the selected units.
type Command struct {
	Flags        uint32
	HasAbility   bool // false for the right mouse button
	Ability      int  // index in the game data of the build
	AbilityIndex int  // which command of the ability
	AbilityData  int
	Target       TargetKind
	Point        Point   // of PointTarget and UnitTarget
	Unit         UnitTag // of UnitTarget
	UnitLink     int     // its type: index in the game data of the build
	ControlledBy int     // player id that owns it, Absent
	Data         uint32
	Sequence     int     // counts a user's commands; from build 34784 on
	OtherUnit    UnitTag // 0: none
}

// Point is a place on the map in 1/4096 cells (cameras: 1/256).
type Point struct{ X, Y, Z int }

// UnitTag identifies a unit during a game: an index, and how often that was
// used before.
type UnitTag uint32

// NewUnitTag puts a tag together, as the tracker has it in parts.
func NewUnitTag(index, recycle int) UnitTag { return UnitTag(index<<18 + recycle) }

// Index is the unit's place in the game's table of units.
func (t UnitTag) Index() int { return int(t >> 18 & 0x3fff) }

// Recycle is how often that place was used before.
func (t UnitTag) Recycle() int { return int(t & 0x3ffff) }

// Selection is a change of what is selected, or of what is in a control group.
type Selection struct {
	Group         int // 10: the current selection; else a control group
	SubgroupIndex int
	AddedUnits    int
	AddedKinds    int
}

// Group is the use of a control group.
type Group struct {
	Index  int
	Update int // 0 set, 1 add, 2 recall, 3 clear, 4 set and steal, 5 add and steal
}

// Camera is where the view moved to.
type Camera struct {
	HasTarget bool
	Target    Point
	Hotkey    int // of CameraSaved
}

// Leave is how a user left.
type Leave struct {
	Reason int // from build 34784 on; else Absent
}

// UserInfo is a user who came into a running game.
type UserInfo struct {
	User       int // GameUserID; of a join it is the event's user
	Name       string
	ClanTag    string
	ToonHandle string
	Observe    int
}

// checkEvery is how many events pass between two looks at a context.
const checkEvery = 4096

// GameScanner reads game events one by one.
type GameScanner struct {
	Event GameEvent // valid until the next call of Next
	Count int       // events read so far, wanted or not

	p    *protocol.Protocol
	s    bitstream.Packed
	want GameKind
	loop int
	err  error
}

// newGameScanner reads the game events of want's kinds in data.
func newGameScanner(p *protocol.Protocol, data []byte, want GameKind) *GameScanner {
	return &GameScanner{p: p, s: bitstream.NewPacked(data), want: want}
}

// Err is why Next returned false, or nil at the end of the stream.
func (g *GameScanner) Err() error { return in(gameName, g.err) }

// Next advances to the next event of a wanted kind.
func (g *GameScanner) Next(ctx context.Context) bool {
	for g.err == nil && !g.s.Done() {
		if g.Count%checkEvery == 0 {
			if g.err = context.Cause(ctx); g.err != nil {
				return false
			}
		}
		found := g.read()
		g.err = g.s.Err()
		if g.err != nil {
			return false
		}
		g.Count++
		if found {
			return true
		}
	}
	return false
}

// read reads one event, and reports whether it was wanted.
func (g *GameScanner) read() bool {
	s := &g.s
	g.loop = wrap(g.loop + delta(s, g.p.Delta))
	user := int(s.Int(g.p.User))
	e := g.p.Game.ByID(s.Int(g.p.Game.ID))
	if e == nil || s.Err() != nil {
		s.Fail("no such event")
		return false
	}
	kind := gameKind(e)
	found := kind&g.want != 0
	if found {
		v := &g.Event
		v.Loop, v.User, v.Kind, v.Name = g.loop, user, kind, e.Text
		v.read(s, e.Type)
	} else {
		s.Skip(e.Type)
	}
	s.Align()
	return found
}

func gameKind(e *protocol.Event) GameKind {
	switch e.Name {
	case protocol.CmdEvent:
		return CommandGiven
	case protocol.CmdUpdateTargetPointEvent, protocol.CmdUpdateTargetUnitEvent:
		return CommandUpdated
	case protocol.CommandManagerStateEvent:
		return CommandRepeated
	case protocol.SelectionDeltaEvent:
		return SelectionChanged
	case protocol.ControlGroupUpdateEvent:
		return GroupChanged
	case protocol.CameraUpdateEvent:
		return CameraMoved
	case protocol.CameraSaveEvent:
		return CameraSaved
	case protocol.GameUserLeaveEvent, protocol.PlayerLeaveEvent:
		return UserLeft
	case protocol.GameUserJoinEvent:
		return UserJoined
	case protocol.HijackReplayGameEvent:
		return ReplayHijacked
	}
	return OtherGame
}

// read decodes the event's own part.
func (v *GameEvent) read(s *bitstream.Packed, t *bitstream.Type) {
	switch v.Kind {
	case CommandGiven, CommandUpdated, CommandRepeated:
		v.Command = Command{ControlledBy: Absent}
		v.Command.read(s, t)
	case SelectionChanged:
		v.Selection = Selection{}
		v.Selection.read(s, t)
	case GroupChanged:
		v.Group = Group{}
		v.Group.read(s, t)
	case CameraMoved, CameraSaved:
		v.Camera = Camera{}
		v.Camera.read(s, t)
	case UserLeft:
		v.Leave = Leave{Reason: Absent}
		v.Leave.read(s, t)
	case UserJoined:
		v.Join = UserInfo{User: v.User}
		v.Join.read(s, t)
	case ReplayHijacked:
		v.readHijack(s, t)
	default:
		s.Skip(t)
	}
}
