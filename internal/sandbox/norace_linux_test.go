//go:build !race

package sandbox_test

const raceFactor = 1
