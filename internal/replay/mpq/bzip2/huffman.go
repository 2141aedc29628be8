package bzip2

const (
	maxCodeLen = 20  // bits; the format's limit
	maxSymbols = 258 // 256 bytes, two run symbols less the front byte, end of block
	lookupBits = 10  // six tables of 4 kB stay in the first-level cache
)

// huffman decodes one prefix code. A lookup entry holds one or two symbols:
//
//	bits 0..4   length in bits of all its symbols
//	bits 5..9   length in bits of the first symbol; 0: not in the table
//	bits 10..18 the first symbol
//	bits 19..27 the second symbol
//	bit  28     there is a second symbol
type huffman struct {
	lookup [1 << lookupBits]uint32

	// For codes that are not in the table: the first code beyond those of
	// each length, left-aligned to 32 bits, and what to add to a code to get
	// its index in bySize.
	limit  [maxCodeLen + 2]uint64
	offset [maxCodeLen + 2]int32
	bySize [maxSymbols]uint16
}

const twoSymbols = 1 << 28

// build sets up h for symbols with the given code lengths, all in
// 1..maxCodeLen. It reports false when the lengths claim more codes than exist.
func (h *huffman) build(lengths []uint8) bool {
	var count [maxCodeLen + 2]int32
	for _, l := range lengths {
		count[l]++
	}
	var next [maxCodeLen + 2]int32 // index in bySize of the next symbol of each length
	code, rank := uint64(0), int32(0)
	for l := 1; l <= maxCodeLen; l++ {
		next[l] = rank
		h.offset[l] = rank - int32(code)
		code += uint64(count[l])
		rank += count[l]
		if code > 1<<l {
			return false
		}
		h.limit[l] = code << (32 - l)
		code <<= 1
	}
	for s, l := range lengths {
		h.bySize[next[l]] = uint16(s)
		next[l]++
	}
	h.fill(lengths)
	return true
}

// fill writes the lookup table: first every entry's first symbol, then, where
// bits remain, the symbol those bits begin with. The last symbol, the end of
// the block, stays out of it, so that the fast path need not look for it.
func (h *huffman) fill(lengths []uint8) {
	at := uint32(0)
	end := uint16(len(lengths) - 1)
	for _, s := range h.bySize[:len(lengths)] {
		l := uint32(lengths[s])
		if l > lookupBits {
			break
		}
		entry := uint32(s)<<10 | l<<5 | l
		if s == end {
			entry = 0
		}
		row := h.lookup[at : at+1<<(lookupBits-l)]
		for i := range row {
			row[i] = entry
		}
		at += 1 << (lookupBits - l)
	}
	clear(h.lookup[at:])

	for i, e := range h.lookup {
		l := e >> 5 & 31
		if l == 0 {
			continue
		}
		// Of the index only the bits after the first code are known here: a
		// second code that fits in them is certain. That entry may already
		// hold two symbols; its first is still its first.
		f := h.lookup[i<<l&(1<<lookupBits-1)]
		if m := f >> 5 & 31; m != 0 && l+m <= lookupBits {
			h.lookup[i] = f>>10&511<<19 | e&^31 | (l + m) | twoSymbols
		}
	}
}

// slow decodes any one code from the left-aligned acc. It returns length 0
// when acc begins with no code.
func (h *huffman) slow(acc uint64) (sym uint16, length uint) {
	top := acc >> 32
	for l := 1; l <= maxCodeLen; l++ {
		if top < h.limit[l] {
			i := int32(top>>(32-l)) + h.offset[l]
			if uint32(i) >= maxSymbols {
				return 0, 0
			}
			return h.bySize[i], uint(l)
		}
	}
	return 0, 0
}
