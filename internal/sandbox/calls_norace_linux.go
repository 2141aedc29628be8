//go:build linux && (amd64 || arm64) && !race

package sandbox

var raceCalls []call
