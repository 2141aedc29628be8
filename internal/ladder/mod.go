package ladder

import (
	"fmt"
	"slices"
	"strings"
)

// FindMap is the map of the pool that a replay shows: by the hash of its file, which is
// the same in every language and region; by title as long as no hash is learnt for it.
func (s Season) FindMap(title, hash string) (Map, bool) {
	for _, m := range s.Maps {
		if m.Hash != "" && m.Hash == hash {
			return m, true
		}
	}
	if m, ok := s.mapTitled(title); ok && m.Hash == "" {
		return m, true
	}
	return Map{}, false
}

func (s Season) mapTitled(title string) (Map, bool) {
	for _, m := range s.Maps {
		if sameTitle(m.Title, title) {
			return m, true
		}
	}
	return Map{}, false
}

// sameTitle compares titles as people read them: space is written in several ways.
func sameTitle(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// ModCheck is what a replay's files say about the mod.
type ModCheck struct {
	State   CheckState
	Release string   // that the files are of; when the check fails, the nearest one
	Region  string   // of the replay
	Unknown []string // hashes that belong to no release, map or art
	Missing []string // files of the release that are not there
}

// CheckMod says whether a game was played with exactly one release of the mod. Besides
// the game's own files there must be those of the release, and nothing that was not
// learnt: a lobby with a mod of its own shows one file more.
func (s Season) CheckMod(f Facts) ModCheck {
	check := ModCheck{State: Unknown, Region: f.Region}
	if len(f.Handles) == 0 {
		return check
	}
	files := f.Handles[:len(f.Handles)-1] // the last one is the map
	for _, release := range s.Releases {
		own := release.Handles[f.Region]
		if len(own) == 0 {
			continue
		}
		one := s.compare(files, release.Name, own)
		if slices.Contains(release.Unsplit, f.Region) {
			one = one.withoutTail(own)
		}
		one.Region = f.Region
		if check.State == Unknown || one.nearer(check) {
			check = one
		}
	}
	return check
}

// compare holds a game's files against one release.
func (s Season) compare(files []string, name string, own []string) ModCheck {
	check := ModCheck{State: Pass, Release: name}
	for _, file := range files {
		if !slices.Contains(s.Base, file) && !slices.Contains(own, file) && !slices.Contains(s.Tilesets, file) && !slices.Contains(s.Art, file) {
			check.Unknown = append(check.Unknown, file)
		}
	}
	for _, file := range own {
		if !slices.Contains(files, file) {
			check.Missing = append(check.Missing, file)
		}
	}
	if len(check.Unknown)+len(check.Missing) > 0 {
		check.State = Fail
	}
	return check
}

// withoutTail forgives missing files at the release's end.
func (c ModCheck) withoutTail(own []string) ModCheck {
	if tailOnly(own, c.Missing) {
		c.Missing = nil
	}
	if len(c.Unknown)+len(c.Missing) == 0 {
		c.State = Pass
	}
	return c
}

// nearer says whether c explains a game's files better than other does.
func (c ModCheck) nearer(other ModCheck) bool {
	return len(c.Unknown)+len(c.Missing) < len(other.Unknown)+len(other.Missing)
}

// Evidence is the check as a line of evidence.
func (c ModCheck) Evidence() Evidence {
	line := Evidence{Code: CheckMod, State: c.State, Expected: "one known release and nothing else"}
	switch {
	case c.State == Unknown && c.Region == "":
		line.Found = "the file names no region"
	case c.State == Unknown:
		line.Found = "no release is learnt for the region " + c.Region
	case len(c.Unknown) > 0:
		line.Found = fmt.Sprintf("release %s, and besides %s", c.Release, strings.Join(c.Unknown, ", "))
	case len(c.Missing) > 0:
		line.Found = fmt.Sprintf("release %s without %s", c.Release, strings.Join(c.Missing, ", "))
	default:
		line.Found = "release " + c.Release
	}
	return line
}
