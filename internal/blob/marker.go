package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
)

// markerFolder holds the markers; the folders of files have names of two
// characters.
const markerFolder = "markers/"

// ErrRaw is a server that stores uploads with the framing of their transfer.
var ErrRaw = errors.New("the S3 server stores uploads as they are sent (aws-chunked) and not as they are: " +
	"every file in it would be damaged. Give BLOB_URL an https endpoint, with which uploads are not sent in chunks, " +
	"or use a server that decodes aws-chunked")

// NewMarker is a name for a marker that no other has.
func NewMarker() string { return rand.Text() }

// Mark writes a marker, by which processes recognise that they see the same
// backend, and reads it back.
func (s *Store) Mark(ctx context.Context, marker string) error {
	data := markerText(marker)
	if err := s.backend.write(ctx, markerFolder+marker, data); err != nil {
		return fmt.Errorf("write a marker to file storage: %w", err)
	}
	got, err := s.backend.read(ctx, markerFolder+marker)
	switch {
	case err != nil:
		return fmt.Errorf("read a marker back from file storage: %w", err)
	case bytes.Equal(got, data):
		return nil
	case bytes.Contains(got, data):
		return ErrRaw
	}
	return fmt.Errorf("file storage returned a marker of %d bytes as other %d bytes: it does not keep what is written to it", len(data), len(got))
}

// Marked says whether the marker is in this backend.
func (s *Store) Marked(ctx context.Context, marker string) (bool, error) {
	data, err := s.backend.read(ctx, markerFolder+marker)
	if errors.Is(err, ErrMissing) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the marker of file storage: %w", err)
	}
	return bytes.Equal(data, markerText(marker)), nil
}

// Unmark removes a marker.
func (s *Store) Unmark(ctx context.Context, marker string) error {
	if err := s.backend.remove(ctx, markerFolder+marker); err != nil {
		return fmt.Errorf("remove a marker from file storage: %w", err)
	}
	return nil
}

// Prove finds out with a file of its own whether a bucket returns what is
// written to it. A folder does; it need not be writable for who only reads.
func (s *Store) Prove(ctx context.Context) error {
	if _, remote := s.backend.(*bucket); !remote {
		return nil
	}
	probe := NewMarker()
	return errors.Join(s.Mark(ctx, probe), s.Unmark(ctx, probe))
}

func markerText(marker string) []byte {
	return []byte("This file tells evoladder's processes that they share one file storage. Leave it here.\n" + marker + "\n")
}
