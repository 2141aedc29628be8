package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

const matchColumns = `id, version, season_id, state, map, map_hash, server, rated, offered_at, accepted_at, ended_at, deadline, due,
	upload_reminded, dispute_reminded, outage, absent, absent_by, reports_open, dispute, disputed_at, ruling_id`

func scanMatch(r row) (ladder.Match, error) {
	var m ladder.Match
	var outage int64
	err := r.Scan(&m.ID, &m.Version, &m.Season, &m.State, &m.Map, &m.MapHash, &m.Server, &m.Rated,
		moment{&m.OfferedAt}, moment{&m.Accepted}, moment{&m.Ended}, moment{&m.Deadline}, moment{&m.Due},
		&m.UploadReminded, &m.DisputeReminded, &outage, optional[ladder.PlayerID]{&m.Absent}, moment{&m.AbsentBy},
		&m.ReportsOpen, &m.Dispute, moment{&m.DisputedAt}, optional[ladder.RulingID]{&m.Ruling})
	m.Outage = time.Duration(outage) * time.Microsecond
	return m, err
}

// readMatch is a match with its seats, with a lock that is given as SQL. It is one of the
// seats too: an act that waited for another then reads what that one wrote to them.
func readMatch(ctx context.Context, q session, id ladder.MatchID, lock string) (ladder.Match, error) {
	var m ladder.Match
	seats, err := collect(ctx, q, func(r row) (s ladder.Seat, err error) {
		m, err = scanMatch(prefixed{r, seatTargets(&s)})
		return s, err
	}, `SELECT `+qualified("s", seatColumns)+`, `+qualified("m", matchColumns)+`
		FROM matches m JOIN seats s ON s.match_id = m.id WHERE m.id = $1 ORDER BY s.place`+lock, int64(id))
	if err != nil {
		return ladder.Match{}, fmt.Errorf("read match %d: %w", id, err)
	}
	if len(seats) == 0 {
		return ladder.Match{}, ErrNotFound
	}
	m.Seats = seats
	return m, nil
}

const seatColumns = `player_id, entry_id, team, race, delivered_at, answer_by, reminded, answer, report, reported_at, remake, answered`

func scanSeat(r row) (ladder.Seat, error) {
	var s ladder.Seat
	err := r.Scan(seatTargets(&s)...)
	return s, err
}

// seatTargets scans seatColumns.
func seatTargets(s *ladder.Seat) []any {
	return []any{
		&s.Player, &s.Entry, &s.Team, &s.Race,
		moment{&s.Delivered},
		moment{&s.AnswerBy},
		&s.Reminded,
		&s.Answer, &s.Report,
		moment{&s.Reported},
		&s.Remake, &s.Answered,
	}
}

func seatValues(s ladder.Seat) []any {
	return []any{
		int64(s.Player), int64(s.Entry), s.Team, string(s.Race), s.Delivered, s.AnswerBy, s.Reminded,
		string(s.Answer), string(s.Report), s.Reported, s.Remake, s.Answered,
	}
}

// writeMatch writes a match and, where they are not as they were, its seats. was is the match
// as it was read; nil: it is new.
func writeMatch(ctx context.Context, tx session, m ladder.Match, was *ladder.Match) error {
	err := put(ctx, tx, "matches", int64(m.ID), m.Version, []column{
		{"season_id", int64(m.Season)},
		{"state", string(m.State)},
		{"map", m.Map},
		{"map_hash", m.MapHash},
		{"server", m.Server},
		{"rated", m.Rated},
		{"offered_at", m.OfferedAt},
		{"accepted_at", m.Accepted},
		{"ended_at", m.Ended},
		{"deadline", m.Deadline},
		{"due", m.Due},
		{"upload_reminded", m.UploadReminded},
		{"dispute_reminded", m.DisputeReminded},
		{"outage", m.Outage.Microseconds()},
		{"absent", ref(m.Absent)},
		{"absent_by", m.AbsentBy},
		{"reports_open", m.ReportsOpen},
		{"dispute", m.Dispute},
		{"disputed_at", m.DisputedAt},
		{"ruling_id", ref(m.Ruling)},
	})
	if err != nil || was != nil && slices.Equal(m.Seats, was.Seats) {
		return err
	}
	return writeSeats(ctx, tx, m)
}

// writeSeats writes all seats of a match, whose row is locked.
func writeSeats(ctx context.Context, tx session, m ladder.Match) error {
	seats := make([][]any, len(m.Seats))
	for place, s := range m.Seats {
		seats[place] = append([]any{int64(m.ID), place}, seatValues(s)...)
	}
	if m.Version == 0 {
		return insertRows(ctx, tx, `seats (match_id, place, `+seatColumns+`)`, seats)
	}
	values, args := rows(seats, "BIGINT", "INTEGER", "BIGINT", "BIGINT", "INTEGER", "TEXT", "TIMESTAMPTZ", "TIMESTAMPTZ", "BOOLEAN",
		"TEXT", "TEXT", "TIMESTAMPTZ", "BOOLEAN", "INTEGER")
	return tx.change(ctx, writing("seats"), `
		UPDATE seats SET delivered_at = column7, answer_by = column8, reminded = column9, answer = column10,
			report = column11, reported_at = column12, remake = column13, answered = column14
		FROM (`+values+`) AS news WHERE match_id = column1 AND place = column2`, args...)
}

// File is everything that is known of a match.
type File = ladder.MatchFile

// Match is everything about a match; ErrNotFound where there is none.
func (s *Store) Match(ctx context.Context, id ladder.MatchID) (File, error) {
	var f File
	err := s.read(ctx, func(q session) (err error) {
		if f.Match, err = readMatch(ctx, q, id, ""); err != nil {
			return err
		}
		if f.Games, err = readGames(ctx, q, id); err != nil {
			return err
		}
		if f.Rulings, err = readRulings(ctx, q, id); err != nil {
			return err
		}
		if f.Reports, err = readReports(ctx, q, id); err != nil {
			return err
		}
		f.Lines, err = readLines(ctx, q, `match_id = $1`, int64(id))
		return err
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return File{}, fmt.Errorf("read match %d: %w", id, err)
	}
	return f, err
}

// MatchFilter says which matches to list; zero values let all pass.
type MatchFilter struct {
	States []ladder.MatchState
	Player ladder.PlayerID
	Season ladder.SeasonID
	Before ladder.MatchID // 0: from the newest on
	Limit  int
}

// Matches is a list of matches, the newest first.
func (s *Store) Matches(ctx context.Context, f MatchFilter) ([]ladder.Match, error) {
	var where conditions
	if len(f.States) > 0 {
		states := make([]string, len(f.States))
		for i, state := range f.States {
			states[i] = string(state)
		}
		in(&where, "state", states)
	}
	if f.Player != 0 {
		where.add("id IN (SELECT match_id FROM seats WHERE player_id = %s)", int64(f.Player))
	}
	if f.Season != 0 {
		where.add("season_id = %s", int64(f.Season))
	}
	if f.Before != 0 {
		where.add("id < %s", int64(f.Before))
	}
	limit := where.place(f.Limit)
	var all []ladder.Match
	err := s.read(ctx, func(q session) (err error) {
		all, err = collect(ctx, q, scanMatch, `SELECT `+matchColumns+` FROM matches`+where.text()+` ORDER BY id DESC LIMIT `+limit, where.args...)
		if err == nil {
			err = seatsOf(ctx, q, all)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list matches: %w", err)
	}
	return all, nil
}

// seatsOf reads the seats of matches.
func seatsOf(ctx context.Context, q session, matches []ladder.Match) error {
	if len(matches) == 0 {
		return nil
	}
	at := make(map[ladder.MatchID]int, len(matches))
	var where conditions
	ids := make([]int64, len(matches))
	for i, m := range matches {
		at[m.ID], ids[i] = i, int64(m.ID)
	}
	in(&where, "match_id", ids)
	_, err := collect(ctx, q, func(r row) (struct{}, error) {
		var match ladder.MatchID
		s, err := scanSeat(prefixed{r, []any{&match}})
		if err == nil {
			m := &matches[at[match]]
			m.Seats = append(m.Seats, s)
		}
		return struct{}{}, err
	}, `SELECT match_id, `+seatColumns+` FROM seats`+where.text()+` ORDER BY match_id, place`, where.args...)
	if err != nil {
		return fmt.Errorf("read seats: %w", err)
	}
	return nil
}
