package bot

import (
	"strings"
	"sync"
)

// maxClaims is how many uploads are remembered as taken; about an hour of the
// busiest channel Discord allows.
const maxClaims = 8192

// claims remembers the uploads this process has taken, so that an event that
// comes again (replayed after a resume, read back after a restart) costs
// nothing. Between processes the upload's key decides, in the database.
type claims struct {
	mu    sync.Mutex
	taken map[string]bool // false: no longer in hand
	order []string        // ring, oldest at next
	next  int
	// replies are the first replies known or found, and whose they are: the nonce
	// of the upload.
	replies map[string]string
	silent  map[string]bool // uploads on record that this process made no reply to
}

func newClaims() *claims {
	return &claims{
		taken: make(map[string]bool, maxClaims), order: make([]string, maxClaims),
		replies: make(map[string]string), silent: make(map[string]bool),
	}
}

// assign says whether a reply is the owner's, as it is when it was no one else's
// before.
func (c *claims) assign(reply, owner string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.replies[reply]; ok {
		return known == owner
	}
	if len(c.replies) >= maxClaims {
		clear(c.replies) // it only tells replies apart that look the same
	}
	c.replies[reply] = owner
	return true
}

// take says whether key is new, and remembers it.
func (c *claims) take(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.taken[key]; known {
		return false
	}
	delete(c.taken, c.order[c.next])
	c.order[c.next] = key
	c.next = (c.next + 1) % len(c.order)
	c.taken[key] = true
	return true
}

// done notes that an upload is no longer in hand.
func (c *claims) done(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.taken[key]; known {
		c.taken[key] = false
	}
}

// retake is take for an upload that may have been taken before; false says
// that it is in hand.
func (c *claims) retake(key string) bool {
	if c.take(key) {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.taken[key] {
		return false
	}
	c.taken[key] = true
	return true
}

// hush notes that no reply was made to a new upload, by any process.
func (c *claims) hush(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.silent) >= maxClaims {
		clear(c.silent) // their replies are looked for
	}
	c.silent[key] = true
}

// unsaid says, once, whether there is no reply to look for.
func (c *claims) unsaid(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	silent := c.silent[key]
	delete(c.silent, key)
	return silent
}

// drop forgets a key, so that it can be taken again.
func (c *claims) drop(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.taken, key)
}

// uploadKey names an upload for ever: the message or interaction it came by
// and the attachment in it, both ids that Discord never uses again.
func uploadKey(origin, attachment string) string {
	return "discord:" + origin + ":" + attachment
}

// splitKey is the inverse of uploadKey.
func splitKey(key string) (origin, attachment string) {
	origin, attachment, _ = strings.Cut(strings.TrimPrefix(key, "discord:"), ":")
	return origin, attachment
}
