package discord_test

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
)

// listen connects a client whose messages go to a function; stop ends it.
func listen(tb testing.TB, server *discordtest.Server, message func(*discord.Message)) (client *discord.Client, stop func()) {
	tb.Helper()
	client, err := discord.New(discord.Config{
		Token: server.Token(), APIBase: server.URL(),
		Pace: discord.Pace{First: time.Millisecond, Most: 10 * time.Millisecond, Fresh: 5 * time.Millisecond, Lived: time.Hour, Wait: 10 * time.Millisecond, Hello: 10 * time.Second},
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- client.Listen(ctx, ctx, discord.Listener{
			Message:     func(_ context.Context, m *discord.Message) { message(m) },
			Interaction: func(context.Context, *discord.Interaction) {},
			Gap:         func() {}, Begun: func() {}, NoContent: func() {},
		})
	}()
	if err := server.WaitReady(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return client, sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			tb.Error(err)
		}
		client.CloseIdleConnections()
	})
}

func event(n int) map[string]any {
	return map[string]any{
		"id": strconv.Itoa(1000 + n), "channel_id": "5", "type": 0, "content": "gg",
		"author": map[string]any{"id": "7", "username": "alice"}, "mentions": []any{}, "embeds": []any{}, "components": []any{},
		"attachments": []any{map[string]any{"id": "9", "filename": "a.SC2Replay", "size": 100, "url": "https://cdn.discordapp.com/attachments/5/9/a.SC2Replay"}},
	}
}

func BenchmarkEvent(b *testing.B) {
	server, err := discordtest.New(discordtest.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	got := make(chan struct{}, 10000)
	_, stop := listen(b, server, func(*discord.Message) { got <- struct{}{} })
	defer stop()
	for _, flight := range []int{1, 1000} {
		b.Run(fmt.Sprint(flight, " in flight"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for n := range flight {
					server.Dispatch("MESSAGE_CREATE", event(n))
				}
				for range flight {
					<-got
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*flight), "µs/event")
		})
	}
}

// Not parallel: the goroutines of other tests would be counted.
func TestReconnectionsLeaveNothing(t *testing.T) {
	const reconnections = 200
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	server, err := discordtest.New(discordtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	_, stop := listen(t, server, func(*discord.Message) {})
	defer stop()
	connected := runtime.NumGoroutine()
	for n := range reconnections {
		switch n % 5 {
		case 0:
			server.Reconnect()
		case 1:
			server.ResetConnections()
		case 2:
			server.CloseConnections(discordtest.CloseUnknownError)
		case 3:
			server.InvalidateSessions(true)
		case 4:
			server.InvalidateSessions(false)
		}
		if err := server.Wait(ctx, func() bool {
			return server.Connections() == 1 && server.Resumes()+server.Identifies() == n+2
		}); err != nil {
			t.Fatal(err)
		}
	}
	if n := server.Identifies(); n != 1+reconnections/5 {
		t.Errorf("identified %d times, want once for each invalid session", n)
	}
	for runtime.NumGoroutine() > connected+3 { // some belong to the server's idle connections
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			t.Fatal("goroutines stay")
		}
	}
	for _, violation := range server.Violations() {
		t.Errorf("violation: %v", violation)
	}
}
