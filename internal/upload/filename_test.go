package upload_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/evoladder/evoladderbot/internal/upload"
)

func TestCleanFileName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 300) + ".SC2Replay"
	tests := map[string]string{
		"Ever Dream LE (12).SC2Replay": "Ever Dream LE (12).SC2Replay",
		"../../etc/passwd":             "passwd",
		`C:\Users\x\a.SC2Replay`:       "a.SC2Replay",
		"a\x00b\nc\td.SC2Replay":       "ab c d.SC2Replay",
		"\u202eyalpeR.SC2Replay":       "yalpeR.SC2Replay",
		"bad\xff\xfeutf8.SC2Replay":    "badutf8.SC2Replay",
		"永恒之梦.SC2Replay":               "永恒之梦.SC2Replay",
		"":                             "unnamed",
		"dir/":                         "unnamed",
		long:                           strings.Repeat("ä", 110) + ".SC2Replay",
		strings.Repeat("x", 300):       strings.Repeat("x", 120),
	}
	for name, want := range tests {
		if got := upload.CleanFileName(name); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
}

func FuzzCleanFileName(f *testing.F) {
	f.Add("a\x00\u202e/\\.SC2Replay")
	f.Fuzz(func(t *testing.T, name string) {
		clean := upload.CleanFileName(name)
		if clean == "" || !utf8.ValidString(clean) || utf8.RuneCountInString(clean) > 120 || strings.ContainsAny(clean, "\x00\n/\\") {
			t.Errorf("%q became %q", name, clean)
		}
		if again := upload.CleanFileName(clean); again != clean {
			t.Errorf("%q became %q, then %q", name, clean, again)
		}
	})
}
