package replay

import (
	"testing"
	"time"
)

func TestSecondsOfEverySpeed(t *testing.T) {
	for speed, want := range map[int]struct {
		name    string
		seconds float64
	}{
		0: {"Slower", 2333.33}, 1: {"Slow", 1750}, 2: {"Normal", 1400}, 3: {"Fast", 1166.67}, 4: {"Faster", 1000},
		-1: {"Faster", 1000}, 99: {"Faster", 1000},
	} {
		c := newClock(speed)
		if c.speed != want.name || c.seconds(22_400) != want.seconds {
			t.Errorf("speed %d: %s, %.2f s", speed, c.speed, c.seconds(22_400))
		}
	}
	if m := newClock(speedFaster).minute(1344); m != 1 {
		t.Errorf("loop 1344 is in minute %d", m)
	}
}

func TestFileTime(t *testing.T) {
	for ticks, want := range map[int64]time.Time{
		132404660161480473:  time.Date(2020, 7, 29, 3, 13, 36, 0, time.UTC),
		116444736000000000:  time.Unix(0, 0).UTC(),
		0:                   {},
		-5:                  {},
		9223372036854775807: fileTime(9223372036854775807), // no panic
	} {
		if got := fileTime(ticks); !got.Equal(want) {
			t.Errorf("%d: %v, want %v", ticks, got, want)
		}
	}
}
