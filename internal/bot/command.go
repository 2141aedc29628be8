package bot

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

const (
	commandReplay  = "replay"
	optionFile     = "file"
	commandAnalyse = "Analyse replay"
)

// routes are what players can do, apart from writing messages. They are open to
// everybody: handing in a replay needs no permission.
func (b *Bot) routes() []discord.Route {
	everywhere := []int{discord.OfferedInGuild, discord.OfferedInDirect}
	return []discord.Route{{
		Kind:         discord.Slash,
		Name:         commandReplay,
		Names:        Localised(phrase.NameReplay),
		Description:  phrase.English.Say(phrase.CommandReplay),
		Descriptions: Localised(phrase.CommandReplay),
		Contexts:     everywhere,
		Options: []*discord.CommandOption{{
			Type:         discord.OptionAttachment,
			Name:         optionFile,
			Names:        Localised(phrase.NameFile),
			Description:  phrase.English.Say(phrase.OptionFile),
			Descriptions: Localised(phrase.OptionFile),
			Required:     true,
		}},
		Handle: func(ctx context.Context, i *discord.Interaction) error {
			return b.uploadBy(ctx, i, optionFiles(i.Command))
		},
	}, {
		Kind:     discord.MessageMenu,
		Name:     commandAnalyse,
		Names:    Localised(phrase.NameAnalyse),
		Contexts: everywhere,
		Handle: func(ctx context.Context, i *discord.Interaction) error {
			return b.uploadBy(ctx, i, targetFiles(i.Command))
		},
	}}
}

// sentences are what a player reads where no handler answers.
func sentences() discord.Sentences {
	say := func(key phrase.Key) func(*discord.Interaction) string {
		return func(i *discord.Interaction) string { return languageOf(i).Say(key) }
	}
	return discord.Sentences{Unknown: say(phrase.NotUnderstood), Denied: say(phrase.NotAllowed), Failed: say(phrase.TryAgain)}
}

// uploadBy accepts the replays among a command's files. It answers at once: the
// answer waits for no lane and no download, and for the database no longer than
// its timeout. Whether all see it depends on whether something is refused, which
// is for the player alone.
func (b *Bot) uploadBy(ctx context.Context, i *discord.Interaction, given []*discord.Attachment) error {
	if lost := i.Command.Partial(); lost != nil {
		b.discord.Undecodable("command", lost, "interaction", i.ID)
	}
	files := b.replays(given)
	l := languageOf(i)
	first := outgoing{content: b.nothingFound(i.Command, given, l), private: true}
	if len(files) > 0 {
		first = outgoing{content: b.firstText(&pendingUpload{file: files[0], language: l})}
		if why := b.refused(ctx, i.User.ID, i.GuildID); why != nil {
			// Known before anything is said, so it can be for the player alone.
			first, files = outgoing{content: refusal(why, l).In(l), private: true}, nil
		}
	}
	began := time.Now()
	uploads, err := b.record(ctx, b.uploadsBy(i, files), b.timeout.command)
	if err != nil {
		b.log.Error("command not accepted: it cannot be recorded", "interaction", i.ID, "error", err)
		first = outgoing{content: refusal(err, l).In(l), private: true}
		for _, u := range uploads {
			b.pending.settle(u.key)
		}
		uploads = nil
	}
	recorded := time.Since(began)
	answer, err := b.discord.Answer(ctx, i, first.send())
	fields := []any{
		"interaction", i.ID, "command", i.Command.Name, "replays", len(files),
		"recorded", recorded, "acknowledged", time.Since(began),
	}
	if err != nil {
		b.log.Warn("interaction not answered", append(fields, "error", err)...)
	} else {
		b.log.Info("interaction", fields...)
	}
	if len(uploads) == 0 {
		b.gaps.use(i.ChannelID, i.GuildID)
	}
	for _, u := range uploads {
		u.reply = acknowledgedReply{u, answer}
		b.lanes.add(u)
	}
	return nil // the uploads are on record, whatever came of the answer
}

// uploadsBy are the replays that came by a command.
func (b *Bot) uploadsBy(i *discord.Interaction, files []*discord.Attachment) []*pendingUpload {
	var uploads []*pendingUpload
	for n, file := range files {
		uploads = append(uploads, &pendingUpload{
			bot: b, key: keyOf(i.ID, file.ID), user: i.User.ID, guild: i.GuildID, direct: i.GuildID == "",
			channel: i.ChannelID, file: file, command: i, part: n, language: languageOf(i), unanswered: n > 0,
		})
	}
	return uploads
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
		var id discord.AttachmentID
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
	slices.SortFunc(files, func(a, b *discord.Attachment) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return files
}
