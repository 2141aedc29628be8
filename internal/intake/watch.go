package intake

import (
	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/quota"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// nearQuota is the part of a server's quota, in tenths, from which the operator
// is notified.
const nearQuota = 8

// What the operator is warned about; these are also values of a metric's label.
const (
	WarnGuild = "guild" // a server has used much of its quota, or its members their shares
	WarnJunk  = "junk"  // a user sends files that are no replays, one after the other
)

// watch tells the operator of a server near its quota and of a user who sends
// junk, once an hour each. refused is what was decided about the u.
func (in *Intake) watch(u upload.Incoming, used quota.Usage, refused error) {
	var why phrase.Key
	if found := failure.Find(refused); found != nil {
		why = found.Text.Key
	}
	limit := in.quota.GuildHour
	near := limit > 0 && used.Guild*10 >= limit*nearQuota
	switch {
	case why == phrase.LimitedJunk:
		if in.first(WarnJunk, string(u.Uploader)) {
			in.log.Warn("a user sends files that are no replays; further ones are refused for a while",
				"uploader", u.Uploader, "guild", u.Guild, "limit", in.quota.PlayerJunk)
		}
	case u.Guild != "" && (near || why == phrase.LimitedGuild || why == phrase.LimitedShare):
		if in.first(WarnGuild, string(u.Guild)) {
			in.log.Warn("a Discord server has used much of its hourly quota; members are held to their shares",
				"guild", u.Guild, "used", used.Guild, "limit", limit, "uploader", u.Uploader, "uploads_of_uploader", used.Here)
		}
	}
}

// first says whether this is the first warning of its kind about somebody in
// an hour, and counts it.
func (in *Intake) first(about, who string) bool {
	if in.warnings.wait(about+" "+who, in.now()) > 0 {
		return false
	}
	if in.warned != nil {
		in.warned(about)
	}
	return true
}
