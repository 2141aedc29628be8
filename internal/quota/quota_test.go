package quota_test

import (
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/quota"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func TestQuotasAreJudged(t *testing.T) {
	t.Parallel()
	full := quota.Quota{PlayerInFlight: 5, PlayerHour: 60, PlayerJunk: 10, GuildHour: 600}
	later := noon.Add(90 * time.Second)
	for name, test := range map[string]struct {
		quota quota.Quota
		used  quota.Usage
		want  phrase.Key
		text  string
	}{
		"room everywhere":      {full, quota.Usage{InFlight: 4, PlayerFrom: noon}, "", ""},
		"all in flight":        {full, quota.Usage{InFlight: 5}, phrase.LimitedInFlight, "5 replays"},
		"the player's hour":    {full, quota.Usage{InFlight: 5, PlayerFrom: later}, phrase.LimitedPlayer, "in 2 minutes."},
		"the server's hour":    {full, quota.Usage{GuildFrom: later}, phrase.LimitedGuild, "600 uploads an hour"},
		"the player's junk":    {full, quota.Usage{JunkFrom: later}, phrase.LimitedJunk, "10 files you uploaded"},
		"the player's share":   {full, quota.Usage{Guild: 520, Here: 10, HereFrom: later}, phrase.LimitedShare, "in 2 minutes."},
		"room in the share":    {full, quota.Usage{Guild: 519, Here: 10, HereFrom: later}, "", ""},
		"nothing sent here":    {full, quota.Usage{Guild: 599}, "", ""},
		"in a match":           {full, quota.Usage{InMatch: true, Guild: 600, GuildFrom: later, Here: 60, HereFrom: later}, "", ""},
		"busy in a match":      {full, quota.Usage{InMatch: true, InFlight: 5, GuildFrom: later}, phrase.LimitedInFlight, "5 replays"},
		"on record already":    {full, quota.Usage{Recorded: true, InFlight: 5, GuildFrom: later}, "", ""},
		"no limits":            {quota.Quota{}, quota.Usage{InFlight: 99, PlayerFrom: later, GuildFrom: later}, "", ""},
		"no limit on the hour": {quota.Quota{PlayerInFlight: 5}, quota.Usage{PlayerFrom: later}, "", ""},
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
			if text := found.Text.In(phrase.English); !strings.Contains(text, test.text) || strings.Contains(text, "{") {
				t.Errorf("says %q", text)
			}
		})
	}
}
