package ladder

import "time"

// earliest is the first of the moments that are set; zero if none is.
func earliest(moments ...time.Time) time.Time {
	var first time.Time
	for _, m := range moments {
		if !m.IsZero() && (first.IsZero() || m.Before(first)) {
			first = m
		}
	}
	return first
}

// due is when an entry next has something to do. While it is offered or matched that is
// the match's.
func (e Entry) due(r Rules) time.Time {
	if e.State != Searching {
		return time.Time{}
	}
	if e.Reminded {
		return e.Deadline
	}
	return earliest(e.remindAt(r), e.Deadline)
}

// remindAt is when the players are reminded that their search ends.
func (e Entry) remindAt(r Rules) time.Time {
	return after(e.Deadline, r.SearchReminder-r.Search)
}

// due is when a match next has something to do: never when it is final, void or lapsed.
func (m Match) due(r Rules) time.Time {
	switch m.State {
	case MatchOffered:
		var first time.Time
		for _, s := range m.Seats {
			first = earliest(first, s.due(r))
		}
		return first
	case MatchPlaying:
		return earliest(m.Deadline, m.AbsentBy, m.uploadReminder(r))
	case MatchDisputed:
		return m.disputeReminder(r)
	default:
		return time.Time{}
	}
}

// due is when an offer to a player has something to do.
func (s Seat) due(r Rules) time.Time {
	switch {
	case s.Answer != NoAnswer:
		return time.Time{}
	case s.Delivered.IsZero() || s.Reminded:
		return s.AnswerBy
	default:
		return earliest(s.remindAt(r), s.AnswerBy)
	}
}

// remindAt is when a player is reminded of an offer that was delivered.
func (s Seat) remindAt(r Rules) time.Time {
	return after(s.AnswerBy, r.OfferReminder-r.Offer)
}

// uploadReminder is when the players are asked for a replay; zero once they were.
func (m Match) uploadReminder(r Rules) time.Time {
	if m.UploadReminded {
		return time.Time{}
	}
	return m.begun(r.UploadReminder)
}

// begun is a moment of play, without the outages since.
func (m Match) begun(d Duration) time.Time { return after(m.Accepted, d).Add(m.Outage) }

// disputeReminder is when staff are next reminded: after an hour, then daily.
func (m Match) disputeReminder(r Rules) time.Time {
	const day = 24 * time.Hour
	if m.DisputeReminded == 0 {
		return after(m.DisputedAt, r.DisputeReminder)
	}
	return m.DisputedAt.Add(time.Duration(m.DisputeReminded) * day)
}
