package rating

import (
	"math"
	"time"
)

// Glicko is a rating in Glicko-2 (Mark Glickman, "Example of the Glicko-2 system",
// 2013), on the scale of Glicko: 1500 and 350 are a newcomer's.
type Glicko struct {
	Value      float64
	Deviation  float64
	Volatility float64
}

// Limits of a rating, and what it starts with. A deviation below the least would make a
// rating deaf to what it is told; a volatility without a limit can be farmed by losing
// on purpose.
const (
	LeastDeviation  = 45.0
	MostDeviation   = 350.0
	StartVolatility = 0.06
	LeastVolatility = 0.03
	MostVolatility  = 0.1
)

// Period is the time after which a deviation has grown as by one of Glickman's rating
// periods without a game: from 45 to about 100 in a year.
const Period = 5 * 24 * time.Hour

// scale is between Glicko's scale and that on which Glicko-2 computes.
const scale = 173.7178

// convergence is the tolerance of the volatility's iteration, as Glickman has it.
const convergence = 0.000001

// mostIterations ends the iteration where numbers out of all measure would not; usually
// five suffice.
const mostIterations = 100

// Newcomer is the rating of a player without games.
func Newcomer(start float64) Glicko {
	return Glicko{Value: start, Deviation: MostDeviation, Volatility: StartVolatility}
}

// Outcome is a game against an opponent, with its score.
type Outcome struct {
	Opponent Glicko
	Score    float64
}

// Idle is the rating after a time without a game: less certain.
func (g Glicko) Idle(elapsed time.Duration) Glicko {
	periods := max(0, float64(elapsed)/float64(Period))
	phi := g.Deviation / scale
	g.Deviation = scale * math.Sqrt(phi*phi+g.Volatility*g.Volatility*periods)
	return g.clamp()
}

// Play is the rating after games that were played at one time. Growth by time is Idle's,
// before it.
func (g Glicko) Play(tau float64, games ...Outcome) Glicko { return g.period(tau, 0, games) }

// period is Glickman's steps 3 to 8, over the given part of a rating period.
func (g Glicko) period(tau, part float64, games []Outcome) Glicko {
	if len(games) == 0 {
		return g
	}
	mu, phi := (g.Value-1500)/scale, g.Deviation/scale
	var precision, surprise float64
	for _, game := range games {
		weight := attenuate(game.Opponent.Deviation / scale)
		expected := 1 / (1 + math.Exp(-weight*(mu-(game.Opponent.Value-1500)/scale)))
		precision += weight * weight * expected * (1 - expected)
		surprise += weight * (game.Score - expected)
	}
	variance := 1 / precision
	sigma := volatility(g.Volatility, tau, phi, variance, variance*surprise)
	grown := math.Sqrt(phi*phi + sigma*sigma*part)
	phi = 1 / math.Sqrt(1/(grown*grown)+1/variance)
	return Glicko{Value: 1500 + scale*(mu+phi*phi*surprise), Deviation: scale * phi, Volatility: sigma}.clamp()
}

func (g Glicko) clamp() Glicko {
	g.Deviation = min(max(g.Deviation, LeastDeviation), MostDeviation)
	g.Volatility = min(max(g.Volatility, LeastVolatility), MostVolatility)
	return g
}

// attenuate is Glickman's g: how much an opponent's uncertainty weakens a result.
func attenuate(phi float64) float64 { return 1 / math.Sqrt(1+3*phi*phi/(math.Pi*math.Pi)) }

// volatility is Glickman's step 5, by the Illinois algorithm.
func volatility(sigma, tau, phi, variance, delta float64) float64 {
	a := math.Log(sigma * sigma)
	f := func(x float64) float64 {
		e := math.Exp(x)
		sum := phi*phi + variance + e
		return e*(delta*delta-sum)/(2*sum*sum) - (x-a)/(tau*tau)
	}
	low, high := a, bound(f, a, tau, delta*delta-phi*phi-variance)
	atLow, atHigh := f(low), f(high)
	for i := 0; math.Abs(high-low) > convergence && i < mostIterations; i++ {
		next := low + (low-high)*atLow/(atHigh-atLow)
		atNext := f(next)
		if atNext*atHigh <= 0 {
			low, atLow = high, atHigh
		} else {
			atLow /= 2
		}
		high, atHigh = next, atNext
	}
	return math.Exp(low / 2)
}

// bound is the other end of the interval in which the volatility lies.
func bound(f func(float64) float64, a, tau, excess float64) float64 {
	if excess > 0 {
		return math.Log(excess)
	}
	x := a - tau
	for f(x) < 0 {
		x -= tau
	}
	return x
}

// ExpectedGlicko is the score that Glicko-2 predicts for me against an opponent, with the
// uncertainty of both.
func ExpectedGlicko(me, opponent Glicko) float64 {
	weight := attenuate(math.Hypot(me.Deviation, opponent.Deviation) / scale)
	return 1 / (1 + math.Exp(-weight*(me.Value-opponent.Value)/scale))
}
