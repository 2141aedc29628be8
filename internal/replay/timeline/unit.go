package timeline

// unitKind is what the timeline knows about a type of unit.
type unitKind struct {
	name   string  // as players read it
	class  class   //
	supply float64 // taken
	loops  int     // to build where nothing hurries it; 0: the events tell
	form   string  // the id of the same unit in its usual form, when this is another
}

// class says where a type belongs in a build order.
type class uint8

const (
	classOther     class = iota // larvae, summoned and timed units: in no build order
	classUnit                   // trained
	classMorph                  // another unit made better: a Baneling, a Lair
	classStructure              //
)

// kindOf looks an id up. What the table does not know, a Brood War unit or one
// of another mod, keeps its id as its name.
func kindOf(id string) (canonical string, kind unitKind) {
	kind, known := unitKinds[id]
	switch {
	case !known:
		return id, unitKind{name: id}
	case kind.form != "":
		return kind.form, unitKinds[kind.form]
	}
	return id, kind
}
