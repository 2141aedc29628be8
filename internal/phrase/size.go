package phrase

import "fmt"

// Size is a number of bytes as people read it, in any language: "8 MiB",
// "1.5 KiB", "64 B".
func Size(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return measure(float64(bytes)/(1<<20), bytes%(1<<20) == 0, "MiB")
	case bytes >= 1<<10:
		return measure(float64(bytes)/(1<<10), bytes%(1<<10) == 0, "KiB")
	default:
		return fmt.Sprintf("%d B", bytes)
	}
}

func measure(n float64, whole bool, unit string) string {
	if whole {
		return fmt.Sprintf("%.0f %s", n, unit)
	}
	return fmt.Sprintf("%.1f %s", n, unit)
}
