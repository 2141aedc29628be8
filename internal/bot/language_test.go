package bot

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// A player is answered in the language of the client, else in the guild's.
func TestAnswersAreInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		user, guild string
		byMessage   bool
		want        phrase.Language
	}{
		"none chosen":                      {"", "", false, phrase.English},
		"a Korean client":                  {"ko", "", false, phrase.Korean},
		"an English one in a Korean guild": {"en-GB", "ko", false, phrase.English},
		"a German one in a Korean guild":   {"de", "ko", false, phrase.Korean},
		"a German one":                     {"de", "", false, phrase.English},
		"a message in a Korean guild":      {"", "ko", true, phrase.Korean},
		"a message in another":             {"ko", "", true, phrase.English},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			b.SetLocale(b.alice, test.user)
			b.SetGuildLocale(b.guild, test.guild)
			b.start()
			if test.byMessage {
				b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Mention: true, Files: []discordtest.File{game("a.SC2Replay")}})
			} else {
				_, err := b.SlashReplay(b.alice, b.channel, game("a.SC2Replay"))
				b.must(err)
			}
			b.shown(test.want.Say(phrase.Found, "name", "a.SC2Replay"))
			arrival := b.arrivals(1)[0]
			if arrival.Language != test.want {
				t.Errorf("recorded in %q, want %q", arrival.Language, test.want)
			}
			answer := b.deliver(arrival)
			verdict := map[phrase.Language]string{phrase.English: " won against ", phrase.Korean: " 승리"}[test.want]
			if !strings.Contains(answer.Content, verdict) {
				t.Errorf("answered %q", answer.Content)
			}
		})
	}
}

// The bot that goes on with an upload goes on in its language, by every way.
func TestAnUploadKeepsItsLanguageWhenItsBotDies(t *testing.T) {
	t.Parallel()
	for _, way := range handed {
		if way.n > 1 {
			continue // the rest of those is in request_test.go
		}
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, discordtest.Options{})
			b.SetLocale(b.alice, "ko")
			b.SetGuildLocale(b.guild, "ko")
			b.dies(1, way.hand)
			b.SetGuildLocale(b.guild, "en-US")
			b.start()
			b.must(b.Wait(b.ctx, func() bool { return b.bot.discord.Self() != "" }))
			b.fetch()
			arrival := b.arrivals(1)[0]
			if arrival.Language != phrase.Korean || b.standing() != 1 {
				t.Errorf("%d first replies, language %q", b.standing(), arrival.Language)
			}
		})
	}
}

func TestRefusalsAreInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	b := newBench(t, discordtest.Options{})
	b.SetLocale(b.alice, "ko")
	b.SetGuildLocale(b.guild, "ko")
	b.start()
	const damaged = ":warning: 리플레이를 분석하지 못했습니다: "
	_, err := b.SlashReplay(b.alice, b.channel, discordtest.File{Name: "a.SC2Replay", Data: []byte("PK\x03\x04")})
	b.must(err)
	b.shown(damaged + "스타크래프트 II 리플레이가 아닙니다.")
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Mention: true, Files: []discordtest.File{
		{Name: "b.SC2Replay", Data: []byte("MPQ\x1b"), Announced: testLimit + 1},
	}})
	b.shown("b.SC2Replay: " + damaged + "파일이 4 KiB보다 큽니다.")
	b.Upload(discordtest.Upload{Channel: b.channel, Author: b.alice, Mention: true, Text: "안녕"})
	b.shown("이 메시지에는 .SC2Replay 파일이 없습니다.")
}

func TestCommandsAreNamedInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, l := range phrase.Languages() {
		if l != phrase.English && locales[l] == "" {
			t.Errorf("Discord's word for %s is not known", l)
		}
	}
	b := newBench(t, discordtest.Options{})
	b.start()
	for _, name := range []string{commandReplay, commandAnalyse} {
		command, err := b.WaitCommand(b.ctx, name)
		b.must(err)
		if command.NameLocal["ko"] == "" || name == commandReplay && (command.DescriptionLocal["ko"] == "" || command.Options[0].DescriptionLocal["ko"] == "") {
			t.Errorf("%+v", command)
		}
	}
	if commandReplay != phrase.English.Say(phrase.NameReplay) || optionFile != phrase.English.Say(phrase.NameFile) || commandAnalyse != phrase.English.Say(phrase.NameAnalyse) {
		t.Error("a command has another name in English than by default")
	}
}

// Discord is asked once in a while, and what it said stands while it is away.
func TestTheLanguageOfAGuildIsRemembered(t *testing.T) {
	t.Parallel()
	asked, locale, trouble := 0, "ko", error(nil)
	known := newGuildLanguages(func(context.Context, discord.GuildID) (string, error) {
		asked++
		return locale, trouble
	})
	expire := func() {
		old, _ := known.known.Get("1")
		old.until = time.Time{}
		known.known.Add("1", old)
	}
	for n, step := range []struct {
		before func()
		want   phrase.Language
		asked  int
	}{
		{func() { trouble = errors.New("away") }, phrase.English, 1},
		{func() {}, phrase.English, 1},
		{func() { trouble = nil; expire() }, phrase.Korean, 2},
		{func() { locale = "en-US" }, phrase.Korean, 2},
		{func() { trouble = errors.New("away"); expire() }, phrase.Korean, 3},
		{func() { trouble = nil; expire() }, phrase.English, 4},
	} {
		step.before()
		if got := known.of(t.Context(), "1"); got != step.want || asked != step.asked {
			t.Errorf("step %d: %s after %d questions, want %s after %d", n, got, asked, step.want, step.asked)
		}
	}
	if got := known.of(t.Context(), ""); got != phrase.English || asked != 4 {
		t.Errorf("a direct message: %s after %d questions", got, asked)
	}
}

// The largest answer is within Discord's limits in every language, and its words
// are that language's.
func TestAnswersInEveryLanguage(t *testing.T) {
	t.Parallel()
	game := partners()
	game.WarningKeys = []phrase.Text{phrase.Say(phrase.DamagedTrackerEvents, "detail", "**"+strings.Repeat("x", 3000))}
	for i := range 14 {
		p := replay.Player{Name: strings.Repeat("*", 40), Clan: "___", Team: 1, Side: 1, Race: replay.BWProtoss, PickedRace: replay.Random, Result: replay.Win, Handicap: 50 + i, APM: new(300.0), MMR: new(5000)}
		game.Players = append(game.Players, p)
		game.Observers = append(game.Observers, replay.Observer{Name: strings.Repeat("_", 40)})
	}
	for _, l := range phrase.Languages() {
		view := done(t, game)
		view.Language = l
		got, err := answer(view)
		if err != nil {
			t.Fatal(err)
		}
		sum := length(got.embed.Title) + length(got.embed.Description) + length(got.embed.Footer.Text)
		for _, f := range got.embed.Fields {
			if length(f.Name) > 256 || length(f.Value) > maxField {
				t.Errorf("%s: a field of %d and %d characters", l, length(f.Name), length(f.Value))
			}
			sum += length(f.Name) + length(f.Value)
		}
		if length(got.content) > maxContent || sum > maxEmbed {
			t.Errorf("%s: %d characters and an embed of %d", l, length(got.content), sum)
		}
	}
	view := done(t, partners())
	view.Language = phrase.Korean
	got, err := answer(view)
	if err != nil {
		t.Fatal(err)
	}
	if want := "**Lock & Load** · 14:37 · 🏆 Anteus (Karax), Spagheet (Mengsk) 승리 · Amon (저그) 패배"; got.content != want {
		t.Errorf("got %s\nwant %s", got.content, want)
	}
	if want := "협동전 · 테스트 서버\n⏱ 14:37"; got.embed.Description != want {
		t.Errorf("description %q", got.embed.Description)
	}
	if f := got.embed.Fields[1]; f.Name != "컴퓨터" || f.Value != "**Amon** · 패배\n저그 · 인공지능" {
		t.Errorf("field %+v", f)
	}
	b := &Bot{cfg: Config{PublicURL: "https://ladder.example"}}
	view.ID, view.State = 7, upload.Done
	if got := b.seenAt(view); got != "공개 목록에서 보기: <https://ladder.example/replays/7>" {
		t.Errorf("place %q", got)
	}
}
