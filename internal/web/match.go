package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/show"
	"github.com/evoladder/evoladderbot/internal/text"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// match is a match's page.
type match struct {
	ladder.MatchFile
	Sides    [2][]seat
	Season   string
	InForce  ladder.Ruling   // its ID is 0: none
	Earlier  []ladder.Ruling // the newest first
	Changes  []ladder.Line   // of the ratings that are shown
	Unlisted bool
	Address  string // of this page for everybody; empty: it is not known

	names   map[ladder.PlayerID]string
	uploads map[ladder.ReplayID]upload.ID
}

// seat is a player of the match.
type seat struct {
	ladder.Seat
	Name   string // empty once deleted
	Change float64
	Rated  bool // some line of the ledger is theirs
}

// Named says whether the players may be named: they learn of each other once both have
// accepted.
func (m match) Named() bool { return !m.Accepted.IsZero() }

func (s *Site) match(w http.ResponseWriter, r *http.Request) error {
	id, err := parseID(r.PathValue("id"))
	if err != nil {
		return errNoMatch
	}
	file, err := s.ladder.Match(r.Context(), ladder.MatchID(id))
	if err != nil {
		return fmt.Errorf("read match %d: %w", id, missing(err, errNoMatch))
	}
	m := match{MatchFile: file}
	if m.names, err = s.ladder.Names(r.Context(), m.players()); err != nil {
		return fmt.Errorf("read the names of match %d: %w", id, err)
	}
	if m.uploads, err = s.ladder.MatchUploads(r.Context(), file.ID); err != nil {
		return fmt.Errorf("read the uploads of match %d: %w", id, err)
	}
	seasons, err := s.ladder.Seasons(r.Context())
	if err != nil {
		return fmt.Errorf("read seasons: %w", err)
	}
	for _, one := range seasons {
		if one.ID == file.Season {
			m.Season = seasonName(languageOf(r), one)
		}
	}
	m.fill()
	if s.public != "" {
		m.Address = fmt.Sprintf("%s/matches/%d", strings.TrimSuffix(s.public, "/"), id)
	}
	s.render(w, r, http.StatusOK, "match", m)
	return nil
}

// players are all players that the page names.
func (m match) players() []ladder.PlayerID {
	var ids []ladder.PlayerID
	for _, s := range m.Seats {
		ids = append(ids, s.Player)
	}
	for _, g := range m.Games {
		if g.Uploader != 0 && !slices.Contains(ids, g.Uploader) {
			ids = append(ids, g.Uploader)
		}
	}
	return ids
}

// fill sorts the file for the page.
func (m *match) fill() {
	for _, l := range m.Lines {
		if l.System == ladder.Elo {
			m.Changes = append(m.Changes, l)
		}
	}
	for _, r := range slices.Backward(m.Rulings) {
		if r.ID == m.Ruling {
			m.InForce = r
		} else {
			m.Earlier = append(m.Earlier, r)
		}
	}
	for _, place := range m.Seats {
		one := seat{Seat: place, Name: m.Name(place.Player)}
		for _, l := range m.Changes {
			if l.Player == place.Player {
				one.Change, one.Rated = one.Change+l.Delta, true
			}
		}
		m.Sides[place.Team] = append(m.Sides[place.Team], one)
		m.Unlisted = m.Unlisted || one.Name == "" || !m.Named()
	}
}

// Name is what a player is called; empty once deleted.
func (m match) Name(id ladder.PlayerID) string { return text.Or(m.names[id], maxPersonRunes, "") }

// Upload is the page of a replay that was handed in; empty: there is none.
func (m match) Upload(g ladder.Game) string {
	if id, ok := m.uploads[g.Replay]; ok {
		return upload.Page("", id)
	}
	return ""
}

// Over says whether the match came to something.
func (m match) Over() bool { return m.State == ladder.MatchVoid || m.InForce.ID != 0 }

// Hue is the colour that a side of the card wears.
func (m match) Hue(side int) string {
	if len(m.Sides[side]) == 0 {
		return "none"
	}
	return ladderGlyph(m.Sides[side][0].Race)
}

// Outcome is what the match came to for a side.
func (m match) Outcome(side int) phrase.Key { return outcome(m.State, m.InForce.Result, side) }

// Shade is the style of a side's outcome.
func (m match) Shade(side int) string { return shade(m.Outcome(side)) }

// shade is the style of an outcome.
func shade(outcome phrase.Key) string {
	switch outcome {
	case phrase.Victory:
		return "win"
	case phrase.Defeat:
		return "loss"
	default:
		return "open"
	}
}

var disputeKeys = map[string]phrase.Key{
	ladder.DisputeReports: phrase.LadderWhyReportsDiffer, ladder.DisputeOneReport: phrase.LadderWhyOneReport,
	ladder.DisputeUnconfirmed: phrase.LadderWhyUnconfirmed, ladder.DisputeContested: phrase.LadderWhyContested,
	ladder.DisputeReplay: phrase.LadderWhyDifferingFiles,
}

// stateOf is where a match stands, in a sentence.
func stateOf(l phrase.Language, m ladder.MatchFile) string {
	switch m.State {
	case ladder.MatchOffered:
		return l.Say(phrase.MatchIsOffered)
	case ladder.MatchPlaying:
		if m.ReportsOpen != "" {
			return l.Say(phrase.MatchIsOpen)
		}
		return l.Say(phrase.MatchIsPlaying)
	case ladder.MatchFinal:
		return l.Say(phrase.MatchIsFinal)
	case ladder.MatchDisputed:
		return l.Say(phrase.MatchIsDisputed, "why", word(l, disputeKeys, m.Dispute))
	case ladder.MatchLapsed:
		return l.Say(phrase.MatchIsLapsed)
	case ladder.MatchVoid:
		return l.Say(phrase.MatchIsVoid)
	}
	return string(m.State) // of a newer program
}

var rulingKeys = map[ladder.RulingSource]phrase.Key{
	ladder.FromReplay: phrase.RuledByReplay, ladder.FromReports: phrase.RuledByReports, ladder.FromConcession: phrase.RuledByConcession,
	ladder.FromAbsence: phrase.RuledByAbsence, ladder.FromDeadline: phrase.RuledByDeadline, ladder.FromStaff: phrase.RuledByStaff,
}

// decidedBy is who or what decided, in a sentence.
func decidedBy(l phrase.Language, r ladder.Ruling) string {
	key, known := rulingKeys[r.By]
	if !known {
		return string(r.By) // of a newer program
	}
	return l.Say(key, "reason", text.Or(r.Reason, maxChatRunes, "?"))
}

var unratedKeys = map[string]phrase.Key{ladder.UnratedPair: phrase.MatchUnratedPair, ladder.UnratedSeason: phrase.MatchUnratedSeason}

// unrated is why a ruling changes no rating; empty: it does, or the result says so.
func unrated(l phrase.Language, r ladder.Ruling) string {
	if key, ok := unratedKeys[r.Unrated]; ok {
		return l.Say(key)
	}
	return ""
}

// resultOf is a result of a match in words.
func resultOf(l phrase.Language, m match, result ladder.Result, void bool) string {
	team := map[ladder.Result]int{ladder.Team0: 0, ladder.Team1: 1}
	side, won := team[result]
	switch {
	case void:
		return l.Say(phrase.PageVoid)
	case result == ladder.Draw:
		return l.Say(phrase.Tie)
	case !won || len(m.Sides[side]) == 0:
		return l.Say(phrase.Undecided)
	}
	name := m.Sides[side][0].Name
	if name == "" {
		name = l.Say(phrase.PageDeletedPlayer)
	}
	return l.Say(phrase.PageResultWon, "player", name)
}

var verdictKeys = map[ladder.Verdict]phrase.Key{
	ladder.Verified: phrase.GameVerified, ladder.NeedsConfirmation: phrase.GameNeedsConfirmation,
	ladder.Inconclusive: phrase.GameInconclusive, ladder.Refused: phrase.GameRefused,
}

// verdictOf is what a replay came to, in a sentence.
func verdictOf(l phrase.Language, g ladder.Game) string {
	if g.Barred {
		return l.Say(phrase.GameBarred)
	}
	return word(l, verdictKeys, g.Verdict)
}

var checkKeys = map[ladder.CheckState]phrase.Key{
	ladder.Pass: phrase.CheckPassed, ladder.Fail: phrase.CheckFailed, ladder.Unknown: phrase.CheckOpen, ladder.Info: phrase.CheckNoted,
}

var lineKeys = map[ladder.LineKind]phrase.Key{
	ladder.LineMatch: phrase.LineOfMatch, ladder.LineVoid: phrase.LineOfVoid,
	ladder.LineRestore: phrase.LineOfRestore, ladder.LineRefund: phrase.LineOfRefund,
}

// evidence is a line of evidence as a sentence.
func evidence(l phrase.Language, e ladder.Evidence) string { return sentence(show.EvidenceText(e), l) }
