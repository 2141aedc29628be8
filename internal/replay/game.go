package replay

import (
	"github.com/evoladder/evoladderbot/internal/replay/clock"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// gameLog gathers what is wanted of the game stream as it goes by.
type gameLog struct {
	read    bool // the stream was asked for
	orders  bool // keep them, for a timeline
	clock   clock.Clock
	leaves  []gameLeave
	resumed []resumed
	actors  []actor // by user
}

type gameLeave struct {
	loop int64
	user int
}

// resumed is a game resumed from a replay: who sits where from then on.
type resumed struct {
	loop  int64
	names map[int]string // by user
}

// wantedGame are the kinds of event that the log looks at.
const wantedGame = stream.CommandGiven | stream.CommandRepeated | stream.SelectionChanged | stream.GroupChanged |
	stream.UserLeft | stream.ReplayHijacked

func (g *gameLog) observe(e *stream.GameEvent) {
	switch e.Kind {
	case stream.UserLeft:
		if len(g.leaves) == maxLeaves {
			return
		}
		g.leaves = append(g.leaves, gameLeave{loop: int64(e.Loop), user: e.User})
	case stream.ReplayHijacked:
		if len(g.resumed) == maxResumed {
			return
		}
		r := resumed{loop: int64(e.Loop), names: make(map[int]string, len(e.Hijack))}
		for _, seat := range e.Hijack {
			r.names[seat.User] = stream.CleanText(seat.Name)
		}
		g.resumed = append(g.resumed, r)
	default:
		if a := g.actor(e.User); a != nil {
			a.act(e, g.clock.Minute(e.Loop))
			if g.orders {
				a.orders.Note(e)
			}
		}
	}
}

// Bounds of what is kept, whatever the stream says.
const (
	maxLeaves  = 64 // everybody leaves once
	maxResumed = 16
)

// maxUsers bounds the users an event may name: 16 seats, and player numbers
// counted from 1.
const maxUsers = 32

func (g *gameLog) actor(user int) *actor {
	if user < 0 || user >= maxUsers {
		return nil
	}
	for len(g.actors) <= user {
		g.actors = append(g.actors, actor{})
	}
	return &g.actors[user]
}

// left is the loop of a user's leave, or end.
func (g *gameLog) left(user int, end int64) int64 {
	for _, leave := range g.leaves {
		if leave.user == user {
			return min(leave.loop, end)
		}
	}
	return end
}
