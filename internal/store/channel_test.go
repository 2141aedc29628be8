package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// used are all channels on record, the one used last first.
func (w world) used() []upload.Channel {
	w.Helper()
	all, err := w.UsedChannels(context.Background(), time.Time{}.AddDate(1, 0, 0), 100)
	w.try(err)
	return all
}

func channel(id, guild string, used time.Time) upload.Channel {
	return upload.Channel{ID: snowflake.ChannelID(id), Guild: snowflake.GuildID(guild), Used: used.Truncate(time.Microsecond)}
}

func TestUsedChannelsAreTheNewestFirst(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w, ctx := world{t, s}, context.Background()
		var all []upload.Channel
		for n, id := range []string{"1", "2", "3"} {
			all = append(all, channel(id, "g", noon.Add(time.Duration(n)*24*time.Hour)))
		}
		w.try(w.UseChannels(ctx, append(all, all[1], channel("2", "g", noon))))
		newest, err := w.UsedChannels(ctx, noon.Add(time.Hour), 1)
		w.try(err)
		since, err := w.UsedChannels(ctx, noon.Add(24*time.Hour), 9)
		w.try(err)
		if diff := cmp.Diff([][]upload.Channel{{all[2]}, {all[2], all[1]}}, [][]upload.Channel{newest, since}); diff != "" {
			t.Error(diff)
		}
		w.try(w.ForgetChannels(ctx, noon.Add(24*time.Hour)))
		if diff := cmp.Diff([]upload.Channel{all[2], all[1]}, w.used()); diff != "" {
			t.Errorf("after forgetting: %s", diff)
		}
	})
}

// A direct message says no server, and neither does a message that is read back.
func TestARequestRecordsItsChannelWhereThatIsKnown(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		guild, direct, unknown := requested("a"), requested("b"), requested("c")
		direct.Channel, direct.Guild, direct.Direct = "10", "", true
		unknown.Channel, unknown.Guild = "11", ""
		_, err := w.RecordPending(context.Background(), []upload.Pending{guild, direct, unknown}, soon)
		w.try(err)
		if diff := cmp.Diff([]upload.Channel{channel("10", "", noon), channel("7", "9", noon)}, w.used()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAFreshChannelCostsNoStatement(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		wire := new(storetest.Wire)
		w := world{t, storetest.Open(t, url, wire.Option())}
		send := func(key string, at time.Time) (statements int) {
			r := requested(key)
			r.Received = at
			wire.Sent()
			_, err := w.RecordPending(context.Background(), []upload.Pending{r}, soon)
			w.try(err)
			return wire.Sent()
		}
		first := send("a", noon)
		second := send("b", noon.Add(time.Hour-time.Second))
		third := send("c", noon.Add(time.Hour))
		if second != first-1 || third != first {
			t.Errorf("%d, %d, %d statements", first, second, third)
		}
		if used := w.used(); len(used) != 1 || !used[0].Used.Equal(noon.Add(time.Hour).Truncate(time.Microsecond)) {
			t.Errorf("used: %+v", used)
		}
	})
}
