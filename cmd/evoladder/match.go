package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/show"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/text"
)

// matchCommand looks at matches, and does the acts of their players and of staff.
func matchCommand(ctx context.Context, args []string) error {
	return verbs{
		"list": matchList, "show": matchShow,
		"accept": matchAccept, "decline": matchDecline, "report": matchReport, "remake": matchRemake, "contest": matchContest,
		"here": matchHere, "not-here": matchNotHere, "confirm": matchConfirm, "dismiss": matchDismiss, "hand-in": matchHandIn,
		"rule": matchRule, "void": matchVoid, "restore": matchRestore,
	}.do(ctx, "match", args)
}

// matchStates are what -state takes.
var matchStates = []ladder.MatchState{
	ladder.MatchOffered, ladder.MatchPlaying, ladder.MatchDisputed, ladder.MatchFinal, ladder.MatchVoid, ladder.MatchLapsed,
}

// matchList lists matches, the newest first.
func matchList(ctx context.Context, c *call) error {
	states := c.String("state", "", "only in these states")
	player := c.String("player", "", "only of this player")
	season := c.Int64("season", 0, "only of this season")
	limit := c.Int("n", 25, "how many")
	if _, err := c.operands("[-state STATE,STATE] [-player NAME] [-season ID] [-n MATCHES]"); err != nil {
		return err
	}
	filter := store.MatchFilter{Season: ladder.SeasonID(*season), Limit: *limit}
	for _, word := range list(*states) {
		state := ladder.MatchState(strings.ToLower(word))
		if !slices.Contains(matchStates, state) {
			return c.wrong("%q is no state of a match: write %s", word, joined(matchStates))
		}
		filter.States = append(filter.States, state)
	}
	return atDesk(ctx, func(d *desk) error {
		if *player != "" {
			p, err := d.player(ctx, *player)
			if err != nil {
				return err
			}
			filter.Player = p.ID
		}
		all, err := d.Matches(ctx, filter)
		if err != nil {
			return err
		}
		return d.columns(func(w io.Writer) error { return d.matches(ctx, w, all) })
	})
}

// matches are the rows of a list of matches.
func (d *desk) matches(ctx context.Context, w io.Writer, all []ladder.Match) error {
	if err := d.called(ctx, all); err != nil {
		return err
	}
	fmt.Fprintln(w, "MATCH\tSTATE\tPLAYERS\tMAP\tSERVER\tOFFERED\tDEADLINE")
	for _, m := range all {
		players, err := d.versus(ctx, m)
		if err != nil {
			return err
		}
		deadline := "-"
		if !m.Deadline.IsZero() {
			deadline = "in " + age(m.Deadline, d.now)
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", m.ID, m.State, players, text.Line(m.Map), m.Server, date(m.OfferedAt), deadline)
	}
	return nil
}

// versus is the players of a match against each other, with their races.
func (d *desk) versus(ctx context.Context, m ladder.Match) (string, error) {
	var teams [2][]string
	for _, s := range m.Seats {
		name, err := d.name(ctx, s.Player)
		if err != nil {
			return "", err
		}
		teams[s.Team] = append(teams[s.Team], fmt.Sprintf("%s (%s)", name, s.Race))
	}
	return strings.Join(teams[0], ", ") + " vs " + strings.Join(teams[1], ", "), nil
}

// matchShow prints all that is known of a match.
func matchShow(ctx context.Context, c *call) error {
	operands, err := c.operands("ID")
	if err != nil {
		return err
	}
	id, err := matchID(operands[0])
	if err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error { return d.showMatch(ctx, id) })
}

// file is everything about a match.
func (d *desk) file(ctx context.Context, id ladder.MatchID) (store.File, error) {
	f, err := d.Match(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return f, fmt.Errorf("there is no match %d: evoladder match list shows them", id)
	}
	return f, err
}

func (d *desk) showMatch(ctx context.Context, id ladder.MatchID) error {
	f, err := d.file(ctx, id)
	if err != nil {
		return err
	}
	for _, write := range []func(context.Context, io.Writer, store.File) error{d.state, d.seats, d.games, d.rulings, d.lines} {
		if err := d.columns(func(w io.Writer) error { return write(ctx, w, f) }); err != nil {
			return err
		}
	}
	return nil
}

func (d *desk) state(ctx context.Context, w io.Writer, f store.File) error {
	players, err := d.versus(ctx, f.Match)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "match\t%d, %s\nplayers\t%s\nmap\t%s\nserver\t%s (%s)\nseason\t%d\nrated\t%v\n", f.ID, f.State, players,
		text.Line(f.Map), f.Server, orDash(ladder.ServerName(f.Server)), f.Season, f.Rated)
	fmt.Fprintf(w, "offered\t%s\naccepted\t%s\nended\t%s\ndeadline\t%s\n", date(f.OfferedAt), date(f.Match.Accepted), date(f.Ended), date(f.Deadline))
	if f.Absent != 0 {
		name, err := d.name(ctx, f.Absent)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "missing\t%s, to answer until %s\n", name, date(f.AbsentBy))
	}
	if f.ReportsOpen != "" {
		fmt.Fprintf(w, "reports count\t%s\n", f.ReportsOpen)
	}
	if f.Dispute != "" {
		fmt.Fprintf(w, "dispute\t%s, %s\n", f.Dispute, date(f.DisputedAt))
	}
	return nil
}

func (d *desk) seats(ctx context.Context, w io.Writer, f store.File) error {
	fmt.Fprintln(w, "\nPLAYER\tRACE\tTEAM\tANSWER\tANSWER BY\tREPORT\tREMAKE")
	for _, s := range f.Seats {
		name, err := d.name(ctx, s.Player)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\t%v\n", name, s.Race, s.Team, orDash(s.Answer), date(s.AnswerBy), orDash(s.Report), s.Remake)
	}
	return nil
}

// games are the replays that were handed in, with their evidence.
func (d *desk) games(ctx context.Context, w io.Writer, f store.File) error {
	for _, g := range f.Games {
		by := "staff"
		if g.Uploader != 0 {
			var err error
			if by, err = d.name(ctx, g.Uploader); err != nil {
				return err
			}
		}
		barred := ""
		if g.Barred {
			barred = ", barred by a remake"
		}
		fmt.Fprintf(w, "\ngame\t%d, replay %d by %s, %s: %s%s, result %s\n", g.ID, g.Replay, by, date(g.Received), g.Verdict, barred, orDash(g.Result))
		for _, e := range g.Evidence {
			fmt.Fprintf(w, "%s\t%s\t%s\n", e.Code, e.State, text.Line(show.EvidenceText(e).In(phrase.English)))
		}
	}
	return nil
}

func (d *desk) rulings(ctx context.Context, w io.Writer, f store.File) error {
	if len(f.Rulings) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\nRULING\tRESULT\tBY\tACTOR\tRATED\tTIME\tREASON")
	for _, r := range f.Rulings {
		result, rated := string(r.Result), "yes"
		if r.Void {
			result = "void"
		}
		if !r.Rated {
			rated = "no " + r.Unrated
		}
		if r.ID == f.Ruling {
			result += " (in force)"
		}
		actor, err := d.actor(ctx, r.Actor)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Number, result, r.By, actor, rated, date(r.At), orDash(text.Line(r.Reason)))
	}
	return nil
}

func (d *desk) lines(ctx context.Context, w io.Writer, f store.File) error {
	if len(f.Lines) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\nLINE\tPLAYER\tRACE\tKIND\tBEFORE\tCHANGE\tAFTER")
	for _, l := range f.Lines {
		if l.System != ladder.Elo {
			continue
		}
		name, err := d.name(ctx, l.Player)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%.0f\t%+.0f\t%.0f\n", l.ID, name, l.Race, l.Kind, l.Before, l.Delta, l.After)
	}
	return nil
}
