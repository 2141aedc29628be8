//go:build race

package replaytest

const raced = true
