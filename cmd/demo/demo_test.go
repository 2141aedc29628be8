package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/sandbox"
)

// asProgram makes the test binary be the demo.
const asProgram = "DEMO_TEST_MAIN"

// testTimeout is how long a test waits for what should have happened by then.
const testTimeout = 2 * time.Minute

func TestMain(m *testing.M) {
	if sandbox.IsChild() {
		os.Exit(sandbox.Serve(replay.Parse))
	}
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// TestShowsAnAnsweredUploadAndEndsOnInterrupt runs the demo as a newcomer does,
// beside settings that lead elsewhere.
func TestShowsAnAnsweredUploadAndEndsOnInterrupt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), testTimeout)
	defer cancel()
	temporary := t.TempDir()
	command := exec.CommandContext(ctx, os.Args[0], "-page", "127.0.0.1:0", "-every", "100ms", "-players", "2")
	command.Env = []string{
		asProgram + "=1", "TMPDIR=" + temporary, "HOME=" + temporary, // no Go toolchain: replays are generated
		"DATABASE_URL=postgres://127.0.0.1:1/real", "DISCORD_TOKEN=real", "HTTP_ADDR=not an address",
	}
	var complaints bytes.Buffer
	command.Stderr = &complaints
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	var once sync.Once
	for lines := bufio.NewScanner(out); lines.Scan(); {
		shown.WriteString(lines.Text() + "\n")
		address := pageAddress.FindString(lines.Text())
		if !strings.Contains(lines.Text(), "has the answer to") || address == "" {
			continue
		}
		once.Do(func() {
			look(ctx, t, address)
			if err := command.Process.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
		})
	}
	if err := command.Wait(); err != nil {
		t.Errorf("the demo ended with %v\n%s\n%s", err, shown.String(), complaints.String())
	}
	for _, want := range []string{"look at http://127.0.0.1:", "generated replays", " uploaded ", "has the answer to", "ended: "} {
		if !strings.Contains(shown.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, shown.String())
		}
	}
	if left, err := filepath.Glob(filepath.Join(temporary, "evoladder-demo-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// look reads the page of a result.
func look(ctx context.Context, t *testing.T, address string) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Error(err)
		return
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	page, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || !bytes.Contains(page, []byte("anna")) {
		t.Errorf("%s: %s, %v, and %d bytes that do not name anna", address, response.Status, err, len(page))
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		want string // in the error; empty: none
	}{
		"none":                  {},
		"all":                   {args: []string{"-players", "9", "-every", "1s", "-keep", "3", "-uploads", "5"}},
		"an unknown argument":   {args: []string{"now"}, want: `"now"`},
		"an unknown flag":       {args: []string{"-fast"}, want: "-fast"},
		"no player":             {args: []string{"-players", "0"}, want: "1 to 50"},
		"a flood":               {args: []string{"-every", "1ms"}, want: "at least"},
		"nothing to upload":     {args: []string{"-keep", "0"}, want: "-keep"},
		"too many uploads":      {args: []string{"-uploads", "1000001"}, want: "-uploads"},
		"a Discord without URL": {args: []string{"-discord", ":8090"}, want: "http://host:port"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			_, err := parseFlags(test.args, &out)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if out.Len() > 0 {
				t.Errorf("printed %q", out.String())
			}
		})
	}
	var help strings.Builder
	if _, err := parseFlags([]string{"-h"}, &help); !errors.Is(err, flag.ErrHelp) || !strings.Contains(help.String(), "-replays") {
		t.Errorf("-h: %v, %q", err, help.String())
	}
}

func TestSettingsOfTheProductAreChecked(t *testing.T) {
	t.Parallel()
	o, err := parseFlags([]string{"-log", "loud", "-page", "127.0.0.1:0", "-data", t.TempDir()}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(t.Context(), o, io.Discard); err == nil || !strings.Contains(err.Error(), "LOG_LEVEL") {
		t.Errorf("got %v", err)
	}
}

// TestDeck holds that what players upload is what it seems: whole replays that
// differ, now and then a damaged one, and after a while the same again.
func TestDeck(t *testing.T) {
	t.Parallel()
	samples := t.TempDir()
	made := deck{players: playerNames(3), size: 2}
	for n := range 2 {
		if err := os.WriteFile(filepath.Join(samples, made.file(n).Name), made.file(n).Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found := deck{size: 30}
	if err := found.load(samples); err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]*deck{
		"generated": {players: playerNames(3), size: 30, began: time.Now()},
		"real":      &found,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := make(map[string]bool)
			for n := range d.size {
				f := d.file(n)
				if seen[f.Name] || seen[string(f.Data)] {
					t.Errorf("file %d, %s, came before", n, f.Name)
				}
				seen[f.Name], seen[string(f.Data)] = true, true
				game, err := replay.Parse(t.Context(), f.Data, replay.Options{Level: replay.Summary})
				damaged := strings.HasPrefix(f.Name, "damaged-")
				if damaged != (err != nil) || !damaged && len(game.Players) != 2 {
					t.Errorf("file %d, %s: %v", n, f.Name, err)
				}
				if again := d.file(n + d.size); again.Name != f.Name || !bytes.Equal(again.Data, f.Data) {
					t.Errorf("file %d comes back as another one", n)
				}
			}
		})
	}
}
