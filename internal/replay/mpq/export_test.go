package mpq

// Bzip2 returns a stream's bzip2 data and decompressed size, if it has that
// method and is a single unit.
func (a *Archive) Bzip2(name Name) (packed []byte, size int, ok bool) {
	b, err := a.find(name)
	if err != nil || b.packed >= b.size || b.packed == 0 {
		return nil, 0, false
	}
	p := a.file[a.base+b.offset:][:b.packed]
	return p[1:], b.size, p[0] == methodBzip2
}
