package replay

import (
	"bytes"
	"compress/bzip2"
	"io"
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/icza/s2prot/rep"

	"github.com/evoladder/evoladderbot/internal/oncetest"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
)

// modern are the samples that the marks are set for.
func modern(t testing.TB) (files [][]byte) {
	dir := samples(t)
	for _, f := range facts(t) {
		if f.BaseBuild >= 38215 {
			files = append(files, readSample(t, filepath.Join(dir, f.Path)))
		}
	}
	return files
}

// streamNames are the streams that Parse reads of a file that names its players.
var streamNames = []string{
	"replay.details", "replay.initData", "replay.attributes.events", "replay.gamemetadata.json",
	"replay.message.events", "replay.game.events", "replay.tracker.events",
}

// packed are the streams of a file that Parse decompresses, as they are in it.
func packed(file []byte) (streams [][]byte) {
	for _, name := range streamNames {
		if data := replaytest.Packed(file, name); len(data) > 0 && data[0] == byte(replaytest.Bzip2) {
			streams = append(streams, data[1:])
		}
	}
	return streams
}

// each times every function on every file: the shortest of five, for on a busy
// machine one run says more about the neighbours, and in turns, for they come
// and go. s2prot has no turn: it leaves cold caches and garbage to the next.
func each(files [][]byte, functions ...func(file []byte)) [][]time.Duration {
	times := make([][]time.Duration, len(functions))
	for _, file := range files {
		shortest := slices.Repeat([]time.Duration{math.MaxInt64}, len(functions))
		for range rounds {
			for i, f := range functions {
				start := time.Now()
				f(file)
				shortest[i] = min(shortest[i], time.Since(start))
			}
		}
		for i := range times {
			times[i] = append(times[i], shortest[i])
		}
	}
	return times
}

const rounds = 5

func total(times []time.Duration) (sum time.Duration) {
	for _, t := range times {
		sum += t
	}
	return sum
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func parser(b *testing.B, options Options) func([]byte) {
	return func(file []byte) {
		if _, err := Parse(b.Context(), file, options); err != nil {
			b.Fatal(err)
		}
	}
}

func s2prot(b *testing.B, events bool) func([]byte) {
	return func(file []byte) {
		r, err := rep.NewEvts(bytes.NewReader(file), events, true, events)
		if err != nil {
			b.Fatal(err)
		}
		r.Close()
	}
}

// BenchmarkSummary prints our time and s2prot's of one run over the modern
// samples. Marks: ten times as fast, median 0.25 ms, 100 kB and 400
// allocations a replay.
func BenchmarkSummary(b *testing.B) {
	files := modern(b)
	ours, theirs := parser(b, Options{Level: Summary}), s2prot(b, false)
	each(files, ours) // compiles the protocols
	var mine, other []time.Duration
	var memory, allocations uint64
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		each(files, ours)
		runtime.ReadMemStats(&after)
		memory += after.TotalAlloc - before.TotalAlloc
		allocations += after.Mallocs - before.Mallocs
		mine = append(mine, each(files, ours)[0]...)
		other = append(other, each(files, theirs)[0]...)
	}
	n := float64(len(mine) * rounds)
	b.ReportMetric(float64(total(other))/float64(total(mine)), "x-faster-than-s2prot")
	b.ReportMetric(float64(median(mine).Microseconds()), "µs-median")
	b.ReportMetric(float64(median(other).Microseconds()), "µs-median-s2prot")
	b.ReportMetric(float64(memory)/n, "B/replay")
	b.ReportMetric(float64(allocations)/n, "allocs/replay")
}

// BenchmarkEverything prints our time for all there is, the timeline included,
// s2prot's, and that of compress/bzip2 for decompressing the same streams.
// Marks: 0.65 of compress/bzip2, five times as fast as s2prot.
func BenchmarkEverything(b *testing.B) {
	files := modern(b)
	streams := map[*byte][][]byte{}
	for _, file := range files {
		streams[&file[0]] = packed(file)
	}
	unpack := func(file []byte) {
		for _, data := range streams[&file[0]] {
			if _, err := io.Copy(io.Discard, bzip2.NewReader(bytes.NewReader(data))); err != nil {
				b.Fatal(err)
			}
		}
	}
	ours, theirs := parser(b, Options{Timeline: true}), s2prot(b, true)
	var mine, other, decompression time.Duration
	n := 0
	for b.Loop() {
		times := each(files, ours, unpack)
		mine += total(times[0])
		decompression += total(times[1])
		other += total(each(files, theirs)[0])
		n += len(files)
	}
	b.ReportMetric(float64(mine)/float64(decompression), "of-compress/bzip2")
	b.ReportMetric(float64(other)/float64(mine), "x-faster-than-s2prot")
	b.ReportMetric(float64(mine.Microseconds())/float64(n), "µs/replay")
	b.ReportMetric(float64(decompression.Microseconds())/float64(n), "µs-bzip2/replay")
	b.ReportMetric(float64(other.Microseconds())/float64(n), "µs-s2prot/replay")
}

// BenchmarkParse is for profiles.
func BenchmarkParse(b *testing.B) {
	files := modern(b)
	for name, options := range map[string]Options{"summary": {Level: Summary}, "full": {}, "timeline": {Timeline: true}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			parse, i := parser(b, options), 0
			for b.Loop() {
				parse(files[i%len(files)])
				i++
			}
		})
	}
}

// TestParseStaysSmall bounds the memory of a parse by all that it allocates,
// and of a summary also the number of allocations.
func TestParseStaysSmall(t *testing.T) {
	oncetest.Sequential(t)
	const (
		maxEverything  = 32 << 20
		maxSummary     = 100 << 10 // in the mean
		maxAllocations = 400
	)
	files := modern(t)
	for _, file := range files { // compiles the protocols
		if _, err := Parse(t.Context(), file, Options{Level: Summary}); err != nil {
			t.Fatal(err)
		}
	}
	measure := func(options Options) (memory, allocations uint64) {
		var before, after runtime.MemStats
		for _, file := range files {
			runtime.ReadMemStats(&before)
			if _, err := Parse(t.Context(), file, options); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			memory = max(memory, after.TotalAlloc-before.TotalAlloc)
			allocations += after.Mallocs - before.Mallocs
		}
		return memory, allocations / uint64(len(files))
	}
	if memory, _ := measure(Options{Timeline: true}); memory > maxEverything {
		t.Errorf("a timeline allocates %d bytes", memory)
	}
	memory, allocations := measure(Options{Level: Summary})
	t.Logf("a summary: at most %d bytes, %d allocations in the mean", memory, allocations)
	if allocations > maxAllocations {
		t.Errorf("a summary takes %d allocations", allocations)
	}
}
