package bot

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/upload"
)

func TestACallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.make()
	b.Inject(discordtest.Fault{Trouble: discordtest.Slow, Delay: time.Hour})
	ctx, cancel := context.WithTimeout(b.ctx, 50*time.Millisecond)
	defer cancel()
	a := b.announcement(upload.Arrival{Reply: &announcement.Reply{ChannelID: snowflake.ChannelID(b.channel.ID), MessageID: "1"}})
	if _, err := b.give(ctx, a); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended with %v", err)
	}
}

func TestCommandsThatAreNotRegisteredAreSaidWithTheirCause(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		want   string
	}{
		{http.StatusBadRequest, "definition of a command"},
		{http.StatusForbidden, "scope applications.commands"},
		{http.StatusServiceUnavailable, "Discord fails"},
	} {
		t.Run(http.StatusText(test.status), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			const route = "PUT /applications/{application_id}/commands"
			b.Inject(discordtest.Fault{Trouble: discordtest.Failure, Status: test.status, Route: route})
			b.start()
			b.logged("commands not registered")
			b.logged(test.want)
			b.receives(1)
		})
	}
}
