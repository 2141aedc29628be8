package bot

import (
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

func TestTheAnswerSaysWhoCanSeeTheReplay(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		public string
		direct bool
		want   string // last line of the answer
	}{
		"in a server":                 {"https://ladder.example/", false, "On the public list: <https://ladder.example/replays/"},
		"by direct message":           {"https://ladder.example", true, "Not on the public list. Everybody who has this link can see it: <https://ladder.example/replays/"},
		"in a server, no pages":       {"", false, ""},
		"by direct message, no pages": {"", true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			b.cfg.PublicURL = test.public
			b.start()
			channel := b.channel
			if test.direct {
				channel = b.DM(b.alice)
			}
			b.Upload(discordtest.Upload{Channel: channel, Author: b.alice, Mention: !test.direct, Files: []discordtest.File{game("a.SC2Replay")}})
			headline, place, _ := strings.Cut(b.deliver(b.arrivals(1)[0]).Content, "\n")
			if !strings.Contains(headline, won) || !strings.HasPrefix(place, test.want) || test.want == "" && place != "" {
				t.Errorf("answered %q, then %q", headline, place)
			}
		})
	}
}

func TestACommandInADirectMessageIsUnlisted(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	_, err := b.SlashReplay(b.alice, b.DM(b.alice), game("a.SC2Replay"))
	b.must(err)
	if arrival := b.arrivals(1)[0]; !arrival.Unlisted {
		t.Errorf("listed: %+v", arrival)
	}
	_, err = b.SlashReplay(b.alice, b.channel, game("b.SC2Replay"))
	b.must(err)
	if arrival := b.arrivals(2)[1]; arrival.Unlisted {
		t.Errorf("unlisted: %+v", arrival)
	}
}

func TestAnAnswerWithoutRoomHasNoLink(t *testing.T) {
	t.Parallel()
	b := &Bot{cfg: Config{PublicURL: "https://ladder.example"}}
	full := outgoing{content: strings.Repeat("x", maxContent-10)}
	view := upload.View{ID: 1, State: upload.Done}
	if got := b.withLink(full, view); got.content != full.content {
		t.Errorf("%d characters", length(got.content))
	}
	view.State = upload.Failed
	if got := b.withLink(outgoing{content: "x"}, view); got.content != "x" {
		t.Errorf("a failure says %q", got.content)
	}
}
