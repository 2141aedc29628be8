package discordtest

import (
	"slices"
	"testing"

	"github.com/bwmarrin/discordgo"
	"github.com/google/go-cmp/cmp"
)

// match begins a private thread as a match has one.
func match(b *bench, d *discordgo.Session) (Channel, error) {
	t, err := d.ThreadStartComplex(b.channel.ID, &discordgo.ThreadStart{
		Name: "Match 7", AutoArchiveDuration: oneDay, Type: discordgo.ChannelTypeGuildPrivateThread,
	})
	if err != nil {
		return Channel{}, err
	}
	return Channel{ID: t.ID, GuildID: t.GuildID, Name: t.Name}, nil
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// begun is a thread that there is.
func (b *bench) begun(d *discordgo.Session) Channel {
	b.Helper()
	thread, err := match(b, d)
	b.must(err)
	return thread
}

func TestAPrivateThreadIsForItsMembers(t *testing.T) {
	t.Parallel()
	b := newBench(t, strict(t))
	d := b.bot(nil)
	bob, staff := b.AddUser("bob"), b.AddUser("staff")
	b.SetPermissions(staff, b.guild, ManageThreads)
	thread := b.begun(d)
	b.must(d.ThreadMemberAdd(thread.ID, b.alice.ID))
	b.must(d.ThreadMemberAdd(thread.ID, b.alice.ID)) // again: no harm
	want := []Thread{{Channel: thread, Private: true, Members: []string{b.Bot().ID, b.alice.ID}}}
	if diff := cmp.Diff(want, b.Threads(b.channel)); diff != "" {
		t.Error(diff)
	}
	m, err := d.ChannelMessageSendComplex(thread.ID, &discordgo.MessageSend{Content: "play", Components: []discordgo.MessageComponent{
		discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.Button{Label: "Ready", CustomID: "ready", Style: discordgo.PrimaryButton}}},
	}})
	b.must(err)
	for who, sees := range map[User]bool{b.alice: true, bob: false, staff: true} {
		if n := len(b.Seen(who, thread)); (n == 1) != sees {
			t.Errorf("%s sees %d messages", who.Name, n)
		}
		if _, err := b.Press(who, m.ID, "Ready"); (err == nil) != sees {
			t.Errorf("%s presses: %v", who.Name, err)
		}
	}
	b.must(d.ThreadMemberRemove(thread.ID, b.alice.ID))
	b.refused(d.ThreadMemberRemove(thread.ID, b.alice.ID), CodeUnknownMember)
	if len(b.Seen(b.alice, thread)) > 0 {
		t.Error("who was removed sees the thread")
	}
	b.refused(d.ThreadMemberAdd(thread.ID, "1"), CodeUnknownUser)
	b.Leave(b.alice, b.guild)
	b.refused(d.ThreadMemberAdd(thread.ID, b.alice.ID), CodeUnknownMember)
	b.noViolations()
}

func TestAThreadIsArchivedAndOpened(t *testing.T) {
	t.Parallel()
	b := newBench(t, strict(t))
	d := b.bot(nil)
	thread := b.begun(d)
	m, err := d.ChannelMessageSend(thread.ID, "card")
	b.must(err)
	yes, no := true, false
	change := func(archived, locked *bool) error {
		_, err := d.ChannelEditComplex(thread.ID, &discordgo.ChannelEdit{Archived: archived, Locked: locked})
		return err
	}
	say := func() error {
		_, err := d.ChannelMessageSend(thread.ID, "hello")
		return err
	}
	edit := func() error {
		_, err := d.ChannelMessageEdit(thread.ID, m.ID, "changed")
		return err
	}
	is := func(archived, locked bool) {
		t.Helper()
		if now := b.Threads(b.channel)[0]; now.Archived != archived || now.Locked != locked {
			t.Errorf("the thread is %+v", now)
		}
	}
	b.must(change(&yes, &yes))
	is(true, true)
	b.refused(say(), CodeThreadArchived)
	b.refused(edit(), CodeThreadArchived)
	b.refused(change(&yes, nil), CodeThreadArchived)
	b.refused(d.ThreadMemberAdd(thread.ID, b.alice.ID), CodeThreadArchived)
	b.must(change(&no, &no))
	is(false, false)

	b.ArchiveIdle(thread)
	b.refused(edit(), CodeThreadArchived)
	b.must(say())
	is(false, false)
	b.must(edit())

	// Without the permission, the thread's creator may do all but lock, and nothing while
	// it is locked.
	b.Permit(b.channel, AllPermissions&^ManageThreads)
	b.refused(change(&yes, &yes), CodeMissingPermissions)
	b.must(change(&yes, nil))
	b.must(change(&no, nil))
	b.Permit(b.channel, AllPermissions)
	b.must(change(nil, &yes))
	is(false, true)
	b.Permit(b.channel, AllPermissions&^ManageThreads)
	b.refused(say(), CodeThreadLocked)
	b.refused(edit(), CodeThreadLocked)
	b.DeleteChannel(b.channel)
	b.refused(say(), CodeUnknownChannel)
	b.noViolations()
}

func TestThreadsNeedPermissionsAndRoom(t *testing.T) {
	t.Parallel()
	options := strict(t)
	options.Threads = 2
	b := newBench(t, options)
	d := b.bot(nil)
	start := func() error {
		_, err := match(b, d)
		return err
	}
	thread := b.begun(d)
	b.Permit(b.channel, AllPermissions&^CreatePrivate)
	b.refused(start(), CodeMissingPermissions)
	b.Permit(b.channel, AllPermissions&^SendInThreads)
	_, err := d.ChannelMessageSend(thread.ID, "x")
	b.refused(err, CodeMissingPermissions)
	b.Permit(b.channel, 0)
	b.refused(start(), CodeMissingAccess)
	_, err = d.Channel(thread.ID)
	b.refused(err, CodeMissingAccess)
	b.Permit(b.channel, AllPermissions)
	b.must(start())
	b.refused(start(), CodeTooManyThreads)
	b.ArchiveIdle(thread)
	b.must(start())
	_, err = d.ChannelMessageSend(thread.ID, "x") // would open it
	b.refused(err, CodeTooManyThreads)
	active, err := d.GuildThreadsActive(b.guild.ID)
	if err != nil || len(active.Threads) != 2 || slices.ContainsFunc(active.Threads, func(c *discordgo.Channel) bool { return c.ID == thread.ID }) {
		t.Errorf("active: %+v, %v", active, err)
	}
	b.noViolations()
}

// invitable says whether members who are no moderators may add others.
func TestOnlyModeratorsAddToAThreadThatIsNotInvitable(t *testing.T) {
	t.Parallel()
	b := newBench(t, strict(t))
	status, _, text := b.post("POST", "channels/"+b.channel.ID+"/threads", "application/json", []byte(`{"name":"m","type":12,"invitable":false}`))
	if status != 201 {
		t.Fatal(text)
	}
	d := b.bot(nil)
	thread := b.Threads(b.channel)[0]
	b.Permit(b.channel, AllPermissions&^ManageThreads)
	b.refused(d.ThreadMemberAdd(thread.ID, b.alice.ID), CodeMissingPermissions)
	b.Permit(b.channel, AllPermissions)
	b.must(d.ThreadMemberAdd(thread.ID, b.alice.ID))
	b.noViolations()
}
