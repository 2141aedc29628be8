package replay

import (
	"cmp"
	"slices"
	"strconv"
)

// person is somebody, or an AI, with a seat in the lobby.
type person struct {
	name, clan, toon string
	user             int // index into the lobby's users; none for an AI
	number           int // occupied slots counted from 1
	slot             *rawSlot
	slotIndex        int
	entry            *rawPlayer // nil: watches
	entryIndex       int
}

// roster is everybody in the game: those who play in the order of the player
// list, then those who watch in the order of their seats.
type roster []person

// newRoster seats the entries of the player list. From slotIDBuild on an entry
// names its slot; before, entries stand in the order of the slots that play.
// Without a readable lobby the player list alone has to do.
func newRoster(r *raw) roster {
	var people roster
	seated := make([]bool, len(r.details.players))
	next, number := 0, 0
	for i := range r.lobby.slots {
		slot := &r.lobby.slots[i]
		if slot.control != controlHuman && slot.control != controlComputer {
			continue
		}
		number++
		p := person{user: slot.user, number: number, slot: slot, slotIndex: i, entryIndex: none}
		if slot.observe == 0 {
			p.entryIndex = entryOf(r.details.players, slot, seated, &next)
		}
		if p.entryIndex != none {
			p.entry = &r.details.players[p.entryIndex]
			seated[p.entryIndex] = true
		} else if slot.control == controlComputer {
			continue // co-op missions fill the observer seats with computers
		}
		p.introduce(r)
		people = append(people, p)
	}
	for i := range r.details.players {
		if !seated[i] {
			p := person{user: i, number: i + 1, slotIndex: none, entry: &r.details.players[i], entryIndex: i}
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
func entryOf(players []rawPlayer, slot *rawSlot, seated []bool, next *int) int {
	if slot.workingSlot != none {
		for i := range players {
			if !seated[i] && players[i].workingSlot == slot.workingSlot {
				return i
			}
		}
	}
	for *next < len(players) && (seated[*next] || players[*next].workingSlot != none && slot.workingSlot != none) {
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
	if p.user >= 0 && p.user < len(r.lobby.users) && p.slot != nil {
		user := r.lobby.users[p.user]
		p.name, p.clan, p.toon = cleanText(user.name), cleanClan(user.clan), user.toon
	}
	if p.entry != nil {
		clan, name := splitName(p.entry.name)
		p.name = cmp.Or(p.name, name)
		p.clan = cmp.Or(p.clan, clan)
		p.toon = cmp.Or(toonOf(p.entry), p.toon)
	}
	if p.slot != nil {
		p.toon = cmp.Or(p.toon, p.slot.toon)
	}
}

// toonOf is an account's handle, empty where there is no account: an AI, or a
// name that was wiped.
func toonOf(p *rawPlayer) string {
	if p.id == 0 {
		return ""
	}
	return strconv.Itoa(p.region) + "-" + cleanText(p.program) + "-" + strconv.Itoa(p.realm) + "-" + strconv.FormatInt(p.id, 10)
}

// ai reports whether nobody sits there.
func (p *person) ai() bool {
	if p.slot != nil {
		return p.slot.control == controlComputer
	}
	return p.entry != nil && p.entry.id == 0 && p.entry.hasReliableControl && p.entry.control == controlComputer
}

// index is the place of the person an event names, or none.
func (people roster) index(id, baseBuild int) int {
	for i := range people {
		p := &people[i]
		if p.ai() {
			continue
		}
		if baseBuild >= userIDBuild && p.user == id || baseBuild < userIDBuild && p.number == id {
			return i
		}
	}
	return none
}
