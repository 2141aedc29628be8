package replaytest

// packed writes the bit-packed encoding: numbers from their top bits down into
// bytes from their low bits up.
type packed struct {
	p    []byte
	used int // bits of the last byte; 8: all
}

func newPacked() *packed { return &packed{used: 8} }

// bits writes the low n bits of v.
func (w *packed) bits(v uint64, n int) {
	for n > 0 {
		if w.used == 8 {
			w.p, w.used = append(w.p, 0), 0
		}
		k := min(n, 8-w.used)
		part := byte(v>>(n-k)) & byte(1<<k-1)
		w.p[len(w.p)-1] |= part << w.used
		w.used += k
		n -= k
	}
}

func (w *packed) num(v, n int) { w.bits(uint64(v), n) }

func (w *packed) flag(b bool) {
	if b {
		w.bits(1, 1)
		return
	}
	w.bits(0, 1)
}

func (w *packed) align() { w.used = 8 }

// blob writes bytes after their number in n bits.
func (w *packed) blob(s string, n int) {
	if len(s) >= 1<<n {
		panic("replaytest: text too long: " + s)
	}
	w.num(len(s), n)
	w.raw([]byte(s))
}

// raw writes bytes from the next whole byte on.
func (w *packed) raw(p []byte) {
	w.align()
	w.p = append(w.p, p...)
}

// opt writes a number that may be absent (-1).
func (w *packed) opt(v, n int) {
	w.flag(v >= 0)
	if v >= 0 {
		w.num(v, n)
	}
}

// optText writes a text that may be absent (empty).
func (w *packed) optText(s string, n int) {
	w.flag(s != "")
	if s != "" {
		w.blob(s, n)
	}
}

// delta writes the time since the event before in as few bits as hold it.
func (w *packed) delta(loops int) {
	for choice, n := range []int{6, 14, 22, 32} {
		if uint64(loops) < 1<<n {
			w.num(choice, 2)
			w.num(loops, n)
			return
		}
	}
	panic("replaytest: events out of order")
}
