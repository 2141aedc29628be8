package discord_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
)

// card is a message with all that a message can have.
func card(alice discordtest.User) discord.Outgoing {
	user := discord.UserID(alice.ID)
	return discord.Outgoing{
		Content: discord.Mention(user) + " <@1> @everyone", Mentions: []discord.UserID{user},
		Embeds: []*discord.Embed{{Type: discord.RichEmbed, Title: "Match 7", URL: "https://example.org/matches/7"}, {Type: discord.RichEmbed, Title: "Rating"}},
		Rows: []discord.Row{
			discord.Buttons(
				discord.Button{Style: discord.Primary, Label: "Confirm", CustomID: discord.CustomID("confirm", "7")},
				discord.Button{Label: "Rules", URL: "https://example.org/rules"},
			),
			discord.Select{CustomID: discord.CustomID("veto", "7"), Placeholder: "Vetoes", Optional: true, Most: 2, Options: []discord.SelectOption{
				{Label: "A", Value: "a", Default: true}, {Label: "B", Value: "b"}, {Label: "C", Value: "c"},
			}}.Row(),
			discord.Select{CustomID: discord.CustomID("gone", "7"), Disabled: true, Options: []discord.SelectOption{{Label: "A", Value: "a"}}}.Row(),
		},
	}
}

func (p *panel) posted(id discord.MessageID) discordtest.Message {
	p.Helper()
	m, ok := p.Message(string(id))
	if !ok {
		p.Fatalf("there is no message %s", id)
	}
	return m
}

func (p *panel) because(err error, want discord.Reason) {
	p.Helper()
	if discord.ReasonOf(err) != want || !errors.Is(err, want) || discord.BadRequest(err) {
		p.Errorf("refused with %v, want: %v", err, want)
	}
}

func TestAMessageIsPostedEditedAndDeleted(t *testing.T) {
	t.Parallel()
	p := newClient(t)
	in := discord.ChannelID(p.channel.ID)
	m, err := p.client.Post(p.ctx, in, card(p.alice))
	p.must(err)
	now := p.posted(m.ID)
	if diff := cmp.Diff([]string{p.alice.ID}, now.Mentions); diff != "" || len(now.Embeds) != 2 || now.Embeds[0].URL == "" {
		t.Errorf("posted %+v: %s", now, diff)
	}
	veto, _ := now.Component(discord.CustomID("veto", "7"))
	if *veto.MinValues != 0 || *veto.MaxValues != 2 || !veto.Options[0].Default {
		t.Errorf("select %+v", veto)
	}
	one, _ := now.Component(discord.CustomID("gone", "7"))
	if *one.MinValues != 1 || *one.MaxValues != 1 || !one.Disabled {
		t.Errorf("select %+v", one)
	}
	if link := now.Components[0].Components[1]; link.Style != 5 || link.CustomID != "" {
		t.Errorf("link %+v", link)
	}
	p.must(p.client.Edit(p.ctx, in, m.ID, discord.Outgoing{Content: "over"}))
	if now := p.posted(m.ID); now.Content != "over" || len(now.Embeds)+len(now.Components)+len(now.Mentions) > 0 {
		t.Errorf("edited into %+v", now)
	}
	for range 2 { // again: it is deleted
		p.must(p.client.Delete(p.ctx, in, m.ID))
	}
	p.because(p.client.Edit(p.ctx, in, m.ID, card(p.alice)), discord.ReasonMessageGone)
	p.Permit(p.channel, discordtest.ViewChannel)
	_, err = p.client.Post(p.ctx, in, card(p.alice))
	p.because(err, discord.ReasonNoPermission)
	p.Permit(p.channel, 0)
	p.because(p.client.Delete(p.ctx, in, m.ID), discord.ReasonNoAccess)
	p.DeleteChannel(p.channel)
	p.because(p.client.Edit(p.ctx, in, m.ID, card(p.alice)), discord.ReasonChannelGone)
}

func TestDirectMessagesOpenTheirChannelOnce(t *testing.T) {
	t.Parallel()
	p := newClient(t)
	user := discord.UserID(p.alice.ID)
	post := func() error {
		_, err := p.client.PostDirect(p.ctx, user, card(p.alice))
		return err
	}
	p.must(post())
	p.must(post())
	if n := p.Requests("POST /users/@me/channels"); n != 1 || len(p.Seen(p.alice, p.DM(p.alice))) != 2 {
		t.Errorf("%d channels opened for %d messages", n, len(p.Seen(p.alice, p.DM(p.alice))))
	}
	p.BlockDMs(p.alice, true)
	p.because(post(), discord.ReasonDirectClosed)
	p.BlockDMs(p.alice, false)
	p.Leave(p.alice, p.guild)
	p.because(post(), discord.ReasonNotMember)
	p.Inject(discordtest.Fault{
		Trouble: discordtest.Failure, Status: 404, Code: discordtest.CodeUnknownChannel, Times: 1, Route: "POST /channels/{channel_id}/messages",
	})
	p.because(post(), discord.ReasonChannelGone)
	p.Join(p.alice, p.guild)
	p.must(post()) // in a channel that was opened anew
	if n := p.Requests("POST /users/@me/channels"); n != 2 {
		t.Errorf("%d channels opened", n)
	}
	p.DeleteUser(p.alice)
	p.because(post(), discord.ReasonDirectClosed)
	nobody := p.AddUser("nobody")
	p.DeleteUser(nobody)
	user = discord.UserID(nobody.ID)
	p.because(post(), discord.ReasonUserGone)
}

// A component's message is changed by the answer itself, by a form that it opened too.
func TestTheUseOfAComponentChangesItsMessage(t *testing.T) {
	t.Parallel()
	p := newClient(t)
	used := make(chan discord.MessageID, 2)
	p.listen([]discord.Route{
		{Kind: discord.Component, Name: "confirm", Handle: func(ctx context.Context, i *discord.Interaction) error {
			used <- i.Message
			return p.client.Open(ctx, i, discord.Form{CustomID: discord.CustomID("why", i.Argument), Title: "Why?", Inputs: []discord.Input{
				{Name: "reason", Label: "Reason", Long: true, Hint: "in a few words", Value: "gg", Least: 2, Most: 10},
			}})
		}},
		{Kind: discord.Modal, Name: "why", Handle: func(ctx context.Context, i *discord.Interaction) error {
			used <- i.Message
			return p.client.Update(ctx, i, discord.Outgoing{Content: i.Argument + ": " + i.Form.Values["reason"]})
		}},
	})
	m, err := p.client.Post(p.ctx, discord.ChannelID(p.channel.ID), card(p.alice))
	p.must(err)
	pressed, err := p.Press(p.alice, string(m.ID), "Confirm")
	p.must(err)
	_, err = pressed.WaitAck(p.ctx)
	p.must(err)
	if _, err := pressed.Submit(map[string]string{"reason": strings.Repeat("x", 11)}); err == nil {
		t.Error("the input takes too much")
	}
	sent, err := pressed.Submit(nil) // as it stands
	p.must(err)
	if now, err := sent.WaitResponse(p.ctx, func(m discordtest.Message) bool { return m.Content == "7: gg" }); err != nil || now.ID != string(m.ID) {
		t.Errorf("the message is %+v: %v", now, err)
	}
	if a, b := <-used, <-used; a != m.ID || b != m.ID {
		t.Errorf("used were %s and %s", a, b)
	}
}
