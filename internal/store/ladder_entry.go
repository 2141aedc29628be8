package store

import (
	"context"
	"fmt"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

const entryColumns = `e.id, e.version, e.season_id, e.state, e.joined_at, e.since, e.deadline, e.reminded, e.due, e.match_id, e.channel`

func scanEntry(r row) (ladder.Entry, error) {
	var e ladder.Entry
	err := r.Scan(&e.ID, &e.Version, &e.Season, &e.State, moment{&e.Joined}, moment{&e.Since}, moment{&e.Deadline}, &e.Reminded,
		moment{&e.Due}, optional[ladder.MatchID]{&e.Match}, &e.Channel)
	return e, err
}

// readEntries is these entries, and the live one of a player.
func readEntries(ctx context.Context, q session, ids []ladder.EntryID, player ladder.PlayerID) ([]ladder.Entry, error) {
	if len(ids) == 0 && player == 0 {
		return nil, nil
	}
	var where conditions
	live := `e.id IN (SELECT entry_id FROM entry_members WHERE player_id = ` + where.place(int64(player)) + ` AND live)`
	if len(ids) > 0 {
		in(&where, "e.id", numbers(ids))
		where.all = []string{"(" + where.all[0] + " OR " + live + ")"}
	} else {
		where.all = []string{live}
	}
	return entriesWhere(ctx, q, where)
}

// entriesWhere is the entries e that meet conditions, by id.
func entriesWhere(ctx context.Context, q session, where conditions) ([]ladder.Entry, error) {
	var all []ladder.Entry
	_, err := collect(ctx, q, func(r row) (struct{}, error) {
		var m ladder.Member
		e, err := scanEntry(prefixed{r, []any{&m.Player, document{&m.Races}}})
		if n := len(all); n == 0 || all[n-1].ID != e.ID {
			all = append(all, e)
		}
		last := &all[len(all)-1]
		last.Members = append(last.Members, m)
		return struct{}{}, err
	}, `SELECT m.player_id, m.races, `+entryColumns+` FROM entries e JOIN entry_members m ON m.entry_id = e.id`+
		where.text()+` ORDER BY e.id, m.place`, where.args...)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	return all, nil
}

// writeEntries writes entries over the versions that were read; ErrStale where one has
// another.
func writeEntries(ctx context.Context, tx session, entries []ladder.Entry) error {
	var old [][]any
	for _, e := range entries {
		if e.Version == 0 {
			if err := insertEntry(ctx, tx, e); err != nil {
				return err
			}
			continue
		}
		old = append(old, []any{
			int64(e.ID), e.Version, string(e.State), e.State.Live(), e.Since, e.Deadline, e.Reminded, e.Due, ref(e.Match),
		})
	}
	if len(old) == 0 {
		return nil
	}
	values, args := rows(old, "BIGINT", "INTEGER", "TEXT", "BOOLEAN", "TIMESTAMPTZ", "TIMESTAMPTZ", "BOOLEAN", "TIMESTAMPTZ", "BIGINT")
	return tx.change(ctx, guarded(len(old), "entries"), `
		UPDATE entries SET version = version + 1, state = column3, live = column4, since = column5, deadline = column6,
			reminded = column7, due = column8, match_id = column9
		FROM (`+values+`) AS news WHERE id = column1 AND version = column2`, args...)
}

func insertEntry(ctx context.Context, tx session, e ladder.Entry) error {
	err := put(ctx, tx, "entries", int64(e.ID), 0, []column{
		{"season_id", int64(e.Season)},
		{"state", string(e.State)},
		{"live", e.State.Live()},
		{"joined_at", e.Joined},
		{"since", e.Since},
		{"deadline", e.Deadline},
		{"reminded", e.Reminded},
		{"due", e.Due},
		{"match_id", ref(e.Match)},
		{"channel", e.Channel},
	})
	if err != nil {
		return err
	}
	members := make([][]any, len(e.Members))
	for place, m := range e.Members {
		members[place] = []any{int64(e.ID), place, int64(m.Player), encoded(m.Races), e.State.Live()}
	}
	return insertRows(ctx, tx, `entry_members (entry_id, place, player_id, races, live)`, members)
}

// LiveEntry is the entry that holds a player; ErrNotFound where none does.
func (s *Store) LiveEntry(ctx context.Context, player ladder.PlayerID) (ladder.Entry, error) {
	var all []ladder.Entry
	err := s.read(ctx, func(q session) (err error) {
		all, err = readEntries(ctx, q, nil, player)
		return err
	})
	if err != nil {
		return ladder.Entry{}, fmt.Errorf("look for player %d in the queue: %w", player, err)
	}
	if len(all) == 0 {
		return ladder.Entry{}, ErrNotFound
	}
	return all[0], nil
}

// Entry is an entry; ErrNotFound where there is none.
func (s *Store) Entry(ctx context.Context, id ladder.EntryID) (ladder.Entry, error) {
	var all []ladder.Entry
	err := s.read(ctx, func(q session) (err error) {
		all, err = readEntries(ctx, q, []ladder.EntryID{id}, 0)
		return err
	})
	if err != nil {
		return ladder.Entry{}, fmt.Errorf("read entry %d: %w", id, err)
	}
	if len(all) == 0 {
		return ladder.Entry{}, ErrNotFound
	}
	return all[0], nil
}
