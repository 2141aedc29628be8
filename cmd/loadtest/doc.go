// Command loadtest floods the real product on this machine through a loopback
// Discord, breaks it on purpose, and counts what came back: loadtest -help.
//
// A [Pipeline] is the product as it runs in production: its own binaries as
// separate supervised processes, a Redis and a Postgres of their own (or the
// all-in-one binary on embedded defaults), and in this process a loopback
// Discord. A [Scenario] lets users upload replays and meanwhile does harm. A
// [Report] says what became of every upload, judged by nothing but what stands
// in the loopback Discord:
//
//   - answered: a message holds the map and the players of that very file (or,
//     for a hostile file, a refusal);
//   - lost: no final answer before the deadline;
//   - doubled: more than one message holds an answer to it;
//   - wrong: the answer is not that of the file.
//
// A user whose reply asks to try again, or whose command was not acknowledged in the
// three seconds that Discord gives, uploads again, as people do; the report says
// how often. An accepted upload gets exactly one answer.
package main
