package ladder

import (
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder/matching"
)

// Season is all that is data about one season. It is one document: exported, edited
// and imported as JSON, and stored as such, so that a change is one write and an old
// version can be read again. Clamp is called on whatever is read.
type Season struct {
	ID      SeasonID    `json:"id,omitempty"`
	Version int         `json:"version,omitempty"` // counts writes
	Name    string      `json:"name"`
	State   SeasonState `json:"state,omitempty"`
	Paused  bool        `json:"paused,omitempty"` // staff paused the queue
	Rules   Rules       `json:"rules"`
	Maps    []Map       `json:"maps"`
	// Base are the hashes of the game's own dependencies, which every file has.
	Base []string `json:"base"`
	// Releases are never deleted, because uploads may be late.
	Releases []Release `json:"releases"`
	// Tilesets are hashes of the file that stands behind the mod's files and before a
	// map's art. Maps share them.
	Tilesets []string `json:"tilesets"`
	// Art are hashes of art files that came with a map.
	Art []string `json:"art"`

	StaffChannel string `json:"staff_channel,omitempty"`
	LogChannel   string `json:"log_channel,omitempty"`
}

// SeasonState is where a season stands.
type SeasonState string

// The states of a season.
const (
	SeasonRunning SeasonState = "running"
	SeasonClosing SeasonState = "closing" // the queue is closed, matches are still live
	SeasonEnded   SeasonState = "ended"   // its snapshot is taken
)

// Map is a map of the pool.
type Map struct {
	Title  string            `json:"title"` // as the game writes it
	Author string            `json:"author,omitempty"`
	Links  map[string]string `json:"links,omitempty"` // by game region: "AM", "EU", "KR"
	Hash   string            `json:"hash,omitempty"`  // of the map's file; empty until learnt
	// Retired maps are not drawn any more, but matches on them are judged.
	Retired bool `json:"retired,omitempty"`
}

// Release is one release of the mod: the set of files that a game of it shows beyond
// the base, by game region.
type Release struct {
	Name    string              `json:"name"`
	Handles map[string][]string `json:"handles"` // by replay region ("us", "eu", "kr")
	// Unsplit are the regions whose files were learnt from games with the same files: the
	// last ones may be a map's tileset and art, which a game on another map lacks.
	Unsplit []string `json:"unsplit,omitempty"`
}

// Pairing says who may meet.
type Pairing string

// The pairings.
const (
	Cross Pairing = "cross" // BW meets SC2
	Any   Pairing = "any"
)

// Rules are the numbers of a season. Durations are written as "90s", "10m", "3h".
type Rules struct {
	Pairing  Pairing `json:"pairing"`
	TeamSize int     `json:"team_size"`
	Vetoes   int     `json:"vetoes"`

	Search          Duration `json:"search"`           // an entry expires after it
	SearchReminder  Duration `json:"search_reminder"`  // after this much of it
	Offer           Duration `json:"offer"`            // to answer, from the delivery
	OfferReminder   Duration `json:"offer_reminder"`   // after this much of it
	OfferDelivery   Duration `json:"offer_delivery"`   // an offer that is not delivered by then lapses without penalty
	Reoffer         Duration `json:"reoffer"`          // a lapsed pair is not offered again for
	NotHereFrom     Duration `json:"not_here_from"`    // "opponent is not here" may be said
	NotHereAnswer   Duration `json:"not_here_answer"`  // and is answered within
	UploadReminder  Duration `json:"upload_reminder"`  // after a usual game's length
	Playing         Duration `json:"playing"`          // in all
	OwnWin          Duration `json:"own_win"`          // a win reported by its winner alone waits for the other
	Contest         Duration `json:"contest"`          // a ruling may be contested for
	DisputeReminder Duration `json:"dispute_reminder"` // to staff, the first; then daily
	ShortGame       Duration `json:"short_game"`       // a shorter one needs a confirmation
	EarlyStart      Duration `json:"early_start"`      // a game may begin so much before the accept
	ClockSkew       Duration `json:"clock_skew"`       // of the recorder's clock
	SnapshotAfter   Duration `json:"snapshot_after"`   // a season's end waits so long for its last match

	Penalties       []Duration `json:"penalties"`        // by step; 0s is a warning; the last one repeats
	PenaltyForgiven Duration   `json:"penalty_forgiven"` // a step is forgotten after so long without one

	PairWindow  Duration `json:"pair_window"`  // against trading wins
	PairMatches int      `json:"pair_matches"` // of a pair within the window that are rated

	HandleProofs int `json:"handle_proofs"` // verified matches against different opponents

	Start       int     `json:"start"`
	K           int     `json:"k"`
	Spread      int     `json:"spread"`      // the divisor of the expected score
	Provisional int     `json:"provisional"` // games
	Tau         float64 `json:"tau"`

	// Matching are the numbers of pairing; see MatchingRule.
	Matching matching.Rule `json:"matching"`
}

// Duration is a time.Duration that is written as text ("90s").
type Duration time.Duration

// Region is one of the ladder's regions ("EUW").
type Region string
