package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// Panel is a message on Discord by which players queue.
type Panel struct {
	Channel  string
	Message  string
	Language string
	Said     string // what it says
	Posted   time.Time
}

// Panels are all panels, the oldest first.
func (s *Store) Panels(ctx context.Context) ([]Panel, error) {
	var all []Panel
	err := s.read(ctx, func(q session) (err error) {
		all, err = collect(ctx, q, func(r row) (Panel, error) {
			var p Panel
			err := r.Scan(&p.Channel, &p.Message, &p.Language, &p.Said, moment{&p.Posted})
			return p, err
		}, `SELECT channel_id, message_id, language, said, posted_at FROM panels ORDER BY posted_at, message_id`)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read panels: %w", err)
	}
	return all, nil
}

// SavePanel keeps a panel, or what one says by now.
func (s *Store) SavePanel(ctx context.Context, p Panel) error {
	err := s.writeOne(ctx, func(tx session) error {
		_, err := tx.exec(ctx, `
			INSERT INTO panels (message_id, channel_id, language, said, posted_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (message_id) DO UPDATE SET said = excluded.said`,
			p.Message, p.Channel, p.Language, p.Said, p.Posted)
		return err
	})
	if err != nil {
		return fmt.Errorf("save panel %s: %w", p.Message, err)
	}
	return nil
}

// ForgetPanel ends a panel whose message is gone.
func (s *Store) ForgetPanel(ctx context.Context, message string) error {
	err := s.writeOne(ctx, func(tx session) error {
		_, err := tx.exec(ctx, `DELETE FROM panels WHERE message_id = $1`, message)
		return err
	})
	if err != nil {
		return fmt.Errorf("forget panel %s: %w", message, err)
	}
	return nil
}

// waitsOf is of how many of the last matches the waits are looked at.
const waitsOf = "100"

// UsualWaits is how long players of each side waited for the matches since a moment: the
// median; of a side without a match there is none.
func (s *Store) UsualWaits(ctx context.Context, since time.Time) (map[ladder.Side]time.Duration, error) {
	waits := make(map[ladder.Side][]time.Duration)
	err := s.read(ctx, func(q session) error {
		clear(waits)
		_, err := collect(ctx, q, func(r row) (struct{}, error) {
			var race ladder.Race
			var began, offered time.Time
			err := r.Scan(&race, moment{&began}, moment{&offered})
			waits[race.Side()] = append(waits[race.Side()], offered.Sub(began))
			return struct{}{}, err
		}, `SELECT s.race, e.since, m.offered_at
			FROM matches m JOIN seats s ON s.match_id = m.id JOIN entries e ON e.id = s.entry_id
			WHERE m.id IN (SELECT id FROM matches ORDER BY id DESC LIMIT `+waitsOf+`) AND m.offered_at >= $1`, since)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read usual waits: %w", err)
	}
	usual := make(map[ladder.Side]time.Duration, len(waits))
	for side, all := range waits {
		slices.Sort(all)
		usual[side] = all[len(all)/2]
	}
	return usual, nil
}
