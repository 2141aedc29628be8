package protocol

import "github.com/evoladder/evoladderbot/internal/replay/bitstream"

// The names that the streams' readers ask for: of fields, of statistics, of
// events. Every other name is bitstream.Unnamed.
const (
	_ bitstream.Name = iota

	Signature
	Version
	Flags
	Major
	Minor
	Revision
	Build
	BaseBuild
	Type
	ElapsedGameLoops
	UseScaledTime
	DataBuildNum
	NgdpRootKey
	ReplayCompatibilityHash
	Data
	PlayerList
	Name
	Toon
	Region
	ProgramID
	Realm
	ID
	Race
	Color
	Alpha
	Red
	Green
	Blue
	Control
	TeamID
	Handicap
	Observe
	Result
	WorkingSetSlotID
	Hero
	Title
	Difficulty
	Thumbnail
	File
	IsBlizzardMap
	TimeUTC
	TimeLocalOffset
	RestartAsTransitionMap
	DisableRecoverGame
	Description
	ImageFilePath
	CampaignIndex
	MapFileName
	CacheHandles
	MiniSave
	GameSpeed
	DefaultDifficulty
	ModPaths
	SyncLobbyState
	UserInitialData
	GameDescription
	LobbyState
	ClanTag
	ClanLogo
	HighestLeague
	CombinedRaceLevels
	RandomSeed
	RacePreference
	TeamPreference
	Team
	TestMap
	TestAuto
	Examine
	CustomInterface
	ToonHandle
	ScaledRating
	GameOptions
	LockTeams
	TeamsTogether
	AdvancedSharedControl
	RandomRaces
	BattleNet
	Amm
	Ranked
	Competitive
	Practice
	Cooperative
	NoVictoryOrDefeat
	HeroDuplicatesAllowed
	Fog
	Observers
	UserDifficulty
	ClientDebugFlags
	BuildCoachEnabled
	RandomValue
	GameCacheName
	GameType
	MaxUsers
	MaxObservers
	MaxPlayers
	MaxTeams
	MaxColors
	MaxRaces
	MaxControls
	MapSizeX
	MapSizeY
	MapFileSyncChecksum
	MapAuthorName
	ModFileSyncChecksum
	DefaultAIBuild
	HasExtensionMod
	HasNonBlizzardExtensionMod
	IsPremadeFFA
	IsCoopMode
	IsRealtimeMode
	Phase
	Slots
	UserID
	ColorPref
	RacePref
	AiBuild
	LogoIndex
	TandemLeaderID
	TandemLeaderUserID
	TandemID
	Commander
	CommanderLevel
	CommanderMasteryLevel
	CommanderMasteryTalents
	SelectedCommanderPrestige
	HasSilencePenalty
	TrophyID
	BrutalPlusDifficulty
	HostUserID
	IsSinglePlayer
	PickedMapTag
	GameDuration
	Recipient
	String
	Point
	X
	Y
	Z
	Progress
	Status
	CmdFlags
	Abil
	AbilLink
	AbilCmdIndex
	AbilCmdData
	Sequence
	OtherUnit
	UnitGroup
	ChoiceNone
	ChoicePoint
	ChoiceUnit
	ChoiceData
	TargetUnitFlags
	TargetUnitTimer
	Timer
	Tag
	TargetUnitTag
	SnapshotUnitLink
	TargetUnitSnapshotUnitLink
	SnapshotPlayerID
	TargetUnitSnapshotPlayerID
	SnapshotControlPlayerID
	SnapshotUpkeepPlayerID
	SnapshotPoint
	TargetPoint
	Target
	ControlGroupID
	Delta
	SubgroupIndex
	RemoveMask
	AddSubgroups
	UnitLink
	Count
	AddUnitTags
	ControlGroupIndex
	ControlGroupUpdate
	Mask
	Distance
	Pitch
	Yaw
	Reason
	Follow
	Which
	LeaveReason
	State
	UserInfos
	GameUserID
	Method
	Hijack
	HijackCloneGameUserID
	UnitTagIndex
	UnitTagRecycle
	UnitTypeName
	ControlPlayerID
	UpkeepPlayerID
	CreatorUnitTagIndex
	CreatorUnitTagRecycle
	CreatorAbilityName
	KillerPlayerID
	KillerUnitTagIndex
	KillerUnitTagRecycle
	PlayerID
	UpgradeTypeName
	FirstUnitIndex
	Items
	SlotID
	Stats

	// The statistics of a player, in the order of the newest protocol.
	ScoreMineralsCurrent
	ScoreVespeneCurrent
	ScoreMineralsCollectionRate
	ScoreVespeneCollectionRate
	ScoreWorkersActiveCount
	ScoreMineralsUsedInProgressArmy
	ScoreMineralsUsedInProgressEconomy
	ScoreMineralsUsedInProgressTechnology
	ScoreVespeneUsedInProgressArmy
	ScoreVespeneUsedInProgressEconomy
	ScoreVespeneUsedInProgressTechnology
	ScoreMineralsUsedCurrentArmy
	ScoreMineralsUsedCurrentEconomy
	ScoreMineralsUsedCurrentTechnology
	ScoreVespeneUsedCurrentArmy
	ScoreVespeneUsedCurrentEconomy
	ScoreVespeneUsedCurrentTechnology
	ScoreMineralsLostArmy
	ScoreMineralsLostEconomy
	ScoreMineralsLostTechnology
	ScoreVespeneLostArmy
	ScoreVespeneLostEconomy
	ScoreVespeneLostTechnology
	ScoreMineralsKilledArmy
	ScoreMineralsKilledEconomy
	ScoreMineralsKilledTechnology
	ScoreVespeneKilledArmy
	ScoreVespeneKilledEconomy
	ScoreVespeneKilledTechnology
	ScoreFoodUsed
	ScoreFoodMade
	ScoreMineralsUsedActiveForces
	ScoreVespeneUsedActiveForces
	ScoreMineralsFriendlyFireArmy
	ScoreMineralsFriendlyFireEconomy
	ScoreMineralsFriendlyFireTechnology
	ScoreVespeneFriendlyFireArmy
	ScoreVespeneFriendlyFireEconomy
	ScoreVespeneFriendlyFireTechnology

	CmdEvent
	SelectionDeltaEvent
	ControlGroupUpdateEvent
	CameraUpdateEvent
	CameraSaveEvent
	GameUserLeaveEvent
	PlayerLeaveEvent
	GameUserJoinEvent
	CommandManagerStateEvent
	CmdUpdateTargetPointEvent
	CmdUpdateTargetUnitEvent
	HijackReplayGameEvent
	ChatMessage
	PingMessage
	LoadingProgressMessage
	ReconnectNotifyMessage
	PlayerStatsEvent
	UnitBornEvent
	UnitDiedEvent
	UnitOwnerChangeEvent
	UnitTypeChangeEvent
	UpgradeEvent
	UnitInitEvent
	UnitDoneEvent
	UnitPositionsEvent
	PlayerSetupEvent
)

// names holds each name as the tables have it, without the m_ of fields and
// without the namespace and S of events.
var names = [...]string{
	Signature:                             "signature",
	Version:                               "version",
	Flags:                                 "flags",
	Major:                                 "major",
	Minor:                                 "minor",
	Revision:                              "revision",
	Build:                                 "build",
	BaseBuild:                             "baseBuild",
	Type:                                  "type",
	ElapsedGameLoops:                      "elapsedGameLoops",
	UseScaledTime:                         "useScaledTime",
	DataBuildNum:                          "dataBuildNum",
	NgdpRootKey:                           "ngdpRootKey",
	ReplayCompatibilityHash:               "replayCompatibilityHash",
	Data:                                  "data",
	PlayerList:                            "playerList",
	Name:                                  "name",
	Toon:                                  "toon",
	Region:                                "region",
	ProgramID:                             "programId",
	Realm:                                 "realm",
	ID:                                    "id",
	Race:                                  "race",
	Color:                                 "color",
	Alpha:                                 "a",
	Red:                                   "r",
	Green:                                 "g",
	Blue:                                  "b",
	Control:                               "control",
	TeamID:                                "teamId",
	Handicap:                              "handicap",
	Observe:                               "observe",
	Result:                                "result",
	WorkingSetSlotID:                      "workingSetSlotId",
	Hero:                                  "hero",
	Title:                                 "title",
	Difficulty:                            "difficulty",
	Thumbnail:                             "thumbnail",
	File:                                  "file",
	IsBlizzardMap:                         "isBlizzardMap",
	TimeUTC:                               "timeUTC",
	TimeLocalOffset:                       "timeLocalOffset",
	RestartAsTransitionMap:                "restartAsTransitionMap",
	DisableRecoverGame:                    "disableRecoverGame",
	Description:                           "description",
	ImageFilePath:                         "imageFilePath",
	CampaignIndex:                         "campaignIndex",
	MapFileName:                           "mapFileName",
	CacheHandles:                          "cacheHandles",
	MiniSave:                              "miniSave",
	GameSpeed:                             "gameSpeed",
	DefaultDifficulty:                     "defaultDifficulty",
	ModPaths:                              "modPaths",
	SyncLobbyState:                        "syncLobbyState",
	UserInitialData:                       "userInitialData",
	GameDescription:                       "gameDescription",
	LobbyState:                            "lobbyState",
	ClanTag:                               "clanTag",
	ClanLogo:                              "clanLogo",
	HighestLeague:                         "highestLeague",
	CombinedRaceLevels:                    "combinedRaceLevels",
	RandomSeed:                            "randomSeed",
	RacePreference:                        "racePreference",
	TeamPreference:                        "teamPreference",
	Team:                                  "team",
	TestMap:                               "testMap",
	TestAuto:                              "testAuto",
	Examine:                               "examine",
	CustomInterface:                       "customInterface",
	ToonHandle:                            "toonHandle",
	ScaledRating:                          "scaledRating",
	GameOptions:                           "gameOptions",
	LockTeams:                             "lockTeams",
	TeamsTogether:                         "teamsTogether",
	AdvancedSharedControl:                 "advancedSharedControl",
	RandomRaces:                           "randomRaces",
	BattleNet:                             "battleNet",
	Amm:                                   "amm",
	Ranked:                                "ranked",
	Competitive:                           "competitive",
	Practice:                              "practice",
	Cooperative:                           "cooperative",
	NoVictoryOrDefeat:                     "noVictoryOrDefeat",
	HeroDuplicatesAllowed:                 "heroDuplicatesAllowed",
	Fog:                                   "fog",
	Observers:                             "observers",
	UserDifficulty:                        "userDifficulty",
	ClientDebugFlags:                      "clientDebugFlags",
	BuildCoachEnabled:                     "buildCoachEnabled",
	RandomValue:                           "randomValue",
	GameCacheName:                         "gameCacheName",
	GameType:                              "gameType",
	MaxUsers:                              "maxUsers",
	MaxObservers:                          "maxObservers",
	MaxPlayers:                            "maxPlayers",
	MaxTeams:                              "maxTeams",
	MaxColors:                             "maxColors",
	MaxRaces:                              "maxRaces",
	MaxControls:                           "maxControls",
	MapSizeX:                              "mapSizeX",
	MapSizeY:                              "mapSizeY",
	MapFileSyncChecksum:                   "mapFileSyncChecksum",
	MapAuthorName:                         "mapAuthorName",
	ModFileSyncChecksum:                   "modFileSyncChecksum",
	DefaultAIBuild:                        "defaultAIBuild",
	HasExtensionMod:                       "hasExtensionMod",
	HasNonBlizzardExtensionMod:            "hasNonBlizzardExtensionMod",
	IsPremadeFFA:                          "isPremadeFFA",
	IsCoopMode:                            "isCoopMode",
	IsRealtimeMode:                        "isRealtimeMode",
	Phase:                                 "phase",
	Slots:                                 "slots",
	UserID:                                "userId",
	ColorPref:                             "colorPref",
	RacePref:                              "racePref",
	AiBuild:                               "aiBuild",
	LogoIndex:                             "logoIndex",
	TandemLeaderID:                        "tandemLeaderId",
	TandemLeaderUserID:                    "tandemLeaderUserId",
	TandemID:                              "tandemId",
	Commander:                             "commander",
	CommanderLevel:                        "commanderLevel",
	CommanderMasteryLevel:                 "commanderMasteryLevel",
	CommanderMasteryTalents:               "commanderMasteryTalents",
	SelectedCommanderPrestige:             "selectedCommanderPrestige",
	HasSilencePenalty:                     "hasSilencePenalty",
	TrophyID:                              "trophyId",
	BrutalPlusDifficulty:                  "brutalPlusDifficulty",
	HostUserID:                            "hostUserId",
	IsSinglePlayer:                        "isSinglePlayer",
	PickedMapTag:                          "pickedMapTag",
	GameDuration:                          "gameDuration",
	Recipient:                             "recipient",
	String:                                "string",
	Point:                                 "point",
	X:                                     "x",
	Y:                                     "y",
	Z:                                     "z",
	Progress:                              "progress",
	Status:                                "status",
	CmdFlags:                              "cmdFlags",
	Abil:                                  "abil",
	AbilLink:                              "abilLink",
	AbilCmdIndex:                          "abilCmdIndex",
	AbilCmdData:                           "abilCmdData",
	Sequence:                              "sequence",
	OtherUnit:                             "otherUnit",
	UnitGroup:                             "unitGroup",
	ChoiceNone:                            "None",
	ChoicePoint:                           "TargetPoint",
	ChoiceUnit:                            "TargetUnit",
	ChoiceData:                            "Data",
	TargetUnitFlags:                       "targetUnitFlags",
	TargetUnitTimer:                       "targetUnitTimer",
	Timer:                                 "timer",
	Tag:                                   "tag",
	TargetUnitTag:                         "targetUnitTag",
	SnapshotUnitLink:                      "snapshotUnitLink",
	TargetUnitSnapshotUnitLink:            "targetUnitSnapshotUnitLink",
	SnapshotPlayerID:                      "snapshotPlayerId",
	TargetUnitSnapshotPlayerID:            "targetUnitSnapshotPlayerId",
	SnapshotControlPlayerID:               "snapshotControlPlayerId",
	SnapshotUpkeepPlayerID:                "snapshotUpkeepPlayerId",
	SnapshotPoint:                         "snapshotPoint",
	TargetPoint:                           "targetPoint",
	Target:                                "target",
	ControlGroupID:                        "controlGroupId",
	Delta:                                 "delta",
	SubgroupIndex:                         "subgroupIndex",
	RemoveMask:                            "removeMask",
	AddSubgroups:                          "addSubgroups",
	UnitLink:                              "unitLink",
	Count:                                 "count",
	AddUnitTags:                           "addUnitTags",
	ControlGroupIndex:                     "controlGroupIndex",
	ControlGroupUpdate:                    "controlGroupUpdate",
	Mask:                                  "mask",
	Distance:                              "distance",
	Pitch:                                 "pitch",
	Yaw:                                   "yaw",
	Reason:                                "reason",
	Follow:                                "follow",
	Which:                                 "which",
	LeaveReason:                           "leaveReason",
	State:                                 "state",
	UserInfos:                             "userInfos",
	GameUserID:                            "gameUserId",
	Method:                                "method",
	Hijack:                                "hijack",
	HijackCloneGameUserID:                 "hijackCloneGameUserId",
	UnitTagIndex:                          "unitTagIndex",
	UnitTagRecycle:                        "unitTagRecycle",
	UnitTypeName:                          "unitTypeName",
	ControlPlayerID:                       "controlPlayerId",
	UpkeepPlayerID:                        "upkeepPlayerId",
	CreatorUnitTagIndex:                   "creatorUnitTagIndex",
	CreatorUnitTagRecycle:                 "creatorUnitTagRecycle",
	CreatorAbilityName:                    "creatorAbilityName",
	KillerPlayerID:                        "killerPlayerId",
	KillerUnitTagIndex:                    "killerUnitTagIndex",
	KillerUnitTagRecycle:                  "killerUnitTagRecycle",
	PlayerID:                              "playerId",
	UpgradeTypeName:                       "upgradeTypeName",
	FirstUnitIndex:                        "firstUnitIndex",
	Items:                                 "items",
	SlotID:                                "slotId",
	Stats:                                 "stats",
	ScoreMineralsCurrent:                  "scoreValueMineralsCurrent",
	ScoreVespeneCurrent:                   "scoreValueVespeneCurrent",
	ScoreMineralsCollectionRate:           "scoreValueMineralsCollectionRate",
	ScoreVespeneCollectionRate:            "scoreValueVespeneCollectionRate",
	ScoreWorkersActiveCount:               "scoreValueWorkersActiveCount",
	ScoreMineralsUsedInProgressArmy:       "scoreValueMineralsUsedInProgressArmy",
	ScoreMineralsUsedInProgressEconomy:    "scoreValueMineralsUsedInProgressEconomy",
	ScoreMineralsUsedInProgressTechnology: "scoreValueMineralsUsedInProgressTechnology",
	ScoreVespeneUsedInProgressArmy:        "scoreValueVespeneUsedInProgressArmy",
	ScoreVespeneUsedInProgressEconomy:     "scoreValueVespeneUsedInProgressEconomy",
	ScoreVespeneUsedInProgressTechnology:  "scoreValueVespeneUsedInProgressTechnology",
	ScoreMineralsUsedCurrentArmy:          "scoreValueMineralsUsedCurrentArmy",
	ScoreMineralsUsedCurrentEconomy:       "scoreValueMineralsUsedCurrentEconomy",
	ScoreMineralsUsedCurrentTechnology:    "scoreValueMineralsUsedCurrentTechnology",
	ScoreVespeneUsedCurrentArmy:           "scoreValueVespeneUsedCurrentArmy",
	ScoreVespeneUsedCurrentEconomy:        "scoreValueVespeneUsedCurrentEconomy",
	ScoreVespeneUsedCurrentTechnology:     "scoreValueVespeneUsedCurrentTechnology",
	ScoreMineralsLostArmy:                 "scoreValueMineralsLostArmy",
	ScoreMineralsLostEconomy:              "scoreValueMineralsLostEconomy",
	ScoreMineralsLostTechnology:           "scoreValueMineralsLostTechnology",
	ScoreVespeneLostArmy:                  "scoreValueVespeneLostArmy",
	ScoreVespeneLostEconomy:               "scoreValueVespeneLostEconomy",
	ScoreVespeneLostTechnology:            "scoreValueVespeneLostTechnology",
	ScoreMineralsKilledArmy:               "scoreValueMineralsKilledArmy",
	ScoreMineralsKilledEconomy:            "scoreValueMineralsKilledEconomy",
	ScoreMineralsKilledTechnology:         "scoreValueMineralsKilledTechnology",
	ScoreVespeneKilledArmy:                "scoreValueVespeneKilledArmy",
	ScoreVespeneKilledEconomy:             "scoreValueVespeneKilledEconomy",
	ScoreVespeneKilledTechnology:          "scoreValueVespeneKilledTechnology",
	ScoreFoodUsed:                         "scoreValueFoodUsed",
	ScoreFoodMade:                         "scoreValueFoodMade",
	ScoreMineralsUsedActiveForces:         "scoreValueMineralsUsedActiveForces",
	ScoreVespeneUsedActiveForces:          "scoreValueVespeneUsedActiveForces",
	ScoreMineralsFriendlyFireArmy:         "scoreValueMineralsFriendlyFireArmy",
	ScoreMineralsFriendlyFireEconomy:      "scoreValueMineralsFriendlyFireEconomy",
	ScoreMineralsFriendlyFireTechnology:   "scoreValueMineralsFriendlyFireTechnology",
	ScoreVespeneFriendlyFireArmy:          "scoreValueVespeneFriendlyFireArmy",
	ScoreVespeneFriendlyFireEconomy:       "scoreValueVespeneFriendlyFireEconomy",
	ScoreVespeneFriendlyFireTechnology:    "scoreValueVespeneFriendlyFireTechnology",
	CmdEvent:                              "CmdEvent",
	SelectionDeltaEvent:                   "SelectionDeltaEvent",
	ControlGroupUpdateEvent:               "ControlGroupUpdateEvent",
	CameraUpdateEvent:                     "CameraUpdateEvent",
	CameraSaveEvent:                       "CameraSaveEvent",
	GameUserLeaveEvent:                    "GameUserLeaveEvent",
	PlayerLeaveEvent:                      "PlayerLeaveEvent",
	GameUserJoinEvent:                     "GameUserJoinEvent",
	CommandManagerStateEvent:              "CommandManagerStateEvent",
	CmdUpdateTargetPointEvent:             "CmdUpdateTargetPointEvent",
	CmdUpdateTargetUnitEvent:              "CmdUpdateTargetUnitEvent",
	HijackReplayGameEvent:                 "HijackReplayGameEvent",
	ChatMessage:                           "ChatMessage",
	PingMessage:                           "PingMessage",
	LoadingProgressMessage:                "LoadingProgressMessage",
	ReconnectNotifyMessage:                "ReconnectNotifyMessage",
	PlayerStatsEvent:                      "PlayerStatsEvent",
	UnitBornEvent:                         "UnitBornEvent",
	UnitDiedEvent:                         "UnitDiedEvent",
	UnitOwnerChangeEvent:                  "UnitOwnerChangeEvent",
	UnitTypeChangeEvent:                   "UnitTypeChangeEvent",
	UpgradeEvent:                          "UpgradeEvent",
	UnitInitEvent:                         "UnitInitEvent",
	UnitDoneEvent:                         "UnitDoneEvent",
	UnitPositionsEvent:                    "UnitPositionsEvent",
	PlayerSetupEvent:                      "PlayerSetupEvent",
}
