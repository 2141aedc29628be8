package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/retry"
)

// build makes the image. One build goes first: the three services share it, and
// a builder without BuildKit would else run the same build three times at once.
func (t *trial) build(ctx context.Context) error {
	if t.Image != "" {
		_, err := t.docker(ctx, "tag", t.Image, t.project)
		return err
	}
	began := time.Now()
	if _, err := t.docker(ctx, "build", "-q", "--target", "evoladder", "-t", t.project, "."); err != nil {
		return err
	}
	t.row("", "build of the image", "%.1f s", time.Since(began).Seconds())
	return nil
}

// start brings everything up as README says, and waits for the first answer on
// either edge.
func (t *trial) start(ctx context.Context) error {
	var err error
	if t.events, err = t.watch(ctx); err != nil {
		return err
	}
	t.began = time.Now()
	page := &page{trial: t}
	type answer struct {
		from string
		err  error
		took time.Duration
	}
	answers := make(chan answer, 2)
	go func() {
		file := t.corpus.Replay(pageFirst - 1)
		v, err := page.hand(ctx, file.Name, file.Data)
		if err == nil && v.complaint(file) != "" {
			err = errors.New(v.complaint(file))
		}
		answers <- answer{"page", err, time.Since(t.began)}
	}()
	go func() {
		err := t.firstOnDiscord(ctx)
		answers <- answer{"Discord", err, time.Since(t.began)}
	}()
	how := "--build"
	if t.Image != "" {
		how = "--no-build"
	}
	if err := t.up(ctx, how); err != nil {
		return err
	}
	for range 2 {
		select {
		case a := <-answers:
			if a.err != nil {
				return fmt.Errorf("first answer through the %s: %w%s", a.from, a.err, t.sick(ctx))
			}
			t.mark(a.took, firstAnswerMark, "compose up to the first answer, "+a.from)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := t.waitHealthy(ctx, ""); err != nil {
		return err
	}
	workers, err := t.ids(ctx, "worker")
	t.holds(len(workers) == 1, "WORKER_REPLICAS=1", "%d workers", len(workers))
	t.workers = 1
	return err
}

// sick names the containers that are not healthy, each with its last words.
func (t *trial) sick(ctx context.Context) (all string) {
	for _, service := range slices.Concat(ours, []string{"redis", "postgres"}) {
		containers, err := t.inspect(ctx, service)
		if err == nil && slices.ContainsFunc(containers, func(s state) bool { return !s.healthy() }) {
			logs, _ := t.logs(ctx, service)
			all += "\n" + service + " is not healthy: " + short(lastLines(logs))
		}
	}
	return all
}

// firstOnDiscord uploads once a bot is there.
func (t *trial) firstOnDiscord(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, containersTimeout)
	defer cancel()
	if err := t.pipeline.Discord.WaitReady(ctx); err != nil {
		return fmt.Errorf("wait for a bot on the gateway: %w", err)
	}
	file := t.corpus.Replay(pageFirst - 2)
	message := t.pipeline.Discord.Upload(discordtest.Upload{
		Channel: t.pipeline.Watched[0], Author: t.pipeline.Discord.AddUser("first"),
		Files: []discordtest.File{{Name: file.Name, Data: file.Data}},
	})
	_, err := t.pipeline.Discord.WaitMessage(ctx, func(m discordtest.Message) bool {
		return m.ReplyTo == message.ID && meaningOf(m.Version) == result && file.suits(m.Version) == ""
	})
	if err != nil {
		return fmt.Errorf("wait for the answer: %w", err)
	}
	return nil
}

// flood lets the crowd upload through both edges until every harm is done.
func (t *trial) flood(ctx context.Context) error {
	following, unfollow := context.WithCancel(ctx)
	tally := follow(following, t.pipeline.Discord)
	defer func() { unfollow(); <-tally.done }()

	over := make(chan struct{})
	harmed := make(chan error, 1)
	go func() {
		defer close(over)
		harmed <- t.harm(ctx)
	}()
	page := &page{trial: t}
	paged := make(chan struct{})
	go func() {
		defer close(paged)
		page.keep(ctx, over, time.Duration(float64(time.Second)*4/t.Rate))
	}()
	load := Load{Until: over, Rate: t.Rate, Users: 50, Hostile: .05, Lossy: true, Settle: containersTimeout}
	report := &Report{Scenario: "containers", Workers: t.workers}
	began := time.Now()
	files, sending, err := newCrowd(t.pipeline, tally, t.corpus, load, 0).upload(ctx)
	if err := errors.Join(err, <-harmed); err != nil {
		return err
	}
	took := tally.lastAnswer().Sub(began)
	<-paged
	retry.Sleep(ctx, 10*time.Second) // for answers that come twice
	report.Files = files
	report.settle(tally.outcome(), sending, took)
	t.verdict(report, page)
	return nil
}

func (t *trial) verdict(r *Report, p *page) {
	row := func(name, format string, args ...any) { t.row("", "flood through Discord: "+name, format, args...) }
	r.printOutcome(row)
	if u := r.slowest; u != nil { // to look it up in the logs
		row("slowest answer", "%s, uploaded at %s", u.file.Name, u.sent.UTC().Format(clockFormat))
	}
	t.holds(r.Passed() && r.Answers > 0, "flood through Discord", "%d lost, %d doubled, %d wrong, %d stray%s",
		r.Lost, r.Doubled, r.Wrong, r.Strays, details(r.Details))
	for _, v := range t.pipeline.Discord.Violations() {
		r.Violations = append(r.Violations, v.String())
	}
	for _, v := range r.violations() {
		t.row("", "Discord's rules broken", "%s", v)
	}
	t.holds(len(p.wrong) == 0 && p.answered == p.files && p.files > 0, "flood through the page",
		"%d files, %d answered, %d requests sent again%s", p.files, p.answered, p.retried, details(p.wrong))
}

// harm is what befalls the containers in mid-flood, one thing after the other;
// only the partition lasts through others.
func (t *trial) harm(ctx context.Context) error {
	timed := func(what string, do func() error) error {
		began := time.Now()
		if err := do(); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		t.row("ok", what, "all healthy after %.1f s", time.Since(began).Seconds())
		return nil
	}
	scale := func(n int) func() error {
		return func() error {
			t.workers = n
			if err := t.up(ctx, "--no-build", "--no-deps", "--no-recreate", "worker"); err != nil {
				return err
			}
			return t.waitHealthy(ctx, "worker")
		}
	}
	if err := timed("--scale worker=4", scale(4)); err != nil {
		return err
	}
	join, err := t.cutOff(ctx)
	if err != nil {
		return err
	}
	for _, service := range []string{"bot", "worker", "web", "redis", "postgres"} {
		if err := timed("docker kill "+service, func() error { return t.kill(ctx, service) }); err != nil {
			return err
		}
	}
	if err := join(); err != nil {
		return err
	}
	for _, service := range []string{"redis", "postgres"} {
		if err := timed("replace "+service+" on its volume", func() error { return t.replaceService(ctx, service) }); err != nil {
			return err
		}
	}
	// The settings change with it: secrets by variable where files were before.
	if err := t.settings.write(t.dir, t.project, byVariable); err != nil {
		return err
	}
	for _, service := range []string{"worker", "web", "bot", "redis", "postgres"} {
		if err := timed("roll "+service, func() error {
			if err := t.up(ctx, "--no-build", "--no-deps", "--force-recreate", service); err != nil {
				return err
			}
			return t.waitHealthy(ctx, service)
		}); err != nil {
			return err
		}
	}
	if t.Most > 0 {
		if err := timed(fmt.Sprintf("--scale worker=%d", t.Most), scale(t.Most)); err != nil {
			return err
		}
	}
	if err := t.connectionsSuffice(ctx); err != nil {
		return err
	}
	if err := timed("--scale worker=1", scale(1)); err != nil {
		return err
	}
	return t.settingsArrive(ctx)
}

// connectionsSuffice looks for clients that Postgres had no room for.
func (t *trial) connectionsSuffice(ctx context.Context) error {
	logs, err := t.logs(ctx, "postgres")
	if err != nil {
		return err
	}
	refused := strings.Count(logs, "too many clients") + strings.Count(logs, "connection slots are reserved")
	t.holds(refused == 0, "connections that Postgres refused", "%d, with %d workers", refused, t.workers)
	return nil
}

// deadFor is how long a killed container stays dead. Docker starts nothing again
// that was killed by its own command, as an operator would have to.
const deadFor = 2 * time.Second

func (t *trial) kill(ctx context.Context, service string) error {
	ids, err := t.ids(ctx, service)
	if err != nil || len(ids) == 0 {
		return errors.Join(fmt.Errorf("%s: no container", service), err)
	}
	id := ids[len(ids)-1]
	t.killed[id] = true
	if _, err := t.docker(ctx, "kill", id); err != nil {
		return err
	}
	retry.Sleep(ctx, deadFor)
	if _, err := t.docker(ctx, "start", id); err != nil {
		return err
	}
	return t.waitOne(ctx, id)
}

// waitOne returns when one container is healthy.
func (t *trial) waitOne(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, containersTimeout)
	defer cancel()
	for {
		out, err := t.docker(ctx, "inspect", id, "--format", "{{.State.Status}} {{.State.Health.Status}}")
		if err == nil && strings.TrimSpace(out) == "running healthy" {
			return nil
		}
		if !retry.Sleep(ctx, 500*time.Millisecond) {
			return errors.Join(fmt.Errorf("%s is %s: %w", id, strings.TrimSpace(out), errUnhealthy), err)
		}
	}
}

// cutOff takes a worker off its network. The function that it returns waits
// until the time is over and joins it again.
func (t *trial) cutOff(ctx context.Context) (join func() error, err error) {
	ids, err := t.ids(ctx, "worker")
	if err != nil {
		return nil, err
	}
	id, network := ids[0], t.project+"_default"
	if _, err := t.docker(ctx, "network", "disconnect", network, id); err != nil {
		return nil, err
	}
	began := time.Now()
	return func() error {
		retry.Sleep(ctx, time.Until(began.Add(t.Partition)))
		cut := time.Since(began)
		if _, err := t.docker(ctx, "network", "connect", "--alias", "worker", network, id); err != nil {
			return err
		}
		joined := time.Now()
		if err := t.waitOne(ctx, id); err != nil {
			return err
		}
		took, err := t.waitWork(ctx, id, joined)
		if err != nil {
			return err
		}
		t.row("ok", "a worker cut from the network", "for %.0f s, parses again %.1f s after it was joined", cut.Seconds(), took.Seconds())
		return nil
	}, nil
}

// waitWork returns how long after a time a worker had parsed a replay.
func (t *trial) waitWork(ctx context.Context, id string, since time.Time) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, containersTimeout)
	defer cancel()
	for {
		logs, err := t.said(ctx, id, since)
		if _, missing := firstLine(logs, "replay"); err == nil && missing == nil {
			return time.Since(since), nil
		}
		if !retry.Sleep(ctx, 500*time.Millisecond) {
			return 0, errors.Join(fmt.Errorf("%s parses nothing: %w", id, ctx.Err()), err)
		}
	}
}

// replaceService puts a new container in the place of one, which keeps nothing
// but its volume.
func (t *trial) replaceService(ctx context.Context, service string) error {
	ids, err := t.ids(ctx, service)
	if err != nil {
		return err
	}
	for _, id := range ids {
		t.killed[id] = true
	}
	if _, err := t.docker(ctx, append([]string{"rm", "-f"}, ids...)...); err != nil {
		return err
	}
	if err := t.up(ctx, "--no-build", "--no-deps", service); err != nil {
		return err
	}
	return t.waitHealthy(ctx, service)
}

// deaths looks back at how each container ended, and how soon each was healthy.
func (t *trial) deaths(context.Context) error {
	all, err := t.events()
	if err != nil {
		return err
	}
	started := make(map[string]int64)
	var slowest time.Duration
	var unasked []string
	ended := 0
	for _, e := range all {
		our := e.service() == "bot" || e.service() == "worker" || e.service() == "web"
		switch {
		case e.Action == "start":
			started[e.Actor.ID] = e.TimeNano
		case strings.HasSuffix(e.Action, ": healthy") && our && started[e.Actor.ID] > 0:
			slowest = max(slowest, time.Duration(e.TimeNano-started[e.Actor.ID]))
			delete(started, e.Actor.ID) // what comes later is an outage that is over
		case e.Action == "die":
			ended++
			if code := e.Actor.Attributes["exitCode"]; code != "0" && !t.killed[e.Actor.ID] {
				unasked = append(unasked, e.service()+": exit status "+code)
			}
		}
	}
	t.mark(slowest, healthyMark, "start to healthy, the slowest of ours")
	t.holds(len(unasked) == 0, "ends that were not asked for, or not in good order", "%d of %d%s", len(unasked), ended, details(unasked))
	return nil
}
