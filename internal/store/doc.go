// Package store owns all SQL: one exported method is one business act and one
// transaction, on PostgreSQL or on SQLite with the same text.
//
// # Outbox jobs
//
// A row in jobs is work to be done. It is written by the transaction that makes the
// work necessary and deleted by the one that records it done, so every state
// between two transactions is one that a later process can go on from, and a
// method that finds its row gone writes nothing and returns job.ErrDone.
//
// # Two processes, one replay
//
// Accept and RecordVerdict meet at the replay's row, which both of them write,
// so the second waits until the first has committed:
//
//   - Accept first: the verdict's later statements see the new submission and
//     answer it with the others.
//   - RecordVerdict first: Accept sees the answer and gives it at once.
//
// Accept looks for an open parse job with a read that takes no lock. Were it
// to wait for a job row that RecordVerdict is deleting, while RecordVerdict
// waits for the replay's row, the two would stand still. This needs each
// statement to see what was committed before it began (READ COMMITTED, set on
// every transaction); SQLite has one writer at a time, and the question never
// comes up.
//
// # Heard of, not in yet
//
// An upload to Discord is a row in requests before its player gets a reply.
// Its job, discord:fetch, is a timer: a row with push 0 (no enqueue attempt) and a push_at in the
// future, which is not enqueued until a sweeper finds it due. Accept
// ends the request in its own transaction and RefusePending when the player was
// refused, and so the timer of an upload that goes straight never rings. It
// rings when the bot died in between. A refused request stays for two days, as a
// key: RecordPending writes nothing for what is requested, accepted or refused,
// and so says who was first.
//
// # Sharing a transaction
//
// RecordPending and RecordDelivery come in crowds and by themselves would wait
// for one commit each. Calls that arrive while one is being written are written
// together by the next (gather.go). They fail together, too; the caller of
// either tries again.
//
// Accept locks the replay's row, then the request's, then the job's; no act
// locks them in another order. What an act of the ladder locks comes after them: the
// match, then players by id, then ratings by player and race.
//
// # From upload to ruling
//
// The statement that records an upload looks up the match that its uploader is in
// (submissions.match_id). The transaction that gives the upload its answer hands the file
// in: RecordVerdict for each upload that waited, Accept for a file that was known, both by
// handIn, which puts it down to an earlier match where the game began too early for this
// one. So the answer, the ruling, the ledger's lines and the messages are there together or
// not at all, and a worker that dies before leaves its job to the next one. A file that an
// older parser has read is no answer for who is in a match: it is parsed first. Where the rules refuse a replay, or none was read, the match is left alone and the upload has its
// ordinary answer.
//
// # The ladder
//
// Act is one act of the ladder's rules in one transaction. It locks what the act may read,
// always in this order:
//
//	the replay, the pending upload, the job   of an upload that rules, before Act's own part
//	the match                                 the act's, or the one that its player is in
//	the players, by id                        of the match, of the entries, and who acts
//	the season, shared                        it does not close or end meanwhile
//	the ratings, by player, race, system      of a match that may be rated
//
// Entries, seats, games, rulings, reports, penalties and ledger lines are written under
// the locks of their match and players alone. A player's match is looked up before it
// can be locked, so it is looked at again afterwards. Timers and messages come last. A sweeper
// may hold jobs in another order; PostgreSQL then ends one of the two, which is run again.
//
// What the locks keep apart is guarded once more: a row is written over the version that
// was read, a handle too, and the schema refuses a second live entry of a player, a second
// ruling in force, a game that ruled another match, a place in the ledger that is taken.
// An act that meets one of these is run again from fresh rows, a bounded number of times,
// and the rules then see what the other has done.
//
// PostgreSQL gets the writes of an act in one go (together.go). None of them needs what
// another answers, and the first that fails or finds another version ends the transaction.
//
// A match and an entry have one timer each, a job that is due when the row is. Moving it
// gives the job another id: a task in the queue that refers to the old one finds nothing.
//
// # Errors
//
// ErrNotFound, ErrStale, ladder.Refusal, upload.ErrUnknown, job.ErrDone and Accept's failure.Limited are
// answers. Every other error is our own trouble (a connection, a full disk, a
// time-out): it carries no failure.Kind, nothing was written, and the same call
// may be made again. One exception no client can avoid: a connection lost
// during COMMIT leaves the caller not knowing. Calling again then gives
// job.ErrDone, or a Receipt that says Repeated.
package store
