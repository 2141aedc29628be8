package replay

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// TestArchon writes a game of two armies with two people each: all four are in
// the player list, metadata and tracker know two players.
func TestArchon(t *testing.T) {
	file := replaytest.Game{
		Players: []replaytest.Player{
			{Name: "Lead", Race: replaytest.Zerg},
			{Name: "Follow", Race: replaytest.Zerg},
			{Name: "Chief", Race: replaytest.Protoss, Team: 1},
			{Name: "Deputy", Race: replaytest.Protoss, Team: 1},
		},
	}.File()
	for i, leader := range []int{stream.Absent, 0, stream.Absent, 2} {
		file.InitData.Lobby.Slots[i].TandemLeaderID = leader
		file.InitData.Lobby.Slots[i].TandemID = i
	}
	file.Metadata = []byte(`{"Players": [
		{"PlayerID": 1, "APM": 300, "Result": "Loss", "SelectedRace": "Zerg", "AssignedRace": "Zerg"},
		{"PlayerID": 2, "APM": 400, "Result": "Win", "SelectedRace": "Rand", "AssignedRace": "Prot"}]}`)
	file.Tracker = append(file.Tracker[:0:0],
		stream.TrackerEvent{Kind: stream.PlayerSetup, Player: 1, Setup: stream.Setup{Type: 1, User: 0, Slot: 0}},
		stream.TrackerEvent{Kind: stream.PlayerSetup, Player: 2, Setup: stream.Setup{Type: 1, User: 2, Slot: 2}},
		stream.TrackerEvent{Kind: stream.UnitBorn, Unit: stream.Unit{
			Tag: stream.NewUnitTag(2, 1), Type: "Hatchery", ControlPlayer: 1, UpkeepPlayer: 1,
		}},
		stream.TrackerEvent{Kind: stream.UnitInit, Loop: 500, Unit: stream.Unit{
			Tag: stream.NewUnitTag(1, 1), Type: "Gateway", ControlPlayer: 2, UpkeepPlayer: 2,
		}},
	)
	r, err := Parse(t.Context(), file.Bytes(), Options{Timeline: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, p := range r.Players {
		got = append(got, fmt.Sprintf("%s %d %s %s %s %d", p.Name, p.Team, p.Race, p.PickedRace, p.Result, len(r.Timeline.Players[i].BuildOrder)))
		if p.APM == nil || *p.APM == 300 || *p.APM == 400 {
			t.Errorf("%s: APM %v is the army's", p.Name, p.APM)
		}
	}
	want := []string{
		"Lead 1 zerg zerg loss 0", "Follow 1 zerg zerg loss 0",
		"Chief 2 protoss random win 1", "Deputy 2 protoss random win 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r.Format != "archon" || r.WinnerTeam == nil || *r.WinnerTeam != 2 || len(r.Warnings) != 0 {
		t.Errorf("format %s, winner %v, warnings %q", r.Format, r.WinnerTeam, r.Warnings)
	}
}
