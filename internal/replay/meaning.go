package replay

import (
	"encoding/hex"
	"fmt"
	"slices"
)

// meaning makes a Replay of what the streams say.
type meaning struct {
	raw      *raw
	game     gameLog
	tracker  trackerLog
	clock    clock
	people   roster
	scopes   []uint8              // of the attributes, for each entry of the player list
	written  []*rawMetadataPlayer // what the game wrote of each player
	watchers bool                 // some had been seated as players
}

// replay puts everything together. It cannot fail: whatever is missing leaves
// its field empty.
func (m *meaning) replay() *Replay {
	h := &m.raw.header
	handles := m.raw.details.cacheHandles
	if len(handles) == 0 {
		handles = m.raw.lobby.handles
	}
	r := &Replay{
		ParserVersion: ParserVersion,
		Version:       fmt.Sprintf("%d.%d.%d.%d", h.major, h.minor, h.revision, h.build),
		Build:         h.build, BaseBuild: h.baseBuild, ProtocolExact: m.raw.exact,
		Region:       region(handles, m.raw.details.players),
		Map:          m.playedMap(handles),
		CacheHandles: handleNames(handles),
		Loops:        h.loops, Duration: m.clock.seconds(h.loops), Speed: m.clock.speed,
		EndedAt:      fileTime(m.raw.details.timeUTC),
		RandomSeed:   m.raw.lobby.seed,
		Resumed:      m.raw.lobby.loops > 0 || len(m.game.resumed) > 0,
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
	r.Category, r.Format, r.Settings = m.category(), m.format(r.Players), m.settings()
	r.Chat, r.Leaves = m.chat(), m.leaves()
	m.remark(r)
	return r
}

// playedMap is the last file the game depended on.
func (m *meaning) playedMap(handles []rawHandle) Map {
	played := Map{Title: cleanText(m.raw.details.title)}
	if played.Title == "" && m.raw.metadata != nil {
		played.Title = cleanText(m.raw.metadata.Title)
	}
	if len(handles) > 0 {
		last := handles[len(handles)-1]
		played.SHA256 = hex.EncodeToString(last.sha256[:])
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
	for _, resumed := range m.game.resumed {
		r.Warnings = append(r.Warnings, fmt.Sprintf("resumed from a replay at %.0f s", m.clock.seconds(resumed.loop)))
	}
}
