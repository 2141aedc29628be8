package submission_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/submission"
)

func TestQuotasAreJudged(t *testing.T) {
	t.Parallel()
	quota := submission.Quota{PlayerInFlight: 5, PlayerHour: 60, PlayerJunk: 10, GuildHour: 600}
	later := noon.Add(90 * time.Second)
	for name, test := range map[string]struct {
		quota submission.Quota
		used  submission.Usage
		want  phrase.Key
		text  string
	}{
		"room everywhere":      {quota, submission.Usage{InFlight: 4, PlayerFrom: noon}, "", ""},
		"all in flight":        {quota, submission.Usage{InFlight: 5}, phrase.LimitedInFlight, "5 replays"},
		"the player's hour":    {quota, submission.Usage{InFlight: 5, PlayerFrom: later}, phrase.LimitedPlayer, "in 2 minutes."},
		"the server's hour":    {quota, submission.Usage{GuildFrom: later}, phrase.LimitedGuild, "600 uploads an hour"},
		"the player's junk":    {quota, submission.Usage{JunkFrom: later}, phrase.LimitedJunk, "10 files you uploaded"},
		"the player's share":   {quota, submission.Usage{Guild: 520, Here: 10, HereFrom: later}, phrase.LimitedShare, "in 2 minutes."},
		"room in the share":    {quota, submission.Usage{Guild: 519, Here: 10, HereFrom: later}, "", ""},
		"nothing sent here":    {quota, submission.Usage{Guild: 599}, "", ""},
		"on record already":    {quota, submission.Usage{Recorded: true, InFlight: 5, GuildFrom: later}, "", ""},
		"no limits":            {submission.Quota{}, submission.Usage{InFlight: 99, PlayerFrom: later, GuildFrom: later}, "", ""},
		"no limit on the hour": {submission.Quota{PlayerInFlight: 5}, submission.Usage{PlayerFrom: later}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.quota.Judge(test.used, noon)
			if test.want == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			found := failure.Find(err)
			if found == nil || found.Kind != failure.Limited || found.Text.Key != test.want || found.Wait <= 0 {
				t.Fatalf("got %+v", found)
			}
			if text := found.Text.In(phrase.English); !contains(text, test.text) || contains(text, "{") {
				t.Errorf("says %q", text)
			}
		})
	}
}

// counter says the same of everybody.
type counter struct {
	used  submission.Usage
	err   error
	asked []submission.Arrival
}

func (c *counter) Usage(_ context.Context, a submission.Arrival) (submission.Usage, error) {
	c.asked = append(c.asked, a)
	return c.used, c.err
}

func TestASenderIsJudgedBeforeTheBytesArrive(t *testing.T) {
	t.Parallel()
	quota := submission.Quota{PlayerInFlight: 5, PlayerHour: 60}
	count := &counter{used: submission.Usage{InFlight: 5}}
	in := submission.NewIntake(nil, nil, nil, submission.IntakeOptions{Quota: quota, Counter: count, Now: func() time.Time { return noon }})
	known := submission.Upload{Source: submission.FromDiscord, Uploader: "1", Guild: "2", Key: "3"}
	if found := failure.Find(in.Allow(t.Context(), known)); found == nil || found.Kind != failure.Limited {
		t.Errorf("got %v", found)
	}
	if want := (submission.Arrival{Uploader: "1", Guild: "2", Key: "3", Quota: quota, At: noon}); len(count.asked) != 1 || count.asked[0] != want {
		t.Errorf("asked about %+v", count.asked)
	}
	if err := in.Allow(t.Context(), submission.Upload{Source: submission.FromCLI}); err != nil || len(count.asked) != 1 {
		t.Errorf("the command line has a quota: %v", err)
	}
	count.err = errors.New("database away")
	if err := in.Allow(t.Context(), known); !errors.Is(err, count.err) || failure.Find(err) != nil {
		t.Errorf("our own trouble is answered as %v", err)
	}
}

func TestAnAddressIsLimitedWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	now := noon
	in := submission.NewIntake(nil, nil, nil, submission.IntakeOptions{Address: 60, Now: func() time.Time { return now }})
	from := func(address string) error {
		return in.Allow(t.Context(), submission.Upload{Source: submission.FromWeb, Address: address})
	}
	for n := range 60 {
		if err := from("203.0.113.7"); err != nil {
			t.Fatalf("upload %d: %v", n, err)
		}
	}
	found := failure.Find(from("203.0.113.7"))
	if found == nil || found.Text.Key != phrase.LimitedAddress || found.Wait <= 0 || found.Wait > time.Minute {
		t.Fatalf("the 61st: %+v", found)
	}
	if err := errors.Join(from("203.0.113.8"), from("")); err != nil {
		t.Errorf("others are refused, too: %v", err)
	}
	now = now.Add(found.Wait)
	if err := from("203.0.113.7"); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	// Many others pass by; memory is bounded, and who still sends is remembered.
	for n := range 20_000 {
		if err := from(fmt.Sprint(n)); err != nil {
			t.Fatal(err)
		}
		if n%1000 == 0 && from("203.0.113.7") == nil {
			t.Fatalf("forgotten after %d others", n)
		}
	}
}

func contains(text, part string) bool { return strings.Contains(text, part) }

func TestARefusalIsRememberedWhileItHolds(t *testing.T) {
	t.Parallel()
	now := noon
	count := &counter{used: submission.Usage{PlayerFrom: noon.Add(time.Minute)}}
	in := submission.NewIntake(nil, nil, nil, submission.IntakeOptions{
		Quota: submission.Quota{PlayerHour: 60}, Counter: count, Now: func() time.Time { return now },
	})
	alice := submission.Upload{Uploader: "alice"}
	if in.Spent(alice) != nil {
		t.Error("refused before anybody counted")
	}
	if in.Allow(t.Context(), alice) == nil || in.Spent(alice) == nil || len(count.asked) != 1 {
		t.Error("the refusal is not remembered")
	}
	if in.Spent(submission.Upload{Uploader: "bob"}) != nil {
		t.Error("another is refused")
	}
	now = noon.Add(time.Minute)
	if in.Spent(alice) != nil {
		t.Error("refused although there is room")
	}
}

func TestFilesRefusedAtFirstSightCountAsJunk(t *testing.T) {
	t.Parallel()
	count := &counter{}
	var warned []string
	in := submission.NewIntake(nil, nil, nil, submission.IntakeOptions{
		Quota: submission.Quota{PlayerJunk: 3}, Counter: count, Now: func() time.Time { return noon },
		Warned: func(about string) { warned = append(warned, about) }, Log: slog.New(slog.DiscardHandler),
	})
	junk := submission.Upload{Source: submission.FromDiscord, Uploader: "mallory", FileName: "a.SC2Replay", Data: []byte("PK")}
	for range 3 {
		if err := in.Allow(t.Context(), junk); err != nil {
			t.Fatal(err)
		}
		if _, err := in.Accept(t.Context(), junk); failure.Find(err) == nil || failure.Find(err).Kind != failure.Invalid {
			t.Fatal(err)
		}
	}
	for range 2 {
		if found := failure.Find(in.Allow(t.Context(), junk)); found == nil || found.Text.Key != phrase.LimitedJunk {
			t.Errorf("the fourth: %+v", found)
		}
	}
	if in.Spent(junk) == nil || in.Spent(submission.Upload{Uploader: "bob"}) != nil {
		t.Error("the wrong one is refused from memory")
	}
	if want := []string{submission.WarnJunk}; !slices.Equal(warned, want) {
		t.Errorf("the operator heard %v, want %v", warned, want)
	}
}

func TestAServersQuotaIsRememberedForAMinute(t *testing.T) {
	t.Parallel()
	now := noon
	count := &counter{used: submission.Usage{Guild: 600, GuildFrom: noon.Add(time.Hour)}}
	in := submission.NewIntake(nil, nil, nil, submission.IntakeOptions{
		Quota: submission.Quota{GuildHour: 600}, Counter: count, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
	})
	alice := submission.Upload{Uploader: "alice", Guild: "9"}
	if in.Allow(t.Context(), alice) == nil || in.Spent(alice) == nil {
		t.Error("the refusal is not remembered")
	}
	now = now.Add(time.Minute)
	if in.Spent(alice) != nil { // what was counted may be junk by now
		t.Error("refused without a look")
	}
}
