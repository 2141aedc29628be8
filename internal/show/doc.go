// Package show decides once what every edge says of a game: who stood together,
// who won and how sure that is, how long it took and what was played for. It
// takes a replay's values and returns values and phrases; markup, and cleaning
// what strangers wrote, is the edges' work.
//
// Summaries of older parsers lack some fields; what they have is shown.
package show
