package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/retry"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// The life of a pending upload: one whose player reads "Found replay file", which
// is a promise, and which is neither a submission yet nor refused. Between
// processes the row in the database decides, by the upload's key. In this process
// it has a state:
//
//	             claim          record          lanes.add            run
//	unseen ────────────► claimed ────────► inFlight ─ ─ (waits) ─ ─ ► … ──► settled
//	   ▲                  │    │               │ no room, stopping             │
//	   └──── leave ───────┘    │ known already,▼                               │
//	     (read back later)     │ refused    postponed                          │
//	                           └──► settled    └─────────── resume ◄───────────┘
//	                                                  (Fetch, while the row stands)
//
// What a process leaves behind in any state is resumed from the row by Fetch, in
// this process or another.

const (
	// recordPause is the time between two tries to record an upload.
	recordPause = 50 * time.Millisecond
	// fetchMargin is what an upload takes that does not have to wait, beside its
	// download: a reply and the intake.
	fetchMargin = 5 * time.Second
	// endTimeout bounds ending an upload whose player knows already. If that
	// fails, Fetch sees that the reply says something else by then.
	endTimeout = 2 * time.Second
	// maxRemembered is how many uploads are remembered that are not in flight:
	// about an hour of the busiest channel that Discord allows.
	maxRemembered = 8192
)

var (
	// errSettled says that an upload's player waits for nothing any more.
	errSettled = errors.New("the player has an answer already, or was never acknowledged")
	// errOverdue says that an upload does not come to an end.
	errOverdue = errors.New("neither in nor refused after a day")
	// errNoName says that the bot does not know its own messages yet.
	errNoName = errors.New("the bot has not learned its own id yet")
)

// recordTimeout is how long a player may wait for the first reply because the
// database is away, since nothing is promised before the upload is on record.
type recordTimeout struct {
	command time.Duration // Discord gives a command three seconds
	message time.Duration
}

// defaultRecordTimeout outlasts a database that restarts; a bot loses its lease
// with the database after four seconds.
var defaultRecordTimeout = recordTimeout{command: 2 * time.Second, message: 4 * time.Second}

// requestStore keeps pending uploads until they are in, which the intake records,
// or refused.
type requestStore interface {
	// RecordPending says of each upload whether it is new.
	RecordPending(ctx context.Context, requests []upload.Pending, due time.Time) ([]bool, error)
	// PendingUpload is what a job is about; job.ErrDone when that is in or refused.
	PendingUpload(ctx context.Context, id job.ID) (upload.Pending, error)
	RefusePending(ctx context.Context, key upload.Key, at time.Time) error
}

// pendingUpload is one replay on its way in.
type pendingUpload struct {
	bot     *Bot
	key     upload.Key
	user    discord.UserID
	guild   discord.GuildID // "" in direct messages, and where it is not known
	direct  bool            // it was sent to the bot alone
	channel discord.ChannelID
	message discord.MessageID // that holds it; "" for a command's option
	file    *discord.Attachment
	// command is what it came by, nil for a message, and part says which of the
	// command's replies is its own: 0 is the response.
	command *discord.Interaction
	part    int
	// language is what its player reads; see languageOf and guildLanguages.
	language phrase.Language
	// unanswered says that nothing was said about it yet, by any process.
	unanswered bool
	reply      firstReply
}

const keyPrefix = "discord:"

// keyOf names an upload for ever: the message or interaction it came by and
// the attachment in it, both ids that Discord never uses again.
func keyOf[T ~string](origin T, part discord.AttachmentID) upload.Key {
	return upload.Key(keyPrefix + string(origin) + ":" + string(part))
}

// split is the inverse of keyOf.
func split(key upload.Key) (origin string, attachment discord.AttachmentID) {
	origin, part, _ := strings.Cut(strings.TrimPrefix(string(key), keyPrefix), ":")
	return origin, discord.AttachmentID(part)
}

// nonceOf is what keeps an upload's first reply single.
func nonceOf(key upload.Key) string { return discord.Nonce(string(key)) }

// made is when the message or the command was sent.
func (u *pendingUpload) made() time.Time {
	origin, _ := split(u.key)
	return snowflake.MadeAt(origin)
}

// lane is where u waits its turn. Commands are answered outside of the channel's
// rate limit, so they do not wait for those who wait for it.
func (u *pendingUpload) lane() string {
	if u.command != nil {
		return "commands in " + string(u.channel)
	}
	return string(u.channel)
}

func (u *pendingUpload) sender() discord.UserID { return u.user }

// noRoom leaves u to Fetch.
func (u *pendingUpload) noRoom() { u.bot.pending.postpone(u) }

// record claims uploads and puts them on record before their players are answered,
// so that they outlive this process; it returns those that are new: whatever else
// is on record is another process's already. It tries until timeout. After an
// error the claimed ones are returned, which the caller must settle or leave:
// their players are to try again, unless it is context.Canceled: then this process
// ends or stands by, and the database had nothing to do with it.
func (b *Bot) record(ctx context.Context, uploads []*pendingUpload, timeout time.Duration) ([]*pendingUpload, error) {
	uploads = slices.DeleteFunc(uploads, func(u *pendingUpload) bool { return !b.pending.claim(u.key) })
	if len(uploads) == 0 {
		return nil, nil
	}
	now := time.Now()
	rows := make([]upload.Pending, len(uploads))
	for n, u := range uploads {
		rows[n] = upload.Pending{
			Key: u.key, Channel: u.channel, Message: u.message, User: u.user,
			Guild: u.guild, Direct: u.direct, FileName: u.file.Filename, Bytes: int64(u.file.Size),
			URL: u.file.URL, Part: u.part, Received: now, Language: u.language,
		}
		if i := u.command; i != nil {
			rows[n].Application, rows[n].Token = i.AppID, i.Token
		}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var trouble error // of the tries so far, before that of ctx
	fresh, err := retry.Do(ctx, retry.Policy{Pause: retry.Evenly(recordPause)}, func() ([]bool, error) {
		fresh, err := b.requests.RecordPending(ctx, rows, now.Add(b.fetchAfter()))
		if err != nil && (trouble == nil || !errors.Is(err, context.Canceled)) {
			trouble = err
		}
		return fresh, err
	})
	if err != nil {
		return uploads, trouble
	}
	var ours []*pendingUpload
	for n, u := range uploads {
		if fresh[n] {
			b.pending.recorded(u)
			ours = append(ours, u)
		} else {
			b.pending.settle(u.key)
		}
	}
	return ours, nil
}

// end ends a pending upload whose player knows that nothing will come of it.
func (b *Bot) end(ctx context.Context, key upload.Key) {
	ctx, cancel := context.WithTimeout(ctx, endTimeout)
	defer cancel()
	if err := b.requests.RefusePending(ctx, key, time.Now()); err != nil {
		b.log.Warn("pending upload not ended, though it is refused", "key", key, "error", err)
	}
}

// Fetch is the handler of fetch jobs: it sees to it that an upload is in flight
// that was recorded a while ago and is neither in nor refused. The process that
// recorded it has died, had no room, or failed to answer the player. Fetch itself
// ends nothing, so that no upload keeps answers from being given: it snoozes until
// the pending upload has ended.
func (b *Bot) Fetch(ctx context.Context, id job.ID) error {
	r, err := b.requests.PendingUpload(ctx, id)
	if err != nil {
		return fmt.Errorf("load pending upload of job %d: %w", id, err)
	}
	if u := b.fromRow(r); b.pending.resume(u) {
		u.reply = b.standingReply(u, time.Since(r.Received))
		b.lanes.add(u)
	}
	if time.Since(r.Received) > maxAge {
		// From here on the queue counts, and ends what cannot be ended here.
		return fmt.Errorf("upload %s: %w", r.Key, errOverdue)
	}
	return job.Snooze(b.fetchAfter(), "the upload is in flight")
}

// fetchAfter is when Fetch checks on an upload that is neither in nor refused:
// when one that does not have to wait is done even if its download takes all the
// time it has, so that a timer seldom fires in vain. What waits longer in a living
// process is in flight there.
func (b *Bot) fetchAfter() time.Duration { return b.discord.DownloadTimeout() + fetchMargin }

// fromRow is the upload that record has made a row of; its reply is not known.
func (b *Bot) fromRow(r upload.Pending) *pendingUpload {
	origin, attachment := split(r.Key)
	u := &pendingUpload{
		bot: b, key: r.Key, user: r.User, guild: r.Guild, direct: r.Direct,
		channel: r.Channel, message: r.Message, part: r.Part, language: r.Language,
		file: &discord.Attachment{ID: attachment, Filename: r.FileName, Size: int(r.Bytes), URL: r.URL},
	}
	if r.Token != "" {
		u.command = &discord.Interaction{
			ID: discord.InteractionID(origin), AppID: r.Application, Token: r.Token, ChannelID: u.channel,
		}
	}
	return u
}

// state is how far this process has come with an upload.
type state int

const (
	unseen    state = iota // nothing is known of it, or it is forgotten
	claimed                // being recorded; no other event in this process takes it
	inFlight               // on record; it waits in a lane or is worked on
	postponed              // on record, but there was no room for it
	settled                // in, refused, or left to Fetch
)

// pendingSet is the in-flight set: the uploads that this process has a part in, so
// that an event that comes again (replayed after a resume, read back after a
// restart) costs nothing. Those in flight are never forgotten; of the others, the
// ones that nothing asked for longest are.
type pendingSet struct {
	mu     sync.Mutex
	active map[upload.Key]state // claimed or inFlight
	past   *lru.Cache[upload.Key, left]
}

// left is what is remembered of an upload that is no longer in flight.
type left struct {
	state      state // postponed or settled
	unanswered bool  // postponed, and no process has said anything about it
}

func newPendingSet() *pendingSet {
	return &pendingSet{active: make(map[upload.Key]state), past: newCache[upload.Key, left](maxRemembered)}
}

// claim says whether an upload is unseen, and claims it.
func (s *pendingSet) claim(key upload.Key) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, active := s.active[key]; active {
		return false
	}
	if _, known := s.past.Get(key); known {
		return false
	}
	s.active[key] = claimed
	return true
}

// once says whether something is unseen, and settles it: it is answered at once.
func (s *pendingSet) once(key upload.Key) bool {
	if !s.claim(key) {
		return false
	}
	s.settle(key)
	return true
}

// recorded puts a claimed upload in flight.
func (s *pendingSet) recorded(u *pendingUpload) { s.set(u.key, inFlight) }

// leave forgets a claimed upload, whose player knows of nothing: it is read back.
func (s *pendingSet) leave(key upload.Key) { s.set(key, unseen) }

// settle notes that this process has no more part in an upload.
func (s *pendingSet) settle(key upload.Key) { s.set(key, settled) }

// postpone notes that there was no room for an upload that is on record.
func (s *pendingSet) postpone(u *pendingUpload) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.active, u.key)
	s.past.Add(u.key, left{postponed, u.unanswered})
}

// resume puts an upload in flight of which there is a row; false says that it is
// claimed or in flight.
func (s *pendingSet) resume(u *pendingUpload) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, active := s.active[u.key]; active {
		return false
	}
	was, _ := s.past.Peek(u.key)
	u.unanswered = was.unanswered
	s.past.Remove(u.key)
	s.active[u.key] = inFlight
	return true
}

func (s *pendingSet) set(key upload.Key, to state) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch to {
	case claimed, inFlight:
		s.active[key] = to
	case unseen:
		delete(s.active, key)
		s.past.Remove(key)
	case settled, postponed:
		delete(s.active, key)
		s.past.Add(key, left{state: to})
	}
}
