package replay

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/evoladder/evoladderbot/internal/oncetest"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// begun are the loops in which somebody gave a command without a target, as one
// trains and researches, by user.
type begun map[int][]int

func (b begun) at(user, loop int) bool {
	_, found := slices.BinarySearchFunc(b[user], loop, func(at, loop int) int {
		if at < loop-1 {
			return -1
		}
		if at > loop+1 {
			return 1
		}
		return 0
	})
	return found
}

// TestTimesAreThoseOfTheSamples looks for the command that began each unit and
// upgrade exactly as long before as the tables say. There is none for what had
// to wait or was hurried; of what Terrans and Zergs research almost all has one.
func TestTimesAreThoseOfTheSamples(t *testing.T) {
	oncetest.Sequential(t)
	plain, plainFound := 0, 0
	found := map[string]int{}
	for _, f := range facts(t) {
		g := readCommands(t, filepath.Join(samples(t), f.Path))
		if g.coop() {
			continue // with times of its own
		}
		for i := range g.people {
			p := &g.people[i]
			if p.entry == nil || p.ai() || g.archon() {
				continue
			}
			user, player := g.eventID(p), g.playerID(p)
			for _, u := range g.births[player] {
				if loops := unitTimes.in(f.BaseBuild, u.id, unitKinds[u.id].loops); g.commands.at(user, u.loop-loops) {
					found[u.id]++
				}
			}
			race := raceOfName(p.entry.Race)
			for _, u := range g.chronicle.players[max(player, 0)].upgrades {
				loops := upgradeTimes.in(f.BaseBuild, u.ID, upgradeKindOf(u.ID).loops)
				hit := loops > 0 && g.commands.at(user, int(u.Seconds*g.clock.loops+0.5)-loops)
				if hit {
					found[u.ID]++
				}
				if loops > 0 && (race == Terran || race == Zerg) {
					plain++
					if hit {
						plainFound++
					}
				}
			}
		}
	}
	t.Logf("%d of %d upgrades of Terrans and Zergs have a command", plainFound, plain)
	if plain == 0 || plainFound < plain*9/10 {
		t.Errorf("%d of %d upgrades of Terrans and Zergs have a command", plainFound, plain)
	}
	for _, id := range []string{
		"WidowMine", "Raven", "Stalker", "Sentry", "Adept", "Oracle", "VoidRay", "Stimpack", "WarpGateResearch",
		"ProtossGroundWeaponsLevel1", "ProtossGroundArmorsLevel1", "ProtossShieldsLevel1", "ProtossAirWeaponsLevel1",
	} {
		if found[id] < 2 {
			t.Errorf("%d of %s have a command", found[id], id)
		}
	}
}

// commanded is a sample with its commands and births.
type commanded struct {
	*meaning
	commands begun
	births   map[int][]step // by player
}

func readCommands(t *testing.T, path string) commanded {
	t.Helper()
	file, err := stream.Open(readSample(t, path))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text := raw{header: file.Header, exact: file.Exact}
	if err := text.readPlayers(file); err != nil {
		t.Fatal(err)
	}
	if err := text.readSetting(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	m := &meaning{raw: &text, clock: newClock(text.details.GameSpeed)}
	events, err := file.GameEvents(stream.CommandGiven)
	if err != nil {
		t.Fatal(err)
	}
	commands := begun{}
	for events.Next(t.Context()) {
		if c := &events.Event.Command; c.HasAbility && c.Target == stream.NoTarget {
			commands[events.Event.User] = append(commands[events.Event.User], events.Event.Loop)
		}
	}
	if err := m.readTracker(t.Context(), file, Options{Timeline: true}); err != nil {
		t.Fatal(err)
	}
	m.people, m.scopes = newRoster(m.raw), participantScopes(m.raw.attributes)
	births := map[int][]step{}
	units, err := file.TrackerEvents(stream.UnitBorn)
	if err != nil {
		t.Fatal(err)
	}
	for units.Next(t.Context()) {
		u := units.Event.Unit
		births[u.ControlPlayer] = append(births[u.ControlPlayer], step{loop: units.Event.Loop, id: u.Type})
	}
	return commanded{m, commands, births}
}
