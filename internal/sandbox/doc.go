// Package sandbox parses replays where they can do no harm: in children of
// this same binary, one replay at a time, that may be killed at any moment.
//
// # The child
//
// A child is this executable under another name with nothing in its
// environment. Its main must ask IsChild first and then Serve. Before it reads
// a byte of a replay it takes from itself what it does not need: memory beyond
// its budget, processor time, open files, core dumps, files to write, and,
// where the kernel allows, sockets, new programs and new open files (fence.go,
// fence_linux.go). It dies with the process that started it.
//
// # The wire
//
// Requests go to the child's standard input, answers come from its standard
// output; what the parser prints goes to standard error and is kept for the
// operator. Both directions carry frames of big-endian numbers:
//
//	ready     "EVR1", length u32, JSON list of the fences the platform lacks; once
//	request   "EVQ1", sequence u32, length of meta u32, length of file u32,
//	          meta (JSON of meta), file
//	answer    "EVA1", sequence u32, kind u32 (0 parsed, 1 failed),
//	          length of first u32, length of second u32, processor ms u32, peak KiB u32,
//	          first (JSON of the summary, or of failure), second (JSON of the timeline, or nothing)
//
// Anything else on the answer's pipe is a broken child.
//
// # How a replay ends
//
//	the child                      the caller gets
//	answers                        the summary, or the fault the parser found
//	outlives its deadline          fault.Timeout; it is killed and replaced
//	dies, or breaks the wire       one more try in a fresh child, then fault.Poison
//	outgrows its memory            the same
//	is killed by somebody else     one more try, then ErrKilled: not the file's fault, so far
//
// The cause in a fault is a *Death, which says what happened for the operator.
package sandbox
