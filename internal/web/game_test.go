package web_test

import (
	"bytes"
	"time"

	"github.com/evoladder/evoladderbot/internal/replay"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// file is bytes that the intake takes for a replay; n makes them differ.
func file(n byte) []byte {
	return append([]byte("MPQ\x1b"), bytes.Repeat([]byte{n}, 2000)...)
}

// duel is a ladder game of two with everything a card can show.
func duel() *replay.Replay {
	return &replay.Replay{
		ParserVersion: replay.ParserVersion, Version: "5.0.0.80949", Build: 80949, BaseBuild: 80949,
		ProtocolExact: true, Region: "eu", Map: replay.Map{Title: "Ever Dream LE"},
		Loops: 24908, Duration: 1111.96, EndedAt: time.Date(2020, 7, 29, 3, 13, 36, 0, time.UTC), Speed: "Faster",
		Category: replay.CategoryLadder, GameType: replay.GameRanked, Format: "1v1", WinnerTeam: new(2), WinnerSide: new(2), WinnerSource: replay.WinnerFromMetadata,
		Players: []replay.Player{
			{Name: "JiaanN", Team: 1, Race: replay.Terran, RaceName: "Terran", PickedRace: replay.Terran, Result: replay.Loss, Handicap: 100, Color: "#B4141E", APM: new(186.2), MMR: new(4012)},
			{Slot: 1, Name: "Serral", Clan: "BASKGG", Team: 2, Race: replay.Zerg, RaceName: "Zerg", PickedRace: replay.Random, Result: replay.Win, Handicap: 100, Color: "#0042FF", APM: new(311.7), MMR: new(7011)},
		},
		Observers: []replay.Observer{{Name: "Wardi", Clan: "WWW"}, {Name: "Rotti"}},
		Chat: []replay.Chat{
			{From: "JiaanN", To: "all", Text: "glhf"},
			{Seconds: 3.2, From: "Serral", To: "all", Text: "gl hf :)"},
			{Seconds: 1108.4, From: "JiaanN", To: "all", Text: "gg wp"},
		},
		Warnings: []string{},
	}
}

// hostile is a game whose every text tries to be markup.
func hostile() *replay.Replay {
	game := duel()
	evil := `"><script>alert(1)</script><img src=x onerror=alert(2)>`
	game.Map.Title, game.Version, game.Region, game.Format = evil, evil, evil, evil
	game.Category, game.WinnerSource = replay.Category(evil), replay.WinnerSource(evil)
	for i := range game.Players {
		p := &game.Players[i]
		p.Name, p.Clan, p.Color, p.RaceName, p.Race, p.Result = evil, evil, evil, evil, replay.Race(evil), replay.Result(evil)
	}
	game.Chat = []replay.Chat{{From: evil, To: evil, Text: evil}}
	game.Observers = []replay.Observer{{Name: evil, Clan: evil}}
	game.Warnings = []string{evil}
	return game
}

// crowd is a game of four teams with long names and missing numbers.
func crowd() *replay.Replay {
	game := duel()
	game.Map.Title, game.Format, game.Category = "Übergangslager Nordwestfront – Überarbeitete Fassung", "ffa", replay.CategoryPrivate
	game.Warnings = []string{"the game events end early; APM is counted up to 12:40"}
	game.Chat = nil
	game.Players = []replay.Player{
		{Name: "Donaudampfschifffahrtsgesellschaft", Team: 1, Race: replay.BWProtoss, PickedRace: replay.BWProtoss, Result: replay.Loss, Handicap: 80, Color: "#1CA7EA"},
		{Slot: 1, Name: "조성주", Clan: "ONSYDE", Team: 2, Race: replay.BWTerran, PickedRace: replay.BWTerran, Result: replay.Loss, Handicap: 100, Color: "#EBE129", APM: new(402.0)},
		{Slot: 2, Name: "A.I. (Elite)", Team: 3, Race: replay.BWZerg, PickedRace: replay.Random, Result: replay.Win, AI: true, Handicap: 100, Color: "#540081"},
		{Slot: 3, Team: 4, Race: replay.NoRace, PickedRace: replay.NoRace, Result: replay.Undecided, Handicap: 100, Color: "#FE8A0E"},
	}
	return game
}

// pairs is a game of two against two.
func pairs() *replay.Replay {
	game := duel()
	game.Map.Title, game.Format = "Emerald City LE", "2v2"
	game.Players = []replay.Player{
		{Name: "Trap", Team: 1, Race: replay.Protoss, PickedRace: replay.Protoss, Result: replay.Win, Handicap: 100, Color: "#B4141E", APM: new(246.0), MMR: new(5120)},
		{Slot: 1, Name: "Innovation", Team: 1, Race: replay.Terran, PickedRace: replay.Terran, Result: replay.Win, Handicap: 100, Color: "#0042FF", APM: new(298.0), MMR: new(5044)},
		{Slot: 2, Name: "soO", Clan: "DPG", Team: 2, Race: replay.Zerg, PickedRace: replay.Zerg, Result: replay.Loss, Handicap: 100, Color: "#1CA7EA", APM: new(288.0), MMR: new(5099)},
		{Slot: 3, Name: "Rain", Team: 2, Race: replay.Protoss, PickedRace: replay.Random, Result: replay.Loss, Handicap: 100, Color: "#EBE129", APM: new(201.0), MMR: new(4987)},
	}
	return game
}
