package replay

// contradictions are the sources that name another result than the one that settled it.
// In a file as the game wrote it there are none; but files are not signed, and the game's
// summary is easier to edit than the events.
func (m *meaning) contradictions(r *Replay) []WinnerSource {
	found := []WinnerSource{}
	if m.coop() {
		return found // whose lobby teams mean nothing
	}
	for i := range r.Players {
		written, listed := m.metadataResult(i), m.detailsResult(i)
		if written != listed && written != Undecided && listed != Undecided {
			found = append(found, WinnerFromDetails)
			break
		}
	}
	wrote := r.WinnerSource == WinnerFromMetadata || r.WinnerSource == WinnerFromDetails
	if wrote && m.winnersGaveUp(r) {
		found = append(found, WinnerFromLeaves)
	}
	return found
}

// winnersGaveUp reports whether all of the one of two teams that is said to have won left
// while the game was still undecided and the others stayed. Who wins leaves afterwards:
// the game stops counting when it is decided, and that is some seconds before.
func (m *meaning) winnersGaveUp(r *Replay) bool {
	if r.WinnerTeam == nil || !m.game.read || !m.tracker.read || len(countTeams(r.Players)) != 2 {
		return false
	}
	won, lost := int64(0), int64(0) // when the last of each side left
	for i, p := range r.Players {
		left := m.game.left(m.eventID(&m.people[i]), r.Loops+1)
		switch {
		case p.AI:
			return false
		case p.Team == *r.WinnerTeam:
			won = max(won, left)
		default:
			lost = max(lost, left)
		}
	}
	end := m.endOfStatistics(r)
	return won < lost && won <= r.Loops && (won <= end || end == 0 && won < r.Loops)
}
