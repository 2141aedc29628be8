package bzip2

import (
	"encoding/binary"
	"math/bits"
)

// expand undoes the first stage of bzip2, where four equal bytes are followed
// by the number of further ones. It returns how much of dst it wrote, or false
// when dst is too small or the text ends where a count is due.
func expand(dst, src []byte) (n int, ok bool) {
	i := 0
	for i+10 <= len(src) && n+8 <= len(dst) {
		// Bytes that equal their successors show as zeros; three of them in
		// a row are a run. None that begins in the first six bytes is missed;
		// the count of the last of these is the tenth.
		w := binary.LittleEndian.Uint64(src[i:])
		zeros := zeroBytes(w ^ binary.LittleEndian.Uint64(src[i+1:]))
		zeros &= zeros >> 8 & (zeros >> 16)
		binary.LittleEndian.PutUint64(dst[n:], w)
		if zeros == 0 {
			i += 6
			n += 6
			continue
		}
		before := bits.TrailingZeros64(zeros) >> 3
		i += before
		n += before
		run := 4 + int(src[i+4])
		if !fill(dst, n, run, byte(w>>(8*before))) {
			return n, false
		}
		i += 5
		n += run
	}
	return expandTail(dst, src, i, n)
}

// expandTail is expand byte by byte, for where words would reach too far.
func expandTail(dst, src []byte, i, n int) (int, bool) {
	for i < len(src) {
		c := src[i]
		run := 1
		for run < 4 && i+run < len(src) && src[i+run] == c {
			run++
		}
		i += run
		if run == 4 {
			if i == len(src) {
				return n, false
			}
			run += int(src[i])
			i++
		}
		if !fill(dst, n, run, c) {
			return n, false
		}
		n += run
	}
	return n, true
}

// fill sets run bytes of dst from n on to c, if there is room.
func fill(dst []byte, n, run int, c byte) bool {
	if run > len(dst)-n {
		return false
	}
	part := dst[n : n+run]
	for i := range part {
		part[i] = c
	}
	return true
}

// zeroBytes returns a word with the top bit of each byte set where x has a
// zero byte.
func zeroBytes(x uint64) uint64 {
	const low7 = 0x7f7f7f7f7f7f7f7f
	return ^((x&low7 + low7) | x | low7)
}
