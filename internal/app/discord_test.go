package app_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
)

// samples are the real replays that come with a Go module.
var samples = sync.OnceValues(func() (string, error) {
	out, err := exec.CommandContext(context.Background(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/icza/mpq").Output()
	return filepath.Join(strings.TrimSpace(string(out)), "reps"), err
})

func sample(t *testing.T, name string) discordtest.File {
	t.Helper()
	dir, err := samples()
	if err != nil {
		t.Fatalf("find sample replays: %v", err)
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return discordtest.File{Name: name, Data: data}
}

// made is a replay on a map of its own, which no other has.
func made(title string) discordtest.File {
	game := replaytest.Sample()
	game.Map = title
	return discordtest.File{Name: title + ".SC2Replay", Data: game.Bytes()}
}

// madeAnswer is the answer to a replay that was made.
func madeAnswer(title string) string {
	return "**" + title + "** · 3:00 · 🏆 Beta (Protoss (Brood War)) won against Alpha (Zerg)"
}

func found(name string) string {
	return fmt.Sprintf("Found replay file %s. Downloading and parsing now…", name)
}

// answer waits until the first reply to a replay was edited into something
// else.
func (p *product) answer(name string) discordtest.Message {
	p.Helper()
	bot := p.Bot().ID
	m, err := p.WaitMessage(p.ctx, func(m discordtest.Message) bool {
		return m.Author.ID == bot && m.History[0].Content == found(name) && m.Edits() > 0
	})
	p.must(err)
	return m
}

// elsewhere is a new channel of the same server, which is not watched.
func (p *product) elsewhere(name string) discordtest.Channel {
	return p.AddChannel(discordtest.Guild{ID: p.channel.GuildID}, name)
}

// fromBot is what the bot wrote in a channel and still stands there.
func (p *product) fromBot(in discordtest.Channel) (mine []discordtest.Message) {
	for _, m := range p.Messages(in) {
		if m.Author.ID == p.Bot().ID {
			mine = append(mine, m)
		}
	}
	return mine
}

func (p *product) direct(files ...discordtest.File) {
	p.Helper()
	p.Upload(discordtest.Upload{Channel: p.DM(p.alice), Author: p.alice, Files: files})
}

// ways are how a player hands a replay to the bot, each with a real one.
var ways = []struct {
	name, file string
	hand       func(p *product, file discordtest.File)
	answer     string
	players    []string // somewhere on the card
}{
	{
		"/replay", "lotv.SC2Replay",
		func(p *product, file discordtest.File) {
			act, err := p.SlashReplay(p.alice, p.elsewhere("slash"), file)
			p.must(err)
			kind, err := act.WaitAck(p.ctx)
			p.must(err)
			if kind != discordtest.AckMessage {
				p.Errorf("/replay was acknowledged with %d", kind)
			}
		},
		"**Magma Mines** · 10:16 · 🏆 BiC (Terran), DakotaFannin (Protoss) won against IMBarabba (Protoss), Nova (Terran)",
		[]string{"**\\[NoGy\\] Nova** · Loss\nTerran · 161 APM", "🏆 **\\[9KingS\\] DakotaFannin** · Win\nProtoss (random) · 152 APM"},
	},
	{
		"Analyse replay", "short-1v1.SC2Replay",
		func(p *product, file discordtest.File) {
			sent := p.Upload(discordtest.Upload{Channel: p.elsewhere("menu"), Author: p.AddUser("bob"), Files: []discordtest.File{file}})
			_, err := p.Menu(p.alice, "Analyse replay", sent.ID)
			p.must(err)
		},
		"**Ohana LE** · 0:05 · 🏆 DakotaFannin (Zerg) won against Eraser (Terran)",
		[]string{"**Eraser** · Loss\nTerran · 0 APM", "DakotaFannin** · Win\nZerg (random) · 61 APM"},
	},
	{
		"direct message", "wol.SC2Replay",
		func(p *product, file discordtest.File) { p.direct(file) },
		"**Magma Core** · 12:13 · 🏆 DakotaFannin (Terran), Hodn (Terran) won against AaxeoiS (Terran), Sunshine (Terran)",
		[]string{"**AaxeoiS** · Loss\nTerran · 100 APM", "**Hodn** · Win\nTerran (random) · 116 APM"},
	},
	{
		"mention", "automm.SC2Replay",
		func(p *product, file discordtest.File) {
			p.Upload(discordtest.Upload{Channel: p.elsewhere("general"), Author: p.alice, Mention: true, Files: []discordtest.File{file}})
		},
		"**Hills of Peshkov** · 19:12 · DakotaFannin (Terran), Pietra (Protoss), mullakrekar (Protoss) – " +
			"Sunshine (Protoss), fidde (Terran), KeyserSöze (Terran) · result: unknown",
		[]string{"**KeyserSöze** · Result\\: unknown\nTerran · 115 APM"},
	},
	{
		"watched channel", "public.SC2Replay",
		func(p *product, file discordtest.File) {
			p.Upload(discordtest.Upload{Channel: p.channel, Author: p.alice, Text: "gg", Files: []discordtest.File{file}})
		},
		"**Green Acres** · 25:23 · 🏆 ETHO (Protoss), DakotaFannin (Zerg), Sasha (Protoss) won against " +
			"Karen (Terran), inquisition (Protoss), frainhat (Terran)",
		[]string{"🏆 **ETHO** · Win\nProtoss · 30 APM", "**Karen** · Loss\nTerran · 67 APM"},
	},
}

func TestEveryWayInLeadsToAnAnswer(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, p *product) {
		_, err := p.WaitCommand(p.ctx, "Analyse replay")
		p.must(err)
		for _, way := range ways {
			way.hand(p, sample(t, way.file))
		}
		for _, way := range ways {
			m := p.answer(way.file)
			if m.Content != way.answer || m.Edits() != 1 || len(m.Embeds) != 1 {
				t.Errorf("%s: answered in %d edits with %q and %d cards", way.name, m.Edits(), m.Content, len(m.Embeds))
				continue
			}
			for _, player := range way.players {
				if card := fmt.Sprint(m.Embeds[0].Fields); !strings.Contains(card, player) {
					t.Errorf("%s: the card lacks %q:\n%s", way.name, player, card)
				}
			}
		}
	})
}

func TestEachOfSeveralFilesGetsItsOwnAnswer(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, p *product) {
		whole := sample(t, "lotv.SC2Replay")
		p.direct(made("One"), discordtest.File{Name: "notes.txt", Data: []byte("gg")}, made("Two"),
			discordtest.File{Name: "Torn.SC2Replay", Data: whole.Data[:len(whole.Data)/2]},
			discordtest.File{Name: "Fake.SC2Replay", Data: []byte("PK\x03\x04")})
		for name, want := range map[string]string{
			"One.SC2Replay":  madeAnswer("One"),
			"Two.SC2Replay":  madeAnswer("Two"),
			"Torn.SC2Replay": ":warning: Could not parse replay: the file ends too early. Upload it again from your replay folder.",
			"Fake.SC2Replay": ":warning: Could not parse replay: this is not a StarCraft II replay. Upload the .SC2Replay file that the game saved.",
		} {
			if m := p.answer(name); m.Content != want || m.Edits() != 1 {
				t.Errorf("%s: %d edits, %q", name, m.Edits(), m.Content)
			}
		}
		if n := len(p.fromBot(p.DM(p.alice))); n != 4 {
			t.Errorf("the bot wrote %d messages", n)
		}
	})
}

func TestTheSameFileIsParsedOnce(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, p *product) {
		again := func(name string) discordtest.File {
			file := made("Twice")
			file.Name = name
			return file
		}
		// Four at once: two messages, and two files in the second.
		p.direct(again("a.SC2Replay"))
		p.Upload(discordtest.Upload{Channel: p.channel, Author: p.AddUser("bob"), Files: []discordtest.File{again("b.SC2Replay"), again("c.SC2Replay")}})
		_, err := p.SlashReplay(p.alice, p.channel, again("d.SC2Replay"))
		p.must(err)
		for _, name := range []string{"a.SC2Replay", "b.SC2Replay", "c.SC2Replay", "d.SC2Replay"} {
			if m := p.answer(name); m.Content != madeAnswer("Twice") || m.Edits() != 1 {
				t.Errorf("%s: %d edits, %q", name, m.Edits(), m.Content)
			}
		}
		// And later.
		p.direct(again("e.SC2Replay"))
		if m := p.answer("e.SC2Replay"); m.Content != madeAnswer("Twice") {
			t.Errorf("later: %q", m.Content)
		}
		p.bot.said(p.ctx, `"msg":"upload".*"outcome":"known"`)
		if n := p.parses(); n != 1 {
			t.Errorf("parsed %d times", n)
		}
		if n := p.bot.metric(`evoladder_uploads_total{outcome="known",source="discord"}`); n == 0 {
			t.Error("no upload was counted as known")
		}
	})
}

// The real parser cannot be killed by any file we know, so this product's
// parser has a mistake.
func TestAFileThatKillsItsParserIsToldOfOnce(t *testing.T) {
	t.Parallel()
	p := newProduct(t)
	p.bot = p.launchCommand("evoladder", os.Args[:1], asProduct+"=1")
	p.bot.listens(p.ctx)
	p.workers = []*program{p.bot}
	p.must(p.WaitReady(p.ctx))
	const critical = ":x: A critical error occurred while parsing the replay. The file may be corrupted. Please notify an admin."
	p.direct(discordtest.File{Name: "deadly.SC2Replay", Data: []byte(deadly)}, made("Beside"))
	if m := p.answer("deadly.SC2Replay"); m.Content != critical || m.Edits() != 1 || len(m.Embeds) != 0 {
		t.Errorf("answered in %d edits with %q", m.Edits(), m.Content)
	}
	if m := p.answer("Beside.SC2Replay"); m.Content != madeAnswer("Beside") {
		t.Errorf("the file beside it: %q", m.Content)
	}
	p.bot.said(p.ctx, `"msg":"replay".*"outcome":"poison"`)
	p.direct(discordtest.File{Name: "again.SC2Replay", Data: []byte(deadly)})
	if m := p.answer("again.SC2Replay"); m.Content != critical {
		t.Errorf("again: %q", m.Content)
	}
	if n := p.parses(); n != 2 {
		t.Errorf("%d replays were taken up, want the deadly one once", n)
	}
}
