//go:build unix

package main

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

func TestFolderStandsForItsFilesOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := func(s string) string { return filepath.Join(dir, s) }
	if err := os.Mkdir(name("folder.SC2Replay"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(name("pipe.SC2Replay"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := []string{name("a.sc2replay"), name("folder.SC2Replay/b.SC2Replay"), name("z.SC2Replay")}
	for _, file := range []string{want[0], want[1], name("notes.txt")} {
		if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(want[0], want[2]); err != nil {
		t.Fatal(err)
	}
	if got, err := replayFiles([]string{dir}); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
}
