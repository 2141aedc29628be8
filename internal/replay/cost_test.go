package replay

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/oncetest"
	"github.com/evoladder/evoladderbot/internal/replay/mpq"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
)

// What any file at all may cost. Time follows from the steps and from the bytes
// that are decompressed; BenchmarkHostile measures it.
const (
	maxMemory = 128 << 20 // bytes, all that is allocated and not only what is held
	maxLooks  = 6_000     // at the context, one for each 4,096 events
)

// lookedAt counts how often a context is asked whether to go on.
type lookedAt struct {
	context.Context
	times int
}

func (c *lookedAt) Err() error {
	c.times++
	return nil
}

// cost is what a parse takes.
type cost struct {
	memory uint64
	looks  int
}

// measure parses a file, with nothing left over from the one before, and holds
// it to a result or an error of a stated kind.
func measure(t testing.TB, file []byte) cost {
	t.Helper()
	var before, after runtime.MemStats
	ctx := &lookedAt{Context: context.Background()}
	runtime.GC() // the pools, too, are empty after the second
	runtime.GC()
	runtime.ReadMemStats(&before)
	r, err := Parse(ctx, file, Options{Timeline: true})
	runtime.ReadMemStats(&after)
	if f := failure.Find(err); err != nil && (f == nil || f.Kind == "" || f.Text.Key == "") {
		t.Errorf("%v is no failure.Error", err)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
	return cost{memory: after.TotalAlloc - before.TotalAlloc, looks: ctx.times}
}

func (c cost) check(t *testing.T) {
	t.Helper()
	if c.memory > maxMemory || c.looks > maxLooks {
		t.Errorf("%d MB allocated, %d looks at the context", c.memory>>20, c.looks)
	}
}

func TestHostileFilesCostLittle(t *testing.T) {
	oncetest.Sequential(t)
	replaytest.SkipCostly(t)
	var most cost
	for _, v := range hostile() {
		t.Run(v.Name, func(t *testing.T) {
			c := measure(t, v.File)
			c.check(t)
			most.memory, most.looks = max(most.memory, c.memory), max(most.looks, c.looks)
		})
	}
	t.Logf("at most %d MB allocated, %d looks at the context", most.memory>>20, most.looks)
}

// hostile are all files made to be refused or to cost much.
var hostile = sync.OnceValue(func() []replaytest.Vector {
	return slices.Concat(replaytest.Vectors(), replaytest.Floods())
})

// TestCorruptReplaysCostLittle changes bytes of every sample: of the file, and
// of its streams behind the checksums of their compression.
func TestCorruptReplaysCostLittle(t *testing.T) {
	replaytest.SkipCostly(t)
	dir := samples(t)
	r := rand.New(rand.NewPCG(3, 3))
	for _, f := range facts(t) {
		t.Run(f.Path[:6], func(t *testing.T) {
			file := readSample(t, filepath.Join(dir, f.Path))
			for range 2 {
				measure(t, corrupt(r, file)).check(t)
				measure(t, corruptStreams(t, r, file)).check(t)
			}
		})
	}
}

// corrupt is p with a few bytes changed.
func corrupt(r *rand.Rand, p []byte) []byte {
	p = bytes.Clone(p)
	for range 1 + r.IntN(8) {
		if len(p) > 0 {
			p[r.IntN(len(p))] = byte(r.Uint32())
		}
	}
	return p
}

// corruptStreams is a file with one of its streams changed, and none
// compressed.
func corruptStreams(t *testing.T, r *rand.Rand, file []byte) []byte {
	t.Helper()
	a, err := mpq.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	written := replaytest.Archive{UserData: a.UserData(), Version: 3, SectorShift: 5}
	for _, name := range streamNames {
		if data, err := a.Read(nil, mpq.NewName(name), MaxOutputBytes); err == nil {
			written.Streams = append(written.Streams, replaytest.Stream{Name: name, Data: data})
		}
	}
	s := &written.Streams[r.IntN(len(written.Streams))]
	s.Data = corrupt(r, s.Data)
	return written.Bytes()
}

// BenchmarkHostile prints the longest time that any hostile file takes, the
// shortest of three, and the most memory. Marks: 2 s and 128 MB.
func BenchmarkHostile(b *testing.B) {
	all := hostile()
	var longest time.Duration
	var slowest string
	var most cost
	for b.Loop() {
		for _, v := range all {
			shortest := time.Duration(math.MaxInt64)
			for range rounds {
				start := time.Now()
				_, _ = Parse(b.Context(), v.File, Options{Timeline: true})
				shortest = min(shortest, time.Since(start))
			}
			if shortest > longest {
				longest, slowest = shortest, v.Name
			}
			c := measure(b, v.File)
			most.memory, most.looks = max(most.memory, c.memory), max(most.looks, c.looks)
		}
	}
	b.Logf("the slowest: %s", slowest)
	b.ReportMetric(float64(longest.Milliseconds()), "ms-longest")
	b.ReportMetric(float64(most.memory)/(1<<20), "MB-most")
	b.ReportMetric(float64(most.looks), "looks-most")
}
