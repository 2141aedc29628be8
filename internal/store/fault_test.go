package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// act is a business act on a file of its own, ready to be done.
type act func(ctx context.Context, s *store.Store) error

// acts prepares every business act that writes, each in the case that sends
// the most statements.
var acts = map[string]func(w world, file string) act{
	"accept a new file": func(_ world, file string) act {
		return accepting(file)
	},
	"accept a known file": func(w world, file string) act {
		_, parse := w.submit(arrival(file))
		w.record(parse, good(0, `{}`))
		return accepting(file)
	},
	"accept a requested file": func(w world, file string) act {
		w.request("key of " + file)
		return accepting(file)
	},
	"record requests": func(_ world, file string) act {
		return func(ctx context.Context, s *store.Store) error {
			a, b := requested("a "+file), requested("b "+file)
			a.Channel, b.Channel = snowflake.ChannelID("channel a of "+file), snowflake.ChannelID("channel b of "+file)
			_, err := s.RecordPending(ctx, []upload.Pending{a, b}, soon)
			return err
		}
	},
	"use channels": func(_ world, file string) act {
		return func(ctx context.Context, s *store.Store) error {
			return s.UseChannels(ctx, []upload.Channel{{ID: snowflake.ChannelID("a " + file), Used: noon}, {ID: snowflake.ChannelID("b " + file), Guild: "9", Used: noon}})
		}
	},
	"refuse a request": func(w world, file string) act {
		w.request(file)
		return func(ctx context.Context, s *store.Store) error { return s.RefusePending(ctx, upload.Key(file), noon) }
	},
	"begin": func(w world, file string) act {
		_, parse := w.submit(arrival(file))
		return func(ctx context.Context, s *store.Store) error {
			_, err := s.Begin(ctx, parse, "w", noon)
			return err
		}
	},
	"release": func(w world, file string) act {
		_, parse := w.submit(arrival(file))
		w.begin(parse)
		return func(ctx context.Context, s *store.Store) error { return s.Release(ctx, parse, "no room") }
	},
	"record a result": func(w world, file string) act {
		_, parse := w.submit(arrival(file))
		return recording(parse, good(1, `{}`))
	},
	"record a failure": func(w world, file string) act {
		_, parse := w.submit(arrival(file))
		return recording(parse, bad(1, failure.Invalid, phrase.Damaged))
	},
	"record a failed reparse": func(w world, file string) act {
		_, reparse := w.reparse(file)
		return recording(reparse, bad(2, failure.Invalid, phrase.Damaged))
	},
	"start a reparse": func(w world, file string) act {
		w.old(good(1, `{}`), file)
		_ = w.SetReparse(context.Background(), store.ReparseStopped, noon) // of the act before
		return func(ctx context.Context, s *store.Store) error { return s.StartReparse(ctx, 2, noon) }
	},
	"continue a reparse": func(w world, file string) act {
		w.old(good(1, `{}`), "a "+file, "b "+file)
		w.try(w.StartReparse(context.Background(), 2, noon))
		return func(ctx context.Context, s *store.Store) error {
			_, err := s.ContinueReparse(ctx, 1000, noon)
			return err
		}
	},
	"pause a reparse": func(w world, file string) act {
		w.old(good(1, `{}`), file)
		w.try(w.StartReparse(context.Background(), 2, noon))
		return func(ctx context.Context, s *store.Store) error { return s.SetReparse(ctx, store.ReparsePaused, noon) }
	},
	"record the end of a job with a history": func(w world, file string) act {
		_, parse := w.submit(arrival(file))
		w.try(w.NoteTrouble(context.Background(), parse, "trouble"))
		return recording(parse, good(1, `{}`))
	},
	"resubmit": func(w world, file string) act {
		receipt, parse := w.submit(arrival(file))
		w.record(parse, bad(1, failure.Poison, phrase.Poison))
		return func(ctx context.Context, s *store.Store) error {
			_, err := s.Resubmit(ctx, receipt.ReplayID, noon)
			return err
		}
	},
	"record a delivery": func(w world, file string) act {
		id, _ := w.announcement(file)
		return func(ctx context.Context, s *store.Store) error {
			return s.RecordDelivery(ctx, id, announcement.Delivery{Sent: true, MessageID: "5", At: noon})
		}
	},
	"claim, raise and make due": func(w world, file string) act {
		_, parse := w.submit(arrival(file))
		return func(ctx context.Context, s *store.Store) error {
			if _, err := s.ClaimDue(ctx, noon.Add(time.Hour), noon.Add(2*time.Hour), 1000); err != nil {
				return err
			}
			if _, err := s.RaiseEnqueueAttempt(ctx, []job.ID{parse}); err != nil {
				return err
			}
			_, err := s.MakeAllDue(ctx, noon)
			return err
		}
	},
}

func accepting(file string) act {
	return func(ctx context.Context, s *store.Store) error {
		a := arrival(file)
		a.Key, a.Guild = upload.Key("key of "+file), "9"
		a.Quota = quota.Quota{PlayerInFlight: 1000, PlayerHour: 1000, GuildHour: 1000}
		_, err := s.Accept(ctx, a)
		return err
	}
}

func recording(id job.ID, v upload.Verdict) act {
	return func(ctx context.Context, s *store.Store) error {
		_, err := s.RecordVerdict(ctx, id, v)
		return err
	}
}

// Whatever statement of an act fails, nothing of it is written, and it
// succeeds when it is done again.
func TestAnActThatFailsAtAnyStatementWritesNothing(t *testing.T) {
	eachAct(t, func(t *testing.T, f faultBench) {
		statements := 0
		for k := 1; k < maxStatements; k++ {
			do := f.prepare(f.world, fmt.Sprintf("%s %d", t.Name(), k))
			before := dump(t, f.raw)
			f.wire.FailAt(k)
			err := do(context.Background(), f.wired)
			if err == nil {
				statements = f.wire.Sent()
				break
			}
			if !errors.Is(err, storetest.ErrInjected) || failure.Find(err) != nil {
				t.Errorf("statement %d: %v", k, err)
			}
			if diff := cmp.Diff(before, dump(t, f.raw)); diff != "" && !f.several {
				t.Errorf("statement %d: half-written: %s", k, diff)
			}
			if err := do(context.Background(), f.wired); err != nil {
				t.Errorf("statement %d: done again: %v", k, err)
			}
		}
		if statements == 0 {
			t.Error("the act never succeeded, or sent nothing")
		}
	})
}

// An act whose connection is lost writes all or nothing: all only when what was
// lost is the answer to its last statement. Doing it again ends well and, where
// the act can tell, writes nothing more.
func TestAnActThatLosesItsConnectionIsWholeOrNothing(t *testing.T) {
	eachAct(t, func(t *testing.T, f faultBench) {
		wroteAt := 0 // the first statement whose loss left something written
		for k := 1; k < maxStatements; k++ {
			do := f.prepare(f.world, fmt.Sprintf("%s %d", t.Name(), k))
			before := dump(t, f.raw)
			f.wire.FailAfter(k)
			err := do(context.Background(), f.wired)
			if err == nil {
				if wroteAt != k-1 && !f.several {
					t.Errorf("written by statement %d of %d", wroteAt, k-1)
				}
				return
			}
			if !errors.Is(err, storetest.ErrInjected) {
				t.Errorf("statement %d: %v", k, err)
			}
			cut := dump(t, f.raw)
			if cut != before && wroteAt == 0 {
				wroteAt = k
			}
			err = do(context.Background(), f.wired)
			if err != nil && (!errors.Is(err, job.ErrDone) || cut == before) {
				t.Errorf("statement %d: done again: %v", k, err)
			}
			if again := dump(t, f.raw); cut != before && cut != again && !f.again {
				t.Errorf("statement %d: written twice: %s", k, cmp.Diff(cut, again))
			}
		}
		t.Error("the act never succeeded")
	})
}

// maxStatements is more than any act sends.
const maxStatements = 20

type faultBench struct {
	world   // undisturbed
	wired   *store.Store
	wire    *storetest.Wire
	raw     *sql.DB
	prepare func(w world, file string) act
	several bool // the act is several transactions
	again   bool // the act cannot tell that it was done
}

func eachAct(t *testing.T, test func(t *testing.T, f faultBench)) {
	storetest.URLs(t, func(t *testing.T, url string) {
		wire, db := new(storetest.Wire), raw(t, url)
		w, wired := world{t, storetest.Open(t, url)}, storetest.Open(t, url, wire.Option())
		for name, prepare := range acts {
			t.Run(name, func(t *testing.T) {
				w := w
				w.T = t
				empty(t, db) // of the acts before, which would be dumped again and again
				several := name == "claim, raise and make due"
				again := several || name == "begin" || name == "release" || name == "move a reply" || name == "resubmit"
				test(t, faultBench{w, wired, wire, db, prepare, several, again})
			})
		}
	})
}
