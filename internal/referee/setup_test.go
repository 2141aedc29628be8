package referee_test

import (
	"slices"
	"testing"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/ladder"
)

// slash enters a command in the queue's channel.
func (b *bench) slash(user discordtest.User, command string, options ...discordtest.Option) discordtest.Message {
	b.Helper()
	i, err := b.Slash(discordtest.Slash{User: user, Channel: b.channel, Command: command, Options: options})
	b.must(err)
	return b.answer(i)
}

// write presses a button that opens a form, and sends it.
func (b *bench) write(user discordtest.User, m discordtest.Message, label string, values map[string]string) discordtest.Message {
	b.Helper()
	i, err := b.Press(user, m.ID, label)
	b.must(err)
	_, err = i.WaitAck(b.ctx)
	b.must(err)
	next, err := i.Submit(values)
	b.must(err)
	return b.answer(next)
}

func (b *bench) profile(user discordtest.User) ladder.Player {
	b.Helper()
	p, err := b.store.PlayerByDiscord(b.ctx, user.ID)
	b.must(err)
	return p
}

func TestSetupFromTermsToTheQueue(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.says(b.slash(b.alice, "queue"), "/setup")
	terms := b.slash(b.alice, "setup")
	if !terms.Ephemeral {
		t.Error("others see the setup")
	}
	card := b.press(b.alice, terms, "I accept the terms")
	b.says(card, "Still needed: Name on the ladder, BattleTag, Country, Region")

	// Left in the middle, and resumed.
	card = b.slash(b.alice, "setup", discordtest.Option{Name: "country", Value: "kr"})
	b.says(card, "Country: South Korea", "Still needed: Name on the ladder, BattleTag, Region")
	card = b.write(b.alice, card, "Names and country", map[string]string{"name": "x", "battletag": "Alice#1234", "aliases": "Al, Ali"})
	b.says(card, "A name has 3 to 12", `BattleTag: Alice\#1234`, "Al, Ali", "Name: –")
	card = b.write(b.alice, card, "Names and country", map[string]string{"name": "Alice"})
	b.says(b.press(b.alice, card, "v1:region:me", "KRJ"), "Region: Korea and Japan", "Then confirm")
	if p := b.profile(b.alice); p.State != ladder.SettingUp {
		t.Errorf("before the confirmation the player is %s", p.State)
	}
	card, _ = b.Message(card.ID)
	card = b.press(b.alice, card, "v1:races:me", "bw_zerg", "terran")
	card = b.press(b.alice, card, "v1:vetoes:me", "Keres Passage SEL")
	card = b.press(b.alice, card, "Confirm")
	b.says(card, "You are set up", "Keres Passage SEL", "Zerg (Brood War), Terran")
	b.says(b.press(b.alice, card, "Join the queue"), "You are searching")
	want := ladder.Player{Name: "Alice", BattleTag: "Alice#1234", Country: "KR", Region: "KRJ", State: ladder.Ready}
	p := b.profile(b.alice)
	got := ladder.Player{Name: p.Name, BattleTag: p.BattleTag, Country: p.Country, Region: p.Region, State: p.State}
	if got.Name != want.Name || got.BattleTag != want.BattleTag || got.Country != want.Country || got.Region != want.Region || got.State != want.State {
		t.Errorf("set up as %+v, want %+v", got, want)
	}
	if e, err := b.store.LiveEntry(b.ctx, p.ID); err != nil || e.Channel != b.channel.ID || len(e.Members[0].Races) != 2 {
		t.Errorf("queued as %+v (%v)", e, err)
	}
}

func TestANameThatIsTakenCostsNothingElse(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.player(b.bob, "en", ladder.Terran)
	card := b.press(b.alice, b.slash(b.alice, "setup"), "I accept the terms")
	card = b.write(b.alice, card, "Names and country", map[string]string{"name": "BOB", "battletag": "Alice#1234"})
	b.says(card, "Another player has that name", `Alice\#1234`, "Name: –")
	card = b.press(b.alice, card, "v1:language:me", "ko")
	b.says(card, "언어: 한국어")
	card = b.press(b.alice, card, "v1:races:me", "terran", "zerg")
	b.says(card, "진영마다 종족을 하나까지", "종족: –")
}

func TestCountriesAreSuggested(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for typed, want := range map[string]string{"": "AC", "kr": "KR", "ger": "DE", "독일": "DE", "xyzzy": ""} {
		b.SetLocale(b.alice, "ko")
		i, err := b.Slash(discordtest.Slash{
			User: b.alice, Channel: b.channel, Command: "setup", Typing: true, Options: []discordtest.Option{{Name: "country", Value: typed}},
		})
		b.must(err)
		_, err = i.WaitAck(b.ctx)
		b.must(err)
		found := slices.ContainsFunc(i.Choices(), func(c discordtest.Choice) bool { return c.Value == want })
		if want == "" && len(i.Choices()) > 0 || want != "" && typed != "" && !found {
			t.Errorf("%q suggests %v", typed, i.Choices())
		}
	}
}

func TestCommandsOfTheQueueAndTheMatch(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a, z := b.player(b.alice, "en"), b.player(b.bob, "en")
	b.says(b.slash(b.alice, "queue"), "Choose the races")
	b.says(b.slash(b.alice, "match"), "in no match")
	b.says(b.slash(b.alice, "queue", discordtest.Option{Name: "bw", Value: "bw_zerg"}), "searching for a match as Zerg")
	b.says(b.slash(b.alice, "queue"), "searching already")
	b.says(b.slash(b.alice, "leave"), "You left the queue")
	b.says(b.slash(b.alice, "leave"), "not in the queue")
	b.says(b.slash(b.alice, "queue"), "searching for a match as Zerg")
	b.says(b.slash(b.bob, "queue", discordtest.Option{Name: "sc2", Value: "terran"}), "Terran")
	if b.woken() < 3 {
		t.Errorf("the matchmaker was woken %d times", b.woken())
	}
	id := b.pair(a, z)
	b.says(b.slash(b.alice, "report"), "over")
	again := b.slash(b.alice, "match")
	b.press(b.alice, again, "Accept")
	b.says(b.slash(b.alice, "match"), "You accepted")
	b.press(b.bob, b.inbox(b.bob), "Accept")
	card := b.slash(b.alice, "match")
	b.says(card, "bob", "Radeon")
	b.says(b.press(b.alice, b.slash(b.alice, "report"), "I won"), "Upload the replay")
	b.says(b.slash(b.bob, "report", discordtest.Option{Name: "result", Value: "lost"}), "alice won")
	if b.state(id) != ladder.MatchFinal {
		t.Errorf("the match is %s", b.state(id))
	}
	b.says(b.press(b.alice, card, "Report result"), "over") // a card of last week
	b.says(b.slash(b.alice, "match"), "in no match")
	b.says(b.press(b.bob, b.mail(b.bob, "You lost"), "Contest"), "Staff will decide")
	b.says(b.lastIn(b.staff), "waits for a ruling", "contests")
}
