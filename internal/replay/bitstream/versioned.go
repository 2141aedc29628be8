package bitstream

// The kinds that a versioned value begins with.
const (
	wireArray = iota
	wireBitArray
	wireBlob
	wireChoice
	wireOptional
	wireStruct
	wireByte
	wireWord // 4 bytes
	wireLong // 8 bytes
	wireInt
)

// maxNesting bounds how deep values that are stepped over may lie in each
// other. Those of replays are at most six deep.
const maxNesting = 32

// Versioned reads the versioned encoding.
type Versioned struct {
	data []byte
	pos  int
	err  error
}

// NewVersioned returns a reader of data.
func NewVersioned(data []byte) Versioned { return Versioned{data: data} }

// Err is the first error, or nil.
func (v *Versioned) Err() error { return v.err }

// Done reports whether nothing is left, be it after an error.
func (v *Versioned) Done() bool { return v.pos >= len(v.data) }

// Fail records an error at the current position, unless there is one already.
func (v *Versioned) Fail(what string) {
	if v.err == nil {
		v.err = &Error{Bit: v.pos * 8, What: what}
	}
	v.pos = len(v.data)
}

func (v *Versioned) byte() byte {
	if v.pos >= len(v.data) {
		v.Fail("stream ends early")
		return 0
	}
	b := v.data[v.pos]
	v.pos++
	return b
}

// kind reads the kind of the next value, which must be want.
func (v *Versioned) kind(want byte) bool {
	if v.byte() != want {
		v.pos--
		v.Fail("value of another kind than the protocol has")
		return false
	}
	return true
}

// varint reads a number: seven bits a byte, lowest first, the highest bit of
// each says that more follow, the lowest bit of the first is the sign.
func (v *Versioned) varint() int64 {
	var u uint64
	for shift := uint(0); shift < 70; shift += 7 {
		b := v.byte()
		u |= uint64(b&0x7f) << shift
		if b < 0x80 {
			if u&1 != 0 {
				return -int64(u >> 1)
			}
			return int64(u >> 1)
		}
	}
	v.Fail("number too long")
	return 0
}

// count reads a number of things of at least size bytes each, of which no
// more can follow than are left.
func (v *Versioned) count(size int) int {
	n := v.varint()
	if n < 0 || n > int64((len(v.data)-v.pos)/size) {
		v.Fail("more announced than the stream holds")
		return 0
	}
	return int(n)
}

// bytes returns the next n bytes, which are the stream's own.
func (v *Versioned) bytes(n int) []byte {
	if n < 0 || n > len(v.data)-v.pos {
		v.Fail("stream ends early")
		return nil
	}
	p := v.data[v.pos : v.pos+n : v.pos+n]
	v.pos += n
	return p
}

// Struct reads the beginning of a struct and returns how many fields follow.
func (v *Versioned) Struct() int {
	if !v.kind(wireStruct) {
		return 0
	}
	return v.count(2)
}

// Field reads which field of a struct of type t follows. One that the
// protocol does not know is Unnamed and must be skipped like all of those.
func (v *Versioned) Field(t *Type) Field {
	if f := t.field(v.varint()); f != nil {
		return *f
	}
	return Field{Type: &nothing}
}

// Array reads the beginning of an array of type t and returns its length.
func (v *Versioned) Array(t *Type) int {
	if !v.kind(wireArray) {
		return 0
	}
	return v.length(t, Array)
}

// length reads the length of an array or blob. The encoding would let it be
// anything; the protocol says in how many bits it fits.
func (v *Versioned) length(t *Type, kind Kind) int {
	n := v.count(1)
	if t.Kind != kind || int64(n) < t.Offset || uint64(int64(n)-t.Offset)>>t.Bits != 0 {
		v.Fail("longer than the protocol allows")
		return 0
	}
	return n
}

// Optional reads whether a value follows.
func (v *Versioned) Optional() bool {
	return v.kind(wireOptional) && v.byte() != 0
}

// Int reads a number.
func (v *Versioned) Int() int64 {
	if !v.kind(wireInt) {
		return 0
	}
	return v.varint()
}

// OptionalInt reads a number that may be absent.
func (v *Versioned) OptionalInt(absent int64) int64 {
	if !v.Optional() {
		return absent
	}
	return v.Int()
}

// Bool reads a truth value.
func (v *Versioned) Bool() bool {
	return v.kind(wireByte) && v.byte() != 0
}

// Blob reads a string of bytes of type t, which are the stream's own.
func (v *Versioned) Blob(t *Type) []byte {
	if !v.kind(wireBlob) {
		return nil
	}
	return v.bytes(v.length(t, Blob))
}

// FourCC reads four bytes, which are the stream's own.
func (v *Versioned) FourCC() []byte {
	if !v.kind(wireWord) {
		return nil
	}
	return v.bytes(4)
}

// Delta reads a choice among numbers, the form of the time between events.
func (v *Versioned) Delta() int64 {
	if !v.kind(wireChoice) {
		return 0
	}
	v.varint()
	return v.Int()
}

// open is a struct or array that is being stepped over.
type open struct {
	left   int
	tagged bool
}

// Skip steps over a value of any kind. It keeps its own stack, so that nested
// values cost neither more of the program's nor more than maxNesting.
func (v *Versioned) Skip() {
	var stack [maxNesting]open
	depth := 0
	stack[0].left = 1
	for v.err == nil {
		for stack[depth].left == 0 {
			if depth == 0 {
				return
			}
			depth--
		}
		stack[depth].left--
		if stack[depth].tagged {
			v.varint()
		}
		inner := v.skipHead()
		if inner.left == 0 {
			continue
		}
		if depth++; depth == maxNesting {
			v.Fail("values nested too deep")
			return
		}
		stack[depth] = inner
	}
}

// skipHead steps over a value without those in it, which it returns.
func (v *Versioned) skipHead() open {
	switch v.byte() {
	case wireArray:
		return open{left: v.count(1)}
	case wireBitArray:
		bits := v.varint()
		if bits < 0 || bits > int64(len(v.data)-v.pos)*8 {
			v.Fail("more announced than the stream holds")
			return open{}
		}
		v.bytes(int(bits+7) / 8)
	case wireBlob:
		v.bytes(v.count(1))
	case wireChoice:
		return open{left: 1, tagged: true}
	case wireOptional:
		if v.byte() != 0 {
			return open{left: 1}
		}
	case wireStruct:
		return open{left: v.count(2), tagged: true}
	case wireByte:
		v.byte()
	case wireWord:
		v.bytes(4)
	case wireLong:
		v.bytes(8)
	case wireInt:
		v.varint()
	default:
		v.Fail("no such kind of value")
	}
	return open{}
}
