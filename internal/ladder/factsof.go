package ladder

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/replay"
)

// ReadFacts is FactsOf a stored summary, the JSON of a replay.Replay.
func ReadFacts(summary []byte) (Facts, error) {
	var r replay.Replay
	if err := json.Unmarshal(summary, &r); err != nil {
		return Facts{}, fmt.Errorf("read summary: %w", err)
	}
	return FactsOf(&r), nil
}

// FactsOf is what a parsed replay says that evidence is judged by. r may come from the
// parser or from a stored summary.
func FactsOf(r *replay.Replay) Facts {
	f := Facts{
		ParserVersion: r.ParserVersion,
		Identity:      r.GameID,
		Format:        r.Format,
		Resumed:       r.Resumed,
		Region:        r.Region,
		MapTitle:      r.Map.Title,
		MapHash:       r.Map.SHA256,
		Handles:       r.CacheHandles,
		Length:        time.Duration(r.Duration * float64(time.Second)),
		EndedAt:       r.EndedAt,
		Speed:         r.Speed,
		Privacy:       r.Settings.Privacy,
		Locked:        r.Settings.LockedAlliances,
		Observers:     max(len(r.Observers), r.ObserversTotal),
		Winner:        r.WinnerTeam,
		WinnerSource:  string(r.WinnerSource),
		Contradiction: contradiction(r),
		Chat:          chatOf(r),
	}
	for _, p := range r.Players {
		f.Players = append(f.Players, FactPlayer{Name: p.Name, Toon: p.Toon, Team: p.Team, Race: raceOf(p.Race), AI: p.AI})
	}
	f.Draw = len(r.Players) > 0 && !slices.ContainsFunc(r.Players, func(p replay.Player) bool { return p.Result != replay.Tie })
	return f
}

// contradiction says which parts of the file name another result.
func contradiction(r *replay.Replay) string {
	if len(r.WinnerContradicted) == 0 {
		return ""
	}
	others := make([]string, len(r.WinnerContradicted))
	for i, source := range r.WinnerContradicted {
		others[i] = string(source)
	}
	return "another result by " + strings.Join(others, " and ")
}

// raceOf is a race of the ladder; empty for what is none.
func raceOf(race replay.Race) Race {
	if r := Race(race); r.Side() != "" {
		return r
	}
	return ""
}

// chatOf are the lines to all of those who played. A line names its writer only, so what
// somebody wrote who shares a name with anybody else in the game is left out.
func chatOf(r *replay.Replay) (lines []FactChat) {
	if r.Resumed || r.ObserversTotal > len(r.Observers) {
		return nil
	}
	toons := map[string]string{} // by name; empty: of two
	for _, p := range r.Players {
		toon := p.Toon
		if _, taken := toons[p.Name]; taken {
			toon = ""
		}
		toons[p.Name] = toon
	}
	for _, o := range r.Observers {
		toons[o.Name] = ""
	}
	for _, line := range r.Chat {
		if toon := toons[line.From]; toon != "" && line.To == replay.ToAll {
			lines = append(lines, FactChat{Toon: toon, Text: line.Text})
		}
	}
	return lines
}
