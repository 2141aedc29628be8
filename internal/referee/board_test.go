package referee_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/ladder"
)

// text is all that a message says, cards included.
func text(m discordtest.Message) string {
	all := []string{m.Content}
	for _, e := range m.Embeds {
		all = append(all, e.Title, e.Description)
		for _, f := range e.Fields {
			all = append(all, f.Name, f.Value)
		}
		if e.Footer != nil {
			all = append(all, e.Footer.Text)
		}
	}
	return strings.Join(all, "\n")
}

// shows is says for messages with cards.
func (b *bench) shows(m discordtest.Message, words ...string) {
	b.Helper()
	for _, word := range words {
		if !strings.Contains(text(m), word) {
			b.Errorf("%q does not say %q", text(m), word)
		}
	}
}

// hides is that a message does not say something.
func (b *bench) hides(m discordtest.Message, words ...string) {
	b.Helper()
	for _, word := range words {
		if strings.Contains(text(m), word) {
			b.Errorf("%q says %q", text(m), word)
		}
	}
}

// played is a match that two players have played, and that the first has won.
func (b *bench) played(a, z ladder.Player) ladder.MatchID {
	b.Helper()
	id := b.playing(a, z)
	b.do(ladder.Act{Kind: ladder.Rule, Actor: operator, Reason: "seen", Match: id, Result: ladder.Team0})
	return id
}

// playing is a match that both have accepted.
func (b *bench) playing(a, z ladder.Player) ladder.MatchID {
	b.Helper()
	b.queue(a)
	b.queue(z)
	id := b.pair(a, z)
	for _, p := range []ladder.Player{a, z} {
		b.do(ladder.Act{Kind: ladder.Accept, Actor: ladder.Actor{Role: ladder.ByPlayer, Player: p.ID}, Player: p.ID, Match: id})
	}
	return id
}

func TestTheBoardIsReadPageByPage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.shows(b.slash(b.alice, "leaderboard"), "Nobody stands here yet")
	for n := range 9 {
		a, z := b.AddUser(fmt.Sprintf("zerg%d", n)), b.AddUser(fmt.Sprintf("terran%d", n))
		b.played(b.player(a, "en", ladder.BWZerg), b.player(z, "en", ladder.Terran))
	}
	first := b.slash(b.alice, "leaderboard")
	b.shows(first, "Leaderboard", "1. `S` **zerg", "15. `E`", "Zerg (Brood War) **1520** ± ", "1 game, provisional", "Page 1 of 2")
	b.hides(first, "16. ")
	if first.Embeds[0].URL != "https://ladder.example/ladder" {
		t.Errorf("the board leads to %q", first.Embeds[0].URL)
	}
	second := b.press(b.alice, first, "Next")
	b.shows(second, "16. ", "18. ", "Page 2 of 2")
	if second.ID != first.ID {
		t.Error("the page is another message")
	}
	if _, err := b.Press(b.alice, second.ID, "Next"); err == nil {
		t.Error("there is a page after the last")
	}
	b.shows(b.press(b.alice, second, "Previous"), "1. `S`", "Page 1 of 2")

	of := b.slash(b.alice, "leaderboard", discordtest.Option{Name: "race", Value: "terran"})
	b.shows(of, "Leaderboard: Terran", "terran0", "1480", "9. ")
	b.hides(of, "zerg0", "Page")
	b.SetLocale(b.alice, "ko")
	b.shows(b.slash(b.alice, "leaderboard"), "순위표", "1경기, 임시", "2쪽 중 1쪽")
}

func TestAProfileIsFoundByName(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.shows(b.slash(b.alice, "profile"), "/setup")
	a, z := b.player(b.alice, "en", ladder.BWZerg), b.player(b.bob, "en", ladder.Terran)
	b.shows(b.slash(b.alice, "profile"), "alice", "No match yet")
	b.played(a, z)
	b.hides(b.slash(b.alice, "profile", discordtest.Option{Name: "player", Value: "bob"}), "alice#1234", "bob#1234")
	own := b.slash(b.alice, "profile")
	b.shows(own, "alice", "Zerg (Brood War) **1520** ±", "provisional", "Zerg (Brood War): 1 won, 0 lost, 0 drawn (100 %)", "Terran: 1 won", "Won against **bob**", "(+20)")
	if want := fmt.Sprintf("https://ladder.example/players/%d", a.ID); own.Embeds[0].URL != want {
		t.Errorf("the profile leads to %q, want %q", own.Embeds[0].URL, want)
	}

	i, err := b.Slash(discordtest.Slash{
		User: b.alice, Channel: b.channel, Command: "profile", Options: []discordtest.Option{{Name: "player", Value: "BO"}}, Typing: true,
	})
	b.must(err)
	b.must(b.Wait(b.ctx, func() bool { return i.Acked() != 0 }))
	choices := i.Choices()
	if len(choices) != 1 || choices[0].Name != "bob" || choices[0].Value != fmt.Sprint(z.ID) {
		t.Fatalf("suggested %+v", choices)
	}
	b.shows(b.slash(b.alice, "profile", discordtest.Option{Name: "player", Value: choices[0].Value}), "bob", "Lost to **alice**", "(-20)")
	b.shows(b.slash(b.alice, "profile", discordtest.Option{Name: "player", Value: "nobody"}), "no player of that name")

	b.must(b.store.DeletePlayer(context.Background(), z.ID, operator, "asked for it", b.now()))
	b.shows(b.slash(b.alice, "profile", discordtest.Option{Name: "player", Value: choices[0].Value}), "no player of that name")
	gone := b.slash(b.alice, "profile")
	b.shows(gone, "Won against **(no name)**")
	b.hides(gone, "bob")
}
