package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
)

// untimed are channels without the time of their last use.
func untimed(channels []readState) []readState {
	for n := range channels {
		channels[n].used = time.Time{}
	}
	return channels
}

func TestAGapThatIsNotReadStays(t *testing.T) {
	t.Parallel()
	g := newGaps()
	g.saw("c", "100", "")
	g.saw("c", "99", "")
	g.hold(nil)
	g.release()
	missed := []readState{{channel: "c", direct: true, last: "100", gap: closed, from: "100"}}
	if due := untimed(g.claim()); !slices.Equal(due, missed) {
		t.Errorf("due: %v", due)
	}
	if due := g.claim(); due != nil || !g.none() {
		t.Errorf("due twice: %v", due)
	}
	g.putBack(missed[0])
	if g.none() {
		t.Error("a channel that was put back has no gap")
	}
	if due := untimed(g.claim()); !slices.Equal(due, missed) {
		t.Errorf("due after it could not be read: %v", due)
	}
	for n := range 2 * maxGaps {
		g.saw(discord.ChannelID(fmt.Sprint(n)), "1", "g")
	}
	if len(g.known) > maxGaps {
		t.Errorf("%d channels are remembered", len(g.known))
	}
}

func TestGapsRememberWhereTheyBegan(t *testing.T) {
	t.Parallel()
	g := newGaps()
	g.saw("c", "100", "g")
	g.hold([]discord.ChannelID{"w"})
	if due := g.claim(); due != nil {
		t.Errorf("due before the gap has ended: %v", due)
	}
	g.hold([]discord.ChannelID{"w"}) // the next session did not begin either
	g.saw("c", "150", "g")
	g.saw("w", "151", "g") // events of the new session may be handled before its READY
	g.release()
	got := untimed(g.claim())
	slices.SortFunc(got, func(a, b readState) int { return strings.Compare(string(a.channel), string(b.channel)) })
	if want := []readState{
		{channel: "c", guild: "g", last: "150", gap: closed, from: "100"},
		{channel: "w", guild: "g", watched: true, last: "151", gap: closed},
	}; !slices.Equal(got, want) {
		t.Errorf("due: %v, want %v", got, want)
	}
	if due := g.claim(); due != nil {
		t.Errorf("due twice: %v", due)
	}
}
