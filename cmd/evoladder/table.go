package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/submission"
	"github.com/evoladder/evoladderbot/internal/text"
)

// lineWidth is how much of the last column stands on one line, so that a table
// of eight-player games still fits a terminal.
const lineWidth = 64

// row is a file's place in the final table.
type row struct {
	file, game, result string
	failed             bool
}

func answered(file string, view submission.View) (row, error) {
	if view.Failure != nil {
		return refused(file, view.Failure), nil
	}
	var game replay.Replay
	if err := json.Unmarshal(view.Summary, &game); err != nil {
		return row{}, fmt.Errorf("read the answer to %s: %w", file, err)
	}
	length := time.Duration(game.Duration * float64(time.Second)).Round(time.Second)
	return row{
		file:   named(filepath.Base(file), phrase.NoName),
		game:   fmt.Sprintf("%s, %d:%02d", named(game.Map.Title, phrase.NoMap), int(length.Minutes()), int(length.Seconds())%60),
		result: score(&game),
	}, nil
}

func refused(file string, err error) row {
	return row{file: named(filepath.Base(file), phrase.NoName), game: "failed", result: text.Line(reason(err)), failed: true}
}

// score is who played and who won, as in "A (T), B (P) beat C (Z), D (P)".
func score(game *replay.Replay) string {
	names := map[int][]string{} // by team
	won := map[int]bool{}
	tied := false
	for _, p := range game.Players {
		names[p.Team] = append(names[p.Team], fmt.Sprintf("%s (%s)", named(p.Name, phrase.NoName), letter(p.Race)))
		won[p.Team] = won[p.Team] || p.Result == replay.Win
		tied = tied || p.Result == replay.Tie
	}
	if game.WinnerTeam != nil {
		won = map[int]bool{*game.WinnerTeam: true}
	}
	var numbers []int
	for number := range names {
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	var winners, others []string
	for _, number := range numbers {
		side := strings.Join(names[number], ", ")
		if won[number] {
			winners = append(winners, side)
		} else {
			others = append(others, side)
		}
	}
	switch {
	case len(winners) > 0 && len(others) > 0:
		return strings.Join(winners, ", ") + " beat " + strings.Join(others, ", ")
	case len(winners) > 0:
		return strings.Join(winners, ", ") + " won"
	case tied:
		return strings.Join(others, " vs ") + ": a tie"
	}
	return strings.Join(others, " vs ") + ": result unknown"
}

// letter is a race as players write it short.
func letter(race replay.Race) string {
	switch race {
	case replay.Terran:
		return "T"
	case replay.Zerg:
		return "Z"
	case replay.Protoss:
		return "P"
	case replay.BWTerran:
		return "BW T"
	case replay.BWZerg:
		return "BW Z"
	case replay.BWProtoss:
		return "BW P"
	}
	return "?"
}

// table prints every file's row and fails when a file did.
func table(out io.Writer, rows []row) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nFILE\tGAME\tPLAYERS")
	failed := 0
	for _, r := range rows {
		lines := wrap(r.result, lineWidth)
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.file, r.game, lines[0])
		for _, line := range lines[1:] {
			fmt.Fprintf(w, "\t\t  %s\n", line)
		}
		if r.failed {
			failed++
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d files failed", failed, len(rows))
	}
	return nil
}

// wrap breaks text between words into lines of at most width characters. A
// longer word has its own line. There is at least one line.
func wrap(text string, width int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case utf8.RuneCountInString(*last)+1+utf8.RuneCountInString(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}

// named is a stranger's name for something, or the phrase for none.
func named(name string, none phrase.Key) string {
	return cmp.Or(text.Line(name), phrase.Say(none).String())
}
