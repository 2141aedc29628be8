package app_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

func TestUploadsWhileRedisIsDownAreAnsweredLater(t *testing.T) {
	t.Parallel()
	p := newProduct(t)
	p.startServices(1)
	p.redis.Kill()
	p.direct(made("Meanwhile"), made("Later"))
	p.bot.said(p.ctx, `"queue unreachable; uploads are accepted and parsed later"`)
	p.bot.said(p.ctx, `(?s)("msg":"upload".*"outcome":"accepted".*){2}`)
	p.redis.Start() // empty: the queue has forgotten everything
	for _, title := range []string{"Meanwhile", "Later"} {
		if m := p.answer(title + ".SC2Replay"); m.Content != madeAnswer(title) || m.Edits() != 1 {
			t.Errorf("%d edits, %q", m.Edits(), m.Content)
		}
	}
	if n := strings.Count(p.bot.log.String(), "queue unreachable; uploads"); n != 1 {
		t.Errorf("the outage is %d lines in the log", n)
	}
}

func TestUploadsWhileTheDatabaseIsDownAreRefused(t *testing.T) {
	t.Parallel()
	p := newProduct(t)
	p.startServices(1)
	p.database.cut()
	file := made("Refused")
	p.direct(file)
	// Nothing was promised before.
	m, err := p.WaitMessage(p.ctx, func(m discordtest.Message) bool { return m.Author.ID == p.Bot().ID })
	p.must(err)
	if m.Content != phrase.English.Say(phrase.TryAgain) || m.Edits() != 0 {
		t.Errorf("answered %q", m.Content)
	}
	p.bot.said(p.ctx, `"level":"ERROR","msg":"upload not accepted.*"error":"[^"]*(connect|conn closed|EOF|deadline)`)
	p.database.mend()
	for _, table := range []string{"submissions", "replays", "jobs", "announcements"} {
		if n := p.count("SELECT count(*) FROM " + table); n != 0 {
			t.Errorf("%d rows in %s of an upload that was refused", n, table)
		}
	}
	file.Name = "Later.SC2Replay"
	p.direct(file)
	if m := p.answer(file.Name); m.Content != madeAnswer("Refused") || m.Edits() != 1 {
		t.Errorf("when it was back: %q", m.Content)
	}
}

// The bot has told four players that it found their replays, and none of these
// can be read back.
func TestAKilledBotsUploadsAreAnsweredByTheNext(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, p *product) {
		_, err := p.WaitCommand(p.ctx, "Analyse replay")
		p.must(err)
		held := func(title string) discordtest.File {
			file := made(title)
			file.Delivery = []discordtest.Delivery{discordtest.Hang, discordtest.Serve} // until the bot is killed
			return file
		}
		_, err = p.SlashReplay(p.alice, p.elsewhere("slash"), held("Slash"))
		p.must(err)
		sent := p.Upload(discordtest.Upload{Channel: p.elsewhere("menu"), Author: p.AddUser("bob"), Files: []discordtest.File{held("Menu")}})
		_, err = p.Menu(p.alice, "Analyse replay", sent.ID)
		p.must(err)
		p.direct(held("Direct"))
		p.Upload(discordtest.Upload{Channel: p.elsewhere("general"), Author: p.alice, Mention: true, Files: []discordtest.File{held("Mention")}})
		titles := []string{"Slash", "Menu", "Direct", "Mention"}
		p.must(p.Wait(p.ctx, func() bool { return p.Hung() == len(titles) })) // so each has its first reply
		p.bot.kill()
		p.bot = p.start(p.bot.name, "HTTP_ADDR=127.0.0.1:0")
		for _, title := range titles {
			m := p.answer(title + ".SC2Replay")
			if own := p.fromBot(discordtest.Channel{ID: m.ChannelID}); m.Content != madeAnswer(title) || m.Edits() != 1 || len(own) != 1 {
				t.Errorf("%s: %d messages; in %d edits %q", title, len(own), m.Edits(), m.Content)
			}
		}
		if n := strings.Count(p.bot.log.String(), `"msg":"request ended"`); n != 0 {
			t.Errorf("%d uploads were dropped:\n%s", n, p.bot.log)
		}
	})
}

// count asks the product's database.
func (p *product) count(query string) (n int) {
	p.Helper()
	db, err := sql.Open("pgx", p.database.url)
	p.must(err)
	defer db.Close()
	p.must(db.QueryRowContext(p.ctx, query).Scan(&n))
	return n
}

func TestAnAnswerThatDiscordRefusesIsGivenAgain(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, p *product) {
		lift := p.Inject(discordtest.Fault{
			Trouble: discordtest.Failure, Route: "PATCH /channels/{channel_id}/messages/{message_id}", Times: 2,
		})
		p.direct(made("Stubborn"))
		if m := p.answer("Stubborn.SC2Replay"); m.Content != madeAnswer("Stubborn") || m.Edits() != 1 {
			t.Errorf("%d edits, %q", m.Edits(), m.Content)
		}
		if hits := lift(); hits != 2 {
			t.Errorf("refused %d times", hits)
		}
		p.bot.said(p.ctx, `"answer not delivered; trying again".*503`)
		if n := p.parses(); n != 1 {
			t.Errorf("parsed %d times", n)
		}
	})
}

func TestAnAnswerWhoseReplyWasDeletedIsPostedAnew(t *testing.T) {
	t.Parallel()
	p := newProduct(t)
	p.startServices(0)
	p.Upload(discordtest.Upload{Channel: p.channel, Author: p.alice, Files: []discordtest.File{made("Deleted")}})
	reply, err := p.WaitMessage(p.ctx, func(m discordtest.Message) bool { return m.Content == found("Deleted.SC2Replay") })
	p.must(err)
	p.bot.said(p.ctx, `"msg":"upload".*"outcome":"accepted"`)
	p.Delete(reply.ID)
	p.workers = append(p.workers, p.start("worker"))
	want := "<@" + p.alice.ID + "> " + madeAnswer("Deleted")
	_, err = p.WaitMessage(p.ctx, func(m discordtest.Message) bool { return m.ChannelID == p.channel.ID && m.Content == want })
	p.must(err)
	p.bot.said(p.ctx, `"answer delivered"`)
	if n := len(p.fromBot(p.channel)); n != 1 {
		t.Errorf("%d messages of the bot stand", n)
	}
}

// A worker that stands still in the middle of a replay loses it to another,
// and comes back to find it done.
func TestTwoWorkersWithTheSameReplayAnswerOnce(t *testing.T) {
	t.Parallel()
	p := newProduct(t)
	p.env = append(p.env, "PARSE_TIMEOUT=60s", "WORKER_PROCESSES=1")
	p.startServices(1)
	slow := p.workers[0]
	parser := onlyChild(t, slow.PID())
	p.signal(parser, syscall.SIGSTOP)
	p.direct(made("Contested"))
	p.until(func() bool {
		return p.count("SELECT count(*) FROM jobs WHERE kind = 'replay:parse' AND attempts = 1") == 1
	})
	p.signal(slow.PID(), syscall.SIGSTOP)
	p.signal(parser, syscall.SIGCONT)

	p.workers = append(p.workers, p.start("worker"))
	if m := p.answer("Contested.SC2Replay"); m.Content != madeAnswer("Contested") {
		t.Errorf("answered %q", m.Content)
	}
	p.signal(slow.PID(), syscall.SIGCONT)
	slow.said(p.ctx, `"msg":"replay"`)
	if slow.log.Has(`"outcome":"parsed"`) {
		t.Errorf("both workers recorded an answer:\n%s", p.logs())
	}
	p.until(func() bool { return p.count("SELECT count(*) FROM jobs") == 0 })
	if m := p.answer("Contested.SC2Replay"); m.Edits() != 1 || p.count("SELECT count(*) FROM announcements") != 1 {
		t.Errorf("answered %d times", m.Edits())
	}
}

func (p *product) signal(pid int, signal syscall.Signal) {
	p.Helper()
	p.must(syscall.Kill(pid, signal))
}

// until asks again and again: a database tells nobody that it changed.
func (p *product) until(condition func() bool) {
	p.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-p.ctx.Done():
			p.must(context.Cause(p.ctx))
		}
	}
}

// onlyChild is the one parser process of a worker.
func onlyChild(t *testing.T, worker int) int {
	t.Helper()
	var children []string
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", worker))
	for _, list := range lists {
		text, _ := os.ReadFile(list) // a thread may be gone
		children = append(children, strings.Fields(string(text))...)
	}
	if len(children) != 1 {
		t.Skipf("SKIPPED: /proc names %d children of the worker", len(children))
	}
	pid, err := strconv.Atoi(children[0])
	if err != nil {
		t.Fatal(err)
	}
	return pid
}
