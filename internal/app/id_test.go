package app_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/discordtest"
)

// One id is in the lines of all processes that had to do with an upload, in the
// id of its task, and what the command line calls it by.
func TestOneIDJoinsTheLogsOfAllProcesses(t *testing.T) {
	t.Parallel()
	p := newProduct(t)
	p.startServices(1)
	sent := p.Upload(discordtest.Upload{Channel: p.channel, Author: p.alice, Files: []discordtest.File{made("Joined")}})
	answered := p.answer("Joined.SC2Replay")
	found, err := p.bot.log.Wait(p.ctx, regexp.MustCompile(`"msg":"upload".*"submission_id":(\d+)`))
	p.must(err)
	id := found[1]
	p.workers[0].said(p.ctx, `"msg":"replay","job_id":`+id+`,.*"submission_id":`+id)
	p.bot.said(p.ctx, `"msg":"answer delivered".*"submission_id":`+id)

	dir, err := binaries()
	p.must(err)
	for _, name := range []string{
		id, "replay:parse:" + id + ":1", "https://discord.com/channels/" + p.channel.GuildID + "/" + p.channel.ID + "/" + sent.ID, answered.ID,
	} {
		command := exec.CommandContext(p.ctx, filepath.Join(dir, "evoladder"), "replay", name)
		command.Env = p.env
		out, err := command.CombinedOutput()
		if err != nil || !strings.Contains(string(out), id+", Joined.SC2Replay from discord") {
			t.Errorf("evoladder replay %s: %v\n%s", name, err, out)
		}
	}
}
