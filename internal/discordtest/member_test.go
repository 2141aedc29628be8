package discordtest

import (
	"testing"

	"github.com/bwmarrin/discordgo"
)

func TestMembersComeAndGo(t *testing.T) {
	t.Parallel()
	b := newBench(t, strict(t))
	d := b.bot(nil)
	dm, err := d.UserChannelCreate(b.alice.ID)
	b.must(err)
	write := func() error {
		_, err := d.ChannelMessageSend(dm.ID, "hi")
		return err
	}
	member := func() error {
		_, err := d.GuildMember(b.guild.ID, b.alice.ID)
		return err
	}
	b.must(write())
	b.Rename(b.alice, "alice2")
	if m, err := d.GuildMember(b.guild.ID, b.alice.ID); err != nil || m.User.Username != "alice2" {
		t.Errorf("member %+v, %v", m, err)
	}
	b.Leave(b.alice, b.guild)
	b.refused(member(), CodeUnknownMember)
	b.refused(write(), CodeNoMutualGuild)
	if len(b.Seen(b.alice, b.channel)) != 0 {
		t.Error("who left sees messages")
	}
	b.Join(b.alice, b.guild)
	b.must(member())
	b.must(write())
	b.DeleteUser(b.alice)
	b.refused(member(), CodeUnknownMember)
	b.refused(write(), CodeCannotMessageUser)
	_, err = d.UserChannelCreate(b.alice.ID)
	b.refused(err, CodeUnknownUser)
	_, err = d.GuildMember(b.guild.ID, "1")
	b.refused(err, CodeUnknownUser)
	b.noViolations()
}

func TestRolesAreGivenAndTaken(t *testing.T) {
	t.Parallel()
	b := newBench(t, strict(t))
	d := b.bot(nil)
	role := b.AddRole(b.guild, "Diamond")
	for range 2 { // again: no harm
		b.must(d.GuildMemberRoleAdd(b.guild.ID, b.alice.ID, role.ID))
	}
	m, err := d.GuildMember(b.guild.ID, b.alice.ID)
	if err != nil || len(m.Roles) != 1 || m.Roles[0] != role.ID {
		t.Errorf("member %+v, %v", m, err)
	}
	b.must(d.GuildMemberRoleRemove(b.guild.ID, b.alice.ID, role.ID))
	if roles := b.Roles(b.alice, b.guild); len(roles) != 0 {
		t.Errorf("roles %v", roles)
	}
	b.PermitIn(b.guild, AllPermissions&^ManageRoles)
	b.refused(d.GuildMemberRoleAdd(b.guild.ID, b.alice.ID, role.ID), CodeMissingPermissions)
	b.PermitIn(b.guild, AllPermissions)
	b.DeleteRole(b.guild, role)
	b.refused(d.GuildMemberRoleAdd(b.guild.ID, b.alice.ID, role.ID), CodeUnknownRole)
	b.noViolations()
}

// staff are commands for staff, with subcommands.
func staff() []*discordgo.ApplicationCommand {
	managers := int64(ManageGuild)
	guild := []discordgo.InteractionContextType{discordgo.InteractionContextGuild}
	return []*discordgo.ApplicationCommand{{
		Name: "admin", Description: "x", DefaultMemberPermissions: &managers, Contexts: &guild,
		Options: []*discordgo.ApplicationCommandOption{{
			Type: discordgo.ApplicationCommandOptionSubCommandGroup, Name: "penalty", Description: "x",
			Options: []*discordgo.ApplicationCommandOption{{
				Type: discordgo.ApplicationCommandOptionSubCommand, Name: "clear", Description: "x",
				Options: []*discordgo.ApplicationCommandOption{
					{Type: discordgo.ApplicationCommandOptionUser, Name: "player", Description: "x", Required: true},
					{Type: discordgo.ApplicationCommandOptionString, Name: "why", Description: "x", Autocomplete: true},
				},
			}},
		}},
	}}
}

func TestCommandsAreOfferedToThoseWhoMay(t *testing.T) {
	t.Parallel()
	b := newBench(t, strict(t))
	d, events := answering(b)
	_, err := d.ApplicationCommandBulkOverwrite(b.ApplicationID(), "", staff())
	b.must(err)
	bob := b.AddUser("bob")
	act := Slash{User: b.alice, Channel: b.channel, Command: "admin penalty clear", Options: []Option{{Name: "player", User: &bob}}}
	refused := func(why string, act Slash) {
		t.Helper()
		if _, err := b.Slash(act); err == nil {
			t.Error(why)
		}
	}
	refused("a player sees what is for staff", act)
	b.SetPermissions(b.alice, b.guild, ManageGuild)
	_, err = b.Slash(act)
	b.must(err)
	i := receive(b, events)
	group := i.ApplicationCommandData().Options[0]
	if group.Name != "penalty" || group.Options[0].Name != "clear" || group.Options[0].Options[0].UserValue(nil).ID != bob.ID {
		t.Errorf("the bot got %+v", group)
	}
	if resolved := i.ApplicationCommandData().Resolved; resolved.Users[bob.ID].Username != "bob" || resolved.Members[bob.ID] == nil {
		t.Errorf("resolved %+v", resolved)
	}
	if i.Member.Permissions&int64(ManageGuild) == 0 {
		t.Errorf("permissions %d", i.Member.Permissions)
	}

	part := act
	part.Command = "admin"
	refused("a group runs as a command", part)
	part.Command = "admin penalty"
	part.Options = nil
	refused("a group runs as a command", part)
	typing := act
	typing.Typing = true
	refused("a user is suggested by the bot", typing)
	typing.Options = append(typing.Options, Option{Name: "why", Value: "le"})
	_, err = b.Slash(typing)
	b.must(err)
	if focused := receive(b, events).ApplicationCommandData().Options[0].Options[0].Options[1]; !focused.Focused || focused.StringValue() != "le" {
		t.Errorf("typing %+v", focused)
	}
	direct := act
	direct.Channel = b.DM(b.alice)
	refused("a command of guilds is offered in direct messages", direct)
	b.SetPermissions(b.alice, b.guild, 0)
	refused("who was demoted still sees the command", act)
	act.Overridden = true
	_, err = b.Slash(act)
	b.must(err)
	b.noViolations()
}

func TestSelectsTakeWhatTheyAllow(t *testing.T) {
	t.Parallel()
	b := newBench(t, strict(t))
	d, events := answering(b)
	none := 0
	m, err := d.ChannelMessageSendComplex(b.channel.ID, &discordgo.MessageSend{Content: "x", Components: []discordgo.MessageComponent{
		discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.SelectMenu{
			CustomID: "vetoes", MinValues: &none, MaxValues: 2,
			Options: []discordgo.SelectMenuOption{{Label: "A", Value: "a", Default: true}, {Label: "B", Value: "b"}, {Label: "C", Value: "c"}},
		}}},
		discordgo.ActionsRow{Components: []discordgo.MessageComponent{
			discordgo.Button{Label: "Rules", Style: discordgo.LinkButton, URL: "https://example.org/rules"},
		}},
	}})
	b.must(err)
	for _, values := range [][]string{{"a", "b", "c"}, {"a", "a"}, {"d"}} {
		if _, err := b.Press(b.alice, m.ID, "vetoes", values...); err == nil {
			t.Errorf("%v can be picked", values)
		}
	}
	if _, err := b.Press(b.alice, m.ID, "Rules"); err == nil {
		t.Error("a link tells the bot")
	}
	for _, values := range [][]string{{}, {"a", "c"}} {
		_, err := b.Press(b.alice, m.ID, "vetoes", values...)
		b.must(err)
		if got := receive(b, events).MessageComponentData().Values; len(got) != len(values) {
			t.Errorf("picked %v, the bot got %v", values, got)
		}
	}
	b.noViolations()
}

func TestModalsTakeWhatTheyAllow(t *testing.T) {
	t.Parallel()
	b := newBench(t, strict(t))
	d, events := answering(b)
	inter, err := b.Slash(Slash{User: b.alice, Channel: b.channel, Command: "purge", Permissions: ManageMessages})
	b.must(err)
	b.must(d.InteractionRespond(receive(b, events), &discordgo.InteractionResponse{
		Type: discordgo.InteractionResponseModal,
		Data: &discordgo.InteractionResponseData{CustomID: "why", Title: "Why?", Components: []discordgo.MessageComponent{
			discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.TextInput{
				CustomID: "reason", Label: "Reason", Style: discordgo.TextInputShort, Required: true, MinLength: 3, MaxLength: 5,
			}}},
		}},
	}))
	for _, values := range []map[string]string{{}, {"reason": "ab"}, {"reason": "abcdef"}, {"reason": "abc", "other": "x"}} {
		if _, err := inter.Submit(values); err == nil {
			t.Errorf("%v can be sent", values)
		}
	}
	_, err = inter.Submit(map[string]string{"reason": "spam"})
	b.must(err)
	b.noViolations()
}

func TestOthersDoNotSeeWhatIsForOne(t *testing.T) {
	t.Parallel()
	b := newBench(t, strict(t))
	d, events := answering(b)
	bob := b.AddUser("bob")
	inter, err := b.Slash(Slash{User: b.alice, Channel: b.channel, Command: "purge", Permissions: ManageMessages})
	b.must(err)
	b.must(d.InteractionRespond(receive(b, events), &discordgo.InteractionResponse{
		Type: discordgo.InteractionResponseChannelMessageWithSource,
		Data: &discordgo.InteractionResponseData{Content: "Sure?", Flags: discordgo.MessageFlagsEphemeral, Components: []discordgo.MessageComponent{
			discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.Button{Label: "Yes", CustomID: "yes", Style: discordgo.DangerButton}}},
		}},
	}))
	m, _ := inter.Response()
	if len(b.Seen(b.alice, b.channel)) != 1 || len(b.Seen(bob, b.channel)) != 0 {
		t.Error("who sees it is wrong")
	}
	if _, err := b.Press(bob, m.ID, "Yes"); err == nil {
		t.Error("somebody else presses")
	}
	_, err = b.Press(b.alice, m.ID, "Yes")
	b.must(err)
	b.must(d.InteractionRespond(receive(b, events), &discordgo.InteractionResponse{
		Type: discordgo.InteractionResponseUpdateMessage,
		Data: &discordgo.InteractionResponseData{Content: "Done", Components: []discordgo.MessageComponent{}},
	}))
	if now, _ := b.Message(m.ID); now.Content != "Done" || !now.Ephemeral || len(now.Components) != 0 {
		t.Errorf("now %+v", now)
	}
	b.noViolations()
}
