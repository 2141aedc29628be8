package bitstream

import "math"

// Kind is what a Type describes.
type Kind uint8

// The kinds of type, as in the tables' text: _int, _struct, …
const (
	Int      Kind = iota // Offset plus Bits bits
	Struct               // all Fields
	Choice               // one of Fields, by the number in their Tag
	Array                // Offset plus Bits bits of length, then Elem
	BitArray             // length, then as many bits
	Blob                 // length, then as many bytes from the next whole byte
	Optional             // a bit, then Elem if it is set
	Bool
	FourCC // four bytes
	Null   // nothing
)

// Name is a field's or event's name as a small number. Names that no caller asks
// for are Unnamed, and their values are stepped over.
type Name uint16

// Unnamed is the name of what no caller asks for.
const Unnamed Name = 0

// Field is a member of a Struct or Choice.
type Field struct {
	Name Name
	Tag  int
	Type *Type
}

// Type describes how a value is encoded. It does not change once it is built.
type Type struct {
	Kind   Kind
	Bits   uint8 // of the number, length or choice
	Offset int64
	Fields []Field
	Elem   *Type

	fixed int // size in bits of every value, if they all have the same; else -1
	least int // size in bits of the smallest value
	byTag []*Field
}

// maxTag bounds the index of fields by tag; the tables' tags are below 40.
const maxTag = 255

// Finish derives what reading needs from the exported fields. The types that
// t refers to must be finished before.
func (t *Type) Finish() {
	t.fixed, t.least = t.sizes()
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Tag < 0 || f.Tag > maxTag {
			continue // bit-packed structs count downwards; order is all there
		}
		for len(t.byTag) <= f.Tag {
			t.byTag = append(t.byTag, nil)
		}
		t.byTag[f.Tag] = f
	}
}

func (t *Type) sizes() (fixed, least int) {
	bits := int(t.Bits)
	switch t.Kind {
	case Int:
		return bits, bits
	case Struct:
		for _, f := range t.Fields {
			least += f.Type.least
			if fixed >= 0 && f.Type.fixed >= 0 {
				fixed += f.Type.fixed
			} else {
				fixed = -1
			}
		}
		return fixed, least
	case Choice:
		least = math.MaxInt
		for _, f := range t.Fields {
			least = min(least, f.Type.least)
		}
		return -1, bits + least
	case Blob:
		return -1, bits + 8*int(t.Offset)
	case Array, BitArray:
		return -1, bits
	case Optional:
		return -1, 1
	case Bool:
		return 1, 1
	case FourCC:
		return 32, 32
	}
	return 0, 0
}

// field is the field with a tag, or nil.
func (t *Type) field(tag int64) *Field {
	if tag < 0 || tag >= int64(len(t.byTag)) {
		return nil
	}
	return t.byTag[tag]
}

// Only is the type of the only field of a struct that has one, and t itself
// otherwise: the tables wrap some numbers in such a struct.
func (t *Type) Only() *Type {
	if t.Kind == Struct && len(t.Fields) == 1 {
		return t.Fields[0].Type
	}
	return t
}
