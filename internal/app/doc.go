// Package app wires a process: it opens what every process stands on (base.go),
// chooses the parts that a program has (program.go, assembly.go; bot.go and
// worker.go make them), starts them in order and ends them in the reverse order
// within SHUTDOWN_TIMEOUT (group.go, drain.go). It is the only package, beside the
// mains, that may import every other.
package app
