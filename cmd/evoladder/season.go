package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/text"
)

// errSeasonUsage is a wrong use of evoladder season.
var errSeasonUsage = errors.New("say what to do with the season: evoladder season init|learn|show|import|export")

// errNoSeason is a database without a season.
var errNoSeason = errors.New("the database has no season that runs: begin one with evoladder season init, or name a season file with -season")

// seasonFlags are the flags of the season's commands.
type seasonFlags struct {
	*flag.FlagSet
	file   string // empty: the database's
	name   string
	reason string

	release string
	options ladder.LearnOptions
	dry     bool
}

// season works on a season's document, in a file or in the database.
func season(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errSeasonUsage
	}
	do, known := map[string]func(context.Context, *seasonFlags) error{
		"init": seasonInit, "learn": seasonLearn, "show": seasonShow, "import": seasonImport, "export": seasonExport,
	}[args[0]]
	if !known {
		return errSeasonUsage
	}
	flags := &seasonFlags{FlagSet: flag.NewFlagSet("season "+args[0], flag.ContinueOnError)}
	flags.SetOutput(io.Discard) // the error says it
	flags.StringVar(&flags.file, "season", "", "the season's file; without it the database's season")
	switch args[0] {
	case "init":
		flags.StringVar(&flags.name, "name", "Season 1", "what the season is called")
	case "import":
		flags.StringVar(&flags.reason, "reason", "imported", "why, for the audit")
	case "learn":
		flags.StringVar(&flags.release, "release", "", "the mod's release that the replays were played with")
		flags.BoolVar(&flags.options.Force, "force", false, "add files to a release that is learnt, replace a map's file")
		flags.BoolVar(&flags.options.AddMaps, "add-maps", false, "draw maps that are not in the pool, too; without it they are only known")
		flags.BoolVar(&flags.dry, "n", false, "only show what would be added")
	}
	if err := flags.Parse(args[1:]); err != nil {
		return fmt.Errorf("season %s: %w", args[0], err)
	}
	return do(ctx, flags)
}

// seasonInit writes the default season.
func seasonInit(ctx context.Context, flags *seasonFlags) error {
	if flags.NArg() > 0 {
		return fmt.Errorf("season init takes no %q: name the file with -season %s", flags.Arg(0), flags.Arg(0))
	}
	begun := ladder.DefaultSeason(flags.name)
	if flags.file == "" {
		return withStore(ctx, func(database *store.Store) error {
			return saveSeason(ctx, database, begun, "begun")
		})
	}
	if _, err := os.Stat(flags.file); err == nil {
		return fmt.Errorf("%s exists already: choose another name, or remove it", flags.file)
	}
	return writeSeason(flags.file, begun)
}

// seasonLearn takes maps and the mod's files from replays.
func seasonLearn(ctx context.Context, flags *seasonFlags) error {
	if flags.release == "" {
		return errors.New("name the release of the mod that the replays were played with: evoladder season learn -release NAME FILE…")
	}
	references, err := readReferences(ctx, flags.Args())
	if err != nil {
		return err
	}
	return changeSeason(ctx, flags.file, "learnt release "+flags.release, func(s ladder.Season) (ladder.Season, bool, error) {
		lesson, err := s.Learn(flags.release, references, flags.options)
		if err != nil {
			return s, false, err
		}
		added := tellLesson(os.Stdout, lesson, len(references))
		if flags.dry && added {
			fmt.Println("Nothing was written, as -n asks.")
		}
		return lesson.Season, added && !flags.dry, nil
	})
}

// tellLesson prints what a lesson adds, and says whether it adds anything.
func tellLesson(out io.Writer, lesson ladder.Lesson, replays int) bool {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	added := 0
	for _, l := range lesson.Lines {
		if l.What != "note" {
			added++
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.What, orDash(l.Region), orDash(l.Hash), text.Line(l.Text))
	}
	_ = w.Flush() // to standard output; the line below shows that it came
	fmt.Fprintf(out, "%d replays add %d files.\n", replays, added)
	return len(lesson.Lines) > 0
}

// seasonShow prints what a person wants to know of a season.
func seasonShow(ctx context.Context, flags *seasonFlags) error {
	s, err := readSeason(ctx, flags.file)
	if err != nil {
		return err
	}
	return showSeason(os.Stdout, s)
}

func showSeason(out io.Writer, s ladder.Season) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "season\t%s\nstate\t%s\n", text.Line(s.Name), s.State)
	fmt.Fprintf(w, "pairing\t%s, %d vetoes\n", s.Rules.Pairing, s.Rules.Vetoes)
	for _, m := range s.Maps {
		note := ""
		if m.Retired {
			note = ", retired"
		}
		known := "not learnt: known by its title"
		if m.Hash != "" {
			known = m.Hash
		}
		fmt.Fprintf(w, "map\t%s\t%s%s\n", text.Line(m.Title), known, note)
	}
	if len(s.Releases) == 0 {
		fmt.Fprintln(w, "mod\tno release is learnt: evoladder season learn -release NAME FILE…")
	}
	for _, r := range s.Releases {
		for _, region := range sortedKeys(r.Handles) {
			fmt.Fprintf(w, "mod\trelease %s in region %s\t%d files\n", text.Line(r.Name), region, len(r.Handles[region]))
		}
	}
	fmt.Fprintf(w, "files\t%d of the game, %d tilesets, %d of art\n", len(s.Base), len(s.Tilesets), len(s.Art))
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write season: %w", err)
	}
	return nil
}

// seasonExport prints the document.
func seasonExport(ctx context.Context, flags *seasonFlags) error {
	s, err := readSeason(ctx, flags.file)
	if err != nil {
		return err
	}
	if _, err := os.Stdout.Write(s.Document()); err != nil {
		return fmt.Errorf("write season: %w", err)
	}
	return nil
}

// seasonImport replaces the document.
func seasonImport(ctx context.Context, flags *seasonFlags) error {
	if flags.NArg() != 1 {
		return errors.New("name one file: evoladder season import [-reason TEXT] FILE")
	}
	imported, err := readSeasonFile(flags.Arg(0))
	if err != nil {
		return err
	}
	if flags.file != "" {
		return writeSeason(flags.file, imported)
	}
	return withStore(ctx, func(database *store.Store) error {
		imported.ID, imported.Version = 0, 0
		running, err := database.Season(ctx, 0)
		if err == nil { // its next version
			imported.ID, imported.Version = running.ID, running.Version
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return saveSeason(ctx, database, imported, flags.reason)
	})
}

// readSeason reads the season of a file, or that of the database.
func readSeason(ctx context.Context, file string) (s ladder.Season, err error) {
	if file != "" {
		return readSeasonFile(file)
	}
	err = withStore(ctx, func(database *store.Store) (err error) {
		s, err = storedSeason(ctx, database)
		return err
	})
	return s, err
}

func readSeasonFile(file string) (ladder.Season, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return ladder.Season{}, fmt.Errorf("there is no season file %s: evoladder season init -season %s writes one", file, file)
	}
	if err != nil {
		return ladder.Season{}, fmt.Errorf("read season: %w", err)
	}
	s, err := ladder.ReadSeason(data)
	if err != nil {
		return ladder.Season{}, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

// writeSeason replaces a season's file, or leaves the old one.
func writeSeason(file string, s ladder.Season) error {
	temporary, err := os.CreateTemp(filepath.Dir(file), ".season-*")
	if err != nil {
		return fmt.Errorf("write season: %w", err)
	}
	_, err = temporary.Write(s.Document())
	if err = errors.Join(err, temporary.Chmod(0o644), temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("write season: %w", errors.Join(err, os.Remove(temporary.Name())))
	}
	fmt.Printf("%s is written.\n", file)
	return nil
}

// changeSeason reads a season, changes it, and writes it if change says so.
func changeSeason(ctx context.Context, file, reason string, change func(ladder.Season) (ladder.Season, bool, error)) error {
	if file != "" {
		s, err := readSeasonFile(file)
		if err != nil {
			return err
		}
		changed, write, err := change(s)
		if err != nil || !write {
			return err
		}
		return writeSeason(file, changed)
	}
	return withStore(ctx, func(database *store.Store) error {
		s, err := storedSeason(ctx, database)
		if err != nil {
			return err
		}
		changed, write, err := change(s)
		if err != nil || !write {
			return err
		}
		return saveSeason(ctx, database, changed, reason)
	})
}

func storedSeason(ctx context.Context, database *store.Store) (ladder.Season, error) {
	s, err := database.Season(ctx, 0)
	if errors.Is(err, store.ErrNotFound) {
		return s, errNoSeason
	}
	return s, err
}

func saveSeason(ctx context.Context, database *store.Store, s ladder.Season, reason string) error {
	saved, err := database.SaveSeason(ctx, s, ladder.Actor{Role: ladder.ByOperator, Name: "operator"}, reason, time.Now())
	var refused ladder.Refusal
	switch {
	case errors.As(err, &refused) && refused.Code == ladder.SeasonOpen:
		return errors.New("a season runs already: change it with evoladder season import, or end it first")
	case errors.Is(err, store.ErrStale):
		return errors.New("the season was changed by somebody else in this moment: look at it with evoladder season show and try again")
	case err != nil:
		return err
	}
	fmt.Printf("Season %d (%s) is saved as version %d.\n", saved.ID, strings.TrimSpace(text.Line(saved.Name)), saved.Version)
	return nil
}
