package replay

import (
	"strings"
	"unicode/utf8"
)

// What a Replay may hold, whatever its file says: a few kilobytes can unpack to
// megabytes of words, which are stored, sent and shown. What is over a budget is
// left out from its end, and a total says how much there was.
const (
	// MaxChat bounds the lines of chat. The most talkative of some hundred real
	// replays, a tournament's with its observers, has 880.
	MaxChat = 1000
	// MaxChatBytes bounds their texts and names together, as JSON has them. The
	// same replay has 18 kB.
	MaxChatBytes = 32 << 10
	// MaxPeople bounds players and observers each; a lobby seats 16 of both
	// together, and 32 users can be in a game.
	MaxPeople = 32
	// MaxWarnings bounds the remarks on one file. No real one has three.
	MaxWarnings = 16
	// MaxHandles bounds the dependencies; real games have up to 15.
	MaxHandles = 64
	// MaxNameBytes bounds a name, a clan, a race, an account: Battle.net allows
	// 12 letters of up to 4 bytes.
	MaxNameBytes = 96
	// MaxTextBytes bounds a map's title, a warning, a line of chat. The game's
	// own chat line ends at 255 letters.
	MaxTextBytes = 1024
)

// Bound holds r to the budgets. It changes nothing that is within them, so that
// an old result may be bounded when it is read again.
func (r *Replay) Bound() {
	r.ChatTotal = max(r.ChatTotal, len(r.Chat))
	r.ObserversTotal = max(r.ObserversTotal, len(r.Observers))
	r.WarningsTotal = max(r.WarningsTotal, len(r.Warnings))
	r.Players = first(r.Players, MaxPeople)
	r.Observers = first(r.Observers, MaxPeople)
	r.Warnings = first(r.Warnings, MaxWarnings)
	r.WarningKeys = first(r.WarningKeys, MaxWarnings)
	r.Leaves = first(r.Leaves, maxLeaves)
	if extra := len(r.CacheHandles) - MaxHandles; extra > 0 {
		r.CacheHandles = r.CacheHandles[extra:] // the last is the map
	}
	r.boundTexts()
	r.boundChat()
}

// first is up to limit of all, without a hold on the rest.
func first[T any](all []T, limit int) []T {
	if len(all) <= limit {
		return all
	}
	return append([]T(nil), all[:limit]...)
}

func (r *Replay) boundTexts() {
	shorten(MaxTextBytes, &r.Map.Title)
	shorten(MaxNameBytes, &r.Version, &r.Region, &r.Map.SHA256, &r.Speed, &r.Format, &r.GameID, &r.Settings.Privacy, &r.Settings.ObserversAllowed)
	for i := range r.Players {
		p := &r.Players[i]
		shorten(MaxNameBytes, &p.Name, &p.Clan, &p.Toon, &p.RaceName, &p.Commander, &p.Color)
	}
	for i := range r.Observers {
		o := &r.Observers[i]
		shorten(MaxNameBytes, &o.Name, &o.Clan, &o.Toon)
	}
	for i := range r.Leaves {
		shorten(MaxNameBytes, &r.Leaves[i].Name)
	}
	for i := range r.Warnings {
		shorten(MaxTextBytes, &r.Warnings[i])
	}
	for _, warning := range r.WarningKeys {
		for name, value := range warning.Args {
			shorten(MaxTextBytes, &value)
			warning.Args[name] = value
		}
	}
	for i := range r.CacheHandles {
		shorten(MaxNameBytes, &r.CacheHandles[i])
	}
}

func (r *Replay) boundChat() {
	r.Chat = first(r.Chat, MaxChat)
	used := 0
	for i := range r.Chat {
		line := &r.Chat[i]
		shorten(MaxNameBytes, &line.From, &line.To)
		shorten(MaxTextBytes, &line.Text)
		if used += weight(line.From) + weight(line.Text); used > MaxChatBytes {
			r.Chat = first(r.Chat, i)
			return
		}
	}
}

// shorten cuts texts to a number of bytes, between characters. It copies what
// it keeps: a piece would hold the whole in memory.
func shorten(limit int, texts ...*string) {
	for _, text := range texts {
		if len(*text) <= limit {
			continue
		}
		end := limit
		for end > 0 && !utf8.RuneStart((*text)[end]) {
			end--
		}
		*text = strings.Clone((*text)[:end])
	}
}

// weight is the size of a text in JSON, where some characters take six bytes.
func weight(text string) int {
	n := len(text)
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ', c == '<', c == '>', c == '&':
			n += 5
		case c == '"', c == '\\':
			n++
		}
	}
	return n
}
