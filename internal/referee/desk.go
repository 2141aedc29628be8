package referee

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/bot"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// The desk is where staff act. Each act is proposed, by a command or a button, with what is
// now and what would be; confirmed by a button; and done once its reason is written. Who
// may is asked at each of these steps. Nothing is kept in between: what is proposed stands in
// the custom id, with the version of what it was decided on.

const (
	commandAdmin = "admin"
	actionDesk   = "desk"   // a proposal: confirmed, and as a form, with its reason
	actionWeigh  = "weigh"  // a proposal is to be shown
	actionForget = "forget" // a proposal is dropped
	inputReason  = "reason"
)

// maxReason caps a reason, in characters.
const maxReason = 200

// Who may do something at the desk.
var (
	mayLook = []store.StaffRole{store.Owner, store.Admin, store.Caster}
	mayAct  = []store.StaffRole{store.Owner, store.Admin}
)

// deskStore knows staff, and what an act of theirs would change.
type deskStore interface {
	StaffMember(ctx context.Context, user string) (store.Member, error)
	Foresee(ctx context.Context, act ladder.Act) (ladder.Change, error)
	Matches(ctx context.Context, f store.MatchFilter) ([]ladder.Match, error)
	Names(ctx context.Context, ids []ladder.PlayerID) (map[ladder.PlayerID]string, error)
	MatchUploads(ctx context.Context, id ladder.MatchID) (map[ladder.ReplayID]upload.ID, error)
}

// staffDeed is a deed of staff, as the actor that the audit names.
type staffDeed func(ctx context.Context, c click, by ladder.Actor) (reply, error)

func (r *Referee) deskRoutes() []discord.Route {
	admin := group(commandAdmin, phrase.SlashAdmin, phrase.AboutAdmin)
	admin.Contexts, admin.OfferedTo = []int{discord.OfferedInGuild}, discord.ManageGuild
	return slices.Concat([]discord.Route{
		admin,
		{Kind: discord.Component, Name: actionWeigh, Handle: r.staff(mayAct, r.weigh)},
		{Kind: discord.Component, Name: actionForget, Handle: r.staff(mayLook, forget)},
		{Kind: discord.Component, Name: actionDesk, Handle: r.staff(mayAct, r.confirmed)},
		{Kind: discord.Modal, Name: actionDesk, Handle: r.staff(mayAct, r.carryOut)},
	}, r.deskMatchRoutes(), r.deskPlayerRoutes(), r.deskQueueRoutes(), r.deskStaffRoutes())
}

// group is a command that has subcommands.
func group(path string, names, about phrase.Key) discord.Route {
	return discord.Route{
		Kind: discord.Slash, Name: path, Names: bot.Localised(names),
		Description: phrase.English.Say(about), Descriptions: bot.Localised(about),
	}
}

// subcommand is a command of staff within another one.
func (r *Referee) subcommand(path string, names, about phrase.Key, may []store.StaffRole, do staffDeed, options ...*discord.CommandOption) discord.Route {
	route := group(path, names, about)
	route.Options, route.Handle = options, r.staff(may, do)
	return route
}

// staff makes a deed of staff a route's handler.
func (r *Referee) staff(may []store.StaffRole, do staffDeed) func(context.Context, *discord.Interaction) error {
	return r.handle(func(ctx context.Context, c click) (reply, error) {
		role, err := r.roleOf(ctx, c.User.ID)
		if err != nil {
			return reply{}, err
		}
		if !slices.Contains(may, role) {
			return reply{}, ladder.Refusal{Code: ladder.NotStaff}
		}
		by := ladder.Actor{Role: ladder.ByStaff, Player: c.player.ID, Name: cmp.Or(c.player.Name, c.User.Shown())}
		answer, err := do(ctx, c, by)
		if errors.Is(err, store.ErrNotFound) {
			return reply{}, ladder.Refusal{Code: ladder.NotFound}
		}
		return answer, err
	})
}

// roleOf is what a user is among staff now; "" for who is none of them.
func (r *Referee) roleOf(ctx context.Context, user discord.UserID) (store.StaffRole, error) {
	if slices.Contains(r.Owners, user) {
		return store.Owner, nil
	}
	m, err := r.Store.StaffMember(ctx, string(user))
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return m.Role, err
}

// proposal is an act that staff may confirm.
type proposal struct {
	kind    ladder.ActKind
	subject int64         // the match or the player
	seen    int           // version of the match
	result  ladder.Result // of Rule
}

func (p proposal) customID(action string) string {
	return discord.CustomID(action, strings.Join([]string{
		string(p.kind), strconv.FormatInt(p.subject, 10), strconv.Itoa(p.seen), string(p.result),
	}, ":"))
}

// proposed is the proposal of a button or a form.
func (c click) proposed() (proposal, error) {
	parts := strings.Split(c.Argument, ":")
	if len(parts) != 4 {
		return proposal{}, ladder.Refusal{Code: ladder.NotFound}
	}
	subject, err := strconv.ParseInt(parts[1], 10, 64)
	seen, err2 := strconv.Atoi(parts[2])
	if err != nil || err2 != nil {
		return proposal{}, ladder.Refusal{Code: ladder.NotFound}
	}
	return proposal{kind: ladder.ActKind(parts[0]), subject: subject, seen: seen, result: ladder.Result(parts[3])}, nil
}

// act is what is proposed, as an act of the rules.
func (p proposal) act(by ladder.Actor, reason string) (ladder.Act, error) {
	act := ladder.Act{Kind: p.kind, Actor: by, Reason: reason}
	switch p.kind {
	case ladder.Rule, ladder.Void, ladder.Restore:
		act.Match, act.Seen, act.Result = ladder.MatchID(p.subject), p.seen, p.result
	case ladder.Ban, ladder.Unban, ladder.ClearPenalty:
		act.Player = ladder.PlayerID(p.subject)
	default:
		return ladder.Act{}, ladder.Refusal{Code: ladder.NotFound}
	}
	return act, nil
}

// foresee is what a proposal would change. Its reason is not written yet.
func (r *Referee) foresee(ctx context.Context, p proposal, by ladder.Actor) (ladder.Change, error) {
	act, err := p.act(by, "-")
	if err != nil {
		return ladder.Change{}, err
	}
	act.At = r.Now()
	return r.Store.Foresee(ctx, act)
}

// propose shows what is now and what would be, and asks for a confirmation.
func (r *Referee) propose(ctx context.Context, c click, by ladder.Actor, p proposal) (discord.Outgoing, error) {
	change, err := r.foresee(ctx, p, by)
	if err != nil {
		return discord.Outgoing{}, err
	}
	if change.Empty() {
		return discord.Outgoing{Content: c.Say(phrase.DeskSoAlready)}, nil
	}
	text, err := r.weighed(ctx, c.Language, p, change)
	return discord.Outgoing{Content: text, Rows: confirmButtons(c.Language, p.customID(actionDesk))}, err
}

// confirmButtons confirm or drop what is proposed.
func confirmButtons(l phrase.Language, customID string) []discord.Row {
	return row(button(l, discord.Danger, phrase.ButtonDesk, customID),
		button(l, discord.Secondary, phrase.ButtonForget, discord.CustomID(actionForget, anyone)))
}

// weighed is what is now and what a proposal would change, in words.
func (r *Referee) weighed(ctx context.Context, l phrase.Language, p proposal, change ladder.Change) (string, error) {
	if p.seen == 0 {
		player, err := r.Store.Player(ctx, ladder.PlayerID(p.subject))
		return l.Say(phrase.Key("desk_"+string(p.kind)), "player", nameOf(l, player)), err
	}
	about, err := r.deskPage(ctx, l, ladder.MatchID(p.subject))
	if err != nil {
		return "", err
	}
	ruling, _ := about.inForce()
	return l.Say(phrase.DeskWeighed, "match", about.title(), "before", about.standing(about.State, ruling), "after", about.outcome(change)), nil
}

// done is what a proposal has changed, in words.
func (r *Referee) done(ctx context.Context, l phrase.Language, p proposal, change ladder.Change) (string, error) {
	if p.seen == 0 {
		return r.weighed(ctx, l, p, change)
	}
	about, err := r.deskPage(ctx, l, ladder.MatchID(p.subject))
	return paragraphs(about.title(), about.outcome(change)), err
}

// weigh shows the proposal of a button.
func (r *Referee) weigh(ctx context.Context, c click, by ladder.Actor) (reply, error) {
	p, err := c.proposed()
	if err != nil {
		return reply{}, err
	}
	return r.answered(ctx, c, p)(r.propose(ctx, c, by, p))
}

// answered is the answer to a step of a proposal. Of a match that has moved on it shows how
// it stands now.
func (r *Referee) answered(ctx context.Context, c click, p proposal) func(discord.Outgoing, error) (reply, error) {
	return func(m discord.Outgoing, err error) (reply, error) {
		refused, is := errors.AsType[ladder.Refusal](err)
		if is && refused.Code == ladder.Over && p.seen != 0 {
			var about page
			if about, err = r.deskPage(ctx, c.Language, ladder.MatchID(p.subject)); err != nil {
				return reply{}, err
			}
			ruling, _ := about.inForce()
			m = discord.Outgoing{Content: c.Say(phrase.DeskMovedOn, "match", about.title(), "now", about.standing(about.State, ruling))}
		}
		if err != nil || c.Message == "" {
			return reply{say: m}, err
		}
		return reply{update: &m}, nil
	}
}

// confirmed asks why, of who confirms a proposal that still stands.
func (r *Referee) confirmed(ctx context.Context, c click, by ladder.Actor) (reply, error) {
	p, err := c.proposed()
	if err != nil {
		return reply{}, err
	}
	change, err := r.foresee(ctx, p, by)
	switch {
	case err != nil:
		return r.answered(ctx, c, p)(discord.Outgoing{}, err)
	case change.Empty():
		return c.becomes(phrase.DeskSoAlready), nil
	}
	return c.askWhy(p.customID(actionDesk)), nil
}

// askWhy asks for the reason of what was confirmed.
func (c click) askWhy(customID string) reply {
	return reply{form: &discord.Form{CustomID: customID, Title: c.Say(phrase.FormReasonTitle), Inputs: []discord.Input{{
		Name: inputReason, Label: c.Say(phrase.FormReason), Hint: c.Say(phrase.HintReason), Most: maxReason, Long: true,
	}}}}
}

// carryOut does what was proposed, confirmed and given a reason.
func (r *Referee) carryOut(ctx context.Context, c click, by ladder.Actor) (reply, error) {
	p, err := c.proposed()
	if err != nil {
		return reply{}, err
	}
	act, err := p.act(by, strings.TrimSpace(c.Form.Values[inputReason]))
	if err != nil {
		return reply{}, err
	}
	out, err := r.act(ctx, act)
	if err != nil {
		return r.answered(ctx, c, p)(discord.Outgoing{}, err)
	}
	if out.Empty() {
		return c.becomes(phrase.DeskSoAlready), nil
	}
	done, err := r.done(ctx, c.Language, p, out.Change)
	if err != nil {
		return reply{}, err
	}
	return c.becomes(phrase.DeskDone, "what", done, "reason", shown(act.Reason)), nil
}

// forget drops a proposal.
func forget(_ context.Context, c click, _ ladder.Actor) (reply, error) {
	return c.becomes(phrase.DeskForgotten), nil
}
