// Package sandbox parses replays where they can do no harm: in children of
// this same binary, one replay at a time, that may be killed at any moment.
//
// # The child
//
// A child is this executable under another name with nothing in its
// environment. Its main must ask IsChild first and then Serve. It dies with the
// process that started it.
//
// # How a child is confined
//
// The parent starts a child (apart_linux.go) in a user namespace, where it has no
// capability, and in process, IPC, network and mount namespaces; if the parent
// may, as a user that nothing else on the machine is. What the kernel, or a
// container's profile, refuses is left out. The parent itself cannot be looked
// into by processes of its user.
//
// Before a child reads a byte of a replay it takes from itself what it does not
// need (confine_linux.go): memory beyond its budget, processor time, threads, core
// dumps, written files; by Landlock all files, TCP and abstract sockets
// (landlock_linux.go; not in a binary with the C library); the right to open
// anything at all (RLIMIT_NOFILE 0). Last comes a filter of system calls
// (seccomp_linux.go): what is not on the list of allowedCalls kills the process.
// A race build and one with the C library have a longer list.
//
// The limit of memory counts what is private and writable, so the list has no
// other mapping. The limit of threads is set only where it is the child's alone:
// the kernel counts by user, and does not bind root.
//
// The first child of a pool tries which of this the machine allows, and one log
// line says what holds and what not.
//
// # The wire
//
// Requests go to the child's standard input, answers come from its standard
// output; what the parser prints goes to standard error and is kept for the
// operator. Both directions carry frames of big-endian numbers:
//
//	ready     "EVR1", length u32, JSON of a confinement: what holds this child and what not; once
//	request   "EVQ1", sequence u32, length of meta u32, length of file u32,
//	          meta (JSON of meta), file
//	answer    "EVA1", sequence u32, kind u32 (0 parsed, 1 failed),
//	          length of first u32, length of second u32, processor ms u32, peak KiB u32,
//	          first (JSON of the summary, or of refusal), second (JSON of the timeline, or nothing)
//
// Anything else on the answer's pipe is a broken child.
//
// # How a replay ends
//
//	the child                      the caller gets
//	answers                        the summary, or the failure the parser found
//	outlives its deadline          failure.Timeout; it is killed and replaced
//	dies, or breaks the wire       one more try in a fresh child, then failure.Poison
//	outgrows its memory            the same
//	makes a forbidden system call  the same, with an ERROR line
//	is killed by somebody else     one more try, then ErrKilled: not the file's fault, so far
//
// The cause in a failure is a *Death, which says what happened for the operator.
package sandbox
