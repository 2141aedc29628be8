package ladder

import "time"

// judging says what a replay shows about a match.
var judging = func(m Match, s Season, players []Player, facts Facts, known Known, received time.Time) Judgement {
	panic("ladder: no evidence yet")
}
