package replay

import "time"

// speeds are the lobby's game speeds in their order, each with the loops that
// pass in a real second: 16 at Normal, which defines the game second.
var speeds = [...]struct {
	name  string
	loops float64
}{
	{"Slower", 9.6},
	{"Slow", 12.8},
	{"Normal", 16},
	{"Fast", 19.2},
	{"Faster", 22.4},
}

const speedFaster = len(speeds) - 1

// clock turns game loops into the seconds of a player's watch.
type clock struct {
	speed string
	loops float64 // a real second
}

// newClock takes any number: one that is no speed counts as Faster, the only
// speed of multiplayer games.
func newClock(speed int) clock {
	if speed < 0 || speed >= len(speeds) {
		speed = speedFaster
	}
	return clock{speed: speeds[speed].name, loops: speeds[speed].loops}
}

// seconds are rounded to hundredths: a loop is 0.04 s at the shortest.
func (c clock) seconds(loop int64) float64 {
	hundredths := int64(float64(loop)*100/c.loops + 0.5)
	return float64(hundredths) / 100
}

// minute is the number of the minute, from 0, in which a loop falls.
func (c clock) minute(loop int) int { return int(float64(loop) / (c.loops * 60)) }

// The Windows FILETIME counts 100 ns from 1601; Unix begins this many later.
const (
	fileTimeUnit  = 10_000_000 // a second
	fileTimeEpoch = 11_644_473_600
)

// fileTime is the nearest second of a FILETIME, the zero time where there is
// none.
func fileTime(ticks int64) time.Time {
	if ticks <= 0 {
		return time.Time{}
	}
	return time.Unix((ticks+fileTimeUnit/2)/fileTimeUnit-fileTimeEpoch, 0).UTC()
}
