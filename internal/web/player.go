package web

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/text"
)

// maxOpponents is how many opponents a player's page compares with.
const maxOpponents = 12

// toonPattern is a game account as replays name it, "2-S2-1-278321".
var toonPattern = regexp.MustCompile(`^[0-9]{1,3}-S2-[0-9]{1,3}-[0-9]{1,12}$`)

// profile is a player's page.
type profile struct {
	ladder.Profile
	Name     string // empty once deleted
	Standing []raceStanding
	Total    ladder.Record
	Charts   []chart // of the same, for wide and narrow screens
	Address  string  // of this page for everybody; empty: it is not known
}

// raceStanding is a player's rating with one race, and what it is counted from.
type raceStanding struct {
	Race             ladder.Race
	Value, Deviation float64
	Provisional      bool
	Record           ladder.Record
}

// Deleted says whether the player asked for it.
func (p profile) Deleted() bool { return p.Player.State == ladder.Deleted }

// Unlisted says whether the page asks not to be found.
func (p profile) Unlisted() bool { return p.Deleted() || p.Player.Banned }

// player shows a player by id. A game account leads to the player that it is bound to.
func (s *Site) player(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("player")
	if toonPattern.MatchString(name) {
		return s.playerOfHandle(w, r, name)
	}
	id, err := parseID(name)
	if err != nil {
		return errNoPlayer
	}
	found, err := s.ladder.Profile(r.Context(), ladder.PlayerID(id), 0)
	if err != nil {
		return fmt.Errorf("read profile of player %d: %w", id, missing(err, errNoPlayer))
	}
	if found.Player.State == ladder.SettingUp && len(found.Ratings) == 0 {
		return errNoPlayer // nobody has met them yet
	}
	seasons, err := s.ladder.Seasons(r.Context())
	if err != nil {
		return fmt.Errorf("read seasons: %w", err)
	}
	p := newProfile(found, seasons)
	if s.public != "" {
		p.Address = fmt.Sprintf("%s/players/%d", strings.TrimSuffix(s.public, "/"), id)
	}
	s.render(w, r, http.StatusOK, "player", p)
	return nil
}

func (s *Site) playerOfHandle(w http.ResponseWriter, r *http.Request, toon string) error {
	id, err := s.ladder.PlayerByHandle(r.Context(), toon)
	if err != nil {
		return missing(err, errNoHandle)
	}
	http.Redirect(w, r, fmt.Sprintf("/players/%d", id), http.StatusFound)
	return nil
}

func newProfile(found ladder.Profile, seasons []ladder.Season) profile {
	found.Opponents = found.Opponents[:min(len(found.Opponents), maxOpponents)]
	p := profile{Profile: found, Name: text.Or(found.Player.Name, maxPersonRunes, "")}
	settled := 0
	if len(seasons) > 0 {
		settled = seasons[0].Rules.Provisional
	}
	for _, race := range ladder.Races {
		if one, rated := standing(found, race, settled); rated {
			p.Standing = append(p.Standing, one)
			p.Total.Wins += one.Record.Wins
			p.Total.Losses += one.Record.Losses
			p.Total.Draws += one.Record.Draws
		}
	}
	slices.SortStableFunc(p.Standing, func(a, b raceStanding) int { return int(b.Value - a.Value) })
	p.Charts = charts(found.Timeline)
	return p
}

// standing sums up what a profile says of a race.
func standing(p ladder.Profile, race ladder.Race, settled int) (one raceStanding, rated bool) {
	one.Race = race
	for _, r := range p.Ratings {
		switch {
		case r.Race == race && r.System == ladder.Elo:
			one.Value, rated = r.Value, true
		case r.Race == race && r.System == ladder.Glicko2:
			one.Deviation = r.Deviation
		}
	}
	for _, r := range p.ByRace {
		if r.Race == race {
			one.Record.Wins += r.Wins
			one.Record.Losses += r.Losses
			one.Record.Draws += r.Draws
		}
	}
	one.Provisional = one.Record.Games() < settled
	return one, rated
}

// Outcome is how a match ended for the player.
func (p profile) Outcome(m ladder.PlayedMatch) phrase.Key {
	return outcome(m.State, m.Result, m.Seat(p.Player.ID).Team)
}

// outcome is what a match came to for a team.
func outcome(state ladder.MatchState, result ladder.Result, team int) phrase.Key {
	switch {
	case state == ladder.MatchVoid:
		return phrase.PageVoid
	case result == ladder.NoResult:
		return phrase.Undecided
	case result == ladder.Draw:
		return phrase.Tie
	case (result == ladder.Team0) == (team == 0):
		return phrase.Victory
	default:
		return phrase.Defeat
	}
}
