package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/evoladder/evoladderbot/internal/discordtest"
)

// way is how an upload reaches the bot.
type way int

const (
	bySlash   way = iota // the command /replay
	byWatched            // a message in a channel that the bot reads
	byDirect             // a direct message
	byMention            // a message that names the bot
)

// upload is one file that one user sent once.
type upload struct {
	file        File
	user        discordtest.User
	channel     discordtest.Channel
	sent        time.Time
	message     string                   // id of the message that holds it
	interaction *discordtest.Interaction // of a command

	// Guarded by tally.mu:
	settled  chan struct{} // closed with the first final word
	over     bool          // settled is closed
	answered time.Time     // of the first answer
	declined bool          // told to try again
	answers  map[string]discordtest.Message
	edits    int    // changes of an answer after it was given
	said     string // the last words of the bot about it
}

// acknowledged reports whether the bot has reacted in the time that Discord
// gives it. For a message there is no such time.
func (u *upload) acknowledged() bool { return u.interaction == nil || u.interaction.Acked() != 0 }

// tally follows the loopback Discord and knows what became of every upload.
type tally struct {
	server *discordtest.Server
	done   chan struct{}

	mu        sync.Mutex
	uploads   []*upload
	origins   map[string]*upload // by the message or interaction that is answered
	strays    []discordtest.Message
	forgotten int // how many uploads at the beginning are not judged
}

// follow starts to count; it ends with ctx, see wait.
func follow(ctx context.Context, server *discordtest.Server) *tally {
	t := &tally{server: server, done: make(chan struct{}), origins: make(map[string]*upload)}
	follower := server.Follow()
	go func() {
		defer close(t.done)
		for {
			m, err := follower.Next(ctx)
			if err != nil {
				return
			}
			if m.Author.Bot {
				t.see(m)
			}
		}
	}()
	return t
}

// send lets a user upload a file.
func (t *tally) send(u *upload, by way) error {
	file := discordtest.File{Name: u.file.Name, Data: u.file.Data}
	u.settled, u.answers = make(chan struct{}), make(map[string]discordtest.Message)
	t.mu.Lock() // the answer may come before the upload is in the books
	defer t.mu.Unlock()
	u.sent = time.Now()
	if by == bySlash {
		interaction, err := t.server.SlashReplay(u.user, u.channel, file)
		if err != nil {
			return err
		}
		u.interaction = interaction
		t.origins[interaction.ID] = u
	} else {
		m := t.server.Upload(discordtest.Upload{
			Channel: u.channel, Author: u.user, Mention: by == byMention, Files: []discordtest.File{file},
		})
		u.message = m.ID
		t.origins[m.ID] = u
	}
	t.uploads = append(t.uploads, u)
	return nil
}

// see takes note of a message of the bot as it was after one change.
func (t *tally) see(m discordtest.Message) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.originOf(m)
	if u == nil {
		t.strays = append(t.strays, m)
		return
	}
	if m.Deleted {
		delete(u.answers, m.ID)
		u.said = "(deleted)"
		return
	}
	u.said = readable(everything(m.Version))
	switch meaningOf(m.Version) {
	case pending:
		return
	case refused:
		u.declined = true
	default:
		if _, again := u.answers[m.ID]; again {
			u.edits++
		}
		if u.answered.IsZero() {
			u.answered = m.At
		}
		u.answers[m.ID] = m
	}
	if !u.over {
		u.over = true
		close(u.settled)
	}
}

// originOf finds the upload that a message of the bot is about: the one it
// replies to; else the one whose file it names; else the oldest unanswered one
// of the user that it mentions. t.mu is held.
func (t *tally) originOf(m discordtest.Message) *upload {
	for _, id := range []string{m.InteractionID, m.ReplyTo} {
		if u := t.origins[id]; id != "" && u != nil {
			return u
		}
	}
	shown := readable(everything(m.Version))
	at := slices.IndexFunc(t.uploads, func(u *upload) bool { return strings.Contains(shown, u.file.Name) })
	if at < 0 {
		at = slices.IndexFunc(t.uploads, func(u *upload) bool {
			return len(u.answers) == 0 && u.channel.ID == m.ChannelID && slices.Contains(m.Mentions, u.user.ID)
		})
	}
	if at < 0 {
		return nil
	}
	return t.uploads[at]
}

// Outcome is what became of all uploads.
type Outcome struct {
	Submissions    int      `json:"submissions"`    // uploads that are owed an answer
	Answers        int      `json:"answers"`        // of them, answered
	Lost           int      `json:"lost"`           // of them, not answered
	Doubled        int      `json:"doubled"`        // uploads with more than one answer
	Wrong          int      `json:"wrong"`          // answers that are not the file's
	Declined       int      `json:"declined"`       // uploads whose user was told to try again
	Unacknowledged int      `json:"unacknowledged"` // commands that Discord itself answered with "did not respond"
	Repeats        int      `json:"repeated_edits"` // times that a given answer was written again
	Strays         int      `json:"strays"`         // messages of the bot that belong to no upload
	Details        []string `json:"details,omitempty"`

	latency, acks []time.Duration
	slowest       *upload // of good replays that were answered; nil: none was
	hostile       int
}

// clockFormat is that of the product's log lines, to look them up by.
const clockFormat = "15:04:05.000"

// maxDetails bounds what is told one by one.
const maxDetails = 20

func (o *Outcome) tell(text string) {
	if len(o.Details) < maxDetails {
		o.Details = append(o.Details, text)
	}
}

// outcome judges what stands in the loopback Discord now.
func (t *tally) outcome() Outcome {
	t.mu.Lock()
	defer t.mu.Unlock()
	var o Outcome
	for _, u := range t.uploads[t.forgotten:] {
		t.judge(&o, u)
	}
	for _, m := range t.strays {
		o.Strays++
		o.tell("stray message: " + readable(everything(m.Version)))
	}
	return o
}

func (t *tally) judge(o *Outcome, u *upload) {
	if u.interaction != nil && u.interaction.Acked() != 0 {
		o.acks = append(o.acks, u.interaction.AckedAfter())
	}
	if !u.acknowledged() {
		o.Unacknowledged++
	}
	o.Repeats += u.edits
	if len(u.answers) > 1 {
		o.Doubled++
		o.tell("doubled: " + u.file.Name)
	}
	for _, m := range u.answers {
		if complaint := u.file.suits(m.Version); complaint != "" {
			o.Wrong++
			o.tell("wrong: " + u.file.Name + ": " + complaint)
		}
	}
	switch {
	case len(u.answers) > 0:
		o.Submissions++
		o.Answers++
		if u.file.Expect == nil {
			o.hostile++
		} else {
			o.latency = append(o.latency, u.answered.Sub(u.sent))
			if o.slowest == nil || u.answered.Sub(u.sent) > o.slowest.answered.Sub(o.slowest.sent) {
				o.slowest = u
			}
		}
	case u.declined:
		o.Declined++
	case !u.acknowledged():
		// Discord has told the user, who has uploaded again.
	default:
		o.Submissions++
		o.Lost++
		o.tell(fmt.Sprintf("lost: %s, uploaded at %s; the bot's last words: %q", u.file.Name, u.sent.UTC().Format(clockFormat), u.said))
	}
}

// faultless reports whether every upload got its one right answer.
func (o Outcome) faultless() bool {
	return o.Lost == 0 && o.Doubled == 0 && o.Wrong == 0 && o.Strays == 0
}

// content reports whether a settled upload has an answer, other than to try
// again.
func (t *tally) content(u *upload) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(u.answers) > 0
}

// forget leaves the uploads so far out of the outcome. Their answers are still
// known, so that a late one is no stray.
func (t *tally) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forgotten = len(t.uploads)
}

// lastAnswer is when the last first answer came; zero when there is none.
func (t *tally) lastAnswer() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	var last time.Time
	for _, u := range t.uploads[t.forgotten:] {
		if u.answered.After(last) {
			last = u.answered
		}
	}
	return last
}
