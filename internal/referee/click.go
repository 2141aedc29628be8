package referee

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/show"
	"github.com/evoladder/evoladderbot/internal/store"
)

// deedTimeout bounds what is done before an interaction is answered: the rest of its three
// seconds is for saying that it could not be done.
const deedTimeout = 2 * time.Second

// click is what a user did, with who it is on the ladder.
type click struct {
	*discord.Interaction
	phrase.Language
	player ladder.Player // its ID is 0 where the user is no player yet
}

// reply is the answer to a click: one of its fields.
type reply struct {
	say    discord.Outgoing // seen by the user alone
	update *discord.Outgoing
	form   *discord.Form
}

// deed is what comes of a click. A ladder.Refusal is answered by its sentence.
type deed func(ctx context.Context, c click) (reply, error)

// handle makes a deed a route's handler.
func (r *Referee) handle(do deed) func(context.Context, *discord.Interaction) error {
	return func(ctx context.Context, i *discord.Interaction) error {
		working, cancel := context.WithTimeout(ctx, deedTimeout)
		defer cancel()
		c := click{Interaction: i, Language: phrase.Match(i.Locale, i.GuildLocale)}
		answer, err := r.try(working, &c, do)
		var refused ladder.Refusal
		switch {
		case errors.As(err, &refused):
			answer = c.refusal(refused)
		case err != nil:
			r.Log.Error("a player's click failed", "interaction", i.ID, "player", c.player.ID, "error", err)
			answer = c.told(phrase.Unavailable)
		}
		return r.answer(ctx, i, answer)
	}
}

func (r *Referee) try(ctx context.Context, c *click, do deed) (reply, error) {
	p, err := r.Store.PlayerByDiscord(ctx, string(c.User.ID))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return reply{}, err
	}
	if c.player = p; p.Language != "" {
		c.Language = phrase.Match(p.Language)
	}
	return do(ctx, *c)
}

func (r *Referee) answer(ctx context.Context, i *discord.Interaction, answer reply) error {
	switch {
	case answer.form != nil:
		return r.Discord.Open(ctx, i, *answer.form)
	case answer.update != nil:
		return r.Discord.Update(ctx, i, *answer.update)
	default:
		answer.say.Private = true
		_, err := r.Discord.Answer(ctx, i, answer.say)
		return err
	}
}

// told is a sentence for the user alone.
func (c click) told(key phrase.Key, args ...string) reply {
	return reply{say: discord.Outgoing{Content: c.Say(key, args...)}}
}

// becomes replaces the message whose button was pressed, and takes its buttons away.
func (c click) becomes(key phrase.Key, args ...string) reply {
	return reply{update: &discord.Outgoing{Content: c.Say(key, args...)}}
}

// refusal is why something was not done. An offer that is over loses its buttons.
func (c click) refusal(why ladder.Refusal) reply {
	message := discord.Outgoing{Content: show.Refusal(why, moment(why.Until)).In(c.Language)}
	if key, known := notOpen[c.action()]; known && why.Code == ladder.NotOpen {
		message.Content = c.Say(key)
	}
	if c.ofOffer() && (why.Code == ladder.Over || why.Code == ladder.TooLate) {
		return reply{update: &message}
	}
	return reply{say: message}
}

// notOpen are the sentences of what is not open by the action, where it is no report.
var notOpen = map[string]phrase.Key{actionRemake: phrase.RefusedRemake, actionNotHere: phrase.RefusedPresent}

// action is what was pressed.
func (c click) action() string {
	action, _ := discord.SplitCustomID(c.Component.CustomID)
	return action
}

// ofOffer says whether the button of an offer was pressed.
func (c click) ofOffer() bool { return c.action() == actionAccept || c.action() == actionDecline }

// moment is a time as Discord shows it: in the reader's own zone, and how far off it is.
func moment(at time.Time) string { return fmt.Sprintf("<t:%d:R>", at.Unix()) }

// by is the player as the actor of an act; a ladder.Refusal for who is none.
func (c click) by() (ladder.Actor, error) {
	if c.player.ID == 0 {
		return ladder.Actor{}, ladder.Refusal{Code: ladder.NotSetUp}
	}
	return ladder.Actor{Role: ladder.ByPlayer, Player: c.player.ID, Name: c.player.Name}, nil
}

// subject is the match that a button is about, and what else it says. A button is for one
// player: where others see it, too, it does nothing for them.
func (c click) subject() (match ladder.MatchID, rest string, err error) {
	parts := strings.SplitN(c.Argument, ":", 3)
	if len(parts) < 2 {
		return 0, "", ladder.Refusal{Code: ladder.NotFound}
	}
	id, err := strconv.ParseInt(parts[0], 10, 64)
	player, err2 := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || err2 != nil {
		return 0, "", ladder.Refusal{Code: ladder.NotFound}
	}
	if ladder.PlayerID(player) != c.player.ID {
		return 0, "", ladder.Refusal{Code: ladder.NotYours}
	}
	return ladder.MatchID(id), strings.Join(parts[2:], ""), nil
}

// inMatch does a player's act in the match that was pressed on.
func (r *Referee) inMatch(ctx context.Context, c click, act ladder.Act) (store.File, error) {
	match, _, err := c.subject()
	if err != nil {
		return store.File{}, err
	}
	if act.Actor, err = c.by(); err != nil {
		return store.File{}, err
	}
	act.Player, act.Match = c.player.ID, match
	if _, err := r.act(ctx, act); err != nil {
		return store.File{}, err
	}
	return r.Store.Match(ctx, match)
}

// ofMatch is the custom id of a player's action in a match; more is what else it is about.
func ofMatch(action string, match ladder.MatchID, player ladder.PlayerID, more ...string) string {
	id := append([]string{strconv.FormatInt(int64(match), 10), strconv.FormatInt(int64(player), 10)}, more...)
	return discord.CustomID(action, strings.Join(id, ":"))
}

// button is a button that is labelled in a language.
func button(l phrase.Language, style int, label phrase.Key, customID string) discord.Button {
	return discord.Button{Style: style, Label: l.Say(label), CustomID: customID}
}
