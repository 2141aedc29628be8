// Package bitstream reads the two encodings of the streams in a replay: the
// bit-packed one, in which nothing but the protocol says what a bit means
// (Packed), and the versioned one, in which every value says its own kind and
// every field its number (Versioned). Both are described by Types, which
// package protocol compiles from Blizzard's tables.
//
// Encodings: decoders.py of https://github.com/Blizzard/s2protocol.
//
// A reader keeps its first error; from then on every read yields zero and
// nothing is left to read. So callers read straight on and look at Err at the
// end of a unit, and no value from the stream decides how long a loop or how
// large a slice gets without having been compared with what is left.
package bitstream
