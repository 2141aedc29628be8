package bot

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/show"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// duel is a ladder game that the second player won.
func duel() replay.Replay {
	apm, mmr, winner := 186.4, 4012, 2
	return replay.Replay{
		Version: "5.0.0.80949", Region: "eu", Map: replay.Map{Title: "Ever Dream LE"},
		Duration: 1111.96, EndedAt: time.Date(2020, 7, 29, 3, 13, 36, 0, time.UTC),
		Category: replay.CategoryLadder, GameType: replay.GameRanked, Format: "1v1", WinnerTeam: &winner,
		Players: []replay.Player{
			{Name: "JiaanN", Team: 1, Race: replay.Terran, PickedRace: replay.Random, Result: replay.Loss, APM: &apm, MMR: &mmr, Color: "#B4141E", Handicap: 100},
			{Name: "Foo_Bar", Clan: "xX", Team: 2, Race: replay.BWZerg, PickedRace: replay.BWZerg, Result: replay.Win, Color: "#0042FF", Handicap: 100},
		},
		Warnings: []string{"the tracker stream ends early"},
	}
}

func done(t *testing.T, game replay.Replay) upload.View {
	t.Helper()
	summary, err := json.Marshal(game)
	if err != nil {
		t.Fatal(err)
	}
	return upload.View{ID: 1, State: upload.Done, FileName: "Ever Dream.SC2Replay", Summary: summary}
}

func TestAnswerShowsTheGame(t *testing.T) {
	t.Parallel()
	got, err := answer(done(t, duel()))
	if err != nil {
		t.Fatal(err)
	}
	want := `**Ever Dream LE** · 18:32 · 🏆 Foo\_Bar (Zerg (Brood War)) won against JiaanN (Terran)`
	if got.content != want {
		t.Errorf("content\n got %s\nwant %s", got.content, want)
	}
	card := got.embed
	if card.Title != "Ever Dream LE" || card.Description != "1v1 · Ranked · EU\n⏱ 18:32 · <t:1595992416:f>" || card.Color != 0x0042FF ||
		card.Footer.Text != "Ever Dream.SC2Replay · 5.0.0.80949" {
		t.Errorf("card = %+v, footer %q", card, card.Footer.Text)
	}
	for n, field := range []struct{ name, value string }{
		{"Team 1", "**JiaanN** · Loss\nTerran (random) · 186 APM · 4012 MMR"},
		{"Team 2", "🏆 **\\[xX\\] Foo\\_Bar** · Win\nZerg (Brood War)"},
		{"Please note", "the tracker stream ends early"},
	} {
		if n >= len(card.Fields) || card.Fields[n].Name != field.name || card.Fields[n].Value != field.value {
			t.Fatalf("field %d is not %q: %+v", n, field.name, card.Fields)
		}
	}
}

func TestTeamsStandInTheOrderOfTheirNumbers(t *testing.T) {
	t.Parallel()
	game := duel()
	game.Players[0], game.Players[1] = game.Players[1], game.Players[0]
	got, err := answer(done(t, game))
	if err != nil {
		t.Fatal(err)
	}
	if fields := got.embed.Fields; fields[0].Name != "Team 1" || fields[1].Name != "Team 2" {
		t.Errorf("the card has %s, then %s", fields[0].Name, fields[1].Name)
	}
}

func TestAnswerSaysWhoWon(t *testing.T) {
	t.Parallel()
	side := func(result replay.Result, teams ...int) []replay.Player {
		var players []replay.Player
		for _, team := range teams {
			players = append(players, replay.Player{Name: fmt.Sprint("p", team), Team: team, Race: replay.Zerg, Result: result})
		}
		return players
	}
	for _, test := range []struct {
		name    string
		players []replay.Player
		want    string
	}{
		{"undecided", side(replay.Undecided, 1, 2), "p1 (Zerg) – p2 (Zerg) · result: unknown"},
		{"a tie", side(replay.Tie, 1, 2), "p1 (Zerg) – p2 (Zerg) · a tie"},
		{"alone", side(replay.Win, 1), "🏆 p1 (Zerg) won"},
		{"teams", append(side(replay.Loss, 1, 1), side(replay.Win, 2, 2)...), "🏆 p2 (Zerg), p2 (Zerg) won against p1 (Zerg), p1 (Zerg)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := speaking(phrase.English).headline(&replay.Replay{Map: replay.Map{Title: "M"}, Duration: 59.6, Players: test.players})
			if want := "**M** · 1:00 · " + test.want; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
	if got := speaking(phrase.English).headline(&replay.Replay{}); got != "**(unnamed map)** · 0:00" {
		t.Errorf("a game without anything reads %q", got)
	}
}

// The worst a file can claim: every name as long and as full of markup as may
// be, eight teams of eight, a crowd of observers.
func TestAnswerKeepsDiscordsLimits(t *testing.T) {
	t.Parallel()
	hostile := strings.Repeat("*@`|", 300)
	for _, perTeam := range []int{1, 2, 4, 8, 64} {
		t.Run(fmt.Sprintf("%d a team", perTeam), func(t *testing.T) {
			t.Parallel()
			apm := 1e300
			game := replay.Replay{Map: replay.Map{Title: hostile}, Region: hostile, Format: hostile, Version: hostile, Duration: 1e9, EndedAt: time.Now()}
			for n := range 64 {
				game.Players = append(game.Players, replay.Player{Name: hostile, Clan: hostile, RaceName: hostile, Team: n / perTeam, APM: &apm, AI: true, Handicap: 50})
				game.Observers = append(game.Observers, replay.Observer{Name: hostile})
				game.Warnings = append(game.Warnings, hostile)
			}
			view := done(t, game)
			view.FileName = hostile
			got, err := answer(view)
			if err != nil {
				t.Fatal(err)
			}
			checkLimits(t, got)
		})
	}
}

func checkLimits(t *testing.T, m outgoing) {
	t.Helper()
	if length(m.content) > 2000 || m.content == "" {
		t.Errorf("content has %d characters", length(m.content))
	}
	e := m.embed
	sum := length(e.Title) + length(e.Description) + length(e.Footer.Text)
	within := func(what, s string, limit int) {
		if s == "" || length(s) > limit {
			t.Errorf("%s has %d characters, limit %d", what, length(s), limit)
		}
	}
	within("title", e.Title, 256)
	within("description", e.Description, 4096)
	within("footer", e.Footer.Text, 2048)
	if len(e.Fields) == 0 || len(e.Fields) > 25 {
		t.Errorf("%d fields", len(e.Fields))
	}
	for _, f := range e.Fields {
		within("field name", f.Name, 256)
		within("field value", f.Value, 1024)
		sum += length(f.Name) + length(f.Value)
	}
	if sum > 6000 {
		t.Errorf("embed has %d characters", sum)
	}
}

func TestAnswerTellsFailures(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		failure *failure.Error
		want    string
	}{
		{"a reason", failure.New(failure.Invalid, phrase.Say(phrase.NotAReplay), nil), ":warning: Could not parse replay: this is not a StarCraft II replay. Upload the .SC2Replay file that the game saved."},
		{"a stranger's words in it", failure.New(failure.Unsupported, phrase.Say(phrase.UnknownBuild, "build", "**9**"), nil), `:warning: Could not parse replay: it was saved by game build \*\*9\*\*, which this program cannot read yet. Please tell an admin.`},
		{"poison", failure.New(failure.Poison, phrase.Say(phrase.Poison), nil), ":x: A critical error occurred while parsing the replay. The file may be corrupted. Please notify an admin."},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := answer(upload.View{State: upload.Failed, Failure: test.failure})
			if err != nil || got.content != test.want || got.embed != nil {
				t.Errorf("got %q, %v", got.content, err)
			}
		})
	}
}

func TestAnswerRefusesWhatIsNone(t *testing.T) {
	t.Parallel()
	for name, view := range map[string]upload.View{
		"still parsing":  {State: upload.Parsing},
		"broken summary": {State: upload.Done, Summary: json.RawMessage(`{"players":3}`)},
	} {
		if got, err := answer(view); err == nil {
			t.Errorf("%s: answered %q", name, got.content)
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[float64]string{0: "0:00", 59.4: "0:59", 59.6: "1:00", 1111.96: "18:32", 3599: "59:59", 14400: "4:00:00", -5: "0:00"} {
		if got := show.Clock(seconds); got != want {
			t.Errorf("clock(%v) = %s, want %s", seconds, got, want)
		}
	}
}

func TestNonceFitsAndRepeats(t *testing.T) {
	t.Parallel()
	a, b := discord.Nonce("x", "y"), discord.Nonce("xy")
	if a != discord.Nonce("x", "y") || a == b || len(a) > 25 {
		t.Errorf("nonces %q and %q", a, b)
	}
}

func TestCommandsAreWithinLimits(t *testing.T) {
	t.Parallel()
	bot := New(Config{}, nil, nil, nil, nil)
	for _, c := range bot.router.Commands() {
		if c.Type == discord.SlashCommand && (c.Description == "" || len(c.Description) > 100) {
			t.Errorf("%s: description %q", c.Name, c.Description)
		}
		if len(c.Name) > 32 {
			t.Errorf("name %q", c.Name)
		}
	}
}

// partners is a co-op mission that both partners won, whose lobby teams mix
// them with computers.
func partners() replay.Replay {
	return replay.Replay{
		Map: replay.Map{Title: "Lock & Load"}, Duration: 877, Category: replay.CategoryLadder, GameType: replay.GameCoop,
		Format: "coop", Region: "xx", WinnerSide: new(1), WinnerSource: replay.WinnerFromMetadata,
		Players: []replay.Player{
			{Name: "Anteus", Team: 1, Side: 1, Race: replay.Protoss, Commander: "Karax", Result: replay.Win},
			{Name: "Spagheet", Team: 2, Side: 1, Race: replay.Terran, Commander: "Mengsk", Result: replay.Win},
			{Name: "Amon", Team: 1, Side: 2, Race: replay.Zerg, AI: true, Result: replay.Undecided},
		},
	}
}

func TestAnswerShowsPartnersTogether(t *testing.T) {
	t.Parallel()
	got, err := answer(done(t, partners()))
	if err != nil {
		t.Fatal(err)
	}
	if want := "**Lock & Load** · 14:37 · 🏆 Anteus (Karax), Spagheet (Mengsk) won against Amon (Zerg)"; got.content != want {
		t.Errorf("got %s\nwant %s", got.content, want)
	}
	card := got.embed
	if want := "Co-op · Test realm\n⏱ 14:37"; card.Description != want {
		t.Errorf("description %q, want %q", card.Description, want)
	}
	for n, want := range []string{
		"Players: 🏆 **Anteus** · Win\nKarax, Protoss\n🏆 **Spagheet** · Win\nMengsk, Terran",
		"Computers: **Amon** · Loss\nZerg · AI",
	} {
		if got := card.Fields[n].Name + ": " + card.Fields[n].Value; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAnswerSaysWhatIsAGuess(t *testing.T) {
	t.Parallel()
	game := duel()
	game.WinnerSource, game.DecidedSeconds = replay.WinnerFromGuess, new(600.0)
	got, err := answer(done(t, game))
	if err != nil {
		t.Fatal(err)
	}
	want := `**Ever Dream LE** · 18:32 (decided at 10:00) · Foo\_Bar (Zerg (Brood War)) probably won against JiaanN (Terran)`
	if got.content != want || got.embed.Color != colourOpen || !strings.Contains(got.embed.Description, "Result from: a guess") ||
		!strings.Contains(got.embed.Fields[1].Value, "Probably won") || strings.Contains(got.embed.Fields[1].Value, "🏆") {
		t.Errorf("%s\n%+v", got.content, got.embed)
	}
}
