package protocol

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/icza/s2prot/build"

	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
)

// Lookup returns the protocol of a base build, and whether it is exactly that
// build's: a build without a table gets that of the nearest known one below
// it, or of the lowest there is.
func Lookup(baseBuild int) (p *Protocol, exact bool, err error) {
	known := builds()
	i, exact := slices.BinarySearch(known, baseBuild)
	if !exact && i > 0 {
		i--
	}
	p, err = compiled(known[i])
	return p, exact, err
}

// Newest returns the protocol of the newest known build. It reads the header
// of every replay, which says the build.
func Newest() (*Protocol, error) {
	known := builds()
	return compiled(known[len(known)-1])
}

// Others returns all layouts but p, the older ones first and the nearest of
// both first: what a build that has no table may be written in, if not in p.
func Others(p *Protocol) (all []*Protocol) {
	known := builds()
	at, _ := slices.BinarySearch(known, p.Build)
	add := func(build int) {
		if other, err := compiled(build); err == nil && other != p && !slices.Contains(all, other) {
			all = append(all, other)
		}
	}
	for _, build := range slices.Backward(known[:at]) {
		add(build)
	}
	for _, build := range known[at:] {
		add(build)
	}
	return all
}

var builds = sync.OnceValue(func() []int {
	var all []int
	for b := range build.Builds {
		all = append(all, b)
	}
	for b := range build.Duplicates {
		all = append(all, b)
	}
	for b := range betas {
		all = append(all, b)
	}
	slices.Sort(all)
	return all
})

// vocabulary maps the tables' names to ours.
var vocabulary = sync.OnceValue(func() map[string]bitstream.Name {
	m := make(map[string]bitstream.Name, len(names))
	for n, text := range names {
		if text != "" {
			m[text] = bitstream.Name(n)
		}
	}
	return m
})

// cache holds the protocols compiled so far, by the first build of each.
var cache struct {
	sync.RWMutex
	byBuild map[int]*Protocol
}

// compiled returns the protocol of a build that has a table.
func compiled(baseBuild int) (*Protocol, error) {
	if first, ok := build.Duplicates[baseBuild]; ok {
		baseBuild = first
	}
	cache.RLock()
	p := cache.byBuild[baseBuild]
	cache.RUnlock()
	if p != nil {
		return p, nil
	}
	text, err := source(baseBuild)
	if err != nil {
		return nil, err
	}
	if p, err = compile(baseBuild, text, vocabulary()); err != nil {
		return nil, err
	}
	cache.Lock()
	defer cache.Unlock()
	if first := cache.byBuild[baseBuild]; first != nil {
		return first, nil // someone else was faster
	}
	if cache.byBuild == nil {
		cache.byBuild = make(map[int]*Protocol)
	}
	cache.byBuild[baseBuild] = p
	return p, nil
}

// source returns the text of the table of a build that is no duplicate.
func source(baseBuild int) (string, error) {
	beta, ok := betas[baseBuild]
	if !ok {
		return build.Builds[baseBuild], nil
	}
	text := build.Builds[beta.from]
	for _, e := range beta.edits {
		if strings.Count(text, e[0]) != 1 {
			return "", fmt.Errorf("protocol %d: %q is not once in that of %d", baseBuild, e[0], beta.from)
		}
		text = strings.Replace(text, e[0], e[1], 1)
	}
	return text, nil
}
