// Package discord is the program's only speaker of Discord: uploads come in by
// a command, a message or a watched channel, answers go out as one message
// each.
//
// # In
//
// Every upload takes the same way, whatever it came by (upload.go): a first
// reply at once, a bounded download, the intake. The answer is not given here.
// It comes back through the queue, also when it was known already, and turns
// the first reply into the result (Bot.Deliver). Only what the intake refuses
// is answered at once, by the same edit.
//
// The reply's nonce and the upload's key come from Discord's own ids, so an
// event that arrives twice, in one process or in two, leaves one reply and one
// submission.
//
// Before the first reply the upload is on record as requested (request.go), and
// whoever records it first has it. The intake ends the request, as does a
// refusal; a request that gets old is gone on with, from the reply that stands,
// on the same way. How that reply is found is in reply.go. What no event brought is read back (catchup.go).
//
// # Out
//
// A result is an edit of the stored message, for a command by the interaction's
// token while that lives; where that cannot be, a new
// message that names the uploader; where that cannot be either, a direct
// message; and when nobody can be reached the delivery says so for good. All
// else is an error for the queue to retry, with Failure.RetryAfter to say when.
//
// # What is kept away from discordgo
//
// The library is trusted with connections, and neither with payloads nor with
// trouble: it fails as a whole on one thing that it does not know (payload.go)
// and sends members that Discord does not describe (body.go); it deadlocks,
// reconnects without end, waits without a context and prints tokens. The
// wire (wire.go) ends a gateway connection before the library sees what it
// mishandles, the gateway (gateway.go) decides alone whether and when to
// connect again, the throttle (throttle.go) makes its rate limiter obey, and
// no error or log line of it leaves this package as it was (failure.go).
package discord
