package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/intake"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// server is one Discord server whose members send files through the intake,
// each of which has its verdict before the next one comes.
type server struct {
	world
	in  *intake.Intake
	log strings.Builder
	now time.Time
	n   int
}

func newServer(w world, limit quota.Quota) *server {
	s := &server{world: w, now: noon}
	s.in = intake.New(nowhere{}, w.Store, nowhere{}, intake.Options{
		Quota: limit, Counter: w.Store, Now: func() time.Time { return s.now }, Log: slog.New(slog.NewTextHandler(&s.log, nil)),
	})
	return s
}

// send hands a new file in and lets it end as verdict says; it returns why it
// was refused, "" when it was not.
func (s *server) send(user string, verdict upload.Verdict) phrase.Key {
	s.Helper()
	s.n++
	s.now = s.now.Add(time.Second)
	ctx := context.Background()
	file := upload.Incoming{
		Source: upload.FromDiscord, Uploader: snowflake.UserID(user), Guild: "9", FileName: "a.SC2Replay",
		Key: upload.Key(fmt.Sprint("key ", s.n)), Data: fmt.Appendf(nil, "MPQ\x1b%d", s.n),
	}
	err := s.in.Spent(file)
	if err == nil {
		err = s.in.Allow(ctx, file)
	}
	var receipt upload.Receipt
	if err == nil {
		receipt, err = s.in.Accept(ctx, file)
	}
	if err != nil {
		if failure.Find(err) == nil {
			s.Fatal(err)
		}
		return failure.Find(err).Text.Key
	}
	verdict.At = s.now
	s.record(receipt.Jobs[0].ID, verdict)
	return ""
}

// flood lets ten accounts send 62 files each, in turn.
func (s *server) flood(verdict upload.Verdict) (accepted int, refused map[phrase.Key]int) {
	s.Helper()
	refused = make(map[phrase.Key]int)
	for range 62 {
		for account := range 10 {
			if why := s.send(fmt.Sprint("account ", account), verdict); why != "" {
				refused[why]++
			} else {
				accepted++
			}
		}
	}
	return accepted, refused
}

var usualQuota = quota.Quota{PlayerInFlight: 5, PlayerHour: 60, PlayerJunk: 10, GuildHour: 600}

func TestTenAccountsDoNotLockAServerOut(t *testing.T) {
	for name, test := range map[string]struct {
		verdict   upload.Verdict
		accepted  int
		why       phrase.Key
		honest    int // what somebody else may still send
		warned    string
		guildUsed int
	}{
		"with junk":    {bad(1, failure.Invalid, phrase.Damaged), 10 * 10, phrase.LimitedJunk, 60, "files that are no replays", 0},
		"with replays": {good(1, `{}`), 334, phrase.LimitedShare, 29, "hourly quota", 334},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Engines(t, func(t *testing.T, db *store.Store) {
				s := newServer(world{t, db}, usualQuota)
				accepted, refused := s.flood(test.verdict)
				if accepted < test.accepted-10 || accepted > test.accepted+10 || refused[test.why] != 620-accepted {
					t.Errorf("%d accepted, refused %v", accepted, refused)
				}
				if !strings.Contains(s.log.String(), test.warned) || strings.Count(s.log.String(), "\n") > 10 {
					t.Errorf("log:\n%s", &s.log)
				}
				used := s.usage(upload.Arrival{Uploader: "honest", Guild: "9", Quota: usualQuota, At: s.now})
				if used.Guild < test.guildUsed-10 || used.Guild > test.guildUsed+10 {
					t.Errorf("%d count towards the server's quota", used.Guild)
				}
				served := 0
				for s.send("honest", good(1, `{}`)) == "" {
					served++
				}
				t.Logf("%d of 620 accepted, %d for somebody else", accepted, served)
				if served < test.honest-3 {
					t.Errorf("somebody else may send %d, want %d", served, test.honest)
				}
			})
		})
	}
}

func TestJunkIsForgivenWhenItsVerdictIs(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, db *store.Store) {
		w := world{t, db}
		a := arrival("late format")
		a.Guild, a.Quota = "9", quota.Quota{PlayerJunk: 1, GuildHour: 10}
		receipt, parse := w.submit(a)
		w.record(parse, bad(1, failure.Unsupported, phrase.UnknownBuild))
		next := a
		next.Key, next.SHA256, next.At = "next", fileOf("next"), a.At.Add(time.Minute)
		used := w.usage(next)
		if used.Guild != 0 || !used.JunkFrom.Equal(a.At.Add(quota.Window).Truncate(time.Microsecond)) {
			t.Errorf("after the failure: %+v", used)
		}
		if why := w.refused(next); why.Text.Key != phrase.LimitedJunk {
			t.Errorf("refused with %+v", why)
		}
		job, err := w.Resubmit(context.Background(), receipt.ReplayID, next.At)
		if err != nil {
			t.Fatal(err)
		}
		w.record(job.ID, good(2, `{}`))
		if used := w.usage(next); used.Guild != 1 || !used.JunkFrom.IsZero() {
			t.Errorf("after the result: %+v", used)
		}
	})
}
