package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/retry"
	"github.com/evoladder/evoladderbot/internal/submission"
)

const (
	// keepPause is the time between two tries to record an upload.
	keepPause = 50 * time.Millisecond
	// requestGrace is when somebody looks after an upload that is neither in nor
	// refused. It is over what one takes that does not have to wait (a reply, a
	// download of 15 s, the intake), so that a timer seldom rings in vain; what
	// waits longer in a living process is recognised by its claim.
	requestGrace = 20 * time.Second
	// forgetTimeout bounds ending a request whose player knows already. If that
	// fails, Fetch sees that the reply says something else by then.
	forgetTimeout = 2 * time.Second
	// nonceSure is how long Discord surely knows a nonce ("a few minutes").
	nonceSure = 2 * time.Minute
)

// patience is how long a player may wait for the first reply because the
// database is away, since nothing is promised before it is on record.
type patience struct {
	command time.Duration // Discord gives a command three seconds
	message time.Duration
}

// defaultPatience outlasts a database that restarts; a bot loses its lease with
// the database after four seconds.
var defaultPatience = patience{command: 2 * time.Second, message: 4 * time.Second}

// requests is where uploads are kept from before the first reply until they are
// in, which the intake records, or refused.
type requests interface {
	// RecordRequests says of each upload whether it is new.
	RecordRequests(ctx context.Context, requests []submission.Request, due time.Time) ([]bool, error)
	// Request is what a job is about; job.ErrDone when that is in or refused.
	Request(ctx context.Context, id job.ID) (submission.Request, error)
	RefuseRequest(ctx context.Context, key string, at time.Time) error
}

var (
	// errSettled says that an upload's player waits for nothing any more.
	errSettled = errors.New("the player was told already, or was never answered")
	// errNoName says that the bot does not know its own messages yet.
	errOverdue = errors.New("neither in nor refused after a day")
	errNoName  = errors.New("the bot has not learned its own id yet")
)

// keep records claimed uploads before their players are told anything, so that
// they outlive this process, and returns those that are new: whatever else is
// on record is somebody's already. It tries for as long as patience says. An error
// means that the players are to try again; where that is context.Canceled this
// process ends or stands by, and the database had nothing to do with it.
func (b *Bot) keep(ctx context.Context, uploads []upload, patience time.Duration) ([]upload, error) {
	if len(uploads) == 0 {
		return nil, nil
	}
	now := time.Now()
	requests := make([]submission.Request, len(uploads))
	for n, u := range uploads {
		requests[n] = u.request(now)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var trouble error
	for {
		fresh, err := b.requests.RecordRequests(ctx, requests, now.Add(requestGrace))
		if err != nil && (trouble == nil || !errors.Is(err, context.Canceled)) {
			trouble = err
		}
		if err != nil && retry.Sleep(ctx, keepPause) {
			continue
		}
		if err != nil {
			return nil, trouble
		}
		var ours []upload
		for n, u := range uploads {
			if fresh[n] {
				ours = append(ours, u)
			} else {
				b.claims.done(u.key)
			}
		}
		return ours, nil
	}
}

// forget ends the request for an upload whose player knows that nothing will
// come of it.
func (b *Bot) forget(ctx context.Context, key string) {
	ctx, cancel := context.WithTimeout(ctx, forgetTimeout)
	defer cancel()
	if err := b.requests.RefuseRequest(ctx, key, time.Now()); err != nil {
		b.log.Warn("request of a refused upload not ended", "key", key, "error", err)
	}
}

// Fetch is the handler of fetch jobs: it sees to it that an upload is in hand
// that was heard of a while ago and is neither in nor refused. The process that
// heard of it has died, had no room, or failed to tell the player. Fetch itself
// ends nothing, so that no upload keeps answers from being given: it asks to be
// called again, until the upload's request has ended.
func (b *Bot) Fetch(ctx context.Context, id job.ID) error {
	r, err := b.requests.Request(ctx, id)
	if err != nil {
		return fmt.Errorf("load request of job %d: %w", id, err)
	}
	if b.claims.retake(r.Key) {
		u := requested(r)
		u.answer = func(ctx context.Context) (submission.Reply, error) {
			return b.replyTo(ctx, u, time.Since(r.Received))
		}
		b.enter(u)
	}
	if time.Since(r.Received) > maxAge {
		// From here on the queue counts, and ends what cannot be ended here.
		return fmt.Errorf("upload %s: %w", r.Key, errOverdue)
	}
	return job.Snooze(requestGrace, "the upload is in hand")
}

// request is u as it is kept.
func (u upload) request(at time.Time) submission.Request {
	r := submission.Request{
		Key: u.key, Channel: u.channel, Message: u.message, User: u.userID, Guild: u.guild, Direct: u.direct,
		FileName: u.file.Filename, Bytes: int64(u.file.Size), URL: u.file.URL, Part: u.part, Received: at,
		Language: u.language,
	}
	if i := u.interaction; i != nil {
		r.Application, r.Token = i.AppID, i.Token
	}
	return r
}

// requested is the inverse of upload.request; its answer is still to be found.
func requested(r submission.Request) upload {
	origin, attachment := splitKey(r.Key)
	u := upload{
		key: r.Key, userID: r.User, guild: r.Guild, direct: r.Direct, channel: r.Channel, message: r.Message, part: r.Part,
		language: r.Language,
		file:     &discord.Attachment{ID: attachment, Filename: r.FileName, Size: int(r.Bytes), URL: r.URL},
	}
	if r.Token != "" {
		u.interaction = &discord.Interaction{ID: origin, AppID: r.Application, Token: r.Token, ChannelID: r.Channel}
	}
	return u
}
