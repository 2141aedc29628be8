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
// Voice, reactions, pins, polls, stickers, member lists, forum channels, payload
// compression and sharding over several connections. What the bot may do is what a
// test denies it, in a channel or a guild; what a member may do is what a test gives
// it. Neither is computed from roles, which have no order. Rate limits of channels are
// kept when they are asked for (see [RateLimit]); others are faults (see [Fault]).
//
// # What is taken for granted
//
// Discord's OpenAPI description says what requests and answers look like, not what
// they lead to. That is taken from the documentation, at the address beside the code,
// and where it is silent assumed, the stricter way:
//
//   - Who sees a private thread, what is refused in an archived or a locked one and
//     who may change it: https://docs.discord.com/developers/topics/threads. A send to
//     an archived and locked thread is refused with 50083 also where the bot may manage
//     threads (assumed: the page says only that moderators "can still make changes").
//   - In a locked thread that is active, who may not manage threads is refused with
//     160005 (the code's name in the list of codes; that it is this one is assumed).
//   - A guild has up to 1000 active threads ([Options.Threads]); one more, created or
//     opened by a message, is refused with 160006. The page says that there is a limit,
//     the list of codes names the refusal; the number is that of the client's help.
//   - To a thread that is not "invitable" only who may manage threads adds members; its
//     creator is no exception (assumed). A mention adds nobody (assumed; Discord's own
//     client does so). Who is not in the guild cannot be added: 10007 (assumed). To
//     remove who is not a member is refused with 10007 (assumed).
//   - A member who left a guild is 10007, a user who never was 10013, for Get Guild
//     Member: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json.
//   - A deleted account leaves all guilds; a channel with it cannot be opened (10013) and
//     in one that was, messages are refused with 50007 (assumed).
//   - Who shares no guild with the bot is refused with 50278, who closed direct messages
//     or blocked the bot with 50007; opening the channel succeeds (the list of codes;
//     the order is assumed).
//   - A client does not offer a command to members without its default permissions,
//     unless the guild's administrators say otherwise ([Slash].Overridden), and offers it
//     to all in direct messages:
//     https://docs.discord.com/developers/interactions/application-commands#permissions
//   - Nothing can be pressed in an archived thread, nor a command run
//     (https://docs.discord.com/developers/topics/threads, of commands; of buttons assumed).
//   - A select takes from min_values to max_values of its values, each once, and sends its
//     values also where there are none. More defaults than max_values are refused, as
//     the reference says of selects of users; of texts it is assumed:
//     https://docs.discord.com/developers/components/reference
//   - A client sends a modal only where each input is as long as it asks for.
package discordtest
