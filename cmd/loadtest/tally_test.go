package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// clumsy is a bot that answers by hand.
type clumsy struct {
	t       *testing.T
	server  *discordtest.Server
	tally   *tally
	channel discordtest.Channel
	user    discordtest.User
}

func newClumsy(t *testing.T) *clumsy {
	server, err := discordtest.New(discordtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	ctx, cancel := context.WithCancel(t.Context())
	b := &clumsy{t: t, server: server, tally: follow(ctx, server), user: server.AddUser("somebody")}
	t.Cleanup(func() { cancel(); <-b.tally.done })
	b.channel = server.AddChannel(server.AddGuild("guild"), "replays")
	return b
}

func (b *clumsy) upload(file File) *upload {
	b.t.Helper()
	u := &upload{file: file, user: b.user, channel: b.channel}
	if err := b.tally.send(u, byWatched); err != nil {
		b.t.Fatal(err)
	}
	return u
}

// request does what a bot can do to a channel's messages and returns the id of
// the message.
func (b *clumsy) request(method, path string, body map[string]any) string {
	b.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	url := b.server.URL() + "/api/v9/channels/" + b.channel.ID + "/messages" + path
	request, err := http.NewRequestWithContext(b.t.Context(), method, url, bytes.NewReader(data))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bot "+b.server.Token())
	request.Header.Set("User-Agent", "DiscordBot (test, 1)")
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var made struct {
		ID string `json:"id"`
	}
	if answer.StatusCode/100 != 2 || json.NewDecoder(answer.Body).Decode(&made) != nil {
		b.t.Fatalf("%s %s: %s", method, path, answer.Status)
	}
	return made.ID
}

func (b *clumsy) reply(u *upload, body map[string]any) string {
	body["message_reference"] = map[string]any{"message_id": u.message}
	return b.request(http.MethodPost, "", body)
}

// outcome is what the tally says once it has seen everything.
func (b *clumsy) outcome() Outcome {
	b.t.Helper()
	last := b.request(http.MethodPost, "", map[string]any{"content": "the end"})
	waitFor(b.t, func() bool {
		b.tally.mu.Lock()
		defer b.tally.mu.Unlock()
		n := len(b.tally.strays)
		return n > 0 && b.tally.strays[n-1].ID == last
	})
	b.tally.mu.Lock()
	b.tally.strays = b.tally.strays[:len(b.tally.strays)-1]
	b.tally.mu.Unlock()
	o := b.tally.outcome()
	o.latency, o.slowest, o.Details = nil, nil, nil
	return o
}

// waitFor polls: what the tally has seen is no change on the server.
func waitFor(t *testing.T, is func() bool) {
	t.Helper()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for !is() {
		select {
		case <-ticker.C:
		case <-t.Context().Done():
			t.Fatal("never")
		}
	}
}

func file(n int) File {
	return File{
		Name: fmt.Sprintf("game-%d.SC2Replay", n), Data: []byte("MPQ\x1b"),
		Expect: &Sample{Map: "Lost  Temple\u00a0", Players: []string{"Tetra*master", "Froadac"}},
	}
}

// embed is a right answer to file, as a bot that escapes markup writes it.
func embed(name string) map[string]any {
	return map[string]any{
		"content": "**Lost Temple**",
		"embeds": []map[string]any{{
			"title":  "Lost Temple",
			"fields": []map[string]any{{"name": "Team 1", "value": `**Tetra\*master**`}, {"name": "Team 2", "value": "Froadac"}},
			"footer": map[string]any{"text": name + " · 1.0"},
		}},
	}
}

func text(key phrase.Key) map[string]any {
	return map[string]any{"content": phrase.English.Say(key, "name", "a", "reason", "it is bad")}
}

func TestOutcome(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		bot  func(*clumsy)
		want Outcome
	}{
		"a reply that becomes the answer is an answer": {func(b *clumsy) {
			u := b.upload(file(1))
			id := b.reply(u, text(phrase.Found))
			b.request(http.MethodPatch, "/"+id, embed(u.file.Name))
		}, Outcome{Submissions: 1, Answers: 1}},
		"nothing said is lost": {func(b *clumsy) { b.upload(file(1)) }, Outcome{Submissions: 1, Lost: 1}},
		"a reply that stays is lost": {func(b *clumsy) {
			b.reply(b.upload(file(1)), text(phrase.Found))
		}, Outcome{Submissions: 1, Lost: 1}},
		"two messages are a doubled answer": {func(b *clumsy) {
			u := b.upload(file(1))
			b.reply(u, embed(u.file.Name))
			b.reply(u, embed(u.file.Name))
		}, Outcome{Submissions: 1, Answers: 1, Doubled: 1}},
		"an answer posted anew is found by its file": {func(b *clumsy) {
			u := b.upload(file(1))
			b.reply(u, embed(u.file.Name))
			b.request(http.MethodPost, "", embed(u.file.Name))
		}, Outcome{Submissions: 1, Answers: 1, Doubled: 1}},
		"an answer edited again is told apart": {func(b *clumsy) {
			u := b.upload(file(1))
			id := b.reply(u, embed(u.file.Name))
			b.request(http.MethodPatch, "/"+id, embed(u.file.Name))
		}, Outcome{Submissions: 1, Answers: 1, Repeats: 1}},
		"another game is a wrong answer": {func(b *clumsy) {
			other := file(1)
			other.Expect = &Sample{Map: "Lost Temple", Players: []string{"Zizzer"}}
			b.reply(b.upload(other), embed("game-1.SC2Replay"))
		}, Outcome{Submissions: 1, Answers: 1, Wrong: 1}},
		"a good replay refused is a wrong answer": {func(b *clumsy) {
			b.reply(b.upload(file(1)), text(phrase.ParseFailed))
		}, Outcome{Submissions: 1, Answers: 1, Wrong: 1}},
		"a hostile file refused is an answer": {func(b *clumsy) {
			b.reply(b.upload(File{Name: "bad.SC2Replay"}), text(phrase.Critical))
		}, Outcome{Submissions: 1, Answers: 1, hostile: 1}},
		"a hostile file read is a wrong answer": {func(b *clumsy) {
			b.reply(b.upload(File{Name: "bad.SC2Replay"}), embed("bad.SC2Replay"))
		}, Outcome{Submissions: 1, Answers: 1, Wrong: 1, hostile: 1}},
		"told to try again is not owed an answer": {func(b *clumsy) {
			b.reply(b.upload(file(1)), text(phrase.TryAgain))
		}, Outcome{Declined: 1}},
		"a message to nobody is a stray": {func(b *clumsy) {
			b.request(http.MethodPost, "", map[string]any{"content": "hello"})
		}, Outcome{Strays: 1}},
		"a deleted answer is lost": {func(b *clumsy) {
			u := b.upload(file(1))
			b.server.Delete(b.reply(u, embed(u.file.Name)))
		}, Outcome{Submissions: 1, Lost: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newClumsy(t)
			test.bot(b)
			if diff := cmp.Diff(test.want, b.outcome(), cmp.AllowUnexported(Outcome{})); diff != "" {
				t.Errorf("outcome (-want +got):\n%s", diff)
			}
		})
	}
}

func TestQuantilesAreMeasuredValues(t *testing.T) {
	t.Parallel()
	var times []time.Duration
	for n := range 200 {
		times = append(times, time.Duration(200-n)*time.Millisecond)
	}
	want := Quantiles{Count: 200, P50: 100, P95: 190, P99: 198, Max: 200}
	if got := quantiles(times); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := quantiles(nil); got != (Quantiles{}) {
		t.Errorf("of nothing: %+v", got)
	}
}

func TestOnlyThisMachineIsLoaded(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"redis://127.0.0.1:6379/0":                        true,
		"redis://localhost:6379":                          true,
		"unix:///run/redis.sock":                          true,
		"postgres://u@[::1]:5432/x":                       true,
		"postgres:///x?host=/run/postgresql":              true,
		"redis://redis.example.org:6379":                  false,
		"postgres://u@10.0.0.7/x":                         false,
		"postgres:///x?host=db.example.org":               false,
		"postgres://u@127.0.0.1.example.org/x":            false,
		"postgres://u@127.0.0.1/x?host=db.example.org":    false,
		"postgres://u@127.0.0.1,db.example.org/x":         false,
		"postgres://u@127.0.0.1/x?hostaddr=93.184.216.34": false,
	} {
		if got := local(address); got != want {
			t.Errorf("local(%s) = %v", address, got)
		}
	}
}
