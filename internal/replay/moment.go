package replay

import (
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// DecidedBy says what shows when a game was decided.
type DecidedBy string

// What shows it.
const (
	DecidedByLeave      DecidedBy = "leave"      // the last of the beaten left
	DecidedByStatistics DecidedBy = "statistics" // the game stopped counting for everybody
	DecidedByObjective  DecidedBy = "objective"  // the map's own signs, as of WinnerFromObjective
	DecidedByNone       DecidedBy = "none"       // nothing shows it
)

// statsPeriod is the time between two samples of statistics, in loops. Another
// one is taken of everybody in the moment a game is decided or left.
const statsPeriod = 160

// timeDecision finds the moment a game was decided, which the length of the
// recording says nothing about: the winner may stay as long as he likes.
func (m *meaning) timeDecision(r *Replay) {
	r.DecidedBy = DecidedByNone
	if r.WinnerSide == nil {
		return
	}
	decided := r.Loops + 1
	consider := func(loop int64, by DecidedBy) {
		if loop > 0 && loop < decided {
			decided, r.DecidedBy = loop, by
		}
	}
	if team, loop := m.fall(r); team != none && team != *r.WinnerSide {
		consider(int64(loop), DecidedByObjective)
	}
	consider(m.lastLeave(r), DecidedByLeave)
	consider(m.endOfStatistics(r), DecidedByStatistics)
	if r.DecidedBy != DecidedByNone {
		seconds := m.clock.Seconds(decided)
		r.DecidedSeconds = &seconds
	}
}

// lastLeave is the loop in which the last of the beaten left, or 0 where one of
// them, or a computer, played on.
func (m *meaning) lastLeave(r *Replay) int64 {
	last := int64(0)
	for i := range r.Players {
		if r.Players[i].Side == *r.WinnerSide {
			continue
		}
		loop := m.game.left(m.eventID(&m.people[i]), r.Loops+1)
		if r.Players[i].AI || loop > r.Loops {
			return 0
		}
		last = max(last, loop)
	}
	return last
}

// endOfStatistics is the loop of everybody's last statistics, if that is one
// and the same, or 0. A recording that breaks off ends with a regular sample,
// which proves nothing.
func (m *meaning) endOfStatistics(r *Replay) int64 {
	var last samplings
	counted := 0
	for i := range r.Players {
		id := m.playerID(&m.people[i])
		if id <= 0 || id > stream.MaxPlayerID || m.tracker.sampled[id].last == 0 {
			continue
		}
		f := m.tracker.sampled[id]
		if counted++; counted > 1 && f.last != last.last {
			return 0
		}
		last = f
	}
	regular := last.last%statsPeriod == 0 || last.last-last.before == statsPeriod
	if counted < 2 || regular && r.Loops-int64(last.last) < 2*statsPeriod {
		return 0
	}
	return int64(last.last)
}
