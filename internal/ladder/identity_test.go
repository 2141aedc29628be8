package ladder

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func handleOf(toon string, to PlayerID, state HandleState) Handle {
	return Handle{Toon: toon, Region: GameRegion(toon), Player: to, State: state}
}

// TestWhoseAccountItIs changes bob's account or what is known of it.
func TestWhoseAccountItIs(t *testing.T) {
	t.Parallel()
	const other = "1-S2-1-99"
	bobs := func(c *trial) *FactPlayer { return &c.facts.Players[0] }
	for name, test := range map[string]struct {
		change   func(c *trial)
		state    CheckState
		verdict  Verdict
		bob      *Identified // nil: not identified
		conflict *Conflict
	}{
		"a first use by the BattleTag's name": {
			func(c *trial) {}, Pass, Verified, &Identified{Toon: bobToon, ByName: true}, nil,
		},
		"a first use by an alias, in other letters": {
			func(c *trial) { bobs(c).Name = "bOBBY" }, Pass, Verified, &Identified{Toon: bobToon, ByName: true}, nil,
		},
		"a name with what prints nothing": {
			func(c *trial) { bobs(c).Name = "Bob\u200b" }, Pass, Verified, &Identified{Toon: bobToon, ByName: true}, nil,
		},
		"a first use by another name": {
			func(c *trial) { bobs(c).Name = "Zorro" }, Unknown, NeedsConfirmation, nil, nil,
		},
		"an account that is bound": {
			func(c *trial) {
				bobs(c).Name, c.known.Handles = "Zorro", []Handle{handleOf(bobToon, bob, Provisional)}
			}, Pass, Verified, &Identified{Toon: bobToon}, nil,
		},
		"a stranger, where bob's own is bound": {
			func(c *trial) { bobs(c).Name, c.known.Handles = "Zorro", []Handle{handleOf(other, bob, Provisional)} }, Fail, Refused, nil, nil,
		},
		"a stranger, where bob's own of another region is bound": {
			func(c *trial) { bobs(c).Name, c.known.Handles = "Zorro", []Handle{handleOf("2-S2-1-99", bob, Proven)} }, Unknown, NeedsConfirmation, nil, nil,
		},
		"a second account in the region": {
			func(c *trial) { c.known.Handles = []Handle{handleOf(other, bob, Proven)} },
			Unknown, NeedsConfirmation, &Identified{Toon: bobToon, ByName: true}, &Conflict{Toon: bobToon, Player: bob, Kind: SecondHandle},
		},
		"an account of somebody else's": {
			func(c *trial) { bobs(c).Name, c.known.Handles = "Eve", []Handle{handleOf(bobToon, eve, Provisional)} },
			Fail, Refused, nil, &Conflict{Toon: bobToon, Player: bob, Other: eve, Kind: BoundToOther},
		},
		"a proven account of somebody else's, by name": {
			func(c *trial) { c.known.Handles = []Handle{handleOf(bobToon, eve, Proven)} },
			Fail, Refused, nil, &Conflict{Toon: bobToon, Player: bob, Other: eve, Kind: BoundToOther},
		},
		"an account that somebody claimed by collusion": {
			func(c *trial) { c.known.Handles = []Handle{handleOf(bobToon, eve, Provisional)} },
			Unknown, NeedsConfirmation, nil, &Conflict{Toon: bobToon, Player: bob, Other: eve, Kind: ClaimedByTwo},
		},
		"the same, proved in the game's chat": {
			func(c *trial) {
				c.known.Handles = []Handle{handleOf(bobToon, eve, Provisional)}
				c.facts.Chat = []FactChat{{Toon: bobToon, Text: " " + strings.ToUpper(ProofCode(7, bob))}}
			}, Pass, Verified, &Identified{Toon: bobToon, ByCode: true}, &Conflict{Toon: bobToon, Player: bob, Other: eve, Kind: ClaimedByTwo},
		},
		"a code does not take a proven account": {
			func(c *trial) {
				c.known.Handles = []Handle{handleOf(bobToon, eve, Proven)}
				c.facts.Chat = []FactChat{{Toon: bobToon, Text: ProofCode(7, bob)}}
			}, Fail, Refused, nil, &Conflict{Toon: bobToon, Player: bob, Other: eve, Kind: BoundToOther},
		},
		"a code from another account, of another match or player": {
			func(c *trial) {
				bobs(c).Name = "Zorro"
				c.facts.Chat = []FactChat{{Toon: annToon, Text: ProofCode(7, bob)}, {Toon: bobToon, Text: ProofCode(6, bob)}, {Toon: bobToon, Text: ProofCode(7, eve)}}
			}, Unknown, NeedsConfirmation, nil, nil,
		},
		"a code under another name": {
			func(c *trial) {
				bobs(c).Name = "Zorro"
				c.facts.Chat = []FactChat{{Toon: bobToon, Text: ProofCode(7, bob)}}
			}, Pass, Verified, &Identified{Toon: bobToon, ByCode: true}, nil,
		},
		"an opponent who types the code to spoil the game": {
			func(c *trial) {
				bobs(c).Name, c.facts.Players[1].Name = "Zorro", "Nobody"
				c.known.Handles = []Handle{handleOf(annToon, ann, Proven), handleOf(bobToon, bob, Proven)}
				c.facts.Chat = []FactChat{{Toon: annToon, Text: ProofCode(7, bob)}}
			}, Pass, Verified, &Identified{Toon: bobToon}, nil,
		},
		"a contested account": {
			func(c *trial) { c.known.Handles = []Handle{handleOf(bobToon, bob, Contested)} }, Unknown, NeedsConfirmation, nil, nil,
		},
		"no account at all": {
			func(c *trial) { bobs(c).Toon = "" }, Unknown, NeedsConfirmation, nil, nil,
		},
		"a shared display name": {
			func(c *trial) { bobs(c).Name, c.players[1].Aliases = "Ann", []string{"ann"} }, Pass, Verified, &Identified{Toon: bobToon, ByName: true}, nil,
		},
		"both accounts bound the other way round": {
			func(c *trial) {
				c.known.Handles = []Handle{handleOf(bobToon, ann, Proven), handleOf(annToon, bob, Proven)}
			}, Pass, Refused, &Identified{Toon: annToon}, nil, // whose races then are wrong
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newTrial()
			test.change(c)
			j := c.judge()
			if got := state(j, CheckIdentity); got != test.state || j.Verdict != test.verdict {
				t.Errorf("identity is %s, verdict %s; want %s, %s\n%+v", got, j.Verdict, test.state, test.verdict, j.Evidence)
			}
			var want []Conflict
			if test.conflict != nil {
				want = append(want, *test.conflict)
			}
			if diff := cmp.Diff(want, j.Conflicts); diff != "" {
				t.Errorf("conflicts (-want +got):\n%s", diff)
			}
			var found *Identified
			for _, i := range j.Identified {
				if i.Player == bob {
					found = &i
				}
			}
			if test.bob != nil {
				test.bob.Player = bob
			}
			if diff := cmp.Diff(test.bob, found); diff != "" {
				t.Errorf("bob (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAGameOfOthersLeavesTheMatchAlone(t *testing.T) {
	t.Parallel()
	c := newTrial()
	c.facts.Players[0].Name, c.facts.Players[0].Toon = "Zorro", "1-S2-1-77"
	c.facts.Players[1].Name, c.facts.Players[1].Toon = "Eve", eveToon
	j := c.judge()
	if j.Verdict != Unrelated || len(j.Evidence) != 1 || j.Result != NoResult {
		t.Errorf("%+v", j)
	}
	c.known.Handles = []Handle{handleOf(eveToon, ann, Provisional)}
	if j := c.judge(); j.Verdict == Unrelated {
		t.Error("ann's account does not relate the game to the match")
	}
	c.facts.Players = nil
	if j := c.judge(); j.Verdict != Unrelated {
		t.Errorf("a game of nobody: %+v", j)
	}
}

// TestYesterdaysGameWithAFriendIsNotTheMatch: ann played, and not against bob.
func TestYesterdaysGameWithAFriendIsNotTheMatch(t *testing.T) {
	t.Parallel()
	c := newTrial()
	c.facts.Players[0].Name, c.facts.Players[0].Toon = "Zorro", "1-S2-1-77"
	c.known.Handles = []Handle{handleOf(annToon, ann, Proven), handleOf(bobToon, bob, Proven)}
	if j := c.judge(); j.Verdict != Refused || state(j, CheckIdentity) != Fail {
		t.Errorf("%+v", j)
	}
}

// TestTwoFilesOfOneGame: the first leaver's recording is shorter, and it is one game.
func TestTwoFilesOfOneGame(t *testing.T) {
	t.Parallel()
	long, short := newTrial(), newTrial()
	short.facts.Length -= 3 * time.Minute
	a, b := long.judge(), short.judge()
	if a.Verdict != Verified || b.Verdict != Verified || a.Result != b.Result {
		t.Errorf("%s %s and %s %s", a.Verdict, a.Result, b.Verdict, b.Result)
	}
	short.match.ID, short.known.Games = 8, map[string]MatchID{long.facts.Identity: 7}
	if j := short.judge(); state(j, CheckNovelty) != Fail || j.Verdict != Refused {
		t.Errorf("the shorter file counts for another match: %+v", j)
	}
}

func TestTheResultIsTheMatchsTeams(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		winner int
		want   Result
	}{{1, Team0}, {2, Team1}} {
		c := newTrial()
		c.facts.Winner = &test.winner
		if j := c.judge(); j.Result != test.want {
			t.Errorf("team %d of the game won: %s, want %s", test.winner, j.Result, test.want)
		}
	}
	c := newTrial()
	stranger := 5
	c.facts.Winner = &stranger
	if j := c.judge(); j.Result != NoResult || j.Verdict != Inconclusive {
		t.Errorf("a team that there is not won: %s, %s", j.Result, j.Verdict)
	}
}

// FuzzJudge: whatever a file says, a verdict comes, and it is not Verified for others' games.
func FuzzJudge(f *testing.F) {
	f.Add("Ann", annToon, "Bob", bobToon, "1v1", 1, int64(time.Minute), uint8(2))
	f.Add("", "", "Bob", "1-S2-1-x", "", -3, int64(-1), uint8(9))
	f.Fuzz(func(t *testing.T, a, toonA, b, toonB, format string, winner int, length int64, n uint8) {
		c := newTrial()
		c.facts.Format, c.facts.Winner, c.facts.Length = format, &winner, time.Duration(length)
		c.facts.Players = nil
		for i := range int(n % 20) {
			p := FactPlayer{Name: a, Toon: toonA, Team: i, Race: BWZerg}
			if i%2 == 1 {
				p = FactPlayer{Name: b, Toon: toonB, Team: i, Race: Protoss}
			}
			c.facts.Players = append(c.facts.Players, p)
		}
		j := c.judge()
		if j.Verdict == "" || j.Verdict == Verified && (len(c.facts.Players) != 2 || format != "1v1" || j.Result == NoResult) {
			t.Errorf("%+v", j)
		}
	})
}
