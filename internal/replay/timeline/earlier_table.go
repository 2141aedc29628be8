package timeline

// earlier is a time that a patch changed.
type earlier struct {
	before int // the first base build without it
	loops  int
}

// earlierTimes are the times that a product once had, the oldest first.
type earlierTimes map[string][]earlier

// The times in unitKinds and upgradeKinds are those of patch 5.0.16; these are
// what was otherwise before. Each is measured in replays, as the time between
// a command and what it was given for, which nothing hurried. Where a patch
// was not found between the last replay with the one and the first with the
// other time, the bound is the patch between them that changed the most.
var (
	unitTimes = earlierTimes{
		"Reaper":    {{97364, 720}},
		"WidowMine": {{58400, 640}},
		"Raven":     {{70154, 960}},
		"Stalker":   {{92028, 672}},
		"Sentry":    {{70154, 592}},
		"Adept":     {{70154, 608}, {97364, 672}},
		"Observer":  {{91115, 480}},
		"Oracle":    {{70154, 800}},
		"VoidRay":   {{81102, 960}, {87702, 848}},
		"Carrier":   {{47185, 1920}}, // not in the replays: 120 s of the old clock
	}
	upgradeTimes = earlierTimes{
		"Stimpack":                   {{77379, 2720}},
		"EvolveGroovedSpines":        {{91115, 1600}},
		"EvolveMuscularAugments":     {{91115, 1600}},
		"CentrificalHooks":           {{91115, 1760}},
		"WarpGateResearch":           {{71663, 2560}},
		"ProtossGroundWeaponsLevel1": {{70154, 2560}, {89165, 2880}},
		"ProtossGroundWeaponsLevel2": {{70154, 3040}, {89165, 3440}},
		"ProtossGroundWeaponsLevel3": {{70154, 3520}, {89165, 4000}},
		"ProtossGroundArmorsLevel1":  {{70154, 2560}, {89165, 2880}},
		"ProtossGroundArmorsLevel2":  {{70154, 3040}, {89165, 3440}},
		"ProtossGroundArmorsLevel3":  {{70154, 3520}, {89165, 4000}},
		"ProtossShieldsLevel1":       {{70154, 2560}, {89165, 2880}},
		"ProtossShieldsLevel2":       {{70154, 3040}, {89165, 3440}},
		"ProtossShieldsLevel3":       {{70154, 3520}, {89165, 4000}},
		"ProtossAirWeaponsLevel1":    {{70154, 2560}},
		"ProtossAirWeaponsLevel2":    {{70154, 3040}},
		"ProtossAirWeaponsLevel3":    {{70154, 3520}},
		"ProtossAirArmorsLevel1":     {{70154, 2560}},
		"ProtossAirArmorsLevel2":     {{70154, 3040}},
		"ProtossAirArmorsLevel3":     {{70154, 3520}},
	}
)

// in is the time of a product in a build, given that of patch 5.0.16.
func (t earlierTimes) in(build int, id string, loops int) int {
	for _, e := range t[id] {
		if build < e.before {
			return e.loops
		}
	}
	return loops
}
