package web_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/upload"
	"github.com/evoladder/evoladderbot/internal/web"
)

func TestLook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.finish(w.add("crowd.SC2Replay"), crowd())
	w.finish(w.add("pairs.SC2Replay"), pairs())
	w.fail(w.add("Old one (12).SC2Replay"), failure.New(failure.Invalid, phrase.Say(phrase.Truncated), nil))
	w.finish(w.add("Ever Dream LE (3).SC2Replay"), duel())
	w.move(w.add("Emerald City LE (7).SC2Replay"), upload.Parsing)
	w.add("Oxide LE.SC2Replay")
	server := w.server(web.Config{})

	for _, view := range []struct {
		name, scheme  string
		width, height int64
	}{{"light", "light", 1200, 900}, {"dark", "dark", 1200, 900}, {"phone-light", "light", 320, 700}, {"phone-dark", "dark", 320, 700}} {
		t.Run(view.name, func(t *testing.T) {
			t.Parallel()
			page := newTab(t)
			page.scheme(view.scheme)
			page.do(chromedp.EmulateViewport(view.width, view.height))
			page.open(server.URL)
			page.see(".result")
			page.do(chromedp.Click(chromedp.CSS("summary")))
			if wide := eval[int](page, "document.documentElement.scrollWidth"); int64(wide) > view.width {
				t.Errorf("the page is %d pixels wide in a window of %d", wide, view.width)
			}
			page.shot(view.name)
			page.clean(server.URL)
		})
	}
}
