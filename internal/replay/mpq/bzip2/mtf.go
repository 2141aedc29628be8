package bzip2

// moveToFront is a list of bytes. Moving the ones before a position along is
// left to the runtime's copy: shifting words, or masks instead of branches,
// measured slower.
type moveToFront [256]byte

// load sets the list to the byte values in use, in ascending order.
func (m *moveToFront) load(used *[256]bool) (count int) {
	for b := range used {
		if used[b] {
			m[count] = byte(b)
			count++
		}
	}
	return count
}

// take moves the byte at position p, below 256, to the front and returns it.
func (m *moveToFront) take(p uint) byte {
	p &= 255
	b := m[p]
	copy(m[1:p+1], m[:p])
	m[0] = b
	return b
}
