package bitstream

import "encoding/binary"

// Packed reads the bit-packed encoding. Bits of a byte are taken from the
// lowest up; a number that spans bytes has the bits taken first at its top.
type Packed struct {
	data []byte
	pos  int // in bits
	err  error
}

// NewPacked returns a reader of data.
func NewPacked(data []byte) Packed { return Packed{data: data} }

// Err is the first error, or nil.
func (p *Packed) Err() error { return p.err }

// Done reports whether nothing is left, be it after an error.
func (p *Packed) Done() bool { return p.pos >= len(p.data)*8 }

// Align skips to the next whole byte.
func (p *Packed) Align() { p.pos = (p.pos + 7) &^ 7 }

// Fail records an error at the current position, unless there is one already.
func (p *Packed) Fail(what string) {
	if p.err == nil {
		p.err = &Error{Bit: p.pos, What: what}
	}
	p.pos = len(p.data) * 8
}

// left is the number of bits that are left.
func (p *Packed) left() int { return len(p.data)*8 - p.pos }

// Bits returns the next n bits as a number, n at most 64.
func (p *Packed) Bits(n uint) uint64 {
	if int(n) > p.left() {
		p.Fail("stream ends early")
		return 0
	}
	if n > 32 {
		return p.longBits(n)
	}
	at, used := p.pos>>3, uint(p.pos&7)
	p.pos += int(n)
	if used+n <= 8 {
		if n == 0 {
			return 0
		}
		return uint64(p.data[at]) >> used & (1<<n - 1)
	}
	// The rest of the first byte, whole bytes, and the low bits of the last.
	rest := n - (8 - used)
	whole, low := rest>>3, rest&7
	v := uint64(p.data[at] >> used)
	if at+8 <= len(p.data) {
		w := binary.BigEndian.Uint64(p.data[at:])
		v = v<<(8*whole) | w<<8>>(64-8*whole)
		return v<<low | w>>(48-8*whole)&(1<<low-1)
	}
	for range whole {
		at++
		v = v<<8 | uint64(p.data[at])
	}
	if low > 0 {
		v = v<<low | uint64(p.data[at+1])&(1<<low-1)
	}
	return v
}

// longBits is Bits for numbers that are too long for it, a byte's part at a
// time. They cannot be put together from two shorter ones, which would divide
// a byte.
func (p *Packed) longBits(n uint) (v uint64) {
	for n > 0 {
		k := min(n, uint(8-p.pos&7))
		v = v<<k | p.Bits(k)
		n -= k
	}
	return v
}

// Int reads a number of an Int type, or of a Struct around one.
func (p *Packed) Int(t *Type) int64 {
	t = t.Only()
	if t.Kind != Int {
		p.Fail("protocol has no number here")
		return 0
	}
	return t.Offset + int64(p.Bits(uint(t.Bits)))
}

// OptionalInt reads an Optional number, or of a Struct around one, and gives
// absent for one that is not there.
func (p *Packed) OptionalInt(t *Type, absent int64) int64 {
	t = t.Only()
	if t.Kind == Optional {
		if p.Bits(1) == 0 {
			return absent
		}
		t = t.Elem
	}
	return p.Int(t)
}

// Optional reads whether a value of type t follows, and returns its type; nil
// when none does.
func (p *Packed) Optional(t *Type) *Type {
	if t.Kind != Optional {
		return t
	}
	if p.Bits(1) == 0 {
		return nil
	}
	return t.Elem
}

// Bool reads a Bool.
func (p *Packed) Bool(t *Type) bool {
	if t.Kind != Bool {
		p.Fail("protocol has no truth value here")
	}
	return p.Bits(1) != 0
}

// Blob reads a Blob, an Optional one too. The bytes are the stream's own; nil
// means that there are none.
func (p *Packed) Blob(t *Type) []byte {
	if t = p.Optional(t); t == nil {
		return nil
	}
	if t.Kind != Blob {
		p.Fail("protocol has no bytes here")
		return nil
	}
	n := t.Offset + int64(p.Bits(uint(t.Bits)))
	p.Align()
	if n < 0 || n > int64(p.left()/8) {
		p.Fail("bytes longer than the stream")
	}
	if p.err != nil {
		return nil
	}
	at := p.pos >> 3
	p.pos += int(n) * 8
	return p.data[at : at+int(n) : at+int(n)]
}

// Array reads the length of an Array, which is no more than can be left.
func (p *Packed) Array(t *Type) int {
	if t.Kind != Array {
		p.Fail("protocol has no list here")
		return 0
	}
	n := t.Offset + int64(p.Bits(uint(t.Bits)))
	if n < 0 || n > int64(p.left()/max(t.Elem.least, 1)) {
		p.Fail("list longer than the stream")
		return 0
	}
	return int(n)
}

// Choice reads which of a Choice's fields follows.
func (p *Packed) Choice(t *Type) Field {
	if t.Kind == Choice {
		if f := t.field(t.Offset + int64(p.Bits(uint(t.Bits)))); f != nil {
			return *f
		}
	}
	p.Fail("no such choice")
	return Field{Type: &nothing}
}

var nothing = Type{Kind: Null}

// Skip steps over a value. It recurses as deep as the types are nested, which
// the protocol decides and not the stream.
func (p *Packed) Skip(t *Type) {
	if t.fixed >= 0 {
		p.skipBits(t.fixed)
		return
	}
	switch t.Kind {
	case Struct:
		for i := range t.Fields {
			p.Skip(t.Fields[i].Type)
		}
	case Choice:
		p.Skip(p.Choice(t).Type)
	case Array:
		p.SkipElems(t, p.Array(t))
	case BitArray:
		p.skipBits(int(t.Offset) + int(p.Bits(uint(t.Bits))))
	case Blob:
		p.Blob(t)
	case Optional:
		if p.Bits(1) != 0 {
			p.Skip(t.Elem)
		}
	}
}

// SkipElems steps over n elements of an Array whose length has been read.
func (p *Packed) SkipElems(t *Type, n int) {
	if t.Elem.fixed >= 0 {
		p.skipBits(n * t.Elem.fixed)
		return
	}
	for range n {
		if p.err != nil {
			return
		}
		p.Skip(t.Elem)
	}
}

func (p *Packed) skipBits(n int) {
	if n < 0 || n > p.left() {
		p.Fail("stream ends early")
		return
	}
	p.pos += n
}
