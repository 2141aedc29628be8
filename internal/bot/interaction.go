package bot

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/retry"
	"github.com/evoladder/evoladderbot/internal/submission"
	"github.com/evoladder/evoladderbot/internal/text"
)

const (
	commandReplay  = "replay"
	optionFile     = "file"
	commandAnalyse = "Analyse replay"

	// ackTimeout is a little less than the three seconds after which Discord
	// tells the player that the bot did not answer.
	ackTimeout = 2800 * time.Millisecond
	// maxAcknowledging bounds interactions being acknowledged at once.
	maxAcknowledging = 256
	// maxLogRunes caps what of somebody else's words goes into one log line.
	maxLogRunes = 300
)

// commands are what players find in Discord's menus. They are open to
// everybody: handing in a replay needs no permission.
func commands() []*discord.Command {
	everywhere := []int{discord.OfferedInGuild, discord.OfferedInDirect}
	return []*discord.Command{{
		Type:         discord.SlashCommand,
		Name:         commandReplay,
		Names:        localised(phrase.NameReplay),
		Description:  phrase.English.Say(phrase.CommandReplay),
		Descriptions: localised(phrase.CommandReplay),
		Contexts:     everywhere,
		Options: []*discord.CommandOption{{
			Type:         discord.OptionAttachment,
			Name:         optionFile,
			Names:        localised(phrase.NameFile),
			Description:  phrase.English.Say(phrase.OptionFile),
			Descriptions: localised(phrase.OptionFile),
			Required:     true,
		}},
	}, {
		Type:     discord.MessageCommand,
		Name:     commandAnalyse,
		Names:    localised(phrase.NameAnalyse),
		Contexts: everywhere,
	}}
}

// onInteraction answers a command at once, whatever else goes on: the answer
// waits for no lane and no download, and for the database no longer than its
// patience. What cannot be understood is answered with a sentence.
func (b *Bot) onInteraction(work context.Context, i *discord.Interaction) {
	ctx, cancel := context.WithTimeout(work, ackTimeout)
	defer cancel()
	select {
	case b.acks <- struct{}{}:
		defer func() { <-b.acks }()
	case <-ctx.Done():
		b.log.Error("interaction dropped: too many at once", "interaction", i.ID)
		return
	}
	if i.Lost != nil {
		b.discord.Undecodable("interaction", i.Lost, "interaction", i.ID)
	}
	if i.Type == discord.TypeAutocomplete { // no option offers suggestions
		if err := b.discord.SuggestNothing(ctx, i); err != nil {
			b.log.Warn("suggestions not answered", "interaction", i.ID, "error", err)
		}
		return
	}
	var data discord.CommandData
	if i.Type == discord.TypeCommand {
		err := json.Unmarshal(i.Data, &data)
		if i.User == nil {
			err = errors.Join(err, errNoUser)
		}
		if err == nil {
			b.command(ctx, i, data)
			return
		}
		b.discord.Undecodable("interaction", err, "interaction", i.ID, "type", i.Type)
	}
	b.notUnderstood(ctx, i, data.Name)
}

// errNoUser says that an interaction does not tell whose it is.
var errNoUser = errors.New("no user")

// notUnderstood tells the player that nothing will come of an interaction.
func (b *Bot) notUnderstood(ctx context.Context, i *discord.Interaction, name string) {
	apology := languageOf(i).Say(phrase.NotUnderstood)
	_, err := b.respond(ctx, i, outgoing{content: apology, private: true})
	b.log.Warn("interaction not understood; it may be of another version of the program",
		"interaction", i.ID, "type", i.Type, "command", text.Cut(text.Line(name), maxLogRunes), "answered", err == nil, "error", err)
}

func (b *Bot) command(ctx context.Context, i *discord.Interaction, data discord.CommandData) {
	if lost := data.Partial(); lost != nil {
		b.discord.Undecodable("command", lost, "interaction", i.ID)
	}
	user := i.User
	var given []*discord.Attachment
	switch data.Name {
	case commandReplay:
		given = optionFiles(data)
	case commandAnalyse:
		given = targetFiles(data)
	default:
		b.notUnderstood(ctx, i, data.Name)
		return
	}
	files := b.replays(given)
	l := languageOf(i)
	first := outgoing{content: b.nothingFound(data, given, l), private: true}
	if len(files) > 0 {
		first = outgoing{content: b.firstText(upload{file: files[0], language: l})}
		if why := b.refused(ctx, user.ID, i.GuildID); why != nil {
			// Known before anything is said, so it can be for the player alone.
			first, files = outgoing{content: refusal(why, l).In(l), private: true}, nil
		}
	}
	began := time.Now()
	claimed := b.commandUploads(i, user, files)
	uploads, err := b.keep(ctx, claimed, b.patience.command)
	if err != nil {
		b.log.Error("command turned away: it cannot be recorded", "interaction", i.ID, "error", err)
		first = outgoing{content: refusal(err, l).In(l), private: true}
		for _, u := range claimed {
			b.claims.done(u.key)
		}
	}
	kept := time.Since(began)
	acked, err := b.respond(ctx, i, first)
	fields := []any{
		"interaction", i.ID, "command", data.Name, "replays", len(files),
		"kept", kept, "acknowledged", time.Since(began),
	}
	if err != nil {
		b.log.Warn("interaction not answered", append(fields, "error", err)...)
	} else {
		b.log.Info("interaction", fields...)
	}
	if len(uploads) == 0 {
		b.places.use(i.ChannelID, i.GuildID)
	}
	for _, u := range uploads {
		u.answer = b.interactionReply(u, acked)
		if !b.enter(u) {
			b.claims.hush(u.key)
		}
	}
}

// commandUploads are the replays of a command that are not taken already.
func (b *Bot) commandUploads(i *discord.Interaction, user *discord.User, files []*discord.Attachment) []upload {
	var uploads []upload
	for n, file := range files {
		key := uploadKey(i.ID, file.ID)
		if b.claims.take(key) {
			uploads = append(uploads, upload{
				key: key, userID: user.ID, guild: i.GuildID, direct: i.GuildID == "", channel: i.ChannelID,
				file: file, interaction: i, part: n, language: languageOf(i),
			})
		}
	}
	return uploads
}

// acknowledgement is what is known of the answer to an interaction after it was
// sent. The zero value: it may stand or not.
type acknowledgement struct {
	given   bool   // it stands
	refused bool   // it does not, and never will
	message string // its id, when known
}

// respond answers an interaction, and tries once more when it is not known
// whether the answer came through.
func (b *Bot) respond(ctx context.Context, i *discord.Interaction, m outgoing) (acknowledgement, error) {
	id, err := b.discord.Respond(ctx, i, m.send())
	refused := discord.Code(err) == discord.CodeUnknownInteraction
	if discord.Temporary(err) && retry.Sleep(ctx, retryPause) {
		id, err = b.discord.Respond(ctx, i, m.send())
	}
	if discord.Code(err) == discord.CodeAlreadyAcknowledged {
		err = nil // by the first try, or by another bot: the reply stands
	}
	return acknowledgement{given: err == nil, refused: refused, message: id}, err
}

// interactionReply finds out where the answer to a replay of a command will
// stand. An acknowledged command goes on even if its reply cannot be read back:
// Deliver looks for it. One that was not acknowledged is none any more: Discord
// itself has told its player.
func (b *Bot) interactionReply(u upload, acked acknowledgement) func(context.Context) (submission.Reply, error) {
	return func(ctx context.Context) (submission.Reply, error) {
		reply := u.reply()
		switch {
		case acked.refused:
			return reply, errSettled
		case !acked.given:
			return b.replyTo(ctx, u, 0)
		case u.part == 0 && acked.message != "":
			reply.MessageID = acked.message
			return reply, nil
		}
		sent, err := b.interactionMessage(ctx, u)
		switch {
		case err == nil:
			reply.MessageID = sent.ID
		case ctx.Err() != nil, u.part > 0 && !discord.Permanent(err):
			return reply, err
		default:
			b.log.Warn("reply to a command cannot be read back; it is looked for when there is an answer", "key", u.key, "error", err)
		}
		return reply, nil
	}
}

// interactionMessage is the message that becomes the answer to a replay of an
// acknowledged command: the response to the interaction, or a message after it.
// Its id lets the bot edit it for as long as it stands; the interaction's token
// ends after 15 minutes.
func (b *Bot) interactionMessage(ctx context.Context, u upload) (*discord.Message, error) {
	if u.part == 0 {
		return b.response(ctx, u.interaction)
	}
	for try := 1; ; try++ {
		m, err := b.discord.FollowUp(ctx, u.interaction, discord.Outgoing{Content: b.firstText(u)})
		// Refused, so it may be sent again; after any other error it may stand.
		again := discord.Code(err) == discord.CodeUnknownWebhook
		if try == maxTries || !again || !retry.Sleep(ctx, time.Duration(try)*retryPause) {
			return m, err
		}
	}
}

// nothingFound is the sentence for a command without a replay.
func (b *Bot) nothingFound(data discord.CommandData, given []*discord.Attachment, l phrase.Language) string {
	switch {
	case data.Name == commandReplay && len(given) > 0:
		return refusal(b.intake.Admit(given[0].Filename, int64(given[0].Size)), l).In(l)
	case data.Partial() != nil: // a replay may be among what could not be decoded
		return l.Say(phrase.NotUnderstood)
	}
	return l.Say(phrase.NoAttachment)
}

// optionFiles is the attachment given to /replay.
func optionFiles(data discord.CommandData) []*discord.Attachment {
	for _, o := range data.Options.All {
		var id string
		if o.Name != optionFile || json.Unmarshal(o.Value, &id) != nil {
			continue
		}
		if file := data.Resolved.Attachments.All[id]; file != nil {
			return []*discord.Attachment{file}
		}
	}
	return nil
}

// targetFiles are the attachments of the message that was clicked on.
func targetFiles(data discord.CommandData) []*discord.Attachment {
	target := data.Resolved.Messages.All[data.TargetID]
	if target == nil {
		return nil
	}
	files := slices.Clone(target.Attachments)
	slices.SortFunc(files, func(a, b *discord.Attachment) int { return strings.Compare(a.ID, b.ID) })
	return files
}
