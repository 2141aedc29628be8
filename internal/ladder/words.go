package ladder

// Ids. They are given by the store, are never 0 and grow with time.
type (
	PlayerID  int64
	EntryID   int64
	MatchID   int64
	SeasonID  int64
	GameID    int64 // of a Game: one replay handed in for one match
	RulingID  int64
	LineID    int64 // of a Line of the ledger
	PenaltyID int64
	ReplayID  int64 // of a stored file; the store's upload.ReplayID
)

// Side is the half of the mod that a race belongs to.
type Side string

// The sides.
const (
	BW  Side = "bw"  // Brood War's races
	SC2 Side = "sc2" // StarCraft II's races
)

// Race is a race of the mod, by the game's code and never by a localised word. The
// words are those of replay.Race.
type Race string

// The races.
const (
	BWTerran  Race = "bw_terran"
	BWZerg    Race = "bw_zerg"
	BWProtoss Race = "bw_protoss"
	Terran    Race = "terran"
	Zerg      Race = "zerg"
	Protoss   Race = "protoss"
)

// Races are all races, in the order of boards.
var Races = []Race{BWTerran, BWZerg, BWProtoss, Terran, Zerg, Protoss}

// Side is the side that a race belongs to; empty for what is no race.
func (r Race) Side() Side {
	switch r {
	case BWTerran, BWZerg, BWProtoss:
		return BW
	case Terran, Zerg, Protoss:
		return SC2
	default:
		return ""
	}
}

// System is a way to rate.
type System string

// The systems. Elo is shown; Glicko2 is kept beside it for the ±, for the search width
// of newcomers, and to be compared by its predictions.
const (
	Elo     System = "elo"
	Glicko2 System = "glicko2"
)

// Actor is who does an act.
type Actor struct {
	Role   Role
	Player PlayerID // of a player or staff with an account; 0: none
	Name   string   // as the audit shows it: "operator", a staff member's name
}

// Role is what an actor may do.
type Role string

// The roles.
const (
	ByPlayer     Role = "player"     // one of the players that it is about
	ByStaff      Role = "staff"      // owner or admin, with a reason
	ByOperator   Role = "operator"   // the command line, with a reason
	ByTimer      Role = "timer"      // a deadline passed
	ByMatchmaker Role = "matchmaker" //
	ByReplay     Role = "replay"     // a file was handed in
)

// Staff says whether a role rules.
func (r Role) Staff() bool { return r == ByStaff || r == ByOperator }
