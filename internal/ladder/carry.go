package ladder

import "time"

// Beginning says what becomes of ratings when a season begins.
type Beginning string

// The beginnings.
const (
	Carry Beginning = "carry" // they go on; the default
	Reset Beginning = "reset" // everybody is a newcomer again
)

// BeginRating is the line by which a season takes a rating over, and the cache after it.
// Also what is carried has a line, so that the ledger says where a season began.
func (s Season) BeginRating(now Rating, how Beginning, actor Actor, at time.Time, id LineID) (Line, Rating) {
	next := now
	if how == Reset {
		next = NewRating(now.RatingKey, s.Rules)
		next.Last = now.Last
	}
	next.N = now.N + 1
	return Line{
		ID: id, RatingKey: now.RatingKey, Version: LedgerVersion, N: next.N, Season: s.ID, Kind: LineSeason,
		Before: now.Value, Delta: next.Value - now.Value, After: next.Value, Deviation: next.Deviation, Volatility: next.Volatility,
		Games: next.Games, Reason: string(how), Actor: actor, At: at,
	}, next
}
