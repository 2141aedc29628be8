package main

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/replay"
)

func corpus(t *testing.T, limit int) *Corpus {
	t.Helper()
	c, err := LoadCorpus(t.Context(), "", limit)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDistinctFilesMeanTheSame(t *testing.T) {
	t.Parallel()
	c := corpus(t, 0)
	for n, sample := range c.samples {
		first, second := c.Replay(n), c.Replay(n+len(c.samples))
		if first.Expect != sample || second.Expect != sample {
			t.Fatalf("files %d and %d are not of sample %s", n, n+len(c.samples), sample.Name)
		}
		if bytes.Equal(first.Data, second.Data) || bytes.Equal(first.Data, sample.Data) || first.Name == second.Name {
			t.Errorf("%s: two of its files are the same", sample.Name)
		}
		want, err := replay.Parse(t.Context(), sample.Data, replay.Options{Level: replay.Summary})
		if err != nil {
			t.Fatal(err)
		}
		got, err := replay.Parse(t.Context(), second.Data, replay.Options{Level: replay.Summary})
		if err != nil {
			t.Errorf("%s: its copy: %v", sample.Name, err)
			continue
		}
		got.Bytes = want.Bytes // a mark after the archive makes it longer
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: its copy differs:\n%s", sample.Name, diff)
		}
	}
}

func TestMarkGoesAfterAFileWithoutRoom(t *testing.T) {
	t.Parallel()
	s := &Sample{Data: []byte("MPQ\x1a a bare archive")}
	got := s.distinct(1)
	if !bytes.HasPrefix(got, s.Data) || len(got) != len(s.Data)+markBytes || bytes.Equal(got, s.distinct(2)) {
		t.Errorf("got %q", got)
	}
}

func TestHostileFilesAreRefused(t *testing.T) {
	t.Parallel()
	c := corpus(t, 5)
	for n := range 5 * len(hostile) {
		file := c.Hostile(n)
		if !bytes.Equal(file.Data, c.Hostile(n).Data) {
			t.Errorf("%s is another file the second time", file.Name)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		_, err := replay.Parse(ctx, file.Data, replay.Options{})
		cancel()
		if failure := new(failure.Error); !file.Any && !errors.As(err, &failure) {
			t.Errorf("%s: the parser says %v", file.Name, err)
		}
	}
}
