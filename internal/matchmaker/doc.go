// Package matchmaker runs the queue: it pairs entries, and handles the timers of entries
// and matches. What happens is decided by package ladder and written by the store; this
// package says when.
//
// One process runs it, the one that holds the bot's lease. Two at once would do no harm:
// an entry is offered one match by whichever act is first, and the other is refused.
//
// # When
//
// A run is due when somebody joins or comes back to the queue (Wake), and every 5 s while
// anybody waits, because a longer wait allows more. Joins in other processes are found by
// that poll.
//
// A season whose queue is closed is brought to its end by the same runs: who still searches
// leaves, and the snapshot is taken when the last match is over, or has had its time.
//
// # Outages
//
// Every 2 s in which the ladder can be reached by its players, a heartbeat is stored. The
// next one to be stored, by this process or its successor, moves every deadline by what
// lies between the two beyond a few seconds. Timers wait for it: one that is due after an
// outage is looked at only when the deadlines have been moved, so that nobody is penalised
// for it.
package matchmaker
