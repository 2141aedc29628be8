package bot

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// Direct messages and mentions are read back where the bot was used, without the
// Message Content intent, and each is answered once.
func TestWhatCameWhileNoBotListenedIsAnswered(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	asked := b.AddChannel(b.guild, "asked") // where the bot was only asked something
	commanded := b.AddChannel(b.guild, "commanded")
	unused := b.AddChannel(b.guild, "unused")
	send := func(in discordtest.Channel, mention bool, name string) discordtest.Message {
		return b.Upload(discordtest.Upload{Channel: in, Author: b.alice, Mention: mention, Files: []discordtest.File{game(name)}})
	}
	stop := b.start()
	send(b.DM(b.alice), false, "0.SC2Replay")
	before := send(b.channel, true, "0.SC2Replay")
	b.Upload(discordtest.Upload{Channel: asked, Author: b.alice, Mention: true, Text: "hello?"})
	_, err := b.SlashReplay(b.alice, commanded, game("0.SC2Replay"))
	b.must(err)
	b.arrivals(3)
	b.shown("There is no .SC2Replay file in that message.")
	b.must(stop())

	send(b.DM(b.alice), false, "direct.SC2Replay")
	send(b.channel, true, "mention.SC2Replay")
	send(b.channel, false, "of others.SC2Replay")
	reply := b.fromBot(b.channel)[0]
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, ReplyTo: reply.ID, Files: []discordtest.File{game("ping.SC2Replay")}})
	send(asked, true, "asked.SC2Replay")
	send(commanded, true, "commanded.SC2Replay")
	send(unused, true, "unused.SC2Replay") // of which no bot knows
	stop = b.start()
	want := []string{"asked.SC2Replay", "commanded.SC2Replay", "direct.SC2Replay", "mention.SC2Replay", "ping.SC2Replay"}
	var got []string
	for _, arrival := range b.arrivals(8)[3:] {
		got = append(got, arrival.FileName)
		m, _ := b.Message(string(arrival.Reply.MessageID))
		if m.Content != found(arrival.FileName) || string(arrival.Guild) != m.GuildID {
			t.Errorf("%s of guild %q is answered in %+v", arrival.FileName, arrival.Guild, m)
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("read back %v, want %v", got, want)
	}
	b.must(stop())

	b.start() // which reads the same again
	send(b.channel, true, "last.SC2Replay")
	b.arrivals(9)
	if n := len(b.fromBot(b.channel)); n != 4 || len(b.fromBot(unused)) != 0 || before.ID == "" {
		t.Errorf("%d messages of the bot in the channel, want one for each of four uploads", n)
	}
}

// What is refused by its size is not recorded, but the refusal stands.
func TestARefusedFileThatIsReadBackIsNotRefusedAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{IgnoreNonces: true})
	stop := b.start()
	large := discordtest.File{Name: "large.SC2Replay", Data: []byte("MPQ"), Announced: testLimit + 1}
	b.Upload(discordtest.Upload{Channel: b.DM(b.alice), Author: b.alice, Files: []discordtest.File{large, game("a.SC2Replay")}})
	b.shown("large.SC2Replay")
	b.arrivals(1)
	b.must(stop())
	b.start()
	b.must(b.Wait(b.ctx, func() bool { return b.Requests(routeList) > 0 })) // read back
	b.Upload(discordtest.Upload{Channel: b.DM(b.alice), Author: b.alice, Files: []discordtest.File{game("b.SC2Replay")}})
	b.arrivals(2)
	b.until(func(l *memory) bool { return len(l.asked) == 0 })
	if n := len(b.fromBot(b.DM(b.alice))); n != 3 {
		t.Errorf("%d messages of the bot, want a refusal and two replies", n)
	}
}

// Discord's limits: only so many channels, and those used last first.
func TestTheChannelsUsedLastAreReadBackFirst(t *testing.T) {
	t.Parallel()
	p, now := newGaps(), time.Now()
	p.hold([]discord.ChannelID{"watched"})
	var used []upload.Channel
	for n := range 5 {
		used = append(used, upload.Channel{ID: snowflake.ChannelID(strconv.Itoa(n)), Guild: "g", Used: now.Add(-time.Duration((n+2)%5) * time.Hour)})
	}
	p.recall(used)
	p.release()
	var order []string
	for _, at := range p.claim() {
		order = append(order, string(at.channel))
	}
	if want := []string{"watched", "3", "4", "0", "1", "2"}; !slices.Equal(order, want) {
		t.Errorf("read back in the order %v, want %v", order, want)
	}
}

// A channel that an event came from before the used ones were known still has a
// gap.
func TestAChannelThatIsInUseAgainIsReadBack(t *testing.T) {
	t.Parallel()
	p := newGaps()
	p.saw("1", "100", "")
	p.recall([]upload.Channel{{ID: "1", Used: time.Now()}})
	if spots := p.claim(); len(spots) != 1 || spots[0].from != "" || !spots[0].direct || p.none() != true {
		t.Errorf("to be read back: %+v", spots)
	}
}

// Nothing is marked as read before it is known what there is to read.
func TestTheBookmarkWaitsForTheUsedChannels(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.store.stick("UsedChannels")
	b.start()
	b.logged("not known yet")
	b.store.mu.Lock()
	marked := !b.store.mark.IsZero()
	b.store.mu.Unlock()
	if marked {
		t.Error("the bookmark was moved")
	}
	b.store.stick("")
	b.until(func(l *memory) bool { return !l.mark.IsZero() })
}
