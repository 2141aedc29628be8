package mpq

import "encoding/binary"

// The hash types, as offsets in cryptTable.
const (
	hashPosition = 0x000
	hashNameA    = 0x100
	hashNameB    = 0x200
	hashKey      = 0x300
	cryptStream  = 0x400
)

// The keys of the two tables: hash("(hash table)", hashKey) and
// hash("(block table)", hashKey).
const (
	hashTableKey  = 0xc3af3770
	blockTableKey = 0xec83b3a3
)

// cryptTable drives both the hashes and the cipher.
var cryptTable = newCryptTable()

func newCryptTable() (t [0x500]uint32) {
	seed := uint32(0x00100001)
	next := func() uint32 {
		seed = (seed*125 + 3) % 0x2aaaab
		return seed & 0xffff
	}
	for i := range 0x100 {
		for j := i; j < len(t); j += 0x100 {
			high := next()
			t[j] = high<<16 | next()
		}
	}
	return t
}

// hash computes one of a name's hashes. Case and the direction of slashes do
// not matter.
func hash(name string, kind uint32) uint32 {
	a, b := uint32(0x7fed7fed), uint32(0xeeeeeeee)
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		case c == '/':
			c = '\\'
		}
		a = cryptTable[kind+uint32(c)] ^ (a + b)
		b = uint32(c) + a + b + b<<5 + 3
	}
	return a
}

// decrypt deciphers the whole words of p into dst, which may be p. A rest of
// fewer than four bytes is never encrypted and is copied.
func decrypt(dst, p []byte, key uint32) {
	seed := uint32(0xeeeeeeee)
	for len(p) >= 4 {
		seed += cryptTable[cryptStream+key&0xff]
		w := binary.LittleEndian.Uint32(p) ^ (key + seed)
		binary.LittleEndian.PutUint32(dst, w)
		key = (^key<<21 + 0x11111111) | key>>11
		seed += w + seed<<5 + 3
		p, dst = p[4:], dst[4:]
	}
	copy(dst, p)
}
