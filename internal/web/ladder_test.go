package web_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
	"github.com/evoladder/evoladderbot/internal/web"
)

// page is what an address answers, which must be 200.
func page(t *testing.T, site *web.Site, address string, headers ...string) string {
	t.Helper()
	answer := askIn(site, "GET", address, "", headers...)
	if answer.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", address, answer.Code, answer.Body)
	}
	return answer.Body.String()
}

// without fails where a page says what it must not.
func without(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(page, word) {
			t.Errorf("the page says %q", word)
		}
	}
}

// named are the players of a board in order.
func named(page string) (names []string) {
	for _, found := range regexp.MustCompile(`<a href="/players/\d+"><bdi>([^<]*)</bdi>`).FindAllStringSubmatch(page, -1) {
		names = append(names, found[1])
	}
	return names
}

func TestALadderWithoutASeasonSaysHowOneBegins(t *testing.T) {
	t.Parallel()
	s := emptyLadder(t, storetest.SQLite(t))
	text := page(t, s.site(web.Config{}), "/ladder")
	wantText(t, text, "There is no season yet.", "evoladder season init", "/setup", "/queue")
	without(t, text, "<table", "<select")
	s.begin("First Season")
	text = page(t, s.site(web.Config{}), "/ladder")
	wantText(t, text, "First Season", "No match of this season has a result yet.", "Matches being played")
}

func TestTheBoardShowsASeason(t *testing.T) {
	t.Parallel()
	storetest.URLs(t, func(t *testing.T, url string) {
		s := newSeason(t, url)
		s.small()
		site := s.site(web.Config{PublicURL: "https://ladder.example"})
		text := page(t, site, "/ladder")
		order := named(text)
		if len(order) < 8 || order[0] != "Anna" {
			t.Fatalf("the board is %v", order)
		}
		wantText(t, text, "Germany", "Zerg (Brood War)", "provisional", "of "+fmt.Sprint(len(order)), `letter-S`, `<option value="bw_zerg">`, "https://ladder.example/ladder?season=")
		for filter, want := range map[string][]string{
			"race=bw_zerg": {"Anna", "Chloe"}, "country=RU": {"Boris", "Esteban"}, "region=KRJ": {"Dmitri"}, "race=zerg&country=KR": {"Dmitri"},
		} {
			text := page(t, site, "/ladder?"+filter)
			for _, name := range named(text) {
				if !strings.Contains(strings.Join(want, " "), name) {
					t.Errorf("%s shows %s", filter, name)
				}
			}
			for _, name := range want {
				wantText(t, text, ">"+name+"<")
			}
			wantText(t, text, "selected")
		}
		wantText(t, page(t, site, "/ladder?country=NZ"), "Nobody fits this choice.")
		for _, wrong := range []string{"race=elf", "region=MOON", "country=XX", "country=de", "rank=Z", "from=0", "from=x", "season=12", "season=x", "from=99999999"} {
			if answer := ask(t, site, "GET", "/ladder?"+wrong, nil); answer.Code != http.StatusNotFound {
				t.Errorf("%s: %d", wrong, answer.Code)
			}
		}
		korean := page(t, site, "/ladder", "Accept-Language", seoul)
		wantText(t, korean, "래더", "독일", "저그", "모든 종족", "하늘바람")
		without(t, korean, "Germany", "Place", "Zerg")
	})
}

func TestTheBoardFollowsRanks(t *testing.T) {
	t.Parallel()
	storetest.URLs(t, func(t *testing.T, url string) {
		s := newSeason(t, url)
		s.small()
		site := s.site(web.Config{})
		all, byRank := named(page(t, site, "/ladder")), []string(nil)
		for _, rank := range ladder.Ranks {
			text := page(t, site, "/ladder?rank="+string(rank))
			byRank = append(byRank, named(text)...)
			for _, other := range ladder.Ranks {
				if other != rank && strings.Contains(text, "letter-"+string(other)) {
					t.Errorf("among %s is a %s", rank, other)
				}
			}
		}
		if strings.Join(all, " ") != strings.Join(byRank, " ") {
			t.Errorf("the ranks are %v, the board %v", byRank, all)
		}
	})
}

func TestTheBoardShowsWhoSearchesWithoutNames(t *testing.T) {
	t.Parallel()
	s := newSeason(t, storetest.SQLite(t))
	s.by("Anna", ladder.Act{Kind: ladder.Join, Races: []ladder.Race{ladder.BWZerg}})
	s.by("Boris", ladder.Act{Kind: ladder.Join, Races: []ladder.Race{ladder.BWZerg, ladder.Terran}})
	s.play("Chloe", ladder.BWZerg, "Dmitri", ladder.Terran, deathValley)
	text := page(t, s.site(web.Config{}), "/ladder")
	wantText(t, text, "<dt>Searching as Brood War</dt><dd>1</dd>", "<dt>Searching as StarCraft II</dt><dd>0</dd>",
		"<dt>Searching as either</dt><dd>1</dd>", "<dt>Matches being played</dt><dd>1</dd>")
	without(t, text, "Anna", "Boris", "Chloe", "Dmitri")
}

func TestAnEndedSeasonIsASnapshot(t *testing.T) {
	t.Parallel()
	s := newSeason(t, storetest.SQLite(t))
	s.small()
	s.end()
	first := s.ID
	site := s.site(web.Config{})
	text := page(t, site, "/ladder") // there is none but the ended one
	wantText(t, text, "First Season (ended)", "These are its final standings.", ">Anna<")
	without(t, text, "Matches being played")
	s.begin("Second Season")
	wantText(t, page(t, site, "/ladder"), "Second Season", "First Season (ended)", "No match of this season")
	wantText(t, page(t, site, fmt.Sprintf("/ladder?season=%d", first)), "These are its final standings.", ">Anna<")
	wantText(t, page(t, site, fmt.Sprintf("/ladder?season=%d&rank=S", first)), ">Anna<", "letter-S")
}

func TestTheBoardHasPages(t *testing.T) {
	t.Parallel()
	s := newSeason(t, storetest.SQLite(t))
	s.crowd(130)
	site := s.site(web.Config{})
	next, seen := regexp.MustCompile(`rel="next" href="([^"]*)"`), 0
	for address, pages := "/ladder?race=zerg", 1; ; pages++ {
		text := page(t, site, address)
		seen += len(named(text))
		found := next.FindStringSubmatch(text)
		if found == nil {
			wantText(t, text, "101–130 of 130", `rel="prev"`)
			if pages != 3 {
				t.Errorf("%d pages", pages)
			}
			break
		}
		address = strings.ReplaceAll(found[1], "&amp;", "&")
	}
	if seen != 130 {
		t.Errorf("%d of 130 on all pages", seen)
	}
}

func TestAPlayersPage(t *testing.T) {
	t.Parallel()
	storetest.URLs(t, func(t *testing.T, url string) {
		s := newSeason(t, url)
		last := s.small()
		site := s.site(web.Config{PublicURL: "https://ladder.example"})
		anna, boris := s.players["Anna"].ID, s.players["Boris"].ID
		address := fmt.Sprintf("/players/%d", anna)
		text := page(t, site, address)
		wantText(t, text, "<title>Anna", "Germany", "Western Europe", "6 games", "5 – 1 – 0", "provisional", "<svg class=\"chart wide\"",
			"Head to head", ">Boris<", fmt.Sprintf(`href="/players/%d"`, boris), fmt.Sprintf(`href="/matches/%d"`, last), "By map", "Golden Wall SEL",
			`rel="canonical" href="https://ladder.example`+address, "The numbers")
		without(t, text, "noindex", "Anna#1234", s.players["Anna"].Discord)
		wantText(t, page(t, site, address, "Accept-Language", seoul), "최근 매치", "승리", "맵별", "서유럽")

		answer := ask(t, site, "GET", "/players/"+s.toon("Anna"), nil)
		if answer.Code != http.StatusFound || answer.Header().Get("Location") != address {
			t.Errorf("a game account leads with %d to %q", answer.Code, answer.Header().Get("Location"))
		}
		for wrong, says := range map[string]string{
			"2-S2-1-99": "No player of the ladder is known by this game account yet.", "12": "There is no such player", "Anna": "There is no such player",
		} {
			answer := ask(t, site, "GET", "/players/"+wrong, nil)
			wantStatus(t, answer, http.StatusNotFound)
			wantText(t, answer.Body.String(), says)
		}

		s.must(s.DeletePlayer(context.Background(), anna, operator, "asked for it", s.now))
		text = page(t, site, address)
		wantText(t, text, "deleted player", `<meta name="robots" content="noindex">`)
		without(t, text, "Anna", "Germany", "canonical")
		without(t, page(t, site, "/ladder"), "Anna")
		for _, other := range []string{fmt.Sprintf("/players/%d", boris), fmt.Sprintf("/matches/%d", last)} {
			text := page(t, site, other)
			wantText(t, text, "deleted player")
			without(t, text, ">Anna<")
		}
		wantStatus(t, ask(t, site, "GET", "/players/"+s.toon("Anna"), nil), http.StatusNotFound)

		s.do(ladder.Act{Kind: ladder.Ban, Actor: operator, Player: boris, Reason: "cheats"})
		without(t, page(t, site, "/ladder"), "Boris")
		wantText(t, page(t, site, fmt.Sprintf("/players/%d", boris)), "banned", "noindex")
	})
}

func TestAMatchDecidedByAReplay(t *testing.T) {
	t.Parallel()
	storetest.URLs(t, func(t *testing.T, url string) {
		s := newSeason(t, url)
		match := s.play("Anna", ladder.BWZerg, "Dmitri", ladder.Terran, deathValley)
		wrong := s.game("Anna", replay.BWZerg, "Dmitri", replay.Zerg)
		wrong.Map = replay.Map{Title: "Elsewhere <b>", SHA256: "elsewhere"}
		wrong.GameID = "another"
		first := s.hand("Anna", wrong)
		s.now = s.now.Add(-5 * time.Hour)
		site := s.site(web.Config{})
		address := fmt.Sprintf("/matches/%d", match)
		wantText(t, page(t, site, address), "the players may report the result", "Does not decide the match: a check fails.",
			"Played on Elsewhere &lt;b&gt;", "Somebody played another race", "Deadline", "noted: ")
		second := s.hand("Anna", s.game("Anna", replay.BWZerg, "Dmitri", replay.Terran))
		text := page(t, site, address)
		wantText(t, text, "Final.", "Anna won", "By a replay that passes every check.", "Handed in by Anna", "12:22", "Played on the map of the match.",
			"1500 → <strong>1520</strong>", "−20", "Central Europe", "First Season",
			fmt.Sprintf(`href="/replays/%d"`, first), fmt.Sprintf(`href="/replays/%d"`, second), fmt.Sprintf(`href="/players/%d"`, s.players["Anna"].ID))
		without(t, text, "Deadline", "noindex", "<b>")
		wantText(t, page(t, site, fmt.Sprintf("/replays/%d", second)), fmt.Sprintf(`href="%s"`, address), "Match of the ladder")
		wantText(t, page(t, site, address, "Accept-Language", seoul), "확정되었습니다.", "Anna 승리", "제출: Anna", "매치의 맵")

		s.do(ladder.Act{Kind: ladder.Void, Actor: operator, Match: match, Reason: "played <i>twice</i>"})
		text = page(t, site, address)
		wantText(t, text, "Does not count", "By staff: played &lt;i&gt;twice&lt;/i&gt;", "Earlier rulings", "taken back")
		wantText(t, page(t, site, fmt.Sprintf("/players/%d", s.players["Anna"].ID)), "Does not count", "±0")
	})
}

func TestAMatchNamesNobodyBeforeBothHaveAccepted(t *testing.T) {
	t.Parallel()
	s := newSeason(t, storetest.SQLite(t))
	match := s.offer("Anna", ladder.BWZerg, "Dmitri", ladder.Terran, deathValley)
	site := s.site(web.Config{})
	address := fmt.Sprintf("/matches/%d", match)
	says := func(state string) {
		t.Helper()
		text := page(t, site, address)
		wantText(t, text, state, "noindex")
		without(t, text, "Anna", "Dmitri", "/players/", "Replays</h2>")
	}
	says("Offered: not accepted by both yet.")
	s.by("Anna", ladder.Act{Kind: ladder.Decline, Match: match})
	says("The offer was not accepted by both.")
	for _, wrong := range []string{"12", "x", "-1"} {
		answer := ask(t, site, "GET", "/matches/"+wrong, nil)
		wantStatus(t, answer, http.StatusNotFound)
		wantText(t, answer.Body.String(), "There is no such match.")
	}
}

func TestADisputedMatchSaysWhy(t *testing.T) {
	t.Parallel()
	s := newSeason(t, storetest.SQLite(t))
	match := s.play("Anna", ladder.BWZerg, "Dmitri", ladder.Terran, deathValley)
	s.concede(match, "Dmitri", ladder.Team0)
	s.by("Dmitri", ladder.Act{Kind: ladder.Contest, Match: match, Reason: "it was not so"})
	wantText(t, page(t, s.site(web.Config{}), fmt.Sprintf("/matches/%d", match)),
		"Disputed: a player contests the result. Staff decide.", "What the players report", "Anna won", "By the report of the player who lost.")
}

func TestNothingThatStrangersCallThemselvesIsMarkup(t *testing.T) {
	t.Parallel()
	s := newSeason(t, storetest.SQLite(t))
	match := s.small()
	anna := s.players["Anna"]
	anna, err := s.Store.Player(context.Background(), anna.ID)
	s.must(err)
	anna.Name = "A\u202e<b>\u200b"
	_, err = s.SavePlayer(context.Background(), anna, operator, s.now)
	s.must(err)
	site := s.site(web.Config{})
	for _, address := range []string{"/ladder", fmt.Sprintf("/players/%d", anna.ID), fmt.Sprintf("/matches/%d", match)} {
		text := page(t, site, address)
		wantText(t, text, "A&lt;b&gt;")
		without(t, text, "<b>", "\u202e", "\u200b")
	}
}
