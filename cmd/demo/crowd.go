package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/text"
)

// maxWaiting is how many uploads may wait for their answer; the players wait
// then, too.
const maxWaiting = 20

// player is one of the simulated players.
type player struct {
	discordtest.User
	direct discordtest.Channel
}

// upload is a file that a player sent and that has no answer yet.
type upload struct {
	player string
	file   string
	sent   time.Time
}

// crowd is the players. They upload, and see the answers.
type crowd struct {
	server  *discordtest.Server
	players []player
	guild   discordtest.Guild
	talk    discordtest.Channel // where the bot reads what is meant for it
	watched discordtest.Channel // where it reads every upload; the zero value: there is none
	deck    *deck

	mu       sync.Mutex // guards what follows, and the order of the lines
	out      io.Writer
	waiting  map[string]upload // by the message or interaction that is answered
	full     bool              // said that too many wait
	sent     int
	answered int
}

var names = []string{"anna", "bert", "chen", "dana", "emil", "fay", "gus", "hana"}

// playerNames are the names of n players.
func playerNames(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = names[i%len(names)]
		if round := i / len(names); round > 0 {
			list[i] += fmt.Sprint(round + 1)
		}
	}
	return list
}

func newCrowd(server *discordtest.Server, names []string, files *deck, out io.Writer) *crowd {
	c := &crowd{server: server, deck: files, out: out, waiting: make(map[string]upload)}
	c.guild = server.AddGuild("EvoLadder demo")
	c.talk = server.AddChannel(c.guild, "general")
	for _, name := range names {
		user := server.AddUser(name)
		c.players = append(c.players, player{user, server.DM(user)})
	}
	return c
}

// watch makes the players use a channel, too, that the bot watches.
func (c *crowd) watch(name string) { c.watched = c.server.AddChannel(c.guild, name) }

// say prints a line with the time of day.
func (c *crowd) say(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.line(format, args...)
}

func (c *crowd) line(format string, args ...any) {
	_, _ = fmt.Fprintf(c.out, "%s  %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, args...))
}

// upload lets the players upload, one file each interval, until ctx ends or so
// many are uploaded.
func (c *crowd) upload(ctx context.Context, every time.Duration, most int) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for n := 0; n < most; {
		if c.mayUpload() {
			c.send(n)
			n++
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
	c.say("%d uploads are enough: the players stop; the page stays until Ctrl-C", most)
}

// mayUpload says whether few enough uploads wait for their answer.
func (c *crowd) mayUpload() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	full := len(c.waiting) >= maxWaiting
	if full && !c.full {
		c.line("%d uploads wait for their answer: the players wait, too", len(c.waiting))
	}
	c.full = full
	return !full
}

// send lets a player upload the n-th file, in one of the ways that players have.
func (c *crowd) send(n int) {
	p, file := c.players[n%len(c.players)], c.deck.file(n)
	c.mu.Lock() // the answer may come before the upload is noted
	defer c.mu.Unlock()
	u := upload{player: p.Name, file: file.Name, sent: time.Now()}
	message := discordtest.Upload{Channel: p.direct, Author: p.User, Files: []discordtest.File{file}}
	how := "in a direct message"
	switch n / len(c.players) % 4 {
	case 0:
		interaction, err := c.server.SlashReplay(p.User, c.talk, file)
		if err == nil {
			c.note(interaction.ID, u, "with /replay in #"+c.talk.Name)
			return
		}
		// A bot that has not registered its commands yet is still spoken to.
	case 1:
		message.Channel, message.Mention, how = c.talk, true, "in #"+c.talk.Name+", mentioning the bot"
	case 2:
		if c.watched.ID != "" {
			message.Channel, how = c.watched, "in #"+c.watched.Name+", which the bot watches"
		}
	}
	c.note(c.server.Upload(message).ID, u, how)
}

func (c *crowd) note(origin string, u upload, how string) {
	c.waiting[origin] = u
	c.sent++
	c.line("%-5s uploaded %s %s", u.player, u.file, how)
}

// read sees the bot's messages until ctx ends.
func (c *crowd) read(ctx context.Context, follower *discordtest.Follower) {
	for {
		m, err := follower.Next(ctx)
		if err != nil {
			return
		}
		if m.Author.Bot && !pending(m.Version) {
			c.see(m)
		}
	}
}

// see notes the answer to an upload: the first message about it that is more
// than a receipt.
func (c *crowd) see(m discordtest.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, origin := range []string{m.InteractionID, m.ReplyTo} {
		u, found := c.waiting[origin]
		if !found {
			continue
		}
		delete(c.waiting, origin)
		c.answered++
		c.line("%-5s has the answer to %s after %d ms: %s", u.player, u.file, time.Since(u.sent).Milliseconds(), summary(m.Version))
		return
	}
}

// receipt is what the bot says first, in pieces: the file's name lies between.
var receipt = strings.Split(phrase.English.Say(phrase.Found, "name", "\x00"), "\x00")

// pending says whether a message only acknowledges an upload.
func pending(v discordtest.Version) bool {
	if len(v.Embeds) > 0 {
		return false
	}
	return v.Loading() || v.Content == "" || strings.HasPrefix(v.Content, receipt[0]) && strings.Contains(v.Content, receipt[len(receipt)-1])
}

var pageAddress = regexp.MustCompile(`https?://\S+/replays/\d+`)

// summary is an answer in one line: the map, the circumstances, and where the
// page shows it; or why there is no result.
func summary(v discordtest.Version) string {
	parts := []string{}
	for _, e := range v.Embeds {
		circumstances, _, _ := strings.Cut(e.Description, "\n")
		parts = append(parts, e.Title, circumstances)
	}
	if len(v.Embeds) == 0 {
		parts = append(parts, v.Content)
	}
	if address := pageAddress.FindString(v.Content); address != "" {
		parts = append(parts, address)
	}
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return text.Line(strings.ReplaceAll(strings.Join(parts, " · "), `\`, "")) // Discord's escapes
}

// totals are how many files were uploaded and how many of them answered.
func (c *crowd) totals() (sent, answered int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sent, c.answered
}
