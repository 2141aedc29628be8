package discord

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/submission"
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
)

// commands are what players find in Discord's menus. They are open to
// everybody: handing in a replay needs no permission.
func commands() []*discordgo.ApplicationCommand {
	everywhere := []discordgo.InteractionContextType{discordgo.InteractionContextGuild, discordgo.InteractionContextBotDM}
	return []*discordgo.ApplicationCommand{{
		Type:        discordgo.ChatApplicationCommand,
		Name:        commandReplay,
		Description: phrase.Say(phrase.CommandReplay).String(),
		Contexts:    &everywhere,
		Options: []*discordgo.ApplicationCommandOption{{
			Type:        discordgo.ApplicationCommandOptionAttachment,
			Name:        optionFile,
			Description: phrase.Say(phrase.OptionFile).String(),
			Required:    true,
		}},
	}, {
		Type:     discordgo.MessageApplicationCommand,
		Name:     commandAnalyse,
		Contexts: &everywhere,
	}}
}

// onInteraction answers a command at once, whatever else goes on: the answer
// waits for no lane and no download, and for the database no longer than its
// patience.
func (b *Bot) onInteraction(work context.Context, i *discordgo.Interaction) {
	if i == nil || i.Type != discordgo.InteractionApplicationCommand {
		return
	}
	data, ok := i.Data.(discordgo.ApplicationCommandInteractionData)
	user := invoker(i)
	if !ok || user == nil {
		return
	}
	ctx, cancel := context.WithTimeout(work, ackTimeout)
	defer cancel()
	select {
	case b.acks <- struct{}{}:
		defer func() { <-b.acks }()
	case <-ctx.Done():
		b.log.Error("interaction dropped: too many at once", "interaction", i.ID)
		return
	}
	b.command(ctx, i, data, user)
}

func (b *Bot) command(ctx context.Context, i *discordgo.Interaction, data discordgo.ApplicationCommandInteractionData, user *discordgo.User) {
	var given []*discordgo.MessageAttachment
	switch data.Name {
	case commandReplay:
		given = optionFiles(data)
	case commandAnalyse:
		given = targetFiles(data)
	default:
		b.log.Warn("command of another version of the program", "command", cut(printable(data.Name), maxLogRunes))
		return
	}
	files := b.replays(given)
	first := outgoing{content: b.nothingFound(data, given)}
	if len(files) > 0 {
		first.content = b.firstText(files[0])
		if why := b.intake.Spent(submission.Upload{Uploader: user.ID, Guild: i.GuildID}); why != nil {
			// Known without asking the database, so it can be for the player alone.
			first, files = outgoing{content: refusal(why).String(), private: true}, nil
		}
	}
	began := time.Now()
	claimed := b.commandUploads(i, user, files)
	uploads, err := b.keep(ctx, claimed, b.patience.command)
	if err != nil {
		b.log.Error("command turned away: it cannot be recorded", "interaction", i.ID, "error", err)
		first = outgoing{content: refusal(err).String(), private: true}
		for _, u := range claimed {
			b.claims.done(u.key)
		}
	}
	kept := time.Since(began)
	err = b.respond(ctx, i, first)
	fields := []any{
		"interaction", i.ID, "command", data.Name, "replays", len(files),
		"kept", kept, "acknowledged", time.Since(began),
	}
	if err != nil {
		b.log.Warn("interaction not answered", append(fields, "error", err)...)
	} else {
		b.log.Info("interaction", fields...)
	}
	for _, u := range uploads {
		u.answer = b.interactionReply(u)
		b.enter(u)
	}
}

// commandUploads are the replays of a command that are not taken already.
func (b *Bot) commandUploads(i *discordgo.Interaction, user *discordgo.User, files []*discordgo.MessageAttachment) []upload {
	var uploads []upload
	for n, file := range files {
		key := uploadKey(i.ID, file.ID)
		if b.claims.take(key) {
			uploads = append(uploads, upload{
				key: key, userID: user.ID, guild: i.GuildID, channel: i.ChannelID, file: file, interaction: i, part: n,
			})
		}
	}
	return uploads
}

// respond answers an interaction, and tries once more when it is not known
// whether the answer came through.
func (b *Bot) respond(ctx context.Context, i *discordgo.Interaction, m outgoing) error {
	err := b.rest.respond(ctx, i, m)
	if temporary(err) && sleep(ctx, retryPause) {
		err = b.rest.respond(ctx, i, m)
	}
	if code(err) == discordgo.ErrCodeInteractionHasAlreadyBeenAcknowledged {
		return nil // by the first try, or by another bot: the reply stands
	}
	return err
}

// interactionReply finds out where the answer to a replay of a command will
// stand. A command that was not acknowledged is none any more: Discord itself has
// told its player.
func (b *Bot) interactionReply(u upload) func(context.Context) (submission.Reply, error) {
	return func(ctx context.Context) (submission.Reply, error) {
		reply := submission.Reply{ChannelID: u.channel, UserID: u.userID}
		sent, err := b.interactionMessage(ctx, u)
		switch {
		case code(err) == discordgo.ErrCodeUnknownWebhook:
			return reply, errSettled
		case gone(err):
			return reply, nil // the result will be a message of its own
		}
		if err == nil {
			reply.ChannelID, reply.MessageID = sent.ChannelID, sent.ID
		}
		return reply, err
	}
}

// interactionMessage is the message that becomes the answer to a command's
// replay: the response to the interaction, or a message after it. Its id lets
// the bot edit it for as long as it stands; the interaction's token ends after
// 15 minutes.
func (b *Bot) interactionMessage(ctx context.Context, u upload) (*discordgo.Message, error) {
	if u.part > 0 {
		return b.rest.followUp(ctx, u.interaction, outgoing{content: b.firstText(u.file)})
	}
	for try := 1; ; try++ {
		message, err := b.rest.response(ctx, u.interaction)
		if err == nil && message.ChannelID == "" {
			message.ChannelID = u.channel
		}
		again := temporary(err) || gone(err) // the response may not be visible yet
		if err == nil || try == maxTries || !again || !sleep(ctx, time.Duration(try)*retryPause) {
			return message, err
		}
	}
}

// nothingFound is the sentence for a command without a replay.
func (b *Bot) nothingFound(data discordgo.ApplicationCommandInteractionData, given []*discordgo.MessageAttachment) string {
	if data.Name == commandReplay && len(given) > 0 {
		return refusal(b.intake.Admit(given[0].Filename, int64(given[0].Size))).String()
	}
	return phrase.Say(phrase.NoAttachment).String()
}

func invoker(i *discordgo.Interaction) *discordgo.User {
	if i.Member != nil && i.Member.User != nil {
		return i.Member.User
	}
	return i.User
}

// optionFiles is the attachment given to /replay.
func optionFiles(data discordgo.ApplicationCommandInteractionData) []*discordgo.MessageAttachment {
	option := data.GetOption(optionFile)
	if option == nil || data.Resolved == nil {
		return nil
	}
	id, _ := option.Value.(string)
	if file := data.Resolved.Attachments[id]; file != nil {
		return []*discordgo.MessageAttachment{file}
	}
	return nil
}

// targetFiles are the attachments of the message that was clicked on.
func targetFiles(data discordgo.ApplicationCommandInteractionData) []*discordgo.MessageAttachment {
	if data.Resolved == nil || data.Resolved.Messages[data.TargetID] == nil {
		return nil
	}
	files := slices.Clone(data.Resolved.Messages[data.TargetID].Attachments)
	slices.SortFunc(files, func(a, b *discordgo.MessageAttachment) int { return strings.Compare(a.ID, b.ID) })
	return files
}
