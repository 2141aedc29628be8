package stream

import (
	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
	"github.com/evoladder/evoladderbot/internal/replay/protocol"
)

// InitData is the lobby as the game began.
type InitData struct {
	Users []User // by user id; free slots have no name
	Game  Game
	Lobby Lobby
}

// User is somebody who was in the lobby, playing or not.
type User struct {
	Name               string
	ClanTag            string
	ClanLogo           CacheHandle // zero when there is none
	HighestLeague      int         // 0 unknown, 1 bronze … 7 grandmaster, 8 unranked; Absent
	CombinedRaceLevels int         // Absent before build 24764
	RandomSeed         uint32
	RacePreference     int // Absent when the race was not fixed
	TeamPreference     int
	TestMap, TestAuto  bool
	Examine            bool
	CustomInterface    bool
	Observe            int
	Hero               string
	ToonHandle         string
	ScaledRating       int // matchmaking rating from build 54518 on; HasRating says if
	HasRating          bool
}

// readInitData decodes an init data stream.
func readInitData(t *bitstream.Type, data []byte) (InitData, error) {
	var d InitData
	p := bitstream.NewPacked(data)
	lobby := t.Only() // syncLobbyState
	for i := range lobby.Fields {
		f := &lobby.Fields[i]
		switch f.Name {
		case protocol.UserInitialData:
			d.Users = readUsers(&p, f.Type)
		case protocol.GameDescription:
			d.Game = readGame(&p, f.Type)
		case protocol.LobbyState:
			d.Lobby = readLobby(&p, f.Type)
		default:
			p.Skip(f.Type)
		}
	}
	// Nothing in this encoding says when a value is read with another
	// build's layout, except that it then does not end where the stream does.
	if p.Align(); !p.Done() {
		p.Fail("more data than the protocol has")
	}
	return d, p.Err()
}

func readUsers(p *bitstream.Packed, t *bitstream.Type) []User {
	users := make([]User, p.Array(t))
	for i := range users {
		if p.Err() != nil {
			break
		}
		users[i] = readUser(p, t.Elem)
	}
	return users
}

func readUser(p *bitstream.Packed, t *bitstream.Type) User {
	u := User{HighestLeague: Absent, CombinedRaceLevels: Absent, RacePreference: Absent, TeamPreference: Absent}
	for i := range t.Fields {
		f := &t.Fields[i]
		switch f.Name {
		case protocol.Name:
			u.Name = string(p.Blob(f.Type))
		case protocol.ClanTag:
			u.ClanTag = string(p.Blob(f.Type))
		case protocol.ClanLogo:
			u.ClanLogo = newCacheHandle(p.Blob(f.Type))
		case protocol.HighestLeague:
			u.HighestLeague = int(p.OptionalInt(f.Type, Absent))
		case protocol.CombinedRaceLevels:
			u.CombinedRaceLevels = int(p.OptionalInt(f.Type, Absent))
		case protocol.RandomSeed:
			u.RandomSeed = uint32(p.Int(f.Type))
		case protocol.RacePreference:
			u.RacePreference = int(p.OptionalInt(f.Type, Absent))
		case protocol.TeamPreference:
			u.TeamPreference = int(p.OptionalInt(f.Type, Absent))
		case protocol.Observe:
			u.Observe = int(p.Int(f.Type))
		case protocol.Hero:
			u.Hero = string(p.Blob(f.Type))
		case protocol.ToonHandle:
			u.ToonHandle = string(p.Blob(f.Type))
		case protocol.ScaledRating:
			if rating := p.Optional(f.Type); rating != nil {
				u.ScaledRating, u.HasRating = int(p.Int(rating)), true
			}
		default:
			u.readFlag(p, f)
		}
	}
	return u
}

func (u *User) readFlag(p *bitstream.Packed, f *bitstream.Field) {
	switch f.Name {
	case protocol.TestMap:
		u.TestMap = p.Bool(f.Type)
	case protocol.TestAuto:
		u.TestAuto = p.Bool(f.Type)
	case protocol.Examine:
		u.Examine = p.Bool(f.Type)
	case protocol.CustomInterface:
		u.CustomInterface = p.Bool(f.Type)
	default:
		p.Skip(f.Type)
	}
}
