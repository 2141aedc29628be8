package stream_test

import (
	"bytes"
	"compress/bzip2"
	"context"
	"io"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/icza/s2prot/rep"

	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// summary reads what is in the small streams.
func summary(b *testing.B, file []byte) {
	r, err := stream.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	readSummary(b, r)
}

func readSummary(b *testing.B, r *stream.Replay) {
	_, errD := r.Details()
	_, errI := r.InitData()
	_, errA := r.Attributes()
	_, errM := r.Messages()
	_, errJ := r.Metadata()
	for _, err := range []error{errD, errI, errA, errM, errJ} {
		if err != nil {
			b.Fatal(err)
		}
	}
}

// everything reads all streams and all kinds of event.
func everything(b *testing.B, file []byte) {
	r, err := stream.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	readSummary(b, r)
	g, err := r.GameEvents(stream.AllGame &^ stream.OtherGame)
	if err != nil {
		b.Fatal(err)
	}
	for g.Next(context.Background()) {
	}
	s, err := r.TrackerEvents(stream.AllTracker)
	if err != nil {
		b.Fatal(err)
	}
	for s.Next(context.Background()) {
	}
	if g.Err() != nil || s.Err() != nil {
		b.Fatal(g.Err(), s.Err())
	}
}

func s2protParse(b *testing.B, file []byte, all bool) {
	if _, err := rep.NewEvts(bytes.NewReader(file), all, true, all); err != nil {
		b.Fatal(err)
	}
}

// modern are the samples that the marks are set for.
func modern(b *testing.B) (files [][]byte) {
	for _, f := range facts(b) {
		if f.BaseBuild >= 38215 {
			files = append(files, f.file)
		}
	}
	return files
}

// tries is how often each file is read for one time: the shortest of them is
// what the work takes, the others are what the machine was busy with.
const tries = 3

// each times f on every file.
func each(files [][]byte, f func([]byte)) (times []time.Duration) {
	for _, file := range files {
		best := time.Duration(math.MaxInt64)
		for range tries {
			start := time.Now()
			f(file)
			best = min(best, time.Since(start))
		}
		times = append(times, best)
	}
	return times
}

func sum(times []time.Duration) (total time.Duration) {
	for _, t := range times {
		total += t
	}
	return total
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// BenchmarkSummary gives, for all modern samples, our time and s2prot's in one
// run: mark ≥ 10 times as fast, median ≤ 0.25 ms, ≤ 100 kB and 400 allocations
// a replay.
func BenchmarkSummary(b *testing.B) {
	files := modern(b)
	var ours, theirs []time.Duration
	for b.Loop() {
		ours = append(ours, each(files, func(f []byte) { summary(b, f) })...)
		theirs = append(theirs, each(files, func(f []byte) { s2protParse(b, f, false) })...)
	}
	b.ReportMetric(float64(sum(theirs))/float64(sum(ours)), "x-faster-than-s2prot")
	b.ReportMetric(float64(median(ours).Microseconds()), "µs-median")
	b.ReportMetric(float64(median(theirs).Microseconds()), "µs-median-s2prot")
	i := 0
	allocs := testing.AllocsPerRun(len(files), func() { summary(b, files[i%len(files)]); i++ })
	b.ReportMetric(allocs, "allocs/replay")
}

// BenchmarkSummaryAlone is for the memory of a summary: -benchmem is per 40
// or so replays.
func BenchmarkSummaryAlone(b *testing.B) {
	files := modern(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		summary(b, files[i%len(files)])
		i++
	}
}

// bzip2Streams is the bzip2 data of the streams that a full parse reads.
func bzip2Streams(file []byte) (all [][]byte) {
	for _, name := range []string{
		"replay.details", "replay.initData", "replay.attributes.events", "replay.gamemetadata.json",
		"replay.message.events", "replay.game.events", "replay.tracker.events",
	} {
		if p := replaytest.Packed(file, name); len(p) > 0 && p[0] == byte(replaytest.Bzip2) {
			all = append(all, p[1:])
		}
	}
	return all
}

// BenchmarkEverything gives, for all modern samples, our time for all streams,
// s2prot's, and that of compress/bzip2 for decompressing them: mark ≤ 0.65 of
// the latter, ≥ 5 times as fast as s2prot.
func BenchmarkEverything(b *testing.B) {
	files := modern(b)
	var ours, theirs, unpack time.Duration
	for b.Loop() {
		ours += sum(each(files, func(f []byte) { everything(b, f) }))
		theirs += sum(each(files, func(f []byte) { s2protParse(b, f, true) }))
		unpack += sum(each(files, func(f []byte) {
			for _, p := range bzip2Streams(f) {
				if _, err := io.Copy(io.Discard, bzip2.NewReader(bytes.NewReader(p))); err != nil {
					b.Fatal(err)
				}
			}
		}))
	}
	n := float64(b.N * len(files))
	b.ReportMetric(float64(ours)/float64(unpack), "of-compress/bzip2")
	b.ReportMetric(float64(theirs)/float64(ours), "x-faster-than-s2prot")
	b.ReportMetric(float64(ours.Microseconds())/n, "µs/replay")
	b.ReportMetric(float64(unpack.Microseconds())/n, "µs/replay-bzip2")
	b.ReportMetric(float64(theirs.Microseconds())/n, "µs/replay-s2prot")
}

// BenchmarkEverythingAlone is for profiles.
func BenchmarkEverythingAlone(b *testing.B) {
	files := modern(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		everything(b, files[i%len(files)])
		i++
	}
}
