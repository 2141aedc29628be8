package web_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/intake"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
	"github.com/evoladder/evoladderbot/internal/web"
)

// season is a ladder in a real store, on which matches are played by its rules.
type season struct {
	testing.TB
	*store.Store
	ladder.Season
	now     time.Time
	players map[string]ladder.Player
	files   int
}

var operator = ladder.Actor{Role: ladder.ByOperator, Name: "operator"}

const deathValley = "[SC:Evo] Death Valley (데스밸리)"

// emptyLadder is a store without a season.
func emptyLadder(t testing.TB, url string) *season {
	t.Helper()
	return &season{
		TB: t, Store: storetest.Open(t, url), players: map[string]ladder.Player{},
		now: time.Now().UTC().Add(-20 * 24 * time.Hour).Truncate(time.Second),
	}
}

// newSeason is a season that began 20 days ago, with six players and no matches.
func newSeason(t testing.TB, url string) *season {
	t.Helper()
	s := emptyLadder(t, url)
	s.begin("First Season")
	for i, name := range []string{"Anna", "Boris", "Chloe", "Dmitri", "하늘바람", "Esteban"} {
		p, err := s.SavePlayer(context.Background(), ladder.Player{
			Discord: fmt.Sprint(1000 + i), Name: name, BattleTag: name + "#1234", Language: "en", State: ladder.Ready,
			Country: []string{"DE", "RU", "FR", "KR"}[i%4], Region: []ladder.Region{"EUW", "EUE", "EUW", "KRJ"}[i%4],
		}, operator, s.now)
		s.must(err)
		s.players[name] = p
	}
	return s
}

func (s *season) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// begin begins a season.
func (s *season) begin(name string) {
	s.Helper()
	document := ladder.DefaultSeason(name)
	document.Maps = []ladder.Map{{Title: deathValley, Hash: "death"}, {Title: "Golden Wall SEL", Hash: "golden"}, {Title: "Radeon", Hash: "radeon"}}
	document.Base = []string{"base"}
	document.Releases = []ladder.Release{{Name: "1.0", Handles: map[string][]string{"eu": {"mod"}}}}
	var err error
	s.Season, err = s.StartSeason(context.Background(), document, ladder.Reset, operator, "begins", s.now)
	s.must(err)
}

// do is an act now that must succeed.
func (s *season) do(act ladder.Act) store.Outcome {
	s.Helper()
	act.At = s.now
	out, err := s.Act(context.Background(), act)
	if err != nil {
		s.Fatalf("%+v: %v", act, err)
	}
	return out
}

func (s *season) by(name string, act ladder.Act) store.Outcome {
	s.Helper()
	act.Player = s.players[name].ID
	act.Actor = ladder.Actor{Role: ladder.ByPlayer, Player: act.Player}
	return s.do(act)
}

// offer is a match that is offered to two.
func (s *season) offer(a string, raceA ladder.Race, b string, raceB ladder.Race, field string) ladder.MatchID {
	s.Helper()
	pair := ladder.Pair{Map: field, Server: "EUC"}
	for team, one := range []struct {
		name string
		race ladder.Race
	}{{a, raceA}, {b, raceB}} {
		s.by(one.name, ladder.Act{Kind: ladder.Join, Races: []ladder.Race{one.race}})
		id := s.players[one.name].ID
		entry, err := s.LiveEntry(context.Background(), id)
		s.must(err)
		pair.Entries = append(pair.Entries, entry.ID)
		pair.Seats = append(pair.Seats, ladder.Seat{Player: id, Entry: entry.ID, Team: team, Race: one.race})
	}
	match := s.do(ladder.Act{Kind: ladder.PairUp, Actor: ladder.Actor{Role: ladder.ByMatchmaker}, Pair: &pair}).Match.ID
	for _, name := range []string{a, b} {
		s.by(name, ladder.Act{Kind: ladder.Deliver, Match: match})
	}
	return match
}

// play is a match that both have accepted.
func (s *season) play(a string, raceA ladder.Race, b string, raceB ladder.Race, field string) ladder.MatchID {
	s.Helper()
	match := s.offer(a, raceA, b, raceB, field)
	for _, name := range []string{a, b} {
		s.by(name, ladder.Act{Kind: ladder.Accept, Match: match})
	}
	s.now = s.now.Add(20 * time.Minute)
	return match
}

// concede ends a match by the report of its loser.
func (s *season) concede(match ladder.MatchID, loser string, result ladder.Result) {
	s.Helper()
	s.by(loser, ladder.Act{Kind: ladder.SayResult, Match: match, Result: result})
	s.now = s.now.Add(5 * time.Hour)
}

// hand uploads a replay that a player's match is judged by.
func (s *season) hand(name string, game replay.Replay) upload.ID {
	s.Helper()
	s.files++
	sum := sha256.Sum256([]byte(fmt.Sprint("file ", s.files)))
	receipt, err := s.Accept(context.Background(), upload.Arrival{
		Source: upload.FromDiscord, Uploader: snowflake.UserID(s.players[name].Discord), FileName: fmt.Sprintf("Game %d.SC2Replay", s.files),
		SHA256: hex.EncodeToString(sum[:]), Bytes: 151_234, ParserVersion: replay.ParserVersion, At: s.now,
	})
	s.must(err)
	summary, err := json.Marshal(game)
	s.must(err)
	_, err = s.RecordVerdict(context.Background(), receipt.Jobs[0].ID, upload.Verdict{
		Summary: summary, ParserVersion: replay.ParserVersion, At: s.now.Add(time.Second),
	})
	s.must(err)
	s.now = s.now.Add(5 * time.Hour)
	return receipt.ID
}

// game is a replay of a match between two that the first won.
func (s *season) game(a string, raceA replay.Race, b string, raceB replay.Race) replay.Replay {
	return replay.Replay{
		ParserVersion: replay.ParserVersion, Region: "eu", Map: replay.Map{Title: deathValley, SHA256: "death"},
		CacheHandles: []string{"base", "mod", "death"}, Duration: 742, EndedAt: s.now, Speed: "Faster", Format: "1v1",
		GameID: fmt.Sprint("game ", s.files), WinnerTeam: new(1), WinnerSource: replay.WinnerFromMetadata,
		Players: []replay.Player{
			{Name: a, Toon: s.toon(a), Team: 1, Race: raceA, Result: replay.Win},
			{Slot: 1, Name: b, Toon: s.toon(b), Team: 2, Race: raceB, Result: replay.Loss},
		},
	}
}

func (s *season) toon(name string) string { return "2-S2-1-" + s.players[name].Discord }

// small plays a small season: ten matches by all ways, the last one with a replay. It
// returns that one.
func (s *season) small() (last ladder.MatchID) {
	s.Helper()
	for i, m := range []struct {
		a, b   string
		result ladder.Result
	}{
		{"Anna", "Boris", ladder.Team0},
		{"Chloe", "Boris", ladder.Team0},
		{"Anna", "Dmitri", ladder.Team1},
		{"Chloe", "하늘바람", ladder.Team1},
		{"Anna", "하늘바람", ladder.Team0},
		{"Chloe", "Dmitri", ladder.Team0},
		{"Anna", "Boris", ladder.Team0},
		{"Chloe", "하늘바람", ladder.Team1},
		{"Anna", "Esteban", ladder.Team0},
	} {
		races := [][2]ladder.Race{{ladder.BWZerg, ladder.Terran}, {ladder.BWTerran, ladder.Protoss}, {ladder.BWProtoss, ladder.Zerg}}[i%3]
		match := s.play(m.a, races[0], m.b, races[1], s.Maps[i%3].Title)
		loser := m.b
		if m.result == ladder.Team1 {
			loser = m.a
		}
		s.concede(match, loser, m.result)
	}
	last = s.play("Anna", ladder.BWZerg, "하늘바람", ladder.Protoss, deathValley)
	s.hand("Anna", s.game("Anna", replay.BWZerg, "하늘바람", replay.Protoss))
	return last
}

// end ends the season.
func (s *season) end() {
	s.Helper()
	s.must(s.CloseSeason(context.Background(), s.ID, operator, "over", s.now))
	s.must(s.EndSeason(context.Background(), s.ID, operator, "over", s.now.Add(time.Hour)))
	s.now = s.now.Add(2 * time.Hour)
}

// site is the handler over the store.
func (s *season) site(config web.Config) *web.Site {
	files := &world{files: map[string][]byte{}}
	config.Log, config.Ladder = slog.New(slog.DiscardHandler), s.Store
	site := web.New(config, intake.New(files, s.Store, files, intake.Options{Log: config.Log}), s.Store)
	s.Cleanup(site.Close)
	return site
}

func (s *season) server() *httptest.Server {
	server := httptest.NewServer(s.site(web.Config{}))
	s.Cleanup(server.Close)
	return server
}

// crowd is players each of whom has won once against one of their own.
func (s *season) crowd(n int) {
	s.Helper()
	letters := func(i int) string {
		return string([]byte{'a' + byte(i/26/26%26), 'a' + byte(i/26%26), 'a' + byte(i%26)})
	}
	for i := range n {
		for side, name := range []string{"Win" + letters(i), "Los" + letters(i)} {
			p, err := s.SavePlayer(context.Background(), ladder.Player{
				Discord: fmt.Sprint(5000 + 2*i + side), Name: name, BattleTag: name + "#1234", Country: "DE", Region: "EUW", Language: "en", State: ladder.Ready,
			}, operator, s.now)
			s.must(err)
			s.players[name] = p
		}
		match := s.play("Los"+letters(i), ladder.BWZerg, "Win"+letters(i), ladder.Zerg, deathValley)
		s.concede(match, "Los"+letters(i), ladder.Team1)
		s.now = s.now.Add(-5 * time.Hour)
	}
}
