// Package bzip2 decompresses bzip2 data that is wholly in memory into a buffer
// of known size, which is the shape in which a replay's streams are stored.
//
// It exists because decompression is nearly all of the work of reading a
// replay. Against compress/bzip2 it differs in four ways:
//
//   - Huffman codes are looked up in tables that give up to two symbols at a
//     time, and all of a block's symbols are decoded before any is used, so a
//     mispredicted branch in one stage does not stall the other;
//   - the inverse Burrows–Wheeler transform follows several parts of its one
//     long chain of dependent loads at once (see bwt.go);
//   - checksums use the processor's CRC-32 on bit-reversed bytes.
//
// The format is that of bzip2 1.0: https://sourceware.org/bzip2/ and the
// unofficial specification https://github.com/dsnet/compress/blob/master/doc/bzip2-format.pdf.
// Randomised blocks (bzip2 0.9.0 and before) and concatenated streams are not
// read: no game client writes them.
package bzip2
