// Package servicetest runs real programs around a test: a private Redis, a private
// Postgres, and the product's own binaries under a supervisor, each as a child
// process with a folder of its own on 127.0.0.1.
//
// Nothing of it outlives its owner: every process dies with this one (by the
// kernel's parent-death signal), is stopped by pid, and is waited for. Log
// files stay in the folder that the caller gave.
//
// A [Program] is kept alive as a production supervisor would: restarted when it
// ends, at once at first and then after growing pauses. A [Meter] adds up what
// programs and servers cost: processor time and memory, their own children
// included.
package servicetest
