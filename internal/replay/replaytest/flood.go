package replaytest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/evoladder/evoladderbot/internal/replay/mpq"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// mostEvents is the most that a reader takes of a stream of events.
const mostEvents = 16 << 20

// unknownBuild has no protocol of its own.
const unknownBuild = 99999

// Floods returns files that cost as much time or memory as any can, each in a
// way of its own. They take a second to make.
func Floods() []Vector {
	return append(eventFloods(), codecFloods()...)
}

// eventFloods have more in a stream than a game could.
func eventFloods() []Vector {
	said := EncodeMessages([]stream.Message{{}})
	left := EncodeGame([]stream.GameEvent{{Kind: stream.UserLeft}})
	done := EncodeTracker([]stream.TrackerEvent{{Kind: stream.UnitDone}})
	repeat := func(p []byte, size int) []byte { return bytes.Repeat(p, size/len(p)) }
	return []Vector{
		{"messages without number", holding("replay.message.events", repeat(said, 1<<20)), stream.ErrMalformed},
		{"five million times left", holding("replay.game.events", repeat(left, mostEvents)), nil},
		{"two million units done", holding("replay.tracker.events", repeat(done, mostEvents)), nil},
		{"game events of no layout at all", events(unknownBuild, Stream{Data: append(repeat(left, 4<<20), 0xff), Codec: Zlib}, Stream{}), stream.ErrMalformed},
		{"names without number", holding("replay.tracker.events", manyNames()), stream.ErrMalformed},
		{"samples without number", holding("replay.tracker.events", manySamples()), nil},
		{"units without number", holding("replay.tracker.events", manyUnits()), nil},
		{"resumed by many under long names", resumedByMany(), nil},
		{"metadata of 21,000 players", ofPlayers(7_000), nil},
		{"metadata of 300,000 players", ofPlayers(100_000), mpq.ErrLimit},
	}
}

func manyNames() (p []byte) {
	for i := 0; len(p) < mostEvents-100; i++ {
		p = append(p, EncodeTracker([]stream.TrackerEvent{{
			Kind: stream.UnitChangedType, Unit: stream.Unit{Type: fmt.Sprint(i)},
		}})...)
	}
	return p
}

func manySamples() (p []byte) {
	for player := range 16 {
		var all []stream.TrackerEvent
		for range 8000 {
			all = append(all, stream.TrackerEvent{Kind: stream.PlayerStats, Player: player + 1})
		}
		p = append(p, EncodeTracker(all)...)
	}
	return p
}

// manyUnits are born and die until there is no more room, under 10,000 names.
func manyUnits() (p []byte) {
	for i := 0; len(p) < mostEvents-200; i++ {
		u := stream.Unit{Tag: stream.NewUnitTag(i%(1<<14), 1), Type: fmt.Sprint("&", i%10_000), ControlPlayer: 1 + i%16}
		p = append(p, EncodeTracker([]stream.TrackerEvent{
			{Kind: stream.UnitInit, Unit: u, Loop: 1}, {Kind: stream.UnitDied, Unit: u},
		})...)
	}
	return p
}

// resumedByMany is a game resumed from a replay as often as there is room for, by
// people with names that take long to clean, and who all say a lot.
func resumedByMany() []byte {
	f := Sample().File()
	seats := make([]stream.UserInfo, 31)
	for i := range seats {
		seats[i] = stream.UserInfo{Name: strings.Repeat("&amp;", 50)}
	}
	f.Game, f.Messages = nil, make([]stream.Message, 8000)
	for range 100 {
		f.Game = append(f.Game, stream.GameEvent{User: noUser, Kind: stream.ReplayHijacked, Hijack: seats})
	}
	return f.Bytes()
}

func ofPlayers(n int) []byte {
	players := strings.Repeat("{},{},{},", n)
	return holding("replay.gamemetadata.json", []byte(`{"Players":[`+strings.TrimSuffix(players, ",")+`]}`))
}

// codecFloods take longest to decompress.
func codecFloods() []Vector {
	tiny := newBzip2()
	tiny.block([]byte("abcdefghijklmnop"), 50_000)
	empty := Stream{Codec: Zlib, Packed: emptyBlocks(170_000), Size: mostEvents}
	sectors := smallSectors()
	return []Vector{
		{"bzip2 blocks that are hard to undo", hardBlocks(), stream.ErrMalformed},
		{"bzip2 blocks of a few bytes", events(0, tiny.stream(), tiny.stream()), mpq.ErrFormat},
		{"zlib blocks of nothing", events(0, empty, empty), mpq.ErrFormat},
		{"zlib blocks of nothing, too many", events(0, Stream{Codec: Zlib, Packed: emptyBlocks(500_000), Size: mostEvents}, empty), mpq.ErrLimit},
		{"sectors of a few bytes", events(0, sectors, sectors), stream.ErrMalformed},
	}
}

// hardBlocks have as many random bits in both streams of events as fit into a
// file: nothing can be foretold when bzip2 puts them in order. And the build is
// unknown, and the game events are sound but for the last.
func hardBlocks() []byte {
	const size = 899_997 // bytes of a block
	r := rand.New(rand.NewPCG(7, 7))
	left := make([]stream.GameEvent, size/3)
	for i := range left {
		left[i] = stream.GameEvent{Kind: stream.UserLeft, User: r.IntN(16)}
	}
	game, tracker := newBzip2(), newBzip2()
	game.block(EncodeGame(left), mostEvents/size)
	game.block([]byte{0xff}, 1)
	noise := noise(7, size)
	for i := range noise {
		noise[i] &= 1
	}
	tracker.block(noise, mostEvents/size)
	return events(unknownBuild, game.stream(), tracker.stream())
}

// events is the sample, of a build unless it is 0, with other events.
func events(build int, game, tracker Stream) []byte {
	f := Sample().File()
	def(&build, f.Header.Version.BaseBuild)
	f.Header.Version.BaseBuild = build
	a := f.Archive()
	if game.Sectors {
		a.SectorShift = 0
	}
	for i := range a.Streams {
		switch s := &a.Streams[i]; s.Name {
		case "replay.game.events":
			game.Name = s.Name
			*s = game
		case "replay.tracker.events":
			tracker.Name = s.Name
			*s = tracker
		}
	}
	return a.Bytes()
}

// smallSectors are as many as are read, each with a bzip2 stream of its own.
func smallSectors() Stream {
	r := rand.New(rand.NewPCG(8, 8))
	data := make([]byte, 8000*512)
	for i := range data {
		data[i] = byte(r.Uint32() & 1)
	}
	return Stream{Codec: Bzip2, Sectors: true, Data: data}
}

// bzip2Writer puts a sound bzip2 stream together out of blocks.
type bzip2Writer struct {
	topDown
	size int
	sum  uint32
}

func newBzip2() *bzip2Writer {
	return &bzip2Writer{topDown: topDown{p: []byte("\x10BZh9")}}
}

// block adds the one block of a text, n times.
func (w *bzip2Writer) block(text []byte, n int) {
	const (
		magic   = 4 * 8 // bits of the stream's header
		trailer = 80    // bits: another magic number, and a checksum
	)
	one := Compress(Bzip2, text)[1:]
	number := func(from, n int) (v uint64) {
		for i := from; i < from+n; i++ {
			v = v<<1 | uint64(one[i/8])>>(7-i%8)&1
		}
		return v
	}
	end := len(one)*8 - trailer
	for number(end, 48) != 0x177245385090 {
		end--
	}
	for range n {
		for i := magic; i < end; i += 8 {
			k := min(8, end-i)
			w.bits(number(i, k), k)
		}
		w.sum = (w.sum<<1 | w.sum>>31) ^ uint32(number(magic+48, 32))
	}
	w.size += n * len(text)
}

// stream ends the stream.
func (w *bzip2Writer) stream() Stream {
	end := topDown{p: bytes.Clone(w.p), n: w.n}
	end.bits(0x177245385090, 48)
	end.bits(uint64(w.sum), 32)
	return Stream{Codec: Bzip2, Packed: end.p, Size: uint32(w.size)}
}

// emptyBlocks is a zlib stream of n blocks that each have prefix codes of
// their own, for nothing but their end.
func emptyBlocks(n int) []byte {
	block := &packed{used: 8} // deflate takes bits from the low end, numbers as well
	low := func(v, n int) {
		for i := range n {
			block.bits(uint64(v>>i&1), 1)
		}
	}
	low(0, 1)  // not the last
	low(2, 2)  // with codes of its own
	low(0, 10) // for 257 symbols and 1 distance
	low(14, 4) // whose lengths are coded by 18 symbols
	for i := range 18 {
		low(map[int]int{2: 1, 17: 1}[i], 3) // of which "many zeros" and "1" have a code, of one bit
	}
	low(1, 1)
	low(138-11, 7)
	low(1, 1)
	low(118-11, 7)
	low(0, 2) // the end of the block, and the distance
	low(0, 1) // the end of the block
	bits := (len(block.p)-1)*8 + block.used
	w := &packed{p: []byte{byte(Zlib), 0x78, 0x9c}, used: 8}
	for range n {
		for i := range bits {
			w.bits(uint64(block.p[i/8]>>(i%8)&1), 1)
		}
	}
	return w.p
}

// topDown writes bits from the top of each byte down, as bzip2 does.
type topDown struct {
	p []byte
	n int
}

func (w *topDown) bits(v uint64, n int) {
	for n--; n >= 0; n-- {
		if w.n%8 == 0 {
			w.p = append(w.p, 0)
		}
		w.p[len(w.p)-1] |= byte(v>>n&1) << (7 - w.n%8)
		w.n++
	}
}
