package replay

// earlier is a time that a patch changed.
type earlier struct {
	before int // the first base build without it
	loops  int
}

// The times in unitKinds and upgradeKinds are those of patch 5.0; these are
// what was otherwise before. Each is measured in samples, as the time between
// a command and what it was given for, which nothing hurried. Where a patch
// was not found between the last sample with the one and the first with the
// other time, the bound is the patch between them that changed the most.
var (
	earlierUnits = map[string]earlier{
		"WidowMine": {58400, 640},
		"Raven":     {70154, 960},
		"Stalker":   {77379, 672},
		"Sentry":    {70154, 592},
		"Adept":     {58400, 608},
		"Observer":  {77379, 480},
		"Oracle":    {70154, 800},
		"VoidRay":   {81102, 960},
		"Carrier":   {47185, 1920}, // not in the samples: 120 s of the old clock
	}
	earlierUpgrades = map[string]earlier{
		"Stimpack":                   {77379, 2720},
		"WarpGateResearch":           {71663, 2560},
		"ProtossGroundWeaponsLevel1": {70154, 2560},
		"ProtossGroundWeaponsLevel2": {70154, 3040},
		"ProtossGroundWeaponsLevel3": {70154, 3520},
		"ProtossGroundArmorsLevel1":  {70154, 2560},
		"ProtossGroundArmorsLevel2":  {70154, 3040},
		"ProtossGroundArmorsLevel3":  {70154, 3520},
		"ProtossShieldsLevel1":       {70154, 2560},
		"ProtossShieldsLevel2":       {70154, 3040},
		"ProtossShieldsLevel3":       {70154, 3520},
		"ProtossAirWeaponsLevel1":    {70154, 2560},
		"ProtossAirWeaponsLevel2":    {70154, 3040},
		"ProtossAirWeaponsLevel3":    {70154, 3520},
		"ProtossAirArmorsLevel1":     {70154, 2560},
		"ProtossAirArmorsLevel2":     {70154, 3040},
		"ProtossAirArmorsLevel3":     {70154, 3520},
	}
)

// in is the time of a build, given that of patch 5.0.
func (e earlier) in(build, loops int) int {
	if build < e.before {
		return e.loops
	}
	return loops
}
