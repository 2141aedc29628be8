package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/upload"
)

// shown is what replays are searched by, as it stands in a summary; see replay.Replay.
type shown struct {
	GameID string `json:"game_id"`
	Map    struct {
		Title  string `json:"title"`
		SHA256 string `json:"sha256"`
	} `json:"map"`
	Format   string        `json:"format"`
	Category string        `json:"category"`
	Seconds  float64       `json:"duration_seconds"`
	EndedAt  time.Time     `json:"ended_at"`
	Players  []shownPlayer `json:"players"`
}

type shownPlayer struct {
	Name   string   `json:"name"`
	Toon   string   `json:"toon"`
	Team   int      `json:"team"`
	Race   string   `json:"race"`
	Result string   `json:"result"`
	APM    *float64 `json:"apm"`
}

// playersMax bounds the rows of one replay; the game's lobby has 15 slots.
const playersMax = 16

// shownBy reads what a verdict's summary shows; nothing where it failed.
func shownBy(v upload.Verdict) (shown, error) {
	var s shown
	if v.Summary == nil {
		return s, nil
	}
	if err := json.Unmarshal(v.Summary, &s); err != nil {
		return s, fmt.Errorf("read summary: %w", err)
	}
	if s.EndedAt.IsZero() {
		s.EndedAt = v.At
	}
	s.Players = s.Players[:min(len(s.Players), playersMax)]
	return s, nil
}

// writePlayers keeps what a replay shows of its players, in the transaction that keeps its
// result. A replay that was read before may have rows: the old ones that are not written
// over are deleted first.
func writePlayers(ctx context.Context, tx session, id int64, s shown, before bool) error {
	if before {
		if _, err := tx.exec(ctx, `DELETE FROM replay_players WHERE replay_id = $1`, id); err != nil {
			return fmt.Errorf("delete players: %w", err)
		}
	}
	if len(s.Players) == 0 {
		return nil
	}
	var places conditions
	all := make([]string, len(s.Players))
	matchup, length := s.matchup(), time.Duration(s.Seconds*float64(time.Second)).Microseconds()
	for slot, p := range s.Players {
		all[slot] = places.row([]any{
			id, slot, p.Toon, p.Name, folded(p.Name), p.Team, p.Race, p.Result, p.APM,
			s.GameID, s.Map.SHA256, s.Map.Title, s.Format, s.Category, matchup, length, s.EndedAt,
		})
	}
	_, err := tx.exec(ctx, `
		INSERT INTO replay_players (replay_id, slot, handle, name, folded, team, race, result, apm,
			game, map_hash, map_title, format, category, matchup, length, played_at)
		VALUES `+strings.Join(all, ", ")+`
		ON CONFLICT (replay_id, slot) DO UPDATE SET handle = excluded.handle, name = excluded.name, folded = excluded.folded,
			team = excluded.team, race = excluded.race, result = excluded.result, apm = excluded.apm, game = excluded.game,
			map_hash = excluded.map_hash, map_title = excluded.map_title, format = excluded.format, category = excluded.category,
			matchup = excluded.matchup, length = excluded.length, played_at = excluded.played_at`, places.args...)
	if err != nil {
		return fmt.Errorf("write players: %w", err)
	}
	return nil
}

// matchup is the races of two teams, "bw_zerg-terran" or "terran+zerg-zerg+zerg", the same
// whoever was in which team; empty where there are not two teams.
func (s shown) matchup() string {
	teams := make(map[int][]string)
	for _, p := range s.Players {
		teams[p.Team] = append(teams[p.Team], p.Race)
	}
	if len(teams) != 2 {
		return ""
	}
	var sides []string
	for _, races := range teams {
		slices.Sort(races)
		sides = append(sides, strings.Join(races, "+"))
	}
	slices.Sort(sides)
	return strings.Join(sides, "-")
}
