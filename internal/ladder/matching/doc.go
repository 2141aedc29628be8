// Package matching pairs the entries that wait on the ladder. It is pure: the time, the
// entries, the population and the rule are arguments, and the result follows from them.
//
// # The rule
//
// The graph of compatible entries is general, not bipartite: some play BW, some SC2, some
// both, and two with both are compatible. Match therefore solves a maximum-weight
// matching in a general graph, exactly, by the blossom method.
//
// A pair has a cost and a credit, both in seconds:
//
//	cost   = gap² / 330
//	       + 260 for one of either's last three opponents, falling to 0 over 90 minutes
//	       + 30 for each step between their regions
//	credit = 0.7 × the longer wait + 0.3 × the shorter
//	       + 15 for each player missing below six who usually wait, the mean of both sides
//
// It is allowed when its cost is within its credit, so that each wait ends when somebody
// compatible is there. Above 1000 a cost grows ever slower, up to 1250: after half an
// hour an entry meets anybody compatible. Hard are: sides that do not meet, regions that
// never meet, a shared player, an offer between the two that lapsed in the last ten
// minutes, and the very last opponent while either of the two has another allowed pair.
//
// An uncertain rating (of a newcomer, after a pause) tells less of a gap, so the divisor
// grows: for a newcomer of deviation 350 against a settled player by 0.7. Of equal
// chances two newcomers meet rather than one and a settled player.
//
// The matching has the greatest sum of
//
//	weight = credit − cost + 60 + half of both waits
//
// in whole milliseconds. The constant prefers two pairs to one better pair; the share of
// the waits prefers those who wait longest to those who fit best.
//
// Ties: two entries with both sides take the sides with the smaller gap, and of equal
// gaps the one with the lower id plays BW. Of several matchings with the greatest weight
// the solver's choice depends on the entries in the order of their ids and on nothing
// else.
//
// # Why these constants
//
// They are data (Rule), clamped when read such that no setting stops the queue. The shares
// of the waits, the relaxation and the fade are those of the design. The divisor and the
// cost of a rematch are tuned on the simulator, with three sets of eight seeds: with 400
// and 180, repeats are 0.43 of those under ShieldBattery's formula with 100 active, and
// the gap's p95 is 0.92 of that under the ladder's last rule with 750. Without the
// priority of long waits 7.1 % of the pairs with 100 active pass somebody who waits longer
// than both and for a minute more, with it 3.8 %.
//
// # Teams
//
// An Entry is a team: its players, the team's rating for each side, a region. A rule's
// team size is how many players an entry has; entries of another size are set aside and
// counted. Not here yet: making teams of single players or of parties smaller than a
// team; sides within a team.
//
// # Speed
//
// With 750 waiting there are 100,000 allowed pairs. The solver gets the few that are best
// for each entry, and its own duals then prove how near the optimum of all allowed pairs
// its matching is; the few are chosen anew by these duals until the proof says 99.9 % or
// more. Run tells both the weight and the bound.
//
// # Measured
//
//	go test ./internal/ladder/matching -run '^$' -bench Population -benchtime 1x
//	go test ./internal/ladder/matching -run '^$' -bench Run -benchtime 1x
//
// The first prints how long players wait, which opponents they meet and how often again, for populations
// of 20, 100 and 750 under this rule and six of other ladders. With 100 active: wait p95
// 294 s, gap p95 249, opponents among one's last three 7.0 %; under the ladder's last rule
// 383 s, 288, 23.9 %, under ShieldBattery's formula 266 s, 260, 19.8 %. With 750 active:
// 75 s, 119, 0.5 %; 135 s, 138, 8.2 %; 64 s, 139, 6.5 %. The second prints what a run
// costs with 150 and 750 waiting, and its weight as a share of the unpruned optimum.
package matching
