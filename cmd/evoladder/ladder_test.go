package main

import (
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

// refuses runs a command that fails, and says something about it.
func (p program) refuses(t *testing.T, want string, args ...string) {
	t.Helper()
	if out, errs, status := p.run(t, args...); status != 1 || !strings.Contains(errs, want) {
		t.Errorf("%v: status %d, lacks %q:\n%s%s", args, status, want, out, errs)
	}
}

// says runs a command that succeeds, and whose output has all of want.
func (p program) says(t *testing.T, want []string, args ...string) string {
	t.Helper()
	out := p.must(t, args...)
	for _, w := range want {
		if !strings.Contains(out, w) {
			t.Errorf("%v lacks %q:\n%s", args, w, out)
		}
	}
	return out
}

// quick makes a season whose games may be as short as a test is.
func (p program) quick(t *testing.T) {
	t.Helper()
	var season map[string]any
	if err := json.Unmarshal([]byte(p.must(t, "season", "export")), &season); err != nil {
		t.Fatal(err)
	}
	rules := season["rules"].(map[string]any)
	rules["short_game"], rules["early_start"] = "0s", "1h"
	document, err := json.Marshal(season)
	if err != nil {
		t.Fatal(err)
	}
	p.must(t, "season", "import", write(t, "season.json", document))
}

// two are two players who can meet.
func (p program) two(t *testing.T) {
	t.Helper()
	p.must(t, "player", "add", "Annie", "-discord", "1001", "-battletag", "Ann#1234", "-country", "US", "-region", "NAE", "-races", "bw_zerg")
	p.must(t, "player", "add", "Bobby", "-discord", "1002", "-battletag", "Bob#1234", "-country", "US", "-region", "NAW", "-races", "protoss")
}

var number = regexp.MustCompile(`Match (\d+) is offered`)

// playing is the number of a match that the two play, on a map of the pool.
func (p program) playing(t *testing.T, title string) string {
	t.Helper()
	p.must(t, "player", "join", "Bobby")
	p.must(t, "player", "join", "Annie")
	found := number.FindStringSubmatch(p.must(t, "ladder", "pair", "Bobby", "Annie", "-map", title))
	if found == nil {
		t.Fatal("no match was offered")
	}
	p.says(t, []string{"Match " + found[1] + " is offered."}, "match", "accept", found[1], "Annie")
	p.says(t, []string{"Match " + found[1] + " is playing."}, "match", "accept", found[1], "Bobby")
	return found[1]
}

func TestTheWholeLadderFromTheCommandLine(t *testing.T) {
	t.Parallel()
	storetest.URLs(t, func(t *testing.T, url string) {
		p := newProgram(t)
		p.database = url
		p.migrate(t)
		p.refuses(t, "season init", "ladder", "queue")
		p.must(t, "season", "init")
		p.quick(t)
		p.must(t, "season", "learn", "-release", "1.0",
			write(t, "a.SC2Replay", americas.game(0).Bytes()), write(t, "b.SC2Replay", americas.game(1).Bytes()), write(t, "c.SC2Replay", americas.game(2).Bytes()))
		p.two(t)
		p.refuses(t, "bw_zerg", "player", "join", "Annie", "-races", "bw_zerg,bw_terran")

		game := americas.game(1)
		id := p.playing(t, game.Map)
		p.refuses(t, "match list -player NAME shows the match", "player", "join", "Annie")
		p.says(t, []string{id, "playing", "Annie (bw_zerg) vs Bobby (protoss)", "in "}, "ladder", "queue")
		game.Seed, game.End, game.Loops, game.Players[1].LeavesAt = 77, time.Now(), 5000, 4900
		p.says(t, []string{"verified", "result team0", "Match " + id + " is final."},
			"match", "hand-in", id, write(t, "game.SC2Replay", game.Bytes()), "-player", "Annie")
		p.says(t, []string{"final", "in force", "replay", "+20", "-20", "identity"}, "match", "show", id)
		p.says(t, []string{"1-S2-1-", "provisional"}, "player", "show", "annie")
		p.standings(t, "Annie,US,bw_zerg,1520", "Bobby,US,protoss,1480")

		p.refuses(t, "-reason TEXT", "match", "void", id)
		p.says(t, []string{"is void."}, "match", "void", id, "-reason", "a test")
		p.standings(t)
		p.says(t, []string{"is final."}, "match", "restore", id, "-reason", "it was right")
		p.standings(t, "Annie,US,bw_zerg,1520", "Bobby,US,protoss,1480")
		p.says(t, []string{"would be final", "Nothing was written", "Annie, bw_zerg: 1520 → 1480", "Bobby, protoss: 1480 → 1520"},
			"match", "rule", id, "Bobby", "-reason", "it was wrong", "-n")
		p.standings(t, "Annie,US,bw_zerg,1520", "Bobby,US,protoss,1480")
		p.says(t, []string{"is final.", "Annie, bw_zerg: 1520 → 1480"}, "match", "rule", id, "Bobby", "-reason", "it was wrong")
		p.says(t, []string{"Nothing changed", "is final."}, "match", "rule", id, "bobby", "-reason", "again")
		p.standings(t, "Bobby,US,protoss,1520", "Annie,US,bw_zerg,1480")
		p.says(t, []string{"operator", "it was wrong", "hand_in", "accept"}, "ladder", "audit", "-match", id)
		p.says(t, []string{"and 1 matches are read: 0 differences"}, "ladder", "check")
	})
}

// standings holds the board as CSV to lines that begin player,country,race,rating.
func (p program) standings(t *testing.T, want ...string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(p.must(t, "ladder", "standings", "-csv"))).ReadAll()
	if err != nil || len(rows) != len(want)+1 {
		t.Fatalf("%v: %v, want %v", err, rows, want)
	}
	for i, row := range rows[1:] {
		if got := strings.Join(row[2:6], ","); got != want[i] || row[0] != strconv.Itoa(i+1) {
			t.Errorf("place %s: %s, want %s", row[0], got, want[i])
		}
	}
}

func TestAMatchIsPlayedByReports(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	p.migrate(t)
	p.must(t, "season", "init")
	p.two(t)
	p.must(t, "player", "join", "Annie")
	p.refuses(t, "ladder queue shows who searches", "player", "join", "annie")
	p.refuses(t, "Bobby does not search", "ladder", "pair", "Annie", "Bobby")
	p.must(t, "player", "leave", "Annie")
	id := p.playing(t, "Ruby Rock SEL")
	p.refuses(t, "refused (not_open)", "match", "report", id, "Annie", "won")
	p.refuses(t, "refused (too_early)", "match", "not-here", id, "Annie")
	p.refuses(t, "write won, lost or draw", "match", "report", id, "Annie", "yes")
	p.says(t, []string{"is final."}, "match", "report", id, "Bobby", "lost")
	p.says(t, []string{"concession"}, "match", "show", id)
	p.says(t, []string{"is disputed."}, "match", "contest", id, "Bobby", "-reason", "I clicked wrong")
	p.says(t, []string{id, "disputed"}, "match", "list", "-state", "disputed", "-player", "Annie")
	p.says(t, []string{"is final."}, "match", "rule", id, "draw", "-reason", "both say so")
	p.says(t, []string{"1 of 1 places"}, "ladder", "standings", "-race", "protoss")
	p.says(t, []string{"0 of 0 places"}, "ladder", "standings", "-country", "KR")
	p.refuses(t, "is no race", "ladder", "standings", "-race", "orc")

	p.says(t, []string{"is banned"}, "player", "ban", "Bobby", "-reason", "a cheater")
	p.refuses(t, "player unban", "player", "join", "Bobby")
	p.standings(t, "Annie,US,bw_zerg,1500")
	p.says(t, []string{"may queue again"}, "player", "unban", "Bobby", "-reason", "it was another")
	p.says(t, []string{"has 1700 with terran"}, "player", "rating", "Bobby", "terran", "1700", "-reason", "a proof")
	p.says(t, []string{"terran: 1700"}, "player", "show", "1002")
	p.refuses(t, "did you mean Bobby?", "player", "ban", "Bob", "-reason", "x")
	p.refuses(t, "say so with -yes", "player", "delete", "Bobby", "-reason", "asked for it")
	p.must(t, "player", "delete", "Bobby", "-yes", "-reason", "asked for it")
	p.says(t, []string{"deleted player (protoss)"}, "match", "show", id)
	p.says(t, []string{"0 differences"}, "ladder", "check")

	p.tamper(t, `UPDATE ratings SET value = value + 1 WHERE race = 'bw_zerg' AND system = 'elo'`)
	if out, errs, status := p.run(t, "ladder", "check"); status != 1 || !strings.Contains(out, "the rating is 1501") ||
		!strings.Contains(out, "the board lacks a line") || !strings.Contains(errs, "found 3 differences") {
		t.Errorf("check of a changed rating: status %d\n%s%s", status, out, errs)
	}
	p.tamper(t, `UPDATE ratings SET value = value - 1 WHERE race = 'bw_zerg' AND system = 'elo'`)
	p.tamper(t, `DELETE FROM standings`)
	p.refuses(t, "ladder rebuild", "ladder", "check")
	p.must(t, "ladder", "rebuild")
	p.says(t, []string{"0 differences"}, "ladder", "check")
}

// tamper changes the embedded database behind the program's back.
func (p program) tamper(t *testing.T, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+p.data+"/evoladder.db")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestASeasonEndsAndTheNextBegins(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	p.migrate(t)
	p.refuses(t, "season init", "ladder", "start", "-name", "Two", "-reason", "a test")
	p.must(t, "season", "init")
	p.two(t)
	p.must(t, "ladder", "pause", "-reason", "lunch")
	p.refuses(t, "ladder resume", "player", "join", "Annie")
	p.must(t, "ladder", "resume", "-reason", "back")
	id := p.playing(t, "Ruby Rock SEL")
	p.refuses(t, "refused (matches_live)", "ladder", "end", "-reason", "too soon")
	p.must(t, "ladder", "close", "-reason", "the end")
	p.refuses(t, "refused (matches_live)", "ladder", "end", "-reason", "too soon")
	p.must(t, "match", "report", id, "Bobby", "lost")
	p.says(t, []string{"has ended"}, "ladder", "end", "-reason", "the end")
	p.refuses(t, "season init", "ladder", "standings")
	first := regexp.MustCompile(`(?m)^(\d+) +Season 1 +ended`).FindStringSubmatch(p.must(t, "ladder", "seasons"))
	if first == nil {
		t.Fatal("the season is not listed as ended")
	}
	p.says(t, []string{"Annie", "1520"}, "ladder", "standings", "-season", first[1])
	p.says(t, []string{"(Two) has begun; ratings: reset"}, "ladder", "start", "-name", "Two", "-reset", "-reason", "a test")
	p.refuses(t, "refused (season_open)", "ladder", "start", "-name", "Three", "-reason", "a test")
	p.says(t, []string{"bw_zerg: 1500"}, "player", "show", "Annie")
	p.says(t, []string{"0 differences"}, "ladder", "check")
}

const community = `discord,name,battletag,aliases,country,region,language,races,bw_zerg,terran
2001,Flash,Flash#1234,tv;turret,kr,KRJ,ko,terran,,1800
2002,Jaedong,Jaedong#4321,,KR,KRJ,ko,bw_zerg;terran,1750,1600
2003,Idra,,,,,,,,
`

func TestACommunityMovesIn(t *testing.T) {
	t.Parallel()
	storetest.URLs(t, func(t *testing.T, url string) {
		p := newProgram(t)
		p.database = url
		p.migrate(t)
		p.must(t, "season", "init")
		file := write(t, "community.csv", []byte("\ufeff"+community))
		p.says(t, []string{"3 players would be imported, 0 are here"}, "player", "import", file, "-n")
		p.says(t, []string{"3 players with 3 ratings are imported, 0 were here already, 0 failed."}, "player", "import", file)
		p.says(t, []string{"0 players with 0 ratings are imported, 3 were here already, 0 failed."}, "player", "import", file)
		p.says(t, []string{"Flash", "1800", "tv, turret", "ready"}, "player", "show", "flash#1234")
		p.says(t, []string{"setting_up", "battletag, country, region"}, "player", "show", "Idra")
		p.says(t, []string{"0 differences", "6 lines"}, "ladder", "check")
		exported := p.must(t, "player", "list", "-csv")
		for _, line := range []string{
			"2001,Flash,Flash#1234,tv;turret,KR,KRJ,ko,terran,,,,,1800,,", "2002,Jaedong,Jaedong#4321,,KR,KRJ,ko,bw_zerg;terran,,,1750,,1600,,",
		} {
			if !strings.Contains(exported, line) {
				t.Errorf("lacks %s:\n%s", line, exported)
			}
		}
		// What is exported moves in elsewhere.
		other := newProgram(t)
		other.migrate(t)
		other.must(t, "season", "init")
		other.says(t, []string{"3 players with 3 ratings are imported"}, "player", "import", write(t, "exported.csv", []byte(exported)))
		if again := other.must(t, "player", "list", "-csv"); again != exported {
			t.Errorf("moved in, it is\n%s, was\n%s", again, exported)
		}
	})
}

func TestAnImportNamesEachMistakeAndWritesNothing(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	p.migrate(t)
	p.must(t, "season", "init")
	p.must(t, "player", "add", "Taken", "-discord", "3000")
	head := "discord,name,region,country,races,terran\n"
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"an unknown column": {"discord,name,clan\n1,Abc,x\n", []string{":1:14: clan: no such column"}},
		"no names":          {"discord\n1\n", []string{":1:1: name: the column is missing"}},
		"a region":          {head + "1,Abc,EU,US,,\n", []string{":2:7: region: A region is one of NAW"}},
		"two mistakes in two lines": {head + "1,Abc,EUW,Germany,,\nx,A b,EUW,DE,,\n", []string{
			":2:11: country: A country is its code", ":3:1: discord: \"x\" is no user id", ":3:3: name: A name has", "mend these 3 places",
		}},
		"a race":                 {head + "1,Abc,EUW,DE,orc,\n", []string{":2:14: races: \"orc\" is no race"}},
		"a rating":               {head + "1,Abc,EUW,DE,,1.5\n", []string{":2:15: terran: \"1.5\" is no rating"}},
		"no Discord id":          {head + ",Abc,EUW,DE,,\n", []string{":2:1: discord: must not be empty"}},
		"a name twice":           {head + "1,Abc,EUW,DE,,\n2,aBC,EUW,DE,,\n", []string{":3:3: name: line 2 has the same"}},
		"a name that is taken":   {head + "1,Abc,EUW,DE,,\n2,tAKEN,EUW,DE,,\n", []string{":3:3: name: player", "3000, has it already"}},
		"a comma too many":       {head + "1,Abc,EUW,DE,,1500,7\n", []string{":2:1: line: has 7 fields"}},
		"a quote that is open":   {head + "1,\"Abc,EUW\n", []string{"write it as CSV in UTF-8"}},
		"nothing":                {"", []string{"is empty: its first line names the columns"}},
		"the same Discord twice": {head + "1,Abc,EUW,DE,,\n1,Def,EUW,DE,,\n", []string{":3:1: discord: line 2 has the same"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, want := range test.want {
				p.refuses(t, want, "player", "import", write(t, "players.csv", []byte(test.text)))
			}
			if out := p.must(t, "player", "list", "-csv"); strings.Count(out, "\n") != 2 {
				t.Errorf("players were written:\n%s", out)
			}
		})
	}
}

func TestWrongUseOfTheLadderIsExplained(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	p.migrate(t)
	for want, args := range map[string][]string{
		"evoladder ladder audit|check":                                  {"ladder"},
		"evoladder player add|ban":                                      {"player", "dance"},
		"usage: evoladder match accept ID NAME":                         {"match", "accept", "1"},
		"flag provided but not defined: -csv":                           {"match", "show", "1", "-csv"},
		"no number of a match":                                          {"match", "show", "abc"},
		"there is no match 7":                                           {"match", "show", "7"},
		"no player is called \"Nobody\"":                                {"player", "show", "Nobody"},
		"race: write":                                                   {"player", "rating", "Nobody", "orc", "1500", "-reason", "x"},
		"no user id of Discord":                                         {"player", "staff", "set", "me", "Me", "admin"},
		"no member of staff: evoladder player staff lists them":         {"player", "staff", "remove", "12345"},
		"name: A name has 3 to 12 letters":                              {"player", "add", "x"},
		"neither a file nor the name of a replay":                       {"match", "hand-in", "7", "nothing.SC2Replay"},
		"language: there is no language \"xx\"":                         {"player", "add", "Abc", "-language", "xx"},
		"vetoes: At most 4 vetoes, each the title of a map of the pool": {"player", "add", "Abc", "-vetoes", "Lost Temple"},
	} {
		p.refuses(t, want, args...)
	}
	p.must(t, "player", "staff", "set", "12345", "Me", "admin")
	p.says(t, []string{"12345", "Me", "admin", "operator"}, "player", "staff")
	p.must(t, "player", "staff", "remove", "12345")
}

func TestEveryRefusalHasARemedy(t *testing.T) {
	t.Parallel()
	file, err := goparser.ParseFile(token.NewFileSet(), filepath.FromSlash("../../internal/ladder/act.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := 0
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "RefusalCode" {
			code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if codes++; err != nil || remedies[ladder.RefusalCode(code)] == "" {
				t.Errorf("%s has no remedy: %v", code, err)
			}
		}
		return true
	})
	if codes != len(remedies) {
		t.Errorf("%d codes, %d remedies", codes, len(remedies))
	}
}

func TestAReplayThatIsKnownIsHandedInByName(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	p.migrate(t)
	p.must(t, "season", "init")
	p.two(t)
	id := p.playing(t, "Ruby Rock SEL")
	game := americas.game(1)
	game.Players[0].Name, game.Players[1].Name = "Eve", "Mallory"
	game.Players[0].Race, game.Players[1].Race = replaytest.Terran, replaytest.Zerg
	strangers := write(t, "strangers.SC2Replay", game.Bytes())
	p.must(t, "submit", strangers)
	lines, _ := p.verifyEach(t, strangers)
	if len(lines) != 1 {
		t.Fatal(lines)
	}
	p.says(t, []string{"shows neither player", "Match " + id + " is playing."}, "match", "hand-in", id, lines[0].SHA256[:12])

	// An older parser's summary may lack what evidence needs.
	p.tamper(t, `UPDATE replays SET parser_version = 1, summary = replace(summary, '"parser_version":', '"parser_version":0,"was":')`)
	p.refuses(t, "evoladder replay resubmit "+lines[0].SHA256, "match", "hand-in", id, lines[0].SHA256[:12])
	p.must(t, "replay", "resubmit", lines[0].SHA256[:12])
	s := p.serve(t)
	for deadline := time.Now().Add(time.Minute); ; {
		out, errs, status := p.run(t, "match", "hand-in", id, lines[0].SHA256[:12])
		if status == 0 && strings.Contains(out, "shows neither player") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("not read again: %s%s", out, errs)
		}
	}
	s.stop(t)
}

func TestPlayersActsAreDoneForThem(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	p.migrate(t)
	p.must(t, "season", "init")
	p.quick(t)
	p.must(t, "season", "learn", "-release", "1.0",
		write(t, "a.SC2Replay", americas.game(0).Bytes()), write(t, "b.SC2Replay", americas.game(1).Bytes()), write(t, "c.SC2Replay", americas.game(2).Bytes()))
	p.two(t)

	// An offer that is declined costs a warning, which staff take back.
	p.must(t, "player", "join", "Annie")
	p.must(t, "player", "join", "Bobby")
	lapsed := number.FindStringSubmatch(p.must(t, "ladder", "pair", "Annie", "Bobby"))[1]
	p.says(t, []string{"Match " + lapsed + " is lapsed."}, "match", "decline", lapsed, "Annie")
	p.says(t, []string{"penalty", "step 1, declined", "a warning"}, "player", "show", "Annie")
	p.must(t, "player", "clear-penalty", "Annie", "-reason", "a mistake")
	p.says(t, []string{"step 1, declined", "cleared"}, "player", "show", "Annie")
	p.says(t, []string{"out of the queue"}, "player", "remove", "Bobby", "-reason", "asleep")

	// A game of yesterday's clock waits for the opponent's click.
	game := americas.game(1)
	id := p.playing(t, game.Map)
	game.Seed, game.End = 78, time.Now().Add(-24*time.Hour)
	p.refuses(t, "0 games wait for Bobby", "match", "confirm", id, "Bobby")
	p.says(t, []string{"needs_confirmation", "is playing."}, "match", "hand-in", id, write(t, "game.SC2Replay", game.Bytes()), "-player", "Annie")
	p.must(t, "player", "add", "Third")
	p.refuses(t, "refused (not_yours)", "match", "remake", id, "Third")
	p.says(t, []string{"says that it was not so"}, "match", "dismiss", id, "Bobby")
	p.says(t, []string{"is playing."}, "match", "remake", id, "Annie")
	p.says(t, []string{"confirms the game", "is final."}, "match", "confirm", id, "Bobby")

	// What was void from the first has no result to restore.
	void := p.playing(t, game.Map)
	p.says(t, []string{"is void."}, "match", "void", void, "-reason", "a test")
	p.refuses(t, "rule it with evoladder match rule", "match", "restore", void, "-reason", "a test")

	// What the loser lost comes back once, and the accounts go free.
	p.says(t, []string{"has back what the match cost"}, "player", "refund", "Bobby", id, "-reason", "a cheater")
	p.says(t, []string{"Nothing changed"}, "player", "refund", "Bobby", id, "-reason", "a cheater")
	p.refuses(t, "refused (bad_value)", "player", "refund", "Annie", id, "-reason", "a cheater")
	account := regexp.MustCompile(`account +(\S+),`).FindStringSubmatch(p.must(t, "player", "show", "Bobby"))
	if account == nil {
		t.Fatal("no account was bound")
	}
	p.says(t, []string{"Bobby"}, "player", "show", account[1])
	p.says(t, []string{"is nobody's now"}, "player", "unbind", account[1], "-reason", "sold")
	p.refuses(t, "refused (not_found)", "player", "unbind", account[1], "-reason", "sold")
	p.refuses(t, "no player is called", "player", "show", account[1])
	p.says(t, []string{"0 differences"}, "ladder", "check")
}

func TestTheRunningProgramPairsWhoIsQueuedHere(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	s := p.serve(t)
	p.must(t, "season", "init")
	p.two(t)
	p.must(t, "player", "join", "Annie")
	p.must(t, "player", "join", "Bobby")
	var id string
	for deadline := time.Now().Add(time.Minute); id == ""; {
		if found := regexp.MustCompile(`(?m)^(\d+) +offered`).FindStringSubmatch(p.must(t, "match", "list")); found != nil {
			id = found[1]
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody was paired")
		}
	}
	p.must(t, "match", "accept", id, "Annie")
	p.says(t, []string{"is playing."}, "match", "accept", id, "Bobby")
	game := americas.game(1)
	p.says(t, []string{"refused, result", "Match " + id + " is playing."}, "match", "hand-in", id, write(t, "game.SC2Replay", game.Bytes()), "-player", "Annie")
	p.says(t, []string{"is final."}, "match", "report", id, "Bobby", "lost")
	s.stop(t)
}
