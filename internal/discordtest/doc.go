// Package discordtest is a loopback Discord: a gateway, a REST API and a CDN on
// 127.0.0.1 (see [Options.Listen]) that stand behind the real discordgo client in
// tests and load tests.
//
// It is strict rather than complete. What it serves follows Discord's
// documentation; what it does not serve is answered with 404 and recorded. Every
// request is checked against Discord's OpenAPI description (when its path is
// given) and against the documented limits that description leaves out. A
// request that the real Discord would refuse because the bot is wrong is
// refused in Discord's own words and kept in [Server.Violations], so that a test
// ends with one comparison against the empty list. A refusal that is part of
// life (a deleted message, a user who blocks messages) is not a violation.
//
// # Directing a bot at it
//
// discordgo computes its endpoints when it is loaded, so its client needs a
// round tripper that rewrites scheme and host: [Server.Transport] is one. It also
// leads cdn.discordapp.com and media.discordapp.net here. A separate process
// rewrites https://discord.com/* to [Server.URL]/* and https://cdn.discordapp.com/*
// to [Server.URL]/cdn/* itself. The address of the gateway follows from GET
// /gateway.
//
// # Time
//
// Nothing here waits for wall-clock time to pass. [Server.Advance] moves the
// server's clock: interaction tokens, CDN signatures, nonces and abandoned
// sessions age by it. [Server.Wait] and what is built on it return on the change
// that they wait for.
//
// # What is left out
//
// Voice, reactions, pins, roles, polls, stickers, member lists, payload
// compression and sharding over several connections. Permissions are what a test
// denies the bot in a channel, not computed from roles. Rate limits of channels are
// kept when they are asked for (see [RateLimit]); others are faults (see [Fault]).
package discordtest
