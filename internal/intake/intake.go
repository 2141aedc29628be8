// Package intake is the one door through which every file enters, whatever the
// edge: its checks, its senders' quotas, and the transaction that records it.
package intake

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// blobs keeps files under the sha256 of their bytes; storing one twice is
// storing it once.
type blobs interface {
	Put(ctx context.Context, sha256 string, data []byte) error
}

// store records an arrival and the job it makes necessary in one
// transaction.
type jobStore interface {
	Accept(ctx context.Context, arrival upload.Arrival) (upload.Receipt, error)
}

// counter says how much of its quota an arrival's sender has used.
type counter interface {
	Usage(ctx context.Context, arrival upload.Arrival) (quota.Usage, error)
}

// queue takes jobs, within a timeout of its own: the reply to the player waits
// for it. What it does not take, a sweeper enqueues.
type queue interface {
	Enqueue(ctx context.Context, jobs ...job.Job) error
}

// Options are the settings of an Intake; zero values are the defaults.
type Options struct {
	Limits  replay.Limits      // on a file; see replay.Limits for the defaults
	Quota   quota.Quota        // default: no limits
	Counter counter            // needed with a Quota
	Address int                // uploads of one Address in a quota.Window; default: no limit
	Warned  func(about string) // counts warnings to the operator; may be nil
	Now     func() time.Time   // default time.Now
	Log     *slog.Logger       // default slog.Default()
}

// Intake is the one door through which files enter, whatever the edge.
type Intake struct {
	blobs    blobs
	store    jobStore
	queue    queue
	maxBytes int64
	quota    quota.Quota
	counter  counter
	turns    *turns
	visitors *addresses
	junk     *addresses // files of one user that were refused at first sight
	warnings *addresses // by what they are about
	warned   func(about string)
	refusals refusals
	now      func() time.Time
	log      *slog.Logger

	queueDown atomic.Bool // so that an outage is one line in the log
}

// New is an intake that stores files in blobs, records them in store
// and tells queue.
func New(blobs blobs, store jobStore, queue queue, options Options) *Intake {
	in := &Intake{
		blobs: blobs, store: store, queue: queue,
		maxBytes: int64(cmp.Or(options.Limits.FileBytes, replay.MaxFileBytes)), quota: options.Quota, counter: options.Counter,
		turns: newTurns(), visitors: newAddresses(options.Address),
		junk: newAddresses(options.Quota.PlayerJunk), warnings: newAddresses(1), warned: options.Warned,
		now: options.Now, log: options.Log,
	}
	if in.now == nil {
		in.now = time.Now
	}
	if in.log == nil {
		in.log = slog.Default()
	}
	return in
}

// MaxBytes is the limit on one file. An edge reads one byte more than this at
// most and leaves the judgement to Accept.
func (in *Intake) MaxBytes() int64 { return in.maxBytes }

// Admit judges a file by what is known before its bytes arrive, so that an
// edge need not fetch what Accept would refuse. The error is a *failure.Error.
func (in *Intake) Admit(fileName string, size int64) error {
	name := upload.CleanFileName(fileName)
	if !upload.HasExtension(name) {
		return failure.New(failure.Invalid, phrase.Say(phrase.WrongExtension, "name", name), nil)
	}
	if size == 0 {
		return failure.New(failure.Invalid, phrase.Say(phrase.EmptyFile), nil)
	}
	if size > in.maxBytes {
		return failure.New(failure.TooLarge, phrase.Say(phrase.TooLarge, "limit", phrase.Size(in.maxBytes)),
			fmt.Errorf("%d bytes, limit %d", size, in.maxBytes))
	}
	return nil
}

// Allow judges an upload by who sends it, before its bytes arrive, so that an
// edge need not fetch what Accept would refuse. It refuses with a failure.Limited;
// any other error is our own trouble. An edge asks once an upload: asking
// counts towards the quota of an Address.
func (in *Intake) Allow(ctx context.Context, u upload.Incoming) error {
	now := in.now()
	if wait := in.visitors.wait(u.Address, now); wait > 0 {
		return quota.Exceeded(phrase.LimitedAddress, in.visitors.hourly, wait)
	}
	if !in.counts(u) {
		return nil
	}
	if wait := in.junk.due(string(u.Uploader), now); wait > 0 {
		used := quota.Usage{JunkFrom: now.Add(wait)}
		refused := in.quota.Judge(used, now)
		in.watch(u, used, refused)
		return refused
	}
	used, err := in.counter.Usage(ctx, upload.Arrival{
		Uploader: u.Uploader, Guild: u.Guild, Key: u.Key, Quota: in.quota, At: now,
	})
	if err != nil {
		return fmt.Errorf("look at the sender's quota: %w", err)
	}
	refused := in.quota.Judge(used, now)
	in.watch(u, used, refused)
	if found := failure.Find(refused); found != nil && found.Text.Key != phrase.LimitedInFlight {
		in.refusals.note(sender{u.Uploader, u.Guild}, used, now)
	}
	return refused
}

// Spent is Allow from memory alone, for an answer that may not wait: it refuses
// senders that Allow refused before, while that holds, and lets all others pass.
func (in *Intake) Spent(u upload.Incoming) error {
	now := in.now()
	if wait := in.junk.due(string(u.Uploader), now); wait > 0 {
		return in.quota.Judge(quota.Usage{JunkFrom: now.Add(wait)}, now)
	}
	return in.quota.Judge(in.refusals.of(sender{u.Uploader, u.Guild}, now), now)
}

// counts says whether an upload counts towards anybody's quota.
func (in *Intake) counts(u upload.Incoming) bool {
	return in.quota != (quota.Quota{}) && (u.Uploader != "" || u.Guild != "")
}

// Accept takes a file in. A *failure.Error refuses the file for good; any other
// error is our own trouble, nothing was recorded and the same upload may come
// again. Once Accept returns a Receipt the answer is an outbox job and will be given,
// whatever happens to the queue.
func (in *Intake) Accept(ctx context.Context, u upload.Incoming) (upload.Receipt, error) {
	if err := in.Admit(u.FileName, int64(len(u.Data))); err != nil {
		return upload.Receipt{}, err
	}
	if !replay.Begins(u.Data) {
		in.junk.wait(string(u.Uploader), in.now()) // counts; what is not recorded is not counted by the database
		return upload.Receipt{}, failure.New(failure.Invalid, phrase.Say(phrase.NotAReplay), nil)
	}
	sum := sha256.Sum256(u.Data)
	hash := hex.EncodeToString(sum[:])

	// The bytes come before the row that refers to them: an orphaned file costs
	// its bytes until a sweep, a row without its file could never be answered.
	if err := in.blobs.Put(ctx, hash, u.Data); err != nil {
		return upload.Receipt{}, fmt.Errorf("store file %s: %w", hash, err)
	}
	now := in.now()
	receipt, err := in.record(ctx, upload.Arrival{
		Source:        u.Source,
		Uploader:      u.Uploader,
		Guild:         u.Guild,
		Unlisted:      u.Unlisted,
		Language:      u.Language,
		FileName:      upload.CleanFileName(u.FileName),
		Key:           u.Key,
		SHA256:        hash,
		Bytes:         int64(len(u.Data)),
		ParserVersion: replay.ParserVersion,
		Reply:         u.Reply,
		Quota:         in.quota,
		Sent:          sent(u.Sent, now),
		At:            now,
	})
	if err != nil {
		return upload.Receipt{}, fmt.Errorf("record upload of %s: %w", hash, err)
	}
	in.tell(ctx, receipt.Jobs)
	return receipt, nil
}

// sent is when an upload was sent: not known, or by a clock that is ahead of
// ours, it is now.
func sent(at, now time.Time) time.Time {
	if at.IsZero() || at.After(now) {
		return now
	}
	return at
}

// record is store.Accept in the uploader's turn.
func (in *Intake) record(ctx context.Context, arrival upload.Arrival) (upload.Receipt, error) {
	if arrival.Uploader != "" && in.quota != (quota.Quota{}) {
		end, err := in.turns.take(ctx, string(arrival.Uploader))
		if err != nil {
			return upload.Receipt{}, err
		}
		defer end()
	}
	return in.store.Accept(ctx, arrival)
}

// tell says to the queue that there is work. It outlives the upload's own
// context: the job is written even if the uploader hung up.
func (in *Intake) tell(ctx context.Context, jobs []job.Job) {
	if len(jobs) == 0 {
		return
	}
	if err := in.queue.Enqueue(context.WithoutCancel(ctx), jobs...); err != nil {
		if !in.queueDown.Swap(true) {
			in.log.Warn("queue unreachable; uploads are accepted and parsed later", "error", err)
		}
		return
	}
	if in.queueDown.Swap(false) {
		in.log.Info("queue reachable again")
	}
}
