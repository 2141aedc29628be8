package show

import (
	"slices"
	"testing"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

func TestEveryPlaceHasAName(t *testing.T) {
	t.Parallel()
	for _, l := range phrase.Languages() {
		words := In(l)
		for _, r := range ladder.Regions() {
			if said := words.LadderRegion(r); said == string(r) || said == "" {
				t.Errorf("%s: region %s is said %q", l, r, said)
			}
			for _, other := range ladder.Regions() {
				server := ladder.ServerOf(r, other)
				if said := words.Server(server); server != "" && said == server {
					t.Errorf("%s: server %s is said %q", l, server, said)
				}
			}
		}
		for _, r := range ladder.Races {
			if said := words.LadderRace(r); said == string(r) {
				t.Errorf("%s: race %s is said %q", l, r, said)
			}
		}
		for _, code := range Countries() {
			if said := words.Country(code); said == code || said == "" {
				t.Errorf("%s: country %s is said %q", l, code, said)
			}
		}
	}
	if said := In(phrase.Korean).Country("DE"); said != "독일" {
		t.Errorf("DE is %q", said)
	}
	if said := In(phrase.English).Country("XX"); said != "XX" {
		t.Errorf("XX is %q", said)
	}
	countries := Countries()
	if n := len(countries); n < 190 || n > 260 || slices.Contains(countries, "EU") || slices.Contains(countries, "SU") || !slices.Contains(countries, "KR") {
		t.Errorf("%d countries: %v", n, countries)
	}
}
