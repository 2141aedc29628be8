package replay

import (
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// chat is what was written, in the order it was.
func (m *meaning) chat() []Chat {
	lines := []Chat{}
	for _, message := range m.raw.messages {
		if message.IsPing {
			continue
		}
		loop := int64(message.Loop)
		i := m.people.index(message.User, m.raw.byUser)
		watches := i != none && m.people[i].entry == nil
		lines = append(lines, Chat{
			Loop: loop, Seconds: m.clock.Seconds(loop),
			From: m.nameAt(message.User, loop), To: audience(message.Recipient, watches),
			Text: stream.CleanText(message.Text),
		})
	}
	return lines
}

// audience names NNet.Game.EMessageRecipient: 0 all, 1 allies, 2 individual,
// 3 Battle.net, 4 observers. An observer's allies are the observers.
func audience(recipient int, watches bool) string {
	switch {
	case recipient == 4 || recipient == 1 && watches:
		return "observers"
	case recipient == 0:
		return "all"
	}
	return "allies"
}

// leaves are those who left before the end, and the recorder.
func (m *meaning) leaves() []Leave {
	leaves := []Leave{}
	for _, leave := range m.game.leaves {
		i := m.people.index(leave.user, m.raw.byUser)
		leaves = append(leaves, Leave{
			Loop: leave.loop, Name: m.nameAt(leave.user, leave.loop),
			Player: i != none && m.people[i].entry != nil,
		})
	}
	return leaves
}

// nameAt is who stood behind a user at a loop: in a game resumed from a
// replay somebody else may have sat down.
func (m *meaning) nameAt(user int, loop int64) string {
	name := ""
	if i := m.people.index(user, m.raw.byUser); i != none {
		name = m.people[i].name
	}
	for _, resumed := range m.game.resumed {
		if loop < resumed.loop {
			break
		}
		if taken, ok := resumed.names[user]; ok {
			name = taken
		}
	}
	return name
}
