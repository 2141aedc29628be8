package app_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hibiken/asynq"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/tasks"
)

// What asynq archives after a day is our trouble and said so: the file may be
// sound, counts against no one, and is parsed when it is uploaded again.
func TestADayOfOurTroubleIsNotTheFiles(t *testing.T) {
	t.Parallel()
	p := newProduct(t)
	p.startServices(0)
	inspector := asynq.NewInspector(tasks.NewMonitor(p.redis.Options()))
	defer inspector.Close()
	p.direct(made("Unlucky"))
	found, err := p.bot.log.Wait(p.ctx, regexp.MustCompile(`"msg":"upload".*"submission_id":(\d+)`))
	p.must(err)
	p.must(inspector.ArchiveTask("replays", "replay:parse:"+found[1]+":1"))
	if m := p.answer("Unlucky.SC2Replay"); !strings.Contains(m.Content, "something on our side did not work") || strings.Contains(m.Content, "corrupted") {
		t.Errorf("answered %q", m.Content)
	}
	p.bot.said(p.ctx, `"msg":"task given up","job_id":`+found[1])
	p.until(func() bool { return p.bot.metric(`evoladder_jobs_given_up_total{kind="replay:parse"}`) == 1 })
	if n := p.count("SELECT count(*) FROM replays WHERE failure_kind = 'gave_up'"); n != 1 {
		t.Errorf("%d replays were given up", n)
	}
	if n := p.count("SELECT count(*) FROM submissions WHERE junk = 1"); n != 0 {
		t.Errorf("%d uploads count as junk", n)
	}
	p.workers = append(p.workers, p.start("worker"))
	again := made("Unlucky")
	again.Name = "again.SC2Replay"
	p.Upload(discordtest.Upload{Channel: p.channel, Author: p.alice, Files: []discordtest.File{again}})
	if m := p.answer("again.SC2Replay"); m.Content != madeAnswer("Unlucky") {
		t.Errorf("again: %q", m.Content)
	}
}
