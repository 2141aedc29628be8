package ladder

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The world of the tests of Judge: ann plays BW Zerg against bob's Protoss, on a map and
// with a mod that are learnt.
const (
	ann, bob, eve = PlayerID(1), PlayerID(2), PlayerID(3)
	annToon       = "1-S2-1-11"
	bobToon       = "1-S2-1-22"
	eveToon       = "1-S2-1-33"
	mapHash       = "aa11"
	otherHash     = "bb22"
)

var (
	accepted = time.Date(2026, 5, 1, 20, 0, 0, 0, time.UTC)
	received = accepted.Add(15 * time.Minute)
)

// trial is what a test of Judge changes before it asks.
type trial struct {
	match    Match
	season   Season
	players  []Player
	facts    Facts
	known    Known
	received time.Time
}

func newTrial() *trial {
	winner, locked := 1, true
	return &trial{
		match: Match{
			ID: 7, State: MatchPlaying, Map: "Golden Wall SEL", MapHash: mapHash, Accepted: accepted,
			Seats: []Seat{{Player: ann, Team: 0, Race: BWZerg}, {Player: bob, Team: 1, Race: Protoss}},
		},
		season: Season{
			Rules: Rules{TeamSize: 1, ShortGame: Duration(2 * time.Minute), EarlyStart: Duration(time.Minute), ClockSkew: Duration(10 * time.Minute)},
			Maps:  []Map{{Title: "Golden Wall SEL", Hash: mapHash}, {Title: "Ruby Rock SEL", Hash: otherHash}, {Title: "Mothership SEL"}},
			Base:  []string{"b1", "b2", "b3", "b4", "b5"}, Tilesets: []string{"t1"}, Art: []string{"art1"},
			Releases: []Release{
				{Name: "1.0", Handles: map[string][]string{"us": {"m1", "m2"}}},
				{Name: "1.1", Handles: map[string][]string{"us": {"m1", "m3"}}},
			},
		},
		players: []Player{{ID: ann, BattleTag: "Ann#1234"}, {ID: bob, BattleTag: "Bob#1234", Aliases: []string{"Bobby"}}},
		facts: Facts{
			Identity: "game1", Format: "1v1", Region: "us", MapTitle: "Golden Wall SEL", MapHash: mapHash,
			Players: []FactPlayer{{Name: "Bob", Toon: bobToon, Team: 2, Race: Protoss}, {Name: "Ann", Toon: annToon, Team: 1, Race: BWZerg}},
			Handles: []string{"b1", "b2", "b3", "b4", "b5", "m1", "m2", "t1", mapHash},
			Length:  12 * time.Minute, EndedAt: accepted.Add(13 * time.Minute), Speed: "Faster", Privacy: "normal", Locked: &locked,
			Winner: &winner, WinnerSource: "metadata",
		},
		received: received,
	}
}

func (c *trial) judge() Judgement {
	return Judge(c.match, c.season, c.players, c.facts, c.known, c.received)
}

// state is what a check came to.
func state(j Judgement, code Code) CheckState {
	i := slices.IndexFunc(j.Evidence, func(e Evidence) bool { return e.Code == code })
	if i < 0 {
		return ""
	}
	return j.Evidence[i].State
}

func found(j Judgement, code Code) string {
	i := slices.IndexFunc(j.Evidence, func(e Evidence) bool { return e.Code == code })
	return j.Evidence[i].Found
}

func TestAGameOfTheMatchIsVerified(t *testing.T) {
	t.Parallel()
	j := newTrial().judge()
	if j.Verdict != Verified || j.Result != Team0 || j.Length != 12*time.Minute || len(j.Confirm) > 0 || len(j.Conflicts) > 0 {
		t.Fatalf("%+v", j)
	}
	var codes []Code
	for _, e := range j.Evidence {
		codes = append(codes, e.Code)
		if e.State != Pass && e.State != Info || e.Expected == "" || e.Found == "" {
			t.Errorf("%+v", e)
		}
	}
	if diff := cmp.Diff(Codes, codes); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
	want := []Identified{{Player: ann, Toon: annToon, ByName: true}, {Player: bob, Toon: bobToon, ByName: true}}
	if diff := cmp.Diff(want, j.Identified); diff != "" {
		t.Errorf("identified (-want +got):\n%s", diff)
	}
}

func TestWhatAReplayDoesNotShowRefusesOrWaits(t *testing.T) {
	t.Parallel()
	draw := func(c *trial) { c.facts.Winner, c.facts.Draw = nil, true }
	for name, test := range map[string]struct {
		change  func(c *trial)
		code    Code
		state   CheckState
		verdict Verdict
	}{
		"another map":           {func(c *trial) { c.facts.MapHash, c.facts.MapTitle = otherHash, "Ruby Rock SEL" }, CheckMap, Fail, Refused},
		"a copy of the map":     {func(c *trial) { c.facts.MapHash = "cc33" }, CheckMap, Fail, Refused},
		"the map in Korean":     {func(c *trial) { c.facts.MapTitle = "골든 월 SEL" }, CheckMap, Pass, Verified},
		"no map":                {func(c *trial) { c.facts.MapHash, c.facts.MapTitle = "", "" }, CheckMap, Unknown, Inconclusive},
		"forged lobby":          {func(c *trial) { c.facts.Handles = slices.Insert(c.facts.Handles, 7, "evil") }, CheckMod, Fail, Refused},
		"two releases in one":   {func(c *trial) { c.facts.Handles = slices.Insert(c.facts.Handles, 7, "m3") }, CheckMod, Fail, Refused},
		"half a release":        {func(c *trial) { c.facts.Handles = slices.Delete(c.facts.Handles, 5, 6) }, CheckMod, Fail, Refused},
		"another map's file":    {func(c *trial) { c.facts.Handles = slices.Insert(c.facts.Handles, 7, otherHash) }, CheckMod, Fail, Refused},
		"the older release":     {func(c *trial) { c.facts.Handles[6] = "m3" }, CheckMod, Pass, Verified},
		"art of a map":          {func(c *trial) { c.facts.Handles = slices.Insert(c.facts.Handles, 8, "art1") }, CheckMod, Pass, Verified},
		"an unlearnt region":    {func(c *trial) { c.facts.Region = "kr" }, CheckMod, Unknown, Inconclusive},
		"no region":             {func(c *trial) { c.facts.Region, c.facts.Handles = "", nil }, CheckMod, Unknown, Inconclusive},
		"before the match":      {func(c *trial) { c.received = accepted.Add(10 * time.Minute) }, CheckTime, Fail, Refused},
		"a little early":        {func(c *trial) { c.received = accepted.Add(11 * time.Minute) }, CheckTime, Pass, Verified},
		"on record before":      {func(c *trial) { c.known.First = accepted.Add(10 * time.Minute) }, CheckTime, Fail, Refused},
		"on record since":       {func(c *trial) { c.known.First = accepted.Add(11 * time.Minute) }, CheckTime, Pass, Verified},
		"yesterday's game":      {func(c *trial) { c.facts.EndedAt = accepted.Add(-24 * time.Hour) }, CheckEnd, Unknown, NeedsConfirmation},
		"a clock in the future": {func(c *trial) { c.facts.EndedAt = received.Add(time.Hour) }, CheckEnd, Unknown, NeedsConfirmation},
		"no clock":              {func(c *trial) { c.facts.EndedAt = time.Time{} }, CheckEnd, Unknown, NeedsConfirmation},
		"resumed":               {func(c *trial) { c.facts.Resumed = true }, CheckFormat, Fail, Refused},
		"with AI":               {func(c *trial) { c.facts.Players[1].AI = true }, CheckFormat, Fail, Refused},
		"2v2":                   {func(c *trial) { c.facts.Format = "2v2" }, CheckFormat, Fail, Refused},
		"with an observer":      {func(c *trial) { c.facts.Observers = 1 }, CheckWatchers, Info, Verified},
		"slower":                {func(c *trial) { c.facts.Speed = "Normal" }, CheckSpeed, Info, Verified},
		"no winner":             {func(c *trial) { c.facts.Winner = nil }, CheckWinner, Unknown, Inconclusive},
		"a likely winner":       {func(c *trial) { c.facts.WinnerSource = "guess" }, CheckWinner, Unknown, Inconclusive},
		"a contradiction":       {func(c *trial) { c.facts.Contradiction = "metadata says Ann, details say Bob" }, CheckWinner, Fail, Refused},
		"a draw":                {draw, CheckWinner, Pass, Verified},
		"20 seconds":            {func(c *trial) { c.facts.Length = 20 * time.Second; c.facts.EndedAt = received }, CheckLength, Fail, NeedsConfirmation},
		"decided another match": {func(c *trial) { c.known.Games = map[string]MatchID{"game1": 6} }, CheckNovelty, Fail, Refused},
		"decided this match":    {func(c *trial) { c.known.Games = map[string]MatchID{"game1": 7} }, CheckNovelty, Pass, Verified},
		"no identity":           {func(c *trial) { c.facts.Identity = "" }, CheckNovelty, Unknown, Inconclusive},
		"the other BW race":     {func(c *trial) { c.facts.Players[1].Race = BWTerran }, CheckRaces, Fail, Refused},
		"SC2 instead of BW":     {func(c *trial) { c.facts.Players[1].Race = Zerg }, CheckRaces, Fail, Refused},
		"a race of the map's":   {func(c *trial) { c.facts.Players[1].Race = "" }, CheckRaces, Fail, Refused},
		"races swapped":         {func(c *trial) { p := c.facts.Players; p[0].Race, p[1].Race = p[1].Race, p[0].Race }, CheckRaces, Fail, Refused},
		"not accepted":          {func(c *trial) { c.match.Accepted = time.Time{} }, CheckTime, Unknown, Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newTrial()
			test.change(c)
			j := c.judge()
			if got := state(j, test.code); got != test.state || j.Verdict != test.verdict {
				t.Errorf("%s is %s, verdict %s; want %s, %s\n%+v", test.code, got, j.Verdict, test.state, test.verdict, j.Evidence)
			}
			if wait := j.Verdict == NeedsConfirmation; wait != (len(j.Confirm) > 0) {
				t.Errorf("verdict %s, to confirm: %v", j.Verdict, j.Confirm)
			}
		})
	}
}

func TestAForgedLobbyIsNamedByItsFile(t *testing.T) {
	t.Parallel()
	c := newTrial()
	c.facts.Handles = slices.Insert(c.facts.Handles, 7, "evil")
	if diff := cmp.Diff(ModCheck{State: Fail, Release: "1.0", Region: "us", Unknown: []string{"evil"}}, c.season.CheckMod(c.facts)); diff != "" {
		t.Error(diff)
	}
	if text := found(c.judge(), CheckMod); !strings.Contains(text, "evil") {
		t.Errorf("the line does not name the file: %s", text)
	}
}
