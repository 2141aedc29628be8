package replay

import (
	"fmt"
	"slices"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// meaning makes a Replay of what the streams say.
type meaning struct {
	raw       *raw
	game      gameLog
	tracker   trackerLog
	chronicle *chronicle // nil: no timeline was asked for
	clock     clock
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
		Loops:        m.raw.loops(), Duration: m.clock.seconds(m.raw.loops()), Speed: m.clock.speed,
		EndedAt:      fileTime(m.raw.details.TimeUTC),
		RandomSeed:   m.raw.lobby.Game.RandomValue,
		Resumed:      m.raw.lobby.Lobby.GameDuration > 0 || len(m.game.resumed) > 0 || m.tracker.loaded,
		WinnerSource: WinnerFromNone,
		Warnings:     slices.Clone(m.raw.damage),
	}
	if r.Warnings == nil {
		r.Warnings = []string{}
	}
	m.people, m.scopes = newRoster(m.raw), participantScopes(m.raw.attributes)
	m.dismissWatchers()
	r.Players, r.Observers = m.players(), m.observers()
	m.decide(r)
	m.timeDecision(r)
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
	played := Map{Title: cleanText(m.raw.details.Title)}
	if played.Title == "" && m.raw.metadata != nil {
		played.Title = cleanText(m.raw.metadata.Title)
	}
	if len(handles) > 0 {
		played.SHA256 = handles[len(handles)-1].Hash()
	}
	return played
}

// remark adds the warnings about what the replay is.
func (m *meaning) remark(r *Replay) {
	if !r.ProtocolExact {
		r.Warnings = append(r.Warnings, fmt.Sprintf("build %d has no protocol of its own; read with the nearest one", r.BaseBuild))
	}
	if m.raw.anonymous {
		r.Warnings = append(r.Warnings, "the replay was anonymised: it names nobody")
	}
	if m.tracker.loaded {
		r.Warnings = append(r.Warnings, "taken up from a saved game")
	}
	for _, resumed := range m.game.resumed {
		r.Warnings = append(r.Warnings, fmt.Sprintf("taken up from a replay at %.0f s", m.clock.seconds(resumed.loop)))
	}
}
