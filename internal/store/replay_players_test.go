package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// game is the summary of a game between people who are given as "team name race".
func game(t *testing.T, people ...string) string {
	t.Helper()
	apm := 120.5
	r := replay.Replay{
		GameID: "the game", Map: replay.Map{Title: "[SC:Evo] Radeon (라데온)", SHA256: "ab"}, Format: "1v1", Category: replay.CategoryPrivate,
		Duration: 90.5, EndedAt: noon,
	}
	for i, person := range people {
		var p replay.Player
		var race string
		if _, err := fmt.Sscanf(person, "%d %s %s", &p.Team, &p.Name, &race); err != nil {
			t.Fatal(err)
		}
		p.Slot, p.Race, p.Toon, p.Result = i+3, replay.Race(race), "2-S2-1-"+fmt.Sprint(i), replay.Win
		if i == 0 {
			p.APM = &apm
		}
		r.Players = append(r.Players, p)
	}
	summary, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(summary)
}

// shown is what is on record of a replay's players, a line each.
func shown(t *testing.T, db *sql.DB, id upload.ReplayID) string {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), fmt.Sprintf(`
		SELECT slot, handle, name, folded, team, race, result, COALESCE(apm, -1), game, map_hash, map_title, format, category, matchup, length
		FROM replay_players WHERE replay_id = %d ORDER BY slot`, id))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		values := make([]any, 15)
		for i := range values {
			values[i] = new(sql.NullString)
		}
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		var line []string
		for _, v := range values {
			line = append(line, v.(*sql.NullString).String)
		}
		lines = append(lines, strings.Join(line, "|"))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

func TestAVerdictKeepsWhatAReplayShowsOfItsPlayers(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w, db := world{t, storetest.Open(t, url)}, raw(t, url)
		receipt, parse := w.submit(arrival("game"))
		w.record(parse, good(1, game(t, "2 Some\x00Body terran", "1 ÄNNA bw_zerg")))
		const facts = "|the game|ab|[SC:Evo] Radeon (라데온)|1v1|private|bw_zerg-terran|90500000"
		want := "0|2-S2-1-0|Some\uFFFDBody|some\uFFFDbody|2|terran|win|120.5" + facts + "\n1|2-S2-1-1|ÄNNA|änna|1|bw_zerg|win|-1" + facts
		if diff := cmp.Diff(want, shown(t, db, receipt.ReplayID)); diff != "" {
			t.Error(diff)
		}
	})
}

// A database from before has no such rows; re-parsing writes them, and leaves none of an
// older reading behind.
func TestReparseFillsThePlayersOfOldReplays(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w, db := world{t, storetest.Open(t, url)}, raw(t, url)
		receipt := w.old(good(1, game(t, "1 a zerg", "2 b terran", "3 c protoss")), "old")[0]
		execute(t, url, `DELETE FROM replay_players`)
		w.try(w.StartReparse(context.Background(), 2, noon))
		w.advance(10)
		w.work(good(2, game(t, "1 a zerg", "2 b terran", "2 c protoss")))
		if got := shown(t, db, receipt.ReplayID); strings.Count(got, "\n") != 2 || !strings.Contains(got, "protoss+terran-zerg") {
			t.Error(got)
		}
		w.try(w.StartReparse(context.Background(), 3, noon))
		w.advance(10)
		w.work(good(3, game(t, "1 a zerg", "2 b terran")))
		if got := shown(t, db, receipt.ReplayID); strings.Count(got, "\n") != 1 {
			t.Errorf("rows of an older reading stand: %s", got)
		}
	})
}

// A failed file may be read by an upload's parse and by a re-parse at once.
func TestAParseAfterAReparseWritesItsPlayersOver(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w, db := world{t, storetest.Open(t, url)}, raw(t, url)
		_, parse := w.submit(arrival("both"))
		receipt := w.accept(arrival("both"))
		reparse := job.ID(77)
		execute(t, url, fmt.Sprintf(`INSERT INTO jobs (id, kind, subject, push, push_at, attempts, worker, created_at)
			SELECT %d, '%s', %d, 1, push_at, 0, '', created_at FROM jobs WHERE id = %d`, reparse, job.Reparse, receipt.ReplayID, parse))
		w.record(reparse, good(1, game(t, "1 a zerg", "2 b terran")))
		w.record(parse, good(1, game(t, "1 a zerg", "2 c terran")))
		if got := shown(t, db, receipt.ReplayID); !strings.Contains(got, "|c|") {
			t.Error(got)
		}
	})
}

func TestAnUploadBelongsToTheMatchItsUploaderPlays(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w, db := world{t, storetest.Open(t, url)}, raw(t, url)
		w.openSeason()
		d := w.offered("p", noon)
		belongs := func(file, user string, after time.Duration) (match sql.NullInt64) {
			a := arrival(file)
			a.At = noon.Add(after)
			a.Uploader = snowflake.UserID(user)
			receipt := w.accept(a)
			if err := db.QueryRowContext(context.Background(), fmt.Sprintf(`SELECT match_id FROM submissions WHERE id = %d`, receipt.ID)).Scan(&match); err != nil {
				t.Fatal(err)
			}
			return match
		}
		if m := belongs("early", "discord of pa", 0); m.Valid {
			t.Errorf("an offer is no match yet: %v", m)
		}
		w.do(ofMatch(ladder.Accept, d.a, d.match, noon))
		w.do(ofMatch(ladder.Accept, d.b, d.match, noon))
		if m := belongs("in time", "discord of pa", 0); ladder.MatchID(m.Int64) != d.match {
			t.Errorf("%v, want %d", m, d.match)
		}
		for _, user := range []string{"", "somebody"} {
			if m := belongs("of "+user, user, 0); m.Valid {
				t.Errorf("upload of %q: %v", user, m)
			}
		}
		w.do(ruling(ladder.Rule, d.match, ladder.Team0, noon.Add(time.Minute)))
		if m := belongs("late", "discord of pa", time.Hour); ladder.MatchID(m.Int64) != d.match {
			t.Errorf("after the ruling, which it may contest: %v", m)
		}
		if m := belongs("too late", "discord of pa", 31*24*time.Hour); m.Valid {
			t.Errorf("a month later: %v", m)
		}
	})
}
