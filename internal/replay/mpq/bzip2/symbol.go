package bzip2

// readSymbols decodes the block's symbols up to the one that ends it, which is
// not kept, into d.symbols and returns their number: at most room, for each
// stands for at least one byte.
func (d *Decoder) readSymbols(end uint16, room int) (int, error) {
	// Whatever the data says, no group can hold more symbols than groupSize.
	d.symbols = grow(d.symbols, min(room, len(d.choice)*groupSize)+2*groupSize)
	n := 0
	for _, t := range d.choice {
		if n > room {
			return 0, d.corrupt("block too long")
		}
		group := d.symbols[n : n+groupSize+1]
		k, state := d.readGroup(group, &d.trees[t], end)
		n += k
		switch {
		case state == groupBad:
			return 0, d.corrupt("no such prefix code")
		case state == groupLast && d.bits.overrun():
			return 0, d.corrupt("stream ends early")
		case state == groupLast:
			return n, nil
		}
	}
	return 0, d.corrupt("block without end")
}

// How a group of symbols ended.
const (
	groupFull = iota
	groupLast // with the end of the block
	groupBad
)

// readGroup decodes groupSize symbols, or fewer up to the end of the block.
// The extra place in out is for the second half of a pair.
func (d *Decoder) readGroup(out []uint16, h *huffman, end uint16) (n, state int) {
	b := d.bits
	out = out[:groupSize+1]
	for n < groupSize {
		b.refill()
		// A refill is good for five lookups; eight symbols at most in four.
		if n <= groupSize-8 {
			lookups := 0
			for ; lookups < 4; lookups++ {
				e := h.lookup[b.acc>>(64-lookupBits)]
				if e == 0 {
					break
				}
				out[n] = uint16(e >> 10 & 511)
				out[n+1] = uint16(e >> 19 & 511)
				n += int(1 + e>>28)
				b.acc <<= e & 31
				b.n -= uint(e & 31)
			}
			if lookups > 0 {
				continue
			}
		}
		if e := h.lookup[b.acc>>(64-lookupBits)]; e != 0 {
			l := uint(e >> 5 & 31)
			out[n] = uint16(e >> 10 & 511)
			n++
			b.acc <<= l
			b.n -= l
			continue
		}
		s, l := h.slow(b.acc)
		b.acc <<= l
		b.n -= l
		if l == 0 || s == end {
			d.bits = b
			if l == 0 {
				return n, groupBad
			}
			return n, groupLast
		}
		out[n] = s
		n++
	}
	d.bits = b
	return n, groupFull
}
