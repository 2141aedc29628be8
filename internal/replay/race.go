package replay

import "strings"

// raceOfCode reads the four letters that attributes and metadata use in every
// language. SC: Evo Complete puts BW in front.
func raceOfCode(code string) Race {
	switch code {
	case "Terr":
		return Terran
	case "Zerg":
		return Zerg
	case "Prot":
		return Protoss
	case "BWTe":
		return BWTerran
	case "BWZe":
		return BWZerg
	case "BWPr":
		return BWProtoss
	case "RAND", "Rand":
		return Random
	}
	return NoRace
}

// raceOfPreference reads a lobby slot's race. Random is the absence of one.
func raceOfPreference(index int) Race {
	switch index {
	case none:
		return Random
	case 0:
		return Terran
	case 1:
		return Zerg
	case 2:
		return Protoss
	}
	return NoRace
}

// raceOfName reads a race in the language of the recorder's client, also one of
// a commander's own ("Terran Tychus") by the words in it.
func raceOfName(name string) Race {
	if race := raceOfWholeName(name); race != NoRace {
		return race
	}
	for _, word := range strings.Fields(strings.ToLower(name)) {
		if race, ok := localRaces[word]; ok {
			return race
		}
	}
	return NoRace
}

// raceOfWholeName reads a name that is nothing but one of the races, or one of
// Brood War ("BW Zerg", "Brood War Zerg"). The table has the names of all client
// languages (SC2's own Race/Name strings).
func raceOfWholeName(name string) Race {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, prefix := range []string{"bw ", "bw-", "bw_", "bw", "brood war "} {
		if rest, found := strings.CutPrefix(name, prefix); found {
			if race := localRaces[strings.TrimSpace(rest)]; race != "" {
				return "bw_" + race
			}
			return NoRace
		}
	}
	if race := localRaces[name]; race != "" {
		return race
	}
	return NoRace
}

// localRaces has the races in every language of the client, in lower case.
var localRaces = map[string]Race{
	// English, and German, Spanish, French, Italian, Polish and Portuguese
	// where they kept it.
	"terran": Terran, "zerg": Zerg, "protoss": Protoss,
	// German
	"terraner": Terran,
	// French
	"terrane": Terran, "terrans": Terran, "zergs": Zerg,
	// Italian, Spanish, Portuguese
	"terrani": Terran, "terrano": Terran, "terranos": Terran, "terrana": Terran,
	"zergi": Zerg, "zerga": Zerg, "protosi": Protoss, "protossi": Protoss,
	// Polish
	"terranie": Terran, "terranin": Terran, "zergowie": Zerg, "protos": Protoss,
	// Russian
	"терран": Terran, "терраны": Terran,
	"зерг": Zerg, "зерги": Zerg,
	"протосс": Protoss, "протоссы": Protoss,
	// Korean
	"테란": Terran, "저그": Zerg, "프로토스": Protoss,
	// Chinese, simplified
	"人类": Terran, "人族": Terran, "异虫": Zerg, "虫族": Zerg, "星灵": Protoss, "神族": Protoss,
	// Chinese, traditional
	"人類": Terran, "蟲族": Zerg, "異蟲": Zerg, "星靈": Protoss,
}
