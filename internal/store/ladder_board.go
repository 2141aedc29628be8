package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// standingKey is what has a line on the board.
type standingKey struct {
	player ladder.PlayerID
	race   ladder.Race
}

// boardColumns are the columns of standings, in the order of boardOf.
const boardColumns = `season_id, player_id, race, hidden, rating, last_at, share, games, wins, losses, draws, deviation, name, country, region`

// boardOf, with more conditions on seats s and boardGroups, is a season's board as a query
// over final matches. $1 is the season, $2 the rating of who has none yet.
const boardOf = `
	SELECT season_id, player_id, race, hidden, rating, last_at, (wins + draws / 2.0) / games AS share, games, wins, losses, draws,
		deviation, name, country, region
	FROM (
		SELECT m.season_id, s.player_id, s.race, p.banned OR p.state = 'deleted' AS hidden, COALESCE(elo.value, $2) AS rating,
			max(m.ended_at) AS last_at, CAST(count(*) AS INTEGER) AS games,
			CAST(sum(CASE WHEN r.result = 'team0' AND s.team = 0 OR r.result = 'team1' AND s.team = 1 THEN 1 ELSE 0 END) AS INTEGER) AS wins,
			CAST(sum(CASE WHEN r.result = 'team0' AND s.team = 1 OR r.result = 'team1' AND s.team = 0 THEN 1 ELSE 0 END) AS INTEGER) AS losses,
			CAST(sum(CASE WHEN r.result = 'draw' THEN 1 ELSE 0 END) AS INTEGER) AS draws,
			COALESCE(glicko.deviation, 0) AS deviation, COALESCE(p.folded, '') AS name, p.country, p.region
		FROM seats s JOIN matches m ON m.id = s.match_id JOIN rulings r ON r.id = m.ruling_id JOIN players p ON p.id = s.player_id
			LEFT JOIN ratings elo ON elo.player_id = s.player_id AND elo.race = s.race AND elo.system = 'elo'
			LEFT JOIN ratings glicko ON glicko.player_id = s.player_id AND glicko.race = s.race AND glicko.system = 'glicko2'
		WHERE m.state = 'final' AND m.season_id = $1`

const boardGroups = `
		GROUP BY m.season_id, s.player_id, s.race, p.banned, p.state, elo.value, glicko.deviation, p.folded, p.country, p.region
	) AS board`

// refreshStandings makes lines of the board anew from what they are made of. Where there are
// fewer final matches than before it deletes those that are made of nothing any more.
func refreshStandings(ctx context.Context, tx session, season ladder.Season, keys map[standingKey]bool, fewer bool) error {
	var made, gone conditions
	made.place(int64(season.ID))
	made.place(float64(season.Rules.Start))
	gone.place(int64(season.ID))
	err := tx.change(ctx, writing("standings"), `INSERT INTO standings (`+boardColumns+`) `+boardOf+` AND `+ofKeys(&made, keys)+boardGroups+`
		WHERE true -- for SQLite, which takes the next ON for one of a join
		ON CONFLICT (season_id, player_id, race) DO UPDATE SET hidden = excluded.hidden, rating = excluded.rating,
			last_at = excluded.last_at, share = excluded.share, games = excluded.games, wins = excluded.wins,
			losses = excluded.losses, draws = excluded.draws, deviation = excluded.deviation, name = excluded.name,
			country = excluded.country, region = excluded.region`, made.args...)
	if err != nil || !fewer {
		return err
	}
	return tx.change(ctx, writing("standings"), `
		DELETE FROM standings AS s WHERE season_id = $1 AND `+ofKeys(&gone, keys)+` AND NOT EXISTS (
			SELECT 1 FROM seats x JOIN matches m ON m.id = x.match_id
			WHERE x.player_id = s.player_id AND x.race = s.race AND m.state = 'final' AND m.season_id = $1)`, gone.args...)
}

// ofKeys is the condition that a row s is of one of the keys.
func ofKeys(where *conditions, keys map[standingKey]bool) string {
	var either []string
	for k := range keys {
		either = append(either, "s.player_id = "+where.place(int64(k.player))+" AND s.race = "+where.place(string(k.race)))
	}
	return "(" + strings.Join(either, " OR ") + ")"
}

// nameStandings brings the board up to what a player is called and whether they are shown.
func nameStandings(ctx context.Context, tx session, p ladder.Player) error {
	return tx.change(ctx, writing("standings"), `
		UPDATE standings SET hidden = $2, name = $3, country = $4, region = $5
		WHERE player_id = $1 AND season_id IN (SELECT id FROM seasons WHERE state <> 'ended')`,
		int64(p.ID), p.Banned || p.State == ladder.Deleted, folded(p.Name), p.Country, string(p.Region))
}

const standingColumns = `player_id, race, hidden, rating, last_at, wins, losses, draws, deviation, name, country`

func scanStanding(r row) (ladder.Standing, error) {
	var s ladder.Standing
	err := r.Scan(&s.Player, &s.Race, &s.Hidden, &s.Rating, moment{&s.Last}, &s.Wins, &s.Losses, &s.Draws, &s.Deviation, &s.Name, &s.Country)
	return s, err
}

// BoardFilter and Board are what is asked of a board, and a part of it.
type (
	BoardFilter = ladder.BoardFilter
	Board       = ladder.BoardPage
)

// Standings is a season's board; of one that has ended, as it was then. Ranks are those of
// half a minute ago at most. ErrNotFound where there is no such season.
func (s *Store) Standings(ctx context.Context, f BoardFilter) (Board, error) {
	var b Board
	err := s.read(ctx, func(q session) error {
		season, err := s.season(ctx, q, f.Season, "")
		if err != nil {
			return err
		}
		if season.State == ladder.SeasonEnded {
			b, err = endedBoard(ctx, q, season, f)
		} else {
			b, err = s.openBoard(ctx, q, season, f)
		}
		return err
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Board{}, fmt.Errorf("read board: %w", err)
	}
	return b, err
}

// filters adds the conditions of a filter on the columns of a table or its players'.
func filters(where *conditions, f BoardFilter, player string) {
	if f.Race != "" {
		where.add("b.race = %s", string(f.Race))
	}
	if f.Region != "" {
		where.add(player+".region = %s", string(f.Region))
	}
	if f.Country != "" {
		where.add(player+".country = %s", f.Country)
	}
}

// boardOrder is that of ladder.CompareStandings, and of an index.
const boardOrder = ` ORDER BY b.rating DESC, b.last_at DESC, b.share DESC, b.games DESC, b.name, b.player_id, b.race`

func (s *Store) openBoard(ctx context.Context, q session, season ladder.Season, f BoardFilter) (Board, error) {
	var b Board
	var where conditions
	where.add("b.season_id = %s AND b.hidden = %s", int64(season.ID), false)
	filters(&where, f, "b")
	last, err := s.ranks.of(season.ID, f.At, func() (rankEnds, error) { return lastOfRanks(ctx, q, season, f.At) })
	if err != nil {
		return b, err
	}
	if f.Rank != "" {
		last.only(&where, f.Rank, f.At)
	}
	if err := q.row(ctx, `SELECT count(*) FROM standings b`+where.text(), where.args...).Scan(&b.Total); err != nil {
		return b, fmt.Errorf("count standings: %w", err)
	}
	condition := where.text()
	paging := ` LIMIT ` + where.place(f.Limit) + ` OFFSET ` + where.place(f.Offset)
	page, err := collect(ctx, q, scanNamedStanding, `SELECT p.name, `+qualified("b", standingColumns)+`
		FROM (SELECT * FROM standings b`+condition+boardOrder+paging+`) AS b JOIN players p ON p.id = b.player_id`+boardOrder, where.args...)
	if err != nil {
		return b, fmt.Errorf("read standings: %w", err)
	}
	for i, n := range page {
		p := ladder.Place{Standing: n.Standing, Place: f.Offset + i + 1, Provisional: n.Games() < season.Rules.Provisional}
		if f.At.Sub(n.Last) <= ladder.ActiveFor {
			p.Rank = last.of(n.Standing)
		}
		p.Name = n.shown
		b.Places = append(b.Places, p)
	}
	return b, nil
}

// qualified is columns of one table.
func qualified(table, columns string) string {
	return table + "." + strings.ReplaceAll(columns, ", ", ", "+table+".")
}

// namedStanding is a standing and the player's name as it is written.
type namedStanding struct {
	ladder.Standing
	shown string
}

func scanNamedStanding(r row) (namedStanding, error) {
	var n namedStanding
	var err error
	n.Standing, err = scanStanding(prefixed{r, []any{&n.shown}})
	return n, err
}

// rankEnds is the last standing of each rank, the best rank first.
type rankEnds []rankEnd

type rankEnd struct {
	rank ladder.Rank
	last ladder.Standing
}

// of is the rank of an active standing.
func (e rankEnds) of(s ladder.Standing) ladder.Rank {
	for _, end := range e {
		if ladder.CompareStandings(s, end.last) <= 0 {
			return end.rank
		}
	}
	if len(e) > 0 { // below where the last rank ended when that was found
		return e[len(e)-1].rank
	}
	return ladder.Unranked
}

// only demands a rank: who played lately and stands from behind the end of the rank before
// to the end of this one.
func (e rankEnds) only(where *conditions, rank ladder.Rank, at time.Time) {
	i := slices.IndexFunc(e, func(end rankEnd) bool { return end.rank == rank })
	if i < 0 {
		where.all = append(where.all, "1 = 0") // nobody has it
		return
	}
	where.add("b.last_at >= %s", at.Add(-ladder.ActiveFor))
	if last := e[i].last; i < len(e)-1 {
		where.add("b.rating >= %s", last.Rating) // helps the index
		where.all = append(where.all, "NOT ("+behind(where, last)+")")
	}
	if i > 0 {
		where.add("b.rating <= %s", e[i-1].last.Rating)
		where.all = append(where.all, "("+behind(where, e[i-1].last)+")")
	}
}

// behind is the condition that a line of the board stands behind a standing, in boardOrder.
func behind(where *conditions, s ladder.Standing) string {
	var cases []string
	same := ""
	for _, part := range []struct {
		column, behind string
		value          any
	}{
		{"b.rating", "<", s.Rating},
		{"b.last_at", "<", s.Last},
		{"b.share", "<", s.WinRate()},
		{"b.games", "<", s.Games()},
		{"b.name", ">", s.Name},
		{"b.player_id", ">", int64(s.Player)},
		{"b.race", ">", string(s.Race)},
	} {
		value := where.place(part.value)
		cases = append(cases, same+part.column+" "+part.behind+" "+value)
		same += part.column + " = " + value + " AND "
	}
	return strings.Join(cases, " OR ")
}

// rankLife is how long a process goes by where ranks ended: to find it, all of the board is
// read, and it moves by little. With fewer players than ranks it moves by much.
const rankLife = 30 * time.Second

// rankCache is where the open season's ranks ended last.
type rankCache struct {
	mu     sync.Mutex
	season ladder.SeasonID
	at     time.Time
	ends   rankEnds
}

func (c *rankCache) of(season ladder.SeasonID, at time.Time, find func() (rankEnds, error)) (rankEnds, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := at.Sub(c.at); c.season == season && len(c.ends) == len(ladder.Ranks) && age >= 0 && age < rankLife {
		return c.ends, nil
	}
	ends, err := find()
	if err != nil {
		return nil, err
	}
	c.season, c.at, c.ends = season, at, ends
	return ends, nil
}

// lastOfRanks finds where each rank ends among those who played lately.
func lastOfRanks(ctx context.Context, q session, season ladder.Season, at time.Time) (rankEnds, error) {
	var where conditions
	where.add("b.season_id = %s AND b.hidden = %s AND b.last_at >= %s", int64(season.ID), false, at.Add(-ladder.ActiveFor))
	var active int
	if err := q.row(ctx, `SELECT count(*) FROM standings b`+where.text(), where.args...).Scan(&active); err != nil {
		return nil, fmt.Errorf("count the active: %w", err)
	}
	var ends rankEnds
	var places []int64
	sizes, end := ladder.RankSizes(active), 0
	for _, rank := range ladder.Ranks {
		if sizes[rank] > 0 {
			end += sizes[rank]
			ends, places = append(ends, rankEnd{rank: rank}), append(places, int64(end))
		}
	}
	if len(ends) == 0 {
		return nil, nil
	}
	condition := where.text()
	where.all = nil
	in(&where, "b.n", places)
	last, err := collect(ctx, q, scanStanding, `SELECT `+qualified("b", standingColumns)+` FROM standings b JOIN (
			SELECT b.season_id, b.player_id, b.race, b.n FROM (
				SELECT b.season_id, b.player_id, b.race, row_number() OVER (`+strings.TrimSpace(boardOrder)+`) AS n FROM standings b`+condition+`
			) AS b`+where.text()+`
		) AS e ON e.season_id = b.season_id AND e.player_id = b.player_id AND e.race = b.race ORDER BY e.n`, where.args...)
	if err != nil {
		return nil, fmt.Errorf("read where ranks end: %w", err)
	}
	for i := range last {
		ends[i].last = last[i]
	}
	return ends, nil
}

// endedBoard reads a snapshot. Who is deleted or banned since is left out; places stay.
func endedBoard(ctx context.Context, q session, season ladder.Season, f BoardFilter) (Board, error) {
	var b Board
	var where conditions
	where.add("b.season_id = %s AND p.state <> 'deleted' AND NOT p.banned", int64(season.ID))
	filters(&where, f, "p")
	if f.Rank != "" {
		where.add("b.letter = %s", string(f.Rank))
	}
	from := ` FROM season_standings b JOIN players p ON p.id = b.player_id` + where.text()
	if err := q.row(ctx, `SELECT count(*)`+from, where.args...).Scan(&b.Total); err != nil {
		return b, fmt.Errorf("count standings: %w", err)
	}
	paging := ` ORDER BY b.place LIMIT ` + where.place(f.Limit) + ` OFFSET ` + where.place(f.Offset)
	var err error
	b.Places, err = collect(ctx, q, func(r row) (ladder.Place, error) {
		var p ladder.Place
		err := r.Scan(&p.Player, &p.Race, &p.Place, &p.Rank, &p.Rating, &p.Deviation, &p.Wins, &p.Losses, &p.Draws, moment{&p.Last}, &p.Name, &p.Country)
		p.Provisional = p.Games() < season.Rules.Provisional
		return p, err
	}, `SELECT b.player_id, b.race, b.place, b.letter, b.rating, b.deviation, b.wins, b.losses, b.draws, b.last_at, p.name, p.country`+from+paging, where.args...)
	if err != nil {
		return b, fmt.Errorf("read standings: %w", err)
	}
	return b, nil
}
