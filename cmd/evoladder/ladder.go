package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/ladder/matching"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/text"
)

// liveStates are those of matches that somebody still has to do something about.
var liveStates = []ladder.MatchState{ladder.MatchOffered, ladder.MatchPlaying, ladder.MatchDisputed}

// mostLive is how many live matches are listed.
const mostLive = 500

// ladderCommand looks at the ladder as a whole, and begins and ends its seasons.
func ladderCommand(ctx context.Context, args []string) error {
	return verbs{
		"check": ladderCheck, "rebuild": ladderRebuild, "standings": ladderStandings, "queue": ladderQueue, "pair": ladderPair,
		"pause": ladderPause, "resume": ladderResume, "close": ladderClose, "end": ladderEnd, "start": ladderStart, "seasons": ladderSeasons, "audit": ladderAudit,
	}.do(ctx, "ladder", args)
}

// ladderCheck prints every difference between ledger, rulings, ratings and board.
func ladderCheck(ctx context.Context, c *call) error {
	if _, err := c.operands(""); err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error {
		differences := 0
		lines, matches, err := d.LedgerCheck(ctx, func(found ladder.Difference) {
			differences++
			fmt.Fprintln(d.out, found)
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(d.out, "%d lines of the ledger and %d matches are read: %d differences.\n", lines, matches, differences)
		if differences > 0 {
			return fmt.Errorf("the ledger check found %d differences; a board that differs is made anew by evoladder ladder rebuild, "+
				"report differences of ratings and lines as a bug, and keep a copy of the database", differences)
		}
		return nil
	})
}

// ladderRebuild makes the board anew.
func ladderRebuild(ctx context.Context, c *call) error {
	if _, err := c.operands(""); err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error {
		if err := d.RebuildStandings(ctx); errors.Is(err, store.ErrNotFound) {
			return errNoSeason
		} else if err != nil {
			return err
		}
		fmt.Fprintln(d.out, "The board is made anew from the season's final matches.")
		return nil
	})
}

// ladderQueue lists who searches and what is being played.
func ladderQueue(ctx context.Context, c *call) error {
	if _, err := c.operands(""); err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error {
		season, err := d.season(ctx)
		if err != nil {
			return err
		}
		waiting, err := d.Waiting(ctx, d.now)
		if err != nil {
			return err
		}
		live, err := d.Matches(ctx, store.MatchFilter{States: liveStates, Limit: mostLive})
		if err != nil {
			return err
		}
		state := string(season.State)
		if season.Paused {
			state += ", paused"
		}
		fmt.Fprintf(d.out, "%s: %s. %d search, %d matches are live.\n", text.Line(season.Name), state, len(waiting), len(live))
		if len(waiting) > 0 {
			if err := d.columns(func(w io.Writer) error { return d.waiting(w, waiting) }); err != nil {
				return err
			}
		}
		if len(live) == 0 {
			return nil
		}
		fmt.Fprintln(d.out)
		return d.columns(func(w io.Writer) error { return d.matches(ctx, w, live) })
	})
}

func (d *desk) waiting(w io.Writer, all []ladder.Waiting) error {
	fmt.Fprintln(w, "\nPLAYER\tRACES\tREGION\tWAITED\tEXPIRES")
	for _, one := range all {
		for i, m := range one.Entry.Members {
			p := one.Players[i]
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\tin %s\n", text.Line(p.Name), joined(m.Races), orDash(p.Region),
				age(d.now, one.Entry.Since), age(one.Entry.Deadline, d.now))
		}
	}
	return nil
}

// ladderPair offers a match to two who search, as the matchmaker would.
func ladderPair(ctx context.Context, c *call) error {
	title := c.String("map", "", "a title of the pool; else one is drawn")
	operands, err := c.operands("PLAYER PLAYER [-map TITLE]")
	if err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error {
		season, err := d.season(ctx)
		if err != nil {
			return err
		}
		two, err := d.twoWaiting(ctx, operands)
		if err != nil {
			return err
		}
		pair, err := pairOf(season, two, *title)
		if err != nil {
			return err
		}
		out, err := d.Act(ctx, ladder.Act{Kind: ladder.PairUp, Actor: operator, At: d.now, Pair: &pair})
		if err != nil {
			return err
		}
		fmt.Fprintf(d.out, "Match %d is offered, on %s, server %s. Each accepts with evoladder match accept %d NAME.\n",
			out.Match.ID, text.Line(pair.Map), pair.Server, out.Match.ID)
		return nil
	})
}

// twoWaiting are two who search, by their names.
func (d *desk) twoWaiting(ctx context.Context, names []string) (two [2]ladder.Waiting, err error) {
	all, err := d.Waiting(ctx, d.now)
	if err != nil {
		return two, err
	}
	for i, name := range names {
		p, err := d.player(ctx, name)
		if err != nil {
			return two, err
		}
		if two[i], err = waitingOf(all, p); err != nil {
			return two, err
		}
	}
	return two, nil
}

func waitingOf(all []ladder.Waiting, p ladder.Player) (ladder.Waiting, error) {
	for _, w := range all {
		for _, m := range w.Entry.Members {
			if m.Player == p.ID {
				return w, nil
			}
		}
	}
	return ladder.Waiting{}, fmt.Errorf("%s does not search: evoladder player join %s", p.Name, p.Name)
}

// pairOf is a pairing of two who search, in which the first plays Brood War where the races
// let them.
func pairOf(s ladder.Season, two [2]ladder.Waiting, title string) (ladder.Pair, error) {
	if two[0].Entry.ID == two[1].Entry.ID {
		return ladder.Pair{}, errors.New("a player cannot meet themselves: name two who search")
	}
	sides, meet := facing(s.Rules, two)
	if !meet {
		two[0], two[1] = two[1], two[0]
		sides, meet = facing(s.Rules, two)
	}
	if !meet {
		return ladder.Pair{}, errors.New("their races do not meet: one needs a race of Brood War, the other one of StarCraft II; leave and join again with -races")
	}
	both := matching.Pair{Sides: sides}
	waiting := make(map[ladder.EntryID]ladder.Waiting)
	for i, w := range two {
		both.Entries[i] = matching.EntryID(w.Entry.ID)
		waiting[w.Entry.ID] = w
	}
	pair := s.PairOf(both, waiting, rand.Float64())
	if title == "" {
		return pair, nil
	}
	for _, m := range s.Maps {
		if strings.EqualFold(m.Title, title) {
			pair.Map, pair.MapHash = m.Title, m.Hash
			return pair, nil
		}
	}
	return ladder.Pair{}, fmt.Errorf("no map of the pool is called %q: evoladder season show lists them", title)
}

// facing is which side each of two plays against the other in this order; false where their
// races do not let them meet so.
func facing(rules ladder.Rules, two [2]ladder.Waiting) (sides [2]matching.Side, meet bool) {
	plays := func(i int, side matching.Side) bool { return two[i].Candidate(rules).Standings[side].Plays }
	if rules.Pairing == ladder.Cross {
		return [2]matching.Side{matching.BW, matching.SC2}, plays(0, matching.BW) && plays(1, matching.SC2)
	}
	for i := range sides {
		if !plays(i, matching.BW) {
			sides[i] = matching.SC2
		}
	}
	return sides, true
}

// ladderPause stops the queue; ladderResume lets it go on.
func ladderPause(ctx context.Context, c *call) error { return pauseQueue(ctx, c, true) }

func ladderResume(ctx context.Context, c *call) error { return pauseQueue(ctx, c, false) }

func pauseQueue(ctx context.Context, c *call, paused bool) error {
	_, reason, err := c.staffCall("")
	if err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error {
		season, err := d.season(ctx)
		if err != nil {
			return err
		}
		season.Paused = paused
		if _, err := d.SaveSeason(ctx, season, operator, reason, d.now); err != nil {
			return err
		}
		if paused {
			fmt.Fprintln(d.out, "The queue is paused: nobody may join and nobody is paired until evoladder ladder resume. Matches go on.")
		} else {
			fmt.Fprintln(d.out, "The queue is open.")
		}
		return nil
	})
}

// ladderClose closes the season's queue for good.
func ladderClose(ctx context.Context, c *call) error {
	_, reason, err := c.staffCall("")
	if err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error {
		season, err := d.season(ctx)
		if err != nil {
			return err
		}
		if err := d.CloseSeason(ctx, season.ID, operator, reason, d.now); err != nil {
			return err
		}
		fmt.Fprintf(d.out, "The queue of %s is closed for good. When its matches are over, or %s from now, end it with evoladder ladder end.\n",
			text.Line(season.Name), time.Duration(season.Rules.SnapshotAfter))
		return nil
	})
}

// ladderEnd takes the season's snapshot.
func ladderEnd(ctx context.Context, c *call) error {
	_, reason, err := c.staffCall("")
	if err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error {
		season, err := d.season(ctx)
		if err != nil {
			return err
		}
		if err := d.EndSeason(ctx, season.ID, operator, reason, d.now); err != nil {
			return err
		}
		fmt.Fprintf(d.out, "%s has ended; its board stays as evoladder ladder standings -season %d shows it. Begin the next with evoladder ladder start.\n",
			text.Line(season.Name), season.ID)
		return nil
	})
}

// ladderStart begins the season after one that has ended, with its maps, releases and rules
// or with those of a file.
func ladderStart(ctx context.Context, c *call) error {
	name := c.String("name", "", "what the season is called")
	file := c.String("season", "", "a season's file; without it the last season's document")
	reset := c.Bool("reset", false, "everybody begins anew; else ratings carry over")
	_, reason, err := c.staffCall("-name NAME [-season FILE] [-reset]")
	if err != nil {
		return err
	}
	if strings.TrimSpace(*name) == "" {
		return c.wrong("name the season with -name NAME")
	}
	return atDesk(ctx, func(d *desk) error {
		next, err := d.nextSeason(ctx, *file)
		if err != nil {
			return err
		}
		next.Name, next.Paused = strings.TrimSpace(*name), false
		how := ladder.Carry
		if *reset {
			how = ladder.Reset
		}
		begun, err := d.StartSeason(ctx, next, how, operator, reason, d.now)
		if err != nil {
			return err
		}
		fmt.Fprintf(d.out, "Season %d (%s) has begun; ratings: %s.\n", begun.ID, text.Line(begun.Name), how)
		return nil
	})
}

func (d *desk) nextSeason(ctx context.Context, file string) (ladder.Season, error) {
	if file != "" {
		return readSeasonFile(file)
	}
	all, err := d.Seasons(ctx)
	if err != nil {
		return ladder.Season{}, err
	}
	if len(all) == 0 {
		return ladder.Season{}, errors.New("there was no season yet: begin the first with evoladder season init")
	}
	return all[0], nil
}

// ladderSeasons lists all seasons, the newest first.
func ladderSeasons(ctx context.Context, c *call) error {
	if _, err := c.operands(""); err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error {
		all, err := d.Seasons(ctx)
		if err != nil {
			return err
		}
		return d.columns(func(w io.Writer) error {
			fmt.Fprintln(w, "SEASON\tNAME\tSTATE\tVERSION")
			for _, s := range all {
				fmt.Fprintf(w, "%d\t%s\t%s\t%d\n", s.ID, text.Line(s.Name), s.State, s.Version)
			}
			return nil
		})
	})
}

// ladderAudit prints who did what, the newest first.
func ladderAudit(ctx context.Context, c *call) error {
	player := c.String("player", "", "only about this player")
	match := c.String("match", "", "only about this match")
	limit := c.Int("n", 50, "how many lines")
	if _, err := c.operands("[-player NAME] [-match ID] [-n LINES]"); err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error {
		filter := store.AuditFilter{Limit: *limit}
		if *player != "" {
			p, err := d.player(ctx, *player)
			if err != nil {
				return err
			}
			filter.Player = p.ID
		}
		if *match != "" {
			id, err := matchID(*match)
			if err != nil {
				return err
			}
			filter.Match = id
		}
		all, err := d.Audit(ctx, filter)
		if err != nil {
			return err
		}
		return d.columns(func(w io.Writer) error { return d.audit(ctx, w, all) })
	})
}

func (d *desk) audit(ctx context.Context, w io.Writer, all []store.AuditLine) error {
	fmt.Fprintln(w, "TIME\tACT\tBY\tPLAYER\tMATCH\tFROM\tTO\tREASON")
	for _, l := range all {
		player, match := "-", "-"
		if l.Player != 0 {
			var err error
			if player, err = d.name(ctx, l.Player); err != nil {
				return err
			}
		}
		if l.Match != 0 {
			match = fmt.Sprint(l.Match)
		}
		by, err := d.actor(ctx, l.Actor)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", date(l.At), l.Kind, by, player, match,
			orDash(l.Before), orDash(l.After), orDash(text.Line(l.Reason)))
	}
	return nil
}

// actor is who did something.
func (d *desk) actor(ctx context.Context, a ladder.Actor) (string, error) {
	switch {
	case a.Name != "":
		return text.Line(a.Name), nil
	case a.Player != 0:
		return d.name(ctx, a.Player)
	}
	return string(a.Role), nil
}
