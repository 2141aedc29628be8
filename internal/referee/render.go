package referee

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/bot"
	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/store"
)

// said is a message in words.
type said struct {
	text string
	rows []discord.Row
	moot string // why it needs not be said any more
	// open says that it may be read by others, where its player takes no direct messages.
	open bool
}

// page is what a message is rendered from: the message, its reader, and what it is about.
type page struct {
	ladder.Message
	phrase.Language
	view
	reader ladder.Player // of a message to a player
	entry  ladder.Entry  // of a message about one
}

// view is a match as it stands; its ID is 0 where a message is about none.
type view struct {
	store.File
	season  ladder.Season
	players map[ladder.PlayerID]ladder.Player
}

// writers say each kind of message.
var writers = map[ladder.MessageKind]func(*Referee, context.Context, page) (said, error){
	ladder.MsgOffer:          plainly(offer),
	ladder.MsgOfferReminder:  plainly(offerReminder),
	ladder.MsgOfferLapsed:    plainly(offerLapsed),
	ladder.MsgOfferMissed:    plainly(offerMissed),
	ladder.MsgMatch:          (*Referee).match,
	ladder.MsgUploadReminder: plainly(uploadReminder),
	ladder.MsgSearchReminder: plainly(searchReminder),
	ladder.MsgSearchExpired:  plainly(searchExpired),
	ladder.MsgConfirm:        plainly(confirm),
	ladder.MsgEvidence:       plainly(evidence),
	ladder.MsgReported:       plainly(reported),
	ladder.MsgRemake:         plainly(remake),
	ladder.MsgNotHere:        plainly(notHere),
	ladder.MsgHere:           plainly(here),
	ladder.MsgResult:         plainly(result),
	ladder.MsgVoid:           plainly(void),
	ladder.MsgDisputed:       plainly(disputed),
	ladder.MsgDispute:        plainly(dispute),
	ladder.MsgPenalty:        (*Referee).penalty,
	ladder.MsgHandle:         plainly(handle),
	ladder.MsgDiffers:        plainly(differs),
	ladder.MsgRemoved:        plainly(removed),
	ladder.MsgRating:         plainly(rating),
	ladder.MsgRuled:          plainly(ruled),
}

// plainly is a writer of what is in the page alone.
func plainly(write func(page) said) func(*Referee, context.Context, page) (said, error) {
	return func(_ *Referee, _ context.Context, p page) (said, error) { return write(p), nil }
}

// render says an announcement of the ladder.
func (r *Referee) render(ctx context.Context, a announcement.Announcement) (bot.Words, error) {
	var m ladder.Message
	if err := json.Unmarshal(a.Payload, &m); err != nil {
		return bot.Words{}, fmt.Errorf("read message: %w", err)
	}
	write, known := writers[m.Kind]
	if !known {
		return bot.Words{}, fmt.Errorf("no words for the message %q", m.Kind)
	}
	p, err := r.page(ctx, m)
	if err != nil {
		return bot.Words{}, err
	}
	text, err := write(r, ctx, p)
	if err != nil {
		return bot.Words{}, err
	}
	words := bot.Words{
		Content: text.text, Rows: text.rows, Moot: text.moot, Since: a.Made,
		Fields: []any{"message", m.Kind, "match", m.Match, "player", m.Player},
	}
	if text.open && text.moot == "" {
		words.Channel = p.channel()
	}
	if m.Kind == ladder.MsgOffer {
		words.Delivered = func(ctx context.Context, d announcement.Delivery) error { return r.delivered(ctx, m, d) }
	}
	return words, nil
}

// page reads what a message is about.
func (r *Referee) page(ctx context.Context, m ladder.Message) (page, error) {
	p := page{Message: m, Language: phrase.English}
	var err error
	if m.Match != 0 {
		if p.view, err = r.view(ctx, m.Match); err != nil {
			return page{}, err
		}
	}
	if m.To == ladder.ToPlayer {
		if p.reader, err = r.Store.Player(ctx, m.Player); err != nil {
			return page{}, err
		}
		p.Language = phrase.Match(p.reader.Language)
	}
	entry := m.Entry
	if seat, found := p.seat(m.Player); found {
		entry = seat.Entry
	}
	if entry != 0 {
		p.entry, err = r.Store.Entry(ctx, entry)
	}
	return p, err
}

// view reads a match with its players and its season.
func (r *Referee) view(ctx context.Context, id ladder.MatchID) (view, error) {
	v := view{players: make(map[ladder.PlayerID]ladder.Player)}
	var err error
	if v.File, err = r.Store.Match(ctx, id); err != nil {
		return view{}, err
	}
	if v.season, err = r.Store.Season(ctx, v.Season); err != nil {
		return view{}, err
	}
	v.season = v.season.Clamp()
	for _, s := range v.Seats {
		p, err := r.Store.Player(ctx, s.Player)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return view{}, err
		}
		v.players[s.Player] = p
	}
	return v, nil
}

// seat is a player's place in the match.
func (v view) seat(player ladder.PlayerID) (ladder.Seat, bool) {
	at := slices.IndexFunc(v.Seats, func(s ladder.Seat) bool { return s.Player == player })
	if at < 0 {
		return ladder.Seat{}, false
	}
	return v.Seats[at], true
}

// mine and other are the reader's seat, and that of the opponent.
func (p page) mine() ladder.Seat {
	seat, _ := p.seat(p.reader.ID)
	return seat
}

func (p page) other() ladder.Seat {
	at := slices.IndexFunc(p.Seats, func(s ladder.Seat) bool { return s.Team != p.mine().Team })
	if at < 0 {
		return ladder.Seat{}
	}
	return p.Seats[at]
}

// opponent is the opponent's name.
func (p page) opponent() string { return nameOf(p.Language, p.players[p.other().Player]) }

// channel is where the player queued; "" for a direct message.
func (p page) channel() discord.ChannelID { return discord.ChannelID(p.entry.Channel) }

// row is a row of buttons.
func row(buttons ...discord.Button) []discord.Row { return []discord.Row{discord.Buttons(buttons...)} }

// overtaken is a message that needs not be said any more.
func overtaken(state any) said { return said{moot: fmt.Sprintf("overtaken by events: %v", state)} }
