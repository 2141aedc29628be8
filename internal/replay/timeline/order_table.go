package timeline

// orderKey is the command that a product is ordered with: a position in the
// list of the game's abilities, and the number of the command in the ability.
type orderKey struct{ link, index int }

// anyIndex: each command of the ability may be the one. It is for abilities
// whose other upgrades are in no sample.
const anyIndex = -1

// orderKeys has the commands of what is trained, researched and turned into
// something else, by the ids of unitKinds and upgradeKinds. Links are those of
// referenceBuild. An ability that a patch adds moves all behind it, and those
// here stand so close together that they have always moved as one: see
// linkShifts. Each is measured, as the command that came before a completion
// by the product's time in two samples or more; names of the abilities are
// those that the tracker stream gives the births (GatewayTrain) or that
// https://github.com/ggtracker/sc2reader lists in sc2reader/data (MIT).
var orderKeys = map[string]orderKey{
	// Terran
	"SCV":    {157, 0}, // CommandCenterTrain
	"Marine": {161, 0}, "Reaper": {161, 1}, "Ghost": {161, 2}, "Marauder": {161, 3},
	"SiegeTank": {162, 1}, "Thor": {162, 4}, "Hellion": {162, 5}, "HellionTank": {162, 6}, "Cyclone": {162, 7}, "WidowMine": {162, 24},
	"Medivac": {163, 0}, "Banshee": {163, 1}, "Raven": {163, 2}, "Battlecruiser": {163, 3}, "VikingFighter": {163, 4}, "Liberator": {163, 6},
	"PlanetaryFortress": {224, 0}, "OrbitalCommand": {229, 0},

	"HiSecAutoTracking": {164, 0}, "TerranBuildingArmor": {164, 1}, "NeosteelFrame": {164, 5},
	"TerranInfantryWeaponsLevel1": {164, 2}, "TerranInfantryWeaponsLevel2": {164, 3}, "TerranInfantryWeaponsLevel3": {164, 4},
	"TerranInfantryArmorsLevel1": {164, 6}, "TerranInfantryArmorsLevel2": {164, 7}, "TerranInfantryArmorsLevel3": {164, 8},
	"Stimpack": {167, 0}, "ShieldWall": {167, 1}, "PunisherGrenades": {167, 2}, "ReaperSpeed": {167, 3},
	"SiegeTech": {168, 0}, "HighCapacityBarrels": {168, anyIndex}, "DrillClaws": {168, anyIndex}, "SmartServos": {168, anyIndex},
	"CycloneLockOnDamageUpgrade": {168, anyIndex}, "CycloneRapidFireLaunchers": {168, anyIndex},
	"BansheeCloak": {169, 0}, "BansheeSpeed": {169, anyIndex}, "RavenCorvidReactor": {169, anyIndex}, "DurableMaterials": {169, anyIndex},
	"MedivacCaduceusReactor": {169, anyIndex}, "LiberatorAGRangeUpgrade": {169, anyIndex},
	"PersonalCloaking": {170, 0}, "GhostMoebiusReactor": {170, 1}, "EnhancedShockwaves": {170, anyIndex},
	"TerranVehicleArmorsLevel1": {171, 2}, "TerranVehicleArmorsLevel2": {171, 3}, "TerranVehicleArmorsLevel3": {171, 4},
	"TerranVehicleWeaponsLevel1": {171, 5}, "TerranVehicleWeaponsLevel2": {171, 6}, "TerranVehicleWeaponsLevel3": {171, 7},
	"TerranShipArmorsLevel1": {171, 8}, "TerranShipArmorsLevel2": {171, 9}, "TerranShipArmorsLevel3": {171, 10},
	"TerranShipWeaponsLevel1": {171, 11}, "TerranShipWeaponsLevel2": {171, 12}, "TerranShipWeaponsLevel3": {171, 13},
	"TerranVehicleAndShipArmorsLevel1": {171, 14}, "TerranVehicleAndShipArmorsLevel2": {171, 15}, "TerranVehicleAndShipArmorsLevel3": {171, 16},
	"BattlecruiserEnableSpecializations": {237, anyIndex}, "MedivacIncreaseSpeedBoost": {237, anyIndex},

	// Protoss
	"Probe":  {177, 0}, // NexusTrain
	"Zealot": {174, 0}, "Stalker": {174, 1}, "HighTemplar": {174, 3}, "DarkTemplar": {174, 4}, "Sentry": {174, 5}, "Adept": {174, 6},
	"Phoenix": {175, 0}, "Carrier": {175, 2}, "VoidRay": {175, 4}, "Oracle": {175, 8}, "Tempest": {175, 9},
	"WarpPrism": {176, 0}, "Observer": {176, 1}, "Colossus": {176, 2}, "Immortal": {176, 3}, "Disruptor": {176, 18},
	"Mothership": {76, 0},

	"PhoenixRangeUpgrade": {71, anyIndex}, "VoidRaySpeedUpgrade": {71, anyIndex}, "TempestGroundAttackUpgrade": {71, anyIndex},
	"CarrierLaunchSpeedUpgrade":  {71, anyIndex},
	"ProtossGroundWeaponsLevel1": {182, 0}, "ProtossGroundWeaponsLevel2": {182, 1}, "ProtossGroundWeaponsLevel3": {182, 2},
	"ProtossGroundArmorsLevel1": {182, 3}, "ProtossGroundArmorsLevel2": {182, 4}, "ProtossGroundArmorsLevel3": {182, 5},
	"ProtossShieldsLevel1": {182, 6}, "ProtossShieldsLevel2": {182, 7}, "ProtossShieldsLevel3": {182, 8},
	"ObserverGraviticBooster": {183, 1}, "GraviticDrive": {183, 2}, "ExtendedThermalLance": {183, 5},
	"PsiStormTech": {184, 4}, "HighTemplarKhaydarinAmulet": {184, anyIndex},
	"ProtossAirWeaponsLevel1": {238, 0}, "ProtossAirWeaponsLevel2": {238, 1}, "ProtossAirWeaponsLevel3": {238, 2},
	"ProtossAirArmorsLevel1": {238, 3}, "ProtossAirArmorsLevel2": {238, 4}, "ProtossAirArmorsLevel3": {238, 5},
	"WarpGateResearch": {238, 6}, "haltech": {238, 9},
	"Charge": {239, 0}, "BlinkTech": {239, 1}, "AdeptPiercingAttack": {239, 2},

	// Zerg. What hatches has an egg, whose event is the start; but not in the
	// births of builds that do not name it.
	"Drone": {195, 0}, "Zergling": {195, 1}, "Overlord": {195, 2}, "Hydralisk": {195, 3}, "Mutalisk": {195, 4}, "Ultralisk": {195, 6},
	"Roach": {195, 9}, "Infestor": {195, 10}, "Corruptor": {195, 11}, "Viper": {195, 12}, "SwarmHostMP": {195, 14},
	"Queen": {245, 0}, // TrainQueen
	"Lair":  {188, 0}, "Hive": {189, 0}, "GreaterSpire": {190, 0},

	"GlialReconstitution": {109, 1}, "TunnelingClaws": {109, 2},
	"AnabolicSynthesis": {119, 0}, "ChitinousPlating": {119, 2},
	"ZergMeleeWeaponsLevel1": {187, 0}, "ZergMeleeWeaponsLevel2": {187, 1}, "ZergMeleeWeaponsLevel3": {187, 2},
	"ZergGroundArmorsLevel1": {187, 3}, "ZergGroundArmorsLevel2": {187, 4}, "ZergGroundArmorsLevel3": {187, 5},
	"ZergMissileWeaponsLevel1": {187, 6}, "ZergMissileWeaponsLevel2": {187, 7}, "ZergMissileWeaponsLevel3": {187, 8},
	"overlordspeed": {191, 1}, "overlordtransport": {191, 2}, "Burrow": {191, 3},
	"zerglingattackspeed": {192, 0}, "zerglingmovementspeed": {192, 1},
	"EvolveGroovedSpines": {193, 0}, "EvolveMuscularAugments": {193, 1}, "hydraliskspeed": {193, anyIndex}, "HydraliskSpeedUpgrade": {193, anyIndex},
	"ZergFlyerWeaponsLevel1": {194, 0}, "ZergFlyerWeaponsLevel2": {194, 1}, "ZergFlyerWeaponsLevel3": {194, 2},
	"ZergFlyerArmorsLevel1": {194, 3}, "ZergFlyerArmorsLevel2": {194, 4}, "ZergFlyerArmorsLevel3": {194, 5},
	"InfestorEnergyUpgrade": {225, 2}, "NeuralParasite": {225, 3}, "LocustLifetimeIncrease": {225, 4}, "FlyingLocusts": {225, 5},
	"CentrificalHooks": {226, 0},
}

// referenceBuild is the base build whose links orderKeys has.
const referenceBuild = 97563

// linkShifts is what to add to the links of orderKeys in builds before; none
// since the last. Where a file says otherwise, as a mod that adds abilities
// makes it, the file is right: see orderBook.learn.
var linkShifts = []struct{ before, shift int }{
	{44401, -10}, {47185, -7}, {51702, -3}, {80949, -2},
}

// linkShift is that of a base build.
func linkShift(build int) int {
	for _, s := range linkShifts {
		if build < s.before {
			return s.shift
		}
	}
	return 0
}

// protossResearch are the abilities that Chrono Boost hurries.
var protossResearch = map[int]bool{71: true, 182: true, 183: true, 184: true, 238: true, 239: true}

// protossTraining are those of Protoss structures that train.
var protossTraining = map[int]bool{76: true, 174: true, 175: true, 176: true, 177: true}

// morphAbilities are those that one command gives to everything selected.
var morphAbilities = map[int]bool{188: true, 189: true, 190: true, 224: true, 229: true}
