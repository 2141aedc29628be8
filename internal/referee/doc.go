// Package referee is the ladder on Discord: what its players are told, and what they press
// and enter. It decides nothing: each click is an act of package ladder, done by the store,
// and each message says what the database holds when it is sent.
//
// # In
//
// A Referee gives package bot its routes. A component's custom id names the action and
// what it is about (a match, a game); who pressed is the interaction's user, and all
// else is looked up. So a button works after a restart, on another process, and
// pressed twice; pressed too late, or by somebody else, it is answered by a sentence
// and changes nothing.
//
// What staff do is proposed, confirmed and given a reason, each step a click of its own that
// asks again who may, and whether what was seen still stands.
//
// # Out
//
// The acts' messages are announcements of the kind Ladder. They are rendered here, one
// function for each ladder.MessageKind, in their reader's language. What has been
// overtaken by events is not said. An offer's time begins when it is delivered, so
// its delivery is an act, too; and so is that it reached nobody.
package referee
