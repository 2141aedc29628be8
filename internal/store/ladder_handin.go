package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// lateReach is how long after its end a match is still the one that its players' uploads
// belong to: as long as any season may let a ruling be contested. The rules say within it
// whether a replay still counts.
const lateReach = 30 * 24 * time.Hour

// matchOf selects the match that an upload of a Discord user belongs to until its file is
// read (playedIn): the last one that was accepted, unless it ended before a moment. Both
// are given by their placeholders. Who is no player costs a look at an index.
func matchOf(user, since string) string {
	return `
		SELECT CASE WHEN m.state IN ('playing', 'disputed') OR m.ended_at > ` + since + ` THEN m.id END
		FROM seats s JOIN matches m ON m.id = s.match_id
		WHERE s.player_id = (SELECT p.id FROM players p WHERE p.discord = ` + user + `) AND m.state NOT IN ('offered', 'lapsed')
		ORDER BY s.match_id DESC LIMIT 1`
}

// handed is an upload that belongs to a match.
type handed struct {
	submission upload.ID
	match      ladder.MatchID  // 0: none
	player     ladder.PlayerID // who sent it; 0: nobody who is on the ladder
	received   time.Time
}

// handedColumns are what scanHanded reads of a row of submissions.
const handedColumns = `id, match_id, CASE WHEN match_id IS NOT NULL THEN (SELECT p.id FROM players p WHERE p.discord = uploader) END, received_at`

func scanHanded(r row) (handed, error) {
	var h handed
	err := r.Scan(&h.submission, optional[ladder.MatchID]{&h.match}, optional[ladder.PlayerID]{&h.player}, moment{&h.received})
	return h, err
}

// handIn gives a file to the matches that its uploads belong to, the one received first
// first, and returns the jobs of what there is to say. What the rules refuse, because the
// match is over by now, is an ordinary replay. It is the one way to a ruling by replay, for
// a file that was just parsed and for one that was known. The caller runs under writeLadder.
func (s *Store) handIn(ctx context.Context, tx session, replay upload.ReplayID, read factsReader, all []handed, at time.Time) ([]job.Job, error) {
	all = slices.DeleteFunc(all, func(h handed) bool { return h.match == 0 || h.player == 0 })
	if len(all) == 0 {
		return nil, nil
	}
	slices.SortFunc(all, func(a, b handed) int {
		return cmp.Or(a.received.Compare(b.received), cmp.Compare(a.submission, b.submission))
	})
	facts, found, err := read(ctx, tx, replay)
	if err != nil || !found {
		return nil, err
	}
	first, err := firstFile(ctx, tx, facts.Identity)
	if err != nil {
		return nil, err
	}
	var jobs []job.Job
	for _, h := range all {
		if h.match, err = s.playedIn(ctx, tx, h, facts.Begun(h.received, first)); err != nil {
			return nil, err
		}
		out, err := s.actIn(ctx, tx, ladder.Act{
			Kind: ladder.HandIn, Actor: ladder.Actor{Role: ladder.ByReplay, Player: h.player}, At: at, Player: h.player, Match: h.match,
			Replay: &ladder.HandedIn{Replay: ladder.ReplayID(replay), Facts: facts, Received: h.received, Known: ladder.Known{First: first}},
		})
		if _, refused := errors.AsType[ladder.Refusal](err); refused {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("hand in for match %d: %w", h.match, err)
		}
		jobs = append(jobs, out.Jobs...)
	}
	return jobs, nil
}

// belonging is how many of a player's matches are looked at for the one that an upload
// belongs to.
const belonging = "24"

// playedIn is the match that a game belongs to which began at a moment or before: the
// player's last one in which it can have begun, else the one that the player was in. A
// replay of a match in dispute so finds it while its player is in the next one. Where it is
// another match than was thought, the upload is put down to it.
func (s *Store) playedIn(ctx context.Context, tx session, h handed, began time.Time) (ladder.MatchID, error) {
	versions := make(map[ladder.SeasonID]int)
	all, err := collect(ctx, tx, func(r row) (ladder.Match, error) {
		var m ladder.Match
		var version int
		err := r.Scan(&m.ID, &m.Season, moment{&m.Accepted}, &version)
		versions[m.Season] = version
		return m, err
	}, `SELECT m.id, m.season_id, m.accepted_at, z.version
		FROM seats s JOIN matches m ON m.id = s.match_id JOIN seasons z ON z.id = m.season_id
		WHERE s.player_id = $1 AND s.match_id <= $2 AND m.accepted_at IS NOT NULL AND m.state NOT IN ('offered', 'lapsed')
			AND (m.state IN ('playing', 'disputed') OR m.ended_at > $3)
		ORDER BY s.match_id DESC LIMIT `+belonging, int64(h.player), int64(h.match), h.received.Add(-lateReach))
	if err != nil {
		return 0, fmt.Errorf("look for the matches of player %d: %w", h.player, err)
	}
	for _, m := range all {
		season, known := s.seasons.of(m.Season, versions[m.Season])
		if !known {
			if season, err = s.season(ctx, tx, m.Season, ""); err != nil {
				return 0, err
			}
		}
		if began.Before(m.Accepted.Add(-time.Duration(season.Rules.EarlyStart))) {
			continue
		}
		if m.ID != h.match {
			_, err = tx.exec(ctx, `UPDATE submissions SET match_id = $2 WHERE id = $1`, int64(h.submission), int64(m.ID))
		}
		return m.ID, err
	}
	return h.match, nil
}

// firstFile is when the first file of a game came; zero where none is on record, or the
// game cannot be told.
func firstFile(ctx context.Context, q session, identity string) (time.Time, error) {
	var first time.Time
	if identity == "" {
		return first, nil
	}
	err := q.row(ctx, `SELECT min(r.created_at) FROM replay_players p JOIN replays r ON r.id = p.replay_id WHERE p.slot = 0 AND p.game = $1`,
		identity).Scan(moment{&first})
	if err != nil {
		return time.Time{}, fmt.Errorf("look for the game's first file: %w", err)
	}
	return first, nil
}

// factsReader reads what a replay shows; false where no summary of it is on record.
type factsReader func(ctx context.Context, q session, replay upload.ReplayID) (ladder.Facts, bool, error)

// factsOf reads the summary that the transaction has just put on record.
func factsOf(summary []byte) factsReader {
	return func(_ context.Context, _ session, replay upload.ReplayID) (ladder.Facts, bool, error) {
		facts, err := ladder.ReadFacts([]byte(clean(string(summary))))
		if err != nil {
			return ladder.Facts{}, false, fmt.Errorf("replay %d: %w", replay, err)
		}
		return facts, true, nil
	}
}

// storedFacts is what the summary on record shows; false where there is none.
func storedFacts(ctx context.Context, q session, replay upload.ReplayID) (ladder.Facts, bool, error) {
	var summary sql.NullString
	err := q.row(ctx, `SELECT summary FROM replays WHERE id = $1 AND status = '`+parsed+`'`, int64(replay)).Scan(&summary)
	if errors.Is(err, sql.ErrNoRows) {
		return ladder.Facts{}, false, nil
	}
	if err != nil {
		return ladder.Facts{}, false, fmt.Errorf("read the summary of replay %d: %w", replay, err)
	}
	return factsOf([]byte(summary.String))(ctx, q, replay)
}

// reading is a file that matches rest on, before a re-parse.
type reading struct {
	matches []ladder.MatchID
	facts   ladder.Facts
}

// before is what is on record of a file that is read again. Most files are of no match, and
// cost a look at an index.
func before(ctx context.Context, tx session, replay upload.ReplayID) (reading, error) {
	ids, err := collect(ctx, tx, scanID, `SELECT match_id FROM games WHERE replay_id = $1 ORDER BY match_id`, int64(replay))
	if err != nil || len(ids) == 0 {
		return reading{}, err
	}
	r := reading{matches: make([]ladder.MatchID, len(ids))}
	for i, id := range ids {
		r.matches[i] = ladder.MatchID(id)
	}
	r.facts, _, err = storedFacts(ctx, tx, replay)
	return r, err
}

// reread has the rules compare a file's new reading with the one before, in every match
// that it was handed in for. A re-parse never changes a ruling; staff are told what differs.
func (s *Store) reread(ctx context.Context, tx session, replay upload.ReplayID, was reading, at time.Time) ([]job.Job, error) {
	if len(was.matches) == 0 {
		return nil, nil
	}
	facts, found, err := storedFacts(ctx, tx, replay)
	if err != nil || !found {
		return nil, err
	}
	var jobs []job.Job
	for _, match := range was.matches {
		out, err := s.actIn(ctx, tx, ladder.Act{
			Kind: ladder.Reread, Actor: ladder.Actor{Role: ladder.ByReplay}, At: at, Match: match,
			Replay: &ladder.HandedIn{Replay: ladder.ReplayID(replay), Facts: facts, Before: &was.facts},
		})
		if err != nil {
			return nil, fmt.Errorf("compare the readings of match %d: %w", match, err)
		}
		jobs = append(jobs, out.Jobs...)
	}
	return jobs, nil
}
