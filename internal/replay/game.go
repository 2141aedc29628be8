package replay

// gameLog gathers what is wanted of the game stream as it goes by.
type gameLog struct {
	read    bool // the stream was asked for
	events  int
	leaves  []gameLeave
	resumed []resumed
	actors  []actor // by user
}

type gameLeave struct {
	loop int64
	user int
}

// resumed is a game taken up from a replay: who sits where from then on.
type resumed struct {
	loop  int64
	users []resumedUser
}

type resumedUser struct {
	user             int
	name, clan, toon string
	observe          int
}

// actor counts what one user did.
type actor struct {
	commands int
	actions  []int // in each minute
	total    int
}

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

func (g *gameLog) command(user int) {
	if a := g.actor(user); a != nil {
		a.commands++
	}
}

// action counts towards the actions a minute. minute is of the clock a player
// sees.
func (g *gameLog) action(minute, user int) {
	a := g.actor(user)
	if a == nil || minute < 0 || minute > maxMinutes {
		return
	}
	for len(a.actions) <= minute {
		a.actions = append(a.actions, 0)
	}
	a.actions[minute]++
	a.total++
}

// maxMinutes bounds the table of actions; the longest game known lasted under
// seven hours.
const maxMinutes = 24 * 60
