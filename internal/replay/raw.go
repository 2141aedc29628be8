package replay

// raw is what the streams of one file say, decoded and not yet understood:
// the border between the encoding and the meaning. Fields keep the names of
// Blizzard's s2protocol, so that either side can be checked against it.
type raw struct {
	header     rawHeader
	exact      bool // the protocol's own tables were used
	anonymous  bool // read from the .backup streams, which name nobody
	details    rawDetails
	lobby      rawLobby
	attributes []rawAttribute
	metadata   *rawMetadata // nil: the file has none (before about 3.7)
	messages   []rawMessage
	damage     []string // what could not be read, each with its stream and place
}

// none stands for an optional number that is not there.
const none = -1

// rawHeader is NNet.Replay.SHeader, from the archive's user data.
type rawHeader struct {
	major, minor, revision int
	build, baseBuild       int
	loops                  int64
}

// rawDetails is NNet.Game.SDetails, from replay.details.
type rawDetails struct {
	players      []rawPlayer
	title        string
	cacheHandles []rawHandle
	timeUTC      int64 // Windows FILETIME
	gameSpeed    int   // 0 Slower … 4 Faster
}

// rawPlayer is one entry of SDetails.m_playerList. Before build 24944 control,
// team, observe and handicap do not hold what their names say.
type rawPlayer struct {
	name               string // with markup
	race               string // in the recorder's language
	program            string // "S2"
	region, realm      int
	id                 int64
	red, green, blue   uint8
	control, observe   int
	team, handicap     int
	result             int // 0 undecided, 1 win, 2 loss, 3 tie
	workingSlot        int // SLobbySlot.m_workingSetSlotId; none before 24944
	hasReliableControl bool
}

// rawHandle names one file the game depended on.
type rawHandle struct {
	region string // "EU", "XX", …
	sha256 [32]byte
}

// rawLobby is NNet.Replay.SInitData, from replay.initData.
type rawLobby struct {
	users   []rawUser
	slots   []rawSlot
	options rawOptions
	seed    uint32
	loops   int64 // m_gameDuration: where a saved game was taken up
	handles []rawHandle
	coop    bool // isCoopMode; gameOptions.cooperative is matchmaking against an AI
}

type rawOptions struct {
	amm, battleNet, lockTeams bool
	observers                 int
}

type rawUser struct {
	name, clan, toon string
	rating           int // none when absent
}

type rawSlot struct {
	control      int // 0 open, 1 closed, 2 human, 3 computer
	observe      int // 0 plays, 1 spectates, 2 referees
	team         int
	user         int // index into users, or none
	race         int // 0 Terran, 1 Zerg, 2 Protoss, none random
	handicap     int
	workingSlot  int
	tandemLeader int // the user who leads this archon half, or none
	toon         string
	commander    string
}

// rawAttribute is one line of replay.attributes.events.
type rawAttribute struct {
	id    uint32
	scope uint8 // 1…15 a player, 16 the game
	value string
}

// rawMetadata is replay.gamemetadata.json.
type rawMetadata struct {
	Title    string
	Duration float64 // game seconds
	Players  []rawMetadataPlayer
}

type rawMetadataPlayer struct {
	PlayerID     int
	APM          *float64
	MMR          *float64
	Result       string // Win, Loss, Tie, Undecided
	SelectedRace string
	AssignedRace string
}

// rawMessage is a chat line of replay.message.events.
type rawMessage struct {
	loop      int64
	user      int
	recipient int
	text      string
}

const (
	controlHuman    = 2
	controlComputer = 3

	gameScope = 16 // of a rawAttribute: the game itself

	// userIDBuild is the first base build whose events name a user (an index
	// into the lobby's users). Before it they name a player: the occupied
	// slots counted from 1 in slot order, observers included.
	userIDBuild = 24764

	// slotIDBuild is the first base build that tells which slot each entry of
	// the player list belongs to.
	slotIDBuild = 24944
)
