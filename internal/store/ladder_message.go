package store

import (
	"context"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/snowflake"
)

// messages records what the act has to say as announcements, and writes their jobs. What
// has nobody to read it, because its player is deleted or its channel not set, is not
// said.
func (w writer) messages(ctx context.Context, out *Outcome) error {
	var said, jobs [][]any
	for _, m := range out.Messages {
		to, known := w.address(m)
		if !known {
			continue
		}
		id := announcement.ID(w.store.ids.next())
		said = append(said, []any{
			int64(id), string(announcement.Ladder), subject(m), encoded(m), string(to.ChannelID), "", string(to.UserID), pending, "", w.act.At,
		})
		j := announceJob(id, w.act.At)
		out.Jobs = append(out.Jobs, j)
		jobs = append(jobs, []any{int64(j.ID), string(j.Kind), j.Subject, j.EnqueueAttempt, w.act.At.Add(EnqueueGrace), 0, "", j.Created})
	}
	err := insertRows(ctx, w.tx, `announcements (id, kind, subject, payload, channel_id, message_id, user_id, status, detail, created_at)`, said)
	if err != nil {
		return err
	}
	return insertRows(ctx, w.tx, `jobs (id, kind, subject, push, push_at, attempts, worker, created_at)`, jobs)
}

// subject is what a message is about: the match, else the entry, else the player.
func subject(m ladder.Message) int64 {
	switch {
	case m.Match != 0:
		return int64(m.Match)
	case m.Entry != 0:
		return int64(m.Entry)
	default:
		return int64(m.Player)
	}
}

// address is where a message goes first; false where there is nobody.
func (w writer) address(m ladder.Message) (announcement.Reply, bool) {
	switch m.To {
	case ladder.ToStaff:
		channel := w.read.Season.StaffChannel
		return announcement.Reply{ChannelID: snowflake.ChannelID(channel)}, channel != ""
	case ladder.ToLog:
		channel := w.read.Season.LogChannel
		return announcement.Reply{ChannelID: snowflake.ChannelID(channel)}, channel != ""
	default:
		for _, p := range w.read.Players {
			if p.ID == m.Player {
				return announcement.Reply{UserID: snowflake.UserID(p.Discord)}, p.Discord != ""
			}
		}
		return announcement.Reply{}, false
	}
}
