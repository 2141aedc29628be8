package referee

import (
	"strconv"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// number is a match as staff name it.
func (p page) number() string { return strconv.FormatInt(int64(p.Match), 10) }

// named is a seat's player with the race.
func (p page) named(s ladder.Seat) string {
	return p.Say(phrase.LadderNamedWithRace, "player", nameOf(p.Language, p.players[s.Player]), "race", raceName(p.Language, s.Race))
}

// pair is both players with their races.
func (p page) pair() string {
	if len(p.Seats) != 2 {
		return ""
	}
	return p.Say(phrase.LadderVersus, "a", p.named(p.Seats[0]), "b", p.named(p.Seats[1]))
}

// dispute asks staff for a ruling.
func dispute(p page) said {
	if p.State != ladder.MatchDisputed {
		return overtaken(p.State)
	}
	return said{text: p.Say(phrase.LadderStaffDispute, "match", p.number(), "players", p.pair(),
		"map", discord.Escape(p.Map), "why", whyDisputed(p.Language, p.Code))}
}

func differs(p page) said {
	return said{text: p.Say(phrase.LadderStaffDiffers, "match", p.number(), "players", p.pair())}
}

// handle tells staff what is wrong about a game account.
func handle(p page) said {
	key := phrase.LadderStaffContest
	switch ladder.ConflictKind(p.Code) {
	case ladder.BoundToOther:
		key = phrase.LadderStaffBound
	case ladder.SecondHandle:
		key = phrase.LadderStaffSecond
	}
	return said{text: p.Say(key, "player", nameOf(p.Language, p.players[p.Player]), "match", p.number())}
}

// ruled is the line of a result in the log.
func ruled(p page) said {
	ruling, found := p.inForce()
	if !found || len(p.Seats) != 2 {
		return overtaken(p.State)
	}
	place := []string{"match", p.number(), "map", discord.Escape(p.Map)}
	switch {
	case ruling.Void:
		return said{text: p.Say(phrase.LadderLogVoid, append(place, "players", p.pair())...)}
	case ruling.Result == ladder.Draw:
		return said{text: paragraphs(p.Say(phrase.LadderLogDraw, append(place, "players", p.pair())...), p.changes(ruling))}
	}
	winner, loser := p.Seats[0], p.Seats[1]
	if ruling.Result == won(loser.Team) {
		winner, loser = loser, winner
	}
	text := p.Say(phrase.LadderLogWon, append(place, "winner", p.named(winner), "loser", p.named(loser))...)
	return said{text: paragraphs(text, p.changes(ruling))}
}

// changes is what a ruling did to the ratings, in the order of seats.
func (p page) changes(r ladder.Ruling) string {
	var all []string
	for _, s := range p.Seats {
		if line, found := p.lineFor(s, r); found && r.Rated {
			all = append(all, p.Say(phrase.LadderRating, "race", nameOf(p.Language, p.players[s.Player]),
				"before", whole(line.Before), "after", whole(line.After), "change", signed(line.Delta)))
		}
	}
	return paragraphs(all...)
}
