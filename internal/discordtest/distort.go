package discordtest

import (
	"bytes"
	"encoding/json"
)

// ListedMessage names the messages in the lists that REST answers with, for
// [Server.Distort].
const ListedMessage = "message in a list"

// Distort lets change rewrite, from now on, all values that the server sends under
// a name, which is that of an event or [ListedMessage]: for what the bot does not
// know yet, as Discord adds things. What change returns is sent. A nil change ends it.
func (s *Server) Distort(name string, change func(data map[string]any) any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.distort[name] = change
}

// distorted is a value as it is sent under a name. s.mu is held.
func (s *Server) distorted(name string, value json.RawMessage) json.RawMessage {
	change := s.distort[name]
	if change == nil {
		return value
	}
	numbers := json.NewDecoder(bytes.NewReader(value))
	numbers.UseNumber()
	var data map[string]any
	if err := numbers.Decode(&data); err != nil {
		panic("discordtest: a value that is no object cannot be distorted: " + err.Error())
	}
	return encode(change(data))
}
