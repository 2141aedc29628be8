package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

// What must never stand in the database is refused by the database itself, whatever the
// program does.
func TestTheSchemaRefusesWhatMustNotBe(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w, db := world{t, storetest.Open(t, url)}, raw(t, url)
		if url[:6] == "sqlite" {
			db.SetMaxOpenConns(1)
			execute := func(statement string) {
				if _, err := db.ExecContext(context.Background(), statement); err != nil {
					t.Fatal(err)
				}
			}
			execute(`PRAGMA foreign_keys = 1`)
		}
		w.openSeason()
		d, other, third := w.final("p", noon), w.playing("q", noon), w.waitingPair("r", noon)
		e, err := w.LiveEntry(context.Background(), third.a)
		w.try(err)
		for name, statement := range map[string]string{
			"a second live entry":                       fmt.Sprintf(`INSERT INTO entry_members (entry_id, place, player_id, races, live) VALUES (%d, 1, %d, '[]', true)`, e.ID, third.b),
			"a member who is not as live as the entry":  fmt.Sprintf(`UPDATE entry_members SET live = false WHERE entry_id = %d`, e.ID),
			"an entry that is not as live as its state": fmt.Sprintf(`UPDATE entries SET live = false WHERE id = %d`, e.ID),
			"a searching entry without a deadline":      fmt.Sprintf(`UPDATE entries SET deadline = NULL WHERE id = %d`, e.ID),
			"a match against oneself":                   fmt.Sprintf(`UPDATE seats SET player_id = %d WHERE match_id = %d`, other.a, other.match),
			"a match that is played without a timer":    fmt.Sprintf(`UPDATE matches SET due = NULL WHERE id = %d`, other.match),
			"a final match without a ruling":            fmt.Sprintf(`UPDATE matches SET ruling_id = NULL WHERE id = %d`, d.match),
			"two rulings in force": fmt.Sprintf(`INSERT INTO rulings (id, match_id, number, result, void, source, role, person, reason, rated, unrated, at)
				SELECT 1, match_id, 2, result, void, source, role, person, reason, rated, unrated, at FROM rulings WHERE match_id = %d`, d.match),
			"a gap in the ledger filled twice": `INSERT INTO ledger SELECT id + 1, player_id, race, system, version, n, season_id, kind, NULL, ruling_id, sequence,
				rating_before, delta, rating_after, deviation, volatility, from_deviation, from_volatility, k, spread, tau, expected, opponent, games,
				reason, role, actor, person, at FROM ledger`,
			"a sum that is none":    `UPDATE ledger SET delta = delta + 1 WHERE system = 'elo'`,
			"a name in other case":  fmt.Sprintf(`UPDATE players SET folded = 'pa' WHERE id = %d`, d.b),
			"a Discord user twice":  fmt.Sprintf(`UPDATE players SET discord = 'discord of pa' WHERE id = %d`, d.b),
			"a nameless player":     fmt.Sprintf(`UPDATE players SET name = '', folded = NULL WHERE id = %d`, d.b),
			"a second open season":  `INSERT INTO seasons (id, version, state, document, started_at) SELECT 1, 1, 'running', document, started_at FROM seasons`,
			"a state of no meaning": fmt.Sprintf(`UPDATE matches SET state = 'odd' WHERE id = %d`, d.match),
		} {
			if _, err := db.ExecContext(context.Background(), statement); err == nil {
				t.Errorf("the schema allows %s", name)
			}
		}
		if _, _, err := w.LedgerCheck(context.Background(), func(d ladder.Difference) { t.Error(d) }); err != nil {
			t.Error(err)
		}
	})
}

// One game is handed in for two matches of the same players at the same moment: it rules
// one of them.
func TestAGameRulesOneMatch(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w := world{t, storetest.Open(t, url)}
		w.openSeason()
		d := w.playing("p", noon)
		first := w.handingIn(d, "one", noon.Add(hour/3))
		if out := w.do(first); len(out.Rulings) != 1 || out.Rulings[0].By != ladder.FromReplay {
			t.Fatalf("%+v", out)
		}
		w.do(joining(d.a, noon.Add(hour), ladder.BWZerg))
		w.do(joining(d.b, noon.Add(hour), ladder.Terran))
		d.match = w.do(w.pairing(d.a, d.b, noon.Add(hour))).Match.ID
		for _, p := range []ladder.PlayerID{d.a, d.b} {
			w.do(ofMatch(ladder.Deliver, p, d.match, noon.Add(hour)))
			w.do(ofMatch(ladder.Accept, p, d.match, noon.Add(hour)))
		}
		again := w.handingIn(d, "another file", noon.Add(2*hour))
		again.Replay.Facts.Identity = first.Replay.Facts.Identity
		out := w.do(again)
		if len(out.Rulings) != 0 || len(out.Games) != 1 || out.Games[0].Verdict != ladder.Refused {
			t.Errorf("%+v", out.Change)
		}
	})
}

// Of all who take a name in the same instant one has it, and the others read why not.
func TestANameIsTakenOnce(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		w, other := world{t, storetest.Open(t, url)}, storetest.Open(t, url)
		var all sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			all.Go(func() {
				s := []*store.Store{w.Store, other}[i%2]
				name := []string{"Flash", "FLASH", "flash", "fLaSh"}[i%4]
				_, errs[i] = s.SavePlayer(context.Background(), ladder.Player{Discord: fmt.Sprint(i), Name: name, State: ladder.Ready}, operator, noon)
			})
		}
		all.Wait()
		taken := 0
		for _, err := range errs {
			var refused ladder.Refusal
			switch {
			case err == nil:
				taken++
			case !errors.As(err, &refused) || refused.Code != ladder.NameTaken:
				t.Error(err)
			}
		}
		if taken != 1 {
			t.Errorf("taken %d times", taken)
		}
		_, err := w.SavePlayer(context.Background(), ladder.Player{Discord: "0", Name: "Jaedong", State: ladder.Ready}, operator, noon)
		var refused ladder.Refusal
		if found, _ := w.FindPlayers(context.Background(), "flash"); len(found) != 1 || found[0].Discord == "0" && !errors.As(err, &refused) {
			t.Errorf("%+v, a second account: %v", found, err)
		}
	})
}
