package discord_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
)

func TestAMatchHasAThread(t *testing.T) {
	t.Parallel()
	p := newClient(t)
	in, alice := discord.ChannelID(p.channel.ID), discord.UserID(p.alice.ID)
	thread, err := p.client.CreateThread(p.ctx, in, "Match 7", 24*time.Hour)
	p.must(err)
	is := func(archived, locked bool) {
		t.Helper()
		if now := p.Threads(p.channel)[0]; now.Archived != archived || now.Locked != locked || !now.Private {
			t.Errorf("the thread is %+v", now)
		}
	}
	set := func(states ...discord.ThreadState) {
		t.Helper()
		for _, state := range states {
			p.must(p.client.SetThread(p.ctx, thread, state))
		}
	}
	p.must(p.client.AddToThread(p.ctx, thread, alice))
	m, err := p.client.Post(p.ctx, thread, card(p.alice))
	p.must(err)
	if n := len(p.Seen(p.alice, discordtest.Channel{ID: string(thread)})); n != 1 {
		t.Errorf("alice sees %d messages", n)
	}
	p.must(p.client.RemoveFromThread(p.ctx, thread, alice))
	p.must(p.client.RemoveFromThread(p.ctx, thread, alice)) // is removed

	found, err := p.client.Threads(p.ctx, discord.GuildID(p.guild.ID))
	p.must(err)
	if diff := cmp.Diff([]*discord.Thread{{ID: thread, In: in, Name: "Match 7"}}, found); diff != "" {
		t.Error(diff)
	}

	set(discord.ThreadArchived, discord.ThreadArchived)
	is(true, false)
	p.because(p.client.Edit(p.ctx, thread, m.ID, card(p.alice)), discord.ReasonThreadArchived)
	set(discord.ThreadLocked) // opens it first
	is(true, true)
	_, err = p.client.Post(p.ctx, thread, card(p.alice))
	p.because(err, discord.ReasonThreadArchived)
	p.because(p.client.AddToThread(p.ctx, thread, alice), discord.ReasonThreadArchived)
	set(discord.ThreadUnlocked)
	is(false, false)
	p.ArchiveIdle(p.Threads(p.channel)[0].Channel)
	set(discord.ThreadOpen)
	is(false, false)

	p.Leave(p.alice, p.guild)
	p.because(p.client.AddToThread(p.ctx, thread, alice), discord.ReasonNotMember)
	p.Permit(p.channel, discordtest.AllPermissions&^discordtest.ManageThreads)
	p.because(p.client.SetThread(p.ctx, thread, discord.ThreadLocked), discord.ReasonNoPermission)
	p.DeleteChannel(discordtest.Channel{ID: string(thread)})
	p.because(p.client.SetThread(p.ctx, thread, discord.ThreadOpen), discord.ReasonChannelGone)
}

func TestAGuildHasItsFillOfThreads(t *testing.T) {
	t.Parallel()
	p := newClient(t)
	p.Inject(discordtest.Fault{
		Trouble: discordtest.Failure, Status: 400, Code: discordtest.CodeTooManyThreads, Times: 1, Route: "POST /channels/{channel_id}/threads",
	})
	_, err := p.client.CreateThread(p.ctx, discord.ChannelID(p.channel.ID), "x", time.Hour)
	p.because(err, discord.ReasonTooManyThreads)
}

func TestMembersAndTheirRoles(t *testing.T) {
	t.Parallel()
	p := newClient(t)
	guild, alice := discord.GuildID(p.guild.ID), discord.UserID(p.alice.ID)
	diamond := p.AddRole(p.guild, "Diamond")
	role := discord.RoleID(diamond.ID)
	p.must(p.client.AddRole(p.ctx, guild, alice, role))
	p.must(p.client.AddRole(p.ctx, guild, alice, role)) // keeps it
	member, err := p.client.Member(p.ctx, guild, alice)
	p.must(err)
	want := &discord.Member{User: &discord.User{ID: alice, Name: "alice"}, Roles: []discord.RoleID{role}}
	if diff := cmp.Diff(want, member); diff != "" {
		t.Error(diff)
	}
	p.must(p.client.RemoveRole(p.ctx, guild, alice, role))
	if roles := p.Roles(p.alice, p.guild); len(roles) != 0 {
		t.Errorf("roles %v", roles)
	}
	p.PermitIn(p.guild, 0)
	p.because(p.client.AddRole(p.ctx, guild, alice, role), discord.ReasonNoPermission)
	p.PermitIn(p.guild, discordtest.AllPermissions)
	p.DeleteRole(p.guild, diamond)
	p.because(p.client.AddRole(p.ctx, guild, alice, role), discord.ReasonRoleGone)
	p.Leave(p.alice, p.guild)
	_, err = p.client.Member(p.ctx, guild, alice)
	p.because(err, discord.ReasonNotMember)
	_, err = p.client.Member(p.ctx, "1", alice)
	p.because(err, discord.ReasonGuildGone)
}
