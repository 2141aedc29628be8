package app

// Weights of the parts that have something to drain, as Part means them:
// a part that has nothing weighs 1, one that serves HTTP 6. Under the default
// SHUTDOWN_TIMEOUT of 10 s the uploads in flight have about 6 s in a process that is
// the bot alone, and a replay that is being parsed 7 s in a worker's.
const (
	// discordWeight is the bot's: gateway, then announcer.
	discordWeight = 24
	// Within the bot. An upload in flight is a download, and one that is cut off
	// has to be fetched again; an answer is one request.
	gatewayWeight   = 16
	announcerWeight = 3
	// The worker's servers of both queues.
	queuesWeight = 12
)
