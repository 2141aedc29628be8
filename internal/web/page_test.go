package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/upload"
	"github.com/evoladder/evoladderbot/internal/web"
)

func TestListPagesBackToTheFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site(web.Config{})
	for i := range 45 {
		w.add(fmt.Sprintf("n%d.SC2Replay", i))
	}
	address, seen := "/", 0
	older := regexp.MustCompile(`href="(/replays\?before=\d+)"`)
	for pages := 1; ; pages++ {
		answer := ask(t, site, "GET", address, nil)
		wantStatus(t, answer, http.StatusOK)
		seen += strings.Count(answer.Body.String(), `data-id="`)
		next := older.FindStringSubmatch(answer.Body.String())
		if next == nil {
			if pages != 3 {
				t.Errorf("%d pages, want 3", pages)
			}
			break
		}
		address = next[1]
	}
	if seen != 45 {
		t.Errorf("%d submissions on all pages, want 45", seen)
	}
}

func TestOneUnreadableSummaryHidesNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.finish(w.add("good.SC2Replay"), duel())
	bad := w.add("bad.SC2Replay")
	w.change(bad, func(v *upload.View) { v.State, v.Summary = upload.Done, json.RawMessage(`{"players": 5}`) })
	answer := ask(t, w.site(web.Config{}), "GET", "/", nil)
	wantStatus(t, answer, http.StatusOK)
	wantText(t, answer.Body.String(), "Ever Dream LE", "1 more replay cannot be shown")
}

// A word in a template would be English for everybody.
func TestEveryWordOfThePagesIsAPhrase(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("template/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("templates: %v %v", files, err)
	}
	action := regexp.MustCompile(`(?s){{.*?}}`)
	drawing := regexp.MustCompile(`(?s)<svg.*?</svg>`)
	read := regexp.MustCompile(`(?:title|alt|placeholder|aria-label|name="description" content)="[^"]*\pL[^"]*"`)
	tag := regexp.MustCompile(`<[^>]*>`)
	for _, file := range files {
		page, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range regexp.MustCompile(`\bsay "([^"]*)"`).FindAllSubmatch(page, -1) {
			if text := phrase.English.Say(phrase.Key(key[1])); text == string(key[1]) {
				t.Errorf("%s says %q, which is no phrase", file, text)
			}
		}
		markup := drawing.ReplaceAll(action.ReplaceAll(page, nil), nil)
		for _, label := range read.FindAll(markup, -1) {
			t.Errorf("%s has a label of its own: %s", file, label)
		}
		text := strings.ReplaceAll(string(tag.ReplaceAll(markup, nil)), "EvoLadder", "")
		if word := regexp.MustCompile(`\pL.*`).FindString(text); word != "" {
			t.Errorf("%s has words of its own: %s", file, word)
		}
	}
}

func TestNothingAFileSaysIsMarkup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.finish(w.add(`<script>x</script>.SC2Replay`), hostile())
	w.add(`<img src=x onerror=alert(1)>.SC2Replay`)
	for _, address := range []string{"/", fmt.Sprintf("/replays/%d", firstID), fmt.Sprintf("/replays/%d/card", firstID)} {
		page := ask(t, w.site(web.Config{}), "GET", address, nil).Body.String()
		if strings.Contains(page, "<script>") || strings.Contains(page, "<img") {
			t.Errorf("%s carries a stranger's markup:\n%s", address, page)
		}
	}
}

func TestUnknownAddresses(t *testing.T) {
	t.Parallel()
	site := newWorld(t).site(web.Config{})
	for address, kind := range map[string]string{
		"/replays/1": "text/html", "/replays/x": "text/html", "/replays/-5": "text/html", "/nothing": "text/html",
		"/replays?ids=7": "text/html", "/replays?before=x": "text/html", "/replays/1/card": "text/html", "/events?ids=x": "text/html",
		"/api/replays/1": "application/json", "/api/replays/99999999999999999999": "application/json", "/api/nothing": "application/json",
	} {
		answer := ask(t, site, "GET", address, nil)
		if answer.Code != http.StatusNotFound || !strings.HasPrefix(answer.Header().Get("Content-Type"), kind) {
			t.Errorf("%s: %d %s, want 404 %s", address, answer.Code, answer.Header().Get("Content-Type"), kind)
		}
	}
	if answer := ask(t, site, "GET", "/queues", nil); answer.Code != http.StatusNotFound {
		t.Errorf("/queues without a dashboard: %d, want 404", answer.Code)
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	site := newWorld(t).site(web.Config{})
	for _, address := range []string{"/", "/replays", "/nothing", "/api/replays/1", "/assets/style.css"} {
		header := ask(t, site, "GET", address, nil).Header()
		policy := header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q is not strict", address, policy)
		}
		if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Referrer-Policy") == "" {
			t.Errorf("%s lacks headers: %v", address, header)
		}
	}
}

func TestAssetsAreCachedByTheirHash(t *testing.T) {
	t.Parallel()
	site := newWorld(t).site(web.Config{})
	page := ask(t, site, "GET", "/", nil).Body.String()
	found := regexp.MustCompile(`/assets/[a-z0-9-]+\.(js|css|svg)`).FindAllString(page, -1)
	if len(found) < 3 {
		t.Fatalf("the page loads %v, want its script, style and icon", found)
	}
	for _, address := range found {
		answer := ask(t, site, "GET", address, nil)
		wantStatus(t, answer, http.StatusOK)
		if !strings.Contains(answer.Header().Get("Cache-Control"), "immutable") || answer.Header().Get("Content-Type") == "" {
			t.Errorf("%s: %v", address, answer.Header())
		}
	}
}

func TestPagePutsPartnersOnOneSide(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	game := duel()
	game.Format, game.GameType, game.Region, game.WinnerTeam, game.WinnerSide = "coop", replay.GameCoop, "xx", nil, new(1)
	game.DecidedSeconds, game.WinnerSource = new(600.0), replay.WinnerFromGuess
	game.Players = []replay.Player{
		{Name: "Anteus", Team: 1, Side: 1, Race: replay.Protoss, Commander: "Karax", Result: replay.Win},
		{Name: "Amon", Team: 1, Side: 2, Race: replay.Zerg, AI: true, Result: replay.Undecided},
		{Name: "Spagheet", Team: 2, Side: 1, Race: replay.Terran, Commander: "Mengsk", Result: replay.Win},
	}
	w.finish(w.add("a.SC2Replay"), game)
	page := ask(t, w.site(web.Config{}), "GET", "/", nil).Body.String()
	wantText(t, page, "Co-op", "Test realm", "Karax, Protoss", "Mengsk, Terran", "Probably won", "Probably lost",
		"18:32 (decided at 10:00)", "a guess: part of one side left", `aria-label="Computers"`)
	order := []string{"Anteus", "Spagheet", "Amon"}
	for i := range order[1:] {
		if strings.Index(page, order[i]) > strings.Index(page, order[i+1]) {
			t.Errorf("%s stands after %s", order[i], order[i+1])
		}
	}
	if strings.Contains(page, `class="tag">Ladder<`) || strings.Contains(page, "XX") || strings.Contains(page, "Result: unknown") {
		t.Error("the page says what is not so")
	}
}

// A page names its own address where the site knows it, and an unlisted one does
// not ask to be found.
func TestPagesNameTheirAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.add("a.SC2Replay")
	w.finish(id, duel())
	page := fmt.Sprintf("/replays/%d", id)
	link := fmt.Sprintf(`<link rel="canonical" href="https://ladder.example/replays/%d">`, id)
	public := w.site(web.Config{PublicURL: "https://ladder.example/"})
	wantText(t, ask(t, public, "GET", page, nil).Body.String(), link)
	for name, site := range map[string]*web.Site{"no address known": w.site(web.Config{}), "unlisted": public} {
		w.change(id, func(v *upload.View) { v.Unlisted = name == "unlisted" })
		if text := ask(t, site, "GET", page, nil).Body.String(); strings.Contains(text, "canonical") {
			t.Errorf("%s: it names an address", name)
		}
	}
}
