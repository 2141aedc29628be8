package show

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/evoladder/evoladderbot/internal/phrase"
)

// The table is what golang.org/x/text/language/display says. That package would link the
// names of all languages into the program, two megabytes. UPDATE=1 writes the table.
func TestCountriesAreCalledWhatTheLibraryCallsThem(t *testing.T) {
	t.Parallel()
	namers := map[phrase.Language]display.Namer{phrase.English: display.English.Regions(), phrase.Korean: display.Korean.Regions()}
	var text strings.Builder
	text.WriteString("package show\n\nimport \"github.com/evoladder/evoladderbot/internal/phrase\"\n\n// countryNames are the countries of ISO 3166 by code: Unicode's names, written by\n// UPDATE=1 go test ./internal/show.\nvar countryNames = map[phrase.Language]map[string]string{\n")
	for _, l := range []phrase.Language{phrase.English, phrase.Korean} {
		fmt.Fprintf(&text, "\tphrase.%s: {\n", map[phrase.Language]string{phrase.English: "English", phrase.Korean: "Korean"}[l])
		for a := 'A'; a <= 'Z'; a++ {
			for b := 'A'; b <= 'Z'; b++ {
				code := string([]rune{a, b})
				region, err := language.ParseRegion(code)
				if err != nil || !region.IsCountry() {
					continue
				}
				if name := namers[l].Name(region); name != "" {
					fmt.Fprintf(&text, "\t\t%q: %q,\n", code, name)
				}
			}
		}
		text.WriteString("\t},\n")
	}
	text.WriteString("}\n")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("country_table.go", []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	written, err := os.ReadFile("country_table.go")
	if err != nil || string(written) != text.String() {
		t.Error("country_table.go is not what the library says: UPDATE=1 go test ./internal/show writes it", err)
	}
}
