// Package ladder is the rules of the ladder: players, a season, the states of
// entries and matches, evidence, rulings, ratings, penalties and boards. Values go
// in and values come out. It does no IO, reads no clock, draws no random numbers and
// makes no ids of its own; all of these are arguments.
//
// # One function decides
//
// Everything that happens is an Act: a player joins or accepts, a replay is handed
// in, staff rule, a deadline passes. Apply takes the rows that the act may read
// (a Scope) and the act, and returns the rows to write (a Change) or a Refusal. A
// store locks and loads a Scope, calls Apply, and writes the Change in one
// transaction; a test may do the same with values in memory, and both must come to
// the same rows.
//
// # One function ends a match
//
// A replay, reports, a concession, absence, a deadline and staff all end a match
// through one function, in end.go. It writes the ruling over the one in force, and
// the ledger follows it: what stands is taken back, what counts now is given, and
// later matches keep their lines. Check computes the ledger from the rulings again.
//
// # Team-shaped
//
// A match is played by two teams of seats, an entry waits with one or more members. 1v1
// is the size at which each of them is one.
package ladder
