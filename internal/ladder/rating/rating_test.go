package rating

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// The worked example of Glickman's paper.
func TestGlickmansExample(t *testing.T) {
	t.Parallel()
	got := Glicko{1500, 200, 0.06}.period(0.5, 1, []Outcome{
		{Glicko{1400, 30, 0.06}, Win},
		{Glicko{1550, 100, 0.06}, Loss},
		{Glicko{1700, 300, 0.06}, Loss},
	})
	near(t, "rating", got.Value, 1464.06, 0.01)
	near(t, "deviation", got.Deviation, 151.52, 0.01)
	near(t, "volatility", got.Volatility, 0.05999, 0.00001)
}

func TestGlickoStaysInItsLimits(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		me, other := Newcomer(1500), Newcomer(1500)
		for range 200 {
			score := float64(random.IntN(3)) / 2
			me, other = me.Idle(time.Duration(random.IntN(int(time.Hour*24*100)))), other.Idle(time.Hour)
			me, other = me.Play(0.5, Outcome{other, score}), other.Play(0.5, Outcome{me, 1 - score})
			for _, g := range []Glicko{me, other} {
				if math.IsNaN(g.Value) || g.Deviation < LeastDeviation || g.Deviation > MostDeviation ||
					g.Volatility < LeastVolatility || g.Volatility > MostVolatility {
					t.Fatalf("out of its limits: %+v", g)
				}
			}
		}
	}
}

func TestDeviationGrowsWithTime(t *testing.T) {
	t.Parallel()
	settled := Glicko{1500, 45, 0.06}
	year := settled.Idle(365 * 24 * time.Hour)
	near(t, "deviation after a year", year.Deviation, 99.8, 0.5)
	if back := settled.Idle(-time.Hour); back != settled {
		t.Errorf("a clock that goes back changes a rating: %+v", back)
	}
	if ages := settled.Idle(100 * 365 * 24 * time.Hour); ages.Deviation != MostDeviation {
		t.Errorf("after an age: %+v", ages)
	}
}

// The owner's numbers: 1500 each, K 40, spread 500.
func TestElo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ me, opponent, score, delta float64 }{
		{1500, 1500, Win, 20},
		{1500, 1500, Loss, -20},
		{1500, 1500, Half, 0},
		{2000, 1500, Win, 4},    // 40·(1−10/11) = 3.64
		{2000, 1500, Loss, -36}, // 40·(0−10/11) = −36.36
		{1500, 2000, Half, 16},  // 40·(½−1/11) = 16.36
	} {
		if got := Delta(c.score, Expected(c.me, c.opponent, 500), 40); got != c.delta {
			t.Errorf("%v against %v, score %v: %v, want %v", c.me, c.opponent, c.score, got, c.delta)
		}
	}
	for _, c := range [][2]float64{{0.5, 0}, {1.5, 2}, {2.5, 2}, {-0.5, 0}, {-1.5, -2}} {
		if got := Delta(c[0], 0, 1); got != c[1] {
			t.Errorf("%v is rounded to %v, want %v", c[0], got, c[1])
		}
	}
}

func TestBrier(t *testing.T) {
	t.Parallel()
	var b Brier
	if b.Score() != 0 {
		t.Error("a score without games")
	}
	b.Add(0.5, Win)
	b.Add(1, Loss)
	near(t, "score", b.Score(), (0.25+1)/2, 1e-12)
}

func TestGlickoPredictsWithUncertainty(t *testing.T) {
	t.Parallel()
	sure := ExpectedGlicko(Glicko{1700, 45, 0.06}, Glicko{1500, 45, 0.06})
	unsure := ExpectedGlicko(Glicko{1700, 350, 0.06}, Glicko{1500, 350, 0.06})
	if sure <= unsure || unsure <= 0.5 {
		t.Errorf("sure %v, unsure %v", sure, unsure)
	}
	near(t, "sum", ExpectedGlicko(Glicko{1700, 100, 0.06}, Glicko{1500, 200, 0.06})+
		ExpectedGlicko(Glicko{1500, 200, 0.06}, Glicko{1700, 100, 0.06}), 1, 1e-12)
}
