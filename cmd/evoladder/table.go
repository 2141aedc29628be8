package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/show"
	"github.com/evoladder/evoladderbot/internal/text"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// words are the command line's, which is in English.
var words = show.In(phrase.English)

// lineWidth is how much of the last column stands on one line, so that a table
// of eight-player games still fits a terminal.
const lineWidth = 64

// row is a file's place in the final table.
type row struct {
	file, game, result string
	failed             bool
}

func answered(file string, view upload.View) (row, error) {
	if view.Failure != nil {
		return refused(file, view.Failure), nil
	}
	var game replay.Replay
	if err := json.Unmarshal(view.Summary, &game); err != nil {
		return row{}, fmt.Errorf("read the answer to %s: %w", file, err)
	}
	return row{
		file:   named(filepath.Base(file), phrase.NoName),
		game:   circumstances(&game),
		result: score(&game),
	}, nil
}

func refused(file string, err error) row {
	return row{file: named(filepath.Base(file), phrase.NoName), game: "failed", result: text.Line(reason(err)), failed: true}
}

// circumstances are the map, what was played for and how long.
func circumstances(game *replay.Replay) string {
	parts := []string{named(game.Map.Title, phrase.NoMap)}
	for _, part := range []string{words.Format(game), words.Type(game), words.Length(game)} {
		if part = text.Line(part); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// score is who played and who won, as in "A (T), B (P) beat C (Z), D (P)".
func score(game *replay.Replay) string {
	outcome := show.Judge(game)
	winners, others := names(outcome.Winners, ", "), names(outcome.Others, " vs ")
	line := others + " · result: unknown"
	switch outcome.Verdict {
	case show.Won:
		beat := " beat "
		if outcome.Likely {
			beat = " probably beat "
		}
		line = winners + beat + names(outcome.Others, ", ")
	case show.Led:
		line = winners + " won · result: unknown for " + names(outcome.Others, ", ")
	case show.Alone:
		line = winners + " won"
	case show.Tied:
		line = others + ": a tie"
	}
	if show.Concluded(game) {
		line += " (" + phrase.English.Say(phrase.SourceNote, "source", words.Source(game)) + ")"
	}
	return line
}

// names are the players of sides, each with the commander or the race's letter.
func names(sides []show.Side, between string) string {
	parts := make([]string, len(sides))
	for i, side := range sides {
		players := make([]string, len(side.Players))
		for n, p := range side.Players {
			players[n] = fmt.Sprintf("%s (%s)", named(p.Name, phrase.NoName), cmp.Or(text.Line(show.Commander(p)), letter(p.Race)))
		}
		parts[i] = strings.Join(players, ", ")
	}
	return strings.Join(parts, between)
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
	return cmp.Or(text.Line(name), phrase.English.Say(none))
}
