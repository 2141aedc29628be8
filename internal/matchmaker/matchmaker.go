package matchmaker

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/ladder/matching"
	"github.com/evoladder/evoladderbot/internal/store"
)

// Timing is when things happen; tests have other times.
type Timing struct {
	Run   time.Duration // between runs while anybody waits; 0: 5 s
	Beat  time.Duration // between heartbeats; 0: 2 s
	Slack time.Duration // a gap between heartbeats that is no outage; 0: 10 s
}

func (t Timing) orDefault() Timing {
	for to, otherwise := range map[*time.Duration]time.Duration{
		&t.Run: 5 * time.Second, &t.Beat: 2 * time.Second, &t.Slack: 10 * time.Second,
	} {
		if *to == 0 {
			*to = otherwise
		}
	}
	return t
}

// ladderStore is what the matchmaker reads and writes.
type ladderStore interface {
	queueStore
	Act(ctx context.Context, act ladder.Act) (store.Outcome, error)
	Timer(ctx context.Context, id job.ID) (ladder.Act, error)
	Beat(ctx context.Context, at time.Time, apart time.Duration) (store.Outage, error)
	ExtendDeadlines(ctx context.Context, outage store.Outage, by ladder.Actor) (int, error)
}

// queueStore is what a run reads, and where its figures go.
type queueStore interface {
	Season(ctx context.Context, id ladder.SeasonID) (ladder.Season, error)
	Waiting(ctx context.Context, at time.Time) ([]ladder.Waiting, error)
	RecordMatchingRun(ctx context.Context, r store.MatchingRun) error
	LastMatchingRun(ctx context.Context) (store.MatchingRun, error)
	ForgetMatchingRuns(ctx context.Context, before time.Time) error
	EndSeason(ctx context.Context, id ladder.SeasonID, by ladder.Actor, reason string, at time.Time) error
}

// Config is what a Matchmaker works with.
type Config struct {
	Store   ladderStore
	Enqueue func(ctx context.Context, jobs []job.Job) // best effort: a sweeper enqueues what is not
	// Reachable says whether players can be reached now; nil: always. While they cannot it
	// is an outage.
	Reachable func() bool
	Random    func() float64 // from [0, 1): picks maps
	Timing    Timing
	Log       *slog.Logger
}

// Matchmaker pairs entries and handles timers.
type Matchmaker struct {
	Config
	wake       chan struct{}
	population matching.Population
	pruned     time.Time // when old runs were deleted last
	// beaten is when the last heartbeat was stored; nil: none yet, or it failed.
	beaten atomic.Pointer[time.Time]
}

// New is a matchmaker that does nothing until it runs.
func New(c Config) *Matchmaker {
	c.Timing = c.Timing.orDefault()
	if c.Reachable == nil {
		c.Reachable = func() bool { return true }
	}
	return &Matchmaker{Config: c, wake: make(chan struct{}, 1)}
}

// Wake has the matchmaker look at the queue now.
func (m *Matchmaker) Wake() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// Run runs until ctx ends.
func (m *Matchmaker) Run(ctx context.Context) error {
	beat, run := time.NewTicker(m.Timing.Beat), time.NewTicker(m.Timing.Run)
	defer beat.Stop()
	defer run.Stop()
	m.beat(ctx)
	m.Wake()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-beat.C:
			m.beat(ctx)
		case <-run.C:
			m.run(ctx)
		case <-m.wake:
			m.run(ctx)
		}
	}
}

// beat stores a heartbeat while players can be reached, and makes up for an outage that it
// ends. Until that is done the heartbeat does not stand.
func (m *Matchmaker) beat(ctx context.Context) {
	if !m.Reachable() {
		m.beaten.Store(nil)
		return
	}
	now := time.Now()
	if err := m.stand(ctx, now); err != nil {
		m.beaten.Store(nil)
		m.report(ctx, "could not store the ladder's heartbeat", err)
		return
	}
	m.beaten.Store(&now)
}

func (m *Matchmaker) stand(ctx context.Context, now time.Time) error {
	outage, err := m.Store.Beat(ctx, now, m.Timing.Slack)
	if err != nil || outage.Length() == 0 {
		return err
	}
	moved, err := m.Store.ExtendDeadlines(ctx, outage, ladder.Actor{Role: ladder.ByTimer})
	if err != nil {
		return err
	}
	m.Log.WarnContext(ctx, "the ladder was out of reach; its deadlines were extended",
		"outage_seconds", outage.Length().Seconds(), "rows", moved)
	m.Wake()
	return nil
}

// reachable says whether the heartbeat stands, so that deadlines count.
func (m *Matchmaker) reachable(now time.Time) bool {
	last := m.beaten.Load()
	return last != nil && now.Sub(*last) < m.Timing.Slack
}

// run pairs the entries that it can. An entry that was taken or left meanwhile stays as it is; the next
// run is soon.
func (m *Matchmaker) run(ctx context.Context) {
	now := time.Now()
	if !m.reachable(now) {
		return // nobody could be told of an offer
	}
	if err := m.pair(ctx, now); err != nil && !errors.Is(err, store.ErrNotFound) { // no season is open
		m.report(ctx, "a run of the matchmaker failed", err)
	}
}

func (m *Matchmaker) pair(ctx context.Context, now time.Time) error {
	season, err := m.Store.Season(ctx, 0)
	if err != nil {
		return err
	}
	waiting, err := m.Store.Waiting(ctx, now)
	if err != nil {
		return err
	}
	if season.State == ladder.SeasonClosing {
		return m.close(ctx, season, waiting, now)
	}
	if err := m.recall(ctx); err != nil {
		return err
	}
	rule := season.MatchingRule()
	entries, byID := candidates(season, waiting)
	m.population = m.population.Advance(now, matching.CountOf(entries), rule)
	if len(entries) < 2 {
		return nil
	}
	result := matching.Match(now, entries, m.population, rule)
	for _, pair := range result.Pairs {
		m.offer(ctx, season.PairOf(pair, byID, m.Random()))
	}
	return m.record(ctx, result, entries, time.Since(now))
}

// recall takes the population over from the last run that is on record, which may be of a
// process before this one. To begin from nobody would be extra credit for everybody.
func (m *Matchmaker) recall(ctx context.Context) error {
	if !m.population.Window.IsZero() {
		return nil
	}
	last, err := m.Store.LastMatchingRun(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var run matching.Run
	if err := json.Unmarshal(last.Detail, &run); err != nil { // extra credit, which stops no queue
		m.report(ctx, "could not read the figures of the matchmaker's last run", err)
		return nil
	}
	m.population = matching.PopulationOf(run)
	return nil
}

// close brings a season whose queue is closed to its end: who still searches leaves, and
// once the last match is over, or has had its time, the snapshot is taken.
func (m *Matchmaker) close(ctx context.Context, season ladder.Season, waiting []ladder.Waiting, now time.Time) error {
	by := ladder.Actor{Role: ladder.ByMatchmaker}
	for _, w := range waiting {
		if err := m.act(ctx, ladder.Act{Kind: ladder.TickEntry, Actor: by, At: now, Entry: w.Entry.ID}); err != nil {
			return err
		}
	}
	err := m.Store.EndSeason(ctx, season.ID, by, "its last match is over, or has had its time", now)
	if refused, live := errors.AsType[ladder.Refusal](err); live && refused.Code == ladder.MatchesLive {
		return nil
	}
	return err
}

const (
	runsKept   = 30 * 24 * time.Hour
	pruneEvery = 24 * time.Hour
)

// record keeps what a run found and did, and once a day forgets the runs of long ago.
func (m *Matchmaker) record(ctx context.Context, result matching.Result, entries []matching.Entry, took time.Duration) error {
	detail, err := json.Marshal(result.Run)
	if err != nil {
		return err
	}
	run := store.MatchingRun{At: result.Run.At, Pairs: len(result.Pairs), Took: took, Detail: detail}
	for _, e := range entries {
		switch bw, sc2 := e.Standings[matching.BW].Plays, e.Standings[matching.SC2].Plays; {
		case bw && sc2:
			run.Crowd.Either++
		case bw:
			run.Crowd.BW++
		default:
			run.Crowd.SC2++
		}
	}
	if err := m.Store.RecordMatchingRun(ctx, run); err != nil || run.At.Sub(m.pruned) < pruneEvery {
		return err
	}
	m.pruned = run.At
	return m.Store.ForgetMatchingRuns(ctx, run.At.Add(-runsKept))
}

func candidates(season ladder.Season, waiting []ladder.Waiting) ([]matching.Entry, map[ladder.EntryID]ladder.Waiting) {
	entries := make([]matching.Entry, len(waiting))
	byID := make(map[ladder.EntryID]ladder.Waiting, len(waiting))
	for i, w := range waiting {
		entries[i] = w.Candidate(season.Rules)
		byID[w.Entry.ID] = w
	}
	return entries, byID
}

// offer offers a pair its match.
func (m *Matchmaker) offer(ctx context.Context, pair ladder.Pair) {
	err := m.act(ctx, ladder.Act{
		Kind: ladder.PairUp, Actor: ladder.Actor{Role: ladder.ByMatchmaker}, At: time.Now(), Pair: &pair,
	})
	if err != nil {
		m.report(ctx, "could not offer a match", err)
	}
}

// Tick handles a timer of an entry or a match. Before deadlines were extended by an outage
// none of them counts.
func (m *Matchmaker) Tick(ctx context.Context, id job.ID) error {
	act, err := m.Store.Timer(ctx, id)
	if err != nil {
		return err
	}
	act.Actor, act.At = ladder.Actor{Role: ladder.ByTimer}, time.Now()
	if !m.reachable(act.At) {
		return job.Snooze(m.Timing.Beat, "players cannot be reached; deadlines wait")
	}
	return m.act(ctx, act)
}

// act does an act of the program's own. A refusal means that somebody was first.
func (m *Matchmaker) act(ctx context.Context, act ladder.Act) error {
	out, err := m.Store.Act(ctx, act)
	var refused ladder.Refusal
	if errors.As(err, &refused) {
		m.Log.DebugContext(ctx, "act refused", "act", act.Kind, "code", refused.Code, "state", refused.State)
		return nil
	}
	if err != nil {
		return err
	}
	m.Enqueue(ctx, out.Jobs)
	if out.Wake {
		m.Wake()
	}
	return nil
}

func (m *Matchmaker) report(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		m.Log.ErrorContext(ctx, what, "error", err)
	}
}
