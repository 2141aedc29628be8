package stream

import (
	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
	"github.com/evoladder/evoladderbot/internal/replay/protocol"
)

// Stats are the figures of a player at one time, indexed by Score. A figure
// that the build does not have is zero.
type Stats [scores]int32

// Score is one of the figures of Stats.
type Score int

// The figures, with the game's names less scoreValue. Food is in 1/4096.
const (
	MineralsCurrent Score = iota
	VespeneCurrent
	MineralsCollectionRate
	VespeneCollectionRate
	WorkersActiveCount
	MineralsUsedInProgressArmy
	MineralsUsedInProgressEconomy
	MineralsUsedInProgressTechnology
	VespeneUsedInProgressArmy
	VespeneUsedInProgressEconomy
	VespeneUsedInProgressTechnology
	MineralsUsedCurrentArmy
	MineralsUsedCurrentEconomy
	MineralsUsedCurrentTechnology
	VespeneUsedCurrentArmy
	VespeneUsedCurrentEconomy
	VespeneUsedCurrentTechnology
	MineralsLostArmy
	MineralsLostEconomy
	MineralsLostTechnology
	VespeneLostArmy
	VespeneLostEconomy
	VespeneLostTechnology
	MineralsKilledArmy
	MineralsKilledEconomy
	MineralsKilledTechnology
	VespeneKilledArmy
	VespeneKilledEconomy
	VespeneKilledTechnology
	FoodUsed
	FoodMade
	MineralsUsedActiveForces
	VespeneUsedActiveForces
	MineralsFriendlyFireArmy
	MineralsFriendlyFireEconomy
	MineralsFriendlyFireTechnology
	VespeneFriendlyFireArmy
	VespeneFriendlyFireEconomy
	VespeneFriendlyFireTechnology
	scores
)

// readStats reads a player's figures. Their names are numbered in the same
// order as the scores.
func (t *TrackerScanner) readStats(typ *bitstream.Type) {
	v, e := &t.v, &t.Event
	e.Stats = Stats{}
	for range v.Struct() {
		f := v.Field(typ)
		switch f.Name {
		case protocol.PlayerID:
			e.Player = int(v.Int())
		case protocol.Stats:
			for range v.Struct() {
				score := v.Field(f.Type).Name - protocol.ScoreMineralsCurrent
				if Score(score) >= scores {
					v.Skip()
					continue
				}
				e.Stats[score] = int32(v.Int())
			}
		default:
			v.Skip()
		}
	}
}
