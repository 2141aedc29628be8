package ladder

import (
	"slices"
	"time"
)

// CheckState is what a check came to.
type CheckState string

// The states of a check.
const (
	Pass    CheckState = "pass"
	Fail    CheckState = "fail"
	Unknown CheckState = "unknown"
	Info    CheckState = "info" // shown; decides nothing
)

// Code names a check. It stands in the database and in the command line's output.
type Code string

// The checks, in the order in which they are shown.
const (
	CheckPlayers  Code = "players"  // shows at least one of the match's players
	CheckFormat   Code = "format"   // 1v1, two humans, no AI, not resumed
	CheckRaces    Code = "races"    // each side's race is the match's
	CheckIdentity Code = "identity" // each player's handle is their own
	CheckNovelty  Code = "novelty"  // this game decided no other match
	CheckMap      Code = "map"
	CheckMod      Code = "mod"
	CheckTime     Code = "time"      // not begun before both had accepted
	CheckEnd      Code = "end"       // the recorder's end of the game fits
	CheckWinner   Code = "winner"    // known, and nothing contradicts it
	CheckLength   Code = "length"    // long enough to count without a confirmation
	CheckSpeed    Code = "speed"     // information
	CheckAlliance Code = "alliances" // information
	CheckPrivacy  Code = "privacy"   // information
	CheckWatchers Code = "observers" // information
)

// Codes are all checks, in their order.
var Codes = []Code{
	CheckPlayers, CheckFormat, CheckRaces, CheckIdentity, CheckNovelty, CheckMap, CheckMod, CheckTime, CheckEnd,
	CheckWinner, CheckLength, CheckSpeed, CheckAlliance, CheckPrivacy, CheckWatchers,
}

// Evidence is one line of what a replay shows.
type Evidence struct {
	Code     Code       `json:"code"`
	State    CheckState `json:"state"`
	Expected string     `json:"expected"`
	Found    string     `json:"found"`
}

// Judgement is what a replay shows about a match.
type Judgement struct {
	Verdict  Verdict       `json:"verdict"`
	Evidence []Evidence    `json:"evidence"`
	Result   Result        `json:"result"` // of the match's teams; empty: unknown
	Length   time.Duration `json:"length"` // real time
	// Confirm are the players whose click settles what the evidence leaves open: an
	// unproven identity, a doubtful time, a short game. One of them must confirm who did
	// not hand the file in. Empty: nobody's click helps, or none is needed.
	Confirm []PlayerID `json:"confirm,omitempty"`
	// Identified says which player of the match stood behind which handle.
	Identified []Identified `json:"identified,omitempty"`
	// Conflicts are for staff: a handle that is bound to another player, a declared
	// name under an unbound handle of a player who has one.
	Conflicts []Conflict `json:"conflicts,omitempty"`
}

// Forget is a judgement without what names a player: the lines that say who played keep
// their states and lose their words, and accounts are taken out.
func (j Judgement) Forget(id PlayerID) Judgement {
	j.Evidence, j.Identified = slices.Clone(j.Evidence), slices.Clone(j.Identified)
	for i := range j.Evidence {
		switch e := &j.Evidence[i]; e.Code {
		case CheckPlayers, CheckIdentity, CheckWinner:
			e.Expected, e.Found = "", ""
		}
	}
	for i := range j.Identified {
		if j.Identified[i].Player == id {
			j.Identified[i].Toon = ""
		}
	}
	j.Conflicts = slices.DeleteFunc(slices.Clone(j.Conflicts), func(c Conflict) bool { return c.Player == id || c.Other == id })
	return j
}

// Verdict sums up the lines.
type Verdict string

// The verdicts.
const (
	// Unrelated: shows neither player; an ordinary replay, the match is untouched.
	Unrelated Verdict = "unrelated"
	// Verified: every hard check passes and none is unknown.
	Verified Verdict = "verified"
	// NeedsConfirmation: would be verified with the click of one of Judgement.Confirm.
	NeedsConfirmation Verdict = "needs_confirmation"
	// Inconclusive: nothing fails, but something hard is unknown; reports unlock.
	Inconclusive Verdict = "inconclusive"
	// Refused: a hard check fails; reports unlock.
	Refused Verdict = "refused"
)

// Identified is a player behind a handle.
type Identified struct {
	Player PlayerID `json:"player"`
	Toon   string   `json:"toon"`
	ByName bool     `json:"by_name,omitempty"` // by a declared name only: the handle is not bound yet
	ByCode bool     `json:"by_code,omitempty"` // by the player's code, typed in the game's chat: proves the handle at once
}

// Conflict is something about a handle that staff should see.
type Conflict struct {
	Toon   string       `json:"toon"`
	Player PlayerID     `json:"player"`          // of the match
	Other  PlayerID     `json:"other,omitempty"` // the player that the handle is bound to; 0: none
	Kind   ConflictKind `json:"kind"`
}

// ConflictKind says what is wrong about a handle.
type ConflictKind string

// The kinds of conflict.
const (
	BoundToOther ConflictKind = "bound_to_other" // its binding is proven, or nobody proves otherwise
	SecondHandle ConflictKind = "second_handle"  // the player has another one in that region
	ClaimedByTwo ConflictKind = "claimed_by_two" // bound provisionally to another, and claimed by name or code
)

// Known is what the store knows about the accounts and the game that a replay shows.
type Known struct {
	Handles []Handle           // those that are in the replay, and those bound to the match's players
	Games   map[string]MatchID // of the replay's identity: a match that it decided; absent: none
	First   time.Time          // when the ladder got the first file of the game, from anybody; zero: not known
}
