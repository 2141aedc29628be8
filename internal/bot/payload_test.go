package bot

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
)

// tally counts what the bot says that it cannot decode.
type tally struct {
	mu    sync.Mutex
	kinds map[string]int
}

func (t *tally) add(kind string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kinds == nil {
		t.kinds = map[string]int{}
	}
	t.kinds[kind]++
}

func (t *tally) counts() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.kinds)
}

// strangeTypes are types of components that discordgo does not know: 18 to 21 are
// Discord's, 99 is of no use yet.
var strangeTypes = []int{18, 19, 20, 21, 99}

func strangeComponents() []any {
	var list []any
	for _, kind := range strangeTypes {
		list = append(list, map[string]any{"type": kind, "component": map[string]any{"type": kind}})
	}
	return append(list, nil, "text")
}

// strangeMessages are messages that Discord may send one day, and whether a
// replay in them can still be seen.
var strangeMessages = map[string]struct {
	change func(data map[string]any) any
	kept   bool
	lost   int // pieces said to be lost
}{
	"components": {func(data map[string]any) any {
		data["components"] = strangeComponents()
		return data
	}, true, 0},
	"components of the message answered": {func(data map[string]any) any {
		data["referenced_message"] = map[string]any{"id": "5", "components": strangeComponents()}
		data["message_snapshots"] = []any{map[string]any{"message": map[string]any{"components": strangeComponents()}}}
		return data
	}, true, 0},
	"members of another kind": {func(data map[string]any) any {
		for _, name := range []string{"embeds", "poll", "thread", "flags", "member", "sticker_items", "timestamp", "activity", "interaction", "nonce", "x"} {
			data[name] = map[string]any{"x": []any{1}}
		}
		return data
	}, true, 0},
	"another attachment": {func(data map[string]any) any {
		data["attachments"] = append([]any{7, nil, map[string]any{"id": 7}}, data["attachments"].([]any)...)
		return data
	}, true, 1},
	"a mention": {func(data map[string]any) any {
		data["mentions"] = []any{"x"}
		return data
	}, true, 1},
	"attachments": {func(data map[string]any) any {
		data["attachments"] = map[string]any{}
		return data
	}, false, 1},
	"author": {func(data map[string]any) any {
		data["author"] = "alice"
		return data
	}, false, 1},
	"no author": {func(data map[string]any) any {
		delete(data, "author")
		return data
	}, false, 0},
	"no id": {func(data map[string]any) any {
		delete(data, "id")
		return data
	}, false, 1},
	"no object": {func(map[string]any) any { return "gone" }, false, 1},
}

// distortBy lets the names of files choose what becomes of their messages.
func distortBy(b *bench, name string) {
	b.Distort(name, func(data map[string]any) any {
		files, _ := data["attachments"].([]any)
		if len(files) == 0 {
			return data
		}
		file, _, _ := strings.Cut(files[0].(map[string]any)["filename"].(string), ".")
		if strange, ok := strangeMessages[strings.ReplaceAll(file, "_", " ")]; ok {
			return strange.change(data)
		}
		return data
	})
}

// wantStrange uploads every strange message, each between two others, and
// returns the files that must arrive.
func wantStrange(b *bench, in discordtest.Channel) (want []string, lost int) {
	for n, name := range slices.Sorted(maps.Keys(strangeMessages)) {
		for _, file := range []string{fmt.Sprint("before ", n), name, fmt.Sprint("after ", n)} {
			b.Upload(discordtest.Upload{Channel: in, Author: b.alice, Files: []discordtest.File{game(file + ".SC2Replay")}})
			if strange, ok := strangeMessages[file]; !ok || strange.kept {
				want = append(want, strings.ReplaceAll(file, " ", "_")+".SC2Replay")
			}
		}
		lost += strangeMessages[name].lost
	}
	slices.Sort(want)
	return want, lost
}

func (b *bench) arrivedFiles(n int) []string {
	b.Helper()
	var names []string
	for _, arrival := range b.arrivals(n) {
		names = append(names, arrival.FileName)
	}
	slices.Sort(names)
	return names
}

func TestAStrangeMessageThatIsReadBackCostsItselfOnly(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{Granted: discordtest.IntentMessageContent})
	b.cfg.Watch = []discord.ChannelID{discord.ChannelID(b.channel.ID)}
	var strange tally
	b.wire.Undecodable = strange.add
	stop := b.start()
	b.until(func(l *memory) bool { return !l.mark.IsZero() })
	b.must(stop())
	distortBy(b, discordtest.ListedMessage)
	want, lost := wantStrange(b, b.channel)
	for range pageSize { // a page that lacks messages is not the last one
		b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Text: "gg"})
	}
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Files: []discordtest.File{game("last.SC2Replay")}})
	want = append(want, "last.SC2Replay")
	slices.Sort(want)
	marked := b.store.mark
	b.start()
	if diff := cmp.Diff(want, b.arrivedFiles(len(want))); diff != "" {
		t.Errorf("arrived (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"message": lost}, strange.counts()); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
	b.until(func(l *memory) bool { return l.mark.After(marked) })
	if n := strings.Count(b.log.String(), "cannot decode"); n != lost {
		t.Errorf("%d lines tell of %d losses:\n%s", n, lost, b.log)
	}
}

func TestAStrangeEventCostsItselfOnly(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	var strange tally
	b.wire.Undecodable = strange.add
	b.start()
	distortBy(b, "MESSAGE_CREATE")
	want, lost := wantStrange(b, b.DM(b.alice))
	if diff := cmp.Diff(want, b.arrivedFiles(len(want))); diff != "" {
		t.Errorf("arrived (-want +got):\n%s", diff)
	}
	for next := b.log.next(); strange.counts()["message"] < lost; next = b.log.next() {
		select {
		case <-next:
		case <-b.ctx.Done():
			b.Fatalf("counted %v, want %d messages", strange.counts(), lost)
		}
	}
	if n := b.Identifies(); n != 1 {
		t.Errorf("identified %d times", n)
	}
}

// A list that is none is asked for again, but not for ever.
func TestAnAnswerThatIsNoListEndsTheReading(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{Granted: discordtest.IntentMessageContent})
	b.cfg.Watch = []discord.ChannelID{discord.ChannelID(b.channel.ID)}
	const route = "GET /channels/{channel_id}/messages"
	b.Inject(discordtest.Fault{Trouble: discordtest.Garbled, Route: route})
	b.start()
	b.logged("channel cannot be read back")
	if n := b.Requests(route); n != maxUndecodable {
		t.Errorf("asked %d times, want %d", n, maxUndecodable)
	}
	b.until(func(l *memory) bool { return !l.mark.IsZero() })
}

func TestAStrangeInteractionIsAnsweredWithASentence(t *testing.T) {
	t.Parallel()
	const (
		notUnderstood = "This bot does not understand"
		foundFile     = "Found replay file a.SC2Replay"
	)
	inData := func(change func(data map[string]any)) func(map[string]any) any {
		return func(i map[string]any) any {
			change(i["data"].(map[string]any))
			return i
		}
	}
	for _, test := range []struct {
		name   string
		change func(i map[string]any) any
		want   string
	}{
		{"option of another type", inData(func(data map[string]any) {
			data["options"].([]any)[0].(map[string]any)["type"] = 99
		}), foundFile},
		{"further options", inData(func(data map[string]any) {
			data["options"] = append([]any{nil, 7, map[string]any{"name": "x", "type": 12, "value": map[string]any{}, "options": 7}}, data["options"].([]any)...)
		}), foundFile},
		{"strange things resolved", inData(func(data map[string]any) {
			resolved := data["resolved"].(map[string]any)
			resolved["messages"] = map[string]any{"5": map[string]any{"id": "5", "components": strangeComponents()}, "6": 6}
			resolved["channels"], resolved["members"], resolved["x"] = []any{1}, 7, 8
		}), foundFile},
		{"message pressed with strange components", func(i map[string]any) any {
			i["message"] = map[string]any{"id": "5", "components": strangeComponents()}
			i["member"].(map[string]any)["avatar"], i["entitlements"], i["context"] = 7, 7, "x"
			return i
		}, foundFile},
		{"value of another kind", inData(func(data map[string]any) {
			data["options"].([]any)[0].(map[string]any)["value"] = []any{1}
		}), "There is no .SC2Replay file"},
		{"file that cannot be decoded", inData(func(data map[string]any) {
			data["resolved"].(map[string]any)["attachments"] = map[string]any{"5": "file"}
		}), notUnderstood},
		{"resolved of another kind", inData(func(data map[string]any) { data["resolved"] = "file" }), notUnderstood},
		{"another command", inData(func(data map[string]any) { data["name"] = "of a later version" }), notUnderstood},
		{"command without a name", inData(func(data map[string]any) { data["name"] = 7 }), notUnderstood},
		{"no data", func(i map[string]any) any {
			i["data"] = nil
			return i
		}, notUnderstood},
		{"data of another kind", func(i map[string]any) any {
			i["data"] = []any{"x"}
			return i
		}, notUnderstood},
		{"no user", func(i map[string]any) any {
			delete(i, "member")
			return i
		}, notUnderstood},
		{"component pressed", func(i map[string]any) any {
			i["type"], i["data"] = 3, map[string]any{"component_type": 99, "custom_id": "x"}
			return i
		}, notUnderstood},
		{"modal with strange components", func(i map[string]any) any {
			i["type"], i["data"] = 5, map[string]any{"custom_id": "x", "components": strangeComponents()}
			return i
		}, notUnderstood},
		{"unknown type", func(i map[string]any) any {
			i["type"] = 77
			return i
		}, notUnderstood},
		{"type of another kind", func(i map[string]any) any {
			i["type"] = "command"
			return i
		}, notUnderstood},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			b.start()
			b.Distort("INTERACTION_CREATE", test.change)
			act, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
			b.must(err)
			_, err = act.WaitAck(b.ctx)
			b.must(err)
			response, _ := act.Response()
			if !strings.HasPrefix(response.Content, test.want) {
				t.Errorf("answered %q", response.Content)
			}
			if test.want == foundFile {
				b.arrivals(1)
			}
		})
	}
}

func TestAMenuOnAStrangeMessageAnalysesIt(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.start()
	_, err := b.WaitCommand(b.ctx, commandAnalyse)
	b.must(err)
	sent := b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Files: []discordtest.File{game("a.SC2Replay")}})
	b.Distort("INTERACTION_CREATE", func(i map[string]any) any {
		messages := i["data"].(map[string]any)["resolved"].(map[string]any)["messages"].(map[string]any)
		messages[sent.ID].(map[string]any)["components"] = strangeComponents()
		return i
	})
	_, err = b.Menu(b.alice, commandAnalyse, sent.ID)
	b.must(err)
	b.arrivals(1)
}

func FuzzPayloads(f *testing.F) {
	f.Add([]byte(`{"id":"1","token":"t","type":2,"data":{"name":"replay","options":[{"name":"file","value":"3"}],"resolved":{"attachments":{"3":{"id":"3"}}}}}`))
	f.Add([]byte(`{"id":"1","author":{"id":"2"},"attachments":[{"id":"3","filename":"a"},null,7],"mentions":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var m discord.Message
		if json.Unmarshal(data, &m) == nil && m.ID == "" && string(data) != "null" {
			t.Error("a message without an id")
		}
		if slices.Contains(m.Attachments, nil) || slices.Contains(m.Mentions, nil) {
			t.Error("nothing among the attachments or mentions")
		}
		var i discord.Interaction
		if json.Unmarshal(data, &i) != nil {
			return
		}
		var command discord.CommandData
		_ = json.Unmarshal(i.Data, &command) // must not panic
		_ = command.Partial()
		_, _ = optionFiles(command), targetFiles(command)
		var form discord.FormData
		_ = json.Unmarshal(i.Data, &form)
	})
}
