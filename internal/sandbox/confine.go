package sandbox

import (
	"fmt"
	"maps"
	"slices"
)

// Limits of a child beside its memory.
const (
	// maxOpenFiles is more than a child has open when it is confined: three
	// pipes, and what the Go runtime opened. After that it may open no more.
	maxOpenFiles = 64

	// maxThreads is several times what the Go runtime starts for one replay.
	maxThreads = 64

	// readyMark is what a child writes once it is confined.
	readyMark = "EVR1"
)

// The measures without which the log warns.
const (
	filterMeasure = "system call filter"
	memoryMeasure = "memory limit"
)

// confinement is what holds a child, and what does not because the platform lacks
// it, with the reason.
type confinement struct {
	Stand   []string `json:"stand"`
	Missing []string `json:"missing"`
}

func (f *confinement) note(what string, err error) {
	if err != nil {
		f.Missing = append(f.Missing, fmt.Sprintf("%s: %v", what, err))
		return
	}
	f.Stand = append(f.Stand, what)
}

// add notes the walls that stand, and those for whose absence there is a reason.
func (f *confinement) add(standing []string, reasons map[string]error) {
	for _, wall := range slices.Sorted(maps.Keys(reasons)) {
		if !slices.Contains(standing, wall) {
			f.note(wall, reasons[wall])
		}
	}
	f.Stand = append(f.Stand, standing...)
}
