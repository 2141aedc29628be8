package replay

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rewriteBaseBuild is data with another base build in its header. Field 5 of
// the version is the base build, an integer (type 9) of the versioned
// encoding: sign and six bits in the first byte, seven in the others.
func rewriteBaseBuild(t testing.TB, data []byte, from, to int) []byte {
	t.Helper()
	field := func(build int) []byte {
		value := []byte{10, 9, byte(build<<1) & 0x7f}
		for build >>= 6; build > 0; build >>= 7 {
			value[len(value)-1] |= 0x80
			value = append(value, byte(build)&0x7f)
		}
		return value
	}
	old, replacement := field(from), field(to)
	if at := bytes.Index(data[:512], old); at < 0 || len(old) != len(replacement) {
		t.Fatalf("base build %d cannot be rewritten to %d", from, to)
	}
	return bytes.Replace(data, old, replacement, 1)
}

// forgetTimes leaves the build order out of a comparison: how long things take
// is another matter in another build.
func forgetTimes(want, got *Replay) {
	for i := range want.Timeline.Players {
		if len(want.Timeline.Players[i].BuildOrder) == len(got.Timeline.Players[i].BuildOrder) {
			want.Timeline.Players[i].BuildOrder = got.Timeline.Players[i].BuildOrder
		}
	}
}

func TestParseUnknownBuilds(t *testing.T) {
	dir := samples(t)
	for _, f := range facts(t) {
		if f.BaseBuild < 38215 {
			continue
		}
		for _, build := range []int{97425, 99999} {
			t.Run(fmt.Sprintf("%s/%d", f.Path[:6], build), func(t *testing.T) {
				t.Parallel()
				data := readSample(t, filepath.Join(dir, f.Path))
				want, err := Parse(t.Context(), data, Options{Timeline: true})
				if err != nil {
					t.Fatal(err)
				}
				got, err := Parse(t.Context(), rewriteBaseBuild(t, data, f.BaseBuild, build), Options{Timeline: true})
				if err != nil {
					t.Fatal(err)
				}
				if got.ProtocolExact || len(got.Warnings) == 0 || !strings.Contains(strings.Join(got.Warnings, " "), "protocol") {
					t.Errorf("exact %t, warnings %q", got.ProtocolExact, got.Warnings)
				}
				want.BaseBuild, want.ProtocolExact, want.Warnings = build, false, got.Warnings
				want.WarningsTotal, want.WarningKeys = got.WarningsTotal, got.WarningKeys
				forgetTimes(want, got)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-known build +%d):\n%.1500s", build, diff)
				}
			})
		}
	}
}

// TestParseBuildsBetweenTheTables reads each sample as if it were of the build
// just before its own, which has no table or another layout's.
func TestParseBuildsBetweenTheTables(t *testing.T) {
	dir := samples(t)
	for _, f := range facts(t) {
		t.Run(fmt.Sprintf("%s/%d", f.Path[:6], f.BaseBuild-1), func(t *testing.T) {
			t.Parallel()
			data := readSample(t, filepath.Join(dir, f.Path))
			want, err := Parse(t.Context(), data, Options{Timeline: true})
			if err != nil {
				t.Fatal(err)
			}
			got, err := Parse(t.Context(), rewriteBaseBuild(t, data, f.BaseBuild, f.BaseBuild-1), Options{Timeline: true})
			if err != nil {
				t.Fatal(err)
			}
			if warnings := strings.Join(got.Warnings, " "); strings.Contains(warnings, "cannot be read") {
				t.Errorf("warnings %q", got.Warnings)
			}
			want.BaseBuild, want.ProtocolExact, want.Warnings = got.BaseBuild, got.ProtocolExact, got.Warnings
			want.WarningsTotal, want.WarningKeys = got.WarningsTotal, got.WarningKeys
			forgetTimes(want, got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-known build +%d):\n%.1500s", f.BaseBuild-1, diff)
			}
		})
	}
}
