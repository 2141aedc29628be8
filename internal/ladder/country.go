package ladder

import (
	"sync"

	"golang.org/x/text/language"
)

// Countries are the codes of all countries, in order.
var Countries = sync.OnceValue(func() []string {
	var all []string
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string(a) + string(b)
			if !isCountry(code) {
				continue
			}
			if region := language.MustParseRegion(code); region.Canonicalize() == region { // none that is history
				all = append(all, code)
			}
		}
	}
	return all
})
