package replay

import "testing"

func TestSplitName(t *testing.T) {
	tests := []struct{ markup, clan, name string }{
		{"Rairden", "", "Rairden"},
		{"&lt;HTFB&gt;<sp/>Yuriprime", "HTFB", "Yuriprime"},
		{"[BofAF]<sp/>goatsonfire", "BofAF", "goatsonfire"},
		{"&lt;A&amp;B&gt;<sp/>Tom &apos;n&#39; Jerry", "A&B", "Tom 'n' Jerry"},
		{"白米饭", "", "白米饭"},
		{"&lt;ΩΨ&gt;<sp/>никита", "ΩΨ", "никита"},
		{"A.I. 1 (Very Easy)", "", "A.I. 1 (Very Easy)"},
		{"[x]y", "", "[x]y"}, // brackets are a clan only before the mark
		{"<sp/>", "", ""},
		{"", "", ""},
		{"bad\xff\xfebytes", "", "bad\uFFFDbytes"},
	}
	for _, test := range tests {
		if clan, name := splitName(test.markup); clan != test.clan || name != test.name {
			t.Errorf("%q: clan %q, name %q, want %q and %q", test.markup, clan, name, test.clan, test.name)
		}
	}
}
