package referee

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/store"
)

const (
	optionUser    = "user"
	optionRole    = "role"
	actionAppoint = "appoint" // of a user, the role before and after, and the user's name
)

// noRole stands for no membership in custom ids.
const noRole store.StaffRole = "none"

// mayAppoint is who says who is staff.
var mayAppoint = []store.StaffRole{store.Owner}

// appointStore keeps who is staff, and whether the queue is open.
type appointStore interface {
	Staff(ctx context.Context) ([]store.Member, error)
	SetStaff(ctx context.Context, m store.Member, by ladder.Actor, at time.Time) error
	RemoveStaff(ctx context.Context, user string, by ladder.Actor, at time.Time) error
	SaveSeason(ctx context.Context, s ladder.Season, by ladder.Actor, reason string, at time.Time) (ladder.Season, error)
}

func (r *Referee) deskStaffRoutes() []discord.Route {
	user := option(optionUser, phrase.SlashUser, phrase.AboutUser)
	user.Type, user.Required = discord.OptionUser, true
	role := option(optionRole, phrase.SlashRole, phrase.AboutRole,
		choice(string(store.Admin), phrase.RoleAdmin), choice(string(store.Caster), phrase.RoleCaster), choice(string(store.Owner), phrase.RoleOwner))
	role.Required = true
	return []discord.Route{
		group("admin staff", phrase.SlashStaff, phrase.AboutStaff),
		r.subcommand("admin staff list", phrase.SlashList, phrase.AboutList, mayAppoint, r.listStaff),
		r.subcommand("admin staff add", phrase.SlashAdd, phrase.AboutAdd, mayAppoint, r.proposeStaff, user, role),
		r.subcommand("admin staff remove", phrase.SlashRemove, phrase.AboutRemove, mayAppoint, r.proposeStaff, user),
		{Kind: discord.Component, Name: actionAppoint, Handle: r.staff(mayAppoint, r.setStaff)},
	}
}

func roleName(l phrase.Language, role store.StaffRole) string {
	return l.Say(phrase.Key("role_" + string(role)))
}

// listStaff is all staff: that of the settings first.
func (r *Referee) listStaff(ctx context.Context, c click, _ ladder.Actor) (reply, error) {
	all, err := r.Store.Staff(ctx)
	if err != nil {
		return reply{}, err
	}
	var lines []string
	for _, owner := range r.Owners {
		lines = append(lines, c.Say(phrase.DeskOwner, "user", mention(ladder.Player{Discord: string(owner)}), "role", roleName(c.Language, store.Owner)))
	}
	for _, m := range all {
		lines = append(lines, c.Say(phrase.DeskMember, "user", mention(ladder.Player{Discord: m.Discord}),
			"role", roleName(c.Language, m.Role), "by", shown(m.AddedBy)))
	}
	if len(lines) == 0 {
		return c.told(phrase.DeskNoStaff), nil
	}
	return reply{say: discord.Outgoing{Content: fitting(maxDossier, lines...)}}, nil
}

// memberRole is what a user is by the database, as custom ids say it.
func (r *Referee) memberRole(ctx context.Context, user string) (store.StaffRole, error) {
	m, err := r.Store.StaffMember(ctx, user)
	if errors.Is(err, store.ErrNotFound) {
		return noRole, nil
	}
	return m.Role, err
}

// proposeStaff shows what a user is and would be; nothing, without a role.
func (r *Referee) proposeStaff(ctx context.Context, c click, _ ladder.Actor) (reply, error) {
	user := c.Command.User(optionUser)
	if user == nil {
		return reply{}, ladder.Refusal{Code: ladder.NotFound}
	}
	before, err := r.memberRole(ctx, string(user.ID))
	if err != nil {
		return reply{}, err
	}
	after := cmp.Or(store.StaffRole(c.Command.Text(optionRole)), noRole)
	if after == before {
		return c.told(phrase.DeskSoAlready), nil
	}
	answer := c.told(phrase.DeskStaffWeighed, "user", mention(ladder.Player{Discord: string(user.ID)}),
		"before", roleName(c.Language, before), "after", roleName(c.Language, after))
	answer.say.Rows = confirmButtons(c.Language, discord.CustomID(actionAppoint,
		strings.Join([]string{string(user.ID), string(before), string(after), user.Name}, ":")))
	return answer, nil
}

// setStaff does what was proposed, if the user is still what they were then.
func (r *Referee) setStaff(ctx context.Context, c click, by ladder.Actor) (reply, error) {
	parts := strings.SplitN(c.Argument, ":", 4)
	if len(parts) != 4 {
		return reply{}, ladder.Refusal{Code: ladder.NotFound}
	}
	user, before, after := parts[0], store.StaffRole(parts[1]), store.StaffRole(parts[2])
	now, err := r.memberRole(ctx, user)
	switch {
	case err != nil:
		return reply{}, err
	case now != before:
		return c.becomes(phrase.DeskChanged), nil
	case after == noRole:
		err = r.Store.RemoveStaff(ctx, user, by, r.Now())
	default:
		err = r.Store.SetStaff(ctx, store.Member{Discord: user, Name: parts[3], Role: after}, by, r.Now())
	}
	return c.becomes(phrase.DeskStaffDone, "user", mention(ladder.Player{Discord: user}), "after", roleName(c.Language, after)), err
}
