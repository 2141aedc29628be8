// Package replay reads StarCraft II replays: bytes in, values out. It does no
// IO, reads no clock, logs nothing and starts no goroutine; whatever the bytes
// say, it ends with a Replay or an error of a stated kind.
package replay

import (
	"time"

	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay/timeline"
)

// ParserVersion is raised whenever the same file would be read differently;
// stored results of a lower version are read again.
const ParserVersion = 5

// The defaults of Limits.
const (
	// MaxFileBytes is the default limit on an upload. The largest of several
	// hundred real replays, a four-hour game, is under 3 MiB.
	MaxFileBytes = 8 << 20
	// MaxOutputBytes caps what all streams of one file may decompress to.
	MaxOutputBytes = 64 << 20
)

// Options chooses how much of a file is read.
type Options struct {
	// Level is how deep to read; the zero value is Full.
	Level Level
	// Timeline asks for Replay.Timeline; it needs Full.
	Timeline bool
	// Limits are the limits on the file; zero values are the defaults.
	Limits Limits
}

// Limits bound what is read of one file, whatever it claims of itself.
type Limits struct {
	FileBytes   int `json:"file_bytes"`   // of the file; default MaxFileBytes
	OutputBytes int `json:"output_bytes"` // of all its streams, unpacked; default MaxOutputBytes
}

// Level is how deep to read a file.
type Level int

const (
	// Full reads every stream.
	Full Level = iota
	// Summary leaves out what needs the game and tracker streams: leaves, APM
	// the game did not write itself, winners only the leaves can tell.
	Summary
)

// Replay is one recorded game. Its JSON is a contract with everyone who reads
// the command line's output or the database.
type Replay struct {
	File          string   `json:"file"`           // as the caller names it
	SHA256        string   `json:"sha256"`         // of the file; set by the caller
	Bytes         int64    `json:"bytes"`          // of the file
	ParserVersion int      `json:"parser_version"` // see ParserVersion
	Version       string   `json:"version"`        // "5.0.0.80949"
	Build         int      `json:"build"`          //
	BaseBuild     int      `json:"base_build"`     // decides the protocol
	ProtocolExact bool     `json:"protocol_exact"` // false: read with the nearest lower build's tables
	Region        string   `json:"region"`         // "us", "eu", "kr", "cn", "sea", "xx" (test)…
	Map           Map      `json:"map"`
	CacheHandles  []string `json:"cache_handles"` // sha256 of each dependency, in the file's order
	Loops         int64    `json:"loops"`         // 16 a game second
	Duration      float64  `json:"duration_seconds"`
	// DecidedSeconds is when the game was decided: the winner may have gone on
	// recording for as long as he liked. nil: nothing shows it, as in a Summary.
	DecidedSeconds *float64  `json:"decided_seconds"`
	DecidedBy      DecidedBy `json:"decided_by"`
	EndedAt        time.Time `json:"ended_at"` // the recorder's clock when the game ended
	Speed          string    `json:"speed"`    // "Slower", "Slow", "Normal", "Fast", "Faster"
	Category       Category  `json:"category"`
	GameType       GameType  `json:"game_type"`
	Format         string    `json:"format"` // "1v1", "1v2", "2v2", …, "ffa", "archon", "coop", "other"
	RandomSeed     uint32    `json:"random_seed"`
	GameID         string    `json:"game_id"` // the same in all files of one game; see gameID
	Resumed        bool      `json:"resumed"`
	// WinnerTeam is nil where it is unknown, and in co-op, whose lobby teams
	// mix partners and enemies.
	WinnerTeam   *int         `json:"winner_team"`
	WinnerSide   *int         `json:"winner_side"` // of Player.Side; nil: unknown
	WinnerSource WinnerSource `json:"winner_source"`
	// WinnerContradicted are the sources that name another result; none in results of
	// parsers before version 5.
	WinnerContradicted []WinnerSource `json:"winner_contradicted_by"`
	Players            []Player       `json:"players"`
	Observers          []Observer     `json:"observers"` // the first MaxPeople
	Chat               []Chat         `json:"chat"`      // the first MaxChat, or MaxChatBytes of them
	Leaves             []Leave        `json:"leaves"`
	Settings           Settings       `json:"settings"`
	Warnings           []string       `json:"warnings"` // in English; the first MaxWarnings
	// WarningKeys are the same warnings for readers of any language, in the same
	// order; none in results of parsers before version 4.
	WarningKeys []phrase.Text `json:"warning_keys,omitzero"`
	// How many there were; 0 in results from before there were budgets.
	ChatTotal      int                `json:"chat_total"`
	ObserversTotal int                `json:"observers_total"`
	WarningsTotal  int                `json:"warnings_total"`
	Timeline       *timeline.Timeline `json:"timeline,omitempty"`
}

// Map is the map played on.
type Map struct {
	Title  string `json:"title"`  // in the recorder's language
	SHA256 string `json:"sha256"` // of the map file: the same in every language and region
}

// Category says how the game came to be.
type Category string

// The categories.
const (
	CategoryLadder       Category = "ladder"
	CategoryPrivate      Category = "private"
	CategoryPublic       Category = "public"
	CategorySingleplayer Category = "singleplayer"
	CategoryUnknown      Category = "unknown"
)

// WinnerSource says who named the winner.
type WinnerSource string

// The sources, the most trusted first.
const (
	WinnerFromMetadata  WinnerSource = "metadata"
	WinnerFromDetails   WinnerSource = "details"
	WinnerFromObjective WinnerSource = "objective" // the map's own signs: see sideFallen
	WinnerFromLeaves    WinnerSource = "leaves"    // the beaten left first
	WinnerFromGuess     WinnerSource = "guess"     // likely and not shown: see guess
	WinnerFromNone      WinnerSource = "none"
)

// ResultSource says where a player's result comes from: one of the winner's
// sources, by the same name, or his team's.
type ResultSource string

// The sources that are not those of the winner.
const (
	ResultFromTeam ResultSource = "team" // follows from the result of another player
	ResultFromNone ResultSource = "none" // there is no result
)

// Race is a race without language; the BW races are those of SC: Evo Complete.
type Race string

// The races.
const (
	Terran    Race = "terran"
	Zerg      Race = "zerg"
	Protoss   Race = "protoss"
	BWTerran  Race = "bw_terran"
	BWZerg    Race = "bw_zerg"
	BWProtoss Race = "bw_protoss"
	Random    Race = "random" // only as a picked race
	NoRace    Race = "unknown"
)

// Result is how the game ended for a player.
type Result string

// The results.
const (
	Win       Result = "win"
	Loss      Result = "loss"
	Tie       Result = "tie"
	Undecided Result = "unknown"
)

// Player is somebody, or an AI, who played.
type Player struct {
	Slot         int          `json:"slot"` // position in the details, from 0
	Name         string       `json:"name"` // without clan and markup
	Clan         string       `json:"clan"`
	Toon         string       `json:"toon"`      // "2-S2-1-278321": region, program, realm, id; empty for an AI
	Team         int          `json:"team"`      // of the lobby, from 1
	Side         int          `json:"side"`      // who fought together: the team, but in co-op 1 for the partners and 2 for the computers
	Commander    string       `json:"commander"` // in co-op, as the game names him: "Karax"; else empty
	Race         Race         `json:"race"`      // "unknown" for one of a map's own
	RaceName     string       `json:"race_name"` // as the client wrote it
	PickedRace   Race         `json:"picked_race"`
	Result       Result       `json:"result"`
	ResultSource ResultSource `json:"result_source"`
	AI           bool         `json:"ai"`
	Handicap     int          `json:"handicap"` // percent
	Color        string       `json:"color"`    // "#B4141E"
	APM          *float64     `json:"apm"`      // the game's own figure, else ours in real minutes; nil: not counted
	MMR          *int         `json:"mmr"`
}

// Observer is somebody who watched.
type Observer struct {
	Name string `json:"name"`
	Clan string `json:"clan"`
	Toon string `json:"toon"`
}

// Chat is a line somebody wrote.
type Chat struct {
	Loop    int64   `json:"loop"`
	Seconds float64 `json:"seconds"`
	From    string  `json:"from"`
	To      string  `json:"to"` // "all", "allies", "observers"
	Text    string  `json:"text"`
}

// ToAll is the audience of a line that everybody in the game could read.
const ToAll = "all"

// Public is r without what was not said to everybody: lines to allies, to
// observers and to single people are their writers' and readers' own, and so are
// lines whose audience is not known.
func (r *Replay) Public() *Replay {
	public := *r
	public.Chat = make([]Chat, 0, len(r.Chat))
	for _, line := range r.Chat {
		if line.To == ToAll {
			public.Chat = append(public.Chat, line)
		}
	}
	public.ChatTotal -= len(r.Chat) - len(public.Chat)
	return &public
}

// Leave is somebody leaving the game.
type Leave struct {
	Loop   int64  `json:"loop"`
	Name   string `json:"name"`
	Player bool   `json:"player"` // false: an observer
}

// Settings is what the lobby was set to.
type Settings struct {
	Privacy          string `json:"privacy"`
	LockedAlliances  *bool  `json:"locked_alliances"` // nil: the file does not say
	ObserversAllowed string `json:"observers_allowed"`
}
