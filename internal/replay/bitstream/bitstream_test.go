package bitstream

import (
	"errors"
	"math/rand/v2"
	"testing"
)

// slowBits reads bits one by one, as the format is described: from the lowest
// bit of each byte up; those of a number that lie in one byte keep their
// order, and those of later bytes are below them.
func slowBits(data []byte, pos int, n uint) (v uint64) {
	for n > 0 {
		k := min(n, uint(8-pos%8))
		part := uint64(data[pos/8]) >> (pos % 8) & (1<<k - 1)
		v = v<<k | part
		pos += int(k)
		n -= k
	}
	return v
}

func TestBitsAtEveryOffsetAndLength(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 24)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	for pos := range len(data) * 8 {
		for n := uint(0); n <= 64; n++ {
			p := NewPacked(data)
			p.pos = pos
			got := p.Bits(n)
			if pos+int(n) > len(data)*8 {
				if p.Err() == nil || got != 0 {
					t.Fatalf("%d bits at %d of %d: no error", n, pos, len(data)*8)
				}
				continue
			}
			if want := slowBits(data, pos, n); got != want || p.Err() != nil {
				t.Fatalf("%d bits at %d: %x, want %x; %v", n, pos, got, want, p.Err())
			}
		}
	}
}

// types are one of each kind, and some in each other.
func types() []*Type {
	num := &Type{Kind: Int, Offset: -5, Bits: 9}
	text := &Type{Kind: Blob, Bits: 5}
	fixed := &Type{Kind: Blob, Offset: 3}
	flag := &Type{Kind: Bool}
	four := &Type{Kind: FourCC}
	null := &Type{Kind: Null}
	bits := &Type{Kind: BitArray, Bits: 6}
	maybe := &Type{Kind: Optional, Elem: text}
	list := &Type{Kind: Array, Bits: 4, Elem: maybe}
	empty := &Type{Kind: Array, Bits: 17, Elem: null}
	either := &Type{Kind: Choice, Bits: 2, Fields: []Field{{Tag: 0, Type: null}, {Tag: 1, Type: num}, {Tag: 2, Type: list}}}
	all := &Type{Kind: Struct, Fields: []Field{
		{Tag: 0, Type: num},
		{Tag: 1, Type: text},
		{Tag: 2, Type: flag},
		{Tag: 3, Type: four},
		{Tag: 4, Type: bits},
		{Tag: 5, Type: list},
		{Tag: 6, Type: either},
		{Tag: 7, Type: fixed},
		{Tag: 8, Type: empty},
	}}
	ts := []*Type{num, text, fixed, flag, four, null, bits, maybe, list, empty, either, all}
	for _, t := range ts {
		t.Finish()
	}
	return ts
}

func TestAfterAnErrorNothingIsLeft(t *testing.T) {
	t.Parallel()
	p := NewPacked([]byte{1, 2})
	p.Bits(17)
	first := p.Err()
	if first == nil || !p.Done() || p.Bits(1) != 0 || p.Blob(&Type{Kind: Blob, Bits: 3}) != nil || !errors.Is(p.Err(), first) {
		t.Errorf("%v, then %v", first, p.Err())
	}
	v := NewVersioned([]byte{9})
	v.Int()
	first = v.Err()
	if first == nil || !v.Done() || v.Int() != 0 || v.Struct() != 0 || !errors.Is(v.Err(), first) {
		t.Errorf("%v, then %v", first, v.Err())
	}
}

// read reads a value the way the streams' decoders do.
func read(p *Packed, t *Type) {
	switch t.Kind {
	case Int:
		p.Int(t)
	case Struct:
		for _, f := range t.Fields {
			read(p, f.Type)
		}
	case Choice:
		read(p, p.Choice(t).Type)
	case Array:
		for range p.Array(t) {
			read(p, t.Elem)
		}
	case Blob:
		p.Blob(t)
	case Optional:
		if e := p.Optional(t); e != nil {
			read(p, e)
		}
	case Bool:
		p.Bool(t)
	default:
		p.Skip(t)
	}
}

// FuzzPacked reads and skips the same value: both must end at the same place,
// or both in an error.
func FuzzPacked(f *testing.F) {
	ts := types()
	for i := range ts {
		f.Add(uint8(i), []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
		f.Add(uint8(i), []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		typ := ts[int(which)%len(ts)]
		a, b := NewPacked(data), NewPacked(data)
		read(&a, typ)
		b.Skip(typ)
		if (a.Err() == nil) != (b.Err() == nil) || a.pos != b.pos {
			t.Fatalf("read to %d, %v; skipped to %d, %v", a.pos, a.Err(), b.pos, b.Err())
		}
	})
}

// FuzzVersioned reads and skips the same struct; what can be read must be
// skipped to the same place.
func FuzzVersioned(f *testing.F) {
	ts := types()
	all := ts[len(ts)-1]
	f.Add([]byte{5, 4, 0, 9, 3, 2, 2, 4, 'a', 'b'})
	f.Add([]byte{5, 4, 4, 6, 1, 6, 7, 1, 2, 3, 4})
	f.Add([]byte{5, 2, 10, 0, 2, 4, 1, 2, 2, 'x'})
	f.Add([]byte{5, 2, 99, 3, 0, 4, 1, 5, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		a, b := NewVersioned(data), NewVersioned(data)
		for range a.Struct() {
			f := a.Field(all)
			kind := f.Type.Kind
			if kind == Array && f.Type.Elem.Kind != Optional {
				kind = Null // to be skipped
			}
			switch kind {
			case Int:
				a.Int()
			case Blob:
				a.Blob(f.Type)
			case Bool:
				a.Bool()
			case FourCC:
				a.FourCC()
			case Array:
				for range a.Array(f.Type) {
					if a.Optional() {
						a.Blob(f.Type.Elem.Elem)
					}
				}
			default:
				a.Skip()
			}
		}
		b.Skip()
		if a.Err() == nil && (b.Err() != nil || a.pos != b.pos) {
			t.Fatalf("read to %d; skipped to %d, %v", a.pos, b.pos, b.Err())
		}
	})
}
