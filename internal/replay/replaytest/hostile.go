package replaytest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"github.com/evoladder/evoladderbot/internal/replay/mpq"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// Vector is a file that is not a good replay.
type Vector struct {
	Name string
	File []byte
	// Want is what opening it and reading all of it must end with.
	Want error
}

// Sample is the good game that the vectors are made from.
func Sample() Game {
	return Game{
		Players: []Player{
			{Name: "Alpha", Clan: "ONE", Race: Zerg, Result: Loss, APM: 180, LeavesAt: 4000},
			{Name: "Beta", Race: BWProtoss, Picked: Random, Team: 1, Result: Win, APM: 120, MMR: 4000},
			{Name: "Gamma", Observer: true, Team: 2},
		},
		Loops: 4032, Seed: 7,
		Chat: []Chat{{Loop: 20, Player: 0, Text: "gl hf"}, {Loop: 3990, Player: 1, Text: "gg"}},
	}
}

// The streams that every parse reads, and those for which it must be asked.
var (
	smallStreams = []string{
		"replay.details", "replay.initData", "replay.attributes.events", "replay.message.events",
	}
	eventStreams = []string{"replay.game.events", "replay.tracker.events"}
)

// Vectors returns all hostile files but Floods. They are the same at every
// call.
func Vectors() []Vector {
	var all []Vector
	all = append(all, headerVectors()...)
	all = append(all, tableVectors()...)
	all = append(all, blockVectors()...)
	all = append(all, codecVectors()...)
	all = append(all, streamVectors()...)
	return append(all, versionedVectors()...)
}

// patched is the sample's archive with words put at an offset from its start.
func patched(at int, w ...uint32) []byte {
	file := Sample().Bytes()
	for i, v := range w {
		binary.LittleEndian.PutUint32(file[at+4*i:], v)
	}
	return file
}

func headerVectors() []Vector {
	const (
		huge    = 0xffffffff
		version = headerAt + 12
	)
	sample := Sample().Bytes()
	return []Vector{
		{"empty", nil, mpq.ErrFormat},
		{"magic alone", sample[:4], mpq.ErrFormat},
		{"no archive", bytes.Repeat([]byte("not a replay "), 100), mpq.ErrFormat},
		{"archive without user data", sample[headerAt:], stream.ErrUnsupported},
		{"user data of 4 GB", patched(12, huge), mpq.ErrFormat},
		{"room for user data of 0", patched(4, 0), mpq.ErrFormat},
		{"header at 4 GB", patched(8, huge), mpq.ErrFormat},
		{"header in the user data", patched(8, 16), mpq.ErrFormat},
		{"header at the end", patched(8, uint32(len(sample)-8)), mpq.ErrFormat},
		{"header version 9", patched(version, 9|5<<16), mpq.ErrUnsupported},
		{"sectors of 2^65535", patched(version, 3|0xffff<<16), mpq.ErrFormat},
		{"cut before the header", sample[:headerAt], mpq.ErrFormat},
		{"cut in the header", sample[:headerAt+40], mpq.ErrFormat},
		{"cut in the streams", sample[:len(sample)/2], mpq.ErrFormat},
		{"cut in the tables", sample[:len(sample)-1], mpq.ErrFormat},
	}
}

func tableVectors() []Vector {
	const (
		huge      = 0xffffffff
		hashesAt  = headerAt + 16
		blocksAt  = headerAt + 20
		hashCount = headerAt + 24
		blocks    = headerAt + 28
		highAt    = headerAt + 40
	)
	full := Sample().File().Archive()
	for i := range 16 - len(full.Streams) {
		full.Streams = append(full.Streams, Stream{Name: fmt.Sprint("other ", i), Data: []byte("x")})
	}
	full.HashEntries = 16
	full.Streams[0].Name = "replay.nothing"

	dangling := Sample().File().Archive()
	dangling.Streams = append(dangling.Streams[1:], dangling.Streams[0])
	cut := dangling.Bytes() // details is the last block: leave it out of the table
	binary.LittleEndian.PutUint32(cut[blocks:], uint32(len(dangling.Streams)-1))

	return []Vector{
		{"hash table of no entries", patched(hashCount, 0), mpq.ErrFormat},
		{"hash table of 15 entries", patched(hashCount, 15), mpq.ErrFormat},
		{"hash table of 2 billion entries", patched(hashCount, 1<<31), mpq.ErrLimit},
		{"block table of 4 billion entries", patched(blocks, huge), mpq.ErrLimit},
		{"hash table outside the file", patched(hashesAt, huge), mpq.ErrFormat},
		{"block table outside the file", patched(blocksAt, huge), mpq.ErrFormat},
		{"tables beyond 4 GB", patched(highAt, huge), mpq.ErrFormat},
		{"sizes of 4 GB everywhere", patched(headerAt+4, huge, huge, huge, huge, huge, huge, huge), mpq.ErrUnsupported},
		{"endless hash probe", full.Bytes(), mpq.ErrNoStream},
		{"hash entry without a block", cut, mpq.ErrNoStream},
	}
}

// with is the sample's archive with one stream changed.
func with(name string, change func(*Stream)) []byte {
	a := Sample().File().Archive()
	for i := range a.Streams {
		if a.Streams[i].Name == name {
			change(&a.Streams[i])
			return a.Bytes()
		}
	}
	panic("replaytest: no stream " + name)
}

// withBlock is the sample's file with a word of the first block's entry, that
// of details, changed.
func withBlock(word int, to uint32) []byte {
	file := Sample().Bytes()
	at := headerAt + int(binary.LittleEndian.Uint32(file[headerAt+20:]))
	table := file[at:]
	decrypt(table, hash("(block table)", byKey))
	binary.LittleEndian.PutUint32(table[4*word:], to)
	encrypt(table, hash("(block table)", byKey))
	return file
}

// decrypt undoes encrypt.
func decrypt(p []byte, key uint32) {
	seed := uint32(0xeeeeeeee)
	for ; len(p) >= 4; p = p[4:] {
		seed += crypt[byWord][key&0xff]
		w := binary.LittleEndian.Uint32(p) ^ (key + seed)
		binary.LittleEndian.PutUint32(p, w)
		key = (^key<<21 + 0x11111111) | key>>11
		seed = w + seed*33 + 3
	}
}

func blockVectors() []Vector {
	const huge = 0xffffffff
	details := "replay.details"
	return []Vector{
		{"stream at 4 GB", withBlock(0, huge), mpq.ErrFormat},
		{"compressed stream of 4 GB", withBlock(1, huge), mpq.ErrFormat},
		{"decompressed stream of 4 GB", withBlock(2, huge), mpq.ErrLimit},
		{"stream deleted", withBlock(3, 0), mpq.ErrNoStream},
		{"stream imploded", with(details, func(s *Stream) { s.Codec, s.Flags = Stored, 0x100 }), mpq.ErrUnsupported},
		{"patch", with(details, func(s *Stream) { s.Flags = 0x100000 }), mpq.ErrUnsupported},
		{"stored stream of two sizes", with(details, func(s *Stream) { s.Codec, s.Size = Stored, 17 }), mpq.ErrFormat},
		{"sectors that were never written", with(details, func(s *Stream) {
			s.Codec, s.Sectors, s.Data, s.Size = Bzip2, true, bytes.Repeat([]byte("a"), 40_000), 900_000
		}), mpq.ErrFormat},
		{"sectors in disorder", with(details, func(s *Stream) {
			s.Sectors, s.Codec, s.Data = true, Zlib, bytes.Repeat([]byte("a"), 40_000)
			s.Packed, _, _ = s.pack(0, 512<<5)
			binary.LittleEndian.PutUint32(s.Packed[4:], huge)
		}), mpq.ErrFormat},
		{"encrypted with another key", with(details, func(s *Stream) {
			s.Data = EncodeDetails(Sample().File().Details)
			encrypt(s.Data, 12345)
			s.Codec, s.Flags = Stored, flagEncrypted
		}), stream.ErrMalformed},
	}
}

func codecVectors() []Vector {
	details := "replay.details"
	raw := func(packed []byte, size uint32) []byte {
		return with(details, func(s *Stream) { s.Codec, s.Packed, s.Size = Bzip2, packed, size })
	}
	const announced = 4000
	zeros := make([]byte, 4<<20)
	bzip2Bomb, zlibBomb := Compress(Bzip2, zeros), Compress(Zlib, zeros)
	good := Compress(Bzip2, noise(3, 3000))
	return []Vector{
		{"bzip2 bomb that says its size", raw(bzip2Bomb, 4<<20), mpq.ErrLimit},
		{"bzip2 bomb that says another size", raw(bzip2Bomb, announced), mpq.ErrFormat},
		{"zlib bomb that says its size", raw(zlibBomb, 4<<20), mpq.ErrLimit},
		{"zlib bomb that says another size", raw(zlibBomb, 900_000), mpq.ErrFormat},
		{"bzip2 cut short", raw(good[:len(good)/2], announced), mpq.ErrFormat},
		{"bzip2 of less than announced", raw(good, announced), mpq.ErrFormat},
		{"bzip2 header alone", raw([]byte("\x10BZh9"), announced), mpq.ErrFormat},
		{"bzip2 of ones", raw(append([]byte("\x10BZh9"), bytes.Repeat([]byte{0xff}, 500)...), announced), mpq.ErrFormat},
		{"bzip2 block of ones", raw(append([]byte("\x10BZh91AY&SY"), bytes.Repeat([]byte{0xff}, 500)...), announced), mpq.ErrFormat},
		{"bzip2 of noise", raw(append([]byte("\x10BZh91AY&SY"), noise(4, 500)...), announced), mpq.ErrFormat},
		{"zlib of noise", raw(append([]byte{2}, noise(5, 500)...), announced), mpq.ErrFormat},
		{"zlib cut short", raw(Compress(Zlib, noise(6, 3000))[:1500], announced), mpq.ErrFormat},
		{"no data", raw([]byte{}, announced), mpq.ErrFormat},
		{"unknown method", raw(bytes.Repeat([]byte{0x12}, 100), announced), mpq.ErrUnsupported},
	}
}

// noise is the same random bytes at every call.
func noise(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, seed))
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	return p
}
