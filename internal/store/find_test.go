package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// Whatever a log line, the queue, Discord or a page calls a replay by finds it,
// while its work is open and after it.
func TestAReplayIsFoundByEveryNameOfIt(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		const (
			sent, command, answer = "1300000000000000001", "1300000000000000002", "1300000000000000003"
		)
		other := arrival("another")
		other.Reply.Command.Interaction = "1300000000000000009"
		w.submit(other)
		a := arrival("a")
		a.Key = "discord:" + sent + ":77"
		a.Reply.MessageID, a.Reply.Command.Interaction = answer, command
		receipt, parse := w.submit(a)
		if int64(parse) != int64(receipt.ID) {
			t.Errorf("the parse of upload %d is job %d", receipt.ID, parse)
		}
		names := []string{
			a.SHA256, a.SHA256[:6], a.SHA256[:20],
			fmt.Sprint(receipt.ReplayID), fmt.Sprint(receipt.ID), fmt.Sprint(parse),
			fmt.Sprintf("replay:parse:%d:1", parse), string(a.Key),
			sent, answer, command, "https://discord.com/channels/1/2/" + sent, " https://discord.com/channels/@me/2/" + answer + " ",
			fmt.Sprintf("https://ladder.example/replays/%d?x#chat", receipt.ID), fmt.Sprintf("/api/replays/%d/", receipt.ID),
		}
		find := func(when string) {
			t.Helper()
			for _, name := range names {
				if got, err := s.FindReplay(t.Context(), name); err != nil || got != receipt.ReplayID {
					t.Errorf("%s, %q: %d, %v", when, name, got, err)
				}
			}
		}
		find("while it waits")
		w.begin(parse)
		announce := w.record(parse, good(1, `{}`))
		names = append(names, fmt.Sprint(announce[0].ID), fmt.Sprintf("discord:announce:%d:1", announce[0].ID))
		w.try(w.RecordDelivery(t.Context(), announce[0].ID, announcement.Delivery{Sent: true, ChannelID: "7", MessageID: answer, At: noon.Add(2 * time.Second)}))
		find("afterwards")
		again, err := w.Resubmit(t.Context(), receipt.ReplayID, noon)
		w.try(err)
		names = append(names, fmt.Sprint(again.ID), fmt.Sprintf("%s:%d:1", job.Reparse, again.ID))
		find("read again")
	})
}

func TestANameOfNoneOrSeveralReplaysIsRefused(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		var receipts []upload.Receipt
		for n := range 2 {
			a := arrival(fmt.Sprint(n))
			a.Key = upload.Key(fmt.Sprintf("discord:1300000000000000001:%d", n)) // two files of one message
			receipts = append(receipts, w.accept(a))
		}
		_, err := s.FindReplay(t.Context(), "1300000000000000001")
		if !errors.Is(err, store.ErrAmbiguous) {
			t.Errorf("a message with two replays: %v", err)
		}
		for _, name := range []string{"", "/", "%", "12345", "ffffff", "abc", "replay:parse:x:1", "replay:parse:5:1", "discord:1300000000000000001:%", "_", "1300000000000000001:0"} {
			if got, err := s.FindReplay(t.Context(), name); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%q: %d, %v; there are %v", name, got, err, receipts)
			}
		}
	})
}
