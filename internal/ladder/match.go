package ladder

import "time"

// EntryState is where an entry stands.
type EntryState string

// The states of an entry. Searching, Offered and Matched are live: a player has at
// most one live entry.
const (
	Searching EntryState = "searching"
	Offered   EntryState = "offered"
	Matched   EntryState = "matched"
	Closed    EntryState = "closed" // its match is final, void or disputed
	Left      EntryState = "left"   // by the player, by a declined offer, or by staff
	Expired   EntryState = "expired"
)

// Live says whether an entry holds its players.
func (s EntryState) Live() bool { return s == Searching || s == Offered || s == Matched }

// Entry is one or more players in the queue: a party, of one in 1v1.
type Entry struct {
	ID      EntryID
	Version int // counts writes; 0: not written yet
	Season  SeasonID
	State   EntryState
	Members []Member
	Joined  time.Time
	// Since is when the waiting began that a match is due for. It outlives an offer
	// that somebody else let lapse.
	Since time.Time
	// Deadline is when it expires, while searching. It stands still while the entry is
	// offered or matched: back in the queue, it moves by the time that took.
	Deadline time.Time
	Reminded bool      // that it will expire soon
	Due      time.Time // next moment at which a Tick has something to do; zero: none
	Match    MatchID   // while offered or matched, and the last one when closed
	Channel  string    // where the player queued; empty: a direct message
}

// Member is a player of an entry, with the races of choice.
type Member struct {
	Player PlayerID
	Races  []Race // at most one of each side
}

// MatchState is where a match stands.
type MatchState string

// The states of a match.
const (
	MatchOffered  MatchState = "offered"
	MatchPlaying  MatchState = "playing"
	MatchFinal    MatchState = "final"
	MatchDisputed MatchState = "disputed"
	MatchLapsed   MatchState = "lapsed" // the offer came to nothing
	MatchVoid     MatchState = "void"
)

// Match is two teams that were paired.
type Match struct {
	ID      MatchID
	Version int // counts writes; 0: not written yet
	Season  SeasonID
	State   MatchState
	Seats   []Seat // of team 0, then of team 1
	Map     string // title in the pool; the hash is looked up in the season when a replay is judged
	MapHash string // as learnt when the match was offered; empty: not yet
	Server  string // game server: "USW", …
	Rated   bool   // false: the fourth of this pair within a day; the offer says so

	OfferedAt time.Time
	Accepted  time.Time // by the last of them: play begins; zero: not yet
	Ended     time.Time // first final, void or lapsed

	Deadline time.Time // of the present state; zero for final, void and lapsed, and for disputed
	Due      time.Time // next moment at which a Tick has something to do; zero: none
	// What ticks have done already in the present state.
	UploadReminded  bool
	DisputeReminded int           // reminders to staff
	Outage          time.Duration // that its deadlines were extended by

	// Absent is the player that the others asked "not here?", until AbsentBy.
	Absent   PlayerID
	AbsentBy time.Time

	// ReportsOpen says that players' reports count, and why: empty while only a replay
	// is expected.
	ReportsOpen string
	// Dispute is why it is disputed, or was last: a code. It stays when staff have ruled,
	// which is how a second contest of the same match is known.
	Dispute    string
	DisputedAt time.Time
	Ruling     RulingID // in force; 0: none
}

// Seat is a player's place in a match.
type Seat struct {
	Player PlayerID
	Entry  EntryID
	Team   int // 0 or 1; in a cross match team 0 plays BW
	Race   Race

	Delivered time.Time // the offer reached its player; zero: not yet
	AnswerBy  time.Time // the offer's deadline for this player; until it is delivered, the delivery's
	Reminded  bool
	Answer    Answer
	Report    Result // of this player, as last said; empty: none
	Reported  time.Time
	Remake    bool // asks for a remake of the last game
	Answered  int  // "not here?", up to enoughAnswers
}

// Answer is what a player did with an offer.
type Answer string

// The answers.
const (
	NoAnswer   Answer = ""
	Accepted   Answer = "accepted"
	Declined   Answer = "declined"
	Unanswered Answer = "silent"
	Unreached  Answer = "unreached" // could not be delivered: no fault of the player
)

// Result is how a match ended, seen from team 0.
type Result string

// The results.
const (
	NoResult Result = ""
	Team0    Result = "team0" // team 0 won
	Team1    Result = "team1"
	Draw     Result = "draw"
)

// Report is what a player said of a match, kept for ever; Seat.Report is the last one.
type Report struct {
	Match  MatchID
	Player PlayerID
	Result Result
	At     time.Time
}

// Game is a replay that was handed in for a match, with what it shows.
type Game struct {
	ID       GameID
	Version  int
	Match    MatchID
	Replay   ReplayID
	Identity string   // the same in every file of one game; empty: cannot be told
	Uploader PlayerID // 0: staff, or an observer's file that staff handed in
	Received time.Time
	Judgement
	// Barred: both chose Remake; this game decides nothing any more.
	Barred bool
	// Confirmed are those who confirmed with a click what the evidence leaves open.
	Confirmed []PlayerID
	// Dismissed are those who said that it is not.
	Dismissed []PlayerID
}

// Ruling is a result, and who or what decided it. A match has one in force at most.
type Ruling struct {
	ID         RulingID
	Match      MatchID
	Number     int // of the match's rulings, from 1
	Result     Result
	Void       bool // the match does not count; Result is empty
	By         RulingSource
	Actor      Actor
	Reason     string // of staff, or a code
	Game       GameID // by replay
	Rated      bool
	Unrated    string // why not: a code
	At         time.Time
	Superseded time.Time // by the next; zero: in force
}

// RulingSource is what decided.
type RulingSource string

// The sources.
const (
	FromReplay     RulingSource = "replay"
	FromReports    RulingSource = "reports"    // two equal ones
	FromConcession RulingSource = "concession" // a player's own defeat
	FromAbsence    RulingSource = "absence"    // "not here", unanswered
	FromDeadline   RulingSource = "deadline"
	FromStaff      RulingSource = "staff"
)
