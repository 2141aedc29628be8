package replaytest

import "github.com/evoladder/evoladderbot/internal/replay/stream"

// EncodeInitData writes replay.initData. The numbers of bits are those of the
// table for build 80949, where the fields stand in the same order.
func EncodeInitData(d stream.InitData) []byte {
	w := newPacked()
	w.num(len(d.Users), 5)
	for _, u := range d.Users {
		w.user(u)
	}
	w.lobbyGame(d.Game)
	w.lobby(d.Lobby)
	return w.p
}

func (w *packed) user(u stream.User) {
	w.blob(u.Name, 8)
	w.optText(u.ClanTag, 8)
	w.flag(u.ClanLogo != stream.CacheHandle{})
	if (u.ClanLogo != stream.CacheHandle{}) {
		w.raw(u.ClanLogo[:])
	}
	w.opt(u.HighestLeague, 8)
	w.opt(u.CombinedRaceLevels, 32)
	w.bits(uint64(u.RandomSeed), 32)
	w.opt(u.RacePreference, 8)
	w.opt(u.TeamPreference, 8)
	w.flag(u.TestMap)
	w.flag(u.TestAuto)
	w.flag(u.Examine)
	w.flag(u.CustomInterface)
	w.num(0, 32) // test type
	w.num(u.Observe, 2)
	w.blob(u.Hero, 9)
	w.blob("", 9) // skin
	w.blob("", 9) // mount
	w.blob(u.ToonHandle, 7)
	w.flag(u.HasRating)
	if u.HasRating {
		w.num(u.ScaledRating+1<<31, 32)
	}
}

func (w *packed) lobbyGame(g stream.Game) {
	w.bits(uint64(g.RandomValue), 32)
	w.blob(g.CacheName, 10)
	w.options(g.Options)
	w.num(g.Speed, 3)
	w.num(g.Type, 3)
	w.num(g.MaxUsers, 5)
	w.num(g.MaxObservers, 5)
	w.num(g.MaxPlayers, 5)
	w.num(g.MaxTeams-1, 4)
	w.num(g.MaxColors, 6)
	w.num(g.MaxRaces-1, 8)
	w.num(g.MaxControls, 8)
	w.num(g.MapSizeX, 8)
	w.num(g.MapSizeY, 8)
	w.bits(uint64(g.MapSyncChecksum), 32)
	w.blob(g.MapFile, 11)
	w.blob(g.MapAuthor, 8)
	w.bits(uint64(g.ModSyncChecksum), 32)
	w.num(slots, 5)
	for range slots {
		w.slotDescription()
	}
	w.num(g.DefaultDifficulty, 6)
	w.num(g.DefaultAIBuild, 8)
	w.num(len(g.CacheHandles), 6)
	for _, h := range g.CacheHandles {
		w.raw(h[:])
	}
	w.flag(g.HasExtensionMod)
	w.flag(g.HasOthersExtensionMod)
	w.flag(g.IsBlizzardMap)
	w.flag(g.IsPremadeFFA)
	w.flag(g.IsCoopMode)
	w.flag(g.IsRealtimeMode)
}

// slotDescription writes what a slot may be set to: everything.
func (w *packed) slotDescription() {
	ones := func(n, lengthBits int) {
		w.num(n, lengthBits)
		w.bits(1<<n-1, n)
	}
	ones(16, 6) // colours
	ones(3, 8)  // races
	ones(10, 6) // difficulties
	ones(2, 8)  // controls
	ones(3, 2)  // kinds of observer
	ones(6, 8)  // builds of the AI
}

func (w *packed) options(o stream.Options) {
	for _, b := range []bool{
		o.LockTeams, o.TeamsTogether, o.AdvancedSharedControl, o.RandomRaces, o.BattleNet, o.AMM, o.Competitive,
		o.Practice, o.Cooperative, o.NoVictoryOrDefeat, o.HeroDuplicatesAllowed,
	} {
		w.flag(b)
	}
	w.num(o.Fog, 2)
	w.num(o.Observers, 2)
	w.num(o.UserDifficulty, 2)
	w.bits(o.ClientDebugFlags, 64)
	w.flag(o.BuildCoachEnabled)
}

func (w *packed) lobby(l stream.Lobby) {
	w.num(l.Phase, 3)
	w.num(l.MaxUsers, 5)
	w.num(l.MaxObservers, 5)
	w.num(len(l.Slots), 5)
	for _, s := range l.Slots {
		w.slot(s)
	}
	w.bits(uint64(l.RandomSeed), 32)
	w.opt(l.HostUserID, 4)
	w.flag(l.IsSinglePlayer)
	w.num(l.PickedMapTag, 8)
	w.num(l.GameDuration, 32)
	w.num(l.DefaultDifficulty, 6)
	w.num(l.DefaultAIBuild, 8)
}

func (w *packed) slot(s stream.Slot) {
	w.num(s.Control, 8)
	w.opt(s.UserID, 4)
	w.num(s.TeamID, 4)
	w.opt(s.ColorPref, 5)
	w.opt(s.RacePref, 8)
	w.num(s.Difficulty, 6)
	w.num(s.AIBuild, 8)
	w.num(s.Handicap, 32)
	w.num(s.Observe, 2)
	w.num(s.LogoIndex, 32)
	w.blob(s.Hero, 9)
	w.blob("", 9) // skin
	w.blob("", 9) // mount
	w.num(0, 4)   // artifacts
	w.opt(s.WorkingSetSlotID, 8)
	w.num(0, 17) // rewards
	w.blob(s.ToonHandle, 7)
	w.num(0, 16) // licences
	w.opt(s.TandemLeaderID, 4)
	w.blob(s.Commander, 9)
	w.num(s.CommanderLevel, 32)
	w.flag(s.HasSilencePenalty)
	w.opt(s.TandemID, 4)
	w.num(s.MasteryLevel, 32)
	w.num(len(s.Mastery), 3)
	for _, m := range s.Mastery {
		w.num(m, 32)
	}
	w.num(s.TrophyID, 32)
	w.num(0, 17) // overridden rewards
	w.num(s.BrutalPlus, 32)
	w.num(0, 3)  // mutations
	w.num(0, 32) // race of the AI
	w.num(0, 32) // kind of its waves
	w.num(s.Prestige, 32)
}
