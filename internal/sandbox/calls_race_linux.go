//go:build linux && (amd64 || arm64) && race

package sandbox

// raceCalls are made by the race detector's own runtime.
var raceCalls = []call{}
