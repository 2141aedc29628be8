package mpq_test

import (
	"bytes"
	stdbzip2 "compress/bzip2"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	dsnet "github.com/dsnet/compress/bzip2"
	icza "github.com/icza/mpq"

	"github.com/evoladder/evoladderbot/internal/oncetest"
	"github.com/evoladder/evoladderbot/internal/replay/mpq"
	"github.com/evoladder/evoladderbot/internal/replay/mpq/bzip2"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
)

// streams are all that the game writes, and that we know the names of.
var streams = []string{
	"replay.details", "replay.details.backup", "replay.initData", "replay.initData.backup",
	"replay.attributes.events", "replay.gamemetadata.json", "replay.message.events",
	"replay.game.events", "replay.tracker.events", "replay.smartcam.events", "replay.sync.events",
	"replay.load.info", "replay.resumable.events", "replay.server.battlelobby", "replay.sync.history",
	"(listfile)", "(attributes)",
}

// samples returns the paths of the sample replays.
func samples(t testing.TB) []string {
	t.Helper()
	dir := os.Getenv("REPLAYS_DIR")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "replays")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.SC2Replay"))
	if len(files) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatalf("no sample replays in %s", dir)
		}
		t.Skipf("no sample replays in %s; set REPLAYS_DIR", dir)
	}
	return files
}

func TestReadAgreesWithAnotherReaderOnAllSamples(t *testing.T) {
	oncetest.Sequential(t)
	t.Parallel()
	for _, path := range samples(t) {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		a, err := mpq.Open(file)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
			continue
		}
		other, err := icza.New(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if user := other.UserData(); !bytes.HasPrefix(user[4:], a.UserData()) || len(a.UserData()) == 0 {
			t.Errorf("%s: user data differ", filepath.Base(path))
		}
		for _, s := range streams {
			want, err := other.FileByName(s)
			if err != nil {
				t.Fatal(err)
			}
			got, err := a.Read(nil, mpq.NewName(s), 1<<20)
			if errors.Is(err, mpq.ErrNoStream) && want == nil {
				continue
			}
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %s: %d bytes, want %d: %v", filepath.Base(path), s, len(got), len(want), err)
			}
		}
	}
}

// payload is a bzip2 stream out of a replay.
type payload struct {
	packed []byte
	size   int
}

// payloads returns the bzip2 streams that a full parse needs, from all samples.
func payloads(b *testing.B) (all []payload) {
	for _, path := range samples(b) {
		file, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		a, err := mpq.Open(file)
		if err != nil {
			b.Fatal(err)
		}
		for _, s := range streams[:9] {
			packed := replaytest.Packed(file, s)
			if len(packed) == 0 || packed[0] != byte(replaytest.Bzip2) {
				continue
			}
			p, err := a.Read(nil, mpq.NewName(s), 1<<20)
			if err != nil {
				b.Fatal(err)
			}
			all = append(all, payload{packed[1:], len(p)})
		}
	}
	return all
}

// BenchmarkBzip2 decompresses the streams of all samples with three decoders.
func BenchmarkBzip2(b *testing.B) {
	all := payloads(b)
	total := 0
	for _, p := range all {
		total += p.size
	}
	buf := make([]byte, 4<<20)
	run := func(name string, decode func(dst, src []byte) error) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(total))
			b.ReportAllocs()
			for b.Loop() {
				for _, p := range all {
					if err := decode(buf[:p.size], p.packed); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
	var d bzip2.Decoder
	run("ours", func(dst, src []byte) error {
		_, err := d.Decode(dst, src)
		return err
	})
	var z *dsnet.Reader
	run("dsnet", func(dst, src []byte) error {
		if z == nil {
			z, _ = dsnet.NewReader(bytes.NewReader(src), nil)
		} else if err := z.Reset(bytes.NewReader(src)); err != nil {
			return err
		}
		_, err := io.ReadFull(z, dst)
		return err
	})
	run("standard", func(dst, src []byte) error {
		_, err := io.ReadFull(stdbzip2.NewReader(bytes.NewReader(src)), dst)
		return err
	})
}
