package replay

// The sides of a co-op mission, whose lobby teams mix partners and enemies.
const (
	sidePartners  = 1
	sideComputers = 2
)

// decideMission settles a co-op mission: the partners won or lost it together,
// and every computer is their enemy. The recording ends when its recorder
// leaves, often before the game has written a result for the partner.
//
// A partner's loss alone may be somebody who left while the other went on, so
// the loss of both is then a guess. What is written of a computer stays as it
// is: the game does not say that one lost.
func decideMission(r *Replay, source WinnerSource) {
	partners, wins, losses := 0, 0, 0
	for i := range r.Players {
		p := &r.Players[i]
		p.Side = sideComputers
		if p.AI {
			continue
		}
		p.Side = sidePartners
		partners++
		switch p.Result {
		case Win:
			wins++
		case Loss:
			losses++
		}
	}
	side, result := sidePartners, Win
	switch {
	case wins > 0:
	case losses == 0:
		return
	case losses < partners:
		side, result, source = sideComputers, Loss, WinnerFromGuess
	default:
		side, result = sideComputers, Loss
	}
	r.WinnerSide, r.WinnerSource = &side, source
	for i := range r.Players {
		if p := &r.Players[i]; !p.AI {
			p.settle(result, source)
		}
	}
}
