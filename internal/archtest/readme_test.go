package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// ourPath is a path of this repository as the documents write it.
var ourPath = regexp.MustCompile("`((?:internal|deploy|migrations)(?:/[a-z0-9_]+)*(?:\\.go)?)`")

// TestDocumentsNamePathsThatExist keeps a newcomer from following a trail to
// nowhere.
func TestDocumentsNamePathsThatExist(t *testing.T) {
	pages := []string{"README.md", "CONTRIBUTING.md", "deploy/railway/README.md"}
	for _, pattern := range []string{"docs/*.md", "docs/*/*.md"} {
		found, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range found {
			pages = append(pages, strings.TrimPrefix(filepath.ToSlash(page), "../../"))
		}
	}
	for _, page := range pages {
		text, err := os.ReadFile(filepath.Join("../..", page))
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range ourPath.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join("../..", found[1])); err != nil {
				t.Errorf("%s names %s: %v", page, found[1], err)
			}
		}
	}
}

// TestEveryPhraseIsSaid finds sentences that no player can read any more.
func TestEveryPhraseIsSaid(t *testing.T) {
	keys, err := os.ReadFile("../phrase/key.go")
	if err != nil {
		t.Fatal(err)
	}
	var program []byte
	for _, pattern := range []string{"../*/*.go", "../../cmd/*/*.go", "../web/template/*.html"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			program = append(program, text...)
		}
	}
	said := map[string]bool{} // constants of Go, and keys of templates in quotes
	for _, use := range []string{`phrase\.(\w+)`, `say ("[a-z_]+")`} {
		for _, found := range regexp.MustCompile(use).FindAllSubmatch(program, -1) {
			said[string(found[1])] = true
		}
	}
	for _, key := range regexp.MustCompile(`(?m)^\t([A-Z]\w+) +Key = ("[a-z_]+")`).FindAllSubmatch(keys, -1) {
		if !said[string(key[1])] && !said[string(key[2])] {
			t.Errorf("phrase.%s is never said", key[1])
		}
	}
}
