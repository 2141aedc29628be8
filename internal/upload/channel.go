package upload

import (
	"time"

	"github.com/evoladder/evoladderbot/internal/snowflake"
)

// Channel is a Discord channel in which the bot was addressed.
type Channel struct {
	ID    snowflake.ChannelID
	Guild snowflake.GuildID // empty: a direct-message channel
	Used  time.Time
}

// UsedChannel is the channel of a pending upload and true, unless it is not known whether that
// is a direct one.
func (r Pending) UsedChannel() (Channel, bool) {
	return Channel{ID: r.Channel, Guild: r.Guild, Used: r.Received}, r.Guild != "" || r.Direct
}
