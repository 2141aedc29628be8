package discordtest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Attachment is a file of a message.
type Attachment struct {
	ID          string
	Name        string
	Description string
	ContentType string
	Size        int    // as announced
	SHA256      string // of the bytes, in hex
	Data        []byte // nil for files of the bot under Options.DropFiles
	Width       int    // of images
	Height      int
	path        string
	ephemeral   bool
}

// Delivery is what the CDN does with one download.
type Delivery int

// The CDN can behave in all these ways.
const (
	Serve        Delivery = iota // the file, whole
	NotFound                     // 404, as for a deleted message
	Forbidden                    // 403, as for a bad signature
	Unavailable                  // 503
	Dribble                      // a byte every dribblePause
	Redirect                     // 302 to an address that must not be followed
	Oversized                    // more bytes than the message announced, no Content-Length
	Endless                      // bytes until the client goes away
	Stall                        // headers and half of the file, then nothing
	Hang                         // nothing at all
	CutShort                     // Content-Length of the whole, half of the bytes, end of connection
	ResetMidFile                 // half of the bytes, then a TCP reset
)

const (
	// attachmentLife is how long a signed URL of a message attachment works, and
	// ephemeralLife that of one in an interaction. Discord promises neither; the
	// first is what its URLs say, the second is on the safe side.
	attachmentLife = 24 * time.Hour
	ephemeralLife  = 15 * time.Minute
	dribblePause   = 20 * time.Millisecond
	// oversize is how much more an Oversized download brings: enough to pass any
	// sensible limit.
	oversize = 64 << 20
)

// cdn keeps files by path, as in /attachments/CHANNEL/ID/NAME.
type cdn struct {
	hung atomic.Int64

	key   []byte
	mu    sync.Mutex
	files map[string]*cdnFile
}

type cdnFile struct {
	Attachment
	delivery  []Delivery
	downloads int
}

func (c *cdn) init() {
	c.key = []byte(randomHex(16))
	c.files = make(map[string]*cdnFile)
}

// store takes a user's file in. The bytes are shared, not copied.
func (c *cdn) store(s *Server, channelID string, f File) Attachment {
	a := newAttachment(s, "/attachments/"+channelID, f)
	return c.add(a, f.Delivery)
}

// storeEphemeral takes in the file of a slash command's option.
func (c *cdn) storeEphemeral(s *Server, f File) Attachment {
	a := newAttachment(s, "/ephemeral-attachments/"+s.bot.ID, f)
	a.ephemeral = true
	return c.add(a, f.Delivery)
}

func newAttachment(s *Server, folder string, f File) Attachment {
	a := Attachment{ID: s.nextID(), Name: cleanName(f.Name), ContentType: f.ContentType, Size: len(f.Data), Data: f.Data}
	if f.Announced != 0 {
		a.Size = f.Announced
	}
	if a.ContentType == "" {
		a.ContentType = "application/octet-stream"
	}
	a.path = folder + "/" + a.ID + "/" + a.Name
	return a
}

func (c *cdn) add(a Attachment, delivery []Delivery) Attachment {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.files[a.path] = &cdnFile{Attachment: a, delivery: delivery}
	return a
}

// cleanName does to a file name what Discord does: what is not a letter, digit,
// '_', '-' or '.' is replaced or dropped.
func cleanName(name string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '_'
		case r == '_', r == '-', r == '.', '0' <= r && r <= '9', 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			return r
		case r > 127: // Discord keeps letters of other scripts
			return r
		}
		return -1
	}, name)
	if strings.Trim(clean, ".") == "" {
		return "unknown"
	}
	return clean
}

// sign returns the URL of a file, good for its life from now on, in the form
// that Discord's URLs have: ex and is are Unix times in hex, hm is a MAC.
func (c *cdn) sign(path string, now time.Time) string {
	life := attachmentLife
	if strings.HasPrefix(path, "/ephemeral-") {
		life = ephemeralLife
	}
	ex, is := strconv.FormatInt(now.Add(life).Unix(), 16), strconv.FormatInt(now.Unix(), 16)
	escaped := (&url.URL{Path: path}).EscapedPath()
	return "https://" + cdnHost + escaped + "?ex=" + ex + "&is=" + is + "&hm=" + c.mac(path, ex, is) + "&"
}

func (c *cdn) mac(path, ex, is string) string {
	h := hmac.New(sha256.New, c.key)
	h.Write([]byte(path + "?" + ex + "&" + is))
	return hex.EncodeToString(h.Sum(nil))
}

// valid reports whether a query carries the signature of a path and its time
// has not come.
func (c *cdn) valid(path string, q url.Values, now time.Time) bool {
	ex, is := q.Get("ex"), q.Get("is")
	expires, err := strconv.ParseInt(ex, 16, 64)
	if err != nil || now.Unix() >= expires {
		return false
	}
	return hmac.Equal([]byte(c.mac(path, ex, is)), []byte(q.Get("hm")))
}

// take counts a download and says how it goes.
func (c *cdn) take(path string) (*cdnFile, Delivery) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.files[path]
	if f == nil {
		return nil, NotFound
	}
	f.downloads++
	if len(f.delivery) == 0 {
		return f, Serve
	}
	return f, f.delivery[min(f.downloads, len(f.delivery))-1]
}

// Downloads counts the requests for an attachment's bytes with a good signature.
func (s *Server) Downloads(a Attachment) int {
	s.cdn.mu.Lock()
	defer s.cdn.mu.Unlock()
	if f := s.cdn.files[a.path]; f != nil {
		return f.downloads
	}
	return 0
}

// Hung counts the downloads that were left to Hang.
func (s *Server) Hung() int { return int(s.cdn.hung.Load()) }

// AttachmentURL signs an attachment's URL at this moment.
func (s *Server) AttachmentURL(a Attachment) string { return s.cdn.sign(a.path, s.now()) }

// serveCDN answers a download.
func (s *Server) serveCDN(w http.ResponseWriter, r *http.Request, path string) {
	where := "CDN " + r.Method + " " + path
	if r.Header.Get("Authorization") != "" {
		s.violate(where, "the bot's token was sent to the CDN")
	}
	if path == stolenPath {
		s.violate(where, "a redirect of the CDN was followed")
	}
	if !s.cdn.valid(path, r.URL.Query(), s.now()) {
		gone(w)
		return
	}
	f, how := s.cdn.take(path)
	s.changes.broadcast()
	switch how {
	case NotFound:
		gone(w)
	case Forbidden:
		http.Error(w, "Forbidden", http.StatusForbidden)
	case Unavailable:
		http.Error(w, "upstream connect error", http.StatusServiceUnavailable)
	case Redirect:
		http.Redirect(w, r, s.url+"/cdn"+stolenPath, http.StatusFound)
	case Hang:
		s.cdn.hung.Add(1)
		s.changes.broadcast()
		hang(r)
	default:
		f.deliver(w, r, how)
	}
}

// stolenPath is where a Redirect leads. No client may follow it.
const stolenPath = "/stolen"

// gone is Discord's answer to an expired or unknown URL.
func gone(w http.ResponseWriter) {
	http.Error(w, "This content is no longer available.", http.StatusNotFound)
}
