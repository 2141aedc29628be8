package ladder

// Effect is what a replay that was handed in did to its match, for edges that show the
// answer to it.
type Effect string

// The effects.
const (
	// Ruled: the result in force rests on this game, this file of it or another.
	Ruled Effect = "ruled"
	// Asks: it would rule with the click of one of Judgement.Confirm.
	Asks Effect = "asks"
	// Rejected: the evidence does not suffice. Its lines say why.
	Rejected Effect = "rejected"
	// Barred: both players chose a remake of this game.
	Barred Effect = "barred"
	// Agrees: the match has this result already.
	Agrees Effect = "agrees"
	// Differs: the match has another result, or none by a ruling.
	Differs Effect = "differs"
)

// EffectOf says what a game that was handed in for a match did to it, by what is known now:
// in force is the match's ruling, which rests on the game ruling, if on any.
func EffectOf(g, ruling Game, inForce Ruling) Effect {
	decisive := g.Verdict == Verified || g.Verdict == NeedsConfirmation
	switch {
	case inForce.Game != 0 && (inForce.Game == g.ID || g.same(ruling)):
		return Ruled
	case g.Barred:
		return Barred
	case !decisive || !g.Result.valid():
		return Rejected
	case inForce.ID == 0 || inForce.unproven() && g.Verdict == NeedsConfirmation:
		return Asks
	case !inForce.Void && inForce.Result == g.Result:
		return Agrees
	case g.Verdict == NeedsConfirmation:
		return Rejected
	}
	return Differs
}
