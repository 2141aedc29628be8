package store

import (
	"context"
	"fmt"

	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/ladder"
)

// Outcome is what an act has changed.
type Outcome struct {
	ladder.Change
	// Jobs are those of its messages. The caller enqueues them; where that fails a
	// sweeper does.
	Jobs []job.Job
}

// Act does what happens on the ladder, in one transaction: it locks and reads what the act
// may read, asks the rules, and writes what they say, with its timers, messages and
// audit. A ladder.Refusal changes nothing; nor does an act that was done before, whose
// Outcome is empty. When another act was first with the same rows, the rules are asked
// again. What the database knows of a replay that is handed in (HandedIn.Known) and of
// earlier matches of a pair (Pair.Met) is filled in.
func (s *Store) Act(ctx context.Context, act ladder.Act) (Outcome, error) {
	var out Outcome
	err := s.writeLadder(ctx, func(tx session) (err error) {
		out, err = s.actIn(ctx, tx, act)
		return err
	})
	if err != nil {
		return Outcome{}, fmt.Errorf("%s: %w", act.Kind, err)
	}
	return out, nil
}

// actIn is Act in a transaction that does more. The caller has locked what comes before
// matches (see doc.go), runs under writeLadder, and gives up the transaction on an error.
func (s *Store) actIn(ctx context.Context, tx session, act ladder.Act) (Outcome, error) {
	sc, err := s.loadScope(ctx, tx, &act)
	if err != nil {
		return Outcome{}, err
	}
	change, err := ladder.Apply(sc.Scope, act)
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Change: change}
	if change.Empty() {
		return out, nil
	}
	err = tx.together(ctx, func(tx session) error {
		w := writer{s, tx, act, sc}
		for _, write := range []func(context.Context, *Outcome) error{
			w.players, w.match, w.entries, w.games, w.rulings, w.reports, w.handles,
			w.penalties, w.ledger, w.standings, w.audit, w.messages, w.timers,
		} {
			if err := write(ctx, &out); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Outcome{}, err
	}
	return out, nil
}

// Foresee is what an act would change if it were done now. It writes nothing.
func (s *Store) Foresee(ctx context.Context, act ladder.Act) (ladder.Change, error) {
	var change ladder.Change
	err := s.writeLadder(ctx, func(tx session) error {
		sc, err := s.loadScope(ctx, tx, &act)
		if err == nil {
			change, err = ladder.Apply(sc.Scope, act)
		}
		return err
	})
	if err != nil {
		return ladder.Change{}, fmt.Errorf("foresee %s: %w", act.Kind, err)
	}
	return change, nil
}
