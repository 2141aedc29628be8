package dashboard

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// policy allows what asynqmon's page needs and no more: its own files, the
// scripts that stand in the page (by their hash) and the styles that its
// library writes at run time. The fonts that it would load from the internet
// are not on the list: operators' visits are private.
func policy(page []byte) string {
	scripts := []string{"'self'"}
	for _, script := range inlineScript.FindAllSubmatch(page, -1) {
		sum := sha256.Sum256(script[1])
		scripts = append(scripts, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	return "default-src 'none'; script-src " + strings.Join(scripts, " ") +
		"; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'" +
		"; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
}

var inlineScript = regexp.MustCompile(`(?s)<script>(.*?)</script>`)

// indexPage is the one page that a single-page application has.
func indexPage(monitor http.Handler) []byte {
	page := &capture{header: http.Header{}}
	monitor.ServeHTTP(page, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: Root + "/"}})
	return page.body.Bytes()
}

// capture is an answer kept in memory.
type capture struct {
	header http.Header
	body   bytes.Buffer
}

func (c *capture) Header() http.Header         { return c.header }
func (c *capture) WriteHeader(int)             {}
func (c *capture) Write(p []byte) (int, error) { return c.body.Write(p) }
