package stream_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/evoladder/evoladderbot/internal/replay/mpq"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// varint is a number in the versioned encoding.
func varint(n int) (p []byte) {
	u := uint64(n) << 1
	for ; u >= 0x80; u >>= 7 {
		p = append(p, byte(u)|0x80)
	}
	return append(p, byte(u))
}

// rebuilt returns the file of a sample with another base build in its header.
func rebuilt(t *testing.T, f fact, build int) []byte {
	t.Helper()
	const baseBuildTag = 5
	from := append([]byte{baseBuildTag << 1, 9}, varint(f.BaseBuild)...)
	to := append([]byte{baseBuildTag << 1, 9}, varint(build)...)
	if n := bytes.Count(f.file[:1024], from); n != 1 || len(from) != len(to) {
		t.Fatalf("base build is %d times in the header", n)
	}
	return append(bytes.Replace(f.file[:1024:1024], from, to, 1), f.file[1024:]...)
}

func TestNewerBuildsUseTheNewestProtocol(t *testing.T) {
	t.Parallel()
	for _, f := range facts(t) {
		if f.BaseBuild < 80949 {
			continue // an older layout in newer clothes must not be read right
		}
		for _, build := range []int{97425, 99999} {
			r, err := stream.Open(rebuilt(t, f, build))
			if err != nil {
				t.Fatal(err)
			}
			if r.Exact || r.Header.Version.BaseBuild != build {
				t.Errorf("%s as %d: exact %t, base build %d", f.Path, build, r.Exact, r.Header.Version.BaseBuild)
			}
			if d, err := r.Details(); err != nil || d.Title != f.Map {
				t.Errorf("%s as %d: %v", f.Path, build, err)
			}
			if _, err := r.InitData(); err != nil {
				t.Errorf("%s as %d: %v", f.Path, build, err)
			}
			checkGame(t, r, f)
			checkTracker(t, r, f)
			r.Close()
		}
	}
}

// TestAnotherBuildsLayoutIsNoticed reads samples as a build whose lobby is
// laid out differently: that must be an error, not a wrong lobby.
func TestAnotherBuildsLayoutIsNoticed(t *testing.T) {
	t.Parallel()
	noticed := 0
	for _, f := range facts(t) {
		if f.BaseBuild < 38215 || f.BaseBuild >= 80669 {
			continue
		}
		r, err := stream.Open(rebuilt(t, f, 80949))
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.InitData()
		g, gameErr := r.GameEvents(stream.AllGame)
		if gameErr != nil {
			t.Fatal(gameErr)
		}
		for g.Next(context.Background()) {
		}
		if err == nil || g.Err() == nil {
			t.Errorf("%s, build %d, read as 80949: init data %v, game events %v", f.Path, f.BaseBuild, err, g.Err())
		}
		noticed++
		r.Close()
	}
	if noticed == 0 {
		t.Error("no sample to try")
	}
}

// TestReadingAgainIsBounded reads events that are wrong at their end with one
// older layout after the other. The lobby of build 54518 leaves seven to try.
func TestReadingAgainIsBounded(t *testing.T) {
	t.Parallel()
	left := []byte{0, 0, 0}
	for size, want := range map[int]int{3 << 10: 7, 12 << 20: 2} {
		r, err := stream.Open(withEvents(t, 54518, append(bytes.Repeat(left, size/3), 0xff)))
		if err != nil {
			t.Fatal(err)
		}
		r.SetBudget(1<<20 + size) // enough to decompress them once
		tries := 0
		for {
			if _, err := r.GameEvents(stream.AllGame); err != nil {
				t.Fatal(err)
			}
			if !r.Refit() {
				break
			}
			tries++
		}
		if tries != want {
			t.Errorf("%d bytes of events are read again %d times, want %d", size, tries, want)
		}
		r.Close()
	}
}

// withEvents is a sample of a build as a build that is unknown, with other
// game events.
func withEvents(t *testing.T, build int, events []byte) []byte {
	t.Helper()
	for _, f := range facts(t) {
		if f.BaseBuild != build {
			continue
		}
		file := rebuilt(t, f, 99999)
		a, err := mpq.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		written := replaytest.Archive{UserData: a.UserData(), Version: 3, SectorShift: 5}
		for _, name := range []string{"replay.details", "replay.initData"} {
			data, err := a.Read(nil, mpq.NewName(name), 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			written.Streams = append(written.Streams, replaytest.Stream{Name: name, Data: data})
		}
		written.Streams = append(written.Streams, replaytest.Stream{
			Name: "replay.game.events", Data: events, Codec: replaytest.Zlib,
		})
		return written.Bytes()
	}
	t.Fatalf("no sample of build %d", build)
	return nil
}
