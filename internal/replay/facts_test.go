package replay

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// levels of a test: what holds at Summary must hold at Full.
var levels = map[string]Level{"summary": Summary, "full": Full}

func TestParseAgreesWithFacts(t *testing.T) {
	dir := samples(t)
	for _, f := range facts(t) {
		for name, level := range levels {
			t.Run(f.Path[:6]+"/"+name, func(t *testing.T) {
				t.Parallel()
				r, err := Parse(t.Context(), readSample(t, filepath.Join(dir, f.Path)), Options{Level: level})
				if err != nil {
					t.Fatal(err)
				}
				compareFacts(t, f, r, level)
			})
		}
	}
}

func compareFacts(t *testing.T, f fact, r *Replay, level Level) {
	t.Helper()
	want, got := factFields(f), replayFields(r)
	ended, err := time.Parse("2006-01-02T15:04:05", f.EndTime)
	if diff := r.EndedAt.Sub(ended).Abs(); err != nil || diff > time.Second {
		t.Errorf("ended at %v, want about %v: %v", r.EndedAt, ended, err)
	}
	for field, wanted := range want {
		if level == Summary && field == "leaves" {
			continue
		}
		diff := cmp.Diff(wanted, got[field])
		reason, excepted := exception(f.Path[:6], level, field)
		switch {
		case diff != "" && !excepted:
			t.Errorf("%s (-fact +ours):\n%s", field, diff)
		case diff == "" && excepted:
			t.Errorf("%s agrees, though it is excepted: %s", field, reason)
		}
	}
}

func exception(file string, level Level, field string) (reason string, found bool) {
	for _, e := range exceptions {
		if e.file == file && (e.level == "" || levels[e.level] == level) && slices.Contains(e.fields, field) {
			return e.reason, true
		}
	}
	return "", false
}

// factFields are a fact's fields in the words of a Replay.
func factFields(f fact) map[string]any {
	fields := map[string]any{
		"map": strings.TrimSpace(f.Map), "build": f.Build, "base build": f.BaseBuild, "version": f.Release, "region": f.Region,
		"loops": f.Loops, "speed": f.Speed, "winner": number(f.Winner),
		"category": strings.ToLower(f.Category),
		"format":   strings.ToLower(f.RealType),
	}
	observers := slices.Clone(f.Observers)
	slices.Sort(observers)
	fields["observers"] = observers
	var names, toons, teams, played, picked, results, colors []string
	for _, p := range f.Players {
		names, teams = append(names, p.Name), append(teams, fmt.Sprint(p.Team))
		played, picked = append(played, strings.ToLower(p.PlayRace)), append(picked, strings.ToLower(p.PickRace))
		toon, result := "", "unknown"
		if p.Toon != nil {
			toon = *p.Toon
		}
		if p.Result != nil {
			result = strings.ToLower(*p.Result)
		}
		toons, results, colors = append(toons, toon), append(results, result), append(colors, p.Color)
	}
	fields["names"], fields["toons"], fields["teams"] = names, toons, teams
	fields["races"], fields["picked"], fields["results"], fields["colors"] = played, picked, results, colors
	var chat, leaves []string
	for _, m := range f.Messages {
		chat = append(chat, fmt.Sprint(m[0], " ", m[2]))
	}
	for _, l := range f.Leaves {
		leaves = append(leaves, fmt.Sprint(l[0], " ", l[1]))
	}
	fields["chat"], fields["leaves"] = chat, leaves
	return fields
}

func replayFields(r *Replay) map[string]any {
	fields := map[string]any{
		"map": strings.TrimSpace(r.Map.Title), "build": r.Build, "base build": r.BaseBuild, "version": r.Version, "region": r.Region,
		"loops": r.Loops, "speed": r.Speed, "winner": number(r.WinnerTeam),
		"category": string(r.Category),
		"format":   r.Format,
	}
	observers := []string{}
	for _, o := range r.Observers {
		observers = append(observers, o.Name)
	}
	slices.Sort(observers)
	fields["observers"] = observers
	var names, toons, teams, played, picked, results, colors []string
	for _, p := range r.Players {
		names, teams = append(names, p.Name), append(teams, fmt.Sprint(p.Team))
		played, picked = append(played, string(p.Race)), append(picked, string(p.PickedRace))
		toons, results, colors = append(toons, p.Toon), append(results, string(p.Result)), append(colors, colorName(p.Color))
	}
	fields["names"], fields["toons"], fields["teams"] = names, toons, teams
	fields["races"], fields["picked"], fields["results"], fields["colors"] = played, picked, results, colors
	var chat, leaves []string
	for _, c := range r.Chat {
		chat = append(chat, fmt.Sprint(c.Loop, " ", c.Text))
	}
	for _, l := range r.Leaves {
		leaves = append(leaves, fmt.Sprint(l.Loop, " ", l.Name))
	}
	fields["chat"], fields["leaves"] = chat, leaves
	return fields
}

func number(n *int) string {
	if n == nil {
		return "none"
	}
	return fmt.Sprint(*n)
}

// colorName is the lobby's name of a colour; one that the lobby does not offer
// is its six digits.
func colorName(color string) string {
	names := map[string]string{
		"#B4141E": "Red", "#0042FF": "Blue", "#1CA7EA": "Teal", "#EBE129": "Yellow", "#540081": "Purple",
		"#FE8A0E": "Orange", "#168000": "Green", "#CCA6FC": "Light Pink",
	}
	if name, ok := names[color]; ok {
		return name
	}
	return strings.TrimPrefix(color, "#")
}
