package blob

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// A folder that is there and takes no files: its disk is full, for one. What
// stands in the way here is a file where a folder would have to be.
func TestWhatAPlaceDoesNotDoIsSaidUntilItDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		root := t.TempDir()
		s, err := Open(context.Background(), root)
		if err != nil {
			t.Fatal(err)
		}
		data := []byte("file")
		hash := hashOf(data)
		obstacle := filepath.Join(root, hash[:2])
		says := func(when, want string) {
			t.Helper()
			if got := s.Failing(); got != want {
				t.Errorf("%s: %q, want %q", when, got, want)
			}
		}
		write := func(wantErr bool) {
			t.Helper()
			if err := s.Put(context.Background(), hash, data); (err != nil) != wantErr {
				t.Fatalf("put: %v", err)
			}
		}
		if err := os.WriteFile(obstacle, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		says("at first", "")
		write(true)
		says("after a failure", "stored")
		time.Sleep(troubleRecently)
		says("long after it", "")
		write(true)
		if err := os.Remove(obstacle); err != nil {
			t.Fatal(err)
		}
		write(false)
		says("after a success", "")
		if _, err := s.Get(context.Background(), hashOf([]byte("another"))); err == nil {
			t.Fatal("read a file that was never put")
		}
		says("after a missing file", "")
	})
}

func TestABucketThatCannotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	fake := startS3(t)
	s, err := Open(context.Background(), fake.url(""), WithKeys(fakeKey, fakeSecret))
	if err != nil {
		t.Fatal(err)
	}
	hash, _ := put(t, s, []byte("file"))
	fake.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, "AccessDenied")
	})
	if _, err := s.Get(context.Background(), hash); err == nil {
		t.Fatal("read from a server that refuses")
	}
	if got := s.Failing(); got != "read" {
		t.Errorf("says %q", got)
	}
}
