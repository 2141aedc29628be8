package replaytest

import (
	"fmt"
	"strings"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// What controls a slot.
const (
	closed   = 1
	human    = 2
	computer = 3
)

var colors = []stream.Color{{A: 255, R: 180, G: 20, B: 30}, {A: 255, G: 66, B: 255}, {A: 255, R: 28, G: 167, B: 234}}

func (g Game) details() stream.Details {
	d := stream.Details{
		Title: g.Map, Thumbnail: "Minimap.tga", IsBlizzardMap: !g.Custom, CacheHandles: g.Handles, GameSpeed: 4,
		TimeUTC:         g.End.UnixNano()/100 + windowsEpoch,
		TimeLocalOffset: int64(g.Offset) / 100, DefaultDifficulty: 3,
	}
	for i, p := range g.Players {
		if p.Observer {
			continue
		}
		name := escape(p.Name)
		if p.Clan != "" {
			name = "&lt;" + p.Clan + "&gt;<sp/>" + name
		}
		player := stream.Player{
			Name: name, Race: p.Local, Color: colors[i%len(colors)], Control: human, TeamID: p.Team, Handicap: 100,
			Result: int(p.Result), WorkingSetSlotID: i,
			Toon: stream.Toon{Region: g.Region, Program: "S2", Realm: 1, ID: p.ID},
		}
		if p.Computer {
			player.Control, player.Toon = computer, stream.Toon{}
		}
		d.Players = append(d.Players, player)
	}
	return d
}

// escape writes a name as the game does.
func escape(name string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(name)
}

// picks numbers the races as lobbies do.
var picks = map[Race]int{Terran: 0, BWTerran: 0, Zerg: 1, BWZerg: 1, Protoss: 2, BWProtoss: 2, Random: stream.Absent}

func (g Game) initData() stream.InitData {
	d := stream.InitData{
		Users: make([]stream.User, slots),
		Game: stream.Game{
			RandomValue: g.Seed, CacheName: "Dflt",
			Options: stream.Options{LockTeams: true, BattleNet: true, AMM: !g.Custom, Competitive: !g.Custom, ClientDebugFlags: 265},
			Speed:   4, MaxUsers: slots, MaxObservers: slots - 2, MaxPlayers: slots, MaxTeams: 2, MaxColors: 16, MaxRaces: 3,
			MaxControls: 1, MapSizeX: 200, MapSizeY: 200, CacheHandles: g.Handles, IsBlizzardMap: !g.Custom,
		},
		Lobby: stream.Lobby{
			MaxUsers: slots, MaxObservers: slots - 2, RandomSeed: g.Seed, HostUserID: stream.Absent, DefaultDifficulty: 3,
		},
	}
	for i := range d.Users {
		d.Users[i] = stream.User{
			HighestLeague: stream.Absent, CombinedRaceLevels: stream.Absent,
			RacePreference: stream.Absent, TeamPreference: stream.Absent,
		}
	}
	for i, p := range g.Players {
		if !p.Computer {
			u := &d.Users[g.user(i)]
			u.Name, u.ClanTag, u.RandomSeed = p.Name, p.Clan, g.Seed
			u.HighestLeague, u.CombinedRaceLevels = 5, 100
		}
	}
	for i := range slots {
		d.Lobby.Slots = append(d.Lobby.Slots, g.slot(i))
	}
	return d
}

// user is the user id of a player: computers have none.
func (g Game) user(player int) (id int) {
	for _, p := range g.Players[:player] {
		if !p.Computer {
			id++
		}
	}
	return id
}

func (g Game) slot(i int) stream.Slot {
	s := stream.Slot{
		Control: closed, UserID: stream.Absent, ColorPref: stream.Absent, RacePref: stream.Absent, Difficulty: 3,
		Handicap: 100, WorkingSetSlotID: i, TandemLeaderID: stream.Absent, TandemID: stream.Absent, CommanderLevel: 1,
		Mastery: make([]int, 6),
	}
	if i >= len(g.Players) {
		return s
	}
	p := g.Players[i]
	s.TeamID, s.RacePref, s.ColorPref = p.Team, picks[p.Picked], i+1
	if p.Observer {
		s.Observe = 1
	}
	if p.Computer {
		s.Control = computer
		return s
	}
	s.Control, s.UserID, s.TandemID, s.Commander = human, g.user(i), i, p.Commander
	s.ToonHandle = fmt.Sprintf("%d-S2-1-%d", g.Region, p.ID)
	return s
}

// attributes are those of the settings that matter.
func (g Game) attributes() stream.Attributes {
	const namespace, game = 999, 16
	var a stream.Attributes
	add := func(id uint32, scope int, value string) {
		a.List = append(a.List, stream.Attribute{Namespace: namespace, ID: id, Scope: scope, Value: value})
	}
	category := "Amm"
	if g.Custom {
		category = "Priv"
	}
	add(2000, game, "t2")
	add(2001, game, g.format())
	add(3000, game, "Fasr")
	add(3009, game, category)
	for i := range slots {
		control, race, kind := "Clsd", "RAND", "Part"
		if i < len(g.Players) {
			p := g.Players[i]
			control, race = "Humn", attributeRaces[p.Picked]
			if p.Computer {
				control = "Comp"
			}
			if p.Observer {
				kind = "Watc"
			}
			add(2002, i+1, fmt.Sprintf("T%d", p.Team+1))
		}
		add(500, i+1, control)
		add(3001, i+1, race)
		add(3002, i+1, fmt.Sprintf("tc%02d", i+1))
		add(3003, i+1, " 100")
		add(3004, i+1, "Medi")
		add(3007, i+1, kind)
	}
	return a
}

// attributeRaces are the races of the attributes, which know no mod.
var attributeRaces = map[Race]string{
	Terran: "Terr", BWTerran: "Terr", Zerg: "Zerg", BWZerg: "Zerg", Protoss: "Prot", BWProtoss: "Prot", Random: "RAND",
}

// format is the kind of game by its number of players.
func (g Game) format() string {
	players := 0
	for _, p := range g.Players {
		if !p.Observer {
			players++
		}
	}
	if players%2 != 0 || players > 8 {
		return "Cust"
	}
	return fmt.Sprintf("%dv%d", players/2, players/2)
}
