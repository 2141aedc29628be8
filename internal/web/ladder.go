package web

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/show"
	"github.com/evoladder/evoladderbot/internal/text"
	"github.com/evoladder/evoladderbot/internal/upload"
)

const (
	// boardSize is how many places a page of the board shows.
	boardSize = 50
	// maxOffset bounds how far into a board an address may point.
	maxOffset = 1_000_000
)

// ladderReads is what the ladder's pages show. What there is not fails with
// ladder.ErrNotFound. Seasons are the newest first.
type ladderReads interface {
	Seasons(ctx context.Context) ([]ladder.Season, error)
	Standings(ctx context.Context, f ladder.BoardFilter) (ladder.BoardPage, error)
	Crowd(ctx context.Context) (ladder.Crowd, error)
	Profile(ctx context.Context, id ladder.PlayerID, season ladder.SeasonID) (ladder.Profile, error)
	Match(ctx context.Context, id ladder.MatchID) (ladder.MatchFile, error)
}

// ladderNames is what ids and game accounts stand for. Names are empty of the deleted.
type ladderNames interface {
	Names(ctx context.Context, ids []ladder.PlayerID) (map[ladder.PlayerID]string, error)
	PlayerByHandle(ctx context.Context, toon string) (ladder.PlayerID, error)
	MatchUploads(ctx context.Context, id ladder.MatchID) (map[ladder.ReplayID]upload.ID, error)
}

// Ladder is where the ladder's pages read.
type Ladder interface {
	ladderReads
	ladderNames
}

// What the ladder's pages are asked for and there is not.
var (
	errNoPlayer = errors.New("no such player")
	errNoHandle = errors.New("no player of this handle")
	errNoMatch  = errors.New("no such match")
	errNoSeason = errors.New("no such season")
)

// missing is err, or what to say where it is ladder.ErrNotFound.
func missing(err, otherwise error) error {
	if errors.Is(err, ladder.ErrNotFound) {
		return otherwise
	}
	return err
}

// board is the page of a season's standings.
type board struct {
	ladder.BoardPage
	Season   ladder.Season
	Crowd    *ladder.Crowd // nil: nobody can search
	Choices  []choice
	Filtered bool
	First    int    // place of the first that is shown
	Before   string // address of the page before; empty: there is none
	Next     string
	Address  string // of this page for everybody; empty: it is not known
}

// Last is the place of the last that is shown.
func (b board) Last() int { return b.First + len(b.Places) - 1 }

// Ended says whether the standings are a snapshot.
func (b board) Ended() bool { return b.Season.State == ladder.SeasonEnded }

// choice is a select of the board's form.
type choice struct {
	Name    string // in the address
	Label   phrase.Key
	Options []option
}

type option struct {
	Value, Text string
	Chosen      bool
}

func (s *Site) board(w http.ResponseWriter, r *http.Request) error {
	seasons, err := s.ladder.Seasons(r.Context())
	if err != nil {
		return fmt.Errorf("read seasons: %w", err)
	}
	b := board{}
	if len(seasons) == 0 {
		s.render(w, r, http.StatusOK, "board", b)
		return nil
	}
	query := r.URL.Query()
	filter, err := boardFilter(query, seasons)
	if err != nil {
		return err
	}
	b.Season = seasons[slices.IndexFunc(seasons, func(s ladder.Season) bool { return s.ID == filter.Season })]
	if b.BoardPage, err = s.ladder.Standings(r.Context(), filter); err != nil {
		return fmt.Errorf("read board: %w", missing(err, errNoSeason))
	}
	if !b.Ended() {
		crowd, err := s.ladder.Crowd(r.Context())
		if err != nil {
			return fmt.Errorf("count who searches: %w", err)
		}
		b.Crowd = &crowd
	}
	b.Filtered = filter.Race != "" || filter.Region != "" || filter.Country != "" || filter.Rank != ""
	b.Choices = choices(languageOf(r), filter, seasons)
	b.pages(filter)
	if s.public != "" {
		b.Address = strings.TrimSuffix(s.public, "/") + boardAddress(filter, filter.Offset)
	}
	s.render(w, r, http.StatusOK, "board", b)
	return nil
}

// pages finds the pages around this one.
func (b *board) pages(f ladder.BoardFilter) {
	b.First = f.Offset + 1
	if f.Offset > 0 {
		b.Before = boardAddress(f, max(0, f.Offset-boardSize))
	}
	if next := f.Offset + boardSize; next < b.Total {
		b.Next = boardAddress(f, next)
	}
}

// boardFilter reads an address. What names nothing is no page of ours; the season is the
// newest where none is named.
func boardFilter(query url.Values, seasons []ladder.Season) (ladder.BoardFilter, error) {
	f := ladder.BoardFilter{
		Season: seasons[0].ID, Race: ladder.Race(query.Get("race")), Region: ladder.Region(query.Get("region")),
		Country: query.Get("country"), Rank: ladder.Rank(query.Get("rank")), Limit: boardSize, At: time.Now(),
	}
	if season := query.Get("season"); season != "" {
		id, err := parseID(season)
		if err != nil || !slices.ContainsFunc(seasons, func(s ladder.Season) bool { return int64(s.ID) == int64(id) }) {
			return f, errNoSeason
		}
		f.Season = ladder.SeasonID(id)
	}
	if from := query.Get("from"); from != "" {
		n, err := strconv.Atoi(from)
		if err != nil || n < 1 || n > maxOffset {
			return f, errNoPage
		}
		f.Offset = n - 1
	}
	known := (f.Race == "" || f.Race.Side() != "") && (f.Region == "" || f.Region.Index() >= 0) &&
		(f.Country == "" || slices.Contains(countries(), f.Country)) && (f.Rank == "" || slices.Contains(ladder.Ranks, f.Rank))
	if !known {
		return f, errNoPage
	}
	return f, nil
}

// boardAddress is where a part of a board is.
func boardAddress(f ladder.BoardFilter, offset int) string {
	query := url.Values{}
	for _, part := range []struct{ name, value string }{
		{"race", string(f.Race)},
		{"region", string(f.Region)},
		{"country", f.Country},
		{"rank", string(f.Rank)},
		{"season", strconv.FormatInt(int64(f.Season), 10)},
	} {
		if part.value != "" {
			query.Set(part.name, part.value)
		}
	}
	if offset > 0 {
		query.Set("from", strconv.Itoa(offset+1))
	}
	return "/ladder?" + query.Encode()
}

var countries = sync.OnceValue(show.Countries)

// choices are the selects of the form, in the reader's language.
func choices(l phrase.Language, f ladder.BoardFilter, seasons []ladder.Season) []choice {
	words := show.In(l)
	season := choice{Name: "season", Label: phrase.PageSeason}
	for _, one := range seasons {
		season.Options = append(season.Options, option{formatID(upload.ID(one.ID)), seasonName(l, one), one.ID == f.Season})
	}
	races := pick(l, "race", phrase.LabelRace, phrase.PageAllRaces, ladder.Races, f.Race, words.LadderRace)
	regions := pick(l, "region", phrase.LabelRegion, phrase.PageAllRegions, ladder.Regions(), f.Region, words.LadderRegion)
	ranks := pick(l, "rank", phrase.LabelRank, phrase.PageAllRanks, ladder.Ranks, f.Rank, func(r ladder.Rank) string { return string(r) })
	country := choice{Name: "country", Label: phrase.LabelCountry, Options: slices.Clone(countryOptions[l]())}
	for i, o := range country.Options {
		country.Options[i].Chosen = o.Value == f.Country
	}
	all := []choice{races, regions, country, ranks}
	if len(seasons) > 1 {
		all = append([]choice{season}, all...)
	}
	return all
}

func pick[T ~string](l phrase.Language, name string, label, all phrase.Key, values []T, chosen T, say func(T) string) choice {
	c := choice{Name: name, Label: label, Options: []option{{Text: l.Say(all), Chosen: chosen == ""}}}
	for _, v := range values {
		c.Options = append(c.Options, option{string(v), say(v), v == chosen})
	}
	return c
}

// countryOptions are the countries in each language, by name.
var countryOptions = func() map[phrase.Language]func() []option {
	all := make(map[phrase.Language]func() []option)
	for _, l := range phrase.Languages() {
		all[l] = sync.OnceValue(func() []option {
			c := pick(l, "", "", phrase.PageAllCountries, countries(), "", show.In(l).Country)
			slices.SortFunc(c.Options[1:], func(a, b option) int { return strings.Compare(a.Text, b.Text) })
			return c.Options
		})
	}
	return all
}()

func seasonName(l phrase.Language, s ladder.Season) string {
	name := text.Or(s.Name, maxTitleRunes, "?")
	if s.State == ladder.SeasonEnded {
		return l.Say(phrase.PageSeasonEnded, "season", name)
	}
	return name
}

// ladderFunctions are what the ladder's templates call, for readers of a language.
func ladderFunctions(l phrase.Language) template.FuncMap {
	words := show.In(l)
	return template.FuncMap{
		"country":    words.Country,
		"day":        func(t time.Time) string { return t.UTC().Format(time.DateOnly) },
		"decided":    func(r ladder.Ruling) string { return decidedBy(l, r) },
		"evidence":   func(e ladder.Evidence) string { return evidence(l, e) },
		"key":        func(k phrase.Key) string { return l.Say(k) },
		"lineKind":   func(k ladder.LineKind) string { return word(l, lineKeys, k) },
		"check":      func(c ladder.CheckState) string { return word(l, checkKeys, c) },
		"mapTitle":   func(title string) string { return text.Or(title, maxTitleRunes, l.Say(phrase.NoMap)) },
		"percent":    func(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) },
		"person":     func(name string) string { return text.Or(name, maxPersonRunes, l.Say(phrase.PageDeletedPlayer)) },
		"points":     func(n float64) string { return fmt.Sprintf("%.0f", n) },
		"raceGlyph":  ladderGlyph,
		"raceName":   words.LadderRace,
		"regionName": func(r ladder.Region) string { return words.LadderRegion(r) },
		"resultOf":   func(m match, r ladder.Result, void bool) string { return resultOf(l, m, r, void) },
		"seasonOf":   func(s ladder.Season) string { return seasonName(l, s) },
		"side":       func(r ladder.Race) string { return word(l, sideKeys, r.Side()) },
		"server":     words.Server,
		"shade":      shade,
		"signed":     signed,
		"standing":   func(m match) string { return stateOf(l, m.MatchFile) },
		"unrated":    func(r ladder.Ruling) string { return unrated(l, r) },
		"verdict":    func(g ladder.Game) string { return verdictOf(l, g) },
	}
}

var sideKeys = map[ladder.Side]phrase.Key{ladder.BW: phrase.SideBW, ladder.SC2: phrase.SideSC2}

// signed is a change of a rating, as people write it.
func signed(change float64) string {
	switch {
	case change < 0:
		return fmt.Sprintf("−%.0f", -change)
	case change == 0:
		return "±0"
	}
	return fmt.Sprintf("+%.0f", change)
}
