package replaytest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// Race is a race as the game's metadata calls it.
type Race string

// The races, those of SC: Evo Complete among them.
const (
	Terran    Race = "Terr"
	Zerg      Race = "Zerg"
	Protoss   Race = "Prot"
	Random    Race = "RAND" // as a choice only
	BWTerran  Race = "BWTe"
	BWZerg    Race = "BWZe"
	BWProtoss Race = "BWPr"
)

// Result is how a game ended for a player.
type Result int

// The results, numbered as in details.
const (
	Undecided Result = iota
	Win
	Loss
	Tie
)

// Player is a player or an observer of a Game.
type Player struct {
	Name     string
	Clan     string
	ID       int64  // of the account; 0: one made from the place in the list
	Race     Race   // Terran when empty
	Picked   Race   // Race when empty
	Local    string // the race in the client's language; English when empty
	Team     int    // from 0; players of the same team play together
	Result   Result
	APM      int
	MMR      int // in the metadata; none when 0
	Computer bool
	Observer bool
	// Commander makes the game a co-op mission.
	Commander string
	LeavesAt  int // game loop; 0: does not leave
}

// Chat is something said.
type Chat struct {
	Loop   int
	Player int // index in Game.Players
	Text   string
}

// Game is a game as one would describe it. Its zero value, but for players, is
// a ladder game on a map called Test LE.
type Game struct {
	BaseBuild int // 80949 when 0; not below that
	Map       string
	Handles   []stream.CacheHandle // dependencies and map; made from Map when nil
	Players   []Player
	Loops     int // 10 minutes when 0
	End       time.Time
	Offset    time.Duration // of the recorder's clock from UTC
	Seed      uint32
	Region    int // 1 US, 2 EU, 3 KR, 5 CN; 1 when 0
	Custom    bool
	Resumed   bool
	Chat      []Chat

	NoMetadata bool
	Anonymous  bool
	Codec      Codec // Bzip2 when 0
}

const (
	defaultBuild  = 80949
	slots         = 16
	loopsASecond  = 16
	realLoops     = 22.4 // a second at the speed Faster
	defaultLength = int(600 * realLoops)
	windowsEpoch  = 116444736000000000 // 1970, in 100 ns since 1601
)

// Handle makes the handle of a file of a kind, such as s2ma, whose content is
// the given text.
func Handle(kind, region, content string) (h stream.CacheHandle) {
	copy(h[:], kind)
	copy(h[8-len(region):], region)
	sum := sha256.Sum256([]byte(content))
	copy(h[8:], sum[:])
	return h
}

// Bytes writes the game as a replay.
func (g Game) Bytes() []byte { return g.File().Bytes() }

// File gives the streams, for tests that want to change something in them.
func (g Game) File() File {
	g = g.withDefaults()
	return File{
		Header: stream.Header{
			Signature: "StarCraft II replay\x1b11",
			Version: stream.Version{
				Flags: 1, Major: 5, Minor: 0, Revision: 14, Build: g.BaseBuild, BaseBuild: g.BaseBuild,
			},
			Type: 2, Loops: g.Loops, UsesScaledTime: true, DataBuild: g.BaseBuild,
			RootKey: make([]byte, 16), Compatibility: make([]byte, 16),
		},
		Details:    g.details(),
		InitData:   g.initData(),
		Attributes: g.attributes(),
		Metadata:   g.metadata(),
		Messages:   g.messages(),
		Game:       g.gameEvents(),
		Tracker:    g.trackerEvents(),
		Anonymous:  g.Anonymous,
		Codec:      g.Codec,
	}
}

func (g Game) withDefaults() Game {
	def(&g.BaseBuild, defaultBuild)
	def(&g.Map, "Test LE")
	def(&g.Loops, defaultLength)
	def(&g.Region, 1)
	def(&g.Codec, Bzip2)
	if g.BaseBuild < defaultBuild || len(g.Players) > slots {
		panic("replaytest: build or number of players that is not written")
	}
	if g.End.IsZero() {
		g.End = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	}
	if g.Handles == nil {
		g.Handles = []stream.CacheHandle{Handle("s2ma", "US", "dependency"), Handle("s2ma", "US", g.Map)}
	}
	g.Players = append([]Player(nil), g.Players...)
	for i := range g.Players {
		p := &g.Players[i]
		def(&p.Race, Terran)
		def(&p.Picked, p.Race)
		def(&p.Local, english[p.Race])
		def(&p.ID, int64(1000+i))
		if p.Computer {
			p.ID = 0
		}
	}
	return g
}

func def[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}

var english = map[Race]string{
	Terran: "Terran", Zerg: "Zerg", Protoss: "Protoss",
	BWTerran: "BW Terran", BWZerg: "BW Zerg", BWProtoss: "BW Protoss",
}

// metadata is the game's own summary.
func (g Game) metadata() []byte {
	if g.NoMetadata {
		return nil
	}
	type player struct {
		PlayerID     int
		MMR          int `json:",omitempty"`
		APM          float64
		Result       string
		SelectedRace Race
		AssignedRace Race
	}
	results := map[Result]string{Undecided: "Undecided", Win: "Win", Loss: "Loss", Tie: "Tie"}
	var players []player
	for _, p := range g.Players {
		if !p.Observer {
			players = append(players, player{
				PlayerID: len(players) + 1, MMR: p.MMR, APM: float64(p.APM), Result: results[p.Result],
				SelectedRace: p.Picked, AssignedRace: p.Race,
			})
		}
	}
	text, err := json.MarshalIndent(struct {
		Title, GameVersion, DataBuild, DataVersion, BaseBuild string
		Duration                                              int
		Players                                               []player
	}{
		g.Map, fmt.Sprintf("5.0.14.%d", g.BaseBuild), fmt.Sprint(g.BaseBuild), "00", fmt.Sprintf("Base%d", g.BaseBuild),
		int(float64(g.Loops) / realLoops), players,
	}, "", "    ")
	must(0, err)
	return text
}
