package protocol

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
)

var kinds = map[string]bitstream.Kind{
	"_int":      bitstream.Int,
	"_struct":   bitstream.Struct,
	"_choice":   bitstream.Choice,
	"_array":    bitstream.Array,
	"_bitarray": bitstream.BitArray,
	"_blob":     bitstream.Blob,
	"_optional": bitstream.Optional,
	"_bool":     bitstream.Bool,
	"_fourcc":   bitstream.FourCC,
	"_null":     bitstream.Null,
}

// addType reads a line of the list of types, such as
//
//	('_int',[(0,7)]),  #0
//	('_choice',[(0,2),{0:('m_uint6',3),1:('m_uint14',4)}]),  #7
//	('_struct',[[('m_a',10,0),('m_r',10,1)]]),  #23
//	('_array',[(0,5),26]),  #27
//	('_optional',[27]),  #28
//
// Types refer to types before them only, so they form no circle.
func (c *compiler) addType(line string) error {
	s := scanner{rest: strings.TrimSpace(line)}
	s.expect("(")
	word := s.quoted()
	s.expect(",[")
	kind, known := kinds[word]
	t := &bitstream.Type{Kind: kind}
	switch kind {
	case bitstream.Int, bitstream.BitArray, bitstream.Blob:
		s.bounds(t)
	case bitstream.Choice:
		s.bounds(t)
		c.choices(&s, t)
	case bitstream.Array:
		s.bounds(t)
		s.expect(",")
		t.Elem = c.typeAt(&s)
	case bitstream.Optional:
		t.Elem = c.typeAt(&s)
	case bitstream.Struct:
		c.fields(&s, t)
	}
	s.expect("]),  #" + strconv.Itoa(len(c.types)))
	if s.bad || !known || s.rest != "" {
		return fmt.Errorf("not a type: %q", line)
	}
	t.Finish()
	c.types = append(c.types, t)
	return nil
}

// choices reads the fields of a choice, which are numbered in front.
func (c *compiler) choices(s *scanner, t *bitstream.Type) {
	s.expect(",{")
	for !s.bad && !s.found("}") {
		s.found(",")
		tag := s.number()
		s.expect(":(")
		name := s.quoted()
		s.expect(",")
		t.Fields = append(t.Fields, bitstream.Field{Name: c.name(name), Tag: int(tag), Type: c.typeAt(s)})
		s.expect(")")
	}
}

// fields reads the fields of a struct, which are numbered at the end.
func (c *compiler) fields(s *scanner, t *bitstream.Type) {
	s.expect("[")
	for !s.bad && !s.found("]") {
		s.found(",")
		s.expect("(")
		name := s.quoted()
		s.expect(",")
		f := bitstream.Field{Name: c.name(name), Type: c.typeAt(s)}
		s.expect(",")
		f.Tag = int(s.number())
		s.expect(")")
		t.Fields = append(t.Fields, f)
	}
}

func (c *compiler) name(text string) bitstream.Name {
	return c.names[strings.TrimPrefix(text, "m_")]
}

func (c *compiler) typeAt(s *scanner) *bitstream.Type {
	id := s.number()
	if id < 0 || id >= int64(len(c.types)) {
		s.bad = true
		return &bitstream.Type{Kind: bitstream.Null}
	}
	return c.types[id]
}

// scanner reads the few forms of Python that the files are written in.
type scanner struct {
	rest string
	bad  bool
}

// found steps over text if it is next.
func (s *scanner) found(text string) bool {
	rest, ok := strings.CutPrefix(s.rest, text)
	s.rest = rest
	return ok
}

func (s *scanner) expect(text string) {
	if !s.found(text) {
		s.bad = true
	}
}

func (s *scanner) number() int64 {
	end := 0
	for end < len(s.rest) && (s.rest[end] == '-' || s.rest[end] >= '0' && s.rest[end] <= '9') {
		end++
	}
	n, err := strconv.ParseInt(s.rest[:end], 10, 64)
	s.bad = s.bad || err != nil
	s.rest = s.rest[end:]
	return n
}

func (s *scanner) quoted() string {
	s.expect("'")
	text, rest, ok := strings.Cut(s.rest, "'")
	s.bad = s.bad || !ok
	s.rest = rest
	return text
}

// bounds reads (offset,bits).
func (s *scanner) bounds(t *bitstream.Type) {
	s.expect("(")
	t.Offset = s.number()
	s.expect(",")
	bits := s.number()
	s.expect(")")
	s.bad = s.bad || bits < 0 || bits > 64
	t.Bits = uint8(bits)
}
