package discordtest

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// audit holds the server's own answers against the OpenAPI description, so that
// a bot does not learn to live with fields that Discord does not send.
type audit struct {
	*bench
	next   http.RoundTripper
	routes *http.ServeMux
	seen   map[string]bool
}

func (a *audit) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := a.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	probe := r.Clone(r.Context())
	probe.URL.Path = strings.TrimPrefix(r.URL.Path, "/api/v9")
	_, route := a.routes.Handler(probe)
	a.check(route, resp.StatusCode, body)
	return resp, nil
}

func (a *audit) check(route string, status int, body []byte) {
	a.Helper()
	method, path, _ := strings.Cut(route, " ")
	place := []string{"paths", path, strings.ToLower(method), "responses", strconv.Itoa(status), "content", "application/json", "schema"}
	if status >= 400 {
		place = []string{"components", "schemas", "ErrorResponse"}
	}
	schema, err := a.schemas.compile(place...)
	if err != nil {
		a.Errorf("%s: %v", route, err)
		return
	}
	if schema == nil {
		if len(body) > 0 && path != "/oauth2/applications/@me" {
			a.Errorf("%s answers %d with a body that the description does not know", route, status)
		}
		return
	}
	a.seen[route+" "+strconv.Itoa(status)] = true
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		a.Errorf("%s: %v", route, err)
		return
	}
	if err := schema.Validate(value); err != nil {
		a.Errorf("%s answers %d wrongly: %v", route, status, explain(err))
	}
}

func TestAnswersFollowTheDescription(t *testing.T) {
	t.Parallel()
	b := newBench(t, described(t))
	a := &audit{bench: b, next: b.Transport(), routes: http.NewServeMux(), seen: make(map[string]bool)}
	for _, r := range b.routes() {
		a.routes.HandleFunc(r.pattern, func(http.ResponseWriter, *http.Request) {})
	}
	d, events := answering(b)
	d.Client = &http.Client{Transport: a}
	check := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	check(d.Gateway())
	check(d.GatewayBot())
	check(d.User("@me"))
	check(d.User(b.alice.ID))
	check(d.Request("GET", discordgo.EndpointApplications+"/@me", nil))
	check(d.UserChannelCreate(b.alice.ID))
	check(d.ApplicationCommandBulkOverwrite(b.ApplicationID(), "", commands()))
	check(d.ApplicationCommands(b.ApplicationID(), ""))
	guildCommand, err := d.ApplicationCommandCreate(b.ApplicationID(), b.guild.ID, &discordgo.ApplicationCommand{Name: "test", Description: "A test"})
	check(nil, err)
	check(nil, d.ApplicationCommandDelete(b.ApplicationID(), b.guild.ID, guildCommand.ID))
	check(d.Channel(b.channel.ID))
	check(nil, d.ChannelTyping(b.channel.ID))

	upload := b.Upload(Upload{Channel: b.channel, Author: b.alice, Mention: true, Files: []File{{Name: "a.SC2Replay", Data: []byte("x")}}})
	sent, err := d.ChannelMessageSendComplex(b.channel.ID, &discordgo.MessageSend{
		Content:   "hello",
		Reference: &discordgo.MessageReference{MessageID: upload.ID},
		Embeds: []*discordgo.MessageEmbed{{
			Title: "Map", URL: "https://example.org", Color: 0xff, Timestamp: "2024-01-02T03:04:05Z",
			Fields: []*discordgo.MessageEmbedField{{Name: "n", Value: "v"}}, Footer: &discordgo.MessageEmbedFooter{Text: "f"},
			Author: &discordgo.MessageEmbedAuthor{Name: "a"}, Image: &discordgo.MessageEmbedImage{URL: "attachment://a.png"},
		}},
		Files: []*discordgo.File{{Name: "a.png", ContentType: "image/png", Reader: strings.NewReader("x")}, {Name: "b.txt", Reader: strings.NewReader("y")}},
		Components: []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{
			discordgo.Button{Label: "Go", CustomID: "go", Style: discordgo.PrimaryButton},
		}}, discordgo.ActionsRow{Components: []discordgo.MessageComponent{
			discordgo.SelectMenu{CustomID: "pick", Options: []discordgo.SelectMenuOption{{Label: "a", Value: "a"}}},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	check(d.ChannelMessageEdit(b.channel.ID, sent.ID, "edited"))
	check(d.ChannelMessage(b.channel.ID, sent.ID))
	check(d.ChannelMessages(b.channel.ID, 10, "", "", ""))
	_, err = d.ChannelMessage(b.channel.ID, "1")
	b.refused(err, CodeUnknownMessage)

	thread := b.begun(d)
	check(d.Channel(thread.ID))
	check(d.ChannelEditComplex(thread.ID, &discordgo.ChannelEdit{Name: "Match 8"}))
	check(nil, d.ThreadMemberAdd(thread.ID, b.alice.ID))
	check(nil, d.ThreadMemberRemove(thread.ID, b.alice.ID))
	check(d.GuildThreadsActive(b.guild.ID))
	check(d.GuildMember(b.guild.ID, b.alice.ID))
	role := b.AddRole(b.guild, "Diamond")
	check(nil, d.GuildMemberRoleAdd(b.guild.ID, b.alice.ID, role.ID))
	check(nil, d.GuildMemberRoleRemove(b.guild.ID, b.alice.ID, role.ID))

	inter, err := b.SlashReplay(b.alice, b.channel, File{Name: "a.SC2Replay", Data: []byte("x")})
	check(inter, err)
	i := receive(b, events)
	check(d.RequestWithBucketID("POST", discordgo.EndpointInteractionResponse(i.ID, i.Token)+"?with_response=true", deferred(0), "callback"))
	check(d.InteractionResponse(i))
	text := "done"
	check(d.InteractionResponseEdit(i, &discordgo.WebhookEdit{Content: &text}))
	further, err := d.FollowupMessageCreate(i, true, &discordgo.WebhookParams{Content: "further"})
	check(nil, err)
	check(d.FollowupMessageEdit(i, further.ID, &discordgo.WebhookEdit{Content: &text}))
	check(nil, d.FollowupMessageDelete(i, further.ID))
	check(nil, d.InteractionResponseDelete(i))
	check(nil, d.ChannelMessageDelete(b.channel.ID, sent.ID))
	if len(a.seen) < 24 {
		t.Errorf("only %d kinds of answers were checked: %v", len(a.seen), a.seen)
	}
	b.noViolations()
}
