package bzip2

// moveToFront is a list of 256 bytes, eight to a word, first in the lowest
// bits, so that moving a byte to the front is a shift of a few words.
type moveToFront [32]uint64

// load sets the list to the byte values in use, in ascending order.
func (m *moveToFront) load(used *[256]bool) (count int) {
	*m = moveToFront{}
	for b := range used {
		if used[b] {
			m[count>>3] |= uint64(b) << (count & 7 * 8)
			count++
		}
	}
	return count
}

// front is the byte at position 0.
func (m *moveToFront) front() byte { return byte(m[0]) }

// take moves the byte at position p, below 256, to the front and returns it.
func (m *moveToFront) take(p uint) byte {
	w, s := p>>3&31, p&7*8
	word := m[w]
	b := word >> s & 0xff
	carry := b
	for i := range m[:w] {
		t := m[i]
		m[i] = t<<8 | carry
		carry = t >> 56
	}
	below := word & (1<<s - 1)
	keep := word >> s >> 8 << 8 << s
	m[w] = keep | below<<8 | carry
	return byte(b)
}
