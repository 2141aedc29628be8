package stream

import (
	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
	"github.com/evoladder/evoladderbot/internal/replay/protocol"
)

// Message is something a user said or showed. Progress of loading and the
// like is left out.
type Message struct {
	Loop      int
	User      int // user id; player id before build 24247
	Recipient int // 0 all, 1 allies, 2 individual, 3 battle.net, 4 observers
	Text      string
	IsPing    bool
	X, Y      int // of a ping, in 1/4096 cells
}

// maxMessages bounds the messages that are kept. A long game has hundreds;
// each may become a kilobyte of JSON by its sender's name alone.
const maxMessages = 1 << 13

// readMessages decodes a message stream. On error it returns the messages
// before it.
func readMessages(p *protocol.Protocol, data []byte) ([]Message, error) {
	var all []Message
	s := bitstream.NewPacked(data)
	loop := 0
	for !s.Done() {
		loop = wrap(loop + delta(&s, p.Delta))
		user := int(s.Int(p.User))
		e := p.Message.ByID(s.Int(p.Message.ID))
		if e == nil || s.Err() != nil {
			s.Fail("no such message")
			break
		}
		m := Message{Loop: loop, User: user, IsPing: e.Name == protocol.PingMessage}
		if m.IsPing || e.Name == protocol.ChatMessage {
			m.read(&s, e.Type)
		} else {
			s.Skip(e.Type)
		}
		s.Align()
		if s.Err() != nil {
			break
		}
		if len(all) == maxMessages {
			s.Fail("too many messages")
			break
		}
		if m.IsPing || e.Name == protocol.ChatMessage {
			all = append(all, m)
		}
	}
	return all, s.Err()
}

func (m *Message) read(s *bitstream.Packed, t *bitstream.Type) {
	for i := range t.Fields {
		f := &t.Fields[i]
		switch f.Name {
		case protocol.Recipient:
			m.Recipient = int(s.Int(f.Type))
		case protocol.String:
			m.Text = string(s.Blob(f.Type))
		case protocol.Point:
			var at Point
			at.read(s, f.Type)
			m.X, m.Y = at.X, at.Y
		default:
			s.Skip(f.Type)
		}
	}
}

// delta reads the time since the event before, in game loops.
func delta(s *bitstream.Packed, t *bitstream.Type) int {
	return int(s.Int(s.Choice(t).Type))
}

// wrap keeps a loop to the 32 bits that the game counts with: after a game was
// loaded the count goes back, by a delta that overflows.
func wrap(loop int) int { return int(uint32(loop)) }
