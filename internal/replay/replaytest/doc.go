// Package replaytest makes replays without a game client: whole ones with
// chosen players, map and course (Game), archives of any shape (Archive), and
// hostile ones, each with the failure that it must give (Vectors).
//
// It writes the formats as they are documented and as the game's own files
// are, not as our readers happen to read them; a test holds what it writes to
// another parser. The layout is that of base build 80949, which every later
// build has kept.
//
// It is linked into tests only. Anything that cannot be written panics.
package replaytest
