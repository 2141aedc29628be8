package replaytest

import (
	"encoding/binary"
	"strings"
)

// crypt is the table of the archive format's hashes and cipher.
var crypt = func() (t [5][256]uint32) {
	seed := uint32(0x100001)
	half := func() uint32 {
		seed = (seed*125 + 3) % 0x2aaaab
		return seed & 0xffff
	}
	for i := range 256 {
		for k := range t {
			t[k][i] = half()<<16 | half()
		}
	}
	return t
}()

const (
	byPosition = iota
	byNameA
	byNameB
	byKey
	byWord
)

func hash(name string, kind int) uint32 {
	a, b := uint32(0x7fed7fed), uint32(0xeeeeeeee)
	for _, c := range []byte(strings.ToUpper(name)) {
		a = crypt[kind][c] ^ (a + b)
		b = uint32(c) + a + b*33 + 3
	}
	return a
}

// encrypt enciphers the whole words of p in place.
func encrypt(p []byte, key uint32) {
	seed := uint32(0xeeeeeeee)
	for ; len(p) >= 4; p = p[4:] {
		seed += crypt[byWord][key&0xff]
		w := binary.LittleEndian.Uint32(p)
		binary.LittleEndian.PutUint32(p, w^(key+seed))
		key = (^key<<21 + 0x11111111) | key>>11
		seed = w + seed*33 + 3
	}
}
