package web_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/upload"
	"github.com/evoladder/evoladderbot/internal/web"
)

// waitLines waits until so many files of the page are in a state.
func (p *tab) waitLines(n int, state string) {
	p.t.Helper()
	p.waitFor(fmt.Sprintf("document.querySelectorAll('#rows [data-state=%s]').length === %d", state, n))
}

func TestDroppedFilesBecomeCards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(web.Config{})
	page := newTab(t)
	page.scheme("light")
	page.open(server.URL)
	page.dropFiles(
		write(t, "One.SC2Replay", file(1)), write(t, "Two.SC2Replay", file(2)), write(t, "Three.SC2Replay", file(3)),
		write(t, "notes.txt", []byte("hello")),
	)
	page.waitLines(3, "queued")
	page.waitLines(1, "failed")
	if text := page.text("#rows [data-state=failed]"); !strings.Contains(text, "notes.txt is not a replay") {
		t.Errorf("the refused file says %q", text)
	}
	page.shot("flow-queued")

	byName := map[string]upload.ID{}
	for _, view := range w.all() {
		byName[view.FileName] = view.ID
	}
	w.move(byName["One.SC2Replay"], upload.Parsing)
	page.waitLines(1, "parsing")
	w.finish(byName["One.SC2Replay"], duel())
	w.finish(byName["Two.SC2Replay"], pairs())
	w.fail(byName["Three.SC2Replay"], failure.New(failure.Invalid, phrase.Say(phrase.Damaged), nil))
	page.waitLines(2, "done")
	page.waitLines(2, "failed")

	// Each card stands where its file's line stood.
	order := eval[string](page, `[...document.querySelectorAll('#rows .card')].map(c => c.querySelector('h3, .file').textContent).join('|')`)
	if want := "Ever Dream LE|Emerald City LE|Three.SC2Replay|notes.txt"; order != want {
		t.Errorf("cards read %s, want %s", order, want)
	}
	page.waitFor(`document.getElementById('count').textContent === '4'`)
	page.shot("flow-done")

	page.open(server.URL) // the list has them after a reload
	if n := page.count(".result"); n != 2 {
		t.Errorf("%d results after a reload, want 2", n)
	}
	page.clean(server.URL, "422")
}

func TestOnePageHoldsOneStream(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(web.Config{Streams: 1}) // a second one would be refused
	page := newTab(t)
	page.open(server.URL)
	var paths []string
	for n := range byte(30) {
		paths = append(paths, write(t, fmt.Sprintf("Game %d.SC2Replay", n), file(n)))
	}
	page.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), paths))
	page.waitLines(30, "queued")
	for _, view := range w.all() {
		w.finish(view.ID, duel())
	}
	page.waitLines(30, "done")
	page.clean(server.URL, "503") // the old stream may still be closing when the new one opens
}

func TestFilesArePasted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(web.Config{})
	page := newTab(t)
	page.open(server.URL)
	eval[bool](page, `(() => {
		const data = new DataTransfer();
		data.items.add(new File(['MPQ\x1bpasted'], 'Pasted.SC2Replay'));
		return document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
	})()`)
	page.waitLines(1, "queued")
	w.finish(firstID, duel())
	page.waitLines(1, "done")
	page.clean(server.URL)
}

func TestKeyboardAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.finish(w.add("Known.SC2Replay"), duel())
	server := w.server(web.Config{})
	page := newTab(t)
	page.open(server.URL)

	stops := map[string]bool{}
	for range 12 {
		page.do(chromedp.KeyEvent(kb.Tab))
		at := eval[string](page, `(() => {
			const e = document.activeElement;
			const marked = e.id === 'files' ? document.querySelector('label[for=files]') : e;
			const visible = getComputedStyle(marked).outlineStyle !== 'none';
			return (e.id || e.className || e.tagName + ' ' + e.textContent) + (visible ? '' : ' WITHOUT FOCUS RING');
		})()`)
		if strings.Contains(at, "RING") && !strings.HasPrefix(at, "BODY") {
			t.Errorf("the focus is not visible on %s", at)
		}
		stops[strings.Fields(at)[0]] = true
	}
	for _, stop := range []string{"skip", "brand", "files", "SUMMARY"} {
		if !stops[stop] {
			t.Errorf("the tabulator never stops at %s; it stops at %v", stop, stops)
		}
	}
	page.do(chromedp.Focus(chromedp.CSS("summary")), chromedp.KeyEvent(kb.Enter))
	page.see(".result .table")
	page.do(chromedp.Focus(chromedp.CSS(".card h3 a")), chromedp.KeyEvent(kb.Enter))
	page.see(".single .result")
	page.clean(server.URL)
}

func TestScreenReaderHearsTheAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(web.Config{})
	page := newTab(t)
	page.open(server.URL)
	page.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{write(t, "One.SC2Replay", file(1))}))
	page.waitLines(1, "queued")
	w.finish(firstID, duel())
	page.waitFor(`document.getElementById('status').textContent.includes('Serral: Win')`)
	page.clean(server.URL)
}

func TestTooLargeFileIsNotSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(web.Config{})
	page := newTab(t)
	page.open(server.URL)
	path := write(t, "Huge.SC2Replay", file(1))
	page.must(os.Truncate(path, 9<<20))
	page.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{path}))
	page.waitLines(1, "failed")
	if text := page.text("#rows"); !strings.Contains(text, "larger than 8 MiB") {
		t.Errorf("the page says %q", text)
	}
	page.clean(server.URL)
	if page.asked("/api/") {
		t.Error("the file was sent")
	}
}

func TestOutageOffersAnotherTry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(web.Config{})
	page := newTab(t)
	page.open(server.URL)
	w.setDown(true)
	page.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{write(t, "One.SC2Replay", file(1))}))
	page.waitLines(1, "failed")
	if text := page.text("#rows"); !strings.Contains(text, phrase.English.Say(phrase.TryAgain)) {
		t.Errorf("the page says %q", text)
	}
	page.shot("flow-outage")
	w.setDown(false)
	page.do(chromedp.Click(chromedp.CSS("#rows .again")))
	page.waitLines(1, "queued")
	w.finish(firstID, duel())
	page.waitLines(1, "done")
	page.clean(server.URL, "503")
}

func TestProgressSurvivesARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	gate := &gate{}
	gate.through(w.site(web.Config{}))
	server := gate.server(t)
	page := newTab(t)
	page.open(server)
	page.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{write(t, "One.SC2Replay", file(1))}))
	page.waitLines(1, "queued")
	first := gate.site()
	gate.through(w.site(web.Config{})) // a new process takes over
	first.Close()
	w.finish(firstID, duel())
	page.waitLines(1, "done")
	page.clean(server)
}

func TestWaitingPageBecomesTheCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(web.Config{})
	id := w.add("One.SC2Replay")
	page := newTab(t)
	page.open(fmt.Sprintf("%s/replays/%d", server.URL, int64(id)))
	page.see(".line[data-state=queued]")
	w.move(id, upload.Parsing)
	page.see(".line[data-state=parsing] .l-parsing")
	w.finish(id, duel())
	page.see(".single .result")
	page.clean(server.URL)
}

func TestWorksWithoutJavaScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(web.Config{})
	page := newTab(t)
	page.scheme("light")
	_, err := chromedp.Call(page.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	page.must(err)
	page.open(server.URL)
	page.shot("no-script")
	page.do(
		chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{write(t, "One.SC2Replay", file(1))}),
		chromedp.Click(chromedp.CSS("noscript button")),
		chromedp.WaitVisible(chromedp.CSS(".line[data-state=queued]")),
	)
	w.finish(firstID, duel())
	page.do(chromedp.WaitVisible(chromedp.CSS(".single .result"))) // the page reloads itself
	page.clean(server.URL)
}

func TestHostileReplayRunsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.finish(w.add(`"><img src=x onerror=alert(1)>.SC2Replay`), hostile())
	server := w.server(web.Config{})
	page := newTab(t)
	page.do(chromedp.EmulateViewport(320, 700))
	page.open(server.URL)
	page.see(".result")
	if n := page.count("main img, main script"); n != 0 {
		t.Errorf("%d elements came out of the file", n)
	}
	if wide := eval[int](page, "document.documentElement.scrollWidth"); wide > 320 {
		t.Errorf("the page is %d pixels wide in a window of 320", wide)
	}
	page.clean(server.URL)
}

func TestErrorPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := w.server(web.Config{})
	page := newTab(t)
	page.scheme("dark")
	page.open(server.URL + "/replays/5")
	page.see(".problem")
	if text := page.text("main"); !strings.Contains(text, phrase.English.Say(phrase.NoSuchReplay)) {
		t.Errorf("the page says %q", text)
	}
	page.shot("problem")
	page.clean(server.URL, "404")
}
