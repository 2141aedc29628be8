package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/snowflake"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/upload"
)

func TestRecentPagesThroughAllNewestFirst(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		var want []upload.ID
		for i := range 7 {
			a := arrival(fmt.Sprint(i))
			a.At = noon.Add(-time.Duration(i) * time.Hour) // the order is that of arrival, whatever a clock said
			want = append([]upload.ID{w.accept(a).ID}, want...)
		}
		var got []upload.ID
		for before := upload.ID(0); ; {
			page, err := s.Recent(context.Background(), before, 3)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, view := range page {
				if diff := cmp.Diff(w.view(view.ID), view); diff != "" {
					t.Error(diff)
				}
				got = append(got, view.ID)
			}
			before = got[len(got)-1]
			w.accept(arrival(fmt.Sprint("later ", before))) // does not move what is on the next page
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTheListShowsWhatWasSentInPublic(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		private := arrival("the same file")
		private.Unlisted = true
		hidden := w.accept(private)
		public := arrival("the same file")
		public.Source, public.Guild, public.Reply = upload.FromDiscord, "9", nil
		shown := w.accept(public)
		w.accept(private)
		views, err := s.Recent(context.Background(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(views) != 1 || views[0].ID != shown.ID || views[0].Unlisted {
			t.Errorf("listed: %+v, want submission %d alone", views, shown.ID)
		}
		if view := w.view(hidden.ID); !view.Unlisted || view.FileName != private.FileName {
			t.Errorf("by its address: %+v", view)
		}
	})
}

// An upload of an older program says nothing of the list: what came by direct
// message is not shown.
func TestTheListDoesNotShowOldDirectMessages(t *testing.T) {
	storetest.URLs(t, func(t *testing.T, url string) {
		s := storetest.Open(t, url)
		w := world{t, s}
		want := map[upload.ID]bool{}
		for guild, source := range map[string]upload.Source{"": upload.FromDiscord, "9": upload.FromDiscord, "-": upload.FromWeb} {
			a := arrival("file of " + guild)
			a.Source, a.Guild = source, snowflake.GuildID(strings.Trim(guild, "-"))
			want[w.accept(a).ID] = guild != ""
		}
		execute(t, url, "UPDATE submissions SET listed = NULL")
		views, err := s.Recent(context.Background(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(views) != 2 {
			t.Errorf("%d are listed, want 2", len(views))
		}
		for id, listed := range want {
			if view := w.view(id); view.Unlisted == listed {
				t.Errorf("%s of %s: unlisted %v", view.FileName, view.Source, view.Unlisted)
			}
		}
		for _, view := range views {
			if !want[view.ID] {
				t.Errorf("%s is listed", view.FileName)
			}
		}
	})
}

func TestStatesOfManyInOneGo(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		queued, _ := w.submit(arrival("queued"))
		parsing, begun := w.submit(arrival("parsing"))
		w.begin(begun)
		done, parse := w.submit(arrival("done"))
		w.record(parse, good(1, `{}`))
		ids := []upload.ID{queued.ID, parsing.ID, done.ID}
		for i := range upload.ID(1000) { // unknown ones, more than one statement takes
			ids = append(ids, i+1)
		}
		got, err := s.States(context.Background(), ids)
		if err != nil {
			t.Fatal(err)
		}
		want := map[upload.ID]upload.State{
			queued.ID: upload.Queued, parsing.ID: upload.Parsing, done.ID: upload.Done,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if none, err := s.States(context.Background(), nil); err != nil || len(none) != 0 {
			t.Errorf("states of nothing: %v, %v", none, err)
		}
	})
}

func TestWhatDoesNotExistIsNotFound(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		if _, err := s.Submission(context.Background(), 1); !errors.Is(err, upload.ErrUnknown) {
			t.Errorf("submission: %v", err)
		}
		if _, err := s.Timeline(context.Background(), 1); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("timeline: %v", err)
		}
	})
}

func TestKnownFilesAreThoseOfReplays(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		w := world{t, s}
		a := w.accept(arrival("a"))
		b := w.accept(arrival("b"))
		got, err := s.KnownFiles(context.Background(), []string{a.SHA256, fileOf("never seen"), b.SHA256})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]bool{a.SHA256: true, b.SHA256: true}, got); diff != "" {
			t.Error(diff)
		}
	})
}
