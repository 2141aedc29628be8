// Package discord is the program's only speaker of Discord: the gateway, the REST
// API, rate limits, downloads, and what is sent and received, decoded. It knows
// nothing of replays and of what a bot is for.
//
// # The gateway
//
// The gateway is the package's own (docs/decisions/04-gateway.md). Listen (gateway.go)
// decides whether and when to connect, within Discord's budget; a session
// (session.go) is one connection after the other, each read by one goroutine and
// owned by another, which sends the heartbeats and receives the events (event.go).
//
// # What is kept away from discordgo
//
// The library is trusted with REST, and neither with payloads nor with trouble: it
// fails as a whole on one thing that it does not know (payload.go) and sends members
// that Discord does not describe (body.go), waits without a context and prints
// tokens. The throttle (throttle.go) makes its rate limiter obey, it logs nothing,
// and no error of it leaves this package as it was (failure.go).
package discord
