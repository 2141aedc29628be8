package ladder_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

func TestWhatAPlayerTellsHasRules(t *testing.T) {
	t.Parallel()
	season := ladder.DefaultSeason("One")
	good := ladder.Player{
		Name: "Alice1", BattleTag: "Alice#1234", Aliases: []string{"알리스", "[x] al ice"}, Country: "KR", Region: "KRJ",
		Races: []ladder.Race{ladder.BWZerg, ladder.Terran}, Vetoes: []string{season.Maps[0].Title},
	}
	if wrong := good.Wrong(season); len(wrong) > 0 {
		t.Fatalf("wrong: %v", wrong)
	}
	if wrong := (ladder.Player{}).Wrong(season); len(wrong) > 0 {
		t.Errorf("of nothing told: %v", wrong)
	}
	var vetoes []string
	for _, m := range season.Maps {
		vetoes = append(vetoes, m.Title)
	}
	tests := map[string]struct {
		spoil func(*ladder.Player)
		want  ladder.ProfileField
	}{
		"a short name":                 {func(p *ladder.Player) { p.Name = "ab" }, ladder.FieldName},
		"a long name":                  {func(p *ladder.Player) { p.Name = strings.Repeat("a", 13) }, ladder.FieldName},
		"a name with a space":          {func(p *ladder.Player) { p.Name = "al ice" }, ladder.FieldName},
		"a name nobody can see":        {func(p *ladder.Player) { p.Name = "ali\u200bce" }, ladder.FieldName},
		"a BattleTag without a number": {func(p *ladder.Player) { p.BattleTag = "Alice" }, ladder.FieldBattleTag},
		"a BattleTag of two digits":    {func(p *ladder.Player) { p.BattleTag = "Alice#12" }, ladder.FieldBattleTag},
		"four aliases":                 {func(p *ladder.Player) { p.Aliases = []string{"a", "b", "c", "d"} }, ladder.FieldAliases},
		"an alias of 33 letters":       {func(p *ladder.Player) { p.Aliases = []string{strings.Repeat("a", 33)} }, ladder.FieldAliases},
		"a country that is none":       {func(p *ladder.Player) { p.Country = "ZZ" }, ladder.FieldCountry},
		"a part of the world":          {func(p *ladder.Player) { p.Country = "EU" }, ladder.FieldCountry},
		"a country in full":            {func(p *ladder.Player) { p.Country = "Germany" }, ladder.FieldCountry},
		"a region that is none":        {func(p *ladder.Player) { p.Region = "EU" }, ladder.FieldRegion},
		"two races of a side":          {func(p *ladder.Player) { p.Races = []ladder.Race{ladder.Zerg, ladder.Terran} }, ladder.FieldRaces},
		"a veto of no map":             {func(p *ladder.Player) { p.Vetoes = []string{"Lost Temple"} }, ladder.FieldVetoes},
		"a veto of everything":         {func(p *ladder.Player) { p.Vetoes = vetoes }, ladder.FieldVetoes},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := good
			test.spoil(&p)
			if got := p.Wrong(season); !slices.Equal(got, []ladder.ProfileField{test.want}) {
				t.Errorf("wrong: %v", got)
			}
		})
	}
}

func TestAProfileIsTidied(t *testing.T) {
	t.Parallel()
	p := ladder.Player{Name: " Ze\u0301ro ", BattleTag: " Zero#123 ", Country: " de", Region: "euw", Aliases: []string{" a ", "", "a"}}
	want := ladder.Player{Name: "Z\u00e9ro", BattleTag: "Zero#123", Country: "DE", Region: "EUW", Aliases: []string{"a"}}
	if diff := cmp.Diff(want, p.Tidied()); diff != "" {
		t.Error(diff)
	}
	if missing := p.Missing(); len(missing) > 0 {
		t.Errorf("missing: %v", missing)
	}
	if missing := (ladder.Player{Name: "Zero", Region: "EUW"}).Missing(); !slices.Equal(missing, []ladder.ProfileField{ladder.FieldBattleTag, ladder.FieldCountry}) {
		t.Errorf("missing: %v", missing)
	}
}
