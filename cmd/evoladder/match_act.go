package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/text"
)

func matchAccept(ctx context.Context, c *call) error {
	return playersAct(ctx, c, ladder.Accept, "%s has accepted.")
}

func matchDecline(ctx context.Context, c *call) error {
	return playersAct(ctx, c, ladder.Decline, "%s has declined.")
}

func matchRemake(ctx context.Context, c *call) error {
	return playersAct(ctx, c, ladder.AskRemake, "%s asks for a remake.")
}

func matchHere(ctx context.Context, c *call) error {
	return playersAct(ctx, c, ladder.Here, "%s is here.")
}

func matchNotHere(ctx context.Context, c *call) error {
	return playersAct(ctx, c, ladder.NotHere, "%s waits for the opponent.")
}

// playersAct is an act of a player in a match, which the operator does for them.
func playersAct(ctx context.Context, c *call, kind ladder.ActKind, done string) error {
	operands, err := c.operands("ID NAME")
	if err != nil {
		return err
	}
	return inMatch(ctx, operands, func(*desk, ladder.Match, ladder.Player) (ladder.Act, error) {
		return ladder.Act{Kind: kind}, nil
	}, done)
}

// inMatch does an act of a player, of the operands ID NAME, in their match.
func inMatch(ctx context.Context, operands []string, act func(*desk, ladder.Match, ladder.Player) (ladder.Act, error), done string) error {
	id, err := matchID(operands[0])
	if err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error {
		p, err := d.player(ctx, operands[1])
		if err != nil {
			return err
		}
		f, err := d.file(ctx, id)
		if err != nil {
			return err
		}
		a, err := act(d, f.Match, p)
		if err != nil {
			return err
		}
		a.Match, a.Player = id, p.ID
		if err := d.act(ctx, a, fmt.Sprintf(done, text.Line(p.Name))); err != nil {
			return err
		}
		return d.nowIs(ctx, id)
	})
}

// nowIs says where a match stands after an act.
func (d *desk) nowIs(ctx context.Context, id ladder.MatchID) error {
	f, err := d.file(ctx, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "Match %d is %s.\n", id, f.State)
	return nil
}

// seatOf is a player's seat.
func seatOf(m ladder.Match, p ladder.Player) (ladder.Seat, error) {
	i := slices.IndexFunc(m.Seats, func(s ladder.Seat) bool { return s.Player == p.ID })
	if i < 0 {
		return ladder.Seat{}, ladder.Refusal{Code: ladder.NotYours}
	}
	return m.Seats[i], nil
}

// wonBy is the result in which a team won.
func wonBy(team int) ladder.Result { return []ladder.Result{ladder.Team0, ladder.Team1}[team] }

// matchReport is a player's report of the result.
func matchReport(ctx context.Context, c *call) error {
	operands, err := c.operands("ID NAME won|lost|draw")
	if err != nil {
		return err
	}
	said := strings.ToLower(operands[2])
	if !slices.Contains([]string{"won", "lost", "draw"}, said) {
		return c.wrong("%q is no result: write won, lost or draw", operands[2])
	}
	return inMatch(ctx, operands, func(_ *desk, m ladder.Match, p ladder.Player) (ladder.Act, error) {
		seat, err := seatOf(m, p)
		result := ladder.Draw
		switch said {
		case "won":
			result = wonBy(seat.Team)
		case "lost":
			result = wonBy(1 - seat.Team)
		}
		return ladder.Act{Kind: ladder.SayResult, Result: result}, err
	}, "%s has reported: "+said+".")
}

// matchContest is a player's no to a ruling.
func matchContest(ctx context.Context, c *call) error {
	operands, reason, err := c.staffCall("ID NAME")
	if err != nil {
		return err
	}
	return inMatch(ctx, operands, func(*desk, ladder.Match, ladder.Player) (ladder.Act, error) {
		return ladder.Act{Kind: ladder.Contest, Reason: reason}, nil
	}, "%s contests the ruling.")
}

func matchConfirm(ctx context.Context, c *call) error {
	return clicks(ctx, c, ladder.Confirm, "%s confirms the game.")
}

func matchDismiss(ctx context.Context, c *call) error {
	return clicks(ctx, c, ladder.Dismiss, "%s says that it was not so.")
}

// clicks is a player's answer to what a game's evidence leaves open.
func clicks(ctx context.Context, c *call, kind ladder.ActKind, done string) error {
	operands, err := c.operands("ID NAME [GAME]")
	if err != nil {
		return err
	}
	return inMatch(ctx, operands, func(d *desk, m ladder.Match, p ladder.Player) (ladder.Act, error) {
		game, err := d.asked(ctx, m, p, operands[2])
		return ladder.Act{Kind: kind, Game: game}, err
	}, done)
}

// asked is the game that a word names; without one, the only one that waits for the player.
func (d *desk) asked(ctx context.Context, m ladder.Match, p ladder.Player, word string) (ladder.GameID, error) {
	if word != "" {
		id, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%q is no number of a game: evoladder match show %d lists them", word, m.ID)
		}
		return ladder.GameID(id), nil
	}
	f, err := d.file(ctx, m.ID)
	if err != nil {
		return 0, err
	}
	waits := slices.DeleteFunc(f.Games, func(g ladder.Game) bool {
		return g.Verdict != ladder.NeedsConfirmation || g.Barred || g.Uploader == p.ID || !slices.Contains(g.Confirm, p.ID)
	})
	if len(waits) != 1 {
		return 0, fmt.Errorf("%d games wait for %s: name one by its number, as evoladder match show %d lists them", len(waits), p.Name, m.ID)
	}
	return waits[0].ID, nil
}

// matchRule is staff's ruling.
func matchRule(ctx context.Context, c *call) error {
	return staffInMatch(ctx, c, "ID WINNER|draw", func(d *desk, m ladder.Match, operands []string) (ladder.Act, error) {
		result, err := d.resultOf(ctx, m, operands[1])
		return ladder.Act{Kind: ladder.Rule, Result: result}, err
	})
}

// resultOf is a result as a word names it: the winner, or a draw.
func (d *desk) resultOf(ctx context.Context, m ladder.Match, word string) (ladder.Result, error) {
	if result := ladder.Result(strings.ToLower(word)); result == ladder.Draw || result == ladder.Team0 || result == ladder.Team1 {
		return result, nil
	}
	p, err := d.player(ctx, word)
	if err != nil {
		return "", fmt.Errorf("write who won, or draw: %w", err)
	}
	seat, err := seatOf(m, p)
	if err != nil {
		return "", fmt.Errorf("%s does not play match %d: write who of its players won, or draw", p.Name, m.ID)
	}
	return wonBy(seat.Team), nil
}

func matchVoid(ctx context.Context, c *call) error {
	return staffInMatch(ctx, c, "ID", func(*desk, ladder.Match, []string) (ladder.Act, error) {
		return ladder.Act{Kind: ladder.Void}, nil
	})
}

func matchRestore(ctx context.Context, c *call) error {
	err := staffInMatch(ctx, c, "ID", func(*desk, ladder.Match, []string) (ladder.Act, error) {
		return ladder.Act{Kind: ladder.Restore}, nil
	})
	if refused, ok := errors.AsType[ladder.Refusal](err); ok && refused.Code == ladder.NotFound {
		return errors.New("the match had no result before it was void: rule it with evoladder match rule")
	}
	return err
}

// staffInMatch does an act of staff on a match as it is now, or shows what it would do.
func staffInMatch(ctx context.Context, c *call, usage string, act func(*desk, ladder.Match, []string) (ladder.Act, error)) error {
	dry := c.Bool("n", false, "only show what it would change")
	operands, reason, err := c.staffCall(usage + " [-n]")
	if err != nil {
		return err
	}
	id, err := matchID(operands[0])
	if err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error {
		f, err := d.file(ctx, id)
		if err != nil {
			return err
		}
		a, err := act(d, f.Match, operands)
		if err != nil {
			return err
		}
		a.Match, a.Seen, a.Reason = id, f.Version, reason
		if *dry {
			return d.foresee(ctx, f.Match, a)
		}
		if err := d.act(ctx, a, "Done; the players are told."); err != nil {
			return err
		}
		return d.nowIs(ctx, id)
	})
}

// foresee says what an act of staff would change.
func (d *desk) foresee(ctx context.Context, m ladder.Match, act ladder.Act) error {
	act.Actor, act.At = operator, d.now
	change, err := d.Foresee(ctx, act)
	if err != nil {
		return err
	}
	if change.Match == nil {
		fmt.Fprintln(d.out, "Nothing would change: it is so already.")
		return nil
	}
	fmt.Fprintf(d.out, "Match %d would be %s, and is %s. Nothing was written, as -n asks.\n", m.ID, change.Match.State, m.State)
	return d.changes(ctx, change.Lines)
}
