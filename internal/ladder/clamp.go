package ladder

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// Clamp is the season with every number in a range in which the queue works, whatever
// stands in the document. What is not set takes its default.
func (s Season) Clamp() Season {
	s.Name = cmp.Or(strings.TrimSpace(s.Name), "season")
	if s.State != SeasonClosing && s.State != SeasonEnded {
		s.State = SeasonRunning
	}
	s.Rules = s.Rules.clamp()
	s.Maps = clampMaps(s.Maps)
	s.Base, s.Tilesets, s.Art = lower(s.Base), lower(s.Tilesets), lower(s.Art)
	s.Releases = slices.Clone(s.Releases)
	for i, r := range s.Releases {
		handles := make(map[string][]string, len(r.Handles))
		for region, hashes := range r.Handles {
			handles[region] = lower(hashes)
		}
		s.Releases[i].Handles = handles
	}
	return s
}

// clampMaps drops what is no map or there twice. An empty pool is the default one, and one
// of which every map is retired is played as it stands: PickMap sees to that.
func clampMaps(maps []Map) []Map {
	var pool []Map
	for _, m := range maps {
		m.Title, m.Hash = strings.TrimSpace(m.Title), strings.ToLower(strings.TrimSpace(m.Hash))
		same := func(o Map) bool { return sameTitle(o.Title, m.Title) || m.Hash != "" && o.Hash == m.Hash }
		if m.Title != "" && !slices.ContainsFunc(pool, same) {
			pool = append(pool, m)
		}
	}
	if len(pool) == 0 {
		return DefaultMaps()
	}
	return pool
}

// lower are hashes as replays have them.
func lower(hashes []string) []string {
	written := make([]string, len(hashes))
	for i, hash := range hashes {
		written[i] = strings.ToLower(strings.TrimSpace(hash))
	}
	return written
}

// bound is a number of the rules with its range.
type bound[T Duration | int | float64] struct {
	at          *T
	usual       T
	least, most T
}

// clamp puts a number into its range; one that is not set, where 0 makes no sense, or is
// no number takes the usual.
func (b bound[T]) clamp() {
	v := *b.at
	if v == 0 && b.least > 0 || math.IsNaN(float64(v)) {
		v = b.usual
	}
	*b.at = min(b.most, max(b.least, v))
}

// The bounds of durations.
const (
	sec  = Duration(time.Second)
	minu = Duration(time.Minute)
	hour = Duration(time.Hour)
	day  = 24 * hour
)

func (r Rules) clamp() Rules {
	d := DefaultRules()
	if r.Pairing != Any {
		r.Pairing = Cross
	}
	for _, b := range r.durations(d) {
		b.clamp()
	}
	for _, b := range r.counts(d) {
		b.clamp()
	}
	bound[float64]{&r.Tau, d.Tau, 0.1, 1.2}.clamp()
	if r.Matching.GapDivisor == 0 { // not set: a document from before it could be
		r.Matching = d.Matching
	}
	r.Matching = r.Matching.Clamped()
	r.Penalties = clampPenalties(r.Penalties, d.Penalties)

	// What happens within something else happens before its end.
	r.SearchReminder = min(r.SearchReminder, r.Search-r.Search/6)
	r.OfferReminder = min(r.OfferReminder, r.Offer-r.Offer/6)
	r.NotHereFrom = min(r.NotHereFrom, r.Playing/2)
	r.NotHereAnswer = min(r.NotHereAnswer, r.Playing/2)
	r.UploadReminder = min(r.UploadReminder, r.Playing/2)
	r.OwnWin = min(r.OwnWin, r.Playing)
	return r
}

// durations are the rules' spans of time, with ranges wide enough for a trial in minutes
// and narrow enough for a match to end.
func (r *Rules) durations(d Rules) []bound[Duration] {
	return []bound[Duration]{
		{&r.Search, d.Search, 30 * sec, day},
		{&r.SearchReminder, d.SearchReminder, sec, day},
		{&r.Offer, d.Offer, 5 * sec, 10 * minu},
		{&r.OfferReminder, d.OfferReminder, sec, 10 * minu},
		{&r.OfferDelivery, d.OfferDelivery, 5 * sec, 10 * minu},
		{&r.Reoffer, d.Reoffer, 0, hour},
		{&r.NotHereFrom, d.NotHereFrom, 0, hour},
		{&r.NotHereAnswer, d.NotHereAnswer, 5 * sec, hour},
		{&r.UploadReminder, d.UploadReminder, sec, 6 * hour},
		{&r.Playing, d.Playing, 30 * sec, day},
		{&r.OwnWin, d.OwnWin, 5 * sec, day},
		{&r.Contest, d.Contest, 0, 30 * day},
		{&r.DisputeReminder, d.DisputeReminder, 5 * sec, 7 * day},
		{&r.ShortGame, d.ShortGame, 0, 10 * minu},
		{&r.EarlyStart, d.EarlyStart, 0, hour},
		{&r.ClockSkew, d.ClockSkew, 0, day},
		{&r.SnapshotAfter, d.SnapshotAfter, 0, 7 * day},
		{&r.PenaltyForgiven, d.PenaltyForgiven, sec, 90 * day},
		{&r.PairWindow, d.PairWindow, sec, 30 * day},
	}
}

func (r *Rules) counts(d Rules) []bound[int] {
	return []bound[int]{
		{&r.TeamSize, d.TeamSize, 1, 1}, // nobody can queue as a party yet, and a larger team would wait for ever
		{&r.Vetoes, d.Vetoes, 0, 32},
		{&r.PairMatches, d.PairMatches, 1, 1000},
		{&r.HandleProofs, d.HandleProofs, 1, 100},
		{&r.Start, d.Start, 100, 10_000},
		{&r.K, d.K, 1, 400},
		{&r.Spread, d.Spread, 50, 5000},
		{&r.Provisional, d.Provisional, 0, 1000},
	}
}

// maxPenalties bounds the steps, and a step is a day at most: longer is a ban, which
// staff give.
const maxPenalties = 20

func clampPenalties(steps, usual []Duration) []Duration {
	if len(steps) == 0 {
		return usual
	}
	clamped := slices.Clone(steps[:min(len(steps), maxPenalties)])
	for i := range clamped {
		clamped[i] = min(day, max(0, clamped[i]))
	}
	return clamped
}
