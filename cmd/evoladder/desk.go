package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/show"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/text"
)

// operator is who acts from the command line, in the audit.
var operator = ladder.Actor{Role: ladder.ByOperator, Name: "operator"}

// desk is where an operator sees to the ladder.
type desk struct {
	*store.Store
	out   io.Writer
	now   time.Time
	names map[ladder.PlayerID]string // those looked up
}

// atDesk opens the ladder for a command. What it refuses reads as players read it.
func atDesk(ctx context.Context, do func(*desk) error) error {
	return withStore(ctx, func(database *store.Store) error {
		return explained(do(&desk{Store: database, out: os.Stdout, now: time.Now(), names: make(map[ladder.PlayerID]string)}))
	})
}

// explained is an error with what to do about it.
func explained(err error) error {
	var refused ladder.Refusal
	switch {
	case errors.As(err, &refused):
		return explainedRefusal{refused}
	case errors.Is(err, store.ErrStale):
		return fmt.Errorf("somebody else changed the same at this moment: look at it and try again (%w)", err)
	}
	return err
}

// explainedRefusal is a refusal as players read it, and what an operator can do.
type explainedRefusal struct{ ladder.Refusal }

func (e explainedRefusal) Error() string {
	said := show.Refusal(e.Refusal, date(e.Until)).In(phrase.English)
	if e.State != "" {
		said += " (It is " + e.State + ".)"
	}
	return fmt.Sprintf("refused (%s): %s\nfrom here: %s", e.Code, said, remedies[e.Code])
}

func (e explainedRefusal) Unwrap() error { return e.Refusal }

// remedies are what an operator can do about each refusal.
var remedies = map[ladder.RefusalCode]string{
	ladder.NotSetUp:    "evoladder player show NAME says what is missing, evoladder player set NAME sets it",
	ladder.IsBanned:    "evoladder player unban NAME -reason TEXT",
	ladder.IsPenalised: "evoladder player clear-penalty NAME -reason TEXT",
	ladder.InQueue:     "evoladder ladder queue shows who searches, evoladder player leave NAME ends it",
	ladder.InMatch:     "evoladder match list -player NAME shows the match; it ends by a replay, reports, or evoladder match rule or void",
	ladder.NotInQueue:  "evoladder player join NAME",
	ladder.QueueClosed: "evoladder ladder queue shows the season's state; evoladder ladder resume -reason TEXT, evoladder season init or evoladder ladder start opens it",
	ladder.NoRace:      "evoladder player join NAME -races bw_zerg,terran, or evoladder player set NAME -races bw_zerg,terran",
	ladder.NotYours:    "evoladder match show ID says whose match it is, and whose click a game waits for",
	ladder.Over:        "evoladder match show ID says where the match stands; staff rule with evoladder match rule",
	ladder.TooEarly:    "evoladder match rule or void does it at once",
	ladder.TooLate:     "evoladder match rule or void does it at any time",
	ladder.NotOpen:     "evoladder match hand-in ID FILE hands the replay in; evoladder match rule needs none",
	ladder.NotFound:    "evoladder match list and evoladder player list show what there is",
	ladder.NotStaff:    "evoladder player staff set DISCORD NAME admin",
	ladder.NeedsReason: "add -reason TEXT",
	ladder.BadValue:    "a result is the name of a winner or draw, a rating a whole number from 0 to 5000, and only points that were lost can be refunded",
	ladder.NameTaken:   "evoladder player show NAME shows who has the name",
	ladder.HasAccount:  "evoladder player show DISCORD shows the player, evoladder player set changes them",
	ladder.SeasonOpen:  "evoladder ladder close, then evoladder ladder end; evoladder season import changes a season that runs",
	ladder.MatchesLive: "evoladder ladder close first, if the queue is open; evoladder ladder queue lists what is live",
}

// reasoned is a flag that acts need which players and the audit are told the reason of.
func (c *call) reasoned() *string {
	return c.String("reason", "", "why, for the players and the audit")
}

// staffCall parses a call of an act by staff, which has a reason.
func (c *call) staffCall(usage string) (operands []string, reason string, err error) {
	why := c.reasoned()
	operands, err = c.operands(usage + " -reason TEXT")
	if reason = strings.TrimSpace(*why); err == nil && reason == "" {
		err = c.wrong("say why with -reason TEXT: the players read it, and it is kept")
	}
	return operands, reason, err
}

// season is the one that runs.
func (d *desk) season(ctx context.Context) (ladder.Season, error) { return storedSeason(ctx, d.Store) }

// player finds who is meant by a word, exactly: a mistaken ban of somebody else is worse
// than typing a name again.
func (d *desk) player(ctx context.Context, word string) (ladder.Player, error) {
	found, err := d.FindPlayers(ctx, word)
	if err != nil {
		return ladder.Player{}, err
	}
	var like []string
	for _, p := range found {
		name := strings.ToLower(p.Name)
		begins := strings.HasPrefix(name, strings.ToLower(strings.TrimSpace(word)))
		if !begins || len(name) == len(strings.TrimSpace(word)) {
			d.names[p.ID] = p.Name
			return p, nil
		}
		like = append(like, p.Name)
	}
	if len(like) > 0 {
		return ladder.Player{}, fmt.Errorf("no player is called %q: did you mean %s?", word, strings.Join(like, ", "))
	}
	return ladder.Player{}, fmt.Errorf("no player is called %q: name one by name, BattleTag, Discord user id, game account or number; evoladder player list shows all", word)
}

// deletedPlayer is what who is deleted is called.
const deletedPlayer = "deleted player"

// called looks up at once what the players of matches are called.
func (d *desk) called(ctx context.Context, matches []ladder.Match) error {
	var ids []ladder.PlayerID
	for _, m := range matches {
		for _, s := range m.Seats {
			ids = append(ids, s.Player)
		}
	}
	slices.Sort(ids)
	for some := range slices.Chunk(slices.Compact(ids), playerPage) {
		names, err := d.Names(ctx, some)
		if err != nil {
			return err
		}
		for id, name := range names {
			d.names[id] = cmp.Or(text.Line(name), deletedPlayer)
		}
	}
	return nil
}

// name is what a player is called.
func (d *desk) name(ctx context.Context, id ladder.PlayerID) (string, error) {
	if name, known := d.names[id]; known {
		return name, nil
	}
	p, err := d.Player(ctx, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	name := text.Line(p.Name)
	if name == "" {
		name = fmt.Sprintf("player %d", id)
	}
	if p.State == ladder.Deleted {
		name = deletedPlayer
	}
	d.names[id] = name
	return name, nil
}

// act does an act by the operator, and says what it came to.
func (d *desk) act(ctx context.Context, act ladder.Act, done string) error {
	act.Actor, act.At = operator, d.now
	out, err := d.Act(ctx, act)
	if err != nil {
		return err
	}
	if out.Empty() {
		done = "Nothing changed: it was so before."
	}
	fmt.Fprintln(d.out, done)
	return d.changes(ctx, out.Lines)
}

// changes says what lines of the ledger do to ratings.
func (d *desk) changes(ctx context.Context, lines []ladder.Line) error {
	for i, first := range lines {
		same := func(l ladder.Line) bool { return l.RatingKey == first.RatingKey }
		if first.System != ladder.Elo || slices.IndexFunc(lines, same) < i {
			continue
		}
		last := first
		for _, l := range lines[i:] {
			if same(l) {
				last = l
			}
		}
		name, err := d.name(ctx, first.Player)
		if err != nil {
			return err
		}
		fmt.Fprintf(d.out, "%s, %s: %.0f → %.0f\n", name, first.Race, first.Before, last.After)
	}
	return nil
}

// matchID reads a match's number.
func matchID(word string) (ladder.MatchID, error) {
	id, err := strconv.ParseInt(word, 10, 64)
	if err != nil || id <= 0 {
		return 0, fmt.Errorf("%q is no number of a match: evoladder match list shows them", word)
	}
	return ladder.MatchID(id), nil
}

// columns writes a table: rows of cells with tabs between them.
func (d *desk) columns(write func(w io.Writer) error) error {
	w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// joined is words in one cell.
func joined[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, one := range all {
		words[i] = text.Line(string(one))
	}
	return orDash(strings.Join(words, ", "))
}

// races reads races as they are written in one word: bw_zerg,terran.
func races(word string) ([]ladder.Race, error) {
	var all []ladder.Race
	for _, name := range list(word) {
		race := ladder.Race(strings.ToLower(name))
		if race.Side() == "" {
			return nil, fmt.Errorf("%q is no race: write %s", name, joined(ladder.Races))
		}
		all = append(all, race)
	}
	return all, nil
}

// list splits what is written in one word with commas or semicolons.
func list(word string) []string {
	var all []string
	for _, part := range strings.FieldsFunc(word, func(r rune) bool { return r == ',' || r == ';' }) {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}
