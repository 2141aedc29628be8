package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed asset
var assetFiles embed.FS

// asset is one file that pages load.
type asset struct {
	name    string // with a piece of its hash, so that it may be cached for ever
	content []byte
}

// assets are the files by their plain name and by their hashed one.
var assets = loadAssets()

func loadAssets() map[string]asset {
	entries, err := assetFiles.ReadDir("asset")
	if err != nil {
		panic(err) // embedded: cannot be missing
	}
	all := make(map[string]asset, 2*len(entries))
	for _, entry := range entries {
		content, err := assetFiles.ReadFile("asset/" + entry.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(content)
		extension := path.Ext(entry.Name())
		hashed := strings.TrimSuffix(entry.Name(), extension) + "-" + hex.EncodeToString(sum[:6]) + extension
		a := asset{name: hashed, content: content}
		all[entry.Name()], all[hashed] = a, a
	}
	return all
}

// assetPath is the address of an asset by its plain name, for templates.
func assetPath(name string) (string, error) {
	a, ok := assets[name]
	if !ok {
		return "", fmt.Errorf("no asset %q", name)
	}
	return "/assets/" + a.name, nil
}

// contentTypes are those of the assets; the machine's own table may differ.
var contentTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	a, ok := assets[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	header.Set("Content-Type", contentTypes[path.Ext(name)])
	header.Set("ETag", `"`+a.name+`"`)
	if name == a.name {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else { // the style sheet names its fonts plainly
		header.Set("Cache-Control", "public, max-age=86400")
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(a.content))
}
