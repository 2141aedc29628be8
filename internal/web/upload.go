package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"time"

	"github.com/evoladder/evoladderbot/internal/upload"
)

const (
	// defaultStallTimeout is how long a sender may keep us waiting, besides the time
	// that its bytes take at slowestLine: the largest file has four minutes and a
	// half. A slot in memory is held meanwhile, so an address has a share of them.
	defaultStallTimeout = 5 * time.Second
	// slowestLine is 256 kbit/s, in bytes a second.
	slowestLine = 32 << 10
	// slotWait is how long an upload waits for others to finish. Its bytes stay
	// in the sender's machine meanwhile.
	slotWait = 20 * time.Second
	// formFiles bounds a form of several files; the script sends one request a
	// file.
	formFiles = 20
	// formSlack is what a multipart body holds besides its files, in bytes.
	formSlack = 64 << 10
	// maxKey bounds what a script may name its upload by, in bytes.
	maxKey = 64
)

// accepted is one file of a request that was taken in.
type accepted struct {
	upload.Receipt
	State upload.State
}

// take reads one file and hands it in; size is -1 where the sender did not
// say. One byte more than the limit is read at most, and the file is gone
// from memory when take returns.
func (s *Site) take(ctx context.Context, file upload.Incoming, size int64, body io.Reader) (accepted, error) {
	if size < 0 {
		size = 1 // unknown; Accept judges what arrives
	}
	if err := s.intake.Admit(file.FileName, size); err != nil {
		return accepted{}, err
	}
	file.Source = upload.FromWeb
	if err := s.intake.Allow(ctx, file); err != nil {
		return accepted{}, err
	}
	release, err := s.slot(ctx, file.Address)
	if err != nil {
		return accepted{}, err
	}
	defer release()

	file.Data, err = io.ReadAll(io.LimitReader(body, s.intake.MaxBytes()+1))
	if err != nil {
		return accepted{}, s.broken(err)
	}
	receipt, err := s.intake.Accept(ctx, file)
	if err != nil {
		return accepted{}, fmt.Errorf("%w: %w", errNotAccepted, err)
	}
	s.log.InfoContext(ctx, "upload", "submission_id", receipt.ID, "replay_id", receipt.ReplayID, "sha256", receipt.SHA256,
		"bytes", len(file.Data), "outcome", upload.Outcome(receipt, nil), "after_upload", time.Since(file.Sent))
	return accepted{Receipt: receipt, State: s.stateAfter(ctx, receipt)}, nil
}

// slot waits for one of the slots in memory: first for one of the address's
// share, so that the queue for all holds no more of one address than that.
func (s *Site) slot(ctx context.Context, address string) (release func(), err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, slotWait, errBusy)
	defer cancel()
	own, err := s.uploads.take(ctx, address)
	if err != nil {
		return nil, err
	}
	select {
	case s.slots <- struct{}{}:
		return func() { <-s.slots; own() }, nil
	case <-ctx.Done():
		own()
		return nil, context.Cause(ctx)
	}
}

// stateAfter is how far an accepted upload is. An answer that cannot be read
// now is shown by the submission's page when it can.
func (s *Site) stateAfter(ctx context.Context, receipt upload.Receipt) upload.State {
	if receipt.Known || receipt.Repeated {
		if states, err := s.reads.States(ctx, []upload.ID{receipt.ID}); err == nil && states[receipt.ID] != "" {
			return states[receipt.ID]
		}
	}
	return upload.Queued
}

// broken is why a body could not be read: too long, or cut off on its way.
func (s *Site) broken(err error) error {
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return s.tooLarge()
	}
	return fmt.Errorf("%w: %w", errIncomplete, err)
}

func (s *Site) tooLarge() error {
	return s.intake.Admit("upload.SC2Replay", math.MaxInt64)
}

// bound limits a request's body to a number of files, by what its header
// claims and by what arrives, and the time it may take.
func (s *Site) bound(w http.ResponseWriter, r *http.Request, files int64) error {
	limit := files*s.intake.MaxBytes() + formSlack
	if r.ContentLength > limit {
		return s.tooLarge()
	}
	r.Body = pace(w, http.MaxBytesReader(w, r.Body, limit), s.stallTimeout)
	return nil
}

// eachFile calls do for every file of a multipart body, in its order, as the
// bytes arrive.
func (s *Site) eachFile(r *http.Request, do func(name string, body io.Reader)) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return fmt.Errorf("%w: %w", errNoFile, err)
	}
	found := 0
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return s.broken(err)
		}
		if part.FileName() == "" { // a field, or a file input left empty
			continue
		}
		if found++; found > formFiles {
			return errTooMany
		}
		do(part.FileName(), part)
	}
	if found == 0 {
		return errNoFile
	}
	return nil
}

// isMultipart says whether a body is a form; anything else is one raw file.
func isMultipart(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}
