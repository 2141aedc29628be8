package bzip2

import (
	"bytes"
	stdbzip2 "compress/bzip2"
	"io"
	"math/rand/v2"
	"testing"

	dsnet "github.com/dsnet/compress/bzip2"

	"github.com/evoladder/evoladderbot/internal/oncetest"
)

func compress(t testing.TB, p []byte, level int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := dsnet.NewWriter(&b, &dsnet.WriterConfig{Level: level})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(p); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// texts are inputs of every shape that a stage treats specially.
func texts() map[string][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	random := make([]byte, 250_000)
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	skewed := make([]byte, 300_000)
	for i := range skewed {
		skewed[i] = byte(r.ExpFloat64() * 9)
	}
	runs := make([]byte, 0, 400_000)
	for len(runs) < 390_000 {
		runs = append(runs, bytes.Repeat([]byte{byte(r.IntN(3))}, 1+r.IntN(400))...)
	}
	words := make([]byte, 0, 1_200_000)
	for len(words) < 1_199_000 {
		words = append(words, []string{"probe ", "pylon ", "zealot\n", "stalker ", "warp prism, "}[r.IntN(5)]...)
	}
	return map[string][]byte{
		"one byte":        {7},
		"two bytes":       {7, 8},
		"text":            []byte("the quick brown fox jumps over the lazy dog"),
		"one value":       bytes.Repeat([]byte{0}, 1_000_000),
		"run of four":     []byte("aaaabaaaab"),
		"run of 259":      bytes.Repeat([]byte("x"), 259),
		"run of 260":      bytes.Repeat([]byte("x"), 260),
		"periodic":        bytes.Repeat([]byte("ab"), 300_000),
		"periodic long":   bytes.Repeat(random[:5000], 20),
		"random":          random,
		"skewed":          skewed,
		"runs":            runs,
		"several blocks":  words,
		"almost one lane": skewed[:minLaneRows-1],
		"just four lanes": skewed[:minLaneRows],
	}
}

func TestDecodeGivesTheText(t *testing.T) {
	oncetest.Sequential(t)
	t.Parallel()
	var d Decoder
	for name, text := range texts() {
		for _, level := range []int{1, 9} {
			src := compress(t, text, level)
			dst := make([]byte, len(text))
			n, err := d.Decode(dst, src)
			if err != nil || n != len(text) {
				t.Errorf("%s, level %d: %d of %d bytes, %v", name, level, n, len(text), err)
				continue
			}
			if !bytes.Equal(dst, text) {
				t.Errorf("%s, level %d: text differs", name, level)
			}
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	text := texts()["skewed"][:20_000]
	good := compress(t, text, 9)
	var d Decoder
	for name, c := range map[string]struct {
		src  []byte
		size int
	}{
		"nothing":             {nil, 10},
		"header alone":        {good[:4], len(text)},
		"cut short":           {good[:len(good)-11], len(text)},
		"cut in the trailer":  {good[:len(good)-5], len(text)},
		"more than announced": {good, len(text) - 1},
		"less than announced": {good, len(text) + 1},
		"level 0":             {append([]byte("BZh0"), good[4:]...), len(text)},
		"all ones":            {append([]byte("BZh9"), bytes.Repeat([]byte{0xff}, 1000)...), len(text)},
	} {
		if _, err := d.Decode(make([]byte, c.size), c.src); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestExpandAtEveryEnd expands runs of every length at every place, cut short
// by every number of bytes, byte by byte and in words.
func TestExpandAtEveryEnd(t *testing.T) {
	t.Parallel()
	for before := range 20 {
		for run := range 7 {
			text := append([]byte("abcdefghijklmnopqrst")[:before:before], bytes.Repeat([]byte("x"), run)...)
			for _, count := range []byte{0, 1, 200} {
				src := append(append(text[:len(text):len(text)], count), "yz and the rest"...)
				for cut := range len(src) {
					src := src[:len(src)-cut]
					for _, room := range []int{0, 5, len(src), len(src) + 300} {
						a, b := make([]byte, room), make([]byte, room)
						n, ok := expand(a, src)
						m, same := expandTail(b, src, 0, 0)
						if ok != same || ok && (n != m || !bytes.Equal(a[:n], b[:m])) {
							t.Fatalf("%q into %d: %q, %t; byte by byte %q, %t", src, room, a[:n], ok, b[:m], same)
						}
					}
				}
			}
		}
	}
}

// FuzzDecode holds the decoder to compress/bzip2: what that one reads to the
// end we read to the same end, and what it refuses we refuse.
func FuzzDecode(f *testing.F) {
	for _, text := range texts() {
		if len(text) < 50_000 {
			f.Add(compress(f, text, 1))
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		const limit = 1 << 20
		want, stdErr := io.ReadAll(io.LimitReader(stdbzip2.NewReader(bytes.NewReader(src)), limit))
		if len(want) == limit {
			return
		}
		var d Decoder
		if n, err := d.Decode(make([]byte, limit/16), src); err == nil && n != limit/16 {
			t.Fatalf("%d bytes, no error", n)
		}
		got := make([]byte, len(want))
		n, err := d.Decode(got, src)
		switch {
		case stdErr == nil && err == nil && !bytes.Equal(got, want):
			t.Fatal("text differs")
		case stdErr != nil && err == nil:
			// We do not look at what follows the end of a stream.
			if _, err := io.ReadFull(stdbzip2.NewReader(bytes.NewReader(src)), got); err != nil {
				t.Fatalf("accepted %d bytes of what compress/bzip2 refuses: %v", n, stdErr)
			}
		}
	})
}
