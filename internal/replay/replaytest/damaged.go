package replaytest

import (
	"bytes"
	"math"

	"github.com/evoladder/evoladderbot/internal/replay/mpq"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// holding is the sample with other bytes in a stream.
func holding(name string, data []byte) []byte {
	return with(name, func(s *Stream) { s.Data, s.Codec = data, Zlib })
}

// streamVectors are streams that are sound as compressed data and not as what
// they should hold.
func streamVectors() (all []Vector) {
	a := Sample().File().Archive()
	data := map[string][]byte{}
	for _, s := range a.Streams {
		data[s.Name] = s.Data
	}
	for i, name := range append(smallStreams[:len(smallStreams):len(smallStreams)], eventStreams...) {
		d := data[name]
		for what, bad := range map[string][]byte{
			"cut short": d[:len(d)-3],
			"all ones":  bytes.Repeat([]byte{0xff}, 1000),
			"noise":     noise(uint64(i), 5000),
		} {
			all = append(all, Vector{name + " " + what, holding(name, bad), stream.ErrMalformed})
		}
	}
	return append(all,
		Vector{"more in details than there should be", holding("replay.details", append(data["replay.details"], 0)), stream.ErrMalformed},
		Vector{"more in init data than there should be", holding("replay.initData", append(data["replay.initData"], 0)), stream.ErrMalformed},
		Vector{"no details and no backup", with("replay.details", func(s *Stream) { s.Name = "other" }), mpq.ErrNoStream},
		Vector{"empty game events", holding("replay.game.events", nil), nil},
		Vector{"attributes of a count of 4 billion", holding("replay.attributes.events", words([]byte{0}, 0, math.MaxUint32)), stream.ErrMalformed},
		Vector{"attributes of 1 MB and more", holding("replay.attributes.events", make([]byte, 2<<20)), mpq.ErrLimit},
	)
}

// versionedVectors abuse the encoding that says how large everything is.
func versionedVectors() []Vector {
	const unknown = 90 // a tag that no protocol has
	details := func(p []byte) []byte { return holding("replay.details", p) }
	nested := func(kind []byte, depth int) []byte {
		return vStruct(field{unknown, append(bytes.Repeat(kind, depth), 9, 0)})
	}
	count := varint(math.MaxInt64 / 2)
	head := Sample().File().Archive()
	head.UserData = vStruct(field{unknown, append(bytes.Repeat([]byte{4, 1}, 200), 9, 0)})
	endless := Sample().File().Archive()
	endless.UserData = bytes.Repeat([]byte{0xff}, 400)
	return []Vector{
		{"header nested too deep", head.Bytes(), stream.ErrMalformed},
		{"header of ones", endless.Bytes(), stream.ErrMalformed},
		{"details nested 100,000 deep, optional", details(nested([]byte{4, 1}, 100_000)), stream.ErrMalformed},
		{"details nested 100,000 deep, arrays", details(nested([]byte{0, 2}, 100_000)), stream.ErrMalformed},
		{"details nested 100,000 deep, choices", details(nested([]byte{3, 0}, 100_000)), stream.ErrMalformed},
		{"struct of 2^62 fields", details(append([]byte{5}, count...)), stream.ErrMalformed},
		{"players without number", details(vStruct(field{0, vSome(append([]byte{0}, count...))})), stream.ErrMalformed},
		{"32 players", details(vStruct(field{0, vSome(vList(make([]stream.Player, 32), player))})), stream.ErrMalformed},
		{"array of -1", details(vStruct(field{unknown, []byte{0, 3}})), stream.ErrMalformed},
		{"title of 2^62 bytes", details(vStruct(field{1, append([]byte{2}, count...)})), stream.ErrMalformed},
		{"title of 2,000 bytes", details(vStruct(field{1, vText(string(make([]byte, 2000)))})), stream.ErrMalformed},
		{"bit array of 2^62 bits", details(vStruct(field{unknown, append([]byte{1}, count...)})), stream.ErrMalformed},
		{"number without end", details(append([]byte{5}, bytes.Repeat([]byte{0x80}, 5000)...)), stream.ErrMalformed},
		{"value of kind 99", details(vStruct(field{unknown, []byte{99}})), stream.ErrMalformed},
	}
}
