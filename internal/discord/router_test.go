package discord_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
)

// panel is a bot on a loopback Discord that shows what a router can do.
type panel struct {
	*testing.T
	*discordtest.Server
	ctx     context.Context
	client  *discord.Client
	guild   discordtest.Guild
	channel discordtest.Channel
	alice   discordtest.User
	did     chan string   // by the handlers
	slow    chan struct{} // closed: the slow ones go on
}

var everywhere = []int{discord.OfferedInGuild, discord.OfferedInDirect}

func sentence(text string) func(*discord.Interaction) string {
	return func(*discord.Interaction) string { return text }
}

// newPanel is a panel whose client listens and has registered the commands.
func newPanel(t *testing.T) *panel {
	t.Helper()
	p := newClient(t)
	p.listen(p.routes())
	return p
}

// newClient is a panel whose client does not listen.
func newClient(t *testing.T) *panel {
	t.Helper()
	schema, err := discordtest.SharedOpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	server, err := discordtest.New(discordtest.Options{OpenAPI: schema})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errors.New("nothing happened for too long"))
	t.Cleanup(cancel)
	log := slog.New(slog.DiscardHandler)
	client, err := discord.New(discord.Config{Token: server.Token(), APIBase: server.URL(), Pace: discord.Pace{
		First: 5 * time.Millisecond, Most: 50 * time.Millisecond, Fresh: 5 * time.Millisecond,
		Lived: time.Hour, Wait: 20 * time.Millisecond, Hello: 2 * time.Second,
	}}, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	p := &panel{T: t, Server: server, ctx: ctx, client: client, alice: server.AddUser("alice"), did: make(chan string, 10), slow: make(chan struct{})}
	p.guild = server.AddGuild("EvoLadder")
	p.channel = server.AddChannel(p.guild, "ladder")
	t.Cleanup(func() {
		for _, violation := range server.Violations() {
			t.Errorf("violation: %v", violation)
		}
	})
	return p
}

// listen brings interactions to the handlers of routes until the test ends.
func (p *panel) listen(routes []discord.Route) {
	p.Helper()
	router := discord.NewRouter(p.client, slog.New(slog.DiscardHandler), discord.Sentences{
		Unknown: sentence("unknown"), Denied: sentence("denied"), Failed: sentence("failed"),
	}, routes)
	app, err := p.client.Identify(p.ctx)
	p.must(err)
	p.client.Register(p.ctx, app, "", router.Commands())
	listening, stop := context.WithCancel(p.ctx)
	ended := make(chan error, 1)
	go func() {
		ended <- p.client.Listen(listening, p.ctx, discord.Listener{
			Message: func(context.Context, *discord.Message) {}, Interaction: router.Handle,
			Gap: func() {}, Begun: func() {}, NoContent: func() {},
		})
	}()
	p.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			p.Errorf("Listen: %v", err)
		}
	})
	p.must(p.WaitReady(p.ctx))
}

func (p *panel) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// routes are a command that shows buttons and a select, what they do, a form, and
// handlers that fail.
func (p *panel) routes() []discord.Route {
	said := func(what string) func(context.Context, *discord.Interaction) error {
		return func(_ context.Context, i *discord.Interaction) error {
			p.did <- strings.TrimSpace(what + " " + i.Argument + " " + strings.Join(i.Component.Values, ","))
			return nil
		}
	}
	fails := func(context.Context, *discord.Interaction) error { return errors.New("no database") }
	command := func(name string, route discord.Route) discord.Route {
		route.Kind, route.Name, route.Description, route.Contexts = discord.Slash, name, "x", everywhere
		return route
	}
	return []discord.Route{
		command("panel", discord.Route{Handle: func(ctx context.Context, i *discord.Interaction) error {
			_, err := p.client.Answer(ctx, i, discord.Outgoing{Content: "play", Rows: []discord.Row{
				discord.Buttons(
					discord.Button{Style: discord.Primary, Label: "Join", CustomID: discord.CustomID("join", "7")},
					discord.Button{Style: discord.Danger, Label: "Report", CustomID: discord.CustomID("report", "7")},
					discord.Button{Style: discord.Secondary, Label: "Fail", CustomID: discord.CustomID("fail", "7")},
					discord.Button{Style: discord.Secondary, Label: "Stale", CustomID: discord.CustomID("of a version before", "7")},
					discord.Button{Style: discord.Secondary, Label: "Foreign", CustomID: "foreign"},
				),
				discord.Select{CustomID: discord.CustomID("race", ""), Options: []discord.SelectOption{
					{Label: "Terran", Value: "terr"}, {Label: "Zerg", Value: "zerg"},
				}}.Row(),
			}})
			return err
		}}),
		{Kind: discord.Component, Name: "join", Ack: discord.DeferredUpdate, Handle: said("join")},
		{Kind: discord.Component, Name: "race", Ack: discord.DeferredUpdate, Handle: said("race")},
		{Kind: discord.Component, Name: "fail", Ack: discord.DeferredUpdate, Handle: fails},
		{Kind: discord.Component, Name: "report", Handle: func(ctx context.Context, i *discord.Interaction) error {
			return p.client.Open(ctx, i, discord.Form{CustomID: discord.CustomID("reason", i.Argument), Title: "Report", Inputs: []discord.Input{
				{Name: "who", Label: "Who?", Most: 100}, {Name: "why", Label: "Why?", Long: true, Optional: true},
			}})
		}},
		{Kind: discord.Modal, Name: "reason", Ack: discord.DeferredPrivate, Handle: func(ctx context.Context, i *discord.Interaction) error {
			_, err := p.client.EditReply(ctx, i, "", discord.Outgoing{
				Content: fmt.Sprintf("reported %s: %s, %s", i.Argument, i.Form.Values["who"], i.Form.Values["why"]), Private: true,
			})
			return err
		}},
		command("later", discord.Route{Ack: discord.Deferred, Handle: func(ctx context.Context, i *discord.Interaction) error {
			_, err := p.client.EditReply(ctx, i, "", discord.Outgoing{Content: "done"})
			return err
		}}),
		command("slow", discord.Route{Ack: discord.Deferred, Handle: func(ctx context.Context, i *discord.Interaction) error {
			select {
			case <-p.slow:
			case <-ctx.Done():
				return ctx.Err()
			}
			_, err := p.client.EditReply(ctx, i, "", discord.Outgoing{Content: "done"})
			return err
		}}),
		command("staff", discord.Route{Permission: discord.ManageGuild, Handle: said("staff")}),
		command("fails", discord.Route{Handle: fails}),
		command("silent", discord.Route{Handle: func(context.Context, *discord.Interaction) error { return nil }}),
		command("panics", discord.Route{Ack: discord.DeferredPrivate, Handle: func(context.Context, *discord.Interaction) error { panic("x") }}),
		command("map", discord.Route{Handle: said("map"), Options: []*discord.CommandOption{{
			Type: discord.OptionText, Name: "name", Description: "x",
			Suggest: func(_ context.Context, _ *discord.Interaction, typed string) ([]discord.Choice, error) {
				if typed == "fail" {
					return nil, errors.New("no database")
				}
				return []discord.Choice{{Name: typed + "!", Value: typed}}, nil
			},
		}}}),
	}
}

func (p *panel) slash(act discordtest.Slash) *discordtest.Interaction {
	p.Helper()
	act.User, act.Channel = p.alice, p.channel
	i, err := p.Slash(act)
	p.must(err)
	_, err = i.WaitAck(p.ctx)
	p.must(err)
	return i
}

// shown is the message with the buttons.
func (p *panel) shown() discordtest.Message {
	p.Helper()
	m, ok := p.slash(discordtest.Slash{Command: "panel"}).Response()
	if !ok {
		p.Fatal("no panel")
	}
	return m
}

func (p *panel) press(m discordtest.Message, custom string, values ...string) *discordtest.Interaction {
	p.Helper()
	i, err := p.Press(p.alice, m.ID, custom, values...)
	p.must(err)
	_, err = i.WaitAck(p.ctx)
	p.must(err)
	return i
}

// alone waits for a message that the player alone sees.
func (p *panel) alone(i *discordtest.Interaction, text string) {
	p.Helper()
	m, err := i.WaitResponse(p.ctx, func(m discordtest.Message) bool { return m.Content == text })
	if err != nil || m.Flags&discordtest.FlagEphemeral == 0 {
		p.Errorf("answered with %+v: %v", m, err)
	}
}

func TestComponentsReachTheirHandlers(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	m := p.shown()
	for _, press := range []struct {
		custom, value, want string
	}{
		{discord.CustomID("join", "7"), "", "join 7"},
		{discord.CustomID("race", ""), "zerg", "race  zerg"},
	} {
		var values []string
		if press.value != "" {
			values = append(values, press.value)
		}
		if i := p.press(m, press.custom, values...); i.Acked() != discordtest.AckDeferredUpdate {
			t.Errorf("%s is acknowledged with %d", press.custom, i.Acked())
		}
		select {
		case did := <-p.did:
			if did != press.want {
				t.Errorf("did %q, want %q", did, press.want)
			}
		case <-p.ctx.Done():
			t.Fatal(context.Cause(p.ctx))
		}
	}
}

func TestStaleComponentsAreAnsweredWithASentence(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	m := p.shown()
	p.alone(p.press(m, discord.CustomID("of a version before", "7")), "unknown")
	p.alone(p.press(m, "foreign"), "unknown")
}

func TestAFormIsOpenedAndSubmitted(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	pressed := p.press(p.shown(), discord.CustomID("report", "7"))
	form, ok := pressed.Modal()
	if !ok || form.Title != "Report" {
		t.Fatalf("opened %+v", form)
	}
	sent, err := pressed.Submit(map[string]string{"who": "bob", "why": "left"})
	p.must(err)
	p.alone(sent, "reported 7: bob, left")
	if sent.Acked() != discordtest.AckDeferred {
		t.Errorf("acknowledged with %d", sent.Acked())
	}

	// A form that was open while the bot was replaced by another version.
	p.Distort("INTERACTION_CREATE", func(i map[string]any) any {
		i["data"].(map[string]any)["custom_id"] = "v0:reason:7"
		return i
	})
	stale, err := pressed.Submit(map[string]string{"who": "bob"})
	p.must(err)
	p.alone(stale, "unknown")
}

func TestADeferredAnswerIsEdited(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	i := p.slash(discordtest.Slash{Command: "later"})
	m, err := i.WaitResponse(p.ctx, func(m discordtest.Message) bool { return m.Content == "done" })
	if err != nil || i.Acked() != discordtest.AckDeferred || m.Flags&discordtest.FlagEphemeral != 0 {
		t.Errorf("acknowledged with %d, answered with %+v: %v", i.Acked(), m, err)
	}
}

// A failure that passes costs no interaction.
func TestAnAcknowledgementIsTriedAgain(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	p.Inject(discordtest.Fault{
		Trouble: discordtest.Failure, Times: 1, Route: "POST /interactions/{interaction_id}/{interaction_token}/callback",
	})
	i := p.slash(discordtest.Slash{Command: "later"})
	if _, err := i.WaitResponse(p.ctx, func(m discordtest.Message) bool { return m.Content == "done" }); err != nil {
		t.Error(err)
	}
}

func TestAHandlerThatFailsIsAnsweredFor(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	p.alone(p.slash(discordtest.Slash{Command: "fails"}), "failed")
	p.alone(p.slash(discordtest.Slash{Command: "panics"}), "failed")
	p.alone(p.slash(discordtest.Slash{Command: "silent"}), "failed")
	m := p.shown()
	pressed := p.press(m, discord.CustomID("fail", "7"))
	p.must(p.Wait(p.ctx, func() bool { return len(pressed.Followups()) == 1 }))
	if said := pressed.Followups()[0]; said.Content != "failed" || said.Flags&discordtest.FlagEphemeral == 0 {
		t.Errorf("said %+v", said)
	}
	if now, _ := p.Message(m.ID); now.Content != "play" {
		t.Errorf("the panel reads %q", now.Content)
	}
}

// Handlers that take long keep no other interaction from its acknowledgement, and
// come to an end each.
func TestSlowHandlersHoldUpNoAcknowledgement(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	var slow []*discordtest.Interaction
	for range 300 { // more than may work, or wait to be acknowledged, at once
		slow = append(slow, p.slash(discordtest.Slash{Command: "slow"}))
	}
	p.shown()
	close(p.slow)
	for _, i := range slow {
		if _, err := i.WaitResponse(p.ctx, func(m discordtest.Message) bool { return m.Content == "done" }); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPermissionsAreCheckedAgain(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	if _, err := p.Slash(discordtest.Slash{User: p.alice, Channel: p.channel, Command: "staff"}); err == nil {
		p.Error("a command for the server's managers is offered to everybody")
	}
	p.alone(p.slash(discordtest.Slash{Command: "staff", Overridden: true}), "denied")
	act, err := p.Slash(discordtest.Slash{
		User: p.alice, Channel: p.channel, Command: "staff", Permissions: discordtest.Permissions(discord.ManageGuild),
	})
	p.must(err)
	_ = act
	select {
	case did := <-p.did:
		if did != "staff" {
			t.Errorf("did %q", did)
		}
	case <-p.ctx.Done():
		t.Fatal(context.Cause(p.ctx))
	}
	command, err := p.WaitCommand(p.ctx, "staff")
	p.must(err)
	if string(command.DefaultPermissions) != `"32"` {
		t.Errorf("registered for %s", command.DefaultPermissions)
	}
}

func TestOptionsSuggestValues(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	for typed, want := range map[string][]discordtest.Choice{
		"Ever": {{Name: "Ever!", Value: "Ever"}},
		"fail": {},
	} {
		i := p.slash(discordtest.Slash{Command: "map", Typing: true, Options: []discordtest.Option{{Name: "name", Value: typed}}})
		if diff := cmp.Diff(want, i.Choices()); diff != "" || i.Acked() != discordtest.AckAutocomplete {
			t.Errorf("%s: acknowledged with %d, choices %s", typed, i.Acked(), diff)
		}
	}
}

// The command may be of another version of the bot.
func TestAnOptionWithoutSuggestionsIsAnswered(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	p.Distort("INTERACTION_CREATE", func(i map[string]any) any {
		i["data"].(map[string]any)["options"].([]any)[0].(map[string]any)["name"] = "file"
		return i
	})
	i := p.slash(discordtest.Slash{Command: "map", Typing: true, Options: []discordtest.Option{{Name: "name", Value: "x"}}})
	if i.Acked() != discordtest.AckAutocomplete || len(i.Choices()) != 0 {
		t.Errorf("acknowledged with %d, choices %v", i.Acked(), i.Choices())
	}
}

func TestACommandOfAnotherVersionIsAnsweredWithASentence(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	p.Distort("INTERACTION_CREATE", func(i map[string]any) any {
		i["data"].(map[string]any)["name"] = "gone"
		return i
	})
	p.alone(p.slash(discordtest.Slash{Command: "later"}), "unknown")
}

func TestARouteIsThereOnce(t *testing.T) {
	t.Parallel()
	handle := func(context.Context, *discord.Interaction) error { return nil }
	for name, table := range map[string][]discord.Route{
		"twice":                         {{Kind: discord.Component, Name: "a", Handle: handle}, {Kind: discord.Component, Name: "a", Handle: handle}},
		"no handler":                    {{Kind: discord.Modal, Name: "a"}},
		"no handler and no subcommands": {{Kind: discord.Slash, Name: "a"}},
		"a handler beside subcommands":  {{Kind: discord.Slash, Name: "a", Handle: handle}, {Kind: discord.Slash, Name: "a b", Handle: handle}},
		"options beside subcommands": {
			{Kind: discord.Slash, Name: "a", Options: []*discord.CommandOption{{}}}, {Kind: discord.Slash, Name: "a b", Handle: handle},
		},
		"a subcommand of nothing": {{Kind: discord.Slash, Name: "a b", Handle: handle}},
		"a subcommand of its own places": {
			{Kind: discord.Slash, Name: "a"}, {Kind: discord.Slash, Name: "a b", Contexts: everywhere, Handle: handle},
		},
		"a subcommand too deep": {
			{Kind: discord.Slash, Name: "a"},
			{Kind: discord.Slash, Name: "a b"},
			{Kind: discord.Slash, Name: "a b c"},
			{Kind: discord.Slash, Name: "a b c d", Handle: handle},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("the table is taken")
				}
			}()
			discord.NewRouter(nil, nil, discord.Sentences{}, table)
		})
	}
}

func TestCustomIDs(t *testing.T) {
	t.Parallel()
	for custom, want := range map[string][2]string{
		discord.CustomID("join", "7"):   {"join", "7"},
		discord.CustomID("join", "a:b"): {"join", "a:b"},
		discord.CustomID("race", ""):    {"race", ""},
		"v0:join:7":                     {}, "join": {}, "v1:join": {}, "": {},
	} {
		if action, id := discord.SplitCustomID(custom); [2]string{action, id} != want {
			t.Errorf("%q is %q of %q", custom, action, id)
		}
	}
}
