package replay

import "time"

// The Windows FILETIME counts 100 ns from 1601; Unix begins this many later.
const (
	fileTimeUnit  = 10_000_000 // a second
	fileTimeEpoch = 11_644_473_600
)

// maxFileTime is the end of the year 9999, the last that JSON can hold.
const maxFileTime = (253_402_300_799 + fileTimeEpoch) * fileTimeUnit

// fileTime is the nearest second of a FILETIME, the zero time where there is
// none.
func fileTime(ticks int64) time.Time {
	if ticks <= 0 || ticks > maxFileTime-fileTimeUnit {
		return time.Time{}
	}
	return time.Unix((ticks+fileTimeUnit/2)/fileTimeUnit-fileTimeEpoch, 0).UTC()
}
