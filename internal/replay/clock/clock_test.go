package clock

import "testing"

func TestSecondsOfEverySpeed(t *testing.T) {
	for speed, want := range map[int]struct {
		name    string
		seconds float64
	}{
		0: {"Slower", 2333.33}, 1: {"Slow", 1750}, 2: {"Normal", 1400}, 3: {"Fast", 1166.67}, 4: {"Faster", 1000},
		-1: {"Faster", 1000}, 99: {"Faster", 1000},
	} {
		c := New(speed)
		if c.Speed != want.name || c.Seconds(22_400) != want.seconds {
			t.Errorf("speed %d: %s, %.2f s", speed, c.Speed, c.Seconds(22_400))
		}
	}
	if m := New(Faster).Minute(1344); m != 1 {
		t.Errorf("loop 1344 is in minute %d", m)
	}
}
