package replay

import (
	"testing"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

func TestRaceOfNameInEveryLanguage(t *testing.T) {
	tests := map[string][3]string{ // Terran, Zerg, Protoss as the client writes them
		"English":             {"Terran", "Zerg", "Protoss"},
		"German":              {"Terraner", "Zerg", "Protoss"},
		"French":              {"Terran", "Zerg", "Protoss"},
		"Spanish":             {"Terran", "Zerg", "Protoss"},
		"Latin American":      {"Terran", "Zerg", "Protoss"},
		"Italian":             {"Terran", "Zerg", "Protoss"},
		"older Italian":       {"Terrani", "Zerg", "Protoss"},
		"Polish":              {"Terranie", "Zergi", "Protosi"},
		"Polish singular":     {"Terranin", "Zerg", "Protos"},
		"Portuguese":          {"Terrano", "Zerg", "Protoss"},
		"Russian":             {"Терран", "Зерг", "Протосс"},
		"Russian plural":      {"Терраны", "Зерги", "Протоссы"},
		"Korean":              {"테란", "저그", "프로토스"},
		"simplified Chinese":  {"人类", "异虫", "星灵"},
		"traditional Chinese": {"人類", "蟲族", "神族"},
	}
	for language, names := range tests {
		for i, name := range names {
			want := [3]Race{Terran, Zerg, Protoss}[i]
			if got := raceOfName(name); got != want {
				t.Errorf("%s: %q is %s, want %s", language, name, got, want)
			}
			for _, prefix := range []string{"BW ", "BW", "bw-"} {
				if got := raceOfName(prefix + name); got != "bw_"+want {
					t.Errorf("%s: %q is %s, want bw_%s", language, prefix+name, got, want)
				}
			}
		}
	}
}

func TestRaceOfOddNames(t *testing.T) {
	for name, want := range map[string]Race{
		"": NoRace, "Random": NoRace, "Xel'Naga": NoRace, "  zerg ": Zerg, "PROTOSS": Protoss,
		"Terran Tychus": Terran, "Brood War Zerg": BWZerg, "BW": NoRace,
	} {
		if got := raceOfName(name); got != want {
			t.Errorf("%q is %s, want %s", name, got, want)
		}
	}
}

func TestRaceOfCode(t *testing.T) {
	for code, want := range map[string]Race{
		"Terr": Terran, "Zerg": Zerg, "Prot": Protoss, "RAND": Random, "Rand": Random,
		"BWTe": BWTerran, "BWZe": BWZerg, "BWPr": BWProtoss, "TerT": NoRace, "": NoRace,
	} {
		if got := raceOfCode(code); got != want {
			t.Errorf("%q is %s, want %s", code, got, want)
		}
	}
}

func TestMetadataRaceGoesBeforeAttributeAndName(t *testing.T) {
	m := &meaning{raw: &raw{
		details: stream.Details{Players: []stream.Player{{Name: "A", Race: "BW 저그", WorkingSetSlotID: none}}},
		attributes: []stream.Attribute{
			{ID: attributeController, Scope: 1, Value: "Humn"}, {ID: attributeRace, Scope: 1, Value: "Zerg"},
		},
		metadata: &metadata{Players: []metadataPlayer{{PlayerID: 1, AssignedRace: "BWZe", SelectedRace: "Rand"}}},
	}}
	r := m.replay()
	if p := r.Players[0]; p.Race != BWZerg || p.PickedRace != Random || p.RaceName != "BW 저그" {
		t.Errorf("race %s, picked %s, name %q", p.Race, p.PickedRace, p.RaceName)
	}
	m = &meaning{raw: m.raw}
	m.raw.metadata, m.raw.details.Players[0].Race = nil, "?"
	if p := m.replay().Players[0]; p.Race != Zerg {
		t.Errorf("without metadata and name, race %s, want the attribute's zerg", p.Race)
	}
}
