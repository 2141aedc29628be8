package matching

import (
	"cmp"
	"math"
	"slices"
)

// The rules of other ladders, without what the simulation has not: delays, bans,
// newcomers.

func baselines() []policy {
	return []policy{firstCome(), lastRule(), shieldBattery(), faf(), lichess(), showdown()}
}

func seconds(s float64) func(*world) float64 { return func(*world) float64 { return s } }

// A scored match is better with a lower score.
type scored struct {
	simMatch
	score float64
}

// greedy takes the best match of those left until none is left.
func greedy(all []scored) []simMatch {
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(a.score, b.score) })
	used := make(map[*simPlayer]bool)
	var matches []simMatch
	for _, s := range all {
		a, b := s.players[0], s.players[1]
		if !used[a] && !used[b] {
			used[a], used[b] = true, true
			matches = append(matches, s.simMatch)
		}
	}
	return matches
}

// score lists the matches of a queue that the judge allows.
func score(queue []*simPlayer, judge func(a, b *simPlayer, gap float64) (float64, bool)) []scored {
	var all []scored
	for i, a := range queue {
		for _, b := range queue[i+1:] {
			if m, ok := paired(a, b); ok {
				if s, allowed := judge(a, b, m.gap); allowed {
					all = append(all, scored{m, s})
				}
			}
		}
	}
	return all
}

func miss(queue []*simPlayer) {
	for _, p := range queue {
		p.missed++
	}
}

// firstCome pairs whoever waits longest with anybody: the floor of waits.
func firstCome() policy {
	return policy{
		name: "first come first served", onJoin: true, every: seconds(1e9),
		pair: func(_ *world, queue []*simPlayer) []simMatch {
			return greedy(score(queue, func(a, b *simPlayer, _ float64) (float64, bool) {
				return min(a.since, b.since), true
			}))
		},
	}
}

// lastRule is the ladder's rule before this one: once a minute, gaps up to 100 + 50 for
// each run that either missed, the least gap² − 20 × 2^missed by the Hungarian method
// over a player for each side, where the second booking of a player is dropped.
func lastRule() policy {
	return policy{name: "the ladder's last rule", every: seconds(60), pair: func(_ *world, queue []*simPlayer) []simMatch {
		miss(queue)
		var bw, sc2 []*simPlayer
		for _, p := range queue {
			if p.plays[BW] {
				bw = append(bw, p)
			}
			if p.plays[SC2] {
				sc2 = append(sc2, p)
			}
		}
		if len(bw) == 0 || len(sc2) == 0 {
			return nil
		}
		return bookOnce(bw, sc2, lastCosts(bw, sc2))
	}}
}

const forbidden = 1e15

func lastCosts(bw, sc2 []*simPlayer) [][]float64 {
	n := max(len(bw), len(sc2))
	cost := make([][]float64, n)
	for i := range cost {
		cost[i] = slices.Repeat([]float64{forbidden}, n)
		for j := range n {
			if i >= len(bw) || j >= len(sc2) || bw[i] == sc2[j] {
				continue
			}
			gap := math.Abs(bw[i].rating[BW] - sc2[j].rating[SC2])
			missed := float64(max(bw[i].missed, sc2[j].missed))
			if gap <= 100+50*missed {
				cost[i][j] = gap*gap - 20*math.Exp2(min(missed, 40))
			}
		}
	}
	return cost
}

func bookOnce(bw, sc2 []*simPlayer, cost [][]float64) []simMatch {
	used := make(map[*simPlayer]bool)
	var matches []simMatch
	for i, j := range hungarian(cost) {
		if i >= len(bw) || j < 0 || j >= len(sc2) || cost[i][j] >= forbidden/10 || used[bw[i]] || used[sc2[j]] {
			continue
		}
		used[bw[i]], used[sc2[j]] = true, true
		matches = append(matches, simMatch{[2]*simPlayer{bw[i], sc2[j]}, math.Abs(bw[i].rating[BW] - sc2[j].rating[SC2])})
	}
	return matches
}

// hungarian is the column of each row in an assignment of least cost, by the method with
// potentials; row and column 0 of its tables stand for none.
func hungarian(cost [][]float64) []int {
	n := len(cost)
	rowDual, columnDual := make([]float64, n+1), make([]float64, n+1)
	rowOf, from := make([]int, n+1), make([]int, n+1)
	for row := 1; row <= n; row++ {
		rowOf[0] = row
		column, least, seen := 0, slices.Repeat([]float64{math.Inf(1)}, n+1), make([]bool, n+1)
		for rowOf[column] != 0 {
			seen[column] = true
			at, step, next := rowOf[column], math.Inf(1), 0
			for j := 1; j <= n; j++ {
				if seen[j] {
					continue
				}
				if slack := cost[at-1][j-1] - rowDual[at] - columnDual[j]; slack < least[j] {
					least[j], from[j] = slack, column
				}
				if least[j] < step {
					step, next = least[j], j
				}
			}
			for j := range n + 1 {
				if seen[j] {
					rowDual[rowOf[j]] += step
					columnDual[j] -= step
				} else {
					least[j] -= step
				}
			}
			column = next
		}
		for column != 0 {
			rowOf[column] = rowOf[from[column]]
			column = from[column]
		}
	}
	columnOf := slices.Repeat([]int{-1}, n)
	for j := 1; j <= n; j++ {
		if rowOf[j] > 0 {
			columnOf[rowOf[j]-1] = j - 1
		}
	}
	return columnOf
}

// shieldBattery scores 20 players drawn by chance: the longer wait less 0.0025 gap² and
// 50 for a foregone result, from −30 on, relaxed below four waiting.
func shieldBattery() policy {
	return policy{name: "ShieldBattery's formula", every: seconds(6), pair: func(w *world, queue []*simPlayer) []simMatch {
		least := -30 - 15*max(0, 4-w.smoothed)
		w.rng.Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] })
		queue = queue[:min(20, len(queue))]
		return greedy(score(queue, func(a, b *simPlayer, gap float64) (float64, bool) {
			chance := 1 / (1 + math.Pow(10, -gap/400))
			quality := w.now - min(a.since, b.since) - (0.0025*gap*gap + 50*(chance-.5))
			return -quality, quality >= least
		}))
	}}
}

// faf is Forged Alliance Forever's: TrueSkill's quality above both players' thresholds,
// which fall with each run missed; runs come when about five players wait.
func faf() policy {
	threshold := func(p *simPlayer) float64 {
		return max(0, 0.8*0.923-min(0.25, 0.05*float64(p.missed)))
	}
	return policy{
		name: "FAF's rule",
		every: func(w *world) float64 {
			time, players := 0.0, 0.0
			for _, pop := range w.pops {
				time, players = time+pop[0], players+pop[1]
			}
			if players == 0 {
				return 90
			}
			return min(90, max(1, 5*time/players))
		},
		pair: func(_ *world, queue []*simPlayer) []simMatch {
			matches := greedy(score(queue, func(a, b *simPlayer, gap float64) (float64, bool) {
				quality := 0.923 * math.Exp(-gap*gap/135200)
				return -quality, quality >= threshold(a) && quality >= threshold(b)
			}))
			miss(queue)
			return matches
		},
	}
}

// lichess allows gaps up to 100 and 12 for each wave that both missed.
func lichess() policy {
	return policy{name: "lichess's rule", every: seconds(30), pair: func(_ *world, queue []*simPlayer) []simMatch {
		matches := greedy(score(queue, func(a, b *simPlayer, gap float64) (float64, bool) {
			s := gap - min(460, 12*float64(min(a.missed, b.missed)))
			return s, s <= 100
		}))
		miss(queue)
		return matches
	}}
}

// showdown gives who waits longest the first other in the queue within a range that
// grows with the longer wait, but not the last opponent.
func showdown() policy {
	again := func(a, b *simPlayer) bool {
		return len(a.recent) > 0 && a.recent[len(a.recent)-1].opponent == b.id
	}
	width := func(wait float64) float64 {
		w := 100 + wait/.3
		if w > 300 {
			w = 300 + (w-300)/10
		}
		return min(600, w)
	}
	return policy{name: "Showdown's rule", onJoin: true, every: seconds(60), pair: func(w *world, queue []*simPlayer) []simMatch {
		slices.SortFunc(queue, func(a, b *simPlayer) int { return cmp.Compare(a.since, b.since) })
		used := make(map[*simPlayer]bool)
		var matches []simMatch
		for i, a := range queue {
			for _, b := range queue[i+1:] {
				m, ok := paired(a, b)
				if used[a] || used[b] || !ok || again(a, b) || again(b, a) || m.gap > width(w.now-a.since) {
					continue
				}
				used[a], used[b] = true, true
				matches = append(matches, m)
			}
		}
		return matches
	}}
}
