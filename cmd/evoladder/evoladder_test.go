package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"

	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/sandbox"
)

// asProgram makes the test binary be evoladder.
const asProgram = "EVOLADDER_TEST_MAIN"

func TestMain(m *testing.M) {
	if sandbox.IsChild() {
		os.Exit(sandbox.Serve(replay.Parse))
	}
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// program is evoladder with a data folder of its own.
type program struct {
	data     string
	database string // a URL; empty: the embedded one
}

func newProgram(t *testing.T) program { return program{data: t.TempDir()} }

func (p program) command(ctx context.Context, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, os.Args[0], args...)
	command.Env = []string{
		asProgram + "=1", "DATA_DIR=" + p.data, "HTTP_ADDR=127.0.0.1:0", "METRICS_ADDR=127.0.0.1:0", "WORKER_PROCESSES=2", "PATH=" + os.Getenv("PATH"),
	}
	if p.database != "" {
		command.Env = append(command.Env, "DATABASE_URL="+p.database)
	}
	return command
}

// run runs evoladder to its end.
func (p program) run(t *testing.T, args ...string) (out, errs string, status int) {
	t.Helper()
	command := p.command(t.Context(), args...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String(), command.ProcessState.ExitCode()
}

// samples are the real replays that come with a Go module.
func samples(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/icza/mpq").Output()
	if err != nil {
		t.Fatalf("find sample replays: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "reps")
}

func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestParsePrintsOneObjectALine(t *testing.T) {
	t.Parallel()
	dir := samples(t)
	out, errs, status := newProgram(t).run(t, "parse", "-timeline", dir)
	if status != 0 || errs != "" {
		t.Errorf("status %d, errors %q", status, errs)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 7 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, line := range lines {
		var game replay.Replay
		if err := json.Unmarshal([]byte(line), &game); err != nil {
			t.Fatalf("line %d: %v", i, err)
		}
		if filepath.Dir(game.File) != dir || len(game.SHA256) != 64 || len(game.Players) < 2 || game.Timeline == nil {
			t.Errorf("line %d: file %q, sha256 %q, %d players, timeline %v", i, game.File, game.SHA256, len(game.Players), game.Timeline != nil)
		}
	}
	if !strings.Contains(lines[0], "automm") || !strings.Contains(lines[6], "wol") {
		t.Error("lines are not in the order of the files")
	}
}

func TestParseSaysWhatIsWrongWithEachFile(t *testing.T) {
	t.Parallel()
	good, err := os.ReadFile(filepath.Join(samples(t), "lotv.SC2Replay"))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		path string
		kind string
		text string
	}{
		"empty":     {write(t, "a.SC2Replay", nil), "invalid", "empty"},
		"no replay": {write(t, "b.SC2Replay", []byte("hello")), "invalid", "not a StarCraft II replay"},
		"cut off":   {write(t, "c.SC2Replay", good[:len(good)/2]), "invalid", ""},
		"too large": {write(t, "d.SC2Replay", make([]byte, 9<<20)), "too_large", "8 MiB"},
		"missing":   {filepath.Join(t.TempDir(), "e.SC2Replay"), "invalid", "no such file"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, errs, status := newProgram(t).run(t, "parse", test.path, filepath.Join(samples(t), "wol.SC2Replay"))
			if status != 1 {
				t.Errorf("status %d", status)
			}
			bad, rest, _ := strings.Cut(out, "\n")
			var failure failedFile
			if err := json.Unmarshal([]byte(bad), &failure); err != nil {
				t.Fatalf("%q: %v", bad, err)
			}
			if failure.File != test.path || string(failure.Error.Kind) != test.kind || !strings.Contains(failure.Error.Text, test.text) {
				t.Errorf("got %s", bad)
			}
			if !strings.Contains(rest, `"title":"Magma Core"`) {
				t.Errorf("the good file beside it gave %.100q", rest)
			}
			if !strings.Contains(errs, filepath.Base(test.path)+": "+failure.Error.Text) || !strings.Contains(errs, "1 of 2 files") {
				t.Errorf("standard error: %q", errs)
			}
		})
	}
}

func TestSubmitAnswersEachFileOnce(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	out, errs, status := p.run(t, "submit", samples(t), write(t, "broken.SC2Replay", []byte("MPQ\x1bbroken")))
	if status != 1 || !strings.Contains(errs, "1 of 8 files failed") {
		t.Errorf("status %d, errors %q", status, errs)
	}
	_, table, _ := strings.Cut(out, "FILE")
	for _, want := range []string{"lotv.SC2Replay", "Magma Mines, 2v2, Ranked, 10:16", "BiC (T), DakotaFannin (P) beat IMBarabba (P), Nova (T)\n", "broken.SC2Replay"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
	// The second time everything is known.
	out, _, status = p.run(t, "submit", samples(t))
	if status != 0 || strings.Count(out, "Magma Mines") != 2 {
		t.Errorf("again: status %d\n%s", status, out)
	}
}

// One limit holds from the intake to the parser process.
func TestTheLimitOnAFileIsTheParsersToo(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(samples(t), "lotv.SC2Replay"))
	if err != nil {
		t.Fatal(err)
	}
	large := write(t, "large.SC2Replay", append(data, make([]byte, 9<<20)...)) // what follows an archive is not read
	for _, test := range []struct {
		limit, command string
		status         int
		says           string
	}{
		{"", "parse", 1, "larger than 8 MiB"},
		{"", "submit", 1, "larger than 8 MiB"},
		{"16777216", "parse", 0, `"format":"`},
		{"16777216", "submit", 0, "large.SC2Replay"},
		{"4096", "parse", 1, "larger than 4 KiB"},
	} {
		command := newProgram(t).command(t.Context(), test.command, large)
		if test.limit != "" {
			command.Env = append(command.Env, "MAX_REPLAY_BYTES="+test.limit)
		}
		out, _ := command.CombinedOutput() // the status says it
		if status := command.ProcessState.ExitCode(); status != test.status || !strings.Contains(string(out), test.says) {
			t.Errorf("%s under %q: status %d\n%s", test.command, test.limit, status, out)
		}
	}
}

func TestWrongUseIsExplained(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"pars"}, `no command "pars"`},
		{[]string{"parse"}, "name files"},
		{[]string{"submit", t.TempDir()}, "name files"},
		{[]string{"parse", "-timelines", "x"}, "timelines"},
	} {
		_, errs, status := p.run(t, test.args...)
		if status != 1 || !strings.Contains(errs, test.want) {
			t.Errorf("%v: status %d, %q", test.args, status, errs)
		}
	}
	for _, args := range [][]string{{"help"}, {"-h"}, {"parse", "-h"}, {"submit", "--help"}} {
		if out, errs, status := p.run(t, args...); status != 0 || errs != "" || !strings.Contains(out, "evoladder submit") {
			t.Errorf("%v: status %d, %q, %q", args, status, out, errs)
		}
	}
}

// server is evoladder serving.
type server struct {
	command *exec.Cmd
	url     string
	metrics string // its address
	log     *bytes.Buffer
	ended   chan error
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

func (p program) serve(t *testing.T) *server {
	t.Helper()
	s := &server{command: p.command(context.WithoutCancel(t.Context())), log: &bytes.Buffer{}, ended: make(chan error, 1)}
	pipe, err := s.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.command.Process.Kill() })
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			s.log.WriteString(lines.Text() + "\n")
			if strings.Contains(lines.Text(), "serving metrics") { // before it listens
				s.metrics = address.FindString(lines.Text())
			}
			if url := address.FindString(lines.Text()); url != "" && strings.Contains(lines.Text(), "listening") {
				found <- url
			}
		}
		close(found)
		s.ended <- s.command.Wait()
	}()
	url, ok := <-found
	if !ok {
		t.Fatalf("did not start:\n%s", s.log)
	}
	s.url = url
	return s
}

// stop tells the server to end and waits for it.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-s.ended; err != nil {
		t.Errorf("ended with %v:\n%s", err, s.log)
	}
}

func (s *server) get(t *testing.T, path string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, request)
}

func (s *server) upload(t *testing.T, name string, data []byte) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/api/replays?name="+name, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return do(t, request)
}

func do(t *testing.T, request *http.Request) (int, string) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// answer waits for the JSON of an uploaded replay.
func (s *server) answer(t *testing.T, id string) string {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		status, body := s.get(t, "/api/replays/"+id)
		if status != http.StatusOK && status != http.StatusAccepted {
			t.Fatalf("status %d: %s", status, body)
		}
		if strings.Contains(body, `"parser_version"`) || strings.Contains(body, `"error"`) {
			return body
		}
		time.Sleep(10 * time.Millisecond) // the API is asked again, as a script would
	}
	t.Fatalf("no answer to %s:\n%s", id, s.log)
	return ""
}

func TestServerAnswersAndRemembers(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	s := p.serve(t)
	data, err := os.ReadFile(filepath.Join(samples(t), "lotv.SC2Replay"))
	if err != nil {
		t.Fatal(err)
	}
	status, body := s.upload(t, "lotv.SC2Replay", data)
	var accepted struct{ ID, State string }
	if err := json.Unmarshal([]byte(body), &accepted); err != nil || status != http.StatusAccepted {
		t.Fatalf("status %d: %s", status, body)
	}
	if got := s.answer(t, accepted.ID); !strings.Contains(got, `"title":"Magma Mines"`) {
		t.Errorf("answered %.200s", got)
	}
	// The same file again is answered at once.
	status, body = s.upload(t, "again.SC2Replay", data)
	if status != http.StatusOK || !strings.Contains(body, `"done"`) {
		t.Errorf("again: status %d: %s", status, body)
	}
	for _, path := range []string{"/healthz", "/readyz", "/"} {
		if status, body := s.get(t, path); status != http.StatusOK {
			t.Errorf("%s: status %d: %.200s", path, status, body)
		}
	}
	if status, _ := s.get(t, "/metrics"); status != http.StatusNotFound {
		t.Errorf("metrics beside the pages: status %d", status)
	}
	s.url, s.metrics = s.metrics, s.url
	_, metrics := s.get(t, "/metrics")
	s.url, s.metrics = s.metrics, s.url
	if !strings.Contains(metrics, `evoladder_uploads_total{outcome="known",source="web"} 1`) {
		t.Errorf("metrics lack the known upload")
	}
	s.stop(t)

	s = p.serve(t)
	if _, page := s.get(t, "/"); strings.Count(page, "Magma Mines") < 2 {
		t.Error("the list of recent replays did not survive a restart")
	}
	s.stop(t)
}

func TestSecondSignalEndsTheServerAtOnce(t *testing.T) {
	t.Parallel()
	s := newProgram(t).serve(t)
	host := strings.TrimPrefix(s.url, "http://")
	held, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	// A request under way is waited for, but not after a second signal.
	fmt.Fprintf(held, "POST /api/replays?name=a.SC2Replay HTTP/1.1\r\nHost: page\r\nContent-Length: 4000\r\nExpect: 100-continue\r\n\r\n")
	if line, err := bufio.NewReader(held).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("%q, %v", line, err)
	}
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for { // until the first signal has arrived
		conn, err := net.Dial("tcp", host)
		if err != nil {
			break
		}
		_ = conn.Close()
		time.Sleep(time.Millisecond)
	}
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-s.ended; err == nil || !strings.Contains(s.log.String(), "second signal") {
		t.Errorf("ended with %v:\n%s", err, s.log)
	}
}

func TestKilledServerLosesNothing(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	s := p.serve(t)
	var ids []string
	files, err := filepath.Glob(filepath.Join(samples(t), "*.SC2Replay"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %d files", err, len(files))
	}
	for i, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, body := s.upload(t, fmt.Sprintf("%d.SC2Replay", i), data)
		var accepted struct{ ID string }
		if err := json.Unmarshal([]byte(body), &accepted); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		ids = append(ids, accepted.ID)
	}
	// The embedded queue dies with its process; the jobs stand in their rows.
	if err := s.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.ended
	s = p.serve(t)
	for _, id := range ids {
		if got := s.answer(t, id); !strings.Contains(got, `"players":[{`) {
			t.Errorf("%s: %.200s", id, got)
		}
	}
	s.stop(t)
}

func TestWrongSettingsAreAllNamed(t *testing.T) {
	t.Parallel()
	command := newProgram(t).command(t.Context())
	command.Env = append(command.Env, "LOG_LEVEL=loud", "PARSE_TIMEOUT=soon", "WORKER_PROCESSES=-1")
	out, err := command.CombinedOutput()
	if err == nil {
		t.Fatal("it started")
	}
	for _, name := range []string{"LOG_LEVEL", "PARSE_TIMEOUT", "WORKER_PROCESSES"} {
		if !strings.Contains(string(out), name) {
			t.Errorf("%s is not named in:\n%s", name, out)
		}
	}
}

func TestTerminalIsNotWrittenToByStrangers(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	name := "a\x1b]0;owned\x07\u202e\u009b.SC2Replay"
	bad := write(t, name, []byte("MPQ\x1bbroken"))
	game := replaytest.Sample()
	game.Players[0].Name, game.Map = "x\x1b[2J\u202ey\u009b", "\u200b\u202e"
	good := write(t, "good.SC2Replay", game.Bytes())
	for _, args := range [][]string{{"parse", bad, good}, {"submit", bad, good}, {"replay", name}, {name}} {
		out, errs, _ := p.run(t, args...)
		for _, r := range out + errs {
			if !unicode.IsPrint(r) && r != '\n' {
				t.Fatalf("%q printed %U:\n%q\n%q", args[0], r, out, errs)
			}
		}
		if args[0] == "submit" && (!strings.Contains(out, "(unnamed map)") || !strings.Contains(out, "x[2Jy (Z)")) {
			t.Errorf("submit does not name the game:\n%s", out)
		}
		if args[0] != "parse" {
			continue
		}
		_, line, _ := strings.Cut(out, "\n") // the data is what the file says
		var parsed replay.Replay
		if err := json.Unmarshal([]byte(line), &parsed); err != nil || parsed.Map.Title != game.Map || parsed.Players[0].Name != game.Players[0].Name {
			t.Errorf("parse changed the data: %v, %q, %q", err, parsed.Map.Title, line)
		}
	}
}
