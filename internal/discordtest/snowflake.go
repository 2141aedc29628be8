package discordtest

import (
	"strconv"
	"sync/atomic"
	"time"
)

// discordEpoch is the first millisecond of 2015, from which snowflakes count.
// https://discord.com/developers/docs/reference#snowflakes
const discordEpoch = 1420070400000

// snowflakes makes ids that grow with time and never repeat.
type snowflakes struct{ last atomic.Int64 }

func (f *snowflakes) next(now time.Time) string {
	floor := (now.UnixMilli() - discordEpoch) << 22
	for {
		last := f.last.Load()
		id := max(last+1, floor)
		if f.last.CompareAndSwap(last, id) {
			return strconv.FormatInt(id, 10)
		}
	}
}

func (s *Server) nextID() string { return s.ids.next(s.now()) }

// older reports whether snowflake a was made before b.
func older(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}

func isSnowflake(id string) bool {
	_, err := strconv.ParseInt(id, 10, 64)
	return err == nil
}
