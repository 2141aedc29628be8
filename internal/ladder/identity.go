package ladder

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"

	"github.com/evoladder/evoladderbot/internal/text"
)

// DeclaredNames are what the player is called in the game: the BattleTag's name, then
// the aliases.
func (p Player) DeclaredNames() []string {
	tag, _, _ := strings.Cut(p.BattleTag, "#")
	var names []string
	for _, name := range append([]string{tag}, p.Aliases...) {
		if name = text.Line(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// declares says whether a name in a replay is one of the player's.
func (p Player) declares(name string) bool {
	name = text.Line(name)
	return name != "" && slices.ContainsFunc(p.DeclaredNames(), func(own string) bool { return strings.EqualFold(own, name) })
}

// ProofCode is what a player of a match types in the game's chat to prove an account.
// It is no secret: who types another's code gives their own account away, and nobody
// types for others.
func ProofCode(m MatchID, p PlayerID) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "proof of account: match %d, player %d", m, p))
	return "evo-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:5]))
}

// GameRegion is the region of a game account: "2" of "2-S2-1-278321".
func GameRegion(toon string) string {
	region, _, _ := strings.Cut(toon, "-")
	return region
}

// claim is how strongly somebody in a replay is taken for a player of the match.
type claim int

// The claims, the stronger the higher. A race that fits decides between equal ones.
const (
	noClaim    claim = 0
	raceClaim  claim = 1 // nothing but the race
	nameClaim  claim = 2 // a declared name
	boundClaim claim = 8 // the account
	codeClaim  claim = 16
)

// claim weighs a player of the match against somebody in the replay.
func (j *judge) claim(seat Seat, shown FactPlayer) claim {
	if shown.AI {
		return noClaim
	}
	var c claim
	if shown.Race == seat.Race {
		c += raceClaim
	}
	if j.player(seat.Player).declares(shown.Name) {
		c += nameClaim
	}
	if h, ok := j.handle(shown.Toon); ok && h.Player == seat.Player && h.State != Contested {
		c += boundClaim
	}
	if j.proved(seat, shown) {
		c += codeClaim
	}
	return c
}

func (j *judge) handle(toon string) (Handle, bool) {
	for _, h := range j.known.Handles {
		if toon != "" && h.Toon == toon {
			return h, true
		}
	}
	return Handle{}, false
}

// bound is the account that counts for a player in a region, if there is one.
func (j *judge) bound(id PlayerID, region string) (Handle, bool) {
	for _, h := range j.known.Handles {
		if h.Player == id && h.State != Contested && GameRegion(h.Toon) == region {
			return h, true
		}
	}
	return Handle{}, false
}

// proved says whether an account wrote to all the code of the seat's player. That of an
// account that is, or is called like, another player of the match, and of one with another
// race, does not count: typed at the end of a lost game it would undo it.
func (j *judge) proved(seat Seat, shown FactPlayer) bool {
	if shown.Toon == "" || shown.Race != seat.Race {
		return false
	}
	owner, known := j.handle(shown.Toon)
	for _, other := range j.match.Seats {
		its := known && owner.Player == other.Player && owner.State != Contested
		if other.Player != seat.Player && (its || j.player(other.Player).declares(shown.Name)) {
			return false
		}
	}
	code := ProofCode(j.match.ID, seat.Player)
	return slices.ContainsFunc(j.facts.Chat, func(line FactChat) bool {
		return line.Toon == shown.Toon && strings.EqualFold(strings.TrimSpace(line.Text), code)
	})
}

// seat finds who in the replay sits on which seat of the match, such that all claims
// together are strongest: an index of Facts.Players for each seat, or -1. Where nothing
// speaks for a player, who is left over sits there.
func (j *judge) seat() []int {
	best, taken := make([]int, len(j.match.Seats)), make([]bool, len(j.facts.Players))
	for i := range best {
		best[i] = -1
	}
	if len(j.facts.Players) > maxSeated {
		return best
	}
	strongest, current := claim(-1), slices.Clone(best)
	var try func(seat int, sum claim)
	try = func(seat int, sum claim) {
		if seat == len(current) {
			if sum > strongest {
				strongest = sum
				copy(best, current)
			}
			return
		}
		free := false
		for i, p := range j.facts.Players {
			if taken[i] || p.AI {
				continue
			}
			free, taken[i], current[seat] = true, true, i
			try(seat+1, sum+j.claim(j.match.Seats[seat], p))
			taken[i], current[seat] = false, -1
		}
		if !free {
			try(seat+1, sum)
		}
	}
	try(0, 0)
	return best
}

// maxSeated bounds whom seat tries: every order of so many is looked at.
const maxSeated = 6

// related says whether the replay shows one of the match's players, by account, code
// or declared name.
func (j *judge) related() bool {
	for _, seat := range j.match.Seats {
		for _, p := range j.facts.Players {
			if j.claim(seat, p) >= nameClaim {
				return true
			}
		}
	}
	return false
}

// identity says of each seat how sure it is that its own player sat there.
func (j *judge) identity() {
	state, want, found := Pass, make([]string, len(j.seating)), make([]string, len(j.seating))
	for i, seat := range j.match.Seats {
		want[i], found[i] = j.declared(seat.Player), "?"
		one := Fail
		if at := j.seating[i]; at >= 0 {
			if h, ok := j.bound(seat.Player, GameRegion(j.facts.Players[at].Toon)); ok {
				want[i] = h.Toon
			}
			found[i] = shown(j.facts.Players[at])
			one = j.identify(seat, j.facts.Players[at])
		}
		if one == Fail || one == Unknown && state == Pass {
			state = one
		}
	}
	j.line(CheckIdentity, state, strings.Join(want, " vs "), strings.Join(found, " vs "))
}

// identify says whether an account is a player's own, and notes what it found: who is
// identified, and what staff should see.
func (j *judge) identify(seat Seat, p FactPlayer) CheckState {
	id := seat.Player
	if p.Toon == "" {
		return Unknown
	}
	proved, named := j.proved(seat, p), j.player(id).declares(p.Name)
	owner, known := j.handle(p.Toon)
	switch {
	case known && owner.State == Contested:
		return Unknown // identifies nobody
	case known && owner.Player == id:
		j.out.Identified = append(j.out.Identified, Identified{Player: id, Toon: p.Toon, ByCode: proved})
		return Pass
	case known && owner.State == Proven:
		return j.conflict(Fail, id, p.Toon, owner.Player, BoundToOther)
	case known && proved:
		j.out.Identified = append(j.out.Identified, Identified{Player: id, Toon: p.Toon, ByCode: true})
		return j.conflict(Pass, id, p.Toon, owner.Player, ClaimedByTwo)
	case known && named:
		return j.conflict(Unknown, id, p.Toon, owner.Player, ClaimedByTwo)
	case known:
		return j.conflict(Fail, id, p.Toon, owner.Player, BoundToOther)
	}
	return j.firstUse(id, p, named, proved)
}

// firstUse is identify for an account that is bound to nobody.
func (j *judge) firstUse(id PlayerID, p FactPlayer, named, proved bool) CheckState {
	_, second := j.bound(id, GameRegion(p.Toon))
	if second && !named && !proved {
		return Fail // a stranger's account, where the player's own is known
	}
	if named || proved {
		j.out.Identified = append(j.out.Identified, Identified{Player: id, Toon: p.Toon, ByName: !proved, ByCode: proved})
	}
	switch {
	case second:
		return j.conflict(Unknown, id, p.Toon, 0, SecondHandle)
	case named || proved:
		return Pass
	}
	return Unknown
}

func (j *judge) conflict(state CheckState, id PlayerID, toon string, other PlayerID, kind ConflictKind) CheckState {
	j.out.Conflicts = append(j.out.Conflicts, Conflict{Toon: toon, Player: id, Other: other, Kind: kind})
	return state
}
