package stream

import (
	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
	"github.com/evoladder/evoladderbot/internal/replay/protocol"
)

// Lobby is who sat where.
type Lobby struct {
	Phase                             int
	MaxUsers, MaxObservers            int
	Slots                             []Slot
	RandomSeed                        uint32
	HostUserID                        int // Absent
	IsSinglePlayer                    bool
	PickedMapTag                      int
	GameDuration                      int
	DefaultDifficulty, DefaultAIBuild int
}

// Slot is a place in the lobby, taken or not.
type Slot struct {
	Control           int // 0 open, 1 closed, 2 human, 3 computer
	UserID            int // index in InitData.Users; Absent for computers and free slots
	TeamID            int
	ColorPref         int // Absent
	RacePref          int // Absent when random
	Difficulty        int
	AIBuild           int
	Handicap          int
	Observe           int // 0 plays, 1 spectator, 2 referee
	LogoIndex         int
	Hero              string
	WorkingSetSlotID  int // Absent
	ToonHandle        string
	TandemLeaderID    int // user id of an archon team's other half; Absent
	TandemID          int // Absent
	Commander         string
	CommanderLevel    int
	MasteryLevel      int
	Mastery           []int
	Prestige          int
	HasSilencePenalty bool
	TrophyID          int
	BrutalPlus        int
}

func readLobby(p *bitstream.Packed, t *bitstream.Type) Lobby {
	l := Lobby{HostUserID: Absent}
	for i := range t.Fields {
		f := &t.Fields[i]
		switch f.Name {
		case protocol.Phase:
			l.Phase = int(p.Int(f.Type))
		case protocol.MaxUsers:
			l.MaxUsers = int(p.Int(f.Type))
		case protocol.MaxObservers:
			l.MaxObservers = int(p.Int(f.Type))
		case protocol.Slots:
			l.Slots = readSlots(p, f.Type)
		case protocol.RandomSeed:
			l.RandomSeed = uint32(p.Int(f.Type))
		case protocol.HostUserID:
			l.HostUserID = int(p.OptionalInt(f.Type, Absent))
		case protocol.IsSinglePlayer:
			l.IsSinglePlayer = p.Bool(f.Type)
		case protocol.PickedMapTag:
			l.PickedMapTag = int(p.Int(f.Type))
		case protocol.GameDuration:
			l.GameDuration = int(p.Int(f.Type))
		case protocol.DefaultDifficulty:
			l.DefaultDifficulty = int(p.Int(f.Type))
		case protocol.DefaultAIBuild:
			l.DefaultAIBuild = int(p.Int(f.Type))
		default:
			p.Skip(f.Type)
		}
	}
	return l
}

func readSlots(p *bitstream.Packed, t *bitstream.Type) []Slot {
	slots := make([]Slot, p.Array(t))
	for i := range slots {
		if p.Err() != nil {
			break
		}
		slots[i] = readSlot(p, t.Elem)
	}
	return slots
}

func readSlot(p *bitstream.Packed, t *bitstream.Type) Slot {
	s := Slot{
		UserID: Absent, ColorPref: Absent, RacePref: Absent,
		WorkingSetSlotID: Absent, TandemLeaderID: Absent, TandemID: Absent,
	}
	for i := range t.Fields {
		f := &t.Fields[i]
		switch f.Name {
		case protocol.Hero:
			s.Hero = string(p.Blob(f.Type))
		case protocol.ToonHandle:
			s.ToonHandle = string(p.Blob(f.Type))
		case protocol.Commander:
			s.Commander = string(p.Blob(f.Type))
		case protocol.HasSilencePenalty:
			s.HasSilencePenalty = p.Bool(f.Type)
		case protocol.CommanderMasteryTalents:
			s.Mastery = make([]int, p.Array(f.Type))
			for i := range s.Mastery {
				s.Mastery[i] = int(p.Int(f.Type.Elem))
			}
		default:
			s.readNumber(p, f)
		}
	}
	return s
}

func (s *Slot) readNumber(p *bitstream.Packed, f *bitstream.Field) {
	var to *int
	switch f.Name {
	case protocol.Control:
		to = &s.Control
	case protocol.UserID:
		to = &s.UserID
	case protocol.TeamID:
		to = &s.TeamID
	case protocol.ColorPref:
		to = &s.ColorPref
	case protocol.RacePref:
		to = &s.RacePref
	case protocol.Difficulty:
		to = &s.Difficulty
	case protocol.AiBuild:
		to = &s.AIBuild
	case protocol.Handicap:
		to = &s.Handicap
	case protocol.Observe:
		to = &s.Observe
	case protocol.LogoIndex:
		to = &s.LogoIndex
	case protocol.WorkingSetSlotID:
		to = &s.WorkingSetSlotID
	case protocol.TandemLeaderID, protocol.TandemLeaderUserID:
		to = &s.TandemLeaderID
	case protocol.TandemID:
		to = &s.TandemID
	case protocol.CommanderLevel:
		to = &s.CommanderLevel
	case protocol.CommanderMasteryLevel:
		to = &s.MasteryLevel
	case protocol.SelectedCommanderPrestige:
		to = &s.Prestige
	case protocol.TrophyID:
		to = &s.TrophyID
	case protocol.BrutalPlusDifficulty:
		to = &s.BrutalPlus
	default: // what the player owns and looks like
		p.Skip(f.Type)
		return
	}
	*to = int(p.OptionalInt(f.Type, Absent))
}
