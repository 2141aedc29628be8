package stream

import (
	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
	"github.com/evoladder/evoladderbot/internal/replay/protocol"
)

// Details is the game as the client lists it. Text is in the language of the
// client that recorded it.
type Details struct {
	Players           []Player // without observers
	Title             string   // of the map
	Difficulty        string
	Thumbnail         string
	IsBlizzardMap     bool
	TimeUTC           int64 // end of the game by the recorder's clock: 100 ns since 1601
	TimeLocalOffset   int64 // 100 ns
	IsTransitionMap   bool  // restartAsTransitionMap
	NoRecovery        bool  // disableRecoverGame
	Description       string
	ImageFile         string
	CampaignIndex     int
	MapFile           string
	CacheHandles      []CacheHandle // dependencies of the map, then the map
	MiniSave          bool
	GameSpeed         int // 0 slower … 4 faster
	DefaultDifficulty int
	ModPaths          []string
}

// Player is one of Details' players.
type Player struct {
	Name             string // with markup, and the clan in front
	Toon             Toon
	Race             string
	Color            Color
	Control          int // 2 human, 3 computer
	TeamID           int
	Handicap         int
	Observe          int
	Result           int // 0 undecided, 1 win, 2 loss, 3 tie
	WorkingSetSlotID int // Absent before build 24764
	Hero             string
}

// Toon identifies an account in a region. It is zero for computers.
type Toon struct {
	Region  int
	Program string // "S2"
	Realm   int
	Name    string
	ID      int64
}

// Color has channels of 0 to 255.
type Color struct{ A, R, G, B uint8 }

// readDetails decodes a details stream.
func readDetails(p *protocol.Protocol, data []byte) (Details, error) {
	var d Details
	v := bitstream.NewVersioned(data)
	for range v.Struct() {
		f := v.Field(p.Details)
		switch f.Name {
		case protocol.PlayerList:
			d.Players = readPlayers(&v, f.Type)
		case protocol.CacheHandles:
			d.CacheHandles = readHandles(&v, f.Type)
		case protocol.ModPaths:
			d.ModPaths = readTexts(&v, f.Type)
		case protocol.Thumbnail:
			d.Thumbnail = readFileName(&v, f.Type)
		default:
			d.readField(&v, f)
		}
	}
	if !v.Done() {
		v.Fail("more data than the protocol has")
	}
	return d, v.Err()
}

// readField reads a field that is a single value.
func (d *Details) readField(v *bitstream.Versioned, f bitstream.Field) {
	switch f.Name {
	case protocol.Title:
		d.Title = string(v.Blob(f.Type))
	case protocol.Difficulty:
		d.Difficulty = string(v.Blob(f.Type))
	case protocol.IsBlizzardMap:
		d.IsBlizzardMap = v.Bool()
	case protocol.TimeUTC:
		d.TimeUTC = v.Int()
	case protocol.TimeLocalOffset:
		d.TimeLocalOffset = v.Int()
	case protocol.RestartAsTransitionMap:
		d.IsTransitionMap = v.Optional() && v.Bool()
	case protocol.DisableRecoverGame:
		d.NoRecovery = v.Bool()
	case protocol.Description:
		d.Description = string(v.Blob(f.Type))
	case protocol.ImageFilePath:
		d.ImageFile = string(v.Blob(f.Type))
	case protocol.CampaignIndex:
		d.CampaignIndex = int(v.Int())
	case protocol.MapFileName:
		d.MapFile = string(v.Blob(f.Type))
	case protocol.MiniSave:
		d.MiniSave = v.Bool()
	case protocol.GameSpeed:
		d.GameSpeed = int(v.Int())
	case protocol.DefaultDifficulty:
		d.DefaultDifficulty = int(v.Int())
	default:
		v.Skip()
	}
}

// readPlayers reads the optional list of players.
func readPlayers(v *bitstream.Versioned, t *bitstream.Type) []Player {
	if !v.Optional() {
		return nil
	}
	t = elem(t)
	players := make([]Player, v.Array(t))
	for i := range players {
		players[i] = readPlayer(v, elem(t))
	}
	return players
}

func readPlayer(v *bitstream.Versioned, t *bitstream.Type) Player {
	p := Player{WorkingSetSlotID: Absent}
	for range v.Struct() {
		f := v.Field(t)
		switch f.Name {
		case protocol.Name:
			p.Name = string(v.Blob(f.Type))
		case protocol.Toon:
			p.Toon = readToon(v, f.Type)
		case protocol.Race:
			p.Race = string(v.Blob(f.Type))
		case protocol.Color:
			p.Color = readColor(v, f.Type)
		case protocol.Control:
			p.Control = int(v.Int())
		case protocol.TeamID:
			p.TeamID = int(v.Int())
		case protocol.Handicap:
			p.Handicap = int(v.Int())
		case protocol.Observe:
			p.Observe = int(v.Int())
		case protocol.Result:
			p.Result = int(v.Int())
		case protocol.WorkingSetSlotID:
			p.WorkingSetSlotID = int(v.OptionalInt(Absent))
		case protocol.Hero:
			p.Hero = string(v.Blob(f.Type))
		default:
			v.Skip()
		}
	}
	return p
}

func readToon(v *bitstream.Versioned, t *bitstream.Type) (r Toon) {
	for range v.Struct() {
		f := v.Field(t)
		switch f.Name {
		case protocol.Region:
			r.Region = int(v.Int())
		case protocol.ProgramID:
			r.Program = fourCC(v.FourCC())
		case protocol.Realm:
			r.Realm = int(v.Int())
		case protocol.Name:
			r.Name = string(v.Blob(f.Type))
		case protocol.ID:
			r.ID = v.Int()
		default:
			v.Skip()
		}
	}
	return r
}

func readColor(v *bitstream.Versioned, t *bitstream.Type) (r Color) {
	for range v.Struct() {
		switch v.Field(t).Name {
		case protocol.Alpha:
			r.A = uint8(v.Int())
		case protocol.Red:
			r.R = uint8(v.Int())
		case protocol.Green:
			r.G = uint8(v.Int())
		case protocol.Blue:
			r.B = uint8(v.Int())
		default:
			v.Skip()
		}
	}
	return r
}

// readFileName reads a struct whose one field of interest is a file's name.
func readFileName(v *bitstream.Versioned, t *bitstream.Type) (name string) {
	for range v.Struct() {
		f := v.Field(t)
		if f.Name == protocol.File {
			name = string(v.Blob(f.Type))
			continue
		}
		v.Skip()
	}
	return name
}

func readHandles(v *bitstream.Versioned, t *bitstream.Type) []CacheHandle {
	if !v.Optional() {
		return nil
	}
	t = elem(t)
	handles := make([]CacheHandle, v.Array(t))
	for i := range handles {
		handles[i] = newCacheHandle(v.Blob(elem(t)))
	}
	return handles
}

func readTexts(v *bitstream.Versioned, t *bitstream.Type) []string {
	if !v.Optional() {
		return nil
	}
	t = elem(t)
	n := v.Array(t)
	if n == 0 {
		return nil
	}
	texts := make([]string, n)
	for i := range texts {
		texts[i] = string(v.Blob(elem(t)))
	}
	return texts
}

// elem is the type inside an optional or array.
func elem(t *bitstream.Type) *bitstream.Type {
	if t.Elem == nil {
		return t
	}
	return t.Elem
}
