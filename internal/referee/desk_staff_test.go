package referee_test

import (
	"testing"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/store"
)

func TestStaffPauseAndResumeTheQueue(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.queue(b.player(b.bob, "en", ladder.BWZerg))
	b.player(b.alice, "en", ladder.Terran)
	staff, other := b.appoint("judge", store.Admin), b.appoint("umpire", store.Admin)
	b.says(b.admin(staff, "queue show"), "The queue is open. Searching: 1 Brood War, 0 StarCraft II")
	b.says(b.admin(staff, "queue resume"), "It is so already")
	pause, too := b.admin(staff, "queue pause"), b.admin(other, "queue pause")
	b.says(pause, "Now: the queue is open", "Then: the queue is paused")
	b.says(b.press(staff, b.admin(staff, "queue pause"), "Cancel"), "Nothing was changed")
	b.says(b.write(staff, pause, "Confirm", map[string]string{"reason": "the server is down"}), "The queue is paused", "the server is down")
	b.says(b.slash(b.alice, "queue"), "closed for now")
	b.says(b.press(other, too, "Confirm"), "changed meanwhile")
	b.says(b.admin(other, "queue show"), "The queue is paused")

	resume := b.admin(other, "queue resume")
	i, err := b.Press(other, resume.ID, "Confirm")
	b.must(err)
	_, err = i.WaitAck(b.ctx)
	b.must(err)
	b.must(b.store.RemoveStaff(b.ctx, other.ID, operator, b.now()))
	late, err := i.Submit(because)
	b.must(err)
	b.says(b.answer(late), "Only staff")
	b.says(b.admin(staff, "queue show"), "The queue is paused")
	b.says(b.write(staff, b.admin(staff, "queue resume"), "Confirm", because), "The queue is open")
	b.says(b.slash(b.alice, "queue"), "searching")

	lines, err := b.store.SeasonHistory(b.ctx, mustSeason(b).ID, 2)
	b.must(err)
	if lines[0].Reason != because["reason"] || lines[0].Actor.Name != "judge" || lines[0].Actor.Role != ladder.ByStaff || lines[1].Reason != "the server is down" {
		t.Errorf("the history says %+v", lines)
	}
}

func mustSeason(b *bench) ladder.Season {
	b.Helper()
	season, err := b.store.Season(b.ctx, 0)
	b.must(err)
	return season
}

func TestOwnersAppointStaff(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	user := func(u discordtest.User) discordtest.Option { return discordtest.Option{Name: "user", User: &u} }
	admin := b.appoint("judge", store.Admin)
	for _, m := range []discordtest.Message{
		b.admin(admin, "staff list"), b.admin(admin, "staff add", user(b.alice), named("role", "owner")), b.admin(admin, "staff remove", user(admin)),
	} {
		b.says(m, "Only staff")
	}
	weighed := b.admin(b.owner, "staff add", user(b.alice), named("role", "caster"))
	b.says(weighed, "<@"+b.alice.ID+">", "Now: no staff", "Then: caster")
	b.says(b.press(b.owner, weighed, "Confirm"), "Done.", "caster")
	b.says(b.admin(b.owner, "staff list"), "<@"+b.owner.ID+">: owner, by OWNER_IDS", "<@"+b.alice.ID+">: caster, by owner", "<@"+admin.ID+">: admin")
	b.says(b.admin(b.owner, "staff add", user(b.alice), named("role", "caster")), "It is so already")

	stale := b.admin(b.owner, "staff add", user(b.alice), named("role", "admin"))
	b.says(b.press(b.owner, b.admin(b.owner, "staff remove", user(b.alice)), "Confirm"), "no staff")
	b.says(b.press(b.owner, stale, "Confirm"), "changed meanwhile")
	if _, err := b.store.StaffMember(b.ctx, b.alice.ID); err == nil {
		t.Error("she is still staff")
	}

	second := b.appoint("second", store.Owner)
	weighed = b.admin(second, "staff remove", user(admin))
	b.must(b.store.SetStaff(b.ctx, store.Member{Discord: second.ID, Name: "second", Role: store.Admin}, operator, b.now()))
	b.says(b.press(second, weighed, "Confirm"), "Only staff")
	lines, err := b.store.Audit(b.ctx, store.AuditFilter{Limit: 20})
	b.must(err)
	found := false
	for _, l := range lines {
		found = found || l.Actor.Name == "owner" && l.After == "caster" && l.Actor.Role == ladder.ByStaff
	}
	if !found {
		t.Errorf("the audit says nothing of the caster: %+v", lines)
	}
}
