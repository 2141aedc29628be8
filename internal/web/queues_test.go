package web_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/hibiken/asynq"

	"github.com/evoladder/evoladderbot/internal/web"
	"github.com/evoladder/evoladderbot/internal/web/dashboard"
)

// queues is a dashboard over a Redis with one task in it.
func queues(t *testing.T, config dashboard.Config) *dashboard.Dashboard {
	t.Helper()
	option := asynq.RedisClientOpt{Addr: miniredis.RunT(t).Addr()}
	client := asynq.NewClient(option)
	t.Cleanup(func() { _ = client.Close() })
	if _, err := client.Enqueue(asynq.NewTask("replay:parse", []byte(`{"job":42}`)), asynq.Queue("replays")); err != nil {
		t.Fatal(err)
	}
	config.Redis = option
	config.Payload = func(taskType string, payload []byte) string { return "the job of " + taskType + " " + string(payload) }
	d := dashboard.New(config)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func login(user, password string) []string {
	request := http.Request{Header: http.Header{}}
	request.SetBasicAuth(user, password)
	return []string{"Authorization", request.Header.Get("Authorization")}
}

func TestQueuesAreOffWithoutAPassword(t *testing.T) {
	t.Parallel()
	site := newWorld(t).site(web.Config{Dashboard: queues(t, dashboard.Config{User: "admin"})})
	for _, header := range [][]string{nil, login("admin", "")} {
		answer := ask(t, site, "GET", "/queues/api/queues", nil, header...)
		wantStatus(t, answer, http.StatusNotFound)
		wantText(t, answer.Body.String(), "QUEUES_PASSWORD")
	}
}

func TestQueuesNeedTheLogin(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	config := dashboard.Config{User: "admin", Password: "correct horse", Log: slog.New(slog.NewTextHandler(&log, nil))}
	site := newWorld(t).site(web.Config{Dashboard: queues(t, config)})
	for _, address := range []string{"/queues", "/queues/", "/queues/api/queues", "/queues/static/js/main.js"} {
		for _, header := range [][]string{nil, login("admin", "wrong"), login("root", "correct horse"), login("", "")} {
			answer := ask(t, site, "GET", address, nil, header...)
			wantStatus(t, answer, http.StatusUnauthorized)
			if answer.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("%s does not ask for the login", address)
			}
		}
		wantStatus(t, ask(t, site, "GET", address, nil, login("admin", "correct horse")...), http.StatusOK)
	}
	if strings.Count(log.String(), "wrong login") != 12 || strings.Contains(log.String(), "horse") {
		t.Errorf("want a line for each of 12 wrong logins and no password:\n%s", &log)
	}
}

func TestQueuesStopHearingWhoGuesses(t *testing.T) {
	t.Parallel()
	d := queues(t, dashboard.Config{User: "admin", Password: "secret", Log: slog.New(slog.DiscardHandler)})
	for range 20 {
		wantStatus(t, ask(t, d, "GET", "/queues", nil, login("admin", "wrong")...), http.StatusUnauthorized)
	}
	answer := ask(t, d, "GET", "/queues", nil, login("admin", "secret")...)
	wantStatus(t, answer, http.StatusTooManyRequests)
	if answer.Header().Get("Retry-After") == "" {
		t.Error("nothing says when to try again")
	}
	wantStatus(t, ask(t, d, "GET", "/queues", nil), http.StatusUnauthorized)
}

func TestQueuesAreReadOnlyUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	header := login("admin", "secret")
	const pause = "/queues/api/queues/replays:pause"
	locked := newWorld(t).site(web.Config{Dashboard: queues(t, dashboard.Config{User: "admin", Password: "secret"})})
	wantStatus(t, ask(t, locked, "POST", pause, nil, header...), http.StatusMethodNotAllowed)

	open := newWorld(t).site(web.Config{Dashboard: queues(t, dashboard.Config{User: "admin", Password: "secret", Writable: true})})
	wantStatus(t, ask(t, open, "POST", pause, nil, append(header, "Sec-Fetch-Site", "cross-site")...), http.StatusForbidden)
	if answer := ask(t, open, "POST", pause, nil, header...); answer.Code >= 300 {
		t.Errorf("pause by the operator: %d %s", answer.Code, answer.Body)
	}
}

// Every act on a real task: what asynqmon would do to it is forbidden where it
// would break a promise, and done where not. Each has a line that says who.
func TestOnlyActsThatKeepPromisesAreAllowed(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	option := asynq.RedisClientOpt{Addr: miniredis.RunT(t).Addr()}
	client, inspector := asynq.NewClient(option), asynq.NewInspector(option)
	t.Cleanup(func() { _ = client.Close(); _ = inspector.Close() })
	waiting, later := "replay:parse:1:1", "replay:parse:2:1"
	for id, options := range map[string][]asynq.Option{waiting: nil, later: {asynq.ProcessIn(time.Hour)}} {
		options = append(options, asynq.Queue("replays"), asynq.TaskID(id))
		if _, err := client.Enqueue(asynq.NewTask("replay:parse", []byte(`{"job":1}`)), options...); err != nil {
			t.Fatal(err)
		}
	}
	d := dashboard.New(dashboard.Config{
		User: "admin", Password: "secret", Writable: true, Redis: option, Log: slog.New(slog.NewTextHandler(&lines, nil)),
	})
	t.Cleanup(func() { _ = d.Close() })
	act := func(method, path, body string) *httptest.ResponseRecorder {
		return ask(t, d, method, "/queues/api/queues/"+path, strings.NewReader(body), login("admin", "secret")...)
	}
	state := func(id string) asynq.TaskState {
		info, err := inspector.GetTaskInfo("replays", id)
		if err != nil {
			t.Fatal(err)
		}
		return info.State
	}

	one, batch := "/"+waiting, `{"task_ids":["`+waiting+`","`+later+`"]}`
	for _, forbidden := range []struct{ method, path, body, says string }{
		{"POST", "replays/pending_tasks" + one + ":archive", "", "recorded as failed"},
		{"POST", "replays/pending_tasks:archive_all", "", "recorded as failed"},
		{"POST", "replays/pending_tasks:batch_archive", batch, "recorded as failed"},
		{"POST", "replays/retry_tasks" + one + ":archive", "", "recorded as failed"},
		{"POST", "replays/scheduled_tasks:archive_all", "", "recorded as failed"},
		{"POST", "replays/groups/a/aggregating_tasks:archive_all", "", "recorded as failed"},
		{"DELETE", "replays/pending_tasks" + one, "", "enqueued again"},
		{"DELETE", "replays/pending_tasks:delete_all", "", "enqueued again"},
		{"POST", "replays/pending_tasks:batch_delete", batch, "enqueued again"},
		{"DELETE", "replays/archived_tasks:delete_all", "", "enqueued again"},
		{"DELETE", "replays", "", "enqueued again"},
		{"POST", "replays/archived_tasks" + one + ":run", "", "Allowed are"},
		{"POST", "replays/archived_tasks:run_all", "", "Allowed are"},
		{"PUT", "replays:pause", "", "Allowed are"},
		{"POST", "replays:pause/", "", "Allowed are"},
	} {
		answer := act(forbidden.method, forbidden.path, forbidden.body)
		wantStatus(t, answer, http.StatusForbidden)
		wantText(t, answer.Body.String(), forbidden.says)
		wantText(t, lines.String(), "level=WARN", `user=admin address=192.0.2.1`, "method="+forbidden.method, "act=/api/queues/"+forbidden.path)
		if state(waiting) != asynq.TaskStatePending || state(later) != asynq.TaskStateScheduled {
			t.Fatalf("%s %s touched a task", forbidden.method, forbidden.path)
		}
		lines.Reset()
	}

	for _, allowed := range []struct{ path, body string }{
		{"replays:pause", ""},
		{"replays:resume", ""},
		{"replays/scheduled_tasks:batch_run", `{"task_ids":["` + later + `"]}`},
		{"replays/retry_tasks:run_all", ""},
		{"replays/active_tasks" + one + ":cancel", ""},
		{"replays/active_tasks:cancel_all", ""},
	} {
		if answer := act("POST", allowed.path, allowed.body); answer.Code >= 300 {
			t.Errorf("%s: %d %s", allowed.path, answer.Code, answer.Body)
		}
		wantText(t, lines.String(), "level=INFO", "user=admin address=192.0.2.1", "act=/api/queues/"+allowed.path, "status=2")
		if allowed.body != "" {
			wantText(t, lines.String(), "tasks=1", later)
		}
		lines.Reset()
	}
	if state(later) != asynq.TaskStatePending {
		t.Error("a task that was run does not wait to be taken")
	}
	ask(t, d, "GET", "/queues/api/queues", nil, login("admin", "secret")...)
	if lines.Len() != 0 {
		t.Errorf("reading is logged: %s", &lines)
	}
}

func TestDashboardDefendsItselfWithoutTheSite(t *testing.T) {
	t.Parallel()
	d := queues(t, dashboard.Config{User: "admin", Password: "secret", Writable: true})
	answer := ask(t, d, "POST", "/queues/api/queues/replays:pause", nil, append(login("admin", "secret"), "Sec-Fetch-Site", "cross-site")...)
	wantStatus(t, answer, http.StatusForbidden)
}

func TestQueuesInTheBrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(web.Config{Dashboard: queues(t, dashboard.Config{User: "admin", Password: "secret"})})
	page := newTab(t)
	header := login("admin", "secret")
	_, err := chromedp.Call(page.ctx, network.SetExtraHTTPHeaders,
		network.SetExtraHTTPHeadersParams{Headers: network.Headers{header[0]: header[1]}})
	page.must(err)
	page.open(server.URL + "/queues")
	page.waitFor(`document.body.innerText.includes('replays')`)
	page.shot("queues")
	page.open(server.URL + "/queues/queues/replays?status=pending")
	page.waitFor(`document.body.innerText.includes('the job of replay:parse')`)
	page.shot("queues-tasks")
	page.clean(server.URL, "fonts.googleapis.com")
}
