package web_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/evoladder/evoladderbot/internal/oncetest"
)

// stepTimeout is how long a browser may take for one step before the test gives
// up; no test waits for it.
const stepTimeout = 30 * time.Second

// tab is one page of a real browser. Whatever it asks of the network, and
// whatever it complains of, is kept.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	requests   map[network.RequestID]string // the address of each that left the browser
	complaints []string
}

var (
	browserOnce sync.Once
	browserCtx  context.Context
	browserErr  error
	browserStop = func() {}
)

// newTab opens a page in the one browser that all tests share, each in a
// profile of its own.
func newTab(t *testing.T) *tab {
	t.Helper()
	oncetest.Heavy(t)
	browserOnce.Do(startBrowser)
	if browserErr != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("browser tests are required in CI: %v", browserErr)
		}
		t.Skipf("SKIPPED, no browser: %v", browserErr)
	}
	ctx, cancel := chromedp.NewContext(browserCtx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	page := &tab{t: t, ctx: ctx, requests: map[network.RequestID]string{}}
	page.must(chromedp.Do(ctx)) // opens the tab, which lives as long as this context
	page.must(chromedp.Listen(ctx, page.notice))
	return page
}

func startBrowser() {
	path, err := findBrowser()
	if err != nil {
		browserErr = err
		return
	}
	profile, err := os.MkdirTemp("", "web-browser-test")
	if err != nil {
		browserErr = err
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(profile),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", false))
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	browserCtx, browserErr = ctx, chromedp.Do(ctx)
	browserStop = func() {
		stop()
		stopAllocator()
		_ = os.RemoveAll(profile)
	}
}

func findBrowser() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("neither chromium nor google-chrome is on the path")
}

func TestMain(m *testing.M) {
	code := m.Run()
	browserStop()
	os.Exit(code)
}

// notice keeps the events that a clean page does not cause.
func (p *tab) notice(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests[e.RequestID] = e.Request.URL
	case *network.EventLoadingFailed:
		if e.BlockedReason == "csp" { // announced, but never sent
			delete(p.requests, e.RequestID)
		}
	case *runtime.EventExceptionThrown:
		p.complaints = append(p.complaints, "exception: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		p.complaints = append(p.complaints, "console."+string(e.Type))
	case *log.EventEntryAdded:
		p.complaints = append(p.complaints, string(e.Entry.Source)+": "+e.Entry.Text+" "+e.Entry.URL)
	}
}

// clean fails the test when the page reached for another host or the browser
// complained (errors, content policy), save for complaints that hold one of
// the expected words.
func (p *tab) clean(server string, expected ...string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	home, err := url.Parse(server)
	p.must(err)
	if len(p.requests) == 0 {
		p.t.Error("no request was seen; the network events are not on")
	}
	for _, request := range p.requests {
		if u, err := url.Parse(request); err != nil || u.Host != home.Host {
			p.t.Errorf("request left the site: %s", request)
		}
	}
complaints:
	for _, complaint := range p.complaints {
		for _, word := range expected {
			if strings.Contains(complaint, word) {
				continue complaints
			}
		}
		p.t.Errorf("browser complained: %s", complaint)
	}
}

func (p *tab) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, stepTimeout)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.shot("failed")
		p.t.Fatalf("browser: %v", err)
	}
}

func (p *tab) open(address string) { p.t.Helper(); p.do(chromedp.Navigate(address)) }

// see waits until an element is visible.
func (p *tab) see(selector string) {
	p.t.Helper()
	p.waitFor(`(() => { const e = document.querySelector(` + quote(selector) + `); return !!e && e.getClientRects().length > 0 })()`)
}

// waitFor waits until an expression is true.
func (p *tab) waitFor(expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, stepTimeout)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](expression))
	for err != nil && ctx.Err() == nil && strings.Contains(err.Error(), "context") { // the page went to another address
		_, err = chromedp.Run(ctx, chromedp.Poll[bool](expression))
	}
	if err != nil {
		p.shot("failed")
		p.t.Fatalf("wait for %s: %v", expression, err)
	}
}

func (p *tab) text(selector string) string {
	p.t.Helper()
	return eval[string](p, `document.querySelector(`+quote(selector)+`)?.innerText ?? ""`)
}

func (p *tab) count(selector string) int {
	p.t.Helper()
	return eval[int](p, `document.querySelectorAll(`+quote(selector)+`).length`)
}

func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, stepTimeout)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("evaluate %s: %v", expression, err)
	}
	return value
}

func quote(text string) string { return "`" + text + "`" }

// scheme makes the page believe that its reader prefers light or dark.
func (p *tab) scheme(name string) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: name},
			{Name: "prefers-reduced-motion", Value: "reduce"},
		},
	})
	p.must(err)
}

// dropFiles drags files from outside over the page and lets go of them.
func (p *tab) dropFiles(paths ...string) {
	p.t.Helper()
	for _, kind := range []input.DispatchDragEventType{"dragEnter", "dragOver", "drop"} {
		_, err := chromedp.Call(p.ctx, input.DispatchDragEvent, input.DispatchDragEventParams{
			Type: kind, X: 200, Y: 400, Data: &input.DragData{Files: paths, DragOperationsMask: 1},
		})
		p.must(err)
	}
}

// shot keeps a picture of the page in the folder that SCREENSHOTS names.
func (p *tab) shot(name string) {
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Logf("screenshot: %v", err)
		return
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600); err != nil {
		p.t.Log(err)
	}
}

// asked says whether the page requested an address that holds a piece.
func (p *tab) asked(piece string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, request := range p.requests {
		if strings.Contains(request, piece) {
			return true
		}
	}
	return false
}

// write puts a file of the given content into a folder of the test.
func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
