// Package stream decodes the streams of a replay into plain structs. It says
// what is in the file, with the game's own numbers, and leaves what that means
// to its users: it knows no default, no unit conversion and no rule of a
// ladder.
//
// A field that the file does not have is zero; where zero is a value of its
// own, it is Absent. Which fields there are depends on the build; the tables
// in package protocol are the reference.
//
// Streams that hold a few kilobytes are decoded at once. The two that hold
// everything that happened in the game are scanned: one event after the other,
// decoded into the same struct, and only the kinds that were asked for.
package stream

// Absent is the value of an optional number that the file does not have.
const Absent = -1
