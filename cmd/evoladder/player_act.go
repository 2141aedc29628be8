package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/text"
)

// playerJoin puts a player into the queue.
func playerJoin(ctx context.Context, c *call) error {
	word := c.String("races", "", "one race, or one of each side; else those of the profile")
	operands, err := c.operands("NAME [-races bw_zerg,terran]")
	if err != nil {
		return err
	}
	chosen, err := races(*word)
	if err != nil {
		return c.wrong("%w", err)
	}
	return atDesk(ctx, func(d *desk) error {
		p, err := d.player(ctx, operands[0])
		if err != nil {
			return err
		}
		return d.act(ctx, ladder.Act{Kind: ladder.Join, Player: p.ID, Races: chosen}, p.Name+" searches.")
	})
}

func playerLeave(ctx context.Context, c *call) error {
	return aboutPlayer(ctx, c, ladder.Leave, "%s has left the queue.")
}

// aboutPlayer is an act of a player with nothing but their name.
func aboutPlayer(ctx context.Context, c *call, kind ladder.ActKind, done string) error {
	operands, err := c.operands("NAME")
	if err != nil {
		return err
	}
	return actOnPlayer(ctx, operands[0], ladder.Act{Kind: kind}, done)
}

// staffOnPlayer is an act of staff on a player, with a reason.
func staffOnPlayer(ctx context.Context, c *call, kind ladder.ActKind, done string) error {
	operands, reason, err := c.staffCall("NAME")
	if err != nil {
		return err
	}
	return actOnPlayer(ctx, operands[0], ladder.Act{Kind: kind, Reason: reason}, done)
}

func actOnPlayer(ctx context.Context, name string, act ladder.Act, done string) error {
	return atDesk(ctx, func(d *desk) error {
		p, err := d.player(ctx, name)
		if err != nil {
			return err
		}
		act.Player = p.ID
		return d.act(ctx, act, fmt.Sprintf(done, text.Line(p.Name)))
	})
}

func playerRemove(ctx context.Context, c *call) error {
	return staffOnPlayer(ctx, c, ladder.Remove, "%s is out of the queue.")
}

func playerBan(ctx context.Context, c *call) error {
	return staffOnPlayer(ctx, c, ladder.Ban, "%s is banned: hidden from boards, and may not queue.")
}

func playerUnban(ctx context.Context, c *call) error {
	return staffOnPlayer(ctx, c, ladder.Unban, "%s may queue again.")
}

func playerClearPenalty(ctx context.Context, c *call) error {
	return staffOnPlayer(ctx, c, ladder.ClearPenalty, "The penalties of %s are taken back.")
}

// playerRating sets a rating by hand.
func playerRating(ctx context.Context, c *call) error {
	operands, reason, err := c.staffCall("NAME RACE RATING")
	if err != nil {
		return err
	}
	race, err := races(operands[1])
	if err != nil || len(race) != 1 {
		return c.wrong("%q is no race: write one of %s", operands[1], joined(ladder.Races))
	}
	value, err := ratingOf(operands[2])
	if err != nil {
		return c.wrong("%w", err)
	}
	act := ladder.Act{Kind: ladder.SetRating, Reason: reason, Manual: &ladder.Manual{Race: race[0], Value: value}}
	return actOnPlayer(ctx, operands[0], act, fmt.Sprintf("%%s has %.0f with %s.", value, race[0]))
}

// ratingOf reads a rating that is set by hand.
func ratingOf(word string) (float64, error) {
	value, err := strconv.Atoi(strings.TrimSpace(word))
	if err != nil || value < 0 || value > ladder.MostRating {
		return 0, fmt.Errorf("%q is no rating: write a whole number from 0 to %d", word, ladder.MostRating)
	}
	return float64(value), nil
}

// playerRefund gives back what a match against a cheater cost.
func playerRefund(ctx context.Context, c *call) error {
	operands, reason, err := c.staffCall("NAME MATCH")
	if err != nil {
		return err
	}
	match, err := matchID(operands[1])
	if err != nil {
		return err
	}
	return actOnPlayer(ctx, operands[0], ladder.Act{Kind: ladder.Refund, Match: match, Reason: reason}, "%s has back what the match cost.")
}

// playerUnbind frees an account in the game.
func playerUnbind(ctx context.Context, c *call) error {
	operands, reason, err := c.staffCall("ACCOUNT")
	if err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error {
		return d.act(ctx, ladder.Act{Kind: ladder.Unbind, Toon: operands[0], Reason: reason}, operands[0]+" is nobody's now.")
	})
}

// playerDelete takes from a player what names them.
func playerDelete(ctx context.Context, c *call) error {
	sure := c.Bool("yes", false, "it cannot be undone")
	operands, reason, err := c.staffCall("NAME -yes")
	if err != nil {
		return err
	}
	if !*sure {
		return c.wrong("names, BattleTag, accounts and Discord id go, and this cannot be undone: say so with -yes")
	}
	return atDesk(ctx, func(d *desk) error {
		p, err := d.player(ctx, operands[0])
		if err != nil {
			return err
		}
		if err := d.DeletePlayer(ctx, p.ID, operator, reason, d.now); err != nil {
			return err
		}
		fmt.Fprintf(d.out, "Player %d is deleted; the matches stay.\n", p.ID)
		return nil
	})
}

// playerStaff lists staff, and says who is of them.
func playerStaff(ctx context.Context, c *call) error {
	operands, err := c.operands("[list|set|remove] [DISCORD] [NAME] [ROLE]")
	if err != nil {
		return err
	}
	what, user, name, role := operands[0], operands[1], operands[2], store.StaffRole(operands[3])
	if user, err = discordID(user); err != nil {
		return c.wrong("%w", err)
	}
	switch {
	case what == "" || what == "list" && user == "":
		return atDesk(ctx, func(d *desk) error { return d.staff(ctx) })
	case what == "set" && (role == store.Owner || role == store.Admin || role == store.Caster):
		return atDesk(ctx, func(d *desk) error {
			if err := d.SetStaff(ctx, store.Member{Discord: user, Name: name, Role: role}, operator, d.now); err != nil {
				return err
			}
			fmt.Fprintf(d.out, "%s is %s.\n", text.Line(name), role)
			return nil
		})
	case what == "remove" && user != "" && name == "":
		return atDesk(ctx, func(d *desk) error {
			err := d.RemoveStaff(ctx, user, operator, d.now)
			if errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("%s is no member of staff: evoladder player staff lists them", user)
			}
			if err == nil {
				fmt.Fprintf(d.out, "%s is no member of staff any more.\n", user)
			}
			return err
		})
	}
	return c.wrong("write list, set DISCORD NAME owner|admin|caster, or remove DISCORD")
}

func (d *desk) staff(ctx context.Context) error {
	all, err := d.Staff(ctx)
	if err != nil {
		return err
	}
	return d.columns(func(w io.Writer) error {
		fmt.Fprintln(w, "DISCORD\tNAME\tROLE\tADDED BY\tADDED")
		for _, m := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", m.Discord, text.Line(m.Name), m.Role, orDash(text.Line(m.AddedBy)), date(m.Added))
		}
		return nil
	})
}
