// Package mpq reads the archive format that StarCraft II replays are stored
// in, from memory and without trust in a single number of it.
//
// Format: http://www.zezula.net/en/mpq/mpqformat.html, header versions 0 to 3.
// A replay is an archive of header version 1 (before 1.5 of the game) or 3 with
// about a dozen streams, each a single unit that is bzip2-compressed or stored.
// Sectors, zlib and encryption do not occur in the game's own files but in
// files that other tools have written, and are read as well; imploded, sparse,
// LZMA and sound streams and patch archives are refused as unsupported.
//
// Every offset, size and count is checked against the file and a named limit
// before anything is allocated or looped over, so the work and memory that an
// archive can cause are bounded by its own size and the output budget.
package mpq
