package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/ladder/laddertest"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

// twin is a ladder in memory and one in a database, on which the same happens.
type twin struct {
	faultBench
	pure   *laddertest.World
	stores []*store.Store // two processes
	acts   int
	ruled  int // by replay
	done   map[string]bool
}

func newTwin(t *testing.T, url string) *twin {
	t.Helper()
	tw := &twin{
		faultBench: faultBench{world: world{t, storetest.Open(t, url)}, raw: raw(t, url)},
		pure:       laddertest.New(laddertest.Season(), 3),
		done:       make(map[string]bool),
	}
	tw.stores = []*store.Store{tw.Store, storetest.Open(t, url)}
	season := tw.pure.Season
	season.ID, season.Version, season.StaffChannel, season.LogChannel = 0, 0, "staff", "log"
	_, err := tw.SaveSeason(context.Background(), season, operator, "begins", laddertest.Start)
	tw.try(err)
	for _, p := range tw.pure.Players {
		p.ID, p.Version = 0, 0
		_, err := tw.SavePlayer(context.Background(), p, operator, laddertest.Start)
		tw.try(err)
	}
	return tw
}

// begin brings both to a match that is played.
func (tw *twin) begin() {
	tw.Helper()
	for _, kind := range []ladder.ActKind{
		ladder.Join, ladder.Join, ladder.PairUp, ladder.Deliver, ladder.Deliver, ladder.Accept, ladder.Accept,
	} {
		var possible []laddertest.Step
		for _, s := range tw.pure.Steps() {
			_, err := ladder.Apply(tw.pure.Scope(s.Acts[0]), s.Acts[0])
			if err == nil && s.Acts[0].Kind == kind && !tw.done[s.Name] {
				possible = append(possible, s)
			}
		}
		tw.done[possible[0].Name] = true
		tw.happen(possible[0])
	}
}

// happen has a step happen to both.
func (tw *twin) happen(step laddertest.Step) {
	tw.Helper()
	for _, act := range step.Acts {
		rows := tw.rows()
		before := tw.pure.Rows
		_, pureErr := tw.pure.Do(act)
		translated := laddertest.Translate(act, before, rows)
		if act.Replay != nil {
			tw.file(act.Replay.Replay)
		}
		nextMillisecond()
		tw.acts++
		out, err := tw.stores[tw.acts%2].Act(context.Background(), translated)
		var want, got ladder.Refusal
		if errors.As(pureErr, &want) != errors.As(err, &got) || want != got || (pureErr == nil) != (err == nil) {
			tw.Fatalf("%s: %v, in memory %v", step.Name, err, pureErr)
		}
		if len(out.Jobs) != len(out.Messages) {
			tw.Errorf("%s: %d messages, %d jobs of them", step.Name, len(out.Messages), len(out.Jobs))
		}
		for _, r := range out.Rulings {
			if r.By == ladder.FromReplay {
				tw.ruled++
			}
		}
		if diff := cmp.Diff(tw.pure.Dump(laddertest.Start), tw.rows().Dump(laddertest.Start)); diff != "" {
			tw.Fatalf("after %s the rows differ:\n%s", step.Name, diff)
		}
	}
}

func (tw *twin) rows() laddertest.Rows {
	tw.Helper()
	rows, err := tw.LadderRows(context.Background())
	tw.try(err)
	return rows
}

// file makes a replay with an id.
func (tw *twin) file(id ladder.ReplayID) {
	tw.Helper()
	_, err := tw.raw.ExecContext(context.Background(), fmt.Sprintf(`
		INSERT INTO replays (id, sha256, bytes, status, parser_version, tried_version, created_at)
		SELECT %d, '%s', 1, 'waiting', 0, 0, joined_at FROM entries WHERE id = (SELECT min(id) FROM entries) ON CONFLICT (id) DO NOTHING`,
		id, fileOf(fmt.Sprint(id))))
	tw.try(err)
}

// nextMillisecond returns in another millisecond: ids of two processes are in the order of
// their milliseconds.
func nextMillisecond() {
	for begun := time.Now().UnixMilli(); time.Now().UnixMilli() == begun; {
	}
}

// Whatever happens, in whatever order, two processes on one database come to the rows that
// the rules come to in memory.
func TestTheStoreComesToTheRowsThatTheRulesComeTo(t *testing.T) {
	const seeds, steps = 10, 30
	storetest.URLs(t, func(t *testing.T, url string) {
		ruled := 0
		for seed := range uint64(seeds) {
			url := url
			if seed > 0 {
				url = another(t, url)
			}
			tw := newTwin(t, url)
			random := rand.New(rand.NewPCG(seed, 10))
			if seed%2 == 0 {
				tw.begin()
			}
			for range steps {
				tw.happen(tw.pure.Pick(random))
			}
			tw.sound()
			ruled += tw.ruled
		}
		if ruled == 0 {
			t.Error("no replay has ruled in all these sequences")
		}
	})
}

// another is a new database on the same engine.
func another(t *testing.T, url string) string {
	t.Helper()
	if url[:len("sqlite")] == "sqlite" {
		return storetest.SQLite(t)
	}
	return storetest.Postgres(t)
}
