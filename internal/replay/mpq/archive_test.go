package mpq_test

import (
	"errors"
	"testing"

	"github.com/evoladder/evoladderbot/internal/oncetest"
	"github.com/evoladder/evoladderbot/internal/replay/mpq"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
)

func TestReadReusesTheBuffer(t *testing.T) {
	t.Parallel()
	a, err := mpq.Open(replaytest.Sample().Bytes())
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 0, 1<<16)
	got, err := a.Read(buf, mpq.NewName("replay.details"), 1<<16)
	if err != nil || len(got) == 0 || &got[0] != &buf[:1][0] {
		t.Errorf("%d bytes, %v; not in the buffer", len(got), err)
	}
}

func TestReadKeepsToItsLimit(t *testing.T) {
	t.Parallel()
	a, err := mpq.Open(replaytest.Sample().Bytes())
	if err != nil {
		t.Fatal(err)
	}
	name := mpq.NewName("replay.game.events")
	all, err := a.Read(nil, name, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Read(nil, name, len(all)-1); err == nil {
		t.Error("read more than the limit")
	}
	if _, err := a.Read(nil, mpq.NewName("replay.nothing"), 1<<20); !errors.Is(err, mpq.ErrNoStream) {
		t.Errorf("%v, want %v", err, mpq.ErrNoStream)
	}
}

// TestReadKeepsToTheBudget reads a stream as often as it takes to use up what
// an archive may be decompressed to.
func TestReadKeepsToTheBudget(t *testing.T) {
	oncetest.Sequential(t)
	t.Parallel()
	const size = 8 << 20
	a, err := mpq.Open(replaytest.Archive{Streams: []replaytest.Stream{
		{Name: "zeros", Data: make([]byte, size), Codec: replaytest.Zlib},
	}}.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var buf []byte
	total := 0
	for range 100 {
		if buf, err = a.Read(buf, mpq.NewName("zeros"), size); err != nil {
			break
		}
		total += len(buf)
	}
	if total != 64<<20 {
		t.Errorf("%d MB read, want 64", total>>20)
	}
}

// FuzzArchive opens whatever file and reads what it is asked for.
func FuzzArchive(f *testing.F) {
	f.Add(replaytest.Sample().Bytes(), "replay.details")
	sectors := replaytest.Archive{Version: 1, Streams: []replaytest.Stream{{
		Name: "a", Data: make([]byte, 3000), Codec: replaytest.Bzip2, Sectors: true, Encrypted: true, FixedKey: true,
	}}}
	f.Add(sectors.Bytes(), "a")
	for _, v := range replaytest.Vectors() {
		if len(v.File) < 64<<10 {
			f.Add(v.File, "replay.details")
		}
	}
	f.Fuzz(func(t *testing.T, file []byte, name string) {
		const limit = 4 << 20
		a, err := mpq.Open(file)
		if err != nil {
			return
		}
		got, err := a.Read(nil, mpq.NewName(name), limit)
		if len(got) > limit {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
}
