package replay

import (
	"fmt"
	"strconv"

	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay/clock"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
	"github.com/evoladder/evoladderbot/internal/replay/timeline"
)

// meaning makes a Replay of what the streams say.
type meaning struct {
	raw       *raw
	game      gameLog
	tracker   trackerLog
	chronicle *timeline.Chronicle // nil: no timeline was asked for
	clock     clock.Clock
	people    roster
	scopes    []int             // of the attributes, for each entry of the player list
	written   []*metadataPlayer // what the game wrote of each player
}

// replay puts everything together. It cannot fail: whatever is missing leaves
// its field empty.
func (m *meaning) replay() *Replay {
	version := m.raw.header.Version
	handles := m.raw.details.CacheHandles
	if len(handles) == 0 {
		handles = m.raw.lobby.Game.CacheHandles
	}
	r := &Replay{
		ParserVersion: ParserVersion,
		Version:       fmt.Sprintf("%d.%d.%d.%d", version.Major, version.Minor, version.Revision, version.Build),
		Build:         version.Build, BaseBuild: version.BaseBuild, ProtocolExact: m.raw.exact,
		Region:       region(handles, m.raw.details.Players),
		Map:          m.playedMap(handles),
		CacheHandles: handleNames(handles),
		Loops:        m.raw.loops(), Duration: m.clock.Seconds(m.raw.loops()), Speed: m.clock.Speed,
		EndedAt:      fileTime(m.raw.details.TimeUTC),
		RandomSeed:   m.raw.lobby.Game.RandomValue,
		Resumed:      m.raw.lobby.Lobby.GameDuration > 0 || len(m.game.resumed) > 0 || m.tracker.loaded,
		WinnerSource: WinnerFromNone,
	}
	m.people, m.scopes = newRoster(m.raw), participantScopes(m.raw.attributes)
	m.dismissWatchers()
	r.Players, r.Observers = m.players(), m.observers()
	m.decide(r)
	m.timeDecision(r)
	r.WinnerContradicted = m.contradictions(r)
	r.Category, r.Format, r.Settings = m.category(), m.format(r.Players), m.settings()
	r.GameType, r.GameID = m.gameType(r), m.gameID(r)
	r.Chat, r.Leaves = m.chat(), m.leaves()
	if m.chronicle != nil {
		r.Timeline = m.timeline(r.Players)
	}
	m.remark(r)
	r.Bound()
	return r
}

// playedMap is the last file the game depended on.
func (m *meaning) playedMap(handles []stream.CacheHandle) Map {
	played := Map{Title: stream.CleanText(m.raw.details.Title)}
	if played.Title == "" && m.raw.metadata != nil {
		played.Title = stream.CleanText(m.raw.metadata.Title)
	}
	if len(handles) > 0 {
		played.SHA256 = handles[len(handles)-1].Hash()
	}
	return played
}

// remark adds the warnings: about what could not be read, then about what the
// replay is.
func (m *meaning) remark(r *Replay) {
	r.WarningKeys = append([]phrase.Text{}, m.raw.damage...)
	warn := func(key phrase.Key, args ...string) { r.WarningKeys = append(r.WarningKeys, phrase.Say(key, args...)) }
	if !r.ProtocolExact {
		warn(phrase.NearestProtocol, "build", strconv.Itoa(r.BaseBuild))
	}
	if m.raw.anonymous {
		warn(phrase.Anonymised)
	}
	if m.tracker.loaded {
		warn(phrase.FromSavedGame)
	}
	for _, resumed := range m.game.resumed {
		warn(phrase.FromReplayAt, "seconds", strconv.FormatFloat(m.clock.Seconds(resumed.loop), 'f', 0, 64))
	}
	r.Warnings = make([]string, len(r.WarningKeys))
	for i, warning := range r.WarningKeys {
		r.Warnings[i] = warning.In(phrase.English)
	}
}
