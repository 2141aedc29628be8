package referee_test

import (
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/ladder"
)

func TestAMatchFromOfferToResult(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	before := b.requests()
	a, _, id := b.both()
	offer := b.inbox(b.alice)
	b.says(offer, "Zerg", "60 seconds")
	if contains(offer.Content, "bob") {
		t.Errorf("the offer names the opponent: %q", offer.Content)
	}
	seat := b.seat(id, a.ID)
	if seat.Delivered.IsZero() {
		t.Error("the offer's time does not run")
	}

	accepted := b.press(b.alice, offer, "Accept")
	b.says(accepted, "You accepted")
	if accepted.ID != offer.ID || len(accepted.Components) > 0 {
		t.Errorf("the offer became %+v", accepted)
	}
	b.says(b.press(b.bob, b.inbox(b.bob), "Accept"), "You have both accepted")
	card := b.inbox(b.alice)
	b.says(card, "alice", "bob", "Terran", "Radeon", "Central Europe", `bob\#1234`, ladder.ProofCode(id, a.ID))

	ask := b.press(b.bob, b.inbox(b.bob), "Report result")
	if !ask.Ephemeral {
		t.Error("others see what is asked")
	}
	b.says(b.press(b.bob, ask, "I lost"), "alice won")
	b.says(b.inbox(b.alice), "You won", "1500 → **1520** (+20)", "report of the player who lost")
	b.says(b.inbox(b.bob), "You lost", "1500 → **1480** (-20)")
	b.says(b.lastIn(b.log), "alice", "beat", "bob", "1520")
	// Two offers, accepts, cards and results, a line in the log, and two clicks of a report
	// where an upload has an answer and its edit; once in a player's life, a direct channel each.
	if n := b.requests() - before; n > 13 {
		t.Errorf("the match took %d requests to Discord", n)
	}
	if b.state(id) != ladder.MatchFinal {
		t.Errorf("the match is %s", b.state(id))
	}
}

func TestADeclinedOffer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, z, id := b.both()
	b.says(b.press(b.alice, b.inbox(b.alice), "Decline"), "You declined")
	b.says(b.inbox(b.alice), "warning", "declined")
	b.says(b.inbox(b.bob), "searching again")
	if e, err := b.store.LiveEntry(b.ctx, z.ID); err != nil || e.State != ladder.Searching || b.state(id) != ladder.MatchLapsed {
		t.Errorf("the innocent's entry is %+v (%v), the match %s", e, err, b.state(id))
	}
}

func TestClosedDirectMessagesAreMadeUpForInTheChannel(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a, z := b.player(b.alice, "en", ladder.BWZerg), b.player(b.bob, "en", ladder.Terran)
	b.BlockDMs(b.alice, true)
	b.queue(a)
	b.queue(z)
	id := b.pair(a, z)
	offer := b.lastIn(b.channel)
	b.says(offer, "<@"+b.alice.ID+">", "Zerg")
	if len(offer.Mentions) != 1 || offer.Mentions[0] != b.alice.ID || b.seat(id, a.ID).Delivered.IsZero() {
		t.Errorf("the offer notifies %v", offer.Mentions)
	}
	other := b.press(b.bob, offer, "Accept")
	if other.ID == offer.ID || !other.Ephemeral {
		t.Errorf("somebody else's click changed the offer to %+v", other)
	}
	b.says(b.press(b.alice, offer, "Accept"), "You accepted")
}

func TestAnOfferThatReachesNobodyEndsWithoutAPenalty(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a, z := b.player(b.alice, "en", ladder.BWZerg), b.player(b.bob, "en", ladder.Terran)
	b.BlockDMs(b.alice, true)
	b.queue(a)
	b.queue(z)
	b.Permit(b.channel, discordtest.ViewChannel)
	if id := b.pair(a, z); b.state(id) != ladder.MatchLapsed {
		t.Errorf("the match is %s", b.state(id))
	}
	b.says(b.inbox(b.bob), "searching again")
	if all, err := b.store.Penalties(b.ctx, a.ID); err != nil || len(all) > 0 {
		t.Errorf("penalties %v (%v)", all, err)
	}
}

func TestClicksThatComeTooLateTwiceOrFromOthers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, _, id := b.both()
	offer := b.inbox(b.alice)
	b.later(2 * time.Minute)
	late := b.press(b.alice, offer, "Accept")
	b.says(late, "too late")
	if len(late.Components) > 0 {
		t.Error("an offer that is over still has buttons")
	}
	b.do(ladder.Act{Kind: ladder.TickMatch, Actor: ladder.Actor{Role: ladder.ByTimer}, Match: id})
	missed := b.mail(b.bob, "left the queue")
	b.says(b.press(b.bob, missed, "Join the queue"), "searching for a match")
	b.says(b.press(b.bob, missed, "Join the queue"), "searching already")
}

func TestAMatchIsPlayedByItsPlayersOnly(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.both()
	b.press(b.alice, b.inbox(b.alice), "Accept")
	b.BlockDMs(b.alice, true)
	b.press(b.bob, b.inbox(b.bob), "Accept")
	card := b.lastIn(b.channel)
	b.says(card, "alice", "bob", "Radeon")
	carol := b.AddUser("carol")
	b.says(b.press(carol, card, "Report result"), "another player")
	b.says(b.press(b.bob, card, "Remake"), "another player")
	b.says(b.press(b.alice, card, "Opponent is not here"), "too early")
	b.says(b.press(b.alice, card, "Remake"), "A remake is for a game")
	b.later(11 * time.Minute)
	b.says(b.press(b.alice, card, "Opponent is not here"), "asked to answer")
	b.says(b.press(b.bob, b.inbox(b.bob), "I am here"), "you are there")
	b.says(b.lastIn(b.channel), "bob is there")
	b.press(b.alice, card, "Opponent is not here")
	b.press(b.bob, b.inbox(b.bob), "I am here")
	b.later(15 * time.Minute)
	b.says(b.press(b.alice, card, "Opponent is not here"), "does not count")
}

func TestEverybodyReadsTheirOwnLanguage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a, z := b.player(b.alice, "ko", ladder.BWZerg), b.player(b.bob, "en", ladder.Terran)
	b.queue(a)
	b.queue(z)
	b.pair(a, z)
	b.says(b.press(b.alice, b.inbox(b.alice), "수락"), "수락했습니다")
	b.says(b.inbox(b.bob), "A match is found")
}

const routeCallback = "POST /interactions/{interaction_id}/{interaction_token}/callback"

// Two bots, as while a deploy replaces one by the other, hear the same clicks.
func TestAClickThatTwoBotsHearIsOneAct(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.doubled = true
	b.start()
	_, _, id := b.both()
	for n, user := range []discordtest.User{b.alice, b.bob} {
		b.says(b.press(user, b.inbox(user), "Accept"), "accepted")
		b.must(b.Wait(b.ctx, func() bool { return b.Requests(routeCallback) >= 2*(n+1) }))
		b.flush()
	}
	b.mail(b.alice, "Central Europe")
	if b.state(id) != ladder.MatchPlaying {
		t.Errorf("the match is %s", b.state(id))
	}
	n := 0
	for _, m := range b.Messages(b.DM(b.alice)) {
		if contains(m.Content, "Radeon") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d match cards", n)
	}
}
