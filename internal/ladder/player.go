package ladder

import "time"

// Player is a Discord user on the ladder.
type Player struct {
	ID        PlayerID
	Version   int      // counts writes; guards against two at once
	Discord   string   // user id; empty once deleted
	Name      string   // 3–12 letters or digits, unique without case
	BattleTag string   // "Name#1234"
	Aliases   []string // in-game names beside the BattleTag's, at most MaxAliases
	Country   string   // ISO 3166 alpha-2
	Region    Region
	Language  string
	Races     []Race   // that the player queues with: at most one of each side
	Vetoes    []string // titles of the pool, at most Rules.Vetoes
	State     PlayerState
	Banned    bool // hidden from boards, may not queue
	BanReason string
	Notify    bool // asks to be told when somebody waits
	Created   time.Time
}

// MaxAliases is how many in-game names a player may declare beside the BattleTag.
const MaxAliases = 3

// PlayerState is how far a player has come.
type PlayerState string

// The states of a player.
const (
	SettingUp PlayerState = "setting_up" // may not queue yet; what is filled in is kept
	Ready     PlayerState = "ready"
	Deleted   PlayerState = "deleted" // asked for it: names, handles and Discord id are gone
)

// Handle is a game account ("2-S2-1-278321") that is known to the ladder.
type Handle struct {
	Toon   string
	Region string   // the toon's first part: "1" Americas, "2" Europe, "3" Korea and Taiwan, "5" China
	Player PlayerID // that it is bound to
	State  HandleState
	// Opponents are the opponents of verified matches that showed the handle, as
	// long as the binding is provisional; Rules.HandleProofs of them prove it.
	Opponents []PlayerID
	Bound     time.Time
	Match     MatchID // that bound it; 0: staff did
}

// HandleState is how sure a binding is.
type HandleState string

// The states of a binding.
const (
	Provisional HandleState = "provisional" // yields to proof
	Proven      HandleState = "proven"      // never counts for anybody else
	Contested   HandleState = "contested"   // two claim it: identifies nobody, staff decide
)

// Penalty is time that a player may not queue.
type Penalty struct {
	ID      PenaltyID
	Version int
	Player  PlayerID
	Match   MatchID // 0: none
	Step    int     // 1 is a warning, see Rules.Penalties
	Reason  PenaltyReason
	From    time.Time
	Until   time.Time // From for a warning
	Cleared time.Time // by staff; zero: stands
}

// PenaltyReason is what a penalty is for.
type PenaltyReason string

// The reasons.
const (
	ForDecline  PenaltyReason = "declined"  // an offer
	ForSilence  PenaltyReason = "silent"    // no answer to an offer that was delivered
	ForAbsence  PenaltyReason = "not_here"  // did not come to the game
	ForNoResult PenaltyReason = "no_result" // neither report nor replay, while the other reported
)
