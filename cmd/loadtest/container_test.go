package main

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/discordtest"
)

// The trial itself takes minutes and a container engine: .ci/containers runs it.
// What it reads and writes is tried here.

func TestContainersReadTheirFlags(t *testing.T) {
	t.Parallel()
	c, err := ParseContainers([]string{"-rate", "2", "-compose", "x y", "-partition", "3s"}, io.Discard)
	if err != nil || c.Rate != 2 || c.Compose != "x y" || c.Partition.Seconds() != 3 {
		t.Errorf("read %+v, %v", c, err)
	}
	for _, args := range [][]string{{"flood"}, {"-rate", "0"}, {"-compose", ""}} {
		if _, err := ParseContainers(args, io.Discard); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}

func TestLimitsOfAProcessAreRead(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("/proc is Linux's")
	}
	status, err := statusOf(os.Getpid())
	if err != nil || status["Uid"] == "" || strings.Contains(status["Uid"], "\t") {
		t.Errorf("user %q of this process, %v", status["Uid"], err)
	}
	limits, err := limitsOf(os.Getpid())
	if err != nil || limits["Max open files"] <= 0 {
		t.Errorf("%d open files for this process, %v", limits["Max open files"], err)
	}
}

// TestSettingsOfATrialAreComplete holds that each process accepts the .env of a
// trial, and that no variable of .env.example is without a value there.
func TestSettingsOfATrialAreComplete(t *testing.T) {
	t.Parallel()
	server, err := discordtest.New(discordtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	s, err := newSettings(&Pipeline{Discord: server})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.expected(); err != nil {
		t.Error(err)
	}
	for _, inFiles := range []bool{bySecretFile, byVariable} {
		dir := t.TempDir()
		if err := s.write(dir, "image", inFiles); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, ".env"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range s.settable {
			if strings.HasSuffix(name, "_FILE") && !inFiles || name == "DISCORD_GUILD_ID" {
				continue // everywhere, so that the commands are those of all guilds
			}
			if !strings.Contains("\n"+string(text), "\n"+name+"=") {
				t.Errorf("%s is not in .env: give the trial a value of it in newSettings", name)
			}
		}
		if inFiles && strings.Contains(string(text), server.Token()) {
			t.Error("the token is in .env although it has a file")
		}
	}
}
