//go:build race

package sandbox_test

// raceFactor makes up for the shadow memory of the race detector, which counts.
const raceFactor = 3
