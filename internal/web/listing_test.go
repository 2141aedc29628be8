package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/upload"
	"github.com/evoladder/evoladderbot/internal/web"
)

func TestChatThatWasNotForEverybodyIsShownNowhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site(web.Config{})
	game := duel()
	game.Chat = []replay.Chat{
		{From: "Serral", To: "all", Text: "said to all"},
		{From: "Serral", To: "allies", Text: "said to allies"},
		{From: "Caster", To: "observers", Text: "said to observers"},
		{From: "Serral", Text: "said to an unknown audience"},
	}
	id := w.add("a.SC2Replay")
	w.finish(id, game)
	for _, address := range []string{"/", "/replays", "/replays/%d", "/replays/%d/card", "/replays?ids=%d", "/api/replays/%d"} {
		if strings.Contains(address, "%") {
			address = fmt.Sprintf(address, id)
		}
		answer := ask(t, site, "GET", address, nil)
		wantStatus(t, answer, http.StatusOK)
		for _, secret := range []string{"to allies", "to observers", "unknown audience"} {
			if strings.Contains(answer.Body.String(), secret) {
				t.Errorf("%s shows %q", address, secret)
			}
		}
		if strings.Contains(address, fmt.Sprintf("/%d", id)) {
			wantText(t, answer.Body.String(), "said to all")
		}
	}
}

func TestAnUnlistedReplayIsShownAtItsAddressAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site(web.Config{})
	id := w.add("secret.SC2Replay")
	w.change(id, func(v *upload.View) { v.Unlisted = true })
	w.finish(id, duel())
	for _, list := range []string{"/", "/replays"} {
		if text := ask(t, site, "GET", list, nil).Body.String(); strings.Contains(text, "secret.SC2Replay") || strings.Contains(text, fmt.Sprint(id)) {
			t.Errorf("%s shows it", list)
		}
	}
	page := ask(t, site, "GET", fmt.Sprintf("/replays/%d", id), nil)
	wantStatus(t, page, http.StatusOK)
	wantText(t, page.Body.String(), "secret.SC2Replay")
	wantText(t, page.Body.String(), `<meta name="robots" content="noindex">`)
	wantText(t, page.Body.String(), "not on the public list")

	w.change(id, func(v *upload.View) { v.Unlisted = false })
	if text := ask(t, site, "GET", fmt.Sprintf("/replays/%d", id), nil).Body.String(); strings.Contains(text, "noindex") || strings.Contains(text, "not on the public list") {
		t.Error("a listed replay is said to be unlisted")
	}
}
