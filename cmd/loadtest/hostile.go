package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
)

// hostile are the ways to be no replay, from the clumsy to the cunning. Each
// gets a sample's bytes, not to be changed, and a source of chance.
var hostile = []struct {
	name string
	any  bool // whether it can still be read is anybody's guess
	make func(s *Sample, chance *rand.Rand) []byte
}{
	{"noise", false, func(s *Sample, chance *rand.Rand) []byte {
		data := append([]byte("MPQ\x1b"), make([]byte, 64<<10)...)
		scramble(data[4:], chance)
		return data
	}},
	{"cut", false, func(s *Sample, chance *rand.Rand) []byte {
		return slices.Clone(s.Data[:len(s.Data)/4+chance.IntN(len(s.Data)/2)])
	}},
	// One in five of these makes a common archive reader loop for ever.
	{"flipped", true, func(s *Sample, chance *rand.Rand) []byte {
		data := slices.Clone(s.Data)
		for range 1 + chance.IntN(16) {
			data[chance.IntN(len(data))] ^= byte(1 + chance.IntN(255))
		}
		return data
	}},
	// A few bytes that ask for gigabytes: the archive's header claims tables of
	// the largest size there is.
	{"greedy", false, func(s *Sample, chance *rand.Rand) []byte {
		data := make([]byte, 96)
		copy(data, "MPQ\x1b")
		binary.LittleEndian.PutUint32(data[4:], 16)
		binary.LittleEndian.PutUint32(data[8:], 32) // where the archive is
		copy(data[32:], "MPQ\x1a")
		binary.LittleEndian.PutUint32(data[36:], 32)         // size of the header
		binary.LittleEndian.PutUint32(data[40:], 1<<31)      // size of the archive
		binary.LittleEndian.PutUint16(data[46:], 3)          // a sector: 4 KiB
		binary.LittleEndian.PutUint32(data[48:], 32)         // where the hash table is
		binary.LittleEndian.PutUint32(data[52:], 32)         // where the block table is
		binary.LittleEndian.PutUint32(data[56:], 0x10000000) // entries of the hash table
		binary.LittleEndian.PutUint32(data[60:], 0x10000000) // entries of the block table
		binary.LittleEndian.PutUint64(data[88:], chance.Uint64())
		return data
	}},
	{"tail", true, func(s *Sample, chance *rand.Rand) []byte {
		// The archive's tables stand at the end.
		data := slices.Clone(s.Data)
		scramble(data[len(data)-min(len(data)/8, 2048):], chance)
		return data
	}},
	{"streams", true, func(s *Sample, chance *rand.Rand) []byte {
		data := slices.Clone(s.Data)
		at := len(data)/8 + chance.IntN(len(data)/2)
		scramble(data[at:min(at+512, len(data))], chance)
		return data
	}},
}

func scramble(data []byte, chance *rand.Rand) {
	for i := range data {
		data[i] = byte(chance.Uint32())
	}
}

// Hostile is the n-th hostile file, of every kind in turn, the same each time.
func (c *Corpus) Hostile(n int) File {
	kind := hostile[n%len(hostile)]
	chance := rand.New(rand.NewPCG(uint64(n), 0x45564f))
	return File{
		Name: fmt.Sprintf("hostile-%s-%06d%s", kind.name, n, extension),
		Data: kind.make(c.samples[n%len(c.samples)], chance),
		Any:  kind.any,
	}
}
