package bzip2

import (
	"errors"
	"fmt"
)

const (
	blockUnit = 100_000 // bytes of a block for each level 1..9
	groupSize = 50      // symbols that share a prefix code
	maxTrees  = 6

	blockMagic = 0x314159265359
	endMagic   = 0x177245385090

	// minBlock bounds the blocks of a stream by its output: setting up a
	// block costs as much as thousands of bytes, so a file of tiny ones would
	// be slow out of proportion. Encoders fill their blocks (≥ 100 kB) except
	// the last.
	minBlock  = 10_000
	fewBlocks = 2
)

// ErrCorrupt is what every error of Decode wraps.
var ErrCorrupt = errors.New("bzip2: corrupt data")

// A Decoder holds the tables of one decompression at a time and reuses them
// for the next: up to 11 MB after a block of 900 kB, about 13 times the size of
// the largest block met. The zero value is ready.
type Decoder struct {
	bits    bitReader
	trees   [maxTrees]huffman
	choice  []uint8  // which tree codes each group of symbols
	symbols []uint16 // of a block, with a few to spare
	last    []byte   // last column of the sorted rotations, then the text
	count   [256]uint32
	walk    walker
}

// Decode decompresses src, one whole bzip2 stream, into dst, which it must
// fill exactly. It returns the number of bytes that are known to be good:
// those of the blocks whose checksums agree.
func (d *Decoder) Decode(dst, src []byte) (int, error) {
	d.bits = bitReader{src: src}
	defer func() { d.bits.src = nil }()
	if len(src) < 4 || src[0] != 'B' || src[1] != 'Z' || src[2] != 'h' || src[3] < '1' || src[3] > '9' {
		return 0, d.corrupt("no stream header")
	}
	level := int(src[3] - '0')
	d.bits.pos = 4
	n, sum := 0, uint32(0)
	for blocks := 0; ; blocks++ {
		magic := uint64(d.bits.take(24))<<24 | uint64(d.bits.take(24))
		want := d.bits.take(32)
		switch {
		case d.bits.overrun():
			return n, d.corrupt("stream ends early")
		case magic == endMagic && want != sum:
			return n, d.corrupt("stream checksum differs")
		case magic == endMagic && n != len(dst):
			return n, d.corrupt("less data than announced")
		case magic == endMagic:
			return n, nil
		case magic != blockMagic:
			return n, d.corrupt("no block header")
		case blocks >= fewBlocks+len(dst)/minBlock:
			return n, d.corrupt("too many small blocks")
		}
		// What is left of dst bounds the block: four equal bytes and their
		// count are the only five bytes that stand for four.
		room := min(level*blockUnit, (len(dst)-n)/4*5+4)
		wrote, err := d.block(dst[n:], room)
		if err != nil {
			return n, err
		}
		if checksum(dst[n:n+wrote]) != want {
			return n, d.corrupt("block checksum differs")
		}
		n += wrote
		sum = (sum<<1 | sum>>31) ^ want
	}
}

// block decodes one block of at most room bytes before expansion into dst.
func (d *Decoder) block(dst []byte, room int) (int, error) {
	head := d.bits.take(25)
	if head>>24 != 0 {
		return 0, d.corrupt("randomised block")
	}
	origin := int(head & 0xffffff)
	var front moveToFront
	used := d.bytesUsed(&front)
	if used == 0 {
		return 0, d.corrupt("block without bytes")
	}
	if err := d.codes(used + 2); err != nil {
		return 0, err
	}
	end := uint16(used + 1)
	count, err := d.readSymbols(end, room)
	if err != nil {
		return 0, err
	}
	if !d.place(d.symbols[:count], &front, room) {
		return 0, d.corrupt("block too long")
	}
	if origin >= len(d.last) {
		return 0, d.corrupt("block begins outside itself")
	}
	d.walk.invert(d.last, &d.count, origin)
	n, ok := expand(dst, d.last)
	if !ok {
		return 0, d.corrupt("more data than announced")
	}
	return n, nil
}

// bytesUsed reads which bytes the block contains into the list.
func (d *Decoder) bytesUsed(front *moveToFront) int {
	var used [256]bool
	ranges := d.bits.take(16)
	for i := range 16 {
		if ranges>>(15-i)&1 == 0 {
			continue
		}
		part := d.bits.take(16)
		for j := range 16 {
			used[i<<4|j] = part>>(15-j)&1 != 0
		}
	}
	return front.load(&used)
}

// codes reads the block's prefix codes for n symbols and the choice among them.
func (d *Decoder) codes(n int) error {
	trees := int(d.bits.take(3))
	groups := int(d.bits.take(15))
	if trees < 2 || trees > maxTrees || groups == 0 {
		return d.corrupt("number of prefix codes")
	}
	if !d.chooseTrees(trees, groups) {
		return d.corrupt("choice of prefix code")
	}
	var lengths [maxSymbols]uint8
	for t := range trees {
		if !d.codeLengths(lengths[:n]) || !d.trees[t].build(lengths[:n]) {
			return d.corrupt("prefix code")
		}
	}
	if d.bits.overrun() {
		return d.corrupt("stream ends early")
	}
	return nil
}

// chooseTrees reads which of the trees codes each group.
func (d *Decoder) chooseTrees(trees, groups int) bool {
	d.choice = grow(d.choice, groups)
	order := [maxTrees]uint8{0, 1, 2, 3, 4, 5}
	for g := range d.choice {
		p := 0
		for d.bits.take(1) != 0 {
			if p++; p == trees {
				return false
			}
		}
		t := order[p]
		copy(order[1:p+1], order[:p])
		order[0] = t
		d.choice[g] = t
	}
	return true
}

// codeLengths reads the lengths of one prefix code, each as the difference to
// the one before.
func (d *Decoder) codeLengths(lengths []uint8) bool {
	l := d.bits.take(5)
	for i := range lengths {
		for {
			if l < 1 || l > maxCodeLen {
				return false
			}
			if d.bits.take(1) == 0 {
				break
			}
			l += 1 - 2*d.bits.take(1)
		}
		lengths[i] = uint8(l)
	}
	return true
}

// place turns the symbols into the last column, counting its bytes. Symbols 0
// and 1 are the digits of how often the front byte is repeated, in bijective
// base 2; symbol s above them takes the byte at s-1 to the front.
func (d *Decoder) place(symbols []uint16, front *moveToFront, room int) bool {
	d.last = grow(d.last, room)
	d.count = [256]uint32{}
	last := d.last
	n := 0
	for i := 0; i < len(symbols); {
		s := symbols[i]
		i++
		if s > 1 {
			if n >= len(last) {
				return false
			}
			b := front.take(uint(s) - 1)
			last[n] = b
			d.count[b]++
			n++
			continue
		}
		run, digit := int(s)+1, 2
		for i < len(symbols) && symbols[i] <= 1 && digit <= len(last) {
			run += (int(symbols[i]) + 1) * digit
			digit <<= 1
			i++
		}
		b := front[0]
		if !fill(last, n, run, b) {
			return false
		}
		d.count[b] += uint32(run)
		n += run
	}
	d.last = last[:n]
	return true
}

// corrupt is the error for what was met at the current position.
func (d *Decoder) corrupt(what string) error {
	return fmt.Errorf("%w: %s near byte %d", ErrCorrupt, what, min(d.bits.offset()/8, len(d.bits.src)))
}
