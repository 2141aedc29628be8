package stream

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
)

// Attributes are the settings of the lobby, as ids that do not depend on the
// client's language.
type Attributes struct {
	Source       int // from build 17326 on
	MapNamespace uint32
	List         []Attribute
}

// Attribute is a setting of the game or of a player.
type Attribute struct {
	Namespace uint32
	ID        uint32 // 3001 race, 500 controller, 2001 teams, 3009 category, …
	Scope     int    // player, from 1; 16 is the game
	Value     string // at most four bytes
}

const attributeSize = 13 // bytes

// readAttributes decodes an attributes stream, which is unlike all others: a
// little-endian header and records, the values backwards. It turns the values
// around in data.
func readAttributes(data []byte) (Attributes, error) {
	var a Attributes
	if len(data) == 0 {
		return a, nil // some files have the stream, and nothing in it
	}
	// From build 17326 on there is a source in front: what is left of whole
	// records says whether it is there.
	head := 8 + (len(data)-8)%attributeSize
	switch {
	case len(data) < 8:
		return a, &bitstream.Error{What: "stream ends early"}
	case head == 9:
		a.Source = int(data[0])
	case head != 8:
		return a, &bitstream.Error{Bit: 8 * len(data), What: "attribute cut short"}
	}
	a.MapNamespace = binary.LittleEndian.Uint32(data[head-8:])
	count := int(binary.LittleEndian.Uint32(data[head-4:]))
	records := data[head:]
	if count != len(records)/attributeSize {
		return a, &bitstream.Error{Bit: (head - 4) * 8, What: "another number of attributes than announced"}
	}
	for r := records; len(r) > 0; r = r[attributeSize:] {
		slices.Reverse(r[9:attributeSize])
	}
	a.List = make([]Attribute, count)
	text := string(records) // one copy that all values share
	for i := range a.List {
		r := records[i*attributeSize:]
		a.List[i] = Attribute{
			Namespace: binary.LittleEndian.Uint32(r),
			ID:        binary.LittleEndian.Uint32(r[4:]),
			Scope:     int(r[8]),
			Value:     strings.Trim(text[i*attributeSize+9:(i+1)*attributeSize], "\x00"),
		}
	}
	return a, nil
}
