package ladder

import (
	"time"
)

// Act is something that happens. Which fields count is said at each Kind.
type Act struct {
	Kind   ActKind
	Actor  Actor
	At     time.Time
	Reason string // of staff acts

	Player PlayerID // who acts, or the subject of the act
	Entry  EntryID
	Match  MatchID

	Races   []Race        // Join
	Channel string        // Join
	Pair    *Pair         // PairUp
	Result  Result        // SayResult, Rule
	Replay  *HandedIn     // HandIn
	Game    GameID        // Confirm, Dismiss
	Outage  time.Duration // Extend
	Manual  *Manual       // SetRating
	Toon    string        // Unbind
	// Seen is the match's Version that staff decided on, of Rule, Void and Restore: once it
	// has moved on, the act is refused as Over. 0: whatever it is.
	Seen int
}

// ActKind says what happens. The words stand in the audit.
type ActKind string

// What players do.
const (
	Join      ActKind = "join"     // Player, Races, Channel
	Leave     ActKind = "leave"    // Player; while an offer is open it is a Decline
	Stay      ActKind = "stay"     // Player: search on, as the reminder's button says
	Accept    ActKind = "accept"   // Player, Match
	Decline   ActKind = "decline"  // Player, Match
	HandIn    ActKind = "hand_in"  // Player (0: staff), Match, Replay
	Confirm   ActKind = "confirm"  // Player, Match, Game: what its evidence leaves open is right
	Dismiss   ActKind = "dismiss"  // Player, Match, Game: it is not
	SayResult ActKind = "report"   // Player, Match, Result
	AskRemake ActKind = "remake"   // Player, Match
	NotHere   ActKind = "not_here" // Player, Match: the opponent is missing
	Here      ActKind = "here"     // Player, Match: I am here
	Contest   ActKind = "contest"  // Player, Match, Reason
)

// What the program does.
const (
	PairUp    ActKind = "pair"       // Pair
	Deliver   ActKind = "deliver"    // Player, Match: the offer reached its player
	Unreach   ActKind = "unreach"    // Player, Match: it cannot
	TickEntry ActKind = "tick_entry" // Entry: a moment that it was due at has come
	TickMatch ActKind = "tick_match" // Match
	Extend    ActKind = "extend"     // Match or Entry, Outage: deadlines move by its length
	Reread    ActKind = "reread"     // Match, Replay with Before: a newer parser has read a game's file
)

// What staff do, with a reason.
const (
	Rule         ActKind = "rule"          // Match, Result: also again, and over a replay's
	Void         ActKind = "void"          // Match
	Restore      ActKind = "restore"       // Match: a void is taken back
	Ban          ActKind = "ban"           // Player: leaves the queue; its offer lapses without penalty to the other
	Unban        ActKind = "unban"         // Player
	ClearPenalty ActKind = "clear_penalty" // Player
	SetRating    ActKind = "rating"        // Player, Manual
	Refund       ActKind = "refund"        // Player, Match: gives back what was lost to a cheater
	Unbind       ActKind = "unbind"        // Toon
	Remove       ActKind = "remove"        // Player: from the queue
)

// Pair is a pairing as the matchmaker decided it. Seats are in the order of teams.
type Pair struct {
	Entries []EntryID // of team 0, then of team 1
	Seats   []Seat    // with Player, Entry, Team and Race
	Map     string
	MapHash string
	Server  string
	Met     int // matches of this pair within the season's window for trading wins
}

// HandedIn is a replay that is handed in for a match.
type HandedIn struct {
	Replay   ReplayID
	Facts    Facts
	Known    Known
	Received time.Time
	Before   *Facts // of Reread: what an older parser read
}

// Manual is a rating that staff set.
type Manual struct {
	Race  Race
	Value float64
}

// Scope is all that an act may read: the rows that a store locked for it.
type Scope struct {
	Season Season
	Match  *Match // the act's, or the present one of its player; nil: none
	Games  []Game // of the match
	// Elsewhere are the identities of those of these games that decided another match.
	Elsewhere []string
	Rulings   []Ruling // of the match, in order
	Lines     []Line   // of the match, in order
	Entry     *Entry   // the act's, or the live one of its player; nil: none
	// Entries are those of PairUp, or of the match's seats.
	Entries []Entry
	// Players are the act's player, and those of the match and the entries.
	Players []Player
	// Penalties of these players, that are not cleared and not older than
	// Rules.PenaltyForgiven times the number of steps.
	Penalties []Penalty
	Ratings   []Rating // of the match's players and races, in both systems
	Handles   []Handle // bound to these players, and those of Act.Toon and the match's games
	// QueueOpen is false at a season's end and while staff pause the queue.
	QueueOpen bool
	// NewID gives the ids of new rows.
	NewID func() int64
}

// Change is what an act writes, all of it in one transaction. Rows with a Version are
// written only where that version is still there; 0 means a new row.
type Change struct {
	Entries   []Entry
	Match     *Match
	Reports   []Report
	Games     []Game
	Rulings   []Ruling // new; the ruling in force before is superseded
	Lines     []Line   // new, with N
	Ratings   []Rating // the caches after Lines
	Penalties []Penalty
	Players   []Player
	Handles   []Handle
	Unbound   []string // toons
	Messages  []Message
	Audit     []Audit
	// Wake: the matchmaker has something to look at.
	Wake bool
}

// Empty says that an act changes nothing: it was done before.
func (c Change) Empty() bool {
	return len(c.Entries) == 0 && c.Match == nil && len(c.Reports) == 0 && len(c.Games) == 0 &&
		len(c.Rulings) == 0 && len(c.Lines) == 0 && len(c.Ratings) == 0 && len(c.Penalties) == 0 && len(c.Players) == 0 &&
		len(c.Handles) == 0 && len(c.Unbound) == 0 && len(c.Messages) == 0
}

// Audit is who did what, kept for ever.
type Audit struct {
	Kind   ActKind
	Actor  Actor
	Match  MatchID
	Entry  EntryID
	Player PlayerID
	Before string // state
	After  string
	Reason string
	At     time.Time
}

// Message is something to say to somebody. What it says in words is looked up when it is
// delivered. Its JSON stands in the database.
type Message struct {
	Kind   MessageKind `json:"kind"`
	To     Audience    `json:"to"`
	Player PlayerID    `json:"player,omitempty"` // of ToPlayer
	Match  MatchID     `json:"match,omitempty"`
	Entry  EntryID     `json:"entry,omitempty"`
	Code   string      `json:"code,omitempty"` // a reason or a check's code, for the words
}

// Audience is who reads a message.
type Audience string

// The audiences.
const (
	ToPlayer Audience = "player"
	ToStaff  Audience = "staff"
	ToLog    Audience = "log" // the channel of results
)

// MessageKind says what a message is about. The words stand in the database.
type MessageKind string

// The messages.
const (
	MsgOffer          MessageKind = "offer"           // to each player of a new offer
	MsgOfferReminder  MessageKind = "offer_reminder"  //
	MsgOfferLapsed    MessageKind = "offer_lapsed"    // to the innocent: you are searching again
	MsgOfferMissed    MessageKind = "offer_missed"    // to those who declined or were silent
	MsgMatch          MessageKind = "match"           // play: opponent, map, server
	MsgUploadReminder MessageKind = "upload_reminder" //
	MsgSearchReminder MessageKind = "search_reminder" // the entry expires soon
	MsgSearchExpired  MessageKind = "search_expired"  //
	MsgConfirm        MessageKind = "confirm"         // a game waits for this player's click
	MsgEvidence       MessageKind = "evidence"        // a replay did not decide: what it shows, what to do
	MsgReported       MessageKind = "reported"        // to the others: a result was reported, say yours
	MsgRemake         MessageKind = "remake"          // the others ask for a remake; Code "agreed": it is one
	MsgNotHere        MessageKind = "not_here"        // your opponent waits for you
	MsgHere           MessageKind = "here"            // to who asked: your opponent is here
	MsgResult         MessageKind = "result"          // ruled, and rated
	MsgVoid           MessageKind = "void"            //
	MsgDisputed       MessageKind = "disputed"        //
	MsgDispute        MessageKind = "dispute"         // to staff: a match waits for them
	MsgPenalty        MessageKind = "penalty"         //
	MsgHandle         MessageKind = "handle"          // to staff: a conflict about a handle
	MsgDiffers        MessageKind = "differs"         // to staff: a re-parse shows something else than was ruled
	MsgRemoved        MessageKind = "removed"         // from the queue by staff, a ban or the season's end
	MsgRating         MessageKind = "rating"          // staff changed a rating
	MsgRuled          MessageKind = "ruled"           // to the log channel
)

// Refusal is why an act was not done. It changes nothing.
type Refusal struct {
	Code  RefusalCode
	Until time.Time // of a penalty
	State string    // of what is over
}

// Error implements error, for logs; people read the phrase of the code.
func (r Refusal) Error() string { return "refused: " + string(r.Code) }

// RefusalCode names a refusal.
type RefusalCode string

// The refusals.
const (
	NotSetUp    RefusalCode = "not_set_up"
	IsBanned    RefusalCode = "banned"
	IsPenalised RefusalCode = "penalised"
	InQueue     RefusalCode = "in_queue"
	InMatch     RefusalCode = "in_match"
	NotInQueue  RefusalCode = "not_in_queue"
	QueueClosed RefusalCode = "queue_closed"
	NoRace      RefusalCode = "no_race" // or two of one side
	NotYours    RefusalCode = "not_yours"
	Over        RefusalCode = "over"      // the state moved on
	TooEarly    RefusalCode = "too_early" // "not here" before its time
	TooLate     RefusalCode = "too_late"  // accept after the deadline, contest after a day
	NotOpen     RefusalCode = "not_open"  // a report while only a replay is expected
	NotFound    RefusalCode = "not_found"
	NotStaff    RefusalCode = "not_staff"
	NeedsReason RefusalCode = "needs_reason"
	BadValue    RefusalCode = "bad_value"
	NameTaken   RefusalCode = "name_taken"   // by another player, in whatever case
	HasAccount  RefusalCode = "has_account"  // the Discord user is a player already
	SeasonOpen  RefusalCode = "season_open"  // another season has not ended
	MatchesLive RefusalCode = "matches_live" // the season cannot end yet
)
