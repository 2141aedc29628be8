package referee

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/bot"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/store"
)

// ladderStore holds the ladder.
type ladderStore interface {
	boardStore
	panelStore
	deskStore
	appointStore
	Act(ctx context.Context, act ladder.Act) (store.Outcome, error)
	Season(ctx context.Context, id ladder.SeasonID) (ladder.Season, error)
	Player(ctx context.Context, id ladder.PlayerID) (ladder.Player, error)
	PlayerByDiscord(ctx context.Context, user string) (ladder.Player, error)
	Penalties(ctx context.Context, player ladder.PlayerID) ([]ladder.Penalty, error)
	Handles(ctx context.Context, player ladder.PlayerID) ([]ladder.Handle, error)
	Entry(ctx context.Context, id ladder.EntryID) (ladder.Entry, error)
	LiveEntry(ctx context.Context, player ladder.PlayerID) (ladder.Entry, error)
	Match(ctx context.Context, id ladder.MatchID) (store.File, error)
	SavePlayer(ctx context.Context, p ladder.Player, by ladder.Actor, at time.Time) (ladder.Player, error)
}

// panelStore has the panels, and what they say.
type panelStore interface {
	Panels(ctx context.Context) ([]store.Panel, error)
	SavePanel(ctx context.Context, p store.Panel) error
	ForgetPanel(ctx context.Context, message string) error
	Crowd(ctx context.Context) (store.Crowd, error)
	UsualWaits(ctx context.Context, since time.Time) (map[ladder.Side]time.Duration, error)
	StaffMember(ctx context.Context, user string) (store.Member, error)
}

// speaker answers interactions, and posts panels.
type speaker interface {
	Post(ctx context.Context, channelID discord.ChannelID, m discord.Outgoing) (*discord.Message, error)
	Edit(ctx context.Context, channelID discord.ChannelID, messageID discord.MessageID, m discord.Outgoing) error
	Delete(ctx context.Context, channelID discord.ChannelID, messageID discord.MessageID) error
	Answer(ctx context.Context, i *discord.Interaction, m discord.Outgoing) (discord.Answer, error)
	Update(ctx context.Context, i *discord.Interaction, m discord.Outgoing) error
	Open(ctx context.Context, i *discord.Interaction, form discord.Form) error
}

// Config is what a Referee works with.
type Config struct {
	Store   ladderStore
	Discord speaker
	Enqueue func(ctx context.Context, jobs []job.Job) // best effort: a sweeper enqueues what is not
	Wake    func()                                    // the matchmaker has something to look at
	Now     func() time.Time                          // nil: time.Now
	// PublicURL is the address of the pages, to link to; "": there are none.
	PublicURL string
	// Owners are users who own the ladder whatever its database says.
	Owners []discord.UserID
	Log    *slog.Logger
}

// Referee is the ladder on Discord.
type Referee struct{ Config }

// New is a referee. It keeps nothing: any number may work on one database.
func New(c Config) *Referee {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Referee{c}
}

// Routes are what players press and enter.
func (r *Referee) Routes() []discord.Route {
	return slices.Concat(r.offerRoutes(), r.playRoutes(), r.reportRoutes(), r.evidenceRoutes(), r.resultRoutes(), r.queueRoutes(),
		r.setupRoutes(), r.commandRoutes(), r.panelRoutes(), r.boardRoutes(), r.careerRoutes(), r.deskRoutes())
}

// Renderers say the ladder's announcements.
func (r *Referee) Renderers() map[announcement.Kind]bot.Renderer {
	return map[announcement.Kind]bot.Renderer{announcement.Ladder: r.render}
}

// act does what a player, or the program, does, and sees to what comes of it.
func (r *Referee) act(ctx context.Context, act ladder.Act) (store.Outcome, error) {
	act.At = r.Now()
	out, err := r.Store.Act(ctx, act)
	if err != nil {
		return store.Outcome{}, err
	}
	if len(out.Jobs) > 0 {
		r.Enqueue(ctx, out.Jobs)
	}
	if out.Wake {
		r.Wake()
	}
	return out, nil
}
