package stream_test

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/icza/s2prot"
	"github.com/icza/s2prot/build"
	"github.com/icza/s2prot/rep"

	"github.com/evoladder/evoladderbot/internal/oncetest"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// ref reads what s2prot decoded. Its values are maps; missing ones are nil.
type ref struct{ s2prot.Struct }

func (r ref) at(path ...string) any      { return r.Value(path...) }
func (r ref) num(path ...string) int     { return int(r.Int(path...)) }
func (r ref) text(path ...string) string { return r.Stringv(path...) }
func (r ref) flag(path ...string) bool   { return r.Bool(path...) }
func (r ref) sub(path ...string) ref     { return ref{r.Structv(path...)} }
func (r ref) opt(path ...string) int {
	if n, ok := r.at(path...).(int64); ok {
		return int(n)
	}
	return stream.Absent
}

func (r ref) list(path ...string) (all []ref) {
	for _, v := range r.Array(path...) {
		all = append(all, ref{v.(s2prot.Struct)})
	}
	return all
}

func (r ref) handles(path ...string) (all []stream.CacheHandle) {
	for _, v := range r.Array(path...) {
		all = append(all, stream.CacheHandle([]byte(v.(string))))
	}
	return all
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-s2prot +ours):\n%.2000s", what, d)
	}
}

func TestSamplesAgreeWithS2prot(t *testing.T) {
	oncetest.Sequential(t)
	t.Parallel()
	for _, f := range facts(t) {
		t.Run(f.Path, func(t *testing.T) {
			t.Parallel()
			want, err := rep.NewEvts(bytes.NewReader(f.file), true, true, true)
			if err != nil {
				t.Skipf("build %d: %v", f.BaseBuild, err) // 23925, 24247, 37164
			}
			r, err := stream.Open(f.file)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			compareHeader(t, r.Header, ref{want.Header.Struct})
			d, err := r.Details()
			if err != nil {
				t.Fatal(err)
			}
			compareDetails(t, d, ref{want.Details.Struct})
			l, err := r.InitData()
			if err != nil {
				t.Fatal(err)
			}
			compareInitData(t, l, ref{want.InitData.Struct})
			compareAttributes(t, r, ref{want.AttrEvts.Struct})
			compareMessages(t, r, want.MessageEvts)
			compareGame(t, r, want.GameEvts)
			compareTracker(t, r, want.TrackerEvts.Evts)
		})
	}
}

func compareHeader(t *testing.T, got stream.Header, w ref) {
	equal(t, "header", got, stream.Header{
		Signature: w.text("signature"),
		Version: stream.Version{
			Flags: w.num("version", "flags"), Major: w.num("version", "major"), Minor: w.num("version", "minor"),
			Revision: w.num("version", "revision"), Build: w.num("version", "build"), BaseBuild: w.num("version", "baseBuild"),
		},
		Type: w.num("type"), Loops: w.num("elapsedGameLoops"), UsesScaledTime: w.flag("useScaledTime"),
		DataBuild:     w.num("dataBuildNum"),
		RootKey:       nilless(w.text("ngdpRootKey", "data")),
		Compatibility: nilless(w.text("replayCompatibilityHash", "data")),
	})
}

// nilless makes the bytes of an empty text nil, as append to nil leaves them.
func nilless(s string) []byte {
	if s == "" {
		return nil
	}
	return []byte(s)
}

func compareDetails(t *testing.T, got stream.Details, w ref) {
	want := stream.Details{
		Title: w.text("title"), Difficulty: w.text("difficulty"), Thumbnail: w.text("thumbnail", "file"),
		IsBlizzardMap: w.flag("isBlizzardMap"), TimeUTC: w.Int("timeUTC"), TimeLocalOffset: w.Int("timeLocalOffset"),
		IsTransitionMap: w.flag("restartAsTransitionMap"), NoRecovery: w.flag("disableRecoverGame"),
		Description: w.text("description"), ImageFile: w.text("imageFilePath"), CampaignIndex: w.num("campaignIndex"),
		MapFile: w.text("mapFileName"), CacheHandles: w.handles("cacheHandles"), MiniSave: w.flag("miniSave"),
		GameSpeed: w.num("gameSpeed"), DefaultDifficulty: w.num("defaultDifficulty"),
	}
	for _, p := range w.list("playerList") {
		want.Players = append(want.Players, stream.Player{
			Name: p.text("name"), Race: p.text("race"), Hero: p.text("hero"),
			Toon: stream.Toon{
				Region: p.num("toon", "region"), Program: strings.Trim(p.text("toon", "programId"), "\x00"),
				Realm: p.num("toon", "realm"), Name: p.text("toon", "name"), ID: p.Int("toon", "id"),
			},
			Color: stream.Color{
				A: uint8(p.num("color", "a")), R: uint8(p.num("color", "r")),
				G: uint8(p.num("color", "g")), B: uint8(p.num("color", "b")),
			},
			Control: p.num("control"), TeamID: p.num("teamId"), Handicap: p.num("handicap"),
			Observe: p.num("observe"), Result: p.num("result"), WorkingSetSlotID: p.opt("workingSetSlotId"),
		})
	}
	for _, m := range w.Array("modPaths") {
		want.ModPaths = append(want.ModPaths, m.(string))
	}
	equal(t, "details", got, want)
}

func compareInitData(t *testing.T, got stream.InitData, w ref) {
	var users []stream.User
	for _, u := range w.list("userInitialData") {
		user := stream.User{
			Name: u.text("name"), ClanTag: u.text("clanTag"), HighestLeague: u.opt("highestLeague"),
			CombinedRaceLevels: u.opt("combinedRaceLevels"), RandomSeed: uint32(u.num("randomSeed")),
			RacePreference: u.opt("racePreference", "race"), TeamPreference: u.opt("teamPreference", "team"),
			TestMap: u.flag("testMap"), TestAuto: u.flag("testAuto"), Examine: u.flag("examine"),
			CustomInterface: u.flag("customInterface"), Observe: u.num("observe"), Hero: u.text("hero"),
			ToonHandle: u.text("toonHandle"), ScaledRating: u.num("scaledRating"), HasRating: u.at("scaledRating") != nil,
		}
		if logo := u.text("clanLogo"); logo != "" {
			user.ClanLogo = stream.CacheHandle([]byte(logo))
		}
		users = append(users, user)
	}
	equal(t, "users", got.Users, users)
	compareLobbyGame(t, got.Game, w.sub("gameDescription"))
	compareLobby(t, got.Lobby, w.sub("lobbyState"))
}

func compareLobbyGame(t *testing.T, got stream.Game, g ref) {
	o := g.sub("gameOptions")
	equal(t, "game", got, stream.Game{
		RandomValue: uint32(g.num("randomValue")), CacheName: g.text("gameCacheName"),
		Options: stream.Options{
			LockTeams: o.flag("lockTeams"), TeamsTogether: o.flag("teamsTogether"),
			AdvancedSharedControl: o.flag("advancedSharedControl"), RandomRaces: o.flag("randomRaces"),
			BattleNet: o.flag("battleNet"), AMM: o.flag("amm"), Ranked: o.flag("ranked"),
			Competitive: o.flag("competitive"), Practice: o.flag("practice"), Cooperative: o.flag("cooperative"),
			NoVictoryOrDefeat: o.flag("noVictoryOrDefeat"), HeroDuplicatesAllowed: o.flag("heroDuplicatesAllowed"),
			BuildCoachEnabled: o.flag("buildCoachEnabled"), Fog: o.num("fog"), Observers: o.num("observers"),
			UserDifficulty: o.num("userDifficulty"), ClientDebugFlags: uint64(o.num("clientDebugFlags")),
		},
		Speed: g.num("gameSpeed"), Type: g.num("gameType"), MaxUsers: g.num("maxUsers"),
		MaxObservers: g.num("maxObservers"), MaxPlayers: g.num("maxPlayers"), MaxTeams: g.num("maxTeams"),
		MaxColors: g.num("maxColors"), MaxRaces: g.num("maxRaces"), MaxControls: g.num("maxControls"),
		MapSizeX: g.num("mapSizeX"), MapSizeY: g.num("mapSizeY"), MapSyncChecksum: uint32(g.num("mapFileSyncChecksum")),
		MapFile: g.text("mapFileName"), MapAuthor: g.text("mapAuthorName"),
		ModSyncChecksum: uint32(g.num("modFileSyncChecksum")), DefaultDifficulty: g.num("defaultDifficulty"),
		DefaultAIBuild: g.num("defaultAIBuild"), CacheHandles: append([]stream.CacheHandle{}, g.handles("cacheHandles")...),
		HasExtensionMod: g.flag("hasExtensionMod"), HasOthersExtensionMod: g.flag("hasNonBlizzardExtensionMod"),
		IsBlizzardMap: g.flag("isBlizzardMap"), IsPremadeFFA: g.flag("isPremadeFFA"),
		IsCoopMode: g.flag("isCoopMode"), IsRealtimeMode: g.flag("isRealtimeMode"),
	})
}

func compareLobby(t *testing.T, got stream.Lobby, l ref) {
	want := stream.Lobby{
		Phase: l.num("phase"), MaxUsers: l.num("maxUsers"), MaxObservers: l.num("maxObservers"),
		RandomSeed: uint32(l.num("randomSeed")), HostUserID: l.opt("hostUserId"),
		IsSinglePlayer: l.flag("isSinglePlayer"), PickedMapTag: l.num("pickedMapTag"),
		GameDuration: l.num("gameDuration"), DefaultDifficulty: l.num("defaultDifficulty"),
		DefaultAIBuild: l.num("defaultAIBuild"), Slots: []stream.Slot{},
	}
	for _, s := range l.list("slots") {
		leader := s.opt("tandemLeaderId")
		if leader == stream.Absent {
			leader = s.opt("tandemLeaderUserId")
		}
		slot := stream.Slot{
			Control: s.num("control"), UserID: s.opt("userId"), TeamID: s.num("teamId"),
			ColorPref: s.opt("colorPref", "color"), RacePref: s.opt("racePref", "race"),
			Difficulty: s.num("difficulty"), AIBuild: s.num("aiBuild"), Handicap: s.num("handicap"),
			Observe: s.num("observe"), LogoIndex: s.num("logoIndex"), Hero: s.text("hero"),
			WorkingSetSlotID: s.opt("workingSetSlotId"), ToonHandle: s.text("toonHandle"),
			TandemLeaderID: leader, TandemID: s.opt("tandemId"),
			Commander: s.text("commander"), CommanderLevel: s.num("commanderLevel"),
			MasteryLevel: s.num("commanderMasteryLevel"), Prestige: s.num("selectedCommanderPrestige"),
			HasSilencePenalty: s.flag("hasSilencePenalty"), TrophyID: s.num("trophyId"),
			BrutalPlus: s.num("brutalPlusDifficulty"),
		}
		if talents := s.Array("commanderMasteryTalents"); talents != nil {
			slot.Mastery = []int{}
			for _, m := range talents {
				slot.Mastery = append(slot.Mastery, int(m.(int64)))
			}
		}
		want.Slots = append(want.Slots, slot)
	}
	equal(t, "lobby", got, want)
}

func compareAttributes(t *testing.T, r *stream.Replay, w ref) {
	a, err := r.Attributes()
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "attributes' source", a.Source, w.num("source"))
	equal(t, "attributes' namespace", int(a.MapNamespace), w.num("mapNamespace"))
	// s2prot keeps the last of an id's values in a scope.
	last := map[string]stream.Attribute{}
	for _, v := range a.List {
		last[fmt.Sprint(v.Scope, " ", v.ID)] = v
	}
	n := 0
	for scope, values := range w.Structv("scopes") {
		for id, v := range values.(s2prot.Struct) {
			n++
			v := ref{v.(s2prot.Struct)}
			got := last[scope+" "+id]
			if got.Value != strings.Trim(v.text("value"), "\x00") || int(got.Namespace) != v.num("namespace") || strconv.Itoa(got.Scope) != scope {
				t.Errorf("attribute %s of scope %s: %+v, want %v", id, scope, got, v)
			}
		}
	}
	equal(t, "number of attributes", len(last), n)
}

func compareMessages(t *testing.T, r *stream.Replay, events []s2prot.Event) {
	var want []stream.Message
	for _, e := range events {
		w := ref{e.Struct}
		m := stream.Message{Loop: int(e.Loop()), User: user(w), Recipient: w.num("recipient")}
		switch e.Name {
		case "Chat":
			m.Text = w.text("string")
		case "Ping":
			m.IsPing, m.X, m.Y = true, w.num("point", "x"), w.num("point", "y")
		default:
			continue
		}
		want = append(want, m)
	}
	got, err := r.Messages()
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "messages", got, want)
}

func user(w ref) int {
	s := w.sub("userid")
	if s.at("userId") != nil {
		return s.num("userId")
	}
	return s.num("playerId")
}

func compareGame(t *testing.T, r *stream.Replay, want []s2prot.Event) {
	g, err := r.GameEvents(stream.AllGame)
	if err != nil {
		t.Fatal(err)
	}
	bad := 0
	for i := 0; g.Next(context.Background()); i++ {
		if i >= len(want) {
			t.Fatalf("more than %d game events", len(want))
		}
		e, w := g.Event, ref{want[i].Struct}
		if e.Loop != int(want[i].Loop()) || e.User != user(w) || e.Name != want[i].Name+"Event" {
			t.Fatalf("game event %d: loop %d, user %d, %s; want %v", i, e.Loop, e.User, e.Name, w)
		}
		if d := gameDiff(e, w); d != "" && bad < 3 {
			bad++
			t.Errorf("game event %d, %s (-s2prot +ours): %s\n%v", i, e.Name, d, w)
		}
	}
	if g.Err() != nil || g.Count != len(want) {
		t.Errorf("%d game events, want %d; %v", g.Count, len(want), g.Err())
	}
}

// diff is cmp.Diff, but fast where there is nothing to tell: there are half a
// million events.
func diff[T comparable](want, got T) string {
	if want == got {
		return ""
	}
	return cmp.Diff(want, got)
}

func gameDiff(e stream.GameEvent, w ref) string {
	switch e.Kind {
	case stream.CommandGiven, stream.CommandUpdated, stream.CommandRepeated:
		return diff(wantCommand(e, w), e.Command)
	case stream.SelectionChanged:
		d := w.sub("delta")
		return diff(stream.Selection{
			Group: w.num("controlGroupId"), SubgroupIndex: d.num("subgroupIndex"),
			AddedUnits: len(d.Array("addUnitTags")), AddedKinds: len(d.Array("addSubgroups")),
		}, e.Selection)
	case stream.GroupChanged:
		return diff(stream.Group{Index: w.num("controlGroupIndex"), Update: w.num("controlGroupUpdate")}, e.Group)
	case stream.CameraMoved, stream.CameraSaved:
		return diff(stream.Camera{
			HasTarget: w.at("target") != nil, Target: point(w.sub("target")), Hotkey: w.num("which"),
		}, e.Camera)
	case stream.UserLeft:
		return diff(stream.Leave{Reason: w.opt("leaveReason")}, e.Leave)
	case stream.ReplayHijacked:
		var users []stream.UserInfo
		for _, u := range w.list("userInfos") {
			users = append(users, stream.UserInfo{
				User: u.num("gameUserId"), Name: u.text("name"), ClanTag: u.text("clanTag"),
				ToonHandle: u.text("toonHandle"), Observe: u.num("observe"),
			})
		}
		return cmp.Diff(users, e.Hijack)
	}
	return ""
}

func point(w ref) stream.Point { return stream.Point{X: w.num("x"), Y: w.num("y"), Z: w.num("z")} }

func wantCommand(e stream.GameEvent, w ref) stream.Command {
	c := stream.Command{
		Flags: uint32(w.num("cmdFlags")), ControlledBy: stream.Absent,
		Sequence: w.num("sequence"), OtherUnit: stream.UnitTag(w.num("otherUnit")),
	}
	if w.at("abilLink") != nil { // build 15405
		return wantOldCommand(c, w)
	}
	if a := w.sub("abil"); a.Struct != nil {
		c.HasAbility = true
		c.Ability, c.AbilityIndex, c.AbilityData = a.num("abilLink"), a.num("abilCmdIndex"), a.num("abilCmdData")
	}
	p, u := w.sub("data", "TargetPoint"), w.sub("data", "TargetUnit")
	if e.Name == "CmdUpdateTargetPointEvent" {
		p = w.sub("target")
	}
	if e.Name == "CmdUpdateTargetUnitEvent" {
		u = w.sub("target")
	}
	switch {
	case p.Struct != nil:
		c.Target, c.Point = stream.PointTarget, point(p)
	case u.Struct != nil:
		c.Target, c.Point = stream.UnitTarget, point(u.sub("snapshotPoint"))
		c.Unit, c.UnitLink = stream.UnitTag(u.num("tag")), u.num("snapshotUnitLink")
		c.ControlledBy = u.opt("snapshotControlPlayerId")
		if c.ControlledBy == stream.Absent {
			c.ControlledBy = u.opt("snapshotPlayerId")
		}
	case w.at("data", "Data") != nil:
		c.Target, c.Data = stream.DataTarget, uint32(w.num("data", "Data"))
	}
	return c
}

func wantOldCommand(c stream.Command, w ref) stream.Command {
	c.Ability, c.AbilityIndex, c.AbilityData = w.num("abilLink"), w.num("abilCmdIndex"), w.num("abilCmdData")
	c.HasAbility = c.Ability != 0xffff
	c.Point = point(w.sub("targetPoint"))
	c.Unit, c.UnitLink = stream.UnitTag(w.num("targetUnitTag")), w.num("targetUnitSnapshotUnitLink")
	c.ControlledBy = w.opt("targetUnitSnapshotPlayerId")
	switch {
	case c.Unit != 0:
		c.Target = stream.UnitTarget
	case c.Point != stream.Point{}:
		c.Target = stream.PointTarget
	}
	return c
}

func compareTracker(t *testing.T, r *stream.Replay, want []s2prot.Event) {
	s, err := r.TrackerEvents(stream.AllTracker)
	if err != nil {
		t.Fatal(err)
	}
	bad := 0
	for i := 0; s.Next(context.Background()); i++ {
		if i >= len(want) {
			t.Fatalf("more than %d tracker events", len(want))
		}
		e, w := s.Event, ref{want[i].Struct}
		// s2prot adds up beyond the 32 bits that the game counts with.
		if e.Loop != int(uint32(want[i].Loop())) || e.Kind != stream.TrackerKind(2<<want[i].ID) {
			t.Fatalf("tracker event %d: loop %d, kind %d; want %v", i, e.Loop, e.Kind, w)
		}
		if d := trackerDiff(e, w); d != "" && bad < 3 {
			bad++
			t.Errorf("tracker event %d (-s2prot +ours): %s\n%v", i, d, w)
		}
	}
	if s.Err() != nil || s.Count != len(want) {
		t.Errorf("%d tracker events, want %d; %v", s.Count, len(want), s.Err())
	}
}

// scoreNames are the figures of PlayerStats in the order of the newest table.
var scoreNames = regexp.MustCompile(`m_(scoreValue\w+)`).FindAllStringSubmatch(build.Builds[80949], -1)

func trackerDiff(e stream.TrackerEvent, w ref) string {
	switch e.Kind {
	case stream.PlayerStats:
		var want stream.Stats
		for i, name := range scoreNames {
			want[i] = int32(w.num("stats", name[1]))
		}
		return diff(want, e.Stats) + diff(w.num("playerId"), e.Player)
	case stream.UpgradeDone:
		return cmp.Diff([]any{w.num("playerId"), w.text("upgradeTypeName"), w.num("count")}, []any{e.Player, e.Upgrade, e.Count})
	case stream.PlayerSetup:
		return diff(stream.Setup{Type: w.num("type"), User: w.opt("userId"), Slot: w.opt("slotId")}, e.Setup) +
			diff(w.num("playerId"), e.Player)
	case stream.UnitPositions:
		items := make([]int32, 0)
		for _, v := range w.Array("items") {
			items = append(items, int32(v.(int64)))
		}
		return diff(w.num("firstUnitIndex"), e.FirstUnit) + cmp.Diff(items, append([]int32{}, e.Positions...))
	}
	tag := func(prefix string) stream.UnitTag {
		index, recycle := "unitTagIndex", "unitTagRecycle"
		if prefix != "" {
			index, recycle = prefix+"UnitTagIndex", prefix+"UnitTagRecycle"
		}
		return stream.NewUnitTag(w.num(index), w.num(recycle))
	}
	return diff(stream.Unit{
		Tag: tag(""), KillerTag: tag("killer"), CreatorTag: tag("creator"), Type: w.text("unitTypeName"),
		ControlPlayer: w.opt("controlPlayerId"), UpkeepPlayer: w.opt("upkeepPlayerId"),
		X: w.opt("x"), Y: w.opt("y"), Killer: w.opt("killerPlayerId"), CreatorAbility: w.text("creatorAbilityName"),
	}, e.Unit)
}
