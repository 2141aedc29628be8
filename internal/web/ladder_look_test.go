package web_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

// flaws are what a reader of a page's outline would stumble over: headings that skip a
// level, landmarks, tables, pictures, links and fields without a name, ids that are there twice.
const flaws = `(() => {
	const found = [];
	const named = (e) => (e.getAttribute('aria-label') || e.textContent || document.getElementById(e.getAttribute('aria-labelledby'))?.textContent || '').trim();
	if (document.querySelectorAll('h1').length !== 1) found.push('not one h1');
	let level = 0;
	for (const h of document.querySelectorAll('h1, h2, h3, h4')) {
		const own = Number(h.tagName[1]);
		if (own > level + 1) found.push('heading skips a level: ' + h.textContent);
		level = own;
	}
	for (const one of ['header', 'nav', 'main', 'footer']) if (!document.querySelector('body > ' + one + ', body > header > ' + one)) found.push('no ' + one);
	for (const e of document.querySelectorAll('a, button, nav, [role=img], section[aria-labelledby], th')) if (!named(e)) found.push('no name: ' + e.outerHTML.slice(0, 90));
	for (const e of document.querySelectorAll('select')) if (!e.labels.length) found.push('no label: ' + e.name);
	for (const t of document.querySelectorAll('table')) if (!t.caption || !t.querySelector('th[scope=col]')) found.push('a table without caption or heads');
	const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
	if (new Set(ids).size !== ids.length) found.push('an id is there twice');
	return found.join('; ');
})()`

// faint are texts whose contrast with what is behind them is under WCAG's 4.5, or 3 where they
// are large: https://www.w3.org/TR/WCAG22/#contrast-minimum
const faint = `(() => {
	const ink = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
	const rgba = (color) => { ink.clearRect(0, 0, 1, 1); ink.fillStyle = color; ink.fillRect(0, 0, 1, 1); return [...ink.getImageData(0, 0, 1, 1).data]; };
	const over = (a, b) => a.slice(0, 3).map((c, i) => c * a[3] / 255 + b[i] * (1 - a[3] / 255)).concat(255);
	const behind = (e) => {
		const own = rgba(getComputedStyle(e).backgroundColor);
		return own[3] === 255 ? own : over(own, e.parentElement ? behind(e.parentElement) : [255, 255, 255, 255]);
	};
	const light = (c) => c.slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
	const found = new Set();
	for (const e of document.querySelectorAll('body *')) {
		const text = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
		if (!text || e.tagName === 'OPTION' || !e.getClientRects().length) continue;
		const style = getComputedStyle(e), back = behind(e);
		const a = light(over(rgba(e.ownerSVGElement ? style.fill : style.color), back)), b = light(back);
		const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05), size = parseFloat(style.fontSize);
		if (contrast < (size >= 24 || size >= 18.66 && style.fontWeight >= 700 ? 3 : 4.5)) found.add(text + ' ' + contrast.toFixed(2));
	}
	return [...found].join('; ');
})()`

func TestTheLaddersPagesLook(t *testing.T) {
	t.Parallel()
	s := newSeason(t, storetest.SQLite(t))
	last := s.small()
	s.by("Boris", ladder.Act{Kind: ladder.Join, Races: []ladder.Race{ladder.BWZerg, ladder.Terran}})
	playing := s.play("Chloe", ladder.BWTerran, "Dmitri", ladder.Zerg, deathValley)
	wrong := s.game("Chloe", replay.BWTerran, "Dmitri", replay.Zerg)
	wrong.Map = replay.Map{Title: "Ever Dream LE", SHA256: "elsewhere"}
	s.hand("Chloe", wrong)
	server := s.server()
	empty := emptyLadder(t, storetest.SQLite(t)).server()

	for _, view := range []struct {
		name, scheme  string
		width, height int64
	}{{"light", "light", 1200, 900}, {"dark", "dark", 1200, 900}, {"phone-light", "light", 360, 740}, {"phone-dark", "dark", 360, 740}} {
		for name, address := range map[string]string{
			"board": server.URL + "/ladder", "player": fmt.Sprintf("%s/players/%d", server.URL, s.players["Anna"].ID),
			"match": fmt.Sprintf("%s/matches/%d", server.URL, last), "playing": fmt.Sprintf("%s/matches/%d", server.URL, playing),
			"nobody": server.URL + "/ladder?country=NZ", "empty": empty.URL + "/ladder",
		} {
			t.Run(view.name+" "+name, func(t *testing.T) {
				t.Parallel()
				page := newTab(t)
				page.scheme(view.scheme)
				page.do(chromedp.EmulateViewport(view.width, view.height))
				page.open(address)
				page.see("h1")
				if wide := eval[int](page, "document.documentElement.scrollWidth"); int64(wide) > view.width {
					t.Errorf("the page is %d pixels wide in a window of %d", wide, view.width)
				}
				if found := eval[string](page, flaws); found != "" {
					t.Error(found)
				}
				if found := eval[string](page, faint); found != "" {
					t.Errorf("hard to read: %s", found)
				}
				page.shot("ladder-" + name + "-" + view.name)
				page.clean(address)
			})
		}
	}
}
