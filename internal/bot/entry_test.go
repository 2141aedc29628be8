package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// won is part of the answer that the tests' results give.
const won = "won against"

func TestEveryMessagePathLeadsToOneAnswer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		granted discordtest.Intents
		upload  func(b *bench) discordtest.Upload
	}{
		{"direct message", 0, func(b *bench) discordtest.Upload { return discordtest.Upload{Channel: b.DM(b.alice)} }},
		{"mention", 0, func(b *bench) discordtest.Upload { return discordtest.Upload{Channel: b.channel, Mention: true} }},
		{"mention in a thread", 0, func(b *bench) discordtest.Upload {
			return discordtest.Upload{Channel: b.AddThread(b.channel, "week 1"), Mention: true}
		}},
		{"watched channel", discordtest.IntentMessageContent, func(b *bench) discordtest.Upload {
			return discordtest.Upload{Channel: b.channel, Text: "gg"}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{Granted: test.granted})
			b.cfg.Watch = []discord.ChannelID{discord.ChannelID(b.channel.ID)}
			b.start()
			message := test.upload(b)
			message.Author, message.Files = b.alice, []discordtest.File{game("Ever_Dream.SC2Replay")}
			sent := b.Upload(message)

			first := b.shown(found(`Ever\_Dream.SC2Replay`))
			arrival := b.arrivals(1)[0]
			want := announcement.Reply{ChannelID: snowflake.ChannelID(sent.ChannelID), MessageID: snowflake.MessageID(first.ID), UserID: snowflake.UserID(b.alice.ID)}
			if *arrival.Reply != want || string(arrival.Uploader) != b.alice.ID || arrival.Source != upload.FromDiscord {
				t.Errorf("arrival %+v with reply %+v, want %+v", arrival, *arrival.Reply, want)
			}
			if !arrival.Sent.Equal(snowflake.MadeAt(sent.ID)) {
				t.Errorf("sent %v, want when Discord had it, %v", arrival.Sent, snowflake.MadeAt(sent.ID))
			}
			if arrival.Unlisted != (test.name == "direct message") {
				t.Errorf("unlisted: %v", arrival.Unlisted)
			}
			if string(arrival.Key) != "discord:"+sent.ID+":"+sent.Files[0].ID || b.store.file(arrival) != "MPQ\x1b of Ever_Dream.SC2Replay" {
				t.Errorf("key %q, file %q", arrival.Key, b.store.file(arrival))
			}
			last := b.deliver(arrival)
			if last.ID != first.ID || last.ReplyTo != sent.ID || last.Edits() != 1 || len(last.Embeds) != 1 || !strings.Contains(last.Content, won) {
				t.Errorf("answer %+v", last)
			}
			if own := b.fromBot(discordtest.Channel{ID: sent.ChannelID}); len(own) != 1 || len(own[0].Mentions) != 0 {
				t.Errorf("the bot wrote %d messages, want one without mentions", len(own))
			}
		})
	}
}

func TestSlashCommandIsAnsweredAtOnceAndEdited(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	act, err := b.SlashReplay(b.alice, b.channel, game("a.SC2REPLAY"))
	b.must(err)
	if kind, err := act.WaitAck(b.ctx); err != nil || kind != discordtest.AckMessage { // later than Discord allows it is none
		t.Fatalf("acknowledged with %d: %v", kind, err)
	}
	arrival := b.arrivals(1)[0]
	if made := snowflake.MadeAt(arrival.Reply.Command.Interaction); !arrival.Sent.Equal(made) || time.Since(made) > time.Hour {
		t.Errorf("sent %v, want when the command was given, %v", arrival.Sent, made)
	}
	response, _ := act.Response()
	if response.Content != found("a.SC2REPLAY") || response.Ephemeral || response.ID != string(arrival.Reply.MessageID) || string(arrival.Reply.ChannelID) != b.channel.ID {
		t.Errorf("response %+v, reply %+v", response, *arrival.Reply)
	}
	if !strings.HasPrefix(string(arrival.Key), "discord:"+act.ID+":") {
		t.Errorf("key %q", arrival.Key)
	}
	b.Advance(time.Hour) // the interaction's token is long gone
	if last := b.deliver(arrival); last.ID != response.ID || !strings.Contains(last.Content, won) {
		t.Errorf("answer %+v", last)
	}
}

func TestMenuAnalysesEveryReplayOfAMessage(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	_, err := b.WaitCommand(b.ctx, commandAnalyse)
	b.must(err)
	bob := b.AddUser("bob")
	sent := b.Upload(discordtest.Upload{Channel: b.channel, Author: bob, Files: []discordtest.File{
		game("a.SC2Replay"), {Name: "notes.txt", Data: []byte("x")}, game("b.SC2Replay"), game("c.SC2Replay"),
	}})
	act, err := b.Menu(b.alice, commandAnalyse, sent.ID)
	b.must(err)
	arrivals := b.arrivals(3)
	response, _ := act.Response()
	followups := act.Followups()
	if response.Content != found("a.SC2Replay") || len(followups) != 2 {
		t.Fatalf("response %q and %d more", response.Content, len(followups))
	}
	ids := []string{response.ID, followups[0].ID, followups[1].ID}
	for _, arrival := range arrivals {
		n := slices.Index(ids, string(arrival.Reply.MessageID))
		m, _ := b.Message(string(arrival.Reply.MessageID))
		if n < 0 || m.Content != found(arrival.FileName) || string(arrival.Uploader) != b.alice.ID {
			t.Errorf("%s is answered in %+v", arrival.FileName, m)
		}
	}
}

func TestSeveralAttachmentsEachGetAReply(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	var files []discordtest.File
	for n := range 10 {
		files = append(files, game(fmt.Sprintf("%d.SC2Replay", n)))
	}
	b.Upload(discordtest.Upload{Channel: b.DM(b.alice), Author: b.alice, Files: files})
	seen := map[string]bool{}
	for _, arrival := range b.arrivals(10) {
		m, _ := b.Message(string(arrival.Reply.MessageID))
		if m.Content != found(arrival.FileName) || seen[m.ID] {
			t.Errorf("%s is answered in %+v", arrival.FileName, m)
		}
		seen[m.ID] = true
	}
}

func TestUnreadMessagesAreLeftAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{Granted: discordtest.IntentMessageContent})
	b.cfg.Watch = []discord.ChannelID{discord.ChannelID(b.channel.ID)}
	b.start()
	other := b.AddChannel(b.guild, "general")
	b.Upload(discordtest.Upload{Channel: other, Author: b.alice, Files: []discordtest.File{game("a.SC2Replay")}})
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Text: "gl hf", Files: []discordtest.File{{Name: "cat.png", Data: []byte("x")}}})
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Files: []discordtest.File{game("last.SC2Replay")}})
	if all := b.arrivals(1); all[0].FileName != "last.SC2Replay" {
		t.Errorf("took up %s", all[0].FileName)
	}
	mine := b.fromBot(b.channel)
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Text: "thanks", ReplyTo: mine[0].ID})
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Files: []discordtest.File{game("more.SC2Replay")}})
	b.arrivals(2)
	if n := len(b.fromBot(other)) + len(b.fromBot(b.channel)); n != 2 {
		t.Errorf("the bot wrote %d messages, want 2", n)
	}
}

func TestARepeatedEventIsOneUpload(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	first := b.bot
	second := b.make() // as during a deploy: both hear everything
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- second.Run(ctx) }()
	b.must(b.Wait(b.ctx, func() bool { return b.Connections() == 2 }))
	b.Upload(discordtest.Upload{Channel: b.DM(b.alice), Author: b.alice, Files: []discordtest.File{game("a.SC2Replay")}})
	b.arrivals(1)
	b.until(func(l *memory) bool { return l.recorded == 2 })
	cancel()
	b.must(<-ended)
	if own := b.fromBot(b.DM(b.alice)); len(own) != 1 || own[0].Edits() != 0 {
		t.Errorf("two bots wrote %+v, want one reply that stands", own)
	}
	b.bot = first
	b.deliver(b.arrivals(1)[0])
}

func TestBadInputIsAnsweredWithASentence(t *testing.T) {
	t.Parallel()
	direct := func(files ...discordtest.File) func(*bench) {
		return func(b *bench) { b.Upload(discordtest.Upload{Channel: b.DM(b.alice), Author: b.alice, Files: files}) }
	}
	fetched := func(delivery ...discordtest.Delivery) func(*bench) {
		f := game("a.SC2Replay")
		f.Delivery = delivery
		return direct(f)
	}
	slash := func(file discordtest.File) func(*bench) {
		return func(b *bench) {
			_, err := b.SlashReplay(b.alice, b.channel, file)
			b.must(err)
		}
	}
	for _, test := range []struct {
		name string
		act  func(*bench)
		want string
	}{
		{"mention without a file", func(b *bench) {
			b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Mention: true, Text: "hi"})
		}, "There is no .SC2Replay file in that message."},
		{"direct message with another file", direct(discordtest.File{Name: "cat.png", Data: []byte("x")}), "There is no .SC2Replay file in that message."},
		{"menu on a message without one", func(b *bench) {
			m := b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Text: "hi"})
			_, err := b.WaitCommand(b.ctx, commandAnalyse)
			b.must(err)
			_, err = b.Menu(b.alice, commandAnalyse, m.ID)
			b.must(err)
		}, "There is no .SC2Replay file in that message."},
		{"wrong extension", slash(discordtest.File{Name: "cat.png", Data: []byte("x")}), ":warning: Could not parse replay: cat.png is not a replay"},
		{"0 bytes", direct(discordtest.File{Name: "a.SC2Replay"}), ":warning: Could not parse replay: the file is empty."},
		{"0 bytes by command", slash(discordtest.File{Name: "a.SC2Replay"}), ":warning: Could not parse replay: the file is empty."},
		{"too large by announcement", direct(discordtest.File{Name: "a.SC2Replay", Data: []byte("MPQ\x1b"), Announced: testLimit + 1}), ":warning: Could not parse replay: the file is larger than 4 KiB."},
		{"too large by header", direct(discordtest.File{Name: "a.SC2Replay", Data: make([]byte, testLimit+1), Announced: 10}), ":warning: Could not parse replay: the file is larger than 4 KiB."},
		{"too large as received", fetched(discordtest.Endless), ":warning: Could not parse replay: the file is larger than 4 KiB."},
		{"not an MPQ", direct(discordtest.File{Name: "a.SC2Replay", Data: []byte("PK\x03\x04")}), ":warning: Could not parse replay: this is not a StarCraft II replay."},
		{"CDN 404", fetched(discordtest.NotFound), ":warning: Could not parse replay: Discord no longer has the file."},
		{"CDN 403", fetched(discordtest.Forbidden), ":warning: Could not parse replay: Discord no longer has the file."},
		{"CDN down", fetched(discordtest.Unavailable), "The replay could not be downloaded from Discord."},
		{"CDN redirects", fetched(discordtest.Redirect), "The replay could not be downloaded from Discord."},
		{"CDN stalls", fetched(discordtest.Stall), "The replay could not be downloaded from Discord."},
		{"CDN says nothing", fetched(discordtest.Hang), "The replay could not be downloaded from Discord."},
		{"CDN cuts short", fetched(discordtest.CutShort), "The replay could not be downloaded from Discord."},
		{"database down", func(b *bench) {
			b.store.fail(errors.New("connection refused"))
			direct(game("a.SC2Replay"))(b)
		}, "Something went wrong on our side"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			if strings.HasPrefix(test.name, "CDN s") { // stalls, says nothing
				b.wire.DownloadTimeout = 300 * time.Millisecond
			}
			b.start()
			test.act(b)
			m := b.shown(test.want)
			if m.Edits() > 1 || len(b.fromBot(discordtest.Channel{ID: m.ChannelID})) != 1 {
				t.Errorf("answered in %d versions of %d messages", m.Edits()+1, len(b.fromBot(discordtest.Channel{ID: m.ChannelID})))
			}
			b.store.mu.Lock()
			defer b.store.mu.Unlock()
			if len(b.store.all) != 0 {
				t.Errorf("recorded %+v", b.store.all)
			}
		})
	}
}

func TestACDNThatRecoversIsEnough(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	file := game("a.SC2Replay")
	file.Delivery = []discordtest.Delivery{discordtest.ResetMidFile, discordtest.Serve}
	b.Upload(discordtest.Upload{Channel: b.DM(b.alice), Author: b.alice, Files: []discordtest.File{file}})
	b.arrivals(1)
}

func TestHostileNamesNotifyNoOne(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Mention: true, Files: []discordtest.File{game("a.SC2Replay")}})
	a := b.announcement(b.arrivals(1)[0])
	hostile := duel()
	hostile.Map.Title = "@everyone <@" + b.alice.ID + ">"
	hostile.Players[0].Name = "@here **x** [y](https://evil.example)"
	a.Subject = b.store.answered(done(t, hostile))
	delivery, err := b.give(b.ctx, a)
	b.must(err)
	m, _ := b.Message(string(delivery.MessageID))
	if want := `**\@everyone \<\@` + b.alice.ID + `\>**`; !strings.HasPrefix(m.Content, want) || len(m.Mentions) != 0 {
		t.Errorf("%q notifies %v", m.Content, m.Mentions)
	}
}
