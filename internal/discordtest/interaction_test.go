package discordtest

import (
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
)

// commands are what the bot of these tests registers.
func commands() []*discordgo.ApplicationCommand {
	everywhere := []discordgo.InteractionContextType{discordgo.InteractionContextGuild, discordgo.InteractionContextBotDM}
	moderators := int64(1 << 13)
	return []*discordgo.ApplicationCommand{
		{
			Name: "replay", Description: "Analyse a replay", Contexts: &everywhere,
			Options: []*discordgo.ApplicationCommandOption{{
				Type: discordgo.ApplicationCommandOptionAttachment, Name: "file", Description: "The file", Required: true,
			}},
		},
		{Name: "Analyse replay", Type: discordgo.MessageApplicationCommand},
		{Name: "purge", Description: "For moderators", DefaultMemberPermissions: &moderators},
	}
}

// answering is a bot with commands that hands its interactions out.
func answering(b *bench) (*discordgo.Session, <-chan *discordgo.Interaction) {
	b.Helper()
	out := make(chan *discordgo.Interaction, 100)
	d := b.bot(func(d *discordgo.Session) {
		d.AddHandler(func(_ *discordgo.Session, i *discordgo.InteractionCreate) { out <- i.Interaction })
	})
	if _, err := d.ApplicationCommandBulkOverwrite(b.ApplicationID(), "", commands()); err != nil {
		b.Fatal(err)
	}
	return d, out
}

func deferred(flags discordgo.MessageFlags) *discordgo.InteractionResponse {
	r := &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredChannelMessageWithSource}
	if flags != 0 {
		r.Data = &discordgo.InteractionResponseData{Flags: flags}
	}
	return r
}

func TestSlashReplayIsDeferredAndEdited(t *testing.T) {
	t.Parallel()
	b := newBench(t, strict(t))
	d, events := answering(b)
	inter, err := b.SlashReplay(b.alice, b.channel, File{Name: "game.SC2Replay", Data: []byte("MPQ\x1b")})
	if err != nil {
		t.Fatal(err)
	}
	i := receive(b, events)
	data := i.ApplicationCommandData()
	file := data.Resolved.Attachments[data.GetOption("file").Value.(string)]
	if file.Filename != "game.SC2Replay" || !strings.Contains(file.URL, "/ephemeral-attachments/") || i.Member.User.ID != b.alice.ID {
		t.Errorf("the bot got %+v from %+v", file, i.Member)
	}
	if err := d.InteractionRespond(i, deferred(0)); err != nil {
		t.Fatal(err)
	}
	if m, ok := inter.Response(); !ok || !m.Loading() || m.Ephemeral {
		t.Errorf("the answer is %+v, want a message that is loading", m)
	}
	reply, err := d.InteractionResponse(i)
	if err != nil {
		t.Fatal(err)
	}
	text := "parsed"
	if _, err := d.InteractionResponseEdit(i, &discordgo.WebhookEdit{Content: &text}); err != nil {
		t.Fatal(err)
	}
	m, err := inter.WaitResponse(b.ctx, func(m Message) bool { return m.Content == text })
	if err != nil || m.ID != reply.ID || m.Loading() || inter.Acked() != AckDeferred || inter.AckedAfter() <= 0 {
		t.Errorf("answer %+v (%v), acknowledged with %d after %v", m, err, inter.Acked(), inter.AckedAfter())
	}

	b.Advance(tokenLife + time.Second)
	_, err = d.InteractionResponseEdit(i, &discordgo.WebhookEdit{Content: &text})
	b.refused(err, CodeInvalidWebhookToken)
	if _, err := d.ChannelMessageEdit(reply.ChannelID, reply.ID, "by the bot's token"); err != nil {
		t.Errorf("edit as a channel message: %v", err)
	}
	b.Delete(reply.ID)
	_, err = d.ChannelMessageEdit(reply.ChannelID, reply.ID, "gone")
	b.refused(err, CodeUnknownMessage)
	b.noViolations()
}

func TestEphemeralAnswersAreOutOfTheTokensReach(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	d, events := answering(b)
	inter, err := b.SlashReplay(b.alice, b.DM(b.alice), File{Name: "x", Data: []byte("x")})
	if err != nil {
		t.Fatal(err)
	}
	i := receive(b, events)
	if i.User == nil || i.Member != nil {
		t.Error("in direct messages the user is not in User")
	}
	if err := d.InteractionRespond(i, deferred(discordgo.MessageFlagsEphemeral)); err != nil {
		t.Fatal(err)
	}
	first, err := d.FollowupMessageCreate(i, true, &discordgo.WebhookParams{Content: "takes the place"})
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := inter.Response(); m.ID != first.ID || !m.Ephemeral || m.Content != "takes the place" {
		t.Errorf("after the first follow-up the answer is %+v", m)
	}
	if _, err := d.FollowupMessageCreate(i, true, &discordgo.WebhookParams{Content: "a further one"}); err != nil {
		t.Fatal(err)
	}
	if n := len(inter.Followups()); n != 1 {
		t.Errorf("%d follow-ups, want 1", n)
	}
	_, err = d.ChannelMessage(first.ChannelID, first.ID)
	b.refused(err, CodeUnknownMessage)
	b.noViolations()
}

func TestMenuShowsTheMessageWhole(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	d, events := answering(b)
	upload := b.Upload(Upload{Channel: b.channel, Author: b.alice, Files: []File{{Name: "game.SC2Replay", Data: []byte("x")}}})
	if _, err := b.Menu(b.alice, "Analyse replay", upload.ID); err != nil {
		t.Fatal(err)
	}
	i := receive(b, events)
	data := i.ApplicationCommandData()
	if m := data.Resolved.Messages[data.TargetID]; m == nil || len(m.Attachments) != 1 {
		t.Errorf("the bot got %+v", m)
	}
	if err := d.InteractionRespond(i, deferred(0)); err != nil {
		t.Fatal(err)
	}
	b.noViolations()
}

func TestPressUpdatesTheMessage(t *testing.T) {
	t.Parallel()
	b := newBench(t, strict(t))
	d, events := answering(b)
	row := func(disabled bool) []discordgo.MessageComponent {
		return []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{
			discordgo.Button{Label: "Confirm", CustomID: "confirm:7", Style: discordgo.PrimaryButton, Disabled: disabled},
		}}}
	}
	sent, err := d.ChannelMessageSendComplex(b.channel.ID, &discordgo.MessageSend{Content: "Right?", Components: row(false)})
	if err != nil {
		t.Fatal(err)
	}
	inter, err := b.Press(b.alice, sent.ID, "confirm:7")
	if err != nil {
		t.Fatal(err)
	}
	i := receive(b, events)
	if i.MessageComponentData().CustomID != "confirm:7" || i.Message.ID != sent.ID {
		t.Errorf("the bot got %+v", i)
	}
	err = d.InteractionRespond(i, &discordgo.InteractionResponse{
		Type: discordgo.InteractionResponseUpdateMessage,
		Data: &discordgo.InteractionResponseData{Content: "Confirmed", Components: row(true)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := inter.Response(); m.ID != sent.ID || m.Content != "Confirmed" || m.Edits() != 1 {
		t.Errorf("the message is now %+v", m)
	}
	if _, err := b.Press(b.alice, sent.ID, "confirm:7"); err == nil {
		t.Error("a disabled button can be pressed")
	}
	b.noViolations()
}

func TestModalIsShownAndSubmitted(t *testing.T) {
	t.Parallel()
	b := newBench(t, strict(t))
	d, events := answering(b)
	inter, err := b.Slash(Slash{User: b.alice, Channel: b.channel, Command: "purge", Permissions: ManageMessages})
	if err != nil {
		t.Fatal(err)
	}
	err = d.InteractionRespond(receive(b, events), &discordgo.InteractionResponse{
		Type: discordgo.InteractionResponseModal,
		Data: &discordgo.InteractionResponseData{CustomID: "why", Title: "Why?", Components: []discordgo.MessageComponent{
			discordgo.ActionsRow{Components: []discordgo.MessageComponent{
				discordgo.TextInput{CustomID: "reason", Label: "Reason", Style: discordgo.TextInputShort},
			}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inter.Submit(map[string]string{"reason": "spam"}); err != nil {
		t.Fatal(err)
	}
	data := receive(b, events).ModalSubmitData()
	input := data.Components[0].(*discordgo.ActionsRow).Components[0].(*discordgo.TextInput)
	if data.CustomID != "why" || input.Value != "spam" {
		t.Errorf("the bot got %+v with %+v", data, input)
	}
	b.noViolations()
}

func TestAcknowledgementIsDueOnceAndInTime(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	d, events := answering(b)
	run := func() *discordgo.Interaction {
		t.Helper()
		if _, err := b.Slash(Slash{User: b.alice, Channel: b.channel, Command: "purge", Permissions: ManageMessages}); err != nil {
			t.Fatal(err)
		}
		return receive(b, events)
	}
	twice := run()
	_, err := d.InteractionResponse(twice) // to ask is no mistake
	b.refused(err, CodeUnknownWebhook)
	_, err = d.FollowupMessageCreate(twice, true, &discordgo.WebhookParams{Content: "early"})
	b.refused(err, CodeUnknownWebhook)
	if err := d.InteractionRespond(twice, deferred(0)); err != nil {
		t.Fatal(err)
	}
	b.refused(d.InteractionRespond(twice, deferred(0)), CodeAlreadyAcknowledged)
	late := run()
	b.Advance(ackWithin)
	b.refused(d.InteractionRespond(late, deferred(0)), CodeUnknownInteraction)
	if n := len(b.Violations()); n != 3 {
		t.Errorf("%d violations, want 3: %v", n, b.Violations())
	}
}

func TestCommandsAreKeptAndChecked(t *testing.T) {
	t.Parallel()
	b := newBench(t, strict(t))
	d, _ := answering(b)
	first, err := b.WaitCommand(b.ctx, "replay")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.ApplicationCommandBulkOverwrite(b.ApplicationID(), "", commands()[:1]); err != nil {
		t.Fatal(err)
	}
	if list := b.Commands(); len(list) != 1 || list[0].ID != first.ID {
		t.Errorf("after an overwrite the commands are %+v, want the one with its id", list)
	}
	if _, err := b.Slash(Slash{User: b.alice, Channel: b.channel, Command: "replay"}); err == nil {
		t.Error("a required option can be left out")
	}
	b.noViolations()
	bad := commands()[:1]
	bad[0].Name = "Replay It"
	_, err = d.ApplicationCommandBulkOverwrite(b.ApplicationID(), "", bad)
	b.refused(err, CodeInvalidForm)
	if len(b.Violations()) != 1 {
		t.Errorf("violations %v, want one", b.Violations())
	}
}
