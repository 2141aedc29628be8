package rating

// Brier is the mean squared error of predictions: 0 is perfect, 0.25 is what "half" for
// every game comes to. Lower is better.
type Brier struct {
	Games int
	sum   float64
}

// Add counts a game that was predicted, and its score.
func (b *Brier) Add(expected, score float64) {
	b.Games++
	b.sum += (expected - score) * (expected - score)
}

// Score is the mean; 0 without games.
func (b *Brier) Score() float64 {
	if b.Games == 0 {
		return 0
	}
	return b.sum / float64(b.Games)
}
