package sandbox

// Limits of a child beside its memory.
const (
	// maxOpenFiles is for the three pipes and what the Go runtime opens.
	maxOpenFiles = 32

	// readyMark is what a child writes once it is confined.
	readyMark = "EVR1"
)
