package web

import (
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/text"
)

// How much of strangers' words a page shows, in characters. Battle.net allows 12
// in a name and 6 in a clan tag, the game 255 in a line of chat.
const (
	maxPersonRunes  = 32
	maxTitleRunes   = 120
	maxWordRunes    = 32
	maxWarningRunes = 300
	maxChatRunes    = 300
)

// clean makes a replay's every word fit to be shown. A name of which nothing can
// be seen becomes empty, for which the pages have words.
func clean(r *replay.Replay) {
	tidy(maxTitleRunes, &r.Map.Title)
	tidy(maxWordRunes, &r.Version, &r.Region, &r.Speed, &r.Format)
	for i := range r.Players {
		p := &r.Players[i]
		tidy(maxPersonRunes, &p.Name, &p.Clan, &p.RaceName, &p.Commander)
	}
	for i := range r.Observers {
		o := &r.Observers[i]
		tidy(maxPersonRunes, &o.Name, &o.Clan)
	}
	for i := range r.Chat {
		line := &r.Chat[i]
		tidy(maxPersonRunes, &line.From)
		line.To = text.Or(line.To, maxWordRunes, "?")
		tidy(maxChatRunes, &line.Text)
	}
}

// cleanWarnings are warnings that are fit to be shown: they may quote the file.
func cleanWarnings(warnings []string) []string {
	clean := make([]string, len(warnings))
	for i, w := range warnings {
		clean[i] = text.Or(w, maxWarningRunes, "?")
	}
	return clean
}

func tidy(limit int, words ...*string) {
	for _, word := range words {
		*word = text.Or(*word, limit, "")
	}
}
