package bzip2

import "encoding/binary"

// bitReader hands out bits, most significant first. The next bit is the top
// bit of acc; n of its bits are real. Past the end of src it yields zeros, so
// that no read needs a check of its own; overrun tells whether that happened.
type bitReader struct {
	src []byte
	pos int // of the next byte to load
	acc uint64
	n   uint
}

// refill leaves at least 56 bits in acc.
func (b *bitReader) refill() {
	if b.pos+8 <= len(b.src) {
		b.acc |= binary.BigEndian.Uint64(b.src[b.pos:]) >> (b.n & 63)
		b.pos += int(63-b.n) >> 3
		b.n |= 56
		return
	}
	for b.n <= 56 {
		if b.pos < len(b.src) {
			b.acc |= uint64(b.src[b.pos]) << (56 - b.n)
		}
		b.pos++
		b.n += 8
	}
}

// take returns the next k bits, k in 1..32.
func (b *bitReader) take(k uint) uint32 {
	if b.n < k {
		b.refill()
	}
	v := uint32(b.acc >> (64 - k))
	b.acc <<= k
	b.n -= k
	return v
}

// offset is the number of bits taken so far.
func (b *bitReader) offset() int { return b.pos*8 - int(b.n) }

// overrun reports whether bits were taken that src does not hold.
func (b *bitReader) overrun() bool { return b.offset() > len(b.src)*8 }
