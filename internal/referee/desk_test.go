package referee_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// manage is what a member must have to be shown the commands of staff.
const manage = discordtest.Permissions(1 << 5)

// admin enters a command of staff.
func (b *bench) admin(user discordtest.User, command string, options ...discordtest.Option) discordtest.Message {
	b.Helper()
	i, err := b.Slash(discordtest.Slash{User: user, Channel: b.staff, Command: "admin " + command, Options: options, Permissions: manage})
	b.must(err)
	m := b.answer(i)
	if !m.Ephemeral {
		b.Errorf("others see the answer to /admin %s", command)
	}
	return m
}

// appoint makes somebody a member of staff.
func (b *bench) appoint(name string, role store.StaffRole) discordtest.User {
	b.Helper()
	user := b.AddUser(name)
	b.must(b.store.SetStaff(b.ctx, store.Member{Discord: user.ID, Name: name, Role: role}, operator, b.now()))
	return user
}

func of(id ladder.MatchID) discordtest.Option {
	return discordtest.Option{Name: "match", Value: fmt.Sprint(id)}
}

func named(option, value string) discordtest.Option {
	return discordtest.Option{Name: option, Value: value}
}

var because = map[string]string{"reason": "the replay shows it"}

// report is what a player says of a match.
func (b *bench) report(p ladder.Player, id ladder.MatchID, result ladder.Result) {
	b.Helper()
	b.do(ladder.Act{Kind: ladder.SayResult, Actor: ladder.Actor{Role: ladder.ByPlayer, Player: p.ID}, Player: p.ID, Match: id, Result: result})
}

// quarrel is a match that its players disagree about.
func (b *bench) quarrel() (a, z ladder.Player, id ladder.MatchID) {
	b.Helper()
	a, z = b.player(b.alice, "en", ladder.BWZerg), b.player(b.bob, "en", ladder.Terran)
	id = b.played(a, z)
	b.do(ladder.Act{Kind: ladder.Contest, Actor: ladder.Actor{Role: ladder.ByPlayer, Player: z.ID}, Player: z.ID, Match: id})
	if b.state(id) != ladder.MatchDisputed {
		b.Fatalf("the match is %s", b.state(id))
	}
	return a, z, id
}

func TestStaffResolveByName(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, _, id := b.quarrel()
	staff := b.appoint("judge", store.Admin)
	b.says(b.admin(staff, "resolve", of(id), named("winner", "carol")), "which of the two players won")
	weighed := b.admin(staff, "resolve", of(id), named("winner", "BOB"))
	b.says(weighed, "**alice** (Zerg (Brood War)) vs **bob** (Terran)", "Now: disputed: a player contests", "Then: final: bob won",
		"1520 → **1480** (-40)", "1480 → **1520** (+40)")
	if b.state(id) != ladder.MatchDisputed {
		t.Error("it is ruled before it is confirmed")
	}
	done := b.write(staff, weighed, "Confirm", because)
	b.says(done, "Done.", "final: bob won", "1480 → **1520** (+40)", "Reason: the replay shows it")
	if done.ID != weighed.ID || len(done.Components) > 0 {
		t.Errorf("the proposal became %+v", done)
	}
	b.says(b.inbox(b.bob), "You won", "Decided by staff: the replay shows it")
	f, err := b.store.Match(b.ctx, id)
	b.must(err)
	last := f.Rulings[len(f.Rulings)-1]
	if last.Actor.Role != ladder.ByStaff || last.Actor.Name != "judge" || last.Result != ladder.Team1 {
		t.Errorf("ruled %+v", last)
	}
	lines, err := b.store.Audit(b.ctx, store.AuditFilter{Match: id, Limit: 1})
	b.must(err)
	if len(lines) != 1 || lines[0].Kind != ladder.Rule || lines[0].Actor.Name != "judge" || lines[0].Reason != because["reason"] ||
		lines[0].Before != "disputed" || lines[0].After != "final" {
		t.Errorf("the audit says %+v", lines)
	}
	b.says(b.admin(staff, "resolve", of(id), named("winner", "bob")), "It is so already")
}

func TestStaffVoidAndRestore(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a := b.player(b.alice, "en", ladder.BWZerg)
	id := b.played(a, b.player(b.bob, "en", ladder.Terran))
	weighed := b.admin(b.owner, "void", of(id))
	b.says(weighed, "Now: final: alice won", "Then: void", "1520 → **1500** (-20)")
	b.says(b.press(b.owner, weighed, "Cancel"), "Nothing was changed")
	b.says(b.admin(b.owner, "restore", of(id)), "It is so already")

	b.says(b.write(b.owner, b.admin(b.owner, "void", of(id)), "Confirm", because), "Done.", "void", "1500")
	b.says(b.mail(b.alice, "does not count"), "the replay shows it")
	weighed = b.admin(b.owner, "restore", of(id))
	b.says(weighed, "Now: void", "Then: final: alice won", "1500 → **1520** (+20)")
	b.says(b.write(b.owner, weighed, "Confirm", because), "Done.", "alice won")
	if b.state(id) != ladder.MatchFinal {
		t.Errorf("the match is %s", b.state(id))
	}
	b.says(b.admin(b.owner, "void", named("match", "77")), "no such thing")
	b.says(b.admin(b.owner, "void", named("match", "x")), "no such thing")
}

func TestWhoIsNotStaffDoesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, z, id := b.quarrel()
	caster := b.appoint("caster", store.Caster)
	weighed := b.admin(b.owner, "void", of(id))
	for _, user := range []discordtest.User{b.alice, caster} {
		for _, m := range []discordtest.Message{
			b.admin(user, "resolve", of(id), named("winner", "alice")), b.admin(user, "void", of(id)), b.admin(user, "restore", of(id)),
			b.admin(user, "ban", named("player", "bob")), b.admin(user, "unban", named("player", "bob")), b.admin(user, "clear-penalty", named("player", "bob")),
		} {
			b.says(m, "Only staff")
		}
	}
	b.says(b.admin(b.alice, "match", of(id)), "Only staff")
	if m := b.admin(caster, "match", of(id)); len(m.Components) > 0 {
		t.Error("a caster is offered rulings")
	}
	if _, err := b.Press(b.alice, weighed.ID, "Confirm"); err == nil {
		t.Error("others see what staff propose")
	}
	if _, err := b.Slash(discordtest.Slash{User: b.alice, Channel: b.staff, Command: "admin match", Options: []discordtest.Option{of(id)}}); err == nil {
		t.Error("the commands of staff are offered to everybody")
	}
	for _, typed := range []discordtest.Option{named("match", ""), named("match", "bob")} {
		if found := b.suggested(b.alice, "admin match", typed); len(found) > 0 {
			t.Errorf("a player is suggested %v", found)
		}
	}
	if p, err := b.store.Player(b.ctx, z.ID); err != nil || p.Banned || b.state(id) != ladder.MatchDisputed {
		t.Errorf("%+v (%v), the match is %s", p, err, b.state(id))
	}
}

// suggested are the suggestions for the last option.
func (b *bench) suggested(user discordtest.User, command string, options ...discordtest.Option) []discordtest.Choice {
	b.Helper()
	i, err := b.Slash(discordtest.Slash{User: user, Channel: b.staff, Command: command, Options: options, Permissions: manage, Typing: true})
	b.must(err)
	_, err = i.WaitAck(b.ctx)
	b.must(err)
	return i.Choices()
}

func TestStaffAreSuggestedMatchesAndWinners(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, z, disputed := b.quarrel()
	final := b.played(b.player(b.AddUser("carol"), "en", ladder.BWZerg), z)
	both := []any{fmt.Sprint(disputed), fmt.Sprint(final)}
	for typed, want := range map[string][]any{"": both, "bob": both, "car": both[1:], fmt.Sprint(disputed): both[:1], "nobody": nil} {
		var got []any
		for _, c := range b.suggested(b.owner, "admin match", named("match", typed)) {
			got = append(got, c.Value)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q suggests %v, want %v", typed, got, want)
		}
	}
	if first := b.suggested(b.owner, "admin match", named("match", ""))[0]; first.Name != fmt.Sprintf("alice vs bob (disputed) #%d", disputed) {
		t.Errorf("a match is called %q", first.Name)
	}
	var names []string
	for _, c := range b.suggested(b.owner, "admin resolve", of(disputed), named("winner", "")) {
		names = append(names, c.Name)
	}
	if !slices.Equal(names, []string{"alice won", "bob won", "draw"}) {
		t.Errorf("winners: %v", names)
	}
}

func TestStaffDemotedBetweenClickAndConfirm(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, _, id := b.quarrel()
	staff := b.appoint("judge", store.Admin)
	weighed := b.admin(staff, "resolve", of(id), named("winner", "bob"))
	i, err := b.Press(staff, weighed.ID, "Confirm")
	b.must(err)
	_, err = i.WaitAck(b.ctx)
	b.must(err)
	b.must(b.store.RemoveStaff(b.ctx, staff.ID, operator, b.now()))
	late, err := i.Submit(because)
	b.must(err)
	b.says(b.answer(late), "Only staff")
	b.says(b.press(staff, weighed, "Confirm"), "Only staff")
	if b.state(id) != ladder.MatchDisputed {
		t.Errorf("the match is %s", b.state(id))
	}
}

func TestTwoStaffRuleTheSameDispute(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, _, id := b.quarrel()
	first, second := b.appoint("judge", store.Admin), b.appoint("umpire", store.Admin)
	one := b.admin(first, "resolve", of(id), named("winner", "bob"))
	two, three := b.admin(second, "resolve", of(id), named("winner", "alice")), b.admin(second, "void", of(id))
	i, err := b.Press(second, two.ID, "Confirm")
	b.must(err)
	_, err = i.WaitAck(b.ctx)
	b.must(err)
	b.says(b.write(first, one, "Confirm", because), "Done.")
	late, err := i.Submit(because)
	b.must(err)
	b.says(b.answer(late), "changed meanwhile", "Now: final: bob won. Decided by staff: the replay shows it")
	moved := b.press(second, three, "Confirm")
	b.says(moved, "changed meanwhile", "bob won")
	if moved.ID != three.ID || len(moved.Components) > 0 {
		t.Errorf("the proposal became %+v", moved)
	}
	f, err := b.store.Match(b.ctx, id)
	b.must(err)
	if len(f.Rulings) != 2 || f.State != ladder.MatchFinal {
		t.Errorf("the match is %s with %d rulings", f.State, len(f.Rulings))
	}
}

func TestStaffBanUnbanAndClearPenalties(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a, _, _ := b.both()
	b.press(b.alice, b.inbox(b.alice), "Decline")
	staff := b.appoint("judge", store.Admin)
	b.says(b.admin(staff, "ban", named("player", "nobody")), "no player of that name")
	b.says(b.write(staff, b.admin(staff, "clear-penalty", named("player", "alice")), "Confirm", because), "penalties of **alice**")
	b.says(b.inbox(b.alice), "taken back")
	b.says(b.admin(staff, "clear-penalty", named("player", "alice")), "It is so already")

	weighed := b.admin(staff, "ban", named("player", "alice"))
	b.says(b.write(staff, weighed, "Confirm", because), "**alice** is banned")
	p, err := b.store.Player(b.ctx, a.ID)
	b.must(err)
	if !p.Banned || p.BanReason != because["reason"] {
		t.Errorf("%+v", p)
	}
	b.says(b.slash(b.alice, "queue"), "banned")
	b.says(b.admin(staff, "ban", named("player", "alice")), "It is so already")
	b.says(b.write(staff, b.admin(staff, "unban", named("player", "alice")), "Confirm", because), "no longer banned")
	b.says(b.slash(b.alice, "queue"), "searching")
}

func TestAMatchIsLaidOpenToStaff(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a, z := b.player(b.alice, "en", ladder.BWZerg), b.player(b.bob, "en", ladder.Terran)
	id := b.playing(a, z)
	b.report(a, id, ladder.Team1)
	b.do(ladder.Act{Kind: ladder.Contest, Actor: ladder.Actor{Role: ladder.ByPlayer, Player: a.ID}, Player: a.ID, Match: id})
	laid := b.admin(b.owner, "match", of(id))
	b.shows(laid, fmt.Sprintf("Match %d", id), "alice", "bob", `alice\#1234`, "<@"+b.bob.ID+">", "alice reports: bob won", "Ruling 1: bob won",
		"report of the player who lost", "disputed: a player contests", "1500 → **1480** (-20)")
	if laid.Embeds[0].URL != fmt.Sprintf("https://ladder.example/matches/%d", id) {
		t.Errorf("it leads to %q", laid.Embeds[0].URL)
	}
	weighed := b.press(b.owner, laid, "Does not count")
	b.says(weighed, "Now: disputed", "Then: void")
	b.says(b.write(b.owner, weighed, "Confirm", because), "Done.")
	b.shows(b.admin(b.owner, "match", of(id)), "Ruling 2: void. Decided by staff: the replay shows it (owner)")
	b.SetLocale(b.owner, "ko")
	b.shows(b.admin(b.owner, "match", of(id)), "판정 2: 무효")
}

// handsIn is an upload of a user, whose file shows a game.
func (b *bench) handsIn(user discordtest.User, r replay.Replay) upload.ID {
	b.Helper()
	summary, err := json.Marshal(r)
	b.must(err)
	receipt, err := b.store.Accept(b.ctx, upload.Arrival{
		Source: upload.FromDiscord, Uploader: snowflake.UserID(user.ID), FileName: "game.SC2Replay",
		SHA256: fmt.Sprintf("%x", sha256.Sum256(summary)), Bytes: int64(len(summary)), ParserVersion: replay.ParserVersion,
		Reply: &announcement.Reply{ChannelID: "7", MessageID: "8", UserID: snowflake.UserID(user.ID)}, At: b.now(),
	})
	b.must(err)
	_, err = b.store.RecordVerdict(b.ctx, receipt.Jobs[0].ID, upload.Verdict{ParserVersion: replay.ParserVersion, Summary: summary, At: b.now()})
	b.must(err)
	return receipt.ID
}

func TestStaffSeeBothReplaysAndTheirEvidence(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a, z := b.player(b.alice, "en", ladder.BWZerg), b.player(b.bob, "en", ladder.Terran)
	id := b.playing(a, z)
	b.later(20 * time.Minute)
	game := func(winner int, title string) replay.Replay {
		return replay.Replay{
			ParserVersion: replay.ParserVersion, Region: "eu", Map: replay.Map{Title: title, SHA256: title}, CacheHandles: []string{"base", title},
			Duration: 600, EndedAt: b.now(), Speed: "Faster", Format: "1v1", GameID: title, WinnerTeam: &winner, WinnerSource: replay.WinnerFromMetadata,
			Players: []replay.Player{
				{Name: "alice", Toon: "2-S2-1-11", Team: 1, Race: replay.BWZerg, Result: replay.Win},
				{Slot: 1, Name: "bob", Toon: "2-S2-1-12", Team: 2, Race: replay.Terran, Result: replay.Loss},
			},
		}
	}
	uploads := []upload.ID{b.handsIn(b.alice, game(1, "Lost Temple")), b.handsIn(b.bob, game(1, "*Fields*"))}
	laid := b.admin(b.owner, "match", of(id))
	b.shows(laid, "being played", "Replay from alice", "Replay from bob", "A check fails", "10:00", "alice won", "✗ map: ", "Lost Temple", `\*Fields\*`,
		"Checked: players, 1v1, races")
	if len(laid.Embeds) != 3 {
		t.Fatalf("%d cards", len(laid.Embeds))
	}
	for n, last := range uploads {
		if want := fmt.Sprintf("https://ladder.example/replays/%d", last); laid.Embeds[n+1].URL != want {
			t.Errorf("a replay leads to %q, want %q", laid.Embeds[n+1].URL, want)
		}
	}
	b.says(b.press(b.owner, laid, "alice won"), "Now: being played", "Then: final: alice won", "1500 → **1520** (+20)")
}
