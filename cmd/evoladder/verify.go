package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/sandbox"
)

// verified is the JSON of a replay that was held against a season.
type verified struct {
	File     string            `json:"file"`
	SHA256   string            `json:"sha256"`
	Map      verifiedMap       `json:"map"`
	Mod      verifiedMod       `json:"mod"`
	Evidence []ladder.Evidence `json:"evidence"`
}

type verifiedMap struct {
	Title string `json:"title"`
	Hash  string `json:"hash"`
	Known bool   `json:"known"` // as a map of the pool
}

type verifiedMod struct {
	State   ladder.CheckState `json:"state"`
	Release string            `json:"release"`
	Region  string            `json:"region"`
	Unknown []string          `json:"unknown"`
}

// verify prints what each replay shows that needs no match: whether it was played on a
// map of the season, with a known release of the mod and nothing else.
func verify(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the error says it
	file := flags.String("season", "", "the season's file; without it the database's season")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	files, err := replayFiles(flags.Args())
	if err != nil {
		return err
	}
	s, err := readSeason(ctx, *file)
	if err != nil {
		return err
	}
	return withParser(func(p parser) error {
		p.object = func(parsed sandbox.Parsed) ([]byte, error) { return verification(s, parsed) }
		return p.all(ctx, files, os.Stdout, os.Stderr)
	})
}

// verification is the JSON object of a parsed replay.
func verification(s ladder.Season, parsed sandbox.Parsed) ([]byte, error) {
	game, err := summary(parsed)
	if err != nil {
		return nil, err
	}
	facts := ladder.FactsOf(game)
	_, known := s.FindMap(facts.MapTitle, facts.MapHash)
	mod := s.CheckMod(facts)
	return json.Marshal(verified{
		File: game.File, SHA256: game.SHA256,
		Map:      verifiedMap{Title: facts.MapTitle, Hash: facts.MapHash, Known: known},
		Mod:      verifiedMod{State: mod.State, Release: mod.Release, Region: mod.Region, Unknown: append([]string{}, mod.Unknown...)},
		Evidence: s.Verify(facts),
	})
}

func summary(parsed sandbox.Parsed) (*replay.Replay, error) {
	var game replay.Replay
	if err := json.Unmarshal(parsed.Summary, &game); err != nil {
		return nil, fmt.Errorf("read the parser's answer: %w", err)
	}
	return &game, nil
}

// readReferences parses the replays to learn from. One that cannot be read fails all:
// nothing is learnt of a part.
func readReferences(ctx context.Context, args []string) (references []ladder.Reference, err error) {
	files, err := replayFiles(args)
	if err != nil {
		return nil, err
	}
	err = withParser(func(p parser) error {
		p.object = func(parsed sandbox.Parsed) ([]byte, error) { return parsed.Summary, nil }
		for _, file := range files {
			l := p.one(ctx, file)
			if l.failure != "" {
				return errors.New(l.failure)
			}
			game, err := summary(sandbox.Parsed{Summary: l.json})
			if err != nil {
				return err
			}
			references = append(references, ladder.Reference{File: file, Facts: ladder.FactsOf(game)})
		}
		return nil
	})
	return references, err
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
