package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// scope is what an act reads, with what only writing needs.
type scope struct {
	ladder.Scope
	handles map[string]int // versions of the handles that were read
}

// loader reads a scope, each part after what locks it: the match, then the players by id,
// then the ratings.
type loader struct {
	store *Store
	tx    session
	act   *ladder.Act
	out   scope
}

// loadScope locks and reads what an act may read, and fills in what of the act the
// database knows better.
func (s *Store) loadScope(ctx context.Context, tx session, act *ladder.Act) (scope, error) {
	l := loader{store: s, tx: tx, act: act}
	l.out.NewID = s.ids.next
	for _, load := range []func(context.Context) error{
		l.match, l.players, l.entries, l.season, l.history, l.penalties, l.ratings, l.handles, l.known, l.met,
	} {
		if err := load(ctx); err != nil {
			return scope{}, err
		}
	}
	return l.out, nil
}

// match locks the act's match, or the present one of its entry or player.
func (l *loader) match(ctx context.Context) error {
	id := l.act.Match
	if id == 0 && l.act.Pair == nil {
		var err error
		if id, err = l.presentMatch(ctx); err != nil {
			return err
		}
	}
	if id == 0 {
		return nil
	}
	m, err := readMatch(ctx, l.tx, id, " FOR NO KEY UPDATE")
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	l.out.Match = &m
	return nil
}

// presentMatch is the match that the act's entry, or the live one of its player, is in.
func (l *loader) presentMatch(ctx context.Context) (ladder.MatchID, error) {
	query, id := `SELECT match_id FROM entries WHERE id = $1 AND live`, int64(l.act.Entry)
	if id == 0 {
		query, id = `SELECT e.match_id FROM entry_members m JOIN entries e ON e.id = m.entry_id WHERE m.player_id = $1 AND m.live`, int64(l.act.Player)
	}
	var match ladder.MatchID
	err := l.tx.row(ctx, query, id).Scan(optional[ladder.MatchID]{&match})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("look for the player's match: %w", err)
	}
	return match, nil
}

// players locks all players that the act may be about.
func (l *loader) players(ctx context.Context) error {
	ids := map[ladder.PlayerID]bool{l.act.Player: true}
	if l.out.Match != nil {
		for _, s := range l.out.Match.Seats {
			ids[s.Player] = true
		}
	}
	if l.act.Pair != nil {
		for _, s := range l.act.Pair.Seats {
			ids[s.Player] = true
		}
	}
	if err := l.membersOf(ctx, ids); err != nil {
		return err
	}
	if l.act.Toon != "" {
		var owner ladder.PlayerID
		err := l.tx.row(ctx, `SELECT player_id FROM handles WHERE toon = $1`, l.act.Toon).Scan(&owner)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("look for a handle: %w", err)
		}
		ids[owner] = true
	}
	delete(ids, 0)
	if len(ids) == 0 {
		return nil
	}
	var err error
	l.out.Players, err = readPlayers(ctx, l.tx, slices.Collect(maps.Keys(ids)), " FOR NO KEY UPDATE")
	return err
}

// entryIDs are the entries that the act or its match names.
func (l *loader) entryIDs() []ladder.EntryID {
	ids := make([]ladder.EntryID, 0, 4)
	if l.act.Pair != nil {
		ids = append(ids, l.act.Pair.Entries...)
	}
	if l.out.Match != nil {
		for _, s := range l.out.Match.Seats {
			ids = append(ids, s.Entry)
		}
	}
	if l.act.Entry != 0 {
		ids = append(ids, l.act.Entry)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// membersOf adds the members of the entries that the act names, who never change. Those of
// a match are in its seats.
func (l *loader) membersOf(ctx context.Context, players map[ladder.PlayerID]bool) error {
	if l.act.Entry == 0 && l.act.Pair == nil {
		return nil
	}
	entries := l.entryIDs()
	if len(entries) == 0 {
		return nil
	}
	var where conditions
	in(&where, "entry_id", numbers(entries))
	members, err := collect(ctx, l.tx, scanID, `SELECT player_id FROM entry_members`+where.text(), where.args...)
	if err != nil {
		return fmt.Errorf("read members: %w", err)
	}
	for _, m := range members {
		players[ladder.PlayerID(m)] = true
	}
	return nil
}

// entries reads the entries of the act, of its match, and the live one of its player. They
// are written only under the locks of their members.
func (l *loader) entries(ctx context.Context) error {
	all, err := readEntries(ctx, l.tx, l.entryIDs(), l.act.Player)
	if err != nil {
		return err
	}
	named := l.entryIDs()
	for _, e := range all {
		mine := l.act.Entry == 0 && e.State.Live() && slices.ContainsFunc(e.Members, func(m ladder.Member) bool { return m.Player == l.act.Player })
		if e.ID == l.act.Entry || mine {
			l.out.Entry = &e
		}
		if slices.Contains(named, e.ID) && e.ID != l.act.Entry {
			l.out.Entries = append(l.out.Entries, e)
		}
	}
	// The match was looked up before the locks.
	if e := l.out.Entry; e != nil && l.act.Match == 0 && l.act.Pair == nil && e.State.Live() && e.Match != l.matchID() {
		return fmt.Errorf("entry %d has come to match %d: %w", e.ID, e.Match, ErrStale)
	}
	return nil
}

func (l *loader) matchID() ladder.MatchID {
	if l.out.Match == nil {
		return 0
	}
	return l.out.Match.ID
}

// season reads the season of the match or the entry, else the one that has not ended. It
// keeps still until the act is written: who joins does so before the queue closes, and what
// is rated is so before the snapshot.
func (l *loader) season(ctx context.Context) error {
	var id ladder.SeasonID
	switch {
	case l.out.Match != nil:
		id = l.out.Match.Season
	case l.out.Entry != nil:
		id = l.out.Entry.Season
	}
	season, err := l.store.season(ctx, l.tx, id, " FOR SHARE")
	if errors.Is(err, ErrNotFound) {
		return nil // none runs: the queue is closed
	}
	if err != nil {
		return err
	}
	l.out.Season = season
	l.out.QueueOpen = season.State == ladder.SeasonRunning && !season.Paused
	return nil
}

// history reads what was handed in, ruled and rated of the match.
func (l *loader) history(ctx context.Context) (err error) {
	id := l.matchID()
	if id == 0 || l.out.Match.State == ladder.MatchOffered {
		return nil
	}
	if l.out.Games, err = readGames(ctx, l.tx, id); err != nil {
		return err
	}
	if err := l.elsewhere(ctx); err != nil {
		return err
	}
	if l.out.Match.State == ladder.MatchPlaying {
		return nil // nobody has ruled it: who rules ends it, and it is not played again
	}
	if l.out.Rulings, err = readRulings(ctx, l.tx, id); err != nil {
		return err
	}
	if len(l.out.Rulings) == 0 {
		return nil
	}
	l.out.Lines, err = readLines(ctx, l.tx, `match_id = $1`, int64(id))
	return err
}

// elsewhere reads which of the match's games decided another match, for the acts that may
// let one decide.
func (l *loader) elsewhere(ctx context.Context) (err error) {
	if len(l.out.Games) == 0 || l.act.Kind != ladder.Confirm && l.act.Kind != ladder.HandIn {
		return nil
	}
	l.out.Elsewhere, err = collect(ctx, l.tx, func(r row) (identity string, err error) {
		err = r.Scan(&identity)
		return identity, err
	}, `SELECT DISTINCT r.identity FROM games g JOIN rulings r ON r.identity = g.identity AND r.match_id <> g.match_id
		WHERE g.match_id = $1`, int64(l.matchID()))
	if err != nil {
		return fmt.Errorf("look for games that decided another match: %w", err)
	}
	return nil
}

func (l *loader) playerIDs() []ladder.PlayerID {
	ids := make([]ladder.PlayerID, len(l.out.Players))
	for i, p := range l.out.Players {
		ids[i] = p.ID
	}
	return ids
}

// penalties reads those that may still count towards the next step. A replay gives none,
// and takes those back that an earlier ruling of its match gave.
func (l *loader) penalties(ctx context.Context) (err error) {
	first := l.act.Kind == ladder.HandIn && l.out.Match != nil && l.out.Match.State == ladder.MatchPlaying
	if len(l.out.Players) == 0 || first {
		return nil
	}
	rules := l.out.Season.Rules
	counts := time.Duration(rules.PenaltyForgiven) * time.Duration(len(rules.Penalties)+1)
	l.out.Penalties, err = readPenalties(ctx, l.tx, l.playerIDs(), l.act.At.Add(-counts))
	return err
}

// ratings locks the ratings that the act may change.
func (l *loader) ratings(ctx context.Context) (err error) {
	var keys []ladder.RatingKey
	if l.out.Match != nil && l.out.Match.State != ladder.MatchOffered {
		for _, s := range l.out.Match.Seats {
			keys = append(keys, ladder.RatingKey{Player: s.Player, Race: s.Race})
		}
	}
	if l.act.Manual != nil {
		keys = append(keys, ladder.RatingKey{Player: l.act.Player, Race: l.act.Manual.Race})
	}
	if len(keys) > 0 {
		l.out.Ratings, err = readRatings(ctx, l.tx, keys, " FOR UPDATE")
	}
	return err
}

// toons are the accounts that the act or the match's games show.
func (l *loader) toons() []string {
	var toons []string
	if l.act.Toon != "" {
		toons = append(toons, l.act.Toon)
	}
	if l.act.Replay != nil {
		for _, p := range l.act.Replay.Facts.Players {
			if p.Toon != "" {
				toons = append(toons, p.Toon)
			}
		}
	}
	for _, g := range l.out.Games {
		for _, i := range g.Identified {
			toons = append(toons, i.Toon)
		}
	}
	slices.Sort(toons)
	return slices.Compact(toons)
}

// handles reads those of the players and of the toons.
func (l *loader) handles(ctx context.Context) error {
	if len(l.out.Players) == 0 && l.act.Toon == "" {
		return nil
	}
	all, err := readHandles(ctx, l.tx, l.playerIDs(), l.toons())
	l.out.handles = make(map[string]int, len(all))
	for _, h := range all {
		l.out.Handles = append(l.out.Handles, h.Handle)
		l.out.handles[h.Toon] = h.version
	}
	return err
}

// known says of a replay that is handed in what is on record of its accounts and its game.
func (l *loader) known(ctx context.Context) error {
	if l.act.Replay == nil {
		return nil
	}
	replay := *l.act.Replay
	replay.Known = ladder.Known{Handles: l.out.Handles, Games: map[string]ladder.MatchID{}, First: replay.Known.First}
	l.act.Replay = &replay
	if replay.Facts.Identity == "" {
		return nil
	}
	if replay.Known.First.IsZero() {
		var err error
		if replay.Known.First, err = firstFile(ctx, l.tx, replay.Facts.Identity); err != nil {
			return err
		}
	}
	// Of several matches that it ruled in turn, another than this one counts.
	matches, err := collect(ctx, l.tx, scanID, `SELECT match_id FROM rulings WHERE identity = $1 ORDER BY id`, replay.Facts.Identity)
	if err != nil {
		return fmt.Errorf("look for the game: %w", err)
	}
	for _, m := range matches {
		if known := replay.Known.Games[replay.Facts.Identity]; known == 0 || known == l.act.Match {
			replay.Known.Games[replay.Facts.Identity] = ladder.MatchID(m)
		}
	}
	return nil
}

// met counts the matches of a pair within the season's window.
func (l *loader) met(ctx context.Context) error {
	if l.act.Pair == nil || len(l.act.Pair.Seats) != 2 {
		return nil
	}
	pair := *l.act.Pair
	a, b := pair.Seats[0].Player, pair.Seats[1].Player
	err := l.tx.row(ctx, `
		SELECT count(*) FROM seats a JOIN seats b ON b.match_id = a.match_id JOIN matches m ON m.id = a.match_id
		WHERE a.player_id = $1 AND b.player_id = $2 AND m.offered_at > $3 AND m.state NOT IN ('lapsed', 'void')`,
		int64(a), int64(b), l.act.At.Add(-time.Duration(l.out.Season.Rules.PairWindow))).Scan(&pair.Met)
	if err != nil {
		return fmt.Errorf("count the pair's matches: %w", err)
	}
	l.act.Pair = &pair
	return nil
}
