// Package clock turns the loops of a game into the seconds that its players read.
package clock

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

// Faster is the speed of all multiplayer games.
const Faster = len(speeds) - 1

// Clock turns game loops into the seconds of a player's watch.
type Clock struct {
	Speed string
	Loops float64 // a real second
}

// New takes any number: one that is no speed counts as Faster, the only
// speed of multiplayer games.
func New(speed int) Clock {
	if speed < 0 || speed >= len(speeds) {
		speed = Faster
	}
	return Clock{Speed: speeds[speed].name, Loops: speeds[speed].loops}
}

// Seconds are rounded to hundredths: a loop is 0.04 s at the shortest.
func (c Clock) Seconds(loop int64) float64 {
	hundredths := int64(float64(loop)*100/c.Loops + 0.5)
	return float64(hundredths) / 100
}

// Minute is the number of the minute, from 0, in which a loop falls.
func (c Clock) Minute(loop int) int { return int(float64(loop) / (c.Loops * 60)) }
