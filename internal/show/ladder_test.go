package show

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// refusalCodes are the values of package ladder's constants of that type.
func refusalCodes(t *testing.T) (all []ladder.RefusalCode) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../ladder/act.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "RefusalCode" {
			code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, ladder.RefusalCode(code))
		}
		return true
	})
	if len(all) < 20 {
		t.Fatalf("found %d codes", len(all))
	}
	return all
}

func TestEveryRefusalIsSaidInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, l := range phrase.Languages() {
		for _, code := range refusalCodes(t) {
			said := Refusal(ladder.Refusal{Code: code}, "NOON").In(l)
			if said == "refused_"+string(code) || strings.ContainsAny(said, "{}") {
				t.Errorf("%s: %s is said %q", l, code, said)
			}
			if l != phrase.English && said == Refusal(ladder.Refusal{Code: code}, "NOON").In(phrase.English) {
				t.Errorf("%s: %s is said in English", l, code)
			}
		}
		if said := Refusal(ladder.Refusal{Code: ladder.IsPenalised}, "NOON").In(l); !strings.Contains(said, "NOON") {
			t.Errorf("%s: a penalty does not say until when: %q", l, said)
		}
	}
}

func TestEveryPartOfAProfileSaysHowItIsWritten(t *testing.T) {
	t.Parallel()
	season := ladder.DefaultSeason("")
	for _, l := range phrase.Languages() {
		for _, f := range ladder.ProfileFields {
			if said := Wrong(f, season).In(l); said == string(f) || strings.ContainsAny(said, "{}") {
				t.Errorf("%s: %s is said %q", l, f, said)
			}
		}
		if said := Wrong(ladder.FieldVetoes, season).In(l); !strings.Contains(said, strconv.Itoa(season.Rules.Vetoes)) {
			t.Errorf("%s: %q", l, said)
		}
		if said := Wrong(ladder.FieldRegion, season).In(l); !strings.Contains(said, "EUW, EUE") {
			t.Errorf("%s: %q", l, said)
		}
	}
}
