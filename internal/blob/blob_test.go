package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// bench is a backend and a way to spoil a file in it.
type bench struct {
	*Store
	spoil func(name string, data []byte) // nil: loses it
	age   func(name string, age time.Duration)
}

// backends runs a contract test on each kind of backend.
func backends(t *testing.T, test func(t *testing.T, b bench)) {
	t.Run("folder", func(t *testing.T) {
		t.Parallel()
		root := filepath.Join(t.TempDir(), "blobs")
		s, err := Open(context.Background(), "file://"+root)
		if err != nil {
			t.Fatal(err)
		}
		test(t, bench{
			s, func(name string, data []byte) {
				err := os.Remove(filepath.Join(root, name))
				if data != nil {
					err = os.WriteFile(filepath.Join(root, name), data, 0o600)
				}
				if err != nil {
					t.Error(err)
				}
			}, func(name string, age time.Duration) {
				then := time.Now().Add(-age)
				if err := os.Chtimes(filepath.Join(root, name), then, then); err != nil {
					t.Error(err)
				}
			},
		})
	})
	t.Run("s3", func(t *testing.T) {
		t.Parallel()
		fake := startS3(t)
		s, err := Open(context.Background(), fake.url("replays/v1"), WithKeys(fakeKey, fakeSecret))
		if err != nil {
			t.Fatal(err)
		}
		test(t, bench{
			s, func(name string, data []byte) { fake.set("replays/v1/"+name, data, time.Now()) },
			func(name string, age time.Duration) { fake.touch("replays/v1/"+name, time.Now().Add(-age)) },
		})
	})
}

func put(t *testing.T, s *Store, data []byte) (hash, name string) {
	t.Helper()
	hash = hashOf(data)
	if err := s.Put(context.Background(), hash, data); err != nil {
		t.Fatal(err)
	}
	name, err := nameOf(hash)
	if err != nil {
		t.Fatal(err)
	}
	return hash, name
}

func TestGetReturnsWhatWasPut(t *testing.T) {
	backends(t, func(t *testing.T, b bench) {
		for _, data := range [][]byte{[]byte("MPQ\x1b and more"), {}, bytes.Repeat([]byte{0, 255}, 1<<19)} {
			hash, _ := put(t, b.Store, data)
			put(t, b.Store, data) // twice is as good as once
			got, err := b.Get(context.Background(), hash)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes came back as %d, %v", len(data), len(got), err)
			}
		}
	})
}

func TestGetSaysWhatIsWrongWithAFile(t *testing.T) {
	backends(t, func(t *testing.T, b bench) {
		hash, name := put(t, b.Store, []byte("good"))
		for _, test := range []struct {
			data []byte
			want error
		}{{[]byte("gooD"), ErrAltered}, {[]byte(""), ErrAltered}, {make([]byte, MaxBytes+1), ErrAltered}, {nil, ErrMissing}} {
			b.spoil(name, test.data)
			_, err := b.Get(context.Background(), hash)
			found := failure.Find(err)
			if !errors.Is(err, test.want) || found == nil || found.Kind != failure.Invalid || found.Text.Key != phrase.FileMissing {
				t.Errorf("%.10q: %v, want %v", test.data, err, test.want)
			}
		}
	})
}

func TestPutMendsADamagedFile(t *testing.T) {
	backends(t, func(t *testing.T, b bench) {
		hash, name := put(t, b.Store, []byte("good"))
		b.spoil(name, []byte("bad!"))
		put(t, b.Store, []byte("good"))
		if got, err := b.Get(context.Background(), hash); err != nil || string(got) != "good" {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

func TestDeleteForgets(t *testing.T) {
	backends(t, func(t *testing.T, b bench) {
		hash, _ := put(t, b.Store, []byte("once"))
		for range 2 {
			if err := b.Delete(context.Background(), hash); err != nil {
				t.Error(err)
			}
		}
		if _, err := b.Get(context.Background(), hash); !errors.Is(err, ErrMissing) {
			t.Errorf("get after delete: %v", err)
		}
	})
}

func TestSweepDeletesOnlyOldOrphans(t *testing.T) {
	backends(t, func(t *testing.T, b bench) {
		known := map[string]bool{}
		for i := range 3 {
			hash, name := put(t, b.Store, fmt.Appendf(nil, "known %d", i))
			b.age(name, 48*time.Hour)
			known[hash] = true
		}
		young, _ := put(t, b.Store, []byte("young orphan"))
		renewed, name := put(t, b.Store, []byte("orphan that is uploaded again"))
		b.age(name, 48*time.Hour)
		put(t, b.Store, []byte("orphan that is uploaded again"))
		var old []string
		for i := range 3 {
			hash, name := put(t, b.Store, fmt.Appendf(nil, "orphan %d", i))
			b.age(name, 25*time.Hour)
			old = append(old, hash)
		}
		n, err := b.Sweep(context.Background(), time.Now().Add(-24*time.Hour), func(_ context.Context, hashes []string) (map[string]bool, error) {
			return known, nil
		})
		if err != nil || n != len(old) {
			t.Errorf("swept %d, %v, want %d", n, err, len(old))
		}
		for _, hash := range old {
			if _, err := b.Get(context.Background(), hash); !errors.Is(err, ErrMissing) {
				t.Errorf("an orphan is still there: %v", err)
			}
		}
		known[young], known[renewed] = true, true
		for hash := range known {
			if _, err := b.Get(context.Background(), hash); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestSweepDeletesNothingWhenItCannotAsk(t *testing.T) {
	backends(t, func(t *testing.T, b bench) {
		hash, name := put(t, b.Store, []byte("who knows"))
		b.age(name, 48*time.Hour)
		down := errors.New("database is down")
		_, err := b.Sweep(context.Background(), time.Now(), func(context.Context, []string) (map[string]bool, error) { return nil, down })
		if !errors.Is(err, down) {
			t.Errorf("sweep: %v", err)
		}
		if _, err := b.Get(context.Background(), hash); err != nil {
			t.Error(err)
		}
	})
}

func TestHashesAreNotPaths(t *testing.T) {
	backends(t, func(t *testing.T, b bench) {
		for _, hash := range []string{"", "../../etc/passwd", strings.Repeat("A", 64), strings.Repeat("a", 63), strings.Repeat("a", 62) + "/."} {
			_, err := b.Get(context.Background(), hash)
			if err == nil || b.Put(context.Background(), hash, nil) == nil || b.Delete(context.Background(), hash) == nil {
				t.Errorf("%q was taken for a hash", hash)
			}
		}
	})
}

func TestFolderLeavesNothingBesideItsFiles(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	s, err := Open(context.Background(), root)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, []byte("file"))
	lost := filepath.Join(root, draftFolder, "of a crash")
	if err := os.WriteFile(lost, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	everything := func(_ context.Context, hashes []string) (map[string]bool, error) {
		known := map[string]bool{}
		for _, hash := range hashes {
			known[hash] = true
		}
		return known, nil
	}
	if _, err := s.Sweep(context.Background(), time.Now().Add(time.Hour), everything); err != nil {
		t.Fatal(err)
	}
	var files []string
	err = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if !d.IsDir() {
			files = append(files, filepath.Base(path))
		}
		return err
	})
	if diff := cmp.Diff([]string{hashOf([]byte("file"))}, files); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func TestFolderThatIsGoneIsNotAMissingFile(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "volume")
	s, err := Open(context.Background(), root)
	if err != nil {
		t.Fatal(err)
	}
	hash, _ := put(t, s, []byte("file"))
	if err := os.Rename(root, root+" unmounted"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(context.Background(), hash); err == nil || errors.Is(err, ErrMissing) || failure.Find(err) != nil {
		t.Errorf("get: %v, want an error that may pass", err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	fake := startS3(t)
	for url, want := range map[string]string{
		"":                                  "no folder",
		"gs://bucket":                       `scheme "gs"`,
		"s3://?endpoint=http://127.0.0.1":   "no bucket",
		"s3://bucket?endpoint=127.0.0.1:80": "is not an http(s) URL",
		strings.Replace(fake.url(""), "s3://"+fakeBucket, "s3://other", 1): "no bucket other",
	} {
		_, err := Open(context.Background(), url, WithKeys(fakeKey, fakeSecret))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", url, err, want)
		}
	}
	_, err := Open(context.Background(), fake.url(""), WithKeys("somebody else", fakeSecret))
	if err == nil || failure.Find(err) != nil {
		t.Errorf("wrong key: %v", err)
	}
}

func TestBucketThatIsDownIsNotAMissingFile(t *testing.T) {
	t.Parallel()
	fake := startS3(t)
	s, err := Open(context.Background(), fake.url(""), WithKeys(fakeKey, fakeSecret))
	if err != nil {
		t.Fatal(err)
	}
	hash, _ := put(t, s, []byte("file"))
	fake.server.Close()
	if _, err := s.Get(context.Background(), hash); err == nil || failure.Find(err) != nil {
		t.Errorf("get: %v, want an error that may pass", err)
	}
}
