package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/servicetest"
)

// Sample is a real replay and what is true of it.
type Sample struct {
	Name    string
	Data    []byte
	Map     string
	Players []string
	free    int // where its unused bytes begin, see distinct
}

// extension ends the name of every replay.
const extension = ".SC2Replay"

// File is one upload's file and the answer it deserves.
type File struct {
	Name string // no two uploads share one
	Data []byte
	// Expect is what the answer must show; nil for a hostile file.
	Expect *Sample
	// Any says that it is not known whether the file can be read: one answer of
	// either sort is right.
	Any bool
}

// Corpus makes files to upload out of real replays.
type Corpus struct{ samples []*Sample }

// sharedReplays is where the larger collection lies beside a checkout.
const sharedReplays = "../shared/replays"

// LoadCorpus reads the replays in dir, or when dir is empty those in
// $REPLAYS_DIR, in ../shared/replays beside the module, or in the module
// github.com/icza/mpq, whichever is there first. limit, when positive, is how
// many replays to take, the smallest first.
func LoadCorpus(ctx context.Context, dir string, limit int) (*Corpus, error) {
	if dir == "" {
		var err error
		if dir, err = findReplays(ctx); err != nil {
			return nil, err
		}
	}
	facts, err := readFacts(filepath.Join(dir, "facts.jsonl"))
	if err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*"+extension))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no replays in %s", dir)
	}
	c := &Corpus{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read replay: %w", err)
		}
		sample, err := newSample(ctx, filepath.Base(path), data, facts)
		if err != nil {
			return nil, fmt.Errorf("replay %s: %w", path, err)
		}
		c.samples = append(c.samples, sample)
	}
	if limit > 0 {
		return c.smallest(limit), nil
	}
	return c, nil
}

// smallest is a corpus of the n smallest replays.
func (c *Corpus) smallest(n int) *Corpus {
	sorted := slices.SortedStableFunc(slices.Values(c.samples), func(a, b *Sample) int { return len(a.Data) - len(b.Data) })
	return &Corpus{sorted[:min(n, len(sorted))]}
}

func findReplays(ctx context.Context) (string, error) {
	if dir := os.Getenv("REPLAYS_DIR"); dir != "" {
		return dir, nil
	}
	root, err := servicetest.ModuleDir(ctx, "github.com/evoladder/evoladderbot")
	if err != nil {
		return "", err
	}
	if dir := filepath.Join(root, sharedReplays); isDir(dir) {
		return dir, nil
	}
	module, err := servicetest.ModuleDir(ctx, "github.com/icza/mpq")
	if err != nil {
		return "", err
	}
	return filepath.Join(module, "reps"), nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// fact is what an independent parser says of a replay.
type fact struct {
	SHA256  string `json:"sha256"`
	Map     string `json:"map"`
	Players []struct {
		Name string `json:"name"`
	} `json:"players"`
}

// readFacts reads the facts by the file's hash; there may be none.
func readFacts(path string) (map[string]fact, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	defer func() { _ = file.Close() }()
	facts := make(map[string]fact)
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var f fact
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			return nil, fmt.Errorf("read facts: %w", err)
		}
		facts[f.SHA256] = f
	}
	return facts, lines.Err()
}

// newSample takes the truth about a replay from the facts, or where they say
// nothing of its players, from our own parser.
func newSample(ctx context.Context, name string, data []byte, facts map[string]fact) (*Sample, error) {
	s := &Sample{Name: name, Data: data, free: unused(data)}
	sum := sha256.Sum256(data)
	if f, known := facts[hex.EncodeToString(sum[:])]; known && len(f.Players) > 0 {
		s.Map = f.Map
		for _, p := range f.Players {
			s.Players = append(s.Players, p.Name)
		}
		return s, nil
	}
	game, err := replay.Parse(ctx, data, replay.Options{Level: replay.Summary})
	if err != nil {
		return nil, err
	}
	s.Map = game.Map.Title
	for _, p := range game.Players {
		s.Players = append(s.Players, p.Name)
	}
	return s, nil
}

// markBytes is how long the mark is that makes a file unlike all others.
const markBytes = 8

// unused finds the bytes between a replay's header and its archive, which
// belong to neither, or says 0 where there are too few. An MPQ's user data is
// its magic, its reserved size, the offset of the archive, the size of the
// header, and the header, each number 32 bits in little-endian.
// http://www.zezula.net/en/mpq/mpqformat.html#UserData
func unused(data []byte) int {
	const head = 16
	if len(data) < head || !strings.HasPrefix(string(data), "MPQ\x1b") {
		return 0
	}
	archive := int(binary.LittleEndian.Uint32(data[8:]))
	free := head + int(binary.LittleEndian.Uint32(data[12:]))
	if free+markBytes > archive || archive > len(data) {
		return 0
	}
	return archive - markBytes
}

// distinct is a copy of the replay that means the same and is another file.
func (s *Sample) distinct(mark uint64) []byte {
	if s.free == 0 { // no room inside: after the archive, which readers ignore
		return binary.LittleEndian.AppendUint64(slices.Clone(s.Data), mark)
	}
	data := slices.Clone(s.Data)
	binary.LittleEndian.PutUint64(data[s.free:], mark)
	return data
}

// Replay is the n-th good file: the samples in turn, no two files alike.
func (c *Corpus) Replay(n int) File {
	s := c.samples[n%len(c.samples)]
	return File{
		Name:   fmt.Sprintf("replay-%06d%s", n, extension),
		Data:   s.distinct(uint64(n) + 1),
		Expect: s,
	}
}
