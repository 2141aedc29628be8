package ladder

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A game's dependencies stand in the file in this order, as 54 replays of the published
// mod show: five of the game itself, the mod's own files (9 in the Americas and Europe,
// 16 in Korea), then what mod the lobby added, one tileset file that maps share, art
// files on some maps, and last the map. Learn tells them apart by that order and by
// comparing games on several maps.

// baseFiles is how many of the game's own dependencies come first.
const baseFiles = 5

// Reference is a replay whose map and mod are to be taken for right.
type Reference struct {
	File  string
	Facts Facts
}

// files are the dependencies between the game's own and the map.
func (r Reference) files() []string { return r.Facts.Handles[baseFiles : len(r.Facts.Handles)-1] }

// LearnOptions say how far Learn may go.
type LearnOptions struct {
	// Force adds files to a release that is learnt, and replaces the file of a map.
	Force bool
	// AddMaps puts maps that are not in the pool into it; without it they are learnt as
	// retired: known, and not drawn.
	AddMaps bool
}

// Lesson is what references add to a season.
type Lesson struct {
	Season Season // with it
	Lines  []LessonLine
}

// LessonLine is a hash that a lesson adds or moves, or a remark without one.
type LessonLine struct {
	What   string // "map", "base", "release", "tileset", "art", "note"
	Region string // of a release's file
	Hash   string
	Text   string // a map's title, a release's name, a remark
}

// Learn adds what references show to a release of the mod, to the maps, and to the files
// that come with maps. Each region's files are learnt from that region's references. It
// refuses, naming the file and the hash, what cannot be an official game beside the
// others, and files that a learnt release has not, unless they come with a map.
func (s Season) Learn(release string, references []Reference, options LearnOptions) (Lesson, error) {
	if release = strings.TrimSpace(release); release == "" {
		return Lesson{}, fmt.Errorf("name the release of the mod that the replays were played with")
	}
	l := learner{s: s.clone(), before: s, release: release, options: options}
	if err := l.base(references); err != nil {
		return Lesson{}, err
	}
	if err := l.maps(references); err != nil {
		return Lesson{}, err
	}
	for _, group := range byRegion(references) {
		if err := l.region(group); err != nil {
			return Lesson{}, err
		}
	}
	return Lesson{Season: l.s, Lines: l.lines}, nil
}

// clone is the season without a list in common with s that Learn writes to.
func (s Season) clone() Season {
	s.Maps, s.Base, s.Tilesets, s.Art = slices.Clone(s.Maps), slices.Clone(s.Base), slices.Clone(s.Tilesets), slices.Clone(s.Art)
	s.Releases = slices.Clone(s.Releases)
	for i := range s.Releases {
		s.Releases[i].Handles = maps.Clone(s.Releases[i].Handles)
		s.Releases[i].Unsplit = slices.Clone(s.Releases[i].Unsplit)
	}
	return s
}

type learner struct {
	s       Season
	before  Season
	release string
	options LearnOptions
	lines   []LessonLine
}

func (l *learner) note(what, region, hash, text string) {
	l.lines = append(l.lines, LessonLine{What: what, Region: region, Hash: hash, Text: text})
}

// add puts hashes into a list that has them not yet.
func (l *learner) add(list *[]string, what string, hashes ...string) {
	for _, hash := range hashes {
		if !slices.Contains(*list, hash) {
			*list = append(*list, hash)
			l.note(what, "", hash, "")
		}
	}
}

// base takes the game's own files, which are the same in every official game.
func (l *learner) base(references []Reference) error {
	known := l.before.Base
	for _, r := range references {
		if n := len(r.Facts.Handles); n < baseFiles+2 {
			return fmt.Errorf("%s: it has %d dependencies, fewer than any game with the mod: take a replay of an official lobby", r.File, n)
		}
		if r.Facts.Region == "" {
			return fmt.Errorf("%s: it does not say in which region it was played: take another replay", r.File)
		}
		own := r.Facts.Handles[:baseFiles]
		if len(known) == 0 {
			known = own
		}
		for _, hash := range own {
			if !slices.Contains(known, hash) && !l.options.Force {
				return fmt.Errorf("%s: %s is not among the game's own files as they are known: take a replay of an official lobby; -force adds the file", r.File, hash)
			}
		}
		l.add(&l.s.Base, "base", own...)
	}
	return nil
}

// maps takes the maps' files. Titles are those of the pool first, so that a map is known
// before a replay of a client in another language shows it.
func (l *learner) maps(references []Reference) error {
	ordered := slices.Clone(references)
	inPool := func(r Reference) int {
		if _, ok := l.before.mapTitled(r.Facts.MapTitle); ok {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(ordered, func(a, b Reference) int { return cmp.Compare(inPool(a), inPool(b)) })
	for _, r := range ordered {
		if err := l.oneMap(r); err != nil {
			return err
		}
	}
	return nil
}

func (l *learner) oneMap(r Reference) error {
	title, hash := r.Facts.MapTitle, r.Facts.MapHash
	if slices.ContainsFunc(l.s.Maps, func(m Map) bool { return m.Hash == hash }) {
		return nil
	}
	at := slices.IndexFunc(l.s.Maps, func(m Map) bool { return sameTitle(m.Title, title) })
	switch {
	case at >= 0 && l.s.Maps[at].Hash != "" && !l.options.Force:
		return fmt.Errorf("%s: the map %s is learnt with another file (%s): play it as published; -force takes this one", r.File, title, short(l.s.Maps[at].Hash))
	case at >= 0:
		l.s.Maps[at].Hash = hash
		l.note("map", "", hash, l.s.Maps[at].Title)
	default:
		l.s.Maps = append(l.s.Maps, Map{Title: title, Hash: hash, Retired: !l.options.AddMaps})
		l.note("map", "", hash, title)
		if !l.options.AddMaps {
			l.note("note", "", hash, fmt.Sprintf("the map %s is not in the pool: it is known, and not drawn; -add-maps puts it there", title))
		}
	}
	return nil
}

// byRegion groups references, those with the most maps first: they tell a mod's files from
// a map's, which helps with the others.
func byRegion(references []Reference) [][]Reference {
	groups := map[string][]Reference{}
	for _, r := range references {
		groups[r.Facts.Region] = append(groups[r.Facts.Region], r)
	}
	sorted := slices.Collect(maps.Values(groups))
	slices.SortFunc(sorted, func(a, b []Reference) int {
		return cmp.Or(cmp.Compare(countMaps(b), countMaps(a)), cmp.Compare(a[0].Facts.Region, b[0].Facts.Region))
	})
	return sorted
}

func countMaps(references []Reference) int {
	hashes := map[string]bool{}
	for _, r := range references {
		hashes[r.Facts.MapHash] = true
	}
	return len(hashes)
}

// region learns the files of one region.
func (l *learner) region(references []Reference) error {
	region := references[0].Facts.Region
	release := l.releaseNamed()
	own, unsplit := release.Handles[region], slices.Contains(release.Unsplit, region)
	common := shared(references, own)
	if err := l.sameRelease(own, common, references); err != nil {
		return err
	}
	if len(common) == 0 {
		return noMod(references)
	}
	c := l.split(references, common, own, unsplit)
	if len(c.core) == 0 {
		return noMod(references)
	}
	if err := l.nameless(release.Name, region, c.core); err != nil {
		return err
	}
	grown, err := l.rest(references, c, own)
	if err != nil {
		return err
	}
	l.settle(release, region, c, grown)
	return nil
}

func noMod(references []Reference) error {
	return fmt.Errorf("%s: no file of a mod is common to the replays of region %s: take replays of one release", references[0].File, references[0].Facts.Region)
}

// releaseNamed is the release that is learnt, a new one if need be.
func (l *learner) releaseNamed() *Release {
	at := slices.IndexFunc(l.s.Releases, func(r Release) bool { return r.Name == l.release })
	if at < 0 {
		at = len(l.s.Releases)
		l.s.Releases = append(l.s.Releases, Release{Name: l.release, Handles: map[string][]string{}})
	}
	if l.s.Releases[at].Handles == nil {
		l.s.Releases[at].Handles = map[string][]string{}
	}
	return &l.s.Releases[at]
}

// cut is where the mod's files end.
type cut struct {
	core  []string // the mod's files
	split bool     // they hold no map's files any more
}

// split tells the mod's files among the common ones from a map's: by a tileset that is
// known; or, where one game shows nothing but common files and another does not, it is the
// last of them, for every game has one tileset. Games with the same files do not tell.
func (l *learner) split(references []Reference, common, own []string, unsplit bool) cut {
	known := func(hash string) bool { return slices.Contains(l.s.Tilesets, hash) }
	if at := slices.IndexFunc(common, known); at >= 0 {
		return cut{common[:at], true}
	}
	if len(own) > 0 && !unsplit {
		return cut{common, true}
	}
	bare, more := false, len(common) < len(own) // of the game that own was learnt from
	for _, r := range references {
		rest := without(r.files(), common)
		bare = bare || len(rest) == 0
		more = more || len(rest) > 0
	}
	bare = bare || len(common) == len(own)
	if bare && more {
		return cut{common[:len(common)-1], true}
	}
	return cut{common, more}
}

// settle writes a region's files into the release.
func (l *learner) settle(release *Release, region string, c cut, grown []string) {
	for _, hash := range append(slices.Clone(c.core), grown...) {
		if !slices.Contains(release.Handles[region], hash) {
			l.note("release", region, hash, release.Name)
		}
	}
	if tail := without(release.Handles[region], c.core); len(tail) > 0 {
		l.add(&l.s.Tilesets, "tileset", tail[0])
		l.add(&l.s.Art, "art", without(tail[1:], l.s.Tilesets)...)
	}
	release.Handles[region] = append(slices.Clone(c.core), grown...)
	release.Unsplit = slices.DeleteFunc(release.Unsplit, func(r string) bool { return r == region })
	if !c.split {
		release.Unsplit = append(release.Unsplit, region)
		l.note("note", region, "", "games with the same files do not tell the mod's from the map's: learn from a map with other scenery, too")
	}
}

// shared are the files with which all references begin, or, of a learnt release, those
// of own that all have.
func shared(references []Reference, own []string) []string {
	if len(own) > 0 {
		for _, r := range references {
			own = keep(own, r.files())
		}
		return own
	}
	common := references[0].files()
	for _, r := range references[1:] {
		common = common[:prefix(common, r.files())]
	}
	return common
}

// prefix is how many files two lists begin with in common.
func prefix(a, b []string) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// keep are the hashes of list that are in other.
func keep(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(hash string) bool { return !slices.Contains(other, hash) })
}

// without are the hashes of list that are not in other.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(hash string) bool { return slices.Contains(other, hash) })
}

// sameRelease refuses references that lack files of the learnt release, but for those at
// its end: what was learnt from one map has that map's files there.
func (l *learner) sameRelease(own, common []string, references []Reference) error {
	if tailOnly(own, without(own, common)) {
		return nil
	}
	for _, r := range references {
		if missing := without(own, r.files()); !tailOnly(own, missing) {
			return fmt.Errorf("%s: it lacks %d of the %d files of release %s in region %s (%s, …): it is another release, which needs another -release name",
				r.File, len(missing), len(own), l.release, r.Facts.Region, missing[0])
		}
	}
	return fmt.Errorf("%s and the others are not of one release: learn each release by itself", references[0].File)
}

// tailOnly says whether missing is the end of own, and no more than half of it.
func tailOnly(own, missing []string) bool {
	return 2*len(missing) <= len(own) && slices.Equal(own[len(own)-len(missing):], missing)
}

// nameless refuses to learn the files of a release under a second name.
func (l *learner) nameless(name, region string, core []string) error {
	for _, other := range l.before.Releases {
		if other.Name != name && slices.Equal(slices.Sorted(slices.Values(other.Handles[region])), slices.Sorted(slices.Values(core))) {
			return fmt.Errorf("the replays of region %s show release %s, which is learnt already", region, other.Name)
		}
	}
	return nil
}

// rest takes what stands behind the mod's files for tilesets and art, and returns what a
// learnt release is forced to grow by.
func (l *learner) rest(references []Reference, c cut, own []string) (grown []string, err error) {
	rests, first := make([][]string, len(references)), slices.Clone(l.before.Tilesets)
	for i, r := range references {
		if rests[i] = without(r.files(), c.core); len(rests[i]) > 0 {
			first = append(first, rests[i][0])
		}
	}
	for i, r := range references {
		extras := append(amid(r.files(), c.core), ahead(rests[i], first)...)
		if len(extras) > 0 && !l.options.Force {
			return nil, fmt.Errorf("%s: %s stands where a lobby's additional mod does: take a replay of an official lobby; -force adds the file all the same", r.File, extras[0])
		}
		grown = append(grown, without(extras, grown)...)
		if err := l.oneRest(r, without(rests[i], grown), own); err != nil {
			return nil, err
		}
	}
	if len(own) == 0 {
		l.add(&l.s.Art, "art", grown...)
		return nil, nil
	}
	return grown, nil
}

// ahead are the files of a rest that stand before a tileset.
func ahead(rest, tilesets []string) []string {
	for i := len(rest) - 1; i > 0; i-- {
		if slices.Contains(tilesets, rest[i]) {
			return rest[:i]
		}
	}
	return nil
}

// amid are the files that stand before the end of core and are not of it.
func amid(files, core []string) []string {
	end := 0
	for i, hash := range files {
		if slices.Contains(core, hash) {
			end = i
		}
	}
	return without(files[:end], core)
}

// oneRest takes one reference's tileset and art.
func (l *learner) oneRest(r Reference, rest, own []string) error {
	if len(rest) == 0 {
		return nil
	}
	known := func(hash string) bool {
		return slices.Contains(l.before.Tilesets, hash) || slices.Contains(l.before.Art, hash) || slices.Contains(own, hash)
	}
	fresh := slices.DeleteFunc(slices.Clone(rest[1:]), known)
	if len(own) > 0 && !known(rest[0]) && len(fresh) > 0 && !l.options.Force {
		return fmt.Errorf("%s: release %s is learnt, and it cannot be told whether %s is a new map's tileset or an additional mod: if the lobby was official, -force adds the files", r.File, l.release, rest[0])
	}
	if !slices.Contains(l.s.Art, rest[0]) {
		l.add(&l.s.Tilesets, "tileset", rest[0])
		rest = rest[1:]
	}
	l.add(&l.s.Art, "art", without(rest, l.s.Tilesets)...)
	return nil
}
