package referee

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/store"
)

// What is done to the queue, in custom ids: confirmed, and as a form, with its reason. Their
// argument is the season and its version.
const (
	actionPause  = "pause"
	actionResume = "resume"
)

func (r *Referee) deskQueueRoutes() []discord.Route {
	routes := []discord.Route{
		group("admin queue", phrase.SlashQueue, phrase.AboutDeskQueue),
		r.subcommand("admin queue show", phrase.SlashShow, phrase.AboutShow, mayLook, r.showQueue),
		r.subcommand("admin queue pause", phrase.SlashPause, phrase.AboutPause, mayAct, r.proposeQueue(actionPause)),
		r.subcommand("admin queue resume", phrase.SlashResume, phrase.AboutResume, mayAct, r.proposeQueue(actionResume)),
	}
	for _, action := range []string{actionPause, actionResume} {
		routes = append(routes,
			discord.Route{Kind: discord.Component, Name: action, Handle: r.staff(mayAct, r.confirmQueue(action))},
			discord.Route{Kind: discord.Modal, Name: action, Handle: r.staff(mayAct, r.setQueue(action))})
	}
	return routes
}

// queueState is whether a season's queue takes players, in words.
func queueState(l phrase.Language, s ladder.Season) string {
	switch {
	case s.State != ladder.SeasonRunning:
		return l.Say(phrase.QueueClosed)
	case s.Paused:
		return l.Say(phrase.QueuePaused)
	default:
		return l.Say(phrase.QueueOpen)
	}
}

func (r *Referee) showQueue(ctx context.Context, c click, _ ladder.Actor) (reply, error) {
	season, err := r.Store.Season(ctx, 0)
	if errors.Is(err, store.ErrNotFound) {
		return c.told(phrase.BoardNoSeason), nil
	}
	if err != nil {
		return reply{}, err
	}
	crowd, err := r.Store.Crowd(ctx)
	return c.told(phrase.DeskQueue, "state", queueState(c.Language, season), "bw", strconv.Itoa(crowd.BW),
		"sc2", strconv.Itoa(crowd.SC2), "either", strconv.Itoa(crowd.Either), "playing", strconv.Itoa(crowd.Playing)), err
}

// proposeQueue shows what would become of the queue.
func (r *Referee) proposeQueue(action string) staffDeed {
	return func(ctx context.Context, c click, _ ladder.Actor) (reply, error) {
		season, err := r.Store.Season(ctx, 0)
		if errors.Is(err, store.ErrNotFound) {
			return c.told(phrase.BoardNoSeason), nil
		}
		if err != nil {
			return reply{}, err
		}
		after := season
		after.Paused = action == actionPause
		if after.Paused == season.Paused {
			return c.told(phrase.DeskSoAlready), nil
		}
		id := strconv.FormatInt(int64(season.ID), 10) + ":" + strconv.Itoa(season.Version)
		answer := c.told(phrase.DeskQueueWeighed, "before", queueState(c.Language, season), "after", queueState(c.Language, after))
		answer.say.Rows = confirmButtons(c.Language, discord.CustomID(action, id))
		return answer, nil
	}
}

// seenSeason is the season that a proposal is about, as it was when it was proposed; a
// ladder.Refusal where it is another by now.
func (r *Referee) seenSeason(ctx context.Context, c click) (ladder.Season, error) {
	id, version, _ := strings.Cut(c.Argument, ":")
	season, err := r.Store.Season(ctx, 0)
	if errors.Is(err, store.ErrNotFound) {
		return season, ladder.Refusal{Code: ladder.Over}
	}
	if err == nil && (strconv.FormatInt(int64(season.ID), 10) != id || strconv.Itoa(season.Version) != version) {
		err = ladder.Refusal{Code: ladder.Over}
	}
	return season, err
}

// changed is the answer to a proposal of the desk whose subject may have moved on.
func (c click) changed(answer reply, err error) (reply, error) {
	refused, is := errors.AsType[ladder.Refusal](err)
	if is && refused.Code == ladder.Over || errors.Is(err, store.ErrStale) {
		return c.becomes(phrase.DeskChanged), nil
	}
	return answer, err
}

func (r *Referee) confirmQueue(action string) staffDeed {
	return func(ctx context.Context, c click, _ ladder.Actor) (reply, error) {
		_, err := r.seenSeason(ctx, c)
		return c.changed(c.askWhy(discord.CustomID(action, c.Argument)), err)
	}
}

func (r *Referee) setQueue(action string) staffDeed {
	return func(ctx context.Context, c click, by ladder.Actor) (reply, error) {
		reason := strings.TrimSpace(c.Form.Values[inputReason])
		if reason == "" {
			return reply{}, ladder.Refusal{Code: ladder.NeedsReason}
		}
		season, err := r.seenSeason(ctx, c)
		if err == nil {
			season.Paused = action == actionPause
			season, err = r.Store.SaveSeason(ctx, season, by, reason, r.Now())
		}
		if err == nil {
			r.Wake()
		}
		return c.changed(c.becomes(phrase.DeskQueueDone, "after", queueState(c.Language, season), "reason", shown(reason)), err)
	}
}
