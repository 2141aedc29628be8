package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// Record is how many matches were won, lost and drawn.
type Record struct{ Wins, Losses, Draws int }

func (r *Record) count(result ladder.Result, team int) {
	switch {
	case result == ladder.Draw:
		r.Draws++
	case (result == ladder.Team0) == (team == 0):
		r.Wins++
	default:
		r.Losses++
	}
}

// RaceRecord is a record with one race against one.
type RaceRecord struct {
	Race, Against ladder.Race
	Record
}

// MapRecord is a record on a map.
type MapRecord struct {
	Map string
	Record
}

// OpponentRecord is a record against a player, whose name is empty once deleted.
type OpponentRecord struct {
	Player ladder.PlayerID
	Name   string
	Record
	Last time.Time
}

// RatingPoint is a rating after a line of the ledger.
type RatingPoint struct {
	Race  ladder.Race
	Value float64
	At    time.Time
}

// Profile is what a player has played, counted from final matches.
type Profile struct {
	Player    ladder.Player
	Ratings   []ladder.Rating
	ByRace    []RaceRecord
	ByMap     []MapRecord
	Opponents []OpponentRecord // who was met most often first
	Last      []ladder.Match   // the newest first
	Timeline  []RatingPoint    // Elo, the oldest first
}

const (
	profileMatches = 10  // in Profile.Last
	profilePoints  = 500 // in Profile.Timeline
)

// Profile is a player's profile in a season, 0 for all of them; ErrNotFound where there is
// no such player.
func (s *Store) Profile(ctx context.Context, id ladder.PlayerID, season ladder.SeasonID) (Profile, error) {
	var p Profile
	var err error
	if p.Player, err = s.Player(ctx, id); err != nil {
		return Profile{}, err
	}
	if p.Ratings, err = s.Ratings(ctx, id); err == nil {
		p.Last, err = s.Matches(ctx, MatchFilter{
			Player: id, Season: season, Limit: profileMatches,
			States: []ladder.MatchState{ladder.MatchFinal, ladder.MatchVoid, ladder.MatchDisputed},
		})
	}
	if err == nil {
		err = s.read(ctx, func(q session) error { return p.read(ctx, q, season) })
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Profile{}, fmt.Errorf("read profile of player %d: %w", id, err)
	}
	return p, err
}

func (p *Profile) read(ctx context.Context, q session, season ladder.SeasonID) error {
	played, err := readPlayed(ctx, q, p.Player.ID, season)
	if err != nil {
		return err
	}
	p.count(played)
	p.Timeline, err = collect(ctx, q, func(r row) (RatingPoint, error) {
		var point RatingPoint
		err := r.Scan(&point.Race, &point.Value, moment{&point.At})
		return point, err
	}, `SELECT race, rating_after, at FROM ledger WHERE player_id = $1 AND system = 'elo' AND version = $2 ORDER BY id DESC LIMIT $3`,
		int64(p.Player.ID), ladder.LedgerVersion, profilePoints)
	slices.Reverse(p.Timeline)
	return err
}

// played is a final match as one of its players has it.
type played struct {
	race, against ladder.Race
	team          int
	field         string
	result        ladder.Result
	opponent      ladder.PlayerID
	name          string
	at            time.Time
}

func readPlayed(ctx context.Context, q session, id ladder.PlayerID, season ladder.SeasonID) ([]played, error) {
	var where conditions
	where.add("a.player_id = %s AND m.state = 'final'", int64(id))
	if season != 0 {
		where.add("m.season_id = %s", int64(season))
	}
	all, err := collect(ctx, q, func(r row) (played, error) {
		var g played
		err := r.Scan(&g.race, &g.against, &g.team, &g.field, &g.result, &g.opponent, &g.name, moment{&g.at})
		return g, err
	}, `SELECT a.race, b.race, a.team, m.map, r.result, b.player_id, p.name, m.ended_at
		FROM seats a JOIN seats b ON b.match_id = a.match_id AND b.team <> a.team
			JOIN matches m ON m.id = a.match_id JOIN rulings r ON r.id = m.ruling_id JOIN players p ON p.id = b.player_id`+
		where.text()+` ORDER BY m.id`, where.args...)
	if err != nil {
		return nil, fmt.Errorf("read final matches: %w", err)
	}
	return all, nil
}

// count sums final matches up.
func (p *Profile) count(all []played) {
	races := make(map[[2]ladder.Race]*RaceRecord)
	maps := make(map[string]*MapRecord)
	opponents := make(map[ladder.PlayerID]*OpponentRecord)
	for _, g := range all {
		race, field, other := races[[2]ladder.Race{g.race, g.against}], maps[g.field], opponents[g.opponent]
		if race == nil {
			race = &RaceRecord{Race: g.race, Against: g.against}
			races[[2]ladder.Race{g.race, g.against}] = race
		}
		if field == nil {
			field = &MapRecord{Map: g.field}
			maps[g.field] = field
		}
		if other == nil {
			other = &OpponentRecord{Player: g.opponent, Name: g.name}
			opponents[g.opponent] = other
		}
		race.count(g.result, g.team)
		field.count(g.result, g.team)
		other.count(g.result, g.team)
		other.Last = g.at
	}
	p.ByRace = values(races, func(a, b RaceRecord) int {
		return cmp.Or(cmp.Compare(a.Race, b.Race), cmp.Compare(a.Against, b.Against))
	})
	p.ByMap = values(maps, func(a, b MapRecord) int { return cmp.Compare(a.Map, b.Map) })
	p.Opponents = values(opponents, func(a, b OpponentRecord) int {
		return cmp.Or(cmp.Compare(b.games(), a.games()), cmp.Compare(a.Player, b.Player))
	})
}

func (r Record) games() int { return r.Wins + r.Losses + r.Draws }

// values are the values of a map, in an order.
func values[K comparable, V any](all map[K]*V, order func(a, b V) int) []V {
	var list []V
	for _, v := range all {
		list = append(list, *v)
	}
	slices.SortFunc(list, order)
	return list
}

// HeadToHead is the record of a player against another.
func (s *Store) HeadToHead(ctx context.Context, id, against ladder.PlayerID) (Record, error) {
	var r Record
	err := s.read(ctx, func(q session) error {
		all, err := readPlayed(ctx, q, id, 0)
		r = Record{}
		for _, g := range all {
			if g.opponent == against {
				r.count(g.result, g.team)
			}
		}
		return err
	})
	if err != nil {
		return Record{}, fmt.Errorf("read record of player %d against %d: %w", id, against, err)
	}
	return r, nil
}
