package protocol

import (
	"regexp"
	"slices"
	"testing"

	"github.com/icza/s2prot/build"
)

func TestEveryBuildHasAProtocol(t *testing.T) {
	t.Parallel()
	known := builds()
	if len(known) < 151 {
		t.Fatalf("%d builds known, want at least 151", len(known))
	}
	for _, b := range known {
		p, exact, err := Lookup(b)
		if err != nil || !exact {
			t.Errorf("build %d: exact %t, %v", b, exact, err)
			continue
		}
		if len(p.Tracker.List) > 0 != (b >= 24944) {
			t.Errorf("build %d: %d tracker events", b, len(p.Tracker.List))
		}
		if e := p.Game.ByID(27); e == nil || e.Name != CmdEvent || e.Text != "CmdEvent" {
			t.Errorf("build %d: game event 27 is %+v, want CmdEvent", b, e)
		}
	}
}

func TestUnknownBuildGetsTheNearestLower(t *testing.T) {
	t.Parallel()
	known := builds()
	for _, c := range []struct{ build, want int }{
		{1, known[0]},
		{24200, 23925},
		{37164, 36442},
		{97425, build.Duplicates[95299]},
		{99999, build.Duplicates[95299]},
	} {
		p, exact, err := Lookup(c.build)
		if err != nil || exact || p.Build != c.want {
			t.Errorf("build %d: protocol %d, exact %t, %v; want %d", c.build, p.Build, exact, err, c.want)
		}
	}
}

func TestOthersComeNearestFirst(t *testing.T) {
	t.Parallel()
	p, _, err := Lookup(24764)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[*Protocol]bool{p: true}
	var builds []int
	for _, other := range Others(p) {
		if seen[other] {
			t.Errorf("protocol %d comes twice", other.Build)
		}
		seen[other] = true
		builds = append(builds, other.Build)
	}
	oldest := slices.Index(builds, 15405)
	if oldest < 0 || builds[0] != 24247 || builds[1] != 23925 || builds[oldest+1] != 24944 || len(builds) < 30 {
		t.Errorf("%v", builds)
	}
}

func TestIdenticalProtocolsAreShared(t *testing.T) {
	t.Parallel()
	a, _, errA := Lookup(80949)
	b, _, errB := Lookup(95299)
	if errA != nil || errB != nil || a != b {
		t.Errorf("%p, %p, %v, %v", a, b, errA, errB)
	}
}

// TestEveryNameIsInATable guards the vocabulary against spelling mistakes,
// which would silently read nothing.
func TestEveryNameIsInATable(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	quoted := regexp.MustCompile(`'(?:m_|NNet[.\w]*\.S)?(\w+)'`)
	for _, text := range build.Builds {
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			used[m[1]] = true
		}
	}
	for _, n := range names {
		if n != "" && !used[n] {
			t.Errorf("no table has the name %q", n)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := compile(80949, build.Builds[80949], vocabulary()); err != nil {
			b.Fatal(err)
		}
	}
}
