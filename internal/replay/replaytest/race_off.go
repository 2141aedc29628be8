//go:build !race

package replaytest

const raced = false
