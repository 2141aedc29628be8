package replay

import (
	"testing"
	"time"
)

func TestFileTime(t *testing.T) {
	for ticks, want := range map[int64]time.Time{
		132404660161480473:  time.Date(2020, 7, 29, 3, 13, 36, 0, time.UTC),
		116444736000000000:  time.Unix(0, 0).UTC(),
		0:                   {},
		-5:                  {},
		9223372036854775807: {}, // beyond the year 9999
	} {
		if got := fileTime(ticks); !got.Equal(want) {
			t.Errorf("%d: %v, want %v", ticks, got, want)
		}
	}
}
