package protocol

// Two builds of the beta of Heart of the Swarm have no table in s2prot, but
// players kept replays of them. Their layout is that of build 24764 but for
// what is listed here, which was found by comparing the readers that sc2reader
// has for them, and holds for the samples of both builds to the last byte.
var betas = map[int]patch{
	24247: {from: 24764, edits: betaLobby},
	23925: {from: 24764, edits: append(betaEvents[:len(betaEvents):len(betaEvents)], betaLobby...)},
}

// patch makes a table out of another build's. Each edit replaces the one
// occurrence of a text by another.
type patch struct {
	from  int
	edits [][2]string
}

// betaLobby takes from init data what came with build 24764.
var betaLobby = [][2]string{
	{"('m_clanTag',36,-11),('m_highestLeague',20,-10),('m_combinedRaceLevels',37,-9),", ""},
	{"('m_customInterface',27,-2),", ""},
	{"('m_workingSetSlotId',20,-4),", ""},
	{"('_array',[(0,6),5]),  #55", "('_array',[(0,5),5]),  #55"},
	{",('m_defaultAIBuild',0,-1)]]),  #59", "]]),  #59"},
}

// betaEvents numbers the events as build 23260 does, and players instead of
// users.
var betaEvents = [][2]string{
	{"    7: (69, 'NNet.Game.SUserOptionsEvent'),", "    12: (69, 'NNet.Game.SUserOptionsEvent'),"},
	{"    9: (62, 'NNet.Game.SBankFileEvent'),", "    7: (62, 'NNet.Game.SBankFileEvent'),"},
	{"    10: (64, 'NNet.Game.SBankSectionEvent'),", "    8: (64, 'NNet.Game.SBankSectionEvent'),"},
	{"    11: (65, 'NNet.Game.SBankKeyEvent'),", "    9: (65, 'NNet.Game.SBankKeyEvent'),"},
	{"    12: (66, 'NNet.Game.SBankValueEvent'),", "    10: (66, 'NNet.Game.SBankValueEvent'),"},
	{"    13: (68, 'NNet.Game.SBankSignatureEvent'),", "    11: (68, 'NNet.Game.SBankSignatureEvent'),"},
	{"    23: (70, 'NNet.Game.SLoadGameDoneEvent'),\n", ""},
	{"    22: (70, 'NNet.Game.SSaveGameDoneEvent'),", "    23: (70, 'NNet.Game.SSaveGameDoneEvent'),"},
	{"    21: (71, 'NNet.Game.SSaveGameEvent'),", "    22: (71, 'NNet.Game.SSaveGameEvent'),"},
	{"'NNet.Game.SGameUserLeaveEvent'", "'NNet.Game.SPlayerLeaveEvent'"},
	{"    101: (", "    25: ("},
	{"replay_userid_typeid", "replay_playerid_typeid"},
}
