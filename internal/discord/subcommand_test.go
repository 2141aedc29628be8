package discord_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
)

// staff are commands for staff: one that the handler decides about, one for managers.
func (p *panel) staff() []discord.Route {
	answer := func(ctx context.Context, i *discord.Interaction, text string) error {
		_, err := p.client.Answer(ctx, i, discord.Outgoing{Content: text, Private: true})
		return err
	}
	route := func(name string, r discord.Route) discord.Route {
		r.Kind, r.Name, r.Description = discord.Slash, name, "x"
		return r
	}
	return []discord.Route{
		route("admin", discord.Route{OfferedTo: discord.ManageGuild, Contexts: everywhere}),
		route("admin penalty", discord.Route{}),
		route("admin penalty clear", discord.Route{
			Options: []*discord.CommandOption{
				{Type: discord.OptionUser, Name: "player", Description: "x", Required: true},
				{Type: discord.OptionNumber, Name: "days", Description: "x"},
				{Type: discord.OptionText, Name: "kind", Description: "x", Choices: []discord.Choice{{Name: "Ban", Value: "ban"}}},
				{
					Type: discord.OptionText, Name: "match", Description: "x",
					Suggest: func(_ context.Context, _ *discord.Interaction, typed string) ([]discord.Choice, error) {
						return []discord.Choice{{Name: "Match " + typed, Value: typed}}, nil
					},
				},
			},
			Handle: func(ctx context.Context, i *discord.Interaction) error {
				days, some := i.Command.Number("days")
				return answer(ctx, i, fmt.Sprintln(
					i.Command.Name, i.Command.User("player").Shown(), days, some, i.Command.Text("kind"), i.Command.Text("match"),
				))
			},
		}),
		route("server", discord.Route{Permission: discord.ManageGuild}),
		route("server close", discord.Route{Handle: func(ctx context.Context, i *discord.Interaction) error {
			return answer(ctx, i, "closed")
		}}),
	}
}

func TestSubcommandsReachTheirHandlers(t *testing.T) {
	t.Parallel()
	p := newClient(t)
	p.listen(p.staff())
	bob := p.AddUser("bob")
	p.SetPermissions(p.alice, p.guild, discordtest.ManageGuild)
	clear := discordtest.Slash{Command: "admin penalty clear", Options: []discordtest.Option{
		{Name: "player", User: &bob}, {Name: "days", Value: 7}, {Name: "kind", Value: "ban"},
	}}
	p.alone(p.slash(clear), "admin penalty clear bob 7 true ban \n")
	p.alone(p.slash(discordtest.Slash{Command: "server close"}), "closed")

	clear.Typing = true
	clear.Options = append(clear.Options, discordtest.Option{Name: "match", Value: "12"})
	if choices := p.slash(clear).Choices(); len(choices) != 1 || choices[0].Name != "Match 12" {
		t.Errorf("choices %v", choices)
	}

	// Who is no manager is offered what the server's administrators let them see: the
	// handler decides about the one, the router about the other.
	p.SetPermissions(p.alice, p.guild, 0)
	clear.Typing, clear.Overridden, clear.Options = false, true, clear.Options[:1]
	p.alone(p.slash(clear), "admin penalty clear bob 0 false  \n")
	p.alone(p.slash(discordtest.Slash{Command: "server close", Overridden: true}), "denied")
	p.channel = p.DM(p.alice)
	p.alone(p.slash(discordtest.Slash{Command: "server close"}), "denied")
	clear.Overridden = false
	p.alone(p.slash(clear), "admin penalty clear bob 0 false  \n")
}

// A command may get subcommands in a later version.
func TestACommandThatHasSubcommandsByNowIsAnsweredWithASentence(t *testing.T) {
	t.Parallel()
	p := newClient(t)
	p.listen(p.staff())
	p.Distort("INTERACTION_CREATE", func(i map[string]any) any {
		i["data"].(map[string]any)["options"] = []any{}
		return i
	})
	p.alone(p.slash(discordtest.Slash{Command: "server close", Overridden: true}), "unknown")
}
