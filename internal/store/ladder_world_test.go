package store_test

import (
	"context"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/store"
)

var (
	operator   = ladder.Actor{Role: ladder.ByOperator, Name: "operator"}
	matchmaker = ladder.Actor{Role: ladder.ByMatchmaker}
)

func byPlayer(id ladder.PlayerID) ladder.Actor {
	return ladder.Actor{Role: ladder.ByPlayer, Player: id}
}

// seasonOne is a season with the rules of the day.
func seasonOne() ladder.Season {
	minutes := func(n int) ladder.Duration { return ladder.Duration(time.Duration(n) * time.Minute) }
	return ladder.Season{
		Name: "One", StaffChannel: "staff", LogChannel: "log",
		Maps: []ladder.Map{{Title: "Radeon", Hash: "radeon"}}, Base: []string{"base"},
		Releases: []ladder.Release{{Name: "1.0", Handles: map[string][]string{"eu": {"mod"}}}},
		Rules: ladder.Rules{
			Pairing: ladder.Cross, TeamSize: 1, Vetoes: 4,
			Search: minutes(60), SearchReminder: minutes(50), Offer: minutes(1), OfferReminder: ladder.Duration(30 * time.Second),
			OfferDelivery: minutes(2), Reoffer: minutes(10), NotHereFrom: minutes(10), NotHereAnswer: minutes(5),
			UploadReminder: minutes(25), Playing: minutes(180), OwnWin: minutes(30), Contest: minutes(24 * 60),
			DisputeReminder: minutes(60), ShortGame: minutes(2), EarlyStart: minutes(1), ClockSkew: minutes(10), SnapshotAfter: minutes(24 * 60),
			Penalties: []ladder.Duration{0, minutes(5), minutes(15), minutes(30), minutes(60)}, PenaltyForgiven: minutes(24 * 60),
			PairWindow: minutes(24 * 60), PairMatches: 3, HandleProofs: 3, Start: 1500, K: 40, Spread: 500, Provisional: 10, Tau: 0.5,
		},
	}
}

// openSeason is the season that has not ended; it begins where there is none.
func (w world) openSeason() ladder.Season {
	w.Helper()
	if season, err := w.Season(context.Background(), 0); err == nil {
		return season
	}
	season, err := w.SaveSeason(context.Background(), seasonOne(), operator, "begins", noon)
	if err != nil {
		w.Fatal(err)
	}
	return season
}

// player is a player who may queue.
func (w world) player(name string) ladder.Player {
	w.Helper()
	p, err := w.SavePlayer(context.Background(), ladder.Player{
		Discord: "discord of " + name, Name: name, BattleTag: name + "#123", Country: "DE", Region: "EUW", Language: "en",
		State: ladder.Ready,
	}, operator, noon)
	if err != nil {
		w.Fatal(err)
	}
	return p
}

// do is an act that must succeed.
func (w world) do(act ladder.Act) store.Outcome {
	w.Helper()
	out, err := w.Act(context.Background(), act)
	if err != nil {
		w.Fatalf("%+v: %v", act, err)
	}
	return out
}

func joining(p ladder.PlayerID, at time.Time, races ...ladder.Race) ladder.Act {
	return ladder.Act{Kind: ladder.Join, Actor: byPlayer(p), At: at, Player: p, Races: races}
}

// ofMatch is an act of a player in a match.
func ofMatch(kind ladder.ActKind, p ladder.PlayerID, m ladder.MatchID, at time.Time) ladder.Act {
	return ladder.Act{Kind: kind, Actor: byPlayer(p), At: at, Player: p, Match: m}
}

// ruling is an act of staff.
func ruling(kind ladder.ActKind, m ladder.MatchID, result ladder.Result, at time.Time) ladder.Act {
	return ladder.Act{Kind: kind, Actor: operator, At: at, Match: m, Result: result, Reason: "said so"}
}

// pairing is the act that offers a match to two who wait.
func (w world) pairing(a, b ladder.PlayerID, at time.Time) ladder.Act {
	w.Helper()
	pair := ladder.Pair{Map: "Radeon", Server: "EUC"}
	for team, p := range []ladder.PlayerID{a, b} {
		e, err := w.LiveEntry(context.Background(), p)
		if err != nil {
			w.Fatal(err)
		}
		pair.Entries = append(pair.Entries, e.ID)
		pair.Seats = append(pair.Seats, ladder.Seat{Player: p, Entry: e.ID, Team: team, Race: e.Members[0].Races[0]})
	}
	return ladder.Act{Kind: ladder.PairUp, Actor: matchmaker, At: at, Pair: &pair}
}

// duel is two players of this test, with a match between them.
type duel struct {
	a, b  ladder.PlayerID
	match ladder.MatchID
}

// waitingPair is two players who wait.
func (w world) waitingPair(name string, at time.Time) duel {
	w.Helper()
	d := duel{a: w.player(name + "a").ID, b: w.player(name + "b").ID}
	w.do(joining(d.a, at, ladder.BWZerg))
	w.do(joining(d.b, at, ladder.Terran))
	return d
}

// offered is two players with an offer that both have received.
func (w world) offered(name string, at time.Time) duel {
	w.Helper()
	d := w.waitingPair(name, at)
	d.match = w.do(w.pairing(d.a, d.b, at)).Match.ID
	w.do(ofMatch(ladder.Deliver, d.a, d.match, at))
	w.do(ofMatch(ladder.Deliver, d.b, d.match, at))
	return d
}

// playing is two players who play.
func (w world) playing(name string, at time.Time) duel {
	w.Helper()
	d := w.offered(name, at)
	w.do(ofMatch(ladder.Accept, d.a, d.match, at))
	w.do(ofMatch(ladder.Accept, d.b, d.match, at))
	return d
}

// final is two players whose match the first has won.
func (w world) final(name string, at time.Time) duel {
	w.Helper()
	d := w.playing(name, at)
	w.do(ruling(ladder.Rule, d.match, ladder.Team0, at.Add(20*time.Minute)))
	return d
}

// matchOf is everything about a match.
func (w world) matchOf(id ladder.MatchID) store.File {
	w.Helper()
	f, err := w.Match(context.Background(), id)
	if err != nil {
		w.Fatal(err)
	}
	return f
}

const hour = time.Hour
