package replay

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// person is somebody, or an AI, with a seat in the lobby.
type person struct {
	name, clan, toon string
	user             int // index into the lobby's users; none for an AI
	number           int // occupied slots counted from 1
	slot             *stream.Slot
	slotIndex        int
	entry            *stream.Player // nil: watches
	entryIndex       int
	reliable         bool // entry.Control is
}

// roster is everybody in the game: those who play in the order of the player
// list, then those who watch in the order of their seats.
type roster []person

// newRoster seats the entries of the player list. From build 24764 on an entry
// names its slot; before, entries stand in the order of the slots that play.
// Without a readable lobby the player list alone has to do.
func newRoster(r *raw) roster {
	var people roster
	seated := make([]bool, len(r.details.Players))
	next, number := 0, 0
	for i := range r.lobby.Lobby.Slots {
		slot := &r.lobby.Lobby.Slots[i]
		if slot.Control != controlHuman && slot.Control != controlComputer {
			continue
		}
		number++
		p := person{user: slot.UserID, number: number, slot: slot, slotIndex: i, entryIndex: none}
		if slot.Observe == 0 {
			p.entryIndex = entryOf(r.details.Players, slot, seated, &next)
		}
		if p.entryIndex != none {
			p.entry = &r.details.Players[p.entryIndex]
			seated[p.entryIndex] = true
		} else if slot.Control == controlComputer {
			continue // co-op missions fill the observer seats with computers
		}
		p.introduce(r)
		people = append(people, p)
	}
	for i := range r.details.Players {
		if !seated[i] {
			p := person{user: i, number: i + 1, slotIndex: none, entry: &r.details.Players[i], entryIndex: i}
			p.introduce(r)
			people = append(people, p)
		}
	}
	people.sort()
	return people
}

// sort puts those who play first, in the order of the player list.
func (people roster) sort() {
	slices.SortStableFunc(people, func(a, b person) int {
		return cmp.Compare(uint(a.entryIndex), uint(b.entryIndex)) // none is last
	})
}

// entryOf finds the player list's entry for a slot, or none.
func entryOf(players []stream.Player, slot *stream.Slot, seated []bool, next *int) int {
	if slot.WorkingSetSlotID != none {
		for i := range players {
			if !seated[i] && players[i].WorkingSetSlotID == slot.WorkingSetSlotID {
				return i
			}
		}
	}
	for *next < len(players) && (seated[*next] || players[*next].WorkingSetSlotID != none && slot.WorkingSetSlotID != none) {
		*next++
	}
	if *next == len(players) {
		return none
	}
	*next++
	return *next - 1
}

// introduce fills in who a person is. The lobby's names are plain, those of
// the player list carry the clan along.
func (p *person) introduce(r *raw) {
	if user := r.user(p.user); user != nil && p.slot != nil {
		p.name, p.clan, p.toon = stream.CleanText(user.Name), cleanClan(user.ClanTag), handleOf(user.ToonHandle)
	}
	if p.entry != nil {
		clan, name := splitName(p.entry.Name)
		p.name = cmp.Or(p.name, name)
		p.clan = cmp.Or(p.clan, clan)
		p.toon = cmp.Or(toonOf(p.entry), p.toon)
	}
	p.reliable = r.baseBuild() >= reliableBuild
	if p.slot != nil {
		p.toon = cmp.Or(p.toon, handleOf(p.slot.ToonHandle))
	}
}

// toonOf is an account's handle, empty where there is no account: an AI, or a
// name that was wiped.
func toonOf(p *stream.Player) string {
	if p.Toon.ID == 0 {
		return ""
	}
	return strconv.Itoa(p.Toon.Region) + "-" + stream.CleanText(p.Toon.Program) + "-" + strconv.Itoa(p.Toon.Realm) + "-" + strconv.FormatInt(p.Toon.ID, 10)
}

// handleOf is a handle that the lobby has, if it is one: a game that a program
// plays through the game's API has the program's name there.
func handleOf(text string) string {
	rest := text
	for i := range 4 {
		part, after, more := strings.Cut(rest, "-")
		number, err := strconv.ParseUint(part, 10, 64)
		switch {
		case more == (i == 3), part == "":
			return ""
		case i == 1: // the program: S2
		case err != nil, i == 3 && number == 0:
			return ""
		}
		rest = after
	}
	return stream.CleanText(text)
}

// ai reports whether no user sits there.
func (p *person) ai() bool {
	if p.slot != nil {
		return p.slot.Control == controlComputer
	}
	return p.entry != nil && p.entry.Toon.ID == 0 && p.reliable && p.entry.Control == controlComputer
}

// index is the place of the person an event names, or none.
func (people roster) index(id int, byUser bool) int {
	for i := range people {
		p := &people[i]
		if p.ai() {
			continue
		}
		if byUser && p.user == id || !byUser && p.number == id {
			return i
		}
	}
	return none
}
