package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/text"
)

// maxImport is how large a file of players may be: 20,000 of them are a tenth of it.
const maxImport = 32 << 20

// importColumns are the columns of a file of players: what they told, and a rating for
// each race. Only discord and name must be there.
var importColumns = append(slices.Concat([]string{"discord"}, slices.DeleteFunc(slices.Clone(profileNames), func(n string) bool { return n == "discord" })), raceNames()...)

func raceNames() []string {
	names := make([]string, len(ladder.Races))
	for i, r := range ladder.Races {
		names[i] = string(r)
	}
	return names
}

// newcomer is a line of the file.
type newcomer struct {
	line    int
	columns map[string]int // where each field begins
	player  ladder.Player
	ratings []ladder.Manual
}

// importProblem is what is wrong with one field of one line.
type importProblem struct {
	file         string
	line, column int
	field, say   string
}

func (p importProblem) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s", p.file, p.line, p.column, p.field, p.say)
}

// playerImport moves a community in. The whole file is checked before anything is written;
// a player who is on the ladder already is left as they are, so that it may be run again.
func playerImport(ctx context.Context, c *call) error {
	dry := c.Bool("n", false, "only check")
	why := c.reasoned()
	operands, err := c.operands("FILE.csv [-n] [-reason TEXT]")
	if err != nil {
		return err
	}
	file := operands[0]
	data, err := readAtMost(file, maxImport)
	if err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error {
		all, here, err := d.checked(ctx, file, data)
		if err != nil {
			return err
		}
		if *dry {
			fmt.Fprintf(d.out, "%d players would be imported, %d are here already. Nothing was written, as -n asks.\n", len(all)-len(here), len(here))
			return nil
		}
		return d.moveIn(ctx, file, all, here, cmp.Or(strings.TrimSpace(*why), "moved in"))
	})
}

// checked are the players of a file in which nothing is wrong, and the lines of those who
// are here already.
func (d *desk) checked(ctx context.Context, file string, data []byte) (all []newcomer, here map[int]bool, err error) {
	rules, err := d.rulesNow(ctx)
	if err != nil {
		return nil, nil, err
	}
	sheet := sheet{file: file, rules: rules}
	if all = sheet.read(data); len(sheet.problems) == 0 {
		here, err = d.compare(ctx, &sheet, all)
	}
	if n := len(sheet.problems); err == nil && n > 0 {
		err = errors.Join(append(sheet.problems, fmt.Errorf("nothing was imported: mend these %d places, then run it again", n))...)
	}
	return all, here, err
}

// readAtMost reads a file of at most limit bytes.
func readAtMost(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("it has more than %d MiB: split it", limit>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return data, nil
}

// sheet is a file of players as it is read.
type sheet struct {
	file     string
	rules    ladder.Season
	csv      *csv.Reader
	columns  []string
	problems []error
}

// wrong notes what is wrong with a field.
func (s *sheet) wrong(line, column int, field, say string) {
	s.problems = append(s.problems, importProblem{s.file, line, max(1, column), field, say})
}

// unreadable notes that the file is no table.
func (s *sheet) unreadable(err error) {
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("%s is empty: its first line names the columns, as in %s", s.file, strings.Join(importColumns, ","))
	} else {
		err = fmt.Errorf("%s: %w: write it as CSV in UTF-8", s.file, err)
	}
	s.problems = append(s.problems, err)
}

// read reads all players, and notes everything that is wrong.
func (s *sheet) read(data []byte) (all []newcomer) {
	s.csv = csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	s.csv.FieldsPerRecord = -1
	s.csv.TrimLeadingSpace = true
	head, err := s.csv.Read()
	if err != nil {
		s.unreadable(err)
		return nil
	}
	if s.head(head); len(s.problems) > 0 {
		return nil
	}
	for {
		cells, err := s.csv.Read()
		if errors.Is(err, io.EOF) {
			s.twice(all)
			return all
		}
		if err != nil {
			s.unreadable(err)
			return nil
		}
		all = append(all, s.line(cells))
	}
}

// head reads the first line.
func (s *sheet) head(cells []string) {
	for i, cell := range cells {
		line, column := s.csv.FieldPos(i)
		name := strings.ToLower(strings.TrimSpace(cell))
		if name == "discord id" || name == "discord_id" {
			name = "discord"
		}
		switch {
		case !slices.Contains(importColumns, name):
			s.wrong(line, column, text.Line(cell), "no such column: there are "+strings.Join(importColumns, ", "))
		case slices.Contains(s.columns, name):
			s.wrong(line, column, name, "the column is there twice: remove one")
		}
		s.columns = append(s.columns, name)
	}
	for _, name := range []string{"discord", "name"} {
		if !slices.Contains(s.columns, name) {
			s.wrong(1, 1, name, "the column is missing: the first line names the columns")
		}
	}
}

// line reads one player.
func (s *sheet) line(cells []string) newcomer {
	one := newcomer{columns: make(map[string]int)}
	one.line, _ = s.csv.FieldPos(0)
	if len(cells) > len(s.columns) {
		s.wrong(one.line, 1, "line", fmt.Sprintf("has %d fields where the first line names %d: a comma within a field needs quotes around the field", len(cells), len(s.columns)))
		return one
	}
	given := make(map[string]string)
	for i, cell := range cells {
		_, one.columns[s.columns[i]] = s.csv.FieldPos(i)
		if cell = strings.TrimSpace(cell); cell != "" {
			given[s.columns[i]] = cell
		}
	}
	faults := one.fill(given, s.rules)
	slices.SortStableFunc(faults, func(a, b fieldError) int { return cmp.Compare(one.columns[a.field], one.columns[b.field]) })
	for _, f := range faults {
		s.wrong(one.line, one.columns[f.field], f.field, f.say)
	}
	return one
}

// fill reads the fields of a line one by one, so that each that is wrong is named.
func (n *newcomer) fill(given map[string]string, rules ladder.Season) (faults []fieldError) {
	for _, name := range []string{"discord", "name"} {
		if given[name] == "" {
			faults = append(faults, fieldError{name, "must not be empty"})
		}
	}
	for _, race := range ladder.Races {
		cell, ok := given[string(race)]
		if !ok {
			continue
		}
		value, err := ratingOf(cell)
		if err != nil {
			faults = append(faults, fieldError{string(race), err.Error()})
		}
		n.ratings = append(n.ratings, ladder.Manual{Race: race, Value: value})
	}
	p := ladder.Player{Language: string(phrase.English)}
	for name, value := range given {
		filled, err := fill(p, map[string]string{name: value})
		var wrong fieldError
		if errors.As(err, &wrong) {
			faults = append(faults, wrong)
			continue
		}
		p = filled
	}
	var wrong []fieldError
	n.player, wrong = fits(p, rules)
	return append(faults, wrong...)
}

// twice notes Discord ids and names that more than one line has.
func (s *sheet) twice(all []newcomer) {
	for _, field := range []struct {
		name string
		of   func(ladder.Player) string
	}{
		{"discord", func(p ladder.Player) string { return p.Discord }},
		{"name", func(p ladder.Player) string { return strings.ToLower(p.Name) }},
	} {
		first := make(map[string]int)
		for _, one := range all {
			value := field.of(one.player)
			if line, seen := first[value]; seen && value != "" {
				s.wrong(one.line, one.columns[field.name], field.name, fmt.Sprintf("line %d has the same: remove or rename one", line))
				continue
			}
			first[value] = one.line
		}
	}
}

// compare finds the lines whose players are on the ladder already, and notes those whose
// name somebody else has.
func (d *desk) compare(ctx context.Context, s *sheet, all []newcomer) (here map[int]bool, err error) {
	here = make(map[int]bool)
	names, users := make(map[string]ladder.Player), make(map[string]bool)
	err = d.everyPlayer(ctx, func(p ladder.Player) error {
		names[strings.ToLower(p.Name)], users[p.Discord] = p, true
		return nil
	})
	for _, one := range all {
		other, taken := names[strings.ToLower(one.player.Name)]
		switch {
		case users[one.player.Discord]:
			here[one.line] = true
		case taken:
			s.wrong(one.line, one.columns["name"], "name", fmt.Sprintf(
				"player %d, with Discord id %s, has it already: choose another", other.ID, orDash(other.Discord)))
		}
	}
	return here, err
}

// moveIn writes the players, each with their ratings in one transaction.
func (d *desk) moveIn(ctx context.Context, file string, all []newcomer, here map[int]bool, reason string) error {
	var failed []error
	written, ratings := 0, 0
	for _, one := range all {
		if here[one.line] {
			continue
		}
		_, err := d.ImportPlayer(ctx, one.player, one.ratings, operator, reason, d.now)
		var refused ladder.Refusal
		if errors.As(err, &refused) {
			failed = append(failed, importProblem{file, one.line, 1, one.player.Name, explained(err).Error()})
			continue
		}
		if err != nil {
			return fmt.Errorf("%d players were imported before line %d, which failed; run it again, who is here already is left as they are: %w", written, one.line, err)
		}
		written++
		ratings += len(one.ratings)
	}
	fmt.Fprintf(d.out, "%d players with %d ratings are imported, %d were here already, %d failed.\n", written, ratings, len(here), len(failed))
	return errors.Join(failed...)
}

// exportPlayers writes players in the columns that are imported.
func (d *desk) exportPlayers(ctx context.Context, each func(context.Context, func(ladder.Player) error) error) error {
	w := csv.NewWriter(d.out)
	if err := w.Write(importColumns); err != nil {
		return fmt.Errorf("write players: %w", err)
	}
	err := each(ctx, func(p ladder.Player) error {
		ratings, err := d.Ratings(ctx, p.ID)
		if err != nil {
			return err
		}
		cells := []string{
			p.Discord, p.Name, p.BattleTag, strings.Join(p.Aliases, ";"), p.Country, string(p.Region), p.Language,
			semicolons(p.Races), strings.Join(p.Vetoes, ";"),
		}
		for _, race := range ladder.Races {
			value := ""
			for _, r := range ratings {
				if r.Race == race && r.System == ladder.Elo && r.N > 0 {
					value = decimal(r.Value, 0)
				}
			}
			cells = append(cells, value)
		}
		return w.Write(cells)
	})
	w.Flush()
	return errors.Join(err, w.Error())
}

func semicolons(all []ladder.Race) string {
	names := make([]string, len(all))
	for i, r := range all {
		names[i] = string(r)
	}
	return strings.Join(names, ";")
}
