package store_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// ladderAct is an act of the ladder in the case that sends most, ready to be done.
type ladderAct func(ctx context.Context, s *store.Store) error

// one is an act of the rules.
func one(act ladder.Act) ladderAct {
	return func(ctx context.Context, s *store.Store) error {
		_, err := s.Act(ctx, act)
		return err
	}
}

// ladderActs prepares everything that writes to the ladder. Names are of few letters, since
// players must have them.
var ladderActs = map[string]func(w world, name string) ladderAct{
	"join": func(w world, name string) ladderAct {
		return one(joining(w.player(name).ID, noon, ladder.BWZerg, ladder.Terran))
	},
	"leave": func(w world, name string) ladderAct {
		d := w.waitingPair(name, noon)
		return one(ladder.Act{Kind: ladder.Leave, Actor: byPlayer(d.a), At: noon, Player: d.a})
	},
	"pair up": func(w world, name string) ladderAct {
		d := w.waitingPair(name, noon)
		return one(w.pairing(d.a, d.b, noon))
	},
	"deliver": func(w world, name string) ladderAct {
		d := w.waitingPair(name, noon)
		return one(ofMatch(ladder.Deliver, d.a, w.do(w.pairing(d.a, d.b, noon)).Match.ID, noon))
	},
	"accept as the last": func(w world, name string) ladderAct {
		d := w.offered(name, noon)
		w.do(ofMatch(ladder.Accept, d.a, d.match, noon))
		return one(ofMatch(ladder.Accept, d.b, d.match, noon))
	},
	"decline": func(w world, name string) ladderAct {
		d := w.offered(name, noon)
		return one(ofMatch(ladder.Decline, d.a, d.match, noon))
	},
	"an offer's deadline": func(w world, name string) ladderAct {
		d := w.offered(name, noon)
		return one(ladder.Act{Kind: ladder.TickMatch, Actor: ladder.Actor{Role: ladder.ByTimer}, At: noon.Add(time.Hour), Match: d.match})
	},
	"a search's deadline": func(w world, name string) ladderAct {
		d := w.waitingPair(name, noon)
		e, err := w.LiveEntry(context.Background(), d.a)
		w.try(err)
		return one(ladder.Act{Kind: ladder.TickEntry, Actor: ladder.Actor{Role: ladder.ByTimer}, At: noon.Add(2 * time.Hour), Entry: e.ID})
	},
	"not here": func(w world, name string) ladderAct {
		d := w.playing(name, noon)
		return one(ofMatch(ladder.NotHere, d.a, d.match, noon.Add(11*time.Minute)))
	},
	"an own defeat": func(w world, name string) ladderAct {
		d := w.playing(name, noon)
		act := ofMatch(ladder.SayResult, d.a, d.match, noon.Add(20*time.Minute))
		act.Result = ladder.Team1
		return one(act)
	},
	"hand in a replay that rules": func(w world, name string) ladderAct {
		d := w.playing(name, noon)
		return one(w.handingIn(d, name, noon.Add(20*time.Minute)))
	},
	"accept a known file, which rules": func(w world, name string) ladderAct {
		w.playing(name, noon)
		_, parse := w.submit(by("stranger", "game of "+name, played))
		w.record(parse, read(w.T, shownGame(name)))
		return func(ctx context.Context, s *store.Store) error {
			a := by(name+"a", "game of "+name, played)
			a.Key, a.Guild, a.Quota = upload.Key("key of "+name), "9", quota.Quota{PlayerHour: 1000, GuildHour: 1000}
			_, err := s.Accept(ctx, a)
			return err
		}
	},
	"accept a file that is read again first": func(w world, name string) ladderAct {
		w.playing(name, noon)
		_, parse := w.submit(by("stranger", "game of "+name, played))
		w.record(parse, read(w.T, shownGame(name)))
		return func(ctx context.Context, s *store.Store) error {
			a := by(name+"a", "game of "+name, played)
			a.Key, a.ParserVersion = upload.Key("key of "+name), 2
			_, err := s.Accept(ctx, a)
			return err
		}
	},
	"record a verdict, which rules": func(w world, name string) ladderAct {
		w.playing(name, noon)
		_, parse := w.submit(by(name+"a", "game of "+name, played))
		w.accept(by(name+"b", "game of "+name, played))
		return ladderAct(recording(parse, read(w.T, shownGame(name))))
	},
	"record a re-parse, which differs": func(w world, name string) ladderAct {
		w.playing(name, noon)
		_, parse := w.submit(by(name+"a", "game of "+name, played))
		w.record(parse, read(w.T, shownGame(name)))
		again := arrival("game of " + name)
		again.ParserVersion = 2
		other := shownGame(name)
		other.WinnerTeam = new(2)
		v := read(w.T, other)
		v.ParserVersion = 2
		return ladderAct(recording(w.accept(again).Jobs[0].ID, v))
	},
	"contest": func(w world, name string) ladderAct {
		d := w.final(name, noon)
		act := ofMatch(ladder.Contest, d.b, d.match, noon.Add(time.Hour))
		act.Reason = "it was not so"
		return one(act)
	},
	"rule again": func(w world, name string) ladderAct {
		return one(ruling(ladder.Rule, w.final(name, noon).match, ladder.Team1, noon.Add(time.Hour)))
	},
	"void": func(w world, name string) ladderAct {
		return one(ruling(ladder.Void, w.final(name, noon).match, "", noon.Add(time.Hour)))
	},
	"ban who plays": func(w world, name string) ladderAct {
		d := w.offered(name, noon)
		return one(ladder.Act{Kind: ladder.Ban, Actor: operator, At: noon, Player: d.a, Reason: "cheats"})
	},
	"set a rating": func(w world, name string) ladderAct {
		p := w.player(name)
		return one(ladder.Act{Kind: ladder.SetRating, Actor: operator, At: noon, Player: p.ID, Reason: "moved in", Manual: &ladder.Manual{Race: ladder.Zerg, Value: 1700}})
	},
	"save a player": func(w world, name string) ladderAct {
		return func(ctx context.Context, s *store.Store) error {
			_, err := s.SavePlayer(ctx, ladder.Player{Discord: "of " + name, Name: name, State: ladder.Ready}, operator, noon)
			return err
		}
	},
	"delete a player": func(w world, name string) ladderAct {
		d := w.waitingPair(name, noon)
		return func(ctx context.Context, s *store.Store) error {
			return s.DeletePlayer(ctx, d.a, operator, "asked for it", noon)
		}
	},
	"import a player": func(w world, name string) ladderAct {
		return func(ctx context.Context, s *store.Store) error {
			_, err := s.ImportPlayer(ctx, ladder.Player{Discord: "of " + name, Name: name, State: ladder.Ready},
				[]ladder.Manual{{Race: ladder.Zerg, Value: 1700}, {Race: ladder.BWZerg, Value: 1600}}, operator, "moved in", noon)
			return err
		}
	},
	"post a panel": func(_ world, name string) ladderAct {
		return func(ctx context.Context, s *store.Store) error {
			return s.SavePanel(ctx, store.Panel{Channel: "queue", Message: name, Language: "en", Said: "nobody searches", Posted: noon})
		}
	},
	"forget a panel": func(w world, name string) ladderAct {
		if err := w.SavePanel(context.Background(), store.Panel{Channel: "queue", Message: name, Language: "en", Posted: noon}); err != nil {
			w.Fatal(err)
		}
		return func(ctx context.Context, s *store.Store) error { return s.ForgetPanel(ctx, name) }
	},
	"appoint staff": func(_ world, name string) ladderAct {
		return func(ctx context.Context, s *store.Store) error {
			return s.SetStaff(ctx, store.Member{Discord: "of " + name, Name: name, Role: store.Admin}, operator, noon)
		}
	},
	"save a season": func(w world, name string) ladderAct {
		season := w.openSeason()
		return func(ctx context.Context, s *store.Store) error {
			_, err := s.SaveSeason(ctx, season, operator, "a change", noon)
			return err
		}
	},
	"end a season": func(w world, name string) ladderAct {
		w.final(name, noon)
		w.try(w.CloseSeason(context.Background(), 0, operator, "over", noon.Add(time.Hour)))
		season := w.openSeason()
		return func(ctx context.Context, s *store.Store) error {
			return s.EndSeason(ctx, season.ID, operator, "over", noon.Add(2*time.Hour))
		}
	},
	"start a season": func(w world, name string) ladderAct {
		w.final(name, noon)
		w.try(w.CloseSeason(context.Background(), 0, operator, "over", noon.Add(time.Hour)))
		w.try(w.EndSeason(context.Background(), 0, operator, "over", noon.Add(2*time.Hour)))
		return func(ctx context.Context, s *store.Store) error {
			_, err := s.StartSeason(ctx, seasonOne(), ladder.Reset, operator, "again", noon.Add(3*time.Hour))
			return err
		}
	},
	"make up for an outage": func(w world, name string) ladderAct {
		w.playing(name, noon)
		w.waitingPair(name+"w", noon)
		_, err := w.Beat(context.Background(), noon, time.Minute)
		w.try(err)
		outage, err := w.Beat(context.Background(), noon.Add(time.Hour), time.Minute)
		w.try(err)
		return func(ctx context.Context, s *store.Store) error {
			_, err := s.ExtendDeadlines(ctx, outage, operator)
			return err
		}
	},
}

// handingIn is a replay of the duel's match that verifies, handed in by the winner.
func (w world) handingIn(d duel, name string, at time.Time) ladder.Act {
	w.Helper()
	receipt, parse := w.submit(arrival("replay of " + name))
	w.record(parse, good(1, `{}`))
	m := w.matchOf(d.match)
	winner := 0
	facts := ladder.Facts{
		Identity: "game of " + name, Format: "1v1", Region: "eu", MapTitle: m.Map, MapHash: "radeon", Handles: []string{"base", "mod", "radeon"},
		Length: 15 * time.Minute, EndedAt: at, Speed: "Faster", Winner: &winner, WinnerSource: "details",
	}
	for _, s := range m.Seats {
		p, err := w.Player(context.Background(), s.Player)
		w.try(err)
		facts.Players = append(facts.Players, ladder.FactPlayer{Name: p.Name, Toon: fmt.Sprintf("2-S2-1-%d", s.Player), Team: s.Team, Race: s.Race})
	}
	act := ofMatch(ladder.HandIn, d.a, d.match, at)
	act.Replay = &ladder.HandedIn{Replay: ladder.ReplayID(receipt.ReplayID), Facts: facts, Received: at}
	return act
}

// nameFor is a name that no other subject has.
func nameFor(subject string) string {
	sum := fnv.New32a()
	sum.Write([]byte(subject))
	return "n" + strconv.FormatUint(uint64(sum.Sum32()), 36)
}

// eachLadderAct runs a test with each act on both engines, each with an open season.
func eachLadderAct(t *testing.T, test func(t *testing.T, f faultBench, name string, prepare func(w world, name string) ladderAct)) {
	storetest.URLs(t, func(t *testing.T, url string) {
		wire, db := new(storetest.Wire), raw(t, url)
		w, wired := world{t, storetest.Open(t, url)}, storetest.Open(t, url, wire.Option())
		for name, prepare := range ladderActs {
			t.Run(name, func(t *testing.T) {
				w := w
				w.T = t
				empty(t, db)
				w.openSeason()
				test(t, faultBench{world: w, wired: wired, wire: wire, raw: db}, nameFor(name), prepare)
			})
		}
	})
}

// maxLadderStatements is more than any act of the ladder sends.
const maxLadderStatements = 200

// Whatever statement of an act fails, nothing of it is written, and it can be done again.
func TestALadderActThatFailsAtAnyStatementWritesNothing(t *testing.T) {
	eachLadderAct(t, func(t *testing.T, f faultBench, name string, prepare func(w world, name string) ladderAct) {
		do := prepare(f.world, name)
		before := dump(t, f.raw)
		for k := 1; k < maxLadderStatements; k++ {
			f.wire.FailAt(k)
			err := do(context.Background(), f.wired)
			if err == nil {
				if k < 2 || before == dump(t, f.raw) {
					t.Errorf("%d statements, which wrote nothing", k-1)
				}
				return
			}
			if !errors.Is(err, storetest.ErrInjected) {
				t.Fatalf("statement %d: %v", k, err)
			}
			if diff := cmp.Diff(before, dump(t, f.raw)); diff != "" {
				t.Fatalf("statement %d: half-written: %s", k, diff)
			}
		}
		t.Error("the act never succeeded")
	})
}

// An act whose connection is lost writes all or nothing: all only when what was lost is the
// answer to its commit. Doing it again then is refused, or changes nothing of the ledger.
func TestALadderActThatLosesItsConnectionIsWholeOrNothing(t *testing.T) {
	eachLadderAct(t, func(t *testing.T, f faultBench, name string, prepare func(w world, name string) ladderAct) {
		do := prepare(f.world, name)
		before := dump(t, f.raw)
		for k := 1; k < maxLadderStatements; k++ {
			f.wire.FailAfter(k)
			err := do(context.Background(), f.wired)
			if err == nil {
				t.Fatalf("the act succeeded with %d statements, and no loss left it written", k-1)
			}
			if !errors.Is(err, storetest.ErrInjected) {
				t.Fatalf("statement %d: %v", k, err)
			}
			if dump(t, f.raw) == before {
				continue
			}
			sent := f.wire.Sent()
			if sent != k {
				t.Errorf("written by statement %d of %d", k, sent)
			}
			if err := do(context.Background(), f.wired); err != nil && !answered(err) {
				t.Errorf("done again: %v", err)
			}
			f.sound()
			return
		}
		t.Error("the act was never written")
	})
}

// answered says whether an error says that there is nothing to do.
func answered(err error) bool {
	var refused ladder.Refusal
	return errors.As(err, &refused) || errors.Is(err, store.ErrStale) || errors.Is(err, job.ErrDone)
}

// Two processes that do the same at once do it once.
func TestALadderActByTwoProcessesAtOnceIsDoneOnce(t *testing.T) {
	eachLadderAct(t, func(t *testing.T, f faultBench, name string, prepare func(w world, name string) ladderAct) {
		do := prepare(f.world, name)
		var both sync.WaitGroup
		errs := make([]error, 2)
		for i, s := range []*store.Store{f.Store, f.wired} {
			both.Go(func() { errs[i] = do(context.Background(), s) })
		}
		both.Wait()
		for _, err := range errs {
			if err != nil && !answered(err) {
				t.Errorf("%v", err)
			}
		}
		if errs[0] != nil && errs[1] != nil {
			t.Errorf("neither did it: %v, %v", errs[0], errs[1])
		}
		f.sound()
	})
}

// sound fails the test where rows contradict each other.
func (f faultBench) sound() {
	f.Helper()
	_, _, err := f.LedgerCheck(context.Background(), func(d ladder.Difference) { f.Error(d) })
	f.try(err)
	for what, query := range map[string]string{
		"matches without their timer": `SELECT count(*) FROM matches m WHERE m.due IS NOT NULL AND NOT EXISTS (
			SELECT 1 FROM jobs j WHERE j.kind = 'ladder:match' AND j.subject = m.id AND j.push_at = m.due)`,
		"entries without their timer": `SELECT count(*) FROM entries e WHERE e.due IS NOT NULL AND NOT EXISTS (
			SELECT 1 FROM jobs j WHERE j.kind = 'ladder:entry' AND j.subject = e.id AND j.push_at = e.due)`,
		"timers of nothing": `SELECT count(*) FROM jobs j WHERE j.kind IN ('ladder:match', 'ladder:entry')
			AND NOT EXISTS (SELECT 1 FROM matches m WHERE m.id = j.subject AND m.due IS NOT NULL)
			AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.id = j.subject AND e.due IS NOT NULL)`,
		"offers of entries that are not in them": `SELECT count(*) FROM matches m JOIN seats s ON s.match_id = m.id JOIN entries e ON e.id = s.entry_id
			WHERE m.state IN ('offered', 'playing') AND (e.match_id <> m.id OR NOT e.live)`,
		"messages without a job": `SELECT count(*) FROM announcements a WHERE a.status = 'owed'
			AND a.kind = 'ladder' AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = a.id)`,
	} {
		var n int
		if err := f.raw.QueryRowContext(context.Background(), query).Scan(&n); err != nil || n != 0 {
			f.Errorf("%d %s, %v", n, strings.TrimSpace(what), err)
		}
	}
}
