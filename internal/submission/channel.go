package submission

import "time"

// Channel is a Discord channel in which the bot was addressed.
type Channel struct {
	ID    string
	Guild string // empty: a direct-message channel
	Used  time.Time
}

// Command is what finds the reply to a Discord command when the id of its
// message is not known.
type Command struct {
	Interaction string // id of the command's interaction; empty: no command
	Application string // with Token, what reads and edits the reply
	Token       string // works for 15 minutes; a secret
	Part        int    // which of the command's replies: 0 is the response, others follow it
}

// Place is the channel of a request and true, unless it is not known whether that
// is a direct one.
func (r Request) Place() (Channel, bool) {
	return Channel{ID: r.Channel, Guild: r.Guild, Used: r.Received}, r.Guild != "" || r.Direct
}
