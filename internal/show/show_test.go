package show

import (
	"fmt"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
)

var words = In(phrase.English)

// reading is how a game reads: its verdict, then each side with its result.
func reading(game *replay.Replay) string {
	o := Judge(game)
	text := [...]string{"open", "empty", "won", "led", "alone", "tied"}[o.Verdict]
	if o.Likely {
		text += " likely"
	}
	for _, side := range Sides(game) {
		var names []string
		for _, p := range side.Players {
			names = append(names, p.Name+"="+words.PlayerResult(side, p))
		}
		text += fmt.Sprintf(" | %s %s: %s", words.Label(side), words.Result(side.Result, side.Likely), strings.Join(names, " "))
	}
	return text
}

// players are names with a team each: "A1 B2", in lower case for a computer;
// results has a letter each.
func players(names, results string, sides ...int) (all []replay.Player) {
	for i, name := range strings.Fields(names) {
		p := replay.Player{Name: name[:1], Team: int(name[1] - '0'), AI: name[0] >= 'a'}
		p.Result = map[byte]replay.Result{'W': replay.Win, 'L': replay.Loss, 'T': replay.Tie, '-': replay.Undecided}[results[i]]
		if p.Side = p.Team; len(sides) > 0 {
			p.Side = sides[i]
		}
		all = append(all, p)
	}
	return all
}

func TestWhoWon(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		game replay.Replay
		want string
	}{
		"a duel": {
			replay.Replay{Format: "1v1", WinnerTeam: new(2), WinnerSide: new(2), Players: players("A1 B2", "LW")},
			"won | Team 1 Loss: A=Loss | Team 2 Win: B=Win",
		},
		"co-op won": {
			replay.Replay{Format: "coop", WinnerSide: new(1), Players: players("A1 B2 c1 d2", "WW--", 1, 1, 2, 2)},
			"won | Players Win: A=Win B=Win | Computers Loss: c=Loss d=Loss",
		},
		"co-op lost": {
			replay.Replay{Format: "coop", WinnerSide: new(2), Players: players("A1 B2 c1 d2", "LL--", 1, 1, 2, 2)},
			"won | Players Loss: A=Loss B=Loss | Computers Win: c=Win d=Win",
		},
		"co-op as an older parser read it": {
			replay.Replay{Format: "coop", WinnerTeam: new(2), Players: zeroSides(players("A1 B2 c1 d2", "-W--"))},
			"won | Players Win: A=Result: unknown B=Win | Computers Loss: c=Loss d=Loss",
		},
		"one against two": {
			replay.Replay{Format: "1v2", WinnerTeam: new(1), WinnerSide: new(1), Players: players("A1 B1 C2", "WWL")},
			"won | Team 2 Loss: C=Loss | Team 1 Win: A=Win B=Win",
		},
		"a guess": {
			replay.Replay{Format: "1v1", WinnerTeam: new(2), WinnerSide: new(2), WinnerSource: replay.WinnerFromGuess, Players: players("A1 B1 C2 D2", "LLWW")},
			"won likely | Team 1 Probably lost: A=Probably lost B=Probably lost | Team 2 Probably won: C=Probably won D=Probably won",
		},
		"all in one team": {
			replay.Replay{Format: "other", Players: players("A1 B1 C1 d1", "W-LW")},
			"open | Players Result: unknown: A=Win B=Result: unknown C=Loss d=Win",
		},
		"free for all with one known loser": {
			replay.Replay{Format: "ffa", WinnerTeam: new(1), WinnerSide: new(1), Players: players("A1 B2 C3", "WL-")},
			"led | Team 1 Win: A=Win | Team 2 Loss: B=Loss | Team 3 Result: unknown: C=Result: unknown",
		},
		"leavers on both sides": {
			replay.Replay{Format: "2v2", Players: players("A1 B1 C2 D2", "L--L")},
			"open | Team 1 Result: unknown: A=Loss B=Result: unknown | Team 2 Result: unknown: C=Result: unknown D=Loss",
		},
		"a tie":      {replay.Replay{Format: "1v1", Players: players("A1 B2", "TT")}, "tied | Team 1 Tie: A=Tie | Team 2 Tie: B=Tie"},
		"no players": {replay.Replay{}, "empty"},
	} {
		if got := reading(&test.game); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, test.want)
		}
	}
}

// zeroSides are players as a summary has them that knew no sides.
func zeroSides(all []replay.Player) []replay.Player {
	for i := range all {
		all[i].Side = 0
	}
	return all
}

func TestWhatWasPlayedFor(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind     replay.GameType
		category replay.Category
		format   string
		want     string
	}{
		{replay.GameRanked, replay.CategoryLadder, "1v1", "1v1 Ranked"},
		{replay.GameUnranked, replay.CategoryLadder, "2v2", "2v2 Unranked"},
		{replay.GameVersusAI, replay.CategoryLadder, "1v1", "1v1 Versus AI"},
		{replay.GameVersusAI, replay.CategoryPrivate, "1v1", "1v1 Versus AI"},
		{replay.GameCoop, replay.CategoryLadder, "coop", "Co-op "},
		{replay.GameCustom, replay.CategoryPrivate, "ffa", "Free for all Custom game"},
		{replay.GameCustom, replay.CategoryPublic, "other", "Other Public game"},
		{replay.GameCustom, replay.CategorySingleplayer, "other", "Other Custom game"},
		{replay.GameUnknown, replay.CategoryUnknown, "archon", "Archon "},
		{"", replay.CategoryLadder, "1v1", "1v1 Ladder"}, // of an older parser
		{"", replay.CategoryLadder, "coop", "Co-op "},
		{"", replay.CategorySingleplayer, "1v1", "1v1 Against AI"},
	} {
		game := &replay.Replay{GameType: test.kind, Category: test.category, Format: test.format}
		if got := words.Format(game) + " " + words.Type(game); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"EU":                          words.Region(&replay.Replay{Region: "eu"}),
		"Test realm":                  words.Region(&replay.Replay{Region: "xx"}),
		"":                            words.Region(&replay.Replay{}),
		"Protoss":                     words.Race(replay.Player{Race: replay.Protoss, RaceName: "프로토스"}),
		"Karax, Protoss":              words.Race(replay.Player{Race: replay.Protoss, Commander: "Karax"}),
		"Han & Horner":                Commander(replay.Player{Commander: "Horner"}),
		"Android":                     words.Race(replay.Player{Race: replay.NoRace, RaceName: "Android"}),
		"unknown race":                words.Race(replay.Player{Race: replay.NoRace}),
		"10:00":                       words.Length(&replay.Replay{Duration: 600}),
		"10:01":                       words.Length(&replay.Replay{Duration: 601, DecidedSeconds: new(590.0)}),
		"20:10 (decided at 10:38)":    words.Length(&replay.Replay{Duration: 1210, DecidedSeconds: new(638.1)}),
		"1:02:03":                     Clock(3723),
		"the game’s own summary":      words.Source(&replay.Replay{WinnerSource: replay.WinnerFromMetadata}),
		"something of a later parser": words.Source(&replay.Replay{WinnerSource: "something of a later parser"}),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWarningsInAnyLanguage(t *testing.T) {
	t.Parallel()
	game := &replay.Replay{
		Warnings:    []string{"resumed from a replay at 1 second"},
		WarningKeys: []phrase.Text{phrase.Say(phrase.FromReplayAt, "seconds", "1")},
	}
	old := &replay.Replay{Warnings: []string{"taken up from a saved game"}}
	for _, test := range []struct {
		language phrase.Language
		game     *replay.Replay
		want     string
	}{
		{phrase.English, game, "resumed from a replay at 1 second"},
		{phrase.Korean, game, "리플레이의 1초 지점에서 이어서 진행했습니다"},
		{phrase.Korean, old, "taken up from a saved game"}, // of an older parser
		{phrase.Korean, &replay.Replay{}, ""},
	} {
		if got := strings.Join(In(test.language).Warnings(test.game), "; "); got != test.want {
			t.Errorf("%s: %q, want %q", test.language, got, test.want)
		}
	}
}

// No word of a table is missing in a language: it would read as the JSON has it.
func TestEveryWordIsInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, l := range phrase.Languages() {
		w := In(l)
		for name, said := range map[string]string{
			"terran":    w.Race(replay.Player{Race: replay.Terran}),
			"win":       w.Result(replay.Win, false),
			"unknown":   w.Result(replay.Undecided, true),
			"ffa":       w.Format(&replay.Replay{Format: "ffa"}),
			"ranked":    w.Type(&replay.Replay{GameType: replay.GameRanked}),
			"Faster":    w.Speed(&replay.Replay{Speed: "Faster"}),
			"allies":    w.Audience("allies"),
			"objective": w.Source(&replay.Replay{WinnerSource: replay.WinnerFromObjective}),
			"xx":        w.Region(&replay.Replay{Region: "xx"}),
		} {
			if said == "" || l != phrase.English && strings.EqualFold(said, name) {
				t.Errorf("%s: %q reads as %q", l, name, said)
			}
		}
	}
	korean := In(phrase.Korean)
	decided := korean.Length(&replay.Replay{Duration: 1210, DecidedSeconds: new(638.1)})
	if want := "20:10 (10:38에 승부 결정)"; decided != want {
		t.Errorf("length %q, want %q", decided, want)
	}
}
