// Package discord is the program's only speaker of Discord: the gateway, the REST
// API, rate limits, downloads, and what is sent and received, decoded. It knows
// nothing of replays and of what a bot is for.
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
