package submission

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
)

// extension is what the game ends a replay's name with; players' tools change
// its case.
const extension = ".SC2Replay"

// Upload is a file as an edge received it, its bytes in memory.
type Upload struct {
	Source   Source
	Uploader string          // Discord user id; empty where no user is known
	Guild    string          // Discord server id; empty outside of one
	Address  string          // of the sender, where that is all that is known of him; never recorded
	Unlisted bool            // not for the public list: it was sent in private
	Language phrase.Language // of the answer; empty: English
	FileName string          // as the uploader's machine wrote it
	Key      string          // see Arrival.Key
	Data     []byte
	Reply    *Reply    // see Arrival.Reply
	Sent     time.Time // when its sender sent it, before anything of ours; zero: it is not known
}

// blobs keeps files under the sha256 of their bytes; storing one twice is
// storing it once.
type blobs interface {
	Put(ctx context.Context, sha256 string, data []byte) error
}

// store records an arrival and the job it makes necessary in one
// transaction.
type jobStore interface {
	Accept(ctx context.Context, arrival Arrival) (Receipt, error)
}

// counter says how much of its quota an arrival's sender has used.
type counter interface {
	Usage(ctx context.Context, arrival Arrival) (Usage, error)
}

// queue takes jobs, within a timeout of its own: the reply to the player waits
// for it. What it does not take, a sweeper enqueues.
type queue interface {
	Enqueue(ctx context.Context, jobs ...job.Job) error
}

// IntakeOptions are the settings of an Intake; zero values are the defaults.
type IntakeOptions struct {
	Limits  replay.Limits      // on a file; see replay.Limits for the defaults
	Quota   Quota              // default: no limits
	Counter counter            // needed with a Quota
	Address int                // uploads of one Address in a QuotaWindow; default: no limit
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
	quota    Quota
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

// NewIntake is an intake that stores files in blobs, records them in store
// and tells queue.
func NewIntake(blobs blobs, store jobStore, queue queue, options IntakeOptions) *Intake {
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
	name := CleanFileName(fileName)
	if !hasExtension(name) {
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
func (in *Intake) Allow(ctx context.Context, upload Upload) error {
	now := in.now()
	if wait := in.visitors.wait(upload.Address, now); wait > 0 {
		return limited(phrase.LimitedAddress, in.visitors.hourly, wait)
	}
	if !in.counts(upload) {
		return nil
	}
	if wait := in.junk.due(upload.Uploader, now); wait > 0 {
		used := Usage{JunkFrom: now.Add(wait)}
		refused := in.quota.Judge(used, now)
		in.watch(upload, used, refused)
		return refused
	}
	used, err := in.counter.Usage(ctx, Arrival{
		Uploader: upload.Uploader, Guild: upload.Guild, Key: upload.Key, Quota: in.quota, At: now,
	})
	if err != nil {
		return fmt.Errorf("look at the sender's quota: %w", err)
	}
	refused := in.quota.Judge(used, now)
	in.watch(upload, used, refused)
	if found := failure.Find(refused); found != nil && found.Text.Key != phrase.LimitedInFlight {
		in.refusals.note(sender{upload.Uploader, upload.Guild}, used, now)
	}
	return refused
}

// Spent is Allow from memory alone, for an answer that may not wait: it refuses
// senders that Allow refused before, while that holds, and lets all others pass.
func (in *Intake) Spent(upload Upload) error {
	now := in.now()
	if wait := in.junk.due(upload.Uploader, now); wait > 0 {
		return in.quota.Judge(Usage{JunkFrom: now.Add(wait)}, now)
	}
	return in.quota.Judge(in.refusals.of(sender{upload.Uploader, upload.Guild}, now), now)
}

// counts says whether an upload counts towards anybody's quota.
func (in *Intake) counts(upload Upload) bool {
	return in.quota != (Quota{}) && (upload.Uploader != "" || upload.Guild != "")
}

// Accept takes a file in. A *failure.Error refuses the file for good; any other
// error is our own trouble, nothing was recorded and the same upload may come
// again. Once Accept returns a Receipt the answer is an outbox job and will be given,
// whatever happens to the queue.
func (in *Intake) Accept(ctx context.Context, upload Upload) (Receipt, error) {
	if err := in.Admit(upload.FileName, int64(len(upload.Data))); err != nil {
		return Receipt{}, err
	}
	if !replay.Begins(upload.Data) {
		in.junk.wait(upload.Uploader, in.now()) // counts; what is not recorded is not counted by the database
		return Receipt{}, failure.New(failure.Invalid, phrase.Say(phrase.NotAReplay), nil)
	}
	sum := sha256.Sum256(upload.Data)
	hash := hex.EncodeToString(sum[:])

	// The bytes come before the row that refers to them: an orphaned file costs
	// its bytes until a sweep, a row without its file could never be answered.
	if err := in.blobs.Put(ctx, hash, upload.Data); err != nil {
		return Receipt{}, fmt.Errorf("store file %s: %w", hash, err)
	}
	now := in.now()
	receipt, err := in.record(ctx, Arrival{
		Source:        upload.Source,
		Uploader:      upload.Uploader,
		Guild:         upload.Guild,
		Unlisted:      upload.Unlisted,
		Language:      upload.Language,
		FileName:      CleanFileName(upload.FileName),
		Key:           upload.Key,
		SHA256:        hash,
		Bytes:         int64(len(upload.Data)),
		ParserVersion: replay.ParserVersion,
		Reply:         upload.Reply,
		Quota:         in.quota,
		Sent:          sent(upload.Sent, now),
		At:            now,
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("record upload of %s: %w", hash, err)
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
func (in *Intake) record(ctx context.Context, arrival Arrival) (Receipt, error) {
	if arrival.Uploader != "" && in.quota != (Quota{}) {
		end, err := in.turns.take(ctx, arrival.Uploader)
		if err != nil {
			return Receipt{}, err
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

func hasExtension(name string) bool {
	cut := len(name) - len(extension)
	return cut >= 0 && strings.EqualFold(name[cut:], extension)
}
