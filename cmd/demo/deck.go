package main

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
)

const (
	extension = ".SC2Replay"
	// maxSamples and maxSampleBytes bound what is held of a folder of replays;
	// larger files would be refused anyway.
	maxSamples     = 100
	maxSampleBytes = 8 << 20
	// damagedEach is how often a file is not a whole replay: every so many.
	damagedEach = 11
	// lookupTimeout bounds the question to the Go toolchain.
	lookupTimeout = 10 * time.Second
)

// deck is the files to upload. The same number gives the same bytes.
type deck struct {
	samples []discordtest.File // real replays; none: they are generated
	players []string           // for generated ones
	size    int                // different files
	began   time.Time          // generated games ended before
}

// newDeck finds replays to upload.
func newDeck(ctx context.Context, o options, players []string) (*deck, error) {
	d := &deck{players: players, size: o.keep, began: time.Now().UTC().Truncate(time.Second)}
	dir := o.replays
	if dir == "" {
		dir = moduleReplays(ctx)
	}
	if dir == "" {
		return d, nil
	}
	if err := d.load(dir); err != nil {
		return nil, err
	}
	if len(d.samples) == 0 && o.replays != "" {
		return nil, fmt.Errorf("there are no %s files in %s", extension, o.replays)
	}
	return d, nil
}

// moduleReplays is the folder of real replays that comes with a module of the
// tests, or nothing where there is no Go toolchain or the module was not
// downloaded. It downloads nothing.
func moduleReplays(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/icza/mpq")
	command.Env = append(os.Environ(), "GOPROXY=off")
	out, err := command.Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		return ""
	}
	return filepath.Join(dir, "reps")
}

// load reads the smallest replays of a folder.
func (d *deck) load(dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*"+extension))
	if err != nil {
		return fmt.Errorf("list replays: %w", err)
	}
	type candidate struct {
		path string
		size int64
	}
	var found []candidate
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() <= maxSampleBytes {
			found = append(found, candidate{path, info.Size()})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.size, b.size) })
	for _, c := range found[:min(len(found), maxSamples)] {
		data, err := os.ReadFile(c.path)
		if err != nil {
			return fmt.Errorf("read replay: %w", err)
		}
		d.samples = append(d.samples, discordtest.File{Name: filepath.Base(c.path), Data: data})
	}
	return nil
}

// String says what the files are.
func (d *deck) String() string {
	if len(d.samples) == 0 {
		return "generated replays"
	}
	return fmt.Sprintf("%d real replays", len(d.samples))
}

// file is the n-th file to upload.
func (d *deck) file(n int) discordtest.File {
	n %= d.size
	f := d.replay(n)
	if n%damagedEach == damagedEach-1 {
		f.Name = "damaged-" + f.Name
		f.Data = f.Data[:len(f.Data)/2]
	}
	return f
}

// replay is a whole replay. Beyond the first round the same game comes as
// another file: bytes behind its archive belong to nothing.
func (d *deck) replay(n int) discordtest.File {
	if len(d.samples) == 0 {
		return d.generate(n)
	}
	f := d.samples[n%len(d.samples)]
	if round := n / len(d.samples); round > 0 {
		f.Name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(f.Name, extension), round+1, extension)
		f.Data = binary.LittleEndian.AppendUint64(slices.Clone(f.Data), uint64(round))
	}
	return f
}

var (
	maps  = []string{"Acropolis LE", "Ephemeron LE", "Triton LE", "World of Sleepers LE", "Golden Wall LE", "Eternal Empire LE"}
	races = []replaytest.Race{
		replaytest.Terran, replaytest.Zerg, replaytest.Protoss, replaytest.BWTerran, replaytest.BWZerg, replaytest.BWProtoss,
	}
)

// generate makes a game of two players.
func (d *deck) generate(n int) discordtest.File {
	chance := rand.New(rand.NewPCG(uint64(n), 1))
	field := maps[chance.IntN(len(maps))]
	first := chance.IntN(len(d.players))
	second := (first + 1 + chance.IntN(max(1, len(d.players)-1))) % len(d.players)
	names := []string{d.players[first], d.players[second]}
	if first == second { // a single player
		names[1] = "stranger"
	}
	loops := (4 + chance.IntN(20)) * 60 * 22 // minutes, at about 22 loops a second
	game := replaytest.Game{
		Map: field, Loops: loops, Seed: uint32(n) + 1, Region: 1 + chance.IntN(3),
		End: d.began.Add(-time.Duration(n) * 17 * time.Minute),
	}
	winner := chance.IntN(2)
	for i, name := range names {
		p := replaytest.Player{
			Name: name, Race: races[chance.IntN(len(races))], Team: i, Result: replaytest.Loss,
			APM: 60 + chance.IntN(240), MMR: 2500 + chance.IntN(2500), LeavesAt: loops - 40,
		}
		if i == winner {
			p.Result, p.LeavesAt = replaytest.Win, 0
		}
		game.Players = append(game.Players, p)
	}
	return discordtest.File{
		Name: fmt.Sprintf("%s-%03d%s", strings.ReplaceAll(strings.TrimSuffix(field, " LE"), " ", "-"), n+1, extension),
		Data: game.Bytes(),
	}
}
