package sandbox_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/replay/timeline"
	"github.com/evoladder/evoladderbot/internal/sandbox"
)

// medianReplay is the size of a usual ladder game's file, in bytes.
const medianReplay = 150 << 10

// BenchmarkOverhead is the way to a child and back for a usual replay, beside
// the same work without the way: the parser does nothing, the timeline is as
// long as that of a twenty-minute game.
func BenchmarkOverhead(b *testing.B) {
	data := append([]byte("long "), bytes.Repeat([]byte{0xa5}, medianReplay)...)
	b.Run("in_process", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r, err := act(b.Context(), data, replay.Options{Timeline: true})
			if err != nil {
				b.Fatal(err)
			}
			timeline := r.Timeline
			r.Timeline = nil
			for _, part := range []any{r, timeline} {
				if _, err := json.Marshal(part); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("pool", func(b *testing.B) {
		b.ReportAllocs()
		pool := newPool(b, sandbox.Options{RecycleAfter: 1 << 30})
		for b.Loop() {
			parsed, err := pool.Parse(b.Context(), sandbox.File{Data: data, Timeline: true})
			if err != nil {
				b.Fatal(err)
			}
			if len(parsed.Timeline) < 50<<10 {
				b.Fatalf("a timeline of %d bytes", len(parsed.Timeline))
			}
		}
	})
}

// longTimeline is as long as that of a twenty-minute game of two players.
func longTimeline() *timeline.Timeline {
	t := &timeline.Timeline{}
	for slot := range 2 {
		p := timeline.Player{Slot: slot}
		for i := range 120 {
			p.Samples = append(p.Samples, timeline.Sample{Seconds: float64(i) * 7.14, Workers: i})
			p.BuildOrder = append(p.BuildOrder, timeline.BuildStep{Supply: i, ID: "SiegeTank", Name: "Siege Tank"})
		}
		t.Players = append(t.Players, p)
	}
	return t
}

// BenchmarkStart is what a dead child costs: its successor's start.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		pool := newPool(b, sandbox.Options{})
		pool.Close()
	}
}
