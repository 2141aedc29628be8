package stream

import (
	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
	"github.com/evoladder/evoladderbot/internal/replay/protocol"
)

// Game is what the lobby was set to.
type Game struct {
	RandomValue                             uint32
	CacheName                               string
	Options                                 Options
	Speed                                   int // 0 slower … 4 faster
	Type                                    int
	MaxUsers, MaxObservers, MaxPlayers      int
	MaxTeams, MaxColors, MaxRaces           int
	MaxControls                             int
	MapSizeX, MapSizeY                      int
	MapSyncChecksum                         uint32
	MapFile                                 string
	MapAuthor                               string // toon handle
	ModSyncChecksum                         uint32
	DefaultDifficulty, DefaultAIBuild       int
	CacheHandles                            []CacheHandle // as in Details
	HasExtensionMod, HasOthersExtensionMod  bool          // the latter: not Blizzard's
	IsBlizzardMap, IsPremadeFFA, IsCoopMode bool
	IsRealtimeMode                          bool
}

// Options are the switches of the lobby.
type Options struct {
	LockTeams, TeamsTogether, AdvancedSharedControl bool
	RandomRaces, BattleNet                          bool
	AMM                                             bool // automated matchmaking
	Ranked                                          bool // to build 36442; then Competitive
	Competitive, Practice, Cooperative              bool
	NoVictoryOrDefeat, HeroDuplicatesAllowed        bool
	BuildCoachEnabled                               bool
	Fog, Observers, UserDifficulty                  int
	ClientDebugFlags                                uint64
}

func readGame(p *bitstream.Packed, t *bitstream.Type) (g Game) {
	for i := range t.Fields {
		f := &t.Fields[i]
		switch f.Name {
		case protocol.GameCacheName:
			g.CacheName = string(p.Blob(f.Type))
		case protocol.GameOptions:
			g.Options = readOptions(p, f.Type)
		case protocol.MapFileName:
			g.MapFile = string(p.Blob(f.Type))
		case protocol.MapAuthorName:
			g.MapAuthor = string(p.Blob(f.Type))
		case protocol.CacheHandles:
			g.CacheHandles = make([]CacheHandle, p.Array(f.Type))
			for i := range g.CacheHandles {
				g.CacheHandles[i] = newCacheHandle(p.Blob(f.Type.Elem))
			}
		case protocol.RandomValue:
			g.RandomValue = uint32(p.Int(f.Type))
		case protocol.MapFileSyncChecksum:
			g.MapSyncChecksum = uint32(p.Int(f.Type))
		case protocol.ModFileSyncChecksum:
			g.ModSyncChecksum = uint32(p.Int(f.Type))
		default:
			g.readNumber(p, f)
		}
	}
	return g
}

func (g *Game) readNumber(p *bitstream.Packed, f *bitstream.Field) {
	var to *int
	switch f.Name {
	case protocol.GameSpeed:
		to = &g.Speed
	case protocol.GameType:
		to = &g.Type
	case protocol.MaxUsers:
		to = &g.MaxUsers
	case protocol.MaxObservers:
		to = &g.MaxObservers
	case protocol.MaxPlayers:
		to = &g.MaxPlayers
	case protocol.MaxTeams:
		to = &g.MaxTeams
	case protocol.MaxColors:
		to = &g.MaxColors
	case protocol.MaxRaces:
		to = &g.MaxRaces
	case protocol.MaxControls:
		to = &g.MaxControls
	case protocol.MapSizeX:
		to = &g.MapSizeX
	case protocol.MapSizeY:
		to = &g.MapSizeY
	case protocol.DefaultDifficulty:
		to = &g.DefaultDifficulty
	case protocol.DefaultAIBuild:
		to = &g.DefaultAIBuild
	default:
		g.readFlag(p, f)
		return
	}
	*to = int(p.Int(f.Type))
}

func (g *Game) readFlag(p *bitstream.Packed, f *bitstream.Field) {
	var to *bool
	switch f.Name {
	case protocol.HasExtensionMod:
		to = &g.HasExtensionMod
	case protocol.HasNonBlizzardExtensionMod:
		to = &g.HasOthersExtensionMod
	case protocol.IsBlizzardMap:
		to = &g.IsBlizzardMap
	case protocol.IsPremadeFFA:
		to = &g.IsPremadeFFA
	case protocol.IsCoopMode:
		to = &g.IsCoopMode
	case protocol.IsRealtimeMode:
		to = &g.IsRealtimeMode
	default: // slotDescriptions: what a slot may be set to
		p.Skip(f.Type)
		return
	}
	*to = p.Bool(f.Type)
}

func readOptions(p *bitstream.Packed, t *bitstream.Type) (o Options) {
	for i := range t.Fields {
		f := &t.Fields[i]
		switch f.Name {
		case protocol.Fog:
			o.Fog = int(p.Int(f.Type))
		case protocol.Observers:
			o.Observers = int(p.Int(f.Type))
		case protocol.UserDifficulty:
			o.UserDifficulty = int(p.Int(f.Type))
		case protocol.ClientDebugFlags:
			o.ClientDebugFlags = uint64(p.Int(f.Type))
		default:
			o.readFlag(p, f)
		}
	}
	return o
}

func (o *Options) readFlag(p *bitstream.Packed, f *bitstream.Field) {
	var to *bool
	switch f.Name {
	case protocol.LockTeams:
		to = &o.LockTeams
	case protocol.TeamsTogether:
		to = &o.TeamsTogether
	case protocol.AdvancedSharedControl:
		to = &o.AdvancedSharedControl
	case protocol.RandomRaces:
		to = &o.RandomRaces
	case protocol.BattleNet:
		to = &o.BattleNet
	case protocol.Amm:
		to = &o.AMM
	case protocol.Ranked:
		to = &o.Ranked
	case protocol.Competitive:
		to = &o.Competitive
	case protocol.Practice:
		to = &o.Practice
	case protocol.Cooperative:
		to = &o.Cooperative
	case protocol.NoVictoryOrDefeat:
		to = &o.NoVictoryOrDefeat
	case protocol.HeroDuplicatesAllowed:
		to = &o.HeroDuplicatesAllowed
	case protocol.BuildCoachEnabled:
		to = &o.BuildCoachEnabled
	default:
		p.Skip(f.Type)
		return
	}
	*to = p.Bool(f.Type)
}
