// Package rating computes ratings: Elo, which is shown, and Glicko-2, which is kept
// beside it. Values go in and values come out.
package rating

import "math"

// Scores of a game.
const (
	Win  = 1.0
	Half = 0.5
	Loss = 0.0
)

// Expected is the score that Elo predicts for a player of rating me against one of
// rating opponent. At a difference of spread a score is ten times as likely as its
// opposite.
func Expected(me, opponent, spread float64) float64 {
	return 1 / (1 + math.Pow(10, (opponent-me)/spread))
}

// Delta is by how much the first player's rating changes, in whole points, rounded half
// to even. The second's changes by its negative, so that the sum of all ratings stays.
func Delta(score, expected, k float64) float64 {
	return math.RoundToEven(k * (score - expected))
}
