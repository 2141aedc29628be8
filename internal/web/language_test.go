package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/upload"
	"github.com/evoladder/evoladderbot/internal/web"
)

const seoul = "ko-KR,ko;q=0.9,en-US;q=0.8"

// askIn is a request with headers.
func askIn(site *web.Site, method, address, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, address, strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	return w
}

// Every page is in one language, says which, and says what it depends on.
func TestPagesAreInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site(web.Config{})
	game := duel()
	game.WarningKeys = []phrase.Text{phrase.Say(phrase.FromSavedGame)}
	done := w.add("a.SC2Replay")
	w.finish(done, game)
	failed := w.add("b.SC2Replay")
	w.fail(failed, failure.New(failure.Invalid, phrase.Say(phrase.Damaged), nil))
	for _, test := range []struct {
		address         string
		english, korean []string
	}{
		{"/", []string{"Drop your replays", "Ranked", "Win", "Loss", "Recent replays"}, []string{"리플레이를 끌어다", "순위전", "승리", "패배", "최근 리플레이"}},
		{fmt.Sprintf("/replays/%d", done), []string{"Terran", "speed Faster", "resumed from a saved game"}, []string{"테란", "저그", "속도 아주 빠름", "저장된 게임에서"}},
		{fmt.Sprintf("/replays/%d/card", failed), []string{"Failed", "The file is damaged."}, []string{"실패", "파일이 손상되었습니다."}},
		{fmt.Sprintf("/api/replays/%d", failed), []string{"The file is damaged."}, []string{"파일이 손상되었습니다."}},
		{"/nothing", []string{"Page not found."}, []string{"페이지를 찾을 수 없습니다."}},
		{"/api/nothing", []string{"Page not found."}, []string{"페이지를 찾을 수 없습니다."}},
	} {
		for _, reader := range []struct {
			headers  []string
			language phrase.Language
			want     []string
		}{
			{nil, phrase.English, test.english},
			{[]string{"Accept-Language", "de-DE,de;q=0.9"}, phrase.English, test.english},
			{[]string{"Accept-Language", seoul}, phrase.Korean, test.korean},
			{[]string{"Accept-Language", seoul, "Cookie", "language=en"}, phrase.English, test.english},
			{[]string{"Accept-Language", "en", "Cookie", "language=ko"}, phrase.Korean, test.korean},
			{[]string{"Accept-Language", seoul, "Cookie", "language=tlh"}, phrase.Korean, test.korean},
		} {
			answer := askIn(site, "GET", test.address, "", reader.headers...)
			page := answer.Body.String()
			wantText(t, page, reader.want...)
			header := answer.Header()
			vary := strings.Join(header.Values("Vary"), ", ")
			if header.Get("Content-Language") != string(reader.language) || !strings.Contains(vary, "Accept-Language") || !strings.Contains(vary, "Cookie") {
				t.Errorf("%s for %v: language %q, Vary %q", test.address, reader.headers, header.Get("Content-Language"), vary)
			}
			if strings.HasPrefix(page, "<!doctype") && !strings.Contains(page, `<html lang="`+string(reader.language)+`">`) {
				t.Errorf("%s for %v is in another language than it says", test.address, reader.headers)
			}
		}
	}
}

func TestOldWarningsAreShownAsTheyWereStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	game := duel()
	game.ParserVersion, game.Warnings = 3, []string{"taken up from a saved game"}
	id := w.add("a.SC2Replay")
	w.finish(id, game)
	page := askIn(w.site(web.Config{}), "GET", fmt.Sprintf("/replays/%d", id), "", "Accept-Language", seoul)
	wantText(t, page.Body.String(), "taken up from a saved game", "테란")
}

func TestAChosenLanguageIsKept(t *testing.T) {
	t.Parallel()
	site := newWorld(t).site(web.Config{})
	page := ask(t, site, "GET", "/replays", nil).Body.String()
	wantText(t, page, `action="/language"`, `value="ko"`, "한국어")
	if strings.Contains(page, `value="en"`) {
		t.Error("the page offers the language that it is in")
	}
	choose := func(to, from string) *httptest.ResponseRecorder {
		return askIn(site, "POST", "/language", url.Values{"to": {to}}.Encode(),
			"Content-Type", "application/x-www-form-urlencoded", "Referer", from)
	}
	for name, test := range map[string]struct{ from, back string }{
		"the page it was made on":      {"http://example.com/replays?before=7", "/replays?before=7"},
		"no page":                      {"", "/"},
		"a page of another host":       {"https://evil.example/replays", "/replays"},
		"a path that names a host":     {"http://example.com//evil.example/x", "/evil.example/x"},
		"one with backslashes":         {`http://example.com/\evil.example/x`, "/evil.example/x"},
		"no address":                   {"http://[", "/"},
		"something that is no path":    {"javascript:alert(1)", "/"},
		"a page that answered a form":  {"http://example.com/replays", "/replays"},
		"a name that has to be quoted": {"http://example.com/a%0d%0ab", "/a%0D%0Ab"},
	} {
		answer := choose("ko", test.from)
		wantStatus(t, answer, http.StatusSeeOther)
		if got := answer.Header().Get("Location"); got != test.back {
			t.Errorf("%s: leads to %q, want %q", name, got, test.back)
		}
		cookies := answer.Result().Cookies()
		if len(cookies) != 1 || cookies[0].Value != "ko" || !cookies[0].HttpOnly || cookies[0].MaxAge < 1e6 {
			t.Errorf("%s: cookies %v", name, cookies)
		}
	}
	if answer := choose("tlh", ""); answer.Code != http.StatusSeeOther || len(answer.Result().Cookies()) != 0 {
		t.Errorf("a language there is not: %d %v", answer.Code, answer.Result().Cookies())
	}
	long := askIn(site, "POST", "/language", "to="+strings.Repeat("k", 10<<10), "Content-Type", "application/x-www-form-urlencoded")
	if long.Code < 400 || long.Code >= 500 || len(long.Result().Cookies()) != 0 {
		t.Errorf("a form that is too long: %d", long.Code)
	}
	foreign := askIn(site, "POST", "/language", "to=ko", "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "cross-site")
	if foreign.Code != http.StatusForbidden {
		t.Errorf("a form on another site: %d", foreign.Code)
	}
}

// A name that shows nothing has words in the reader's language.
func TestNamelessFileInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.add("\u202e")
	w.move(id, upload.Queued)
	page := askIn(w.site(web.Config{}), "GET", fmt.Sprintf("/replays/%d", id), "", "Accept-Language", seoul)
	wantText(t, page.Body.String(), "(이름 없음)", "대기 중")
}
