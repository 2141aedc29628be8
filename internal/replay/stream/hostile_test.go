package stream_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/evoladder/evoladderbot/internal/oncetest"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// readAll opens a file and reads all of it, and returns the first error.
func readAll(ctx context.Context, file []byte) error {
	r, err := stream.Open(file)
	if err != nil {
		return err
	}
	defer r.Close()
	_, errD := r.Details()
	_, errI := r.InitData()
	_, errA := r.Attributes()
	_, errM := r.Messages()
	_, errJ := r.Metadata()
	for _, err := range []error{errD, errI, errA, errM, errJ} {
		if err != nil {
			return err
		}
	}
	g, err := r.GameEvents(stream.AllGame)
	if err != nil {
		return err
	}
	for g.Next(ctx) {
	}
	if g.Err() != nil {
		return g.Err()
	}
	s, err := r.TrackerEvents(stream.AllTracker)
	if err != nil {
		return err
	}
	for s.Next(ctx) {
	}
	return s.Err()
}

// TestHostileFilesGiveTheirError also holds what a file may make us allocate
// in all, which is more than what it can make us hold at a time.
func TestHostileFilesGiveTheirError(t *testing.T) {
	oncetest.Sequential(t)
	replaytest.SkipCostly(t)
	const most = 128 << 20 // bytes
	for _, v := range slices.Concat(replaytest.Vectors(), replaytest.Floods()) {
		t.Run(v.Name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := readAll(context.Background(), v.File)
			runtime.ReadMemStats(&after)
			if !errors.Is(err, v.Want) {
				t.Errorf("%v, want %v", err, v.Want)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > most {
				t.Errorf("%d MB allocated", n>>20)
			}
		})
	}
}

func TestTruncatedFilesGiveAnError(t *testing.T) {
	t.Parallel()
	file := replaytest.Sample().Bytes()
	for n := 0; n < len(file); n += 7 {
		if readAll(context.Background(), file[:n]) == nil {
			t.Fatalf("no error for the first %d of %d bytes", n, len(file))
		}
	}
}

// TestCorruptFilesEnd changes random bytes: there is nothing to expect but
// that reading comes to an end.
func TestCorruptFilesEnd(t *testing.T) {
	oncetest.Sequential(t)
	t.Parallel()
	good := replaytest.Sample().Bytes()
	stored := replaytest.Sample()
	stored.Codec = replaytest.Zlib
	r := rand.New(rand.NewPCG(1, 1))
	for _, file := range [][]byte{good, stored.Bytes()} {
		for range 500 {
			bad := bytes.Clone(file)
			for range 1 + r.IntN(8) {
				bad[r.IntN(len(bad))] = byte(r.Uint32())
			}
			_ = readAll(context.Background(), bad)
		}
	}
}

func TestScanningEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("no time left")
	cancel(why)
	if err := readAll(ctx, replaytest.Sample().Bytes()); !errors.Is(err, why) {
		t.Errorf("%v, want %v", err, why)
	}
}

// FuzzReplay reads whatever file: it must come to an end and not panic.
func FuzzReplay(f *testing.F) {
	f.Add(replaytest.Sample().Bytes())
	for _, v := range replaytest.Vectors() {
		if len(v.File) < 64<<10 {
			f.Add(v.File)
		}
	}
	f.Fuzz(func(_ *testing.T, file []byte) { _ = readAll(context.Background(), file) })
}

// FuzzStream puts whatever bytes into a stream of a sound replay of any build,
// so that they reach its decoder.
func FuzzStream(f *testing.F) {
	sample := replaytest.Sample().File().Archive()
	for i, s := range sample.Streams {
		for _, build := range []int{15405, 24247, 38215, 80949} {
			f.Add(uint8(i), build, s.Data)
		}
	}
	file := replaytest.Sample().File()
	file.Codec = replaytest.Stored
	a := file.Archive()
	streams := a.Streams
	f.Fuzz(func(_ *testing.T, which uint8, build int, data []byte) {
		file.Header.Version.BaseBuild = build
		a.UserData = replaytest.EncodeHeader(file.Header)
		a.Streams = slices.Clone(streams)
		a.Streams[int(which)%len(a.Streams)].Data = data
		_ = readAll(context.Background(), a.Bytes())
	})
}
