package referee

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/ladder/laddertest"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/store"
)

// memory is a ladder in memory, as far as messages are rendered from it.
type memory struct {
	ladderStore
	*laddertest.World
	language phrase.Language
}

func (m memory) Season(context.Context, ladder.SeasonID) (ladder.Season, error) {
	return m.World.Season, nil
}

func (m memory) Player(_ context.Context, id ladder.PlayerID) (ladder.Player, error) {
	p, err := one(m.Players, func(p ladder.Player) bool { return p.ID == id })
	p.Language = string(m.language)
	return p, err
}

func (m memory) Penalties(_ context.Context, player ladder.PlayerID) ([]ladder.Penalty, error) {
	return of(m.World.Penalties, func(p ladder.Penalty) bool { return p.Player == player }), nil
}

func (m memory) Handles(_ context.Context, player ladder.PlayerID) ([]ladder.Handle, error) {
	return of(m.World.Handles, func(h ladder.Handle) bool { return h.Player == player }), nil
}

func (m memory) Entry(_ context.Context, id ladder.EntryID) (ladder.Entry, error) {
	return one(m.Entries, func(e ladder.Entry) bool { return e.ID == id })
}

func (m memory) Match(_ context.Context, id ladder.MatchID) (f store.File, err error) {
	f.Match, err = one(m.World.Matches, func(o ladder.Match) bool { return o.ID == id })
	f.Games = of(m.Games, func(g ladder.Game) bool { return g.Match == id })
	f.Rulings = of(m.Rulings, func(r ladder.Ruling) bool { return r.Match == id })
	f.Lines = of(m.Lines, func(l ladder.Line) bool { return l.Match == id })
	return f, err
}

func of[T any](rows []T, is func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(rows), func(r T) bool { return !is(r) })
}

func one[T any](rows []T, is func(T) bool) (T, error) {
	if at := slices.IndexFunc(rows, is); at >= 0 {
		return rows[at], nil
	}
	return *new(T), store.ErrNotFound
}

// leftover is what no reader should see: a placeholder that was not filled, or the name of a
// phrase.
var leftover = regexp.MustCompile(`\{\w+\}|\b(ladder|refused|button|evidence|setup)_[a-z_]+`)

// maxMessage is Discord's limit, less room for a mention.
const maxMessage = 2000 - 32

// Whatever happens on a ladder by chance can be said, in every language, as soon as it
// happened.
func TestWhateverHappensCanBeSaid(t *testing.T) {
	t.Parallel()
	heard := make(map[ladder.MessageKind]int)
	for seed := range uint64(400) {
		if seed >= 20 && len(heard) == len(writers) {
			break
		}
		random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a walk by chance
		w := laddertest.New(laddertest.Season(), 4)
		for range 150 {
			for _, act := range w.Pick(random).Acts {
				change, err := w.Do(act)
				if err != nil {
					continue
				}
				for _, m := range change.Messages {
					if read(t, w, m) {
						heard[m.Kind]++
					}
				}
			}
		}
	}
	for kind := range writers {
		if heard[kind] == 0 {
			t.Errorf("the message %s was never said", kind)
		}
	}
}

// read renders a message in every language, and says whether there was something to say.
func read(t *testing.T, w *laddertest.World, m ladder.Message) (said bool) {
	t.Helper()
	payload, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]bool)
	for _, l := range phrase.Languages() {
		r := New(Config{Store: memory{World: w, language: l}})
		words, err := r.render(t.Context(), announcement.Announcement{Kind: announcement.Ladder, Payload: payload})
		if err != nil {
			t.Fatalf("%+v: %v", m, err)
		}
		if words.Moot != "" {
			continue
		}
		said = true
		if words.Content == "" || len([]rune(words.Content)) > maxMessage || leftover.MatchString(words.Content) {
			t.Errorf("%+v in %s reads %q", m, l, words.Content)
		}
		if m.Kind == ladder.MsgOffer && slices.ContainsFunc(w.Players, func(p ladder.Player) bool { return strings.Contains(words.Content, p.Name) }) {
			t.Errorf("an offer names a player: %q", words.Content)
		}
		checkRows(t, words.Rows)
		texts[words.Content] = true
	}
	if said && m.To == ladder.ToPlayer && len(texts) < len(phrase.Languages()) {
		t.Errorf("%+v reads the same in two languages: %v", m, texts)
	}
	return said
}

// pressable are the actions that have a route.
var pressable = sync.OnceValue(func() map[string]bool {
	actions := make(map[string]bool)
	for _, r := range New(Config{}).Routes() {
		actions[r.Name] = actions[r.Name] || r.Kind == discord.Component
	}
	return actions
})

// checkRows holds buttons to Discord's limits, and to their being routed.
func checkRows(t *testing.T, rows []discord.Row) {
	t.Helper()
	for _, row := range rows {
		for _, c := range row.Components {
			b, ok := c.(discord.Button)
			action, _ := discord.SplitCustomID(b.CustomID)
			if !ok || len(b.CustomID) > 100 || b.Label == "" || !pressable()[action] {
				t.Errorf("button %+v", c)
			}
		}
	}
}
