package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// played is when uploads come, after noon.
const played = 20 * time.Minute

// shownGame is a game of 10 minutes between two, that the first has won: of the duel of
// this name, if it is played now.
func shownGame(name string) replay.Replay {
	winner := 1
	return replay.Replay{
		ParserVersion: replay.ParserVersion, Region: "eu", Map: replay.Map{Title: "Radeon", SHA256: "radeon"},
		CacheHandles: []string{"base", "mod", "radeon"}, Duration: 600, EndedAt: noon.Add(15 * time.Minute), Speed: "Faster", Format: "1v1",
		GameID: "game of " + name, WinnerTeam: &winner, WinnerSource: replay.WinnerFromMetadata,
		Players: []replay.Player{
			{Name: name + "a", Toon: "2-S2-1-" + name + "1", Team: 1, Race: replay.BWZerg, Result: replay.Win},
			{Slot: 1, Name: name + "b", Toon: "2-S2-1-" + name + "2", Team: 2, Race: replay.Terran, Result: replay.Loss},
		},
	}
}

// read is the verdict of a parser of version 1.
func read(t testing.TB, r replay.Replay) upload.Verdict {
	t.Helper()
	summary, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	v := good(1, string(summary))
	v.At = noon.Add(played + time.Second)
	return v
}

// by is an upload of a player, some time after noon.
func by(player, file string, after time.Duration) upload.Arrival {
	a := arrival(file)
	a.Uploader, a.At = snowflake.UserID("discord of "+player), noon.Add(after)
	return a
}

// effect is what an upload came to for its match; empty: nothing.
func (w world) effect(id upload.ID) ladder.Effect {
	w.Helper()
	v := w.view(id)
	if v.Match == nil {
		return ""
	}
	return v.Match.Effect
}

// said are the kinds of ladder messages among jobs.
func (w world) said(jobs []job.Job) (kinds []ladder.MessageKind) {
	w.Helper()
	for _, j := range jobs {
		a, err := w.Announcement(context.Background(), j.ID)
		if err != nil {
			w.Fatal(err)
		}
		var m ladder.Message
		if a.Payload != nil {
			w.try(json.Unmarshal(a.Payload, &m))
			kinds = append(kinds, m.Kind)
		}
	}
	return kinds
}

// ruledOnce checks that a match has one ruling, by replay, for the first team.
func (w world) ruledOnce(match ladder.MatchID) {
	w.Helper()
	f := w.matchOf(match)
	if f.State != ladder.MatchFinal || len(f.Rulings) != 1 || f.Rulings[0].By != ladder.FromReplay || f.Rulings[0].Result != ladder.Team0 || len(f.Lines) != 4 {
		w.Errorf("match %s, rulings %+v, %d lines", f.State, f.Rulings, len(f.Lines))
	}
}

func TestAVerdictRulesTheMatchOfTheUploader(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		w.openSeason()
		d := w.playing("p", noon)
		receipt, parse := w.submit(by("pa", "game", played))
		jobs := w.record(parse, read(t, shownGame("p")))
		w.ruledOnce(d.match)
		if said := w.said(jobs); len(jobs) != 4 || len(said) != 3 || said[0] != ladder.MsgResult || said[2] != ladder.MsgRuled {
			t.Errorf("%d jobs, said %v", len(jobs), said)
		}
		m := w.view(receipt.ID).Match
		if m == nil || m.Effect != ladder.Ruled || m.Result != ladder.Team0 || m.Unrated != "" || len(m.Sides) != 2 {
			t.Fatalf("%+v", m)
		}
		if a, b := m.Sides[0], m.Sides[1]; a.Name != "pa" || a.Before != 1500 || a.After != 1520 || b.After != 1480 || !m.Won(a) || m.Won(b) {
			t.Errorf("%+v", m.Sides)
		}
		if g := w.matchOf(d.match).Games[0]; !g.Received.Equal(noon.Add(played).Truncate(time.Microsecond)) || g.Uploader != d.a {
			t.Errorf("%+v", g)
		}
	})
}

func TestOneGameRulesOnceHoweverOftenItComes(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		w.openSeason()
		d := w.playing("p", noon)
		mine, parse := w.submit(by("pa", "file", played))
		theirs := w.accept(by("pb", "file", played))             // the same file, while it is being parsed
		second, another := w.submit(by("pb", "shorter", played)) // the same game as its loser saved it
		w.record(parse, read(t, shownGame("p")))
		shorter := shownGame("p")
		shorter.Duration -= 10
		w.record(another, read(t, shorter))
		again := w.accept(by("pa", "file", played+time.Minute)) // known by now
		w.ruledOnce(d.match)
		for name, id := range map[string]upload.ID{"first": mine.ID, "same file": theirs.ID, "same game": second.ID, "again": again.ID} {
			if got := w.effect(id); got != ladder.Ruled {
				t.Errorf("%s: %q", name, got)
			}
		}
		if !again.Known || len(w.said(again.Jobs)) != 0 {
			t.Errorf("again: %+v", again)
		}
	})
}

func TestAKnownFileRulesWithoutAWorker(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		w.openSeason()
		d := w.playing("p", noon)
		stranger, parse := w.submit(by("stranger", "game", played))
		w.record(parse, read(t, shownGame("p")))
		if w.effect(stranger.ID) != "" || w.matchOf(d.match).State != ladder.MatchPlaying {
			t.Fatal("a stranger's upload ruled")
		}
		receipt := w.accept(by("pb", "game", played))
		if said := w.said(receipt.Jobs); !receipt.Known || len(said) != 3 {
			t.Errorf("%+v, said %v", receipt, said)
		}
		w.ruledOnce(d.match)
		if got := w.effect(receipt.ID); got != ladder.Ruled {
			t.Errorf("%q", got)
		}
	})
}

// A replay of a match that is over comes while its player is in the next one, in which its
// game cannot have begun.
func TestAReplayOfTheLastMatchIsNotTakenForTheNext(t *testing.T) {
	for name, known := range map[string]bool{"a new file": false, "a known file": true} {
		t.Run(name, func(t *testing.T) {
			storetest.Engines(t, func(t *testing.T, s *store.Store) {
				w := world{t, s}
				w.openSeason()
				d := w.playing("p", noon)
				w.do(ladder.Act{Kind: ladder.TickMatch, Actor: operator, At: noon.Add(3 * hour), Match: d.match})
				if known {
					_, parse := w.submit(by("stranger", "game", 3*hour))
					w.record(parse, read(t, shownGame("p")))
				}
				later := noon.Add(4 * hour)
				third := w.player("third").ID
				w.do(joining(d.a, later, ladder.BWZerg))
				w.do(joining(third, later, ladder.Terran))
				next := w.do(w.pairing(d.a, third, later)).Match.ID
				for _, p := range []ladder.PlayerID{d.a, third} {
					w.do(ofMatch(ladder.Deliver, p, next, later))
					w.do(ofMatch(ladder.Accept, p, next, later))
				}
				before := w.matchOf(next)
				receipt := w.accept(by("pa", "game", 4*hour+5*time.Minute))
				if receipt.Known != known {
					t.Fatalf("%+v", receipt)
				}
				if !known {
					v := read(t, shownGame("p"))
					v.At = later.Add(6 * time.Minute)
					w.record(receipt.Jobs[0].ID, v)
				}
				if f := w.matchOf(d.match); f.State != ladder.MatchFinal || f.Rulings[len(f.Rulings)-1].By != ladder.FromReplay {
					t.Errorf("match %s, rulings %+v, games %+v", f.State, f.Rulings, f.Games)
				}
				if after := w.matchOf(next); after.Version != before.Version || len(after.Games) != 0 {
					t.Errorf("the next match: open for %q, games %+v", after.ReportsOpen, after.Games)
				}
				if got := w.effect(receipt.ID); got != ladder.Ruled {
					t.Errorf("the upload: %q", got)
				}
			})
		})
	}
}

// What an older parser has read lacks what evidence is judged by: a player's upload waits
// for the present one.
func TestAnOlderParsersSummaryIsReadAgainFirst(t *testing.T) {
	for name, fails := range map[string]bool{"read": false, "failed again": true} {
		t.Run(name, func(t *testing.T) {
			storetest.Engines(t, func(t *testing.T, s *store.Store) {
				w := world{t, s}
				w.openSeason()
				d := w.playing("p", noon)
				_, parse := w.submit(by("stranger", "game", played))
				old := shownGame("p")
				old.GameID = ""
				w.record(parse, read(t, old))
				a := by("pa", "game", played)
				a.ParserVersion = 2
				receipt, again := w.submit(a)
				if receipt.Known || w.state(receipt.ID) != upload.Queued || w.matchOf(d.match).State != ladder.MatchPlaying {
					t.Fatalf("%+v is answered by an old summary", receipt)
				}
				if fails {
					w.record(again, bad(2, failure.Timeout, phrase.TookTooLong))
					if f := w.matchOf(d.match); w.effect(receipt.ID) != ladder.Rejected || f.ReportsOpen != string(ladder.CheckNovelty) {
						t.Errorf("%q, open %q: want what the old summary comes to", w.effect(receipt.ID), f.ReportsOpen)
					}
					return
				}
				v := read(t, shownGame("p"))
				v.ParserVersion = 2
				w.record(again, v)
				w.ruledOnce(d.match)
				if w.effect(receipt.ID) != ladder.Ruled || !w.matchOf(d.match).Games[0].Received.Equal(a.At.Truncate(time.Microsecond)) {
					t.Errorf("%+v", w.matchOf(d.match).Games)
				}
			})
		})
	}
}

func TestAReplayThatDoesNotFitIsRejectedAndReportsOpen(t *testing.T) {
	for code, change := range map[ladder.Code]func(*replay.Replay){
		ladder.CheckMap:    func(r *replay.Replay) { r.Map.SHA256 = "other" },
		ladder.CheckMod:    func(r *replay.Replay) { r.CacheHandles = []string{"base", "mod", "cheat", "radeon"} },
		ladder.CheckFormat: func(r *replay.Replay) { r.Resumed = true },
		ladder.CheckRaces:  func(r *replay.Replay) { r.Players[0].Race = replay.Protoss },
		ladder.CheckTime:   func(r *replay.Replay) { r.Duration = 3600 },
		ladder.CheckWinner: func(r *replay.Replay) { r.WinnerTeam = nil },
	} {
		t.Run(string(code), func(t *testing.T) {
			storetest.Engines(t, func(t *testing.T, s *store.Store) {
				w := world{t, s}
				w.openSeason()
				d := w.playing("p", noon)
				game := shownGame("p")
				change(&game)
				receipt, parse := w.submit(by("pa", "game", played))
				w.record(parse, read(t, game))
				m := w.view(receipt.ID).Match
				if m == nil || m.Effect != ladder.Rejected || !m.Open {
					t.Fatalf("%+v", m)
				}
				if !slices.ContainsFunc(m.Evidence, func(e ladder.Evidence) bool { return e.Code == code && e.State != ladder.Pass }) {
					t.Errorf("%+v", m.Evidence)
				}
				if f := w.matchOf(d.match); f.State != ladder.MatchPlaying || f.ReportsOpen != string(code) {
					t.Errorf("match %s, open for %q", f.State, f.ReportsOpen)
				}
			})
		})
	}
}

func TestWhatIsNotOfTheMatchLeavesItAlone(t *testing.T) {
	for name, do := range map[string]func(w world) upload.Receipt{
		"an anonymous upload": func(w world) upload.Receipt {
			a := by("pa", "game", played)
			a.Uploader, a.Source = "", upload.FromWeb
			receipt, parse := w.submit(a)
			w.record(parse, read(w.T, shownGame("p")))
			return receipt
		},
		"a game of others": func(w world) upload.Receipt {
			receipt, parse := w.submit(by("pa", "game", played))
			w.record(parse, read(w.T, shownGame("q")))
			return receipt
		},
		"a file that cannot be read": func(w world) upload.Receipt {
			receipt, parse := w.submit(by("pa", "game", played))
			w.record(parse, bad(1, failure.Timeout, phrase.TookTooLong))
			return receipt
		},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Engines(t, func(t *testing.T, s *store.Store) {
				w := world{t, s}
				w.openSeason()
				d := w.playing("p", noon)
				before := w.matchOf(d.match)
				receipt := do(w)
				if after := w.matchOf(d.match); after.Version != before.Version || len(after.Games) != 0 || w.effect(receipt.ID) != "" {
					t.Errorf("%+v, %q", after, w.effect(receipt.ID))
				}
				if !w.state(receipt.ID).Final() {
					t.Error("not answered")
				}
			})
		})
	}
}

// A game of which the ladder had a file before both accepted is not the match, whoever sent
// that file and whatever the clock in another one says.
func TestAGameThatIsOnRecordIsNotALaterMatch(t *testing.T) {
	for name, file := range map[string]string{"the same file": "game", "a forged copy": "copy"} {
		t.Run(name, func(t *testing.T) {
			storetest.Engines(t, func(t *testing.T, s *store.Store) {
				w := world{t, s}
				w.openSeason()
				friendly := arrival("game")
				friendly.At = noon.Add(-time.Hour)
				_, parse := w.submit(friendly)
				w.record(parse, read(t, shownGame("p")))
				d := w.playing("p", noon)
				if receipt := w.accept(by("pa", file, played)); !receipt.Known {
					w.record(receipt.Jobs[0].ID, read(t, shownGame("p")))
				}
				f := w.matchOf(d.match)
				if f.State != ladder.MatchPlaying || len(f.Games) != 1 || f.Games[0].Verdict != ladder.Refused {
					t.Errorf("match %s, games %+v", f.State, f.Games)
				}
			})
		})
	}
}

// A game that waited for a click in two matches rules one of them, and the other tells so.
func TestAGameThatWaitsInTwoMatchesRulesOne(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w, ctx := world{t, s}, context.Background()
		w.openSeason()
		first := w.playing("p", noon)
		unclear := shownGame("p")
		unclear.EndedAt = time.Time{}
		_, parse := w.submit(by("pa", "game", played))
		w.record(parse, read(t, unclear))
		w.do(ladder.Act{Kind: ladder.TickMatch, Match: first.match, At: noon.Add(hour)})
		for p, race := range map[ladder.PlayerID]ladder.Race{first.a: ladder.BWZerg, first.b: ladder.Terran} {
			w.do(joining(p, noon.Add(time.Minute), race))
		}
		second := w.do(w.pairing(first.a, first.b, noon.Add(2*time.Minute))).Match.ID
		for _, p := range []ladder.PlayerID{first.a, first.b} {
			w.do(ofMatch(ladder.Accept, p, second, noon.Add(2*time.Minute)))
		}
		w.accept(by("pa", "game", played))
		confirm := func(match ladder.MatchID) error {
			act := ofMatch(ladder.Confirm, first.b, match, noon.Add(hour))
			act.Game = w.matchOf(match).Games[0].ID
			_, err := w.Act(ctx, act)
			return err
		}
		w.try(confirm(second))
		w.ruledOnce(second)
		var refused ladder.Refusal
		if err := confirm(first.match); !errors.As(err, &refused) || refused.Code != ladder.NotOpen {
			t.Errorf("a click on a game that decided another match: %v", err)
		}
		again := ladder.Act{Kind: ladder.HandIn, Player: first.b, Match: first.match, At: noon.Add(hour), Replay: &ladder.HandedIn{
			Replay: w.matchOf(first.match).Games[0].Replay, Received: noon.Add(hour),
		}}
		w.do(again)
		if f := w.matchOf(first.match); f.State != ladder.MatchDisputed || len(f.Rulings) != 0 {
			t.Errorf("match %s, rulings %+v", f.State, f.Rulings)
		}
	})
}

func TestUploadsAfterTheRuling(t *testing.T) {
	other := shownGame("p")
	other.GameID, other.WinnerTeam = "another", new(2)
	for name, test := range map[string]struct {
		after  time.Duration
		game   replay.Replay
		effect ladder.Effect
		state  ladder.MatchState
	}{
		"the same result":           {time.Hour, shownGame("p"), ladder.Agrees, ladder.MatchFinal},
		"another result":            {time.Hour, other, ladder.Differs, ladder.MatchDisputed},
		"after the time to contest": {48 * time.Hour, other, "", ladder.MatchFinal},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Engines(t, func(t *testing.T, s *store.Store) {
				w := world{t, s}
				w.openSeason()
				d := w.playing("p", noon)
				own := ofMatch(ladder.SayResult, d.b, d.match, noon.Add(played))
				own.Result = ladder.Team0 // an own defeat
				w.do(own)
				test.game.EndedAt = noon.Add(15 * time.Minute)
				receipt, parse := w.submit(by("pb", "game", test.after))
				v := read(t, test.game)
				v.At = noon.Add(test.after)
				w.record(parse, v)
				f := w.matchOf(d.match)
				if got := w.effect(receipt.ID); got != test.effect || f.State != test.state || len(f.Rulings) != 1 {
					t.Errorf("%q, match %s, %d rulings", got, f.State, len(f.Rulings))
				}
				if w.state(receipt.ID) != upload.Done {
					t.Error("not answered as a replay")
				}
			})
		})
	}
}

func TestAReparseChangesNoRuling(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		w.openSeason()
		d := w.playing("p", noon)
		_, parse := w.submit(by("pa", "game", played))
		w.record(parse, read(t, shownGame("p")))
		before := w.matchOf(d.match)
		reparse := func(version int, change func(*replay.Replay)) []ladder.MessageKind {
			a := arrival("game") // by somebody else
			a.ParserVersion = version
			receipt := w.accept(a)
			game := shownGame("p")
			change(&game)
			v := read(t, game)
			v.ParserVersion = version
			return w.said(w.record(receipt.Jobs[0].ID, v))
		}
		if said := reparse(2, func(r *replay.Replay) { r.Loops = 1 }); len(said) != 0 {
			t.Errorf("the same: said %v", said)
		}
		if said := reparse(3, func(r *replay.Replay) { r.WinnerTeam = new(2) }); len(said) != 1 || said[0] != ladder.MsgDiffers {
			t.Errorf("another winner: said %v", said)
		}
		after := w.matchOf(d.match)
		if after.Version != before.Version || after.Ruling != before.Ruling || len(after.Lines) != 4 || after.Games[0].Result != ladder.Team0 {
			t.Errorf("%+v", after)
		}
	})
}

func TestAMatchIsNotHeldUpByItsServersQuota(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		w.openSeason()
		w.playing("p", noon)
		limits := quota.Quota{GuildHour: 1}
		sent := func(a upload.Arrival) error {
			a.Guild, a.Quota = "9", limits
			used, err := w.Usage(context.Background(), a)
			w.try(err)
			refused := limits.Judge(used, a.At)
			if _, err := w.Accept(context.Background(), a); (err != nil) != (refused != nil) {
				t.Errorf("before it: %v, in it: %v", refused, err)
			}
			return refused
		}
		if err := sent(arrival("one")); err != nil {
			t.Fatal(err)
		}
		if err := sent(by("nobody", "two", played)); failure.Find(err) == nil {
			t.Errorf("who is in no match: %v", err)
		}
		if err := sent(by("pa", "three", played)); err != nil {
			t.Errorf("who is in a match: %v", err)
		}
	})
}

// Two processes, both players at once: the known file by one and by the other, and another
// file of the same game in a worker.
func TestBothPlayersAtOnceRuleOnce(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		one, two := world{t, storetest.Open(t, url)}, world{t, storetest.Open(t, url)}
		one.openSeason()
		for _, name := range []string{"p", "q", "r", "s", "u", "v"} {
			d := one.playing(name, noon)
			_, parse := one.submit(by("stranger", "known "+name, played))
			one.record(parse, read(t, shownGame(name)))
			_, first := one.submit(by(name+"a", "mine "+name, played))
			_, second := one.submit(by(name+"b", "theirs "+name, played))
			var all sync.WaitGroup
			at := func(do func() error) {
				all.Go(func() {
					if err := do(); err != nil {
						t.Error(err)
					}
				})
			}
			for w, player := range map[*world]string{&one: name + "a", &two: name + "b"} {
				at(func() error {
					_, err := w.Accept(context.Background(), by(player, "known "+name, played))
					return err
				})
			}
			for w, parse := range map[*world]job.ID{&one: first, &two: second} {
				at(func() error {
					_, err := w.RecordVerdict(context.Background(), parse, read(t, shownGame(name)))
					return err
				})
			}
			all.Wait()
			one.ruledOnce(d.match)
			if n := len(one.matchOf(d.match).Games); n != 3 {
				t.Errorf("%d games, want three files of one", n)
			}
		}
	})
}

// BenchmarkUploadOfAMatch is the database's part of an upload, from its record to the answer
// as it is rendered, for uploads without a match and, in turns, for uploads that rule one.
// It prints the median of each.
func BenchmarkUploadOfAMatch(b *testing.B) {
	for name, url := range map[string]string{"sqlite": storetest.SQLite(b), "postgres": storetest.Postgres(b)} {
		b.Run(name, func(b *testing.B) {
			s := storetest.Open(b, url)
			var t testing.T
			w, ctx := world{&t, s}, context.Background()
			w.openSeason()
			took := map[bool][]time.Duration{}
			for n := 0; b.Loop(); n++ {
				duel := nameFor(strconv.Itoa(b.N) + strconv.Itoa(n))
				w.playing(duel, noon)
				for _, ofMatch := range []bool{n%2 == 0, n%2 != 0} {
					player, file := "nobody", "plain "
					if ofMatch {
						player, file = duel+"a", "ruling "
					}
					v, begun := read(b, shownGame(duel)), time.Now()
					receipt := w.accept(by(player, file+duel, played))
					w.begin(receipt.Jobs[0].ID)
					w.record(receipt.Jobs[0].ID, v)
					view, err := s.Submission(ctx, receipt.ID)
					took[ofMatch] = append(took[ofMatch], time.Since(begun))
					if err != nil || (view.Match != nil && view.Match.Effect == ladder.Ruled) != ofMatch {
						b.Fatalf("%+v, %v", view.Match, err)
					}
				}
			}
			for ofMatch, unit := range map[bool]string{false: "ms-plain", true: "ms-ruling"} {
				slices.Sort(took[ofMatch])
				b.ReportMetric(float64(took[ofMatch][len(took[ofMatch])/2].Microseconds())/1000, unit)
			}
		})
	}
}
