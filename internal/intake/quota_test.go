package intake_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/intake"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// counter says the same of everybody.
type counter struct {
	used  quota.Usage
	err   error
	asked []upload.Arrival
}

func (c *counter) Usage(_ context.Context, a upload.Arrival) (quota.Usage, error) {
	c.asked = append(c.asked, a)
	return c.used, c.err
}

func TestASenderIsJudgedBeforeTheBytesArrive(t *testing.T) {
	t.Parallel()
	limit := quota.Quota{PlayerInFlight: 5, PlayerHour: 60}
	count := &counter{used: quota.Usage{InFlight: 5}}
	in := intake.New(nil, nil, nil, intake.Options{Quota: limit, Counter: count, Now: func() time.Time { return noon }})
	known := upload.Incoming{Source: upload.FromDiscord, Uploader: "1", Guild: "2", Key: "3"}
	if found := failure.Find(in.Allow(t.Context(), known)); found == nil || found.Kind != failure.Limited {
		t.Errorf("got %v", found)
	}
	if want := (upload.Arrival{Uploader: "1", Guild: "2", Key: "3", Quota: limit, At: noon}); len(count.asked) != 1 || count.asked[0] != want {
		t.Errorf("asked about %+v", count.asked)
	}
	if err := in.Allow(t.Context(), upload.Incoming{Source: upload.FromCLI}); err != nil || len(count.asked) != 1 {
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
	in := intake.New(nil, nil, nil, intake.Options{Address: 60, Now: func() time.Time { return now }})
	from := func(address string) error {
		return in.Allow(t.Context(), upload.Incoming{Source: upload.FromWeb, Address: address})
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

func TestARefusalIsRememberedWhileItHolds(t *testing.T) {
	t.Parallel()
	now := noon
	count := &counter{used: quota.Usage{PlayerFrom: noon.Add(time.Minute)}}
	in := intake.New(nil, nil, nil, intake.Options{
		Quota: quota.Quota{PlayerHour: 60}, Counter: count, Now: func() time.Time { return now },
	})
	alice := upload.Incoming{Uploader: "alice"}
	if in.Spent(alice) != nil {
		t.Error("refused before anybody counted")
	}
	if in.Allow(t.Context(), alice) == nil || in.Spent(alice) == nil || len(count.asked) != 1 {
		t.Error("the refusal is not remembered")
	}
	if in.Spent(upload.Incoming{Uploader: "bob"}) != nil {
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
	in := intake.New(nil, nil, nil, intake.Options{
		Quota: quota.Quota{PlayerJunk: 3}, Counter: count, Now: func() time.Time { return noon },
		Warned: func(about string) { warned = append(warned, about) }, Log: slog.New(slog.DiscardHandler),
	})
	junk := upload.Incoming{Source: upload.FromDiscord, Uploader: "mallory", FileName: "a.SC2Replay", Data: []byte("PK")}
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
	if in.Spent(junk) == nil || in.Spent(upload.Incoming{Uploader: "bob"}) != nil {
		t.Error("the wrong one is refused from memory")
	}
	if want := []string{intake.WarnJunk}; !slices.Equal(warned, want) {
		t.Errorf("the operator heard %v, want %v", warned, want)
	}
}

func TestAServersQuotaIsRememberedForAMinute(t *testing.T) {
	t.Parallel()
	now := noon
	count := &counter{used: quota.Usage{Guild: 600, GuildFrom: noon.Add(time.Hour)}}
	in := intake.New(nil, nil, nil, intake.Options{
		Quota: quota.Quota{GuildHour: 600}, Counter: count, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
	})
	alice := upload.Incoming{Uploader: "alice", Guild: "9"}
	if in.Allow(t.Context(), alice) == nil || in.Spent(alice) == nil {
		t.Error("the refusal is not remembered")
	}
	now = now.Add(time.Minute)
	if in.Spent(alice) != nil { // what was counted may be junk by now
		t.Error("refused without a look")
	}
}
