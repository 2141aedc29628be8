package referee

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/store"
)

const (
	commandPanel     = "panel"
	actionPickRaces  = "pick-races"
	actionPickVetoes = "pick-vetoes"
	actionStatus     = "status"

	// panelEvery is how often a panel is edited at most.
	panelEvery = 5 * time.Second
	// waitsSince is how far back the usual wait looks.
	waitsSince = 2 * time.Hour
)

func (r *Referee) panelRoutes() []discord.Route {
	post := r.command(commandPanel, phrase.SlashPanel, phrase.AboutPanel, r.postPanel)
	post.Contexts, post.OfferedTo = []int{discord.OfferedInGuild}, discord.ManageGuild
	return []discord.Route{
		post,
		{Kind: discord.Component, Name: actionPickRaces, Handle: r.handle(r.pick(actionRaces))},
		{Kind: discord.Component, Name: actionPickVetoes, Handle: r.handle(r.pick(actionVetoes))},
		{Kind: discord.Component, Name: actionStatus, Handle: r.handle(r.status)},
	}
}

// KeepPanels has every panel say who searches and plays, until ctx ends.
func (r *Referee) KeepPanels(ctx context.Context) error {
	again := time.NewTicker(panelEvery)
	defer again.Stop()
	for {
		if err := r.RefreshPanels(ctx); err != nil && ctx.Err() == nil {
			r.Log.Warn("panels not refreshed", "error", err)
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// RefreshPanels edits the panels that say something else by now, and forgets those that
// are gone.
func (r *Referee) RefreshPanels(ctx context.Context) error {
	panels, err := r.Store.Panels(ctx)
	if err != nil || len(panels) == 0 {
		return err
	}
	var failed []error
	for _, p := range panels {
		l := phrase.Match(p.Language)
		said, err := r.panelText(ctx, l)
		if err != nil {
			return err
		}
		if said != p.Said {
			p.Said = said
			failed = append(failed, r.editPanel(ctx, p, l))
		}
	}
	return errors.Join(failed...)
}

func (r *Referee) editPanel(ctx context.Context, p store.Panel, l phrase.Language) error {
	err := r.Discord.Edit(ctx, discord.ChannelID(p.Channel), discord.MessageID(p.Message), panelMessage(p.Said, l))
	switch discord.ReasonOf(err) {
	case discord.ReasonMessageGone, discord.ReasonChannelGone, discord.ReasonGuildGone:
		return r.Store.ForgetPanel(ctx, p.Message)
	}
	if err != nil {
		return fmt.Errorf("edit panel %s: %w", p.Message, err)
	}
	return r.Store.SavePanel(ctx, p)
}

func panelMessage(said string, l phrase.Language) discord.Outgoing {
	on := func(style int, label phrase.Key, action string) discord.Button {
		return button(l, style, label, discord.CustomID(action, anyone))
	}
	return discord.Outgoing{Content: said, Rows: row(
		joinButton(l), leaveButton(l),
		on(discord.Secondary, phrase.ButtonRaces, actionPickRaces),
		on(discord.Secondary, phrase.ButtonVetoes, actionPickVetoes),
		on(discord.Secondary, phrase.ButtonStatus, actionStatus),
	)}
}

// panelText is what a panel says: numbers, and never names.
func (r *Referee) panelText(ctx context.Context, l phrase.Language) (string, error) {
	season, err := r.openSeason(ctx)
	if err != nil {
		return "", err
	}
	crowd, err := r.Store.Crowd(ctx)
	if err != nil {
		return "", err
	}
	waits, err := r.Store.UsualWaits(ctx, r.Now().Add(-waitsSince))
	if err != nil {
		return "", err
	}
	text := l.Say(phrase.Panel,
		"season", discord.Escape(season.Name), "bw", strconv.Itoa(crowd.BW), "sc2", strconv.Itoa(crowd.SC2), "either", strconv.Itoa(crowd.Either),
		"bw_wait", usual(l, waits, ladder.BW), "sc2_wait", usual(l, waits, ladder.SC2), "playing", strconv.Itoa(crowd.Playing))
	closed := ""
	if season.State != ladder.SeasonRunning || season.Paused {
		closed = l.Say(phrase.RefusedQueueClosed)
	}
	return paragraphs(text, closed), nil
}

// usual is a side's usual wait, in minutes, so that a panel is not edited for a second.
func usual(l phrase.Language, waits map[ladder.Side]time.Duration, side ladder.Side) string {
	wait, known := waits[side]
	if !known {
		return "–"
	}
	return l.Say(phrase.PanelMinutes, "minutes", strconv.Itoa(max(1, int(wait.Round(time.Minute)/time.Minute))))
}

// postPanel posts a panel where it is asked for. Only staff may.
func (r *Referee) postPanel(ctx context.Context, c click) (reply, error) {
	role, err := r.roleOf(ctx, c.User.ID)
	if err != nil {
		return reply{}, err
	}
	if !slices.Contains(mayAct, role) {
		return reply{}, ladder.Refusal{Code: ladder.NotStaff}
	}
	l := phrase.Match(c.GuildLocale)
	said, err := r.panelText(ctx, l)
	if err != nil {
		return reply{}, err
	}
	posted, err := r.Discord.Post(ctx, c.ChannelID, panelMessage(said, l))
	if discord.Closed(err) {
		return c.told(phrase.PanelNotAllowed), nil
	}
	if err != nil {
		return reply{}, err
	}
	err = r.Store.SavePanel(ctx, store.Panel{
		Channel: string(c.ChannelID), Message: string(posted.ID), Language: string(l), Said: said, Posted: r.Now(),
	})
	if err != nil { // it would never change
		return reply{}, errors.Join(err, r.Discord.Delete(ctx, c.ChannelID, posted.ID))
	}
	r.Log.Info("panel posted", "channel", c.ChannelID, "message", posted.ID, "staff", c.User.ID)
	return c.told(phrase.PanelPosted), nil
}

// pick shows a player one of the setup's selects.
func (r *Referee) pick(action string) deed {
	return func(ctx context.Context, c click) (reply, error) {
		if c.player.ID == 0 {
			return reply{}, ladder.Refusal{Code: ladder.NotSetUp}
		}
		season, err := r.openSeason(ctx)
		if err != nil {
			return reply{}, err
		}
		key, chosen := phrase.FormRaces, raceNames(c.Language, c.player.Races)
		if action == actionVetoes {
			key, chosen = phrase.FormVetoes, orNone(c.player.Vetoes...)
		}
		return reply{say: discord.Outgoing{Content: c.Say(key) + ": " + chosen, Rows: c.selectOf(action, season)}}, nil
	}
}

// status says how a player stands with the queue.
func (r *Referee) status(ctx context.Context, c click) (reply, error) {
	if c.player.ID == 0 {
		return reply{}, ladder.Refusal{Code: ladder.NotSetUp}
	}
	e, err := r.Store.LiveEntry(ctx, c.player.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return r.idle(ctx, c)
	case err != nil:
		return reply{}, err
	case e.State == ladder.Searching:
		return r.searching(ctx, c)
	default:
		return r.showMatch(ctx, c)
	}
}

// idle says why a player who is not in the queue may not join, or offers it.
func (r *Referee) idle(ctx context.Context, c click) (reply, error) {
	all, err := r.Store.Penalties(ctx, c.player.ID)
	if err != nil {
		return reply{}, err
	}
	for _, p := range all {
		if p.Cleared.IsZero() && p.Until.After(r.Now()) {
			return reply{}, ladder.Refusal{Code: ladder.IsPenalised, Until: p.Until}
		}
	}
	answer := c.told(phrase.RefusedNotInQueue)
	answer.say.Rows = row(joinButton(c.Language))
	return answer, nil
}
