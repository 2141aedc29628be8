package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/show"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/text"
)

// playerPage is how many players are read at once.
const playerPage = 500

// playerCommand sees to players and staff.
func playerCommand(ctx context.Context, args []string) error {
	return verbs{
		"list": playerList, "show": playerShow, "add": playerAdd, "set": playerSet, "import": playerImport,
		"join": playerJoin, "leave": playerLeave, "remove": playerRemove,
		"ban": playerBan, "unban": playerUnban, "clear-penalty": playerClearPenalty, "rating": playerRating, "refund": playerRefund,
		"unbind": playerUnbind, "delete": playerDelete, "staff": playerStaff,
	}.do(ctx, "player", args)
}

// everyPlayer calls do for each player who is not deleted, in the order in which they came.
func (d *desk) everyPlayer(ctx context.Context, do func(ladder.Player) error) error {
	for after := ladder.PlayerID(0); ; {
		some, err := d.Players(ctx, after, playerPage)
		if err != nil {
			return err
		}
		for _, p := range some {
			if err := do(p); err != nil {
				return err
			}
			after = p.ID
		}
		if len(some) < playerPage {
			return nil
		}
	}
}

// playerList lists all players, or those that match a word.
func playerList(ctx context.Context, c *call) error {
	asCSV := c.Bool("csv", false, "in the columns that player import reads")
	operands, err := c.operands("[WORD] [-csv]")
	if err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error {
		each := d.everyPlayer
		if operands[0] != "" {
			each = func(ctx context.Context, do func(ladder.Player) error) error {
				found, err := d.FindPlayers(ctx, operands[0])
				for _, p := range found {
					err = errors.Join(err, do(p))
				}
				return err
			}
		}
		if *asCSV {
			return d.exportPlayers(ctx, each)
		}
		return d.columns(func(w io.Writer) error {
			fmt.Fprintln(w, "NAME\tBATTLETAG\tCOUNTRY\tREGION\tRACES\tSTATE\tDISCORD\tPLAYER")
			return each(ctx, func(p ladder.Player) error {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\n", orDash(text.Line(p.Name)), orDash(text.Line(p.BattleTag)), orDash(p.Country),
					orDash(p.Region), joined(p.Races), standingOf(p), orDash(p.Discord), p.ID)
				return nil
			})
		})
	})
}

// standingOf is a player's state with a ban.
func standingOf(p ladder.Player) string {
	if p.Banned {
		return string(p.State) + ", banned"
	}
	return string(p.State)
}

// playerShow prints all that is known of a player.
func playerShow(ctx context.Context, c *call) error {
	operands, err := c.operands("NAME")
	if err != nil {
		return err
	}
	return atDesk(ctx, func(d *desk) error {
		p, err := d.player(ctx, operands[0])
		if err != nil {
			return err
		}
		profile, err := d.Profile(ctx, p.ID, 0)
		if err != nil {
			return err
		}
		for _, write := range []func(context.Context, io.Writer, ladder.Profile) error{d.person, d.standing, d.accounts, d.record} {
			if err := d.columns(func(w io.Writer) error { return write(ctx, w, profile) }); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *desk) person(_ context.Context, w io.Writer, profile ladder.Profile) error {
	p := profile.Player
	fmt.Fprintf(w, "player\t%d\nname\t%s\nstate\t%s\n", p.ID, orDash(text.Line(p.Name)), standingOf(p))
	if p.Banned {
		fmt.Fprintf(w, "banned for\t%s\n", orDash(text.Line(p.BanReason)))
	}
	if missing := p.Missing(); len(missing) > 0 && p.State != ladder.Deleted {
		fmt.Fprintf(w, "lacks\t%s\n", joined(missing))
	}
	fmt.Fprintf(w, "discord\t%s\nbattletag\t%s\naliases\t%s\n", orDash(p.Discord), orDash(text.Line(p.BattleTag)), joined(p.Aliases))
	fmt.Fprintf(w, "country\t%s\nregion\t%s\nlanguage\t%s\n", orDash(p.Country), orDash(p.Region), orDash(p.Language))
	fmt.Fprintf(w, "races\t%s\nvetoes\t%s\nsince\t%s\n", joined(p.Races), joined(p.Vetoes), date(p.Created))
	return nil
}

// standing is where a player is now: in the queue, ratings, penalties.
func (d *desk) standing(ctx context.Context, w io.Writer, profile ladder.Profile) error {
	id := profile.Player.ID
	e, err := d.LiveEntry(ctx, id)
	switch {
	case err == nil && e.Match != 0:
		fmt.Fprintf(w, "queue\t%s, match %d\n", e.State, e.Match)
	case err == nil:
		fmt.Fprintf(w, "queue\t%s for %s\n", e.State, age(d.now, e.Since))
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	for _, r := range profile.Ratings {
		if r.System == ladder.Elo {
			fmt.Fprintf(w, "rating\t%s: %.0f, %d games, last %s\n", r.Race, r.Value, r.Games, date(r.Last))
		}
	}
	penalties, err := d.Penalties(ctx, id)
	if err != nil {
		return err
	}
	for _, p := range penalties {
		until := "until " + date(p.Until)
		switch {
		case !p.Cleared.IsZero():
			until = "cleared " + date(p.Cleared)
		case p.Until.Equal(p.From):
			until = "a warning"
		}
		fmt.Fprintf(w, "penalty\tstep %d, %s, %s, %s\n", p.Step, p.Reason, date(p.From), until)
	}
	return nil
}

// accounts are the player's accounts in the game.
func (d *desk) accounts(ctx context.Context, w io.Writer, profile ladder.Profile) error {
	handles, err := d.Handles(ctx, profile.Player.ID)
	for _, h := range handles {
		fmt.Fprintf(w, "account\t%s, %s, bound %s, shown against %d opponents\n", h.Toon, h.State, date(h.Bound), len(h.Opponents))
	}
	return err
}

// record is what the player has played.
func (d *desk) record(_ context.Context, w io.Writer, profile ladder.Profile) error {
	for _, r := range profile.ByRace {
		fmt.Fprintf(w, "record\t%s against %s: %d won, %d lost, %d drawn\n", r.Race, r.Against, r.Wins, r.Losses, r.Draws)
	}
	if len(profile.Last) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\nMATCH\tSTATE\tOPPONENT\tMAP\tOFFERED\tSCORE\tCHANGE")
	for _, m := range profile.Last {
		score := "-"
		if m.Result != ladder.NoResult {
			score = decimal(m.Result.Score(m.Seat(profile.Player.ID).Team), 1)
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%+.0f\n", m.ID, m.State, cmp.Or(text.Line(m.Opponent), deletedPlayer),
			text.Line(m.Map), date(m.OfferedAt), score, m.Change)
	}
	return nil
}

// profileFlags are what a player tells.
type profileFlags struct{ fields map[string]*string }

// profileNames are the flags, in the order of help.
var profileNames = []string{"name", "discord", "battletag", "aliases", "country", "region", "language", "races", "vetoes"}

func (c *call) profile() profileFlags {
	f := profileFlags{make(map[string]*string)}
	for _, name := range profileNames {
		f.fields[name] = c.String(name, "", "")
	}
	return f
}

const profileUsage = "[-discord ID] [-battletag NAME#1234] [-aliases A,B] [-country CC] [-region REGION] [-language en|ko] [-races bw_zerg,terran] [-vetoes MAP,MAP]"

// fill writes the fields that were given into a player.
func fill(p ladder.Player, given map[string]string) (ladder.Player, error) {
	set := map[string]func(string) error{
		"name":      func(v string) error { p.Name = v; return nil },
		"discord":   func(v string) (err error) { p.Discord, err = discordID(v); return err },
		"battletag": func(v string) error { p.BattleTag = v; return nil },
		"aliases":   func(v string) error { p.Aliases = list(v); return nil },
		"country":   func(v string) error { p.Country = v; return nil },
		"region":    func(v string) error { p.Region = ladder.Region(v); return nil },
		"language":  func(v string) (err error) { p.Language, err = languageOf(v); return err },
		"races":     func(v string) (err error) { p.Races, err = races(v); return err },
		"vetoes":    func(v string) error { p.Vetoes = list(v); return nil },
	}
	for _, name := range profileNames {
		value, ok := given[name]
		if !ok {
			continue
		}
		if err := set[name](strings.TrimSpace(value)); err != nil {
			return p, fieldError{name, err.Error()}
		}
	}
	return p.Tidied(), nil
}

// fieldError is what is wrong with one field, and how it has to be.
type fieldError struct{ field, say string }

func (e fieldError) Error() string { return e.field + ": " + e.say }

// discordID is a user's id of Discord: digits.
func discordID(word string) (string, error) {
	if _, err := strconv.ParseUint(word, 10, 64); err != nil && word != "" {
		return "", fmt.Errorf("%q is no user id of Discord, which is a number of about 18 digits (Copy User ID in Discord's developer mode)", word)
	}
	return word, nil
}

func languageOf(word string) (string, error) {
	if known := phrase.Languages(); word != "" && !slices.Contains(known, phrase.Language(word)) {
		return "", fmt.Errorf("there is no language %q: write one of %s", word, joined(known))
	}
	return word, nil
}

// fits checks a profile, and makes a player ready whose profile is complete.
func fits(p ladder.Player, s ladder.Season) (ladder.Player, []fieldError) {
	var all []fieldError
	for _, f := range p.Wrong(s) {
		all = append(all, fieldError{string(f), show.Wrong(f, s).In(phrase.English)})
	}
	if p.State != ladder.Deleted && len(all) == 0 {
		p.State = ladder.Ready
		if len(p.Missing()) > 0 {
			p.State = ladder.SettingUp
		}
	}
	return p, all
}

// rulesNow are those of the season that runs; without one, of the default.
func (d *desk) rulesNow(ctx context.Context) (ladder.Season, error) {
	s, err := d.Season(ctx, 0)
	if errors.Is(err, store.ErrNotFound) {
		return ladder.DefaultSeason(""), nil
	}
	return s, err
}

// save fills in, checks and writes a player.
func (d *desk) save(ctx context.Context, p ladder.Player, given map[string]string) error {
	rules, err := d.rulesNow(ctx)
	if err != nil {
		return err
	}
	if p, err = fill(p, given); err != nil {
		return err
	}
	p, wrong := fits(p, rules)
	if len(wrong) > 0 {
		problems := make([]error, len(wrong))
		for i, w := range wrong {
			problems[i] = w
		}
		return errors.Join(problems...)
	}
	saved, err := d.SavePlayer(ctx, p, operator, d.now)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "Player %d (%s) is saved: %s.\n", saved.ID, text.Line(saved.Name), saved.State)
	if missing := saved.Missing(); len(missing) > 0 {
		fmt.Fprintf(d.out, "Before queueing: %s. Set them with evoladder player set.\n", joined(missing))
	}
	return nil
}

// given are the flags that were written.
func (c *call) given(f profileFlags) map[string]string {
	given := make(map[string]string)
	for name, value := range f.fields {
		if *value != "" || c.isSet(name) {
			given[name] = *value
		}
	}
	return given
}

// playerAdd sets a player up.
func playerAdd(ctx context.Context, c *call) error {
	flags := c.profile()
	operands, err := c.operands("NAME " + profileUsage)
	if err != nil {
		return err
	}
	given := c.given(flags)
	given["name"] = operands[0]
	return atDesk(ctx, func(d *desk) error { return d.save(ctx, ladder.Player{Language: string(phrase.English)}, given) })
}

// playerSet changes what a player has told.
func playerSet(ctx context.Context, c *call) error {
	flags := c.profile()
	operands, err := c.operands("NAME [-name NEW] " + profileUsage)
	if err != nil {
		return err
	}
	given := c.given(flags)
	if len(given) == 0 {
		return c.wrong("say what to change")
	}
	return atDesk(ctx, func(d *desk) error {
		p, err := d.player(ctx, operands[0])
		if err != nil {
			return err
		}
		return d.save(ctx, p, given)
	})
}
