package stream

import (
	"bytes"
	"encoding/hex"
)

// CacheHandle names a file of the map or a mod by its content, the same in
// all regions and languages: four bytes of type, two of zero, two of region,
// and a SHA-256.
type CacheHandle [40]byte

func newCacheHandle(p []byte) (h CacheHandle) {
	copy(h[:], p)
	return h
}

// Region is where the file was published, such as US; XX on test servers.
func (h CacheHandle) Region() string { return fourCC(h[4:8]) }

// Hash is the SHA-256 of the file's content in hexadecimal.
func (h CacheHandle) Hash() string { return hex.EncodeToString(h[8:]) }

// fourCC is the text of four bytes that are filled up with zeros in front.
func fourCC(p []byte) string { return string(bytes.Trim(p, "\x00")) }
