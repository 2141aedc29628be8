package bzip2

import (
	"encoding/binary"
	"hash/crc32"
	"math/bits"
)

// checksum is bzip2's CRC of p: the polynomial of IEEE 802.3, most significant
// bit first. hash/crc32 (with processor support) computes the same polynomial
// least significant bit first, so the bits of every byte are reversed on the
// way in and those of the sum on the way out.
func checksum(p []byte) uint32 {
	var buf [1024]byte
	sum := uint32(0)
	for len(p) > 0 {
		n := min(len(p), len(buf))
		reverseBits(buf[:n], p[:n])
		sum = crc32.Update(sum, crc32.IEEETable, buf[:n])
		p = p[n:]
	}
	return bits.Reverse32(sum)
}

// reverseBits writes src to dst with the bits of each byte reversed.
func reverseBits(dst, src []byte) {
	for len(src) >= 8 && len(dst) >= 8 {
		w := binary.LittleEndian.Uint64(src)
		binary.LittleEndian.PutUint64(dst, bits.ReverseBytes64(bits.Reverse64(w)))
		src, dst = src[8:], dst[8:]
	}
	for i, c := range src {
		dst[i] = bits.Reverse8(c)
	}
}
