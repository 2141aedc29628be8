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

// Record and Profile are what is counted of a player.
type (
	Record  = ladder.Record
	Profile = ladder.Profile
)

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
		err = s.read(ctx, func(q session) error { return readProfile(ctx, q, &p, season) })
	}
	if err == nil {
		p.Last, err = s.lastMatches(ctx, id, season)
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Profile{}, fmt.Errorf("read profile of player %d: %w", id, err)
	}
	return p, err
}

func readProfile(ctx context.Context, q session, p *Profile, season ladder.SeasonID) error {
	played, err := readPlayed(ctx, q, p.Player.ID, season)
	if err != nil {
		return err
	}
	countPlayed(p, played)
	p.Timeline, err = collect(ctx, q, func(r row) (ladder.RatingPoint, error) {
		var point ladder.RatingPoint
		err := r.Scan(&point.Race, &point.Value, moment{&point.At})
		return point, err
	}, `SELECT race, rating_after, at FROM ledger WHERE player_id = $1 AND system = 'elo' AND version = $2 ORDER BY id DESC LIMIT $3`,
		int64(p.Player.ID), ladder.LedgerVersion, profilePoints)
	slices.Reverse(p.Timeline)
	return err
}

// lastMatches is a player's last matches that ended or are disputed.
func (s *Store) lastMatches(ctx context.Context, id ladder.PlayerID, season ladder.SeasonID) ([]ladder.PlayedMatch, error) {
	matches, err := s.Matches(ctx, MatchFilter{
		Player: id, Season: season, Limit: profileMatches,
		States: []ladder.MatchState{ladder.MatchFinal, ladder.MatchVoid, ladder.MatchDisputed},
	})
	if err != nil || len(matches) == 0 {
		return nil, err
	}
	all := make([]ladder.PlayedMatch, len(matches))
	at := make(map[ladder.MatchID]*ladder.PlayedMatch, len(matches))
	var where conditions
	me := where.place(int64(id))
	ids := make([]int64, len(matches))
	for i, m := range matches {
		all[i].Match = m
		at[m.ID], ids[i] = &all[i], int64(m.ID)
	}
	in(&where, "m.id", ids)
	err = s.read(ctx, func(q session) error {
		_, err := collect(ctx, q, func(r row) (struct{}, error) {
			var match ladder.MatchID
			var m ladder.PlayedMatch
			err := r.Scan(&match, &m.Opponent, &m.Result, &m.Change)
			of := at[match]
			of.Opponent, of.Result, of.Change = m.Opponent, m.Result, m.Change
			return struct{}{}, err
		}, `SELECT m.id, p.name, COALESCE(r.result, ''), COALESCE((
				SELECT sum(l.delta) FROM ledger l WHERE l.match_id = m.id AND l.player_id = `+me+` AND l.system = 'elo'), 0)
			FROM matches m JOIN seats a ON a.match_id = m.id AND a.player_id = `+me+`
				JOIN seats b ON b.match_id = m.id AND b.team <> a.team JOIN players p ON p.id = b.player_id LEFT JOIN rulings r ON r.id = m.ruling_id`+where.text(), where.args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read how matches ended: %w", err)
	}
	return all, nil
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

// countPlayed sums final matches up.
func countPlayed(p *Profile, all []played) {
	races := make(map[[2]ladder.Race]*ladder.RaceRecord)
	maps := make(map[string]*ladder.MapRecord)
	opponents := make(map[ladder.PlayerID]*ladder.OpponentRecord)
	for _, g := range all {
		race, field, other := races[[2]ladder.Race{g.race, g.against}], maps[g.field], opponents[g.opponent]
		if race == nil {
			race = &ladder.RaceRecord{Race: g.race, Against: g.against}
			races[[2]ladder.Race{g.race, g.against}] = race
		}
		if field == nil {
			field = &ladder.MapRecord{Map: g.field}
			maps[g.field] = field
		}
		if other == nil {
			other = &ladder.OpponentRecord{Player: g.opponent, Name: g.name}
			opponents[g.opponent] = other
		}
		race.Count(g.result, g.team)
		field.Count(g.result, g.team)
		other.Count(g.result, g.team)
		other.Last = g.at
	}
	p.ByRace = values(races, func(a, b ladder.RaceRecord) int {
		return cmp.Or(cmp.Compare(a.Race, b.Race), cmp.Compare(a.Against, b.Against))
	})
	p.ByMap = values(maps, func(a, b ladder.MapRecord) int { return cmp.Compare(a.Map, b.Map) })
	p.Opponents = values(opponents, func(a, b ladder.OpponentRecord) int {
		return cmp.Or(cmp.Compare(b.Games(), a.Games()), cmp.Compare(a.Player, b.Player))
	})
}

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
				r.Count(g.result, g.team)
			}
		}
		return err
	})
	if err != nil {
		return Record{}, fmt.Errorf("read record of player %d against %d: %w", id, against, err)
	}
	return r, nil
}
