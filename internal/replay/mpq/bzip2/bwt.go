package bzip2

// The inverse of the Burrows–Wheeler transform is a walk: from one row, each
// entry of the table gives a byte and the next row. Every step waits for the
// load of the step before, which for the tables of a replay (about a megabyte)
// costs several times the work itself. But the walk is a permutation's cycle,
// so any row is on a cycle and a walk from it can be made before it is known
// where in the output it belongs. Rows that are multiples of a stride are the
// starts of segments; each segment ends where the next start is reached. Four
// lanes walk four segments at a time, and at the end the segments are copied
// together in the order in which they follow each other.
//
// On a table built from damaged data the permutation may have several cycles.
// The result is then as meaningless as that of the plain walk, and the same.

const (
	lanes = 4

	// segments is the number of segments aimed at: enough that no lane is
	// long alone at the end, few enough that changing segment costs nothing.
	segments = 512

	// minLaneRows is the size from which lanes pay.
	minLaneRows = 4096

	// A table entry: the byte, whether the next row is a start, the next row.
	startFlag = 1 << 8
	rowShift  = 9
)

// segment is a part of the walk, in a lane's buffer, and what follows it.
type segment struct {
	lane, from, to int
	next           int
}

// walker holds the tables of the transform between blocks.
type walker struct {
	table []uint32
	buf   [lanes][]byte
	seg   []segment
}

// invert replaces the last column of the sorted rotations by the text, given
// how often each byte occurs in it and the row at which the text begins.
func (w *walker) invert(last []byte, count *[256]uint32, origin int) {
	n := len(last)
	shift := 0
	for n>>shift > segments {
		shift++
	}
	if n < minLaneRows {
		shift = 30 // row 0 is the only start
	}
	w.table = grow(w.table, n)
	w.build(last, count, shift)

	if n < minLaneRows {
		row := uint32(origin)
		for i := range last {
			e := w.table[row]
			last[i] = byte(e)
			row = e >> rowShift
		}
		return
	}
	w.walk(shift)
	w.join(last, origin, shift)
}

// build fills the table: entry j leads to the row whose last byte is the j-th
// in sorted order.
func (w *walker) build(last []byte, count *[256]uint32, shift int) {
	var next [256]uint32
	sum := uint32(0)
	for b, c := range count {
		next[b] = sum
		sum += c
	}
	table := w.table
	stride := 1 << shift
	for base := 0; base < len(last); base += stride {
		part := last[base:min(base+stride, len(last))]
		flag := uint32(startFlag)
		row := uint32(base) << rowShift
		for _, b := range part {
			j := next[b]
			next[b] = j + 1
			table[j] = row | flag | uint32(b)
			flag = 0
			row += 1 << rowShift
		}
	}
}

// walk walks all segments.
func (w *walker) walk(shift int) {
	n := len(w.table)
	w.seg = w.seg[:0]
	total := (n + 1<<shift - 1) >> shift
	for range total {
		w.seg = append(w.seg, segment{})
	}
	for i := range w.buf {
		w.buf[i] = grow(w.buf[i], n)
	}
	var (
		current [lanes]int // the segment each lane is in
		row     [lanes]uint32
		started = lanes
	)
	for l := range current {
		current[l], row[l] = l, uint32(l)<<shift
		w.seg[l].lane = l
	}
	k := 0
	for {
		var e [lanes]uint32
		k, e = w.step(k, &row)
		for l := range e {
			if e[l]&startFlag == 0 {
				continue
			}
			s := &w.seg[current[l]]
			s.to, s.next = k, int(row[l])>>shift
			if started == total {
				w.finish(k, l, &current, &row, shift)
				return
			}
			current[l], row[l] = started, uint32(started)<<shift
			w.seg[started].lane, w.seg[started].from = l, k
			started++
		}
	}
}

// step walks all lanes until at least one has reached a start. It returns the
// common position in the lanes' buffers and the last entries read.
func (w *walker) step(k int, row *[lanes]uint32) (int, [lanes]uint32) {
	t := w.table
	b0 := w.buf[0]
	b1, b2, b3 := w.buf[1][:len(b0)], w.buf[2][:len(b0)], w.buf[3][:len(b0)]
	r0, r1, r2, r3 := row[0], row[1], row[2], row[3]
	var e0, e1, e2, e3 uint32
	for uint(k) < uint(len(b0)) {
		e0, e1, e2, e3 = t[r0], t[r1], t[r2], t[r3]
		b0[k], b1[k], b2[k], b3[k] = byte(e0), byte(e1), byte(e2), byte(e3)
		r0, r1, r2, r3 = e0>>rowShift, e1>>rowShift, e2>>rowShift, e3>>rowShift
		k++
		if (e0|e1|e2|e3)&startFlag != 0 {
			break
		}
	}
	*row = [lanes]uint32{r0, r1, r2, r3}
	return k, [lanes]uint32{e0, e1, e2, e3}
}

// finish walks the lanes that are under way to their ends, when no segment is
// left for lane idle; later lanes may have ended at position k as well.
func (w *walker) finish(k, idle int, current *[lanes]int, row *[lanes]uint32, shift int) {
	for l := range current {
		if l == idle {
			continue
		}
		s := &w.seg[current[l]]
		if l > idle && k > s.from && row[l]&(1<<shift-1) == 0 {
			s.to, s.next = k, int(row[l])>>shift
			continue
		}
		at, r := k, row[l]
		buf := w.buf[l]
		for at < len(buf) {
			e := w.table[r]
			buf[at] = byte(e)
			at++
			r = e >> rowShift
			if e&startFlag != 0 {
				break
			}
		}
		s.to, s.next = at, int(r)>>shift
	}
}

// join writes the text to out: from the origin to the first start by itself,
// then segment after segment.
func (w *walker) join(out []byte, origin, shift int) {
	row, i := uint32(origin), 0
	for i < len(out) && row&(1<<shift-1) != 0 {
		e := w.table[row]
		out[i] = byte(e)
		i++
		row = e >> rowShift
	}
	for s := int(row) >> shift; i < len(out); {
		g := &w.seg[s]
		i += copy(out[i:], w.buf[g.lane][g.from:g.to])
		s = g.next
	}
}

// grow returns s with length n, keeping nothing of its content.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
