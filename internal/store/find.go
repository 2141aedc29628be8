package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/announcement"
	"github.com/evoladder/evoladderbot/internal/job"
	"github.com/evoladder/evoladderbot/internal/upload"
)

// ErrAmbiguous says that a name means several replays.
var ErrAmbiguous = errors.New("several replays are meant")

const (
	// minHash is how many characters of a sha256 are a name.
	minHash = 6
	// maxMeant is how many replays an ambiguous name is said to mean.
	maxMeant = 20
)

// FindReplay is the file that name means. A name is all or the first 6 or more
// characters of its sha256, its id, the id of an upload of it or of the job or
// the message that is about it, a task's id in the queue, the key of an upload,
// the id or the link of a Discord message or command that brought it or answers
// it, or the address of its page. ErrNotFound where it means none, ErrAmbiguous
// where it means several.
func (s *Store) FindReplay(ctx context.Context, name string) (upload.ReplayID, error) {
	query, args := meaning(name)
	if query == "" {
		return 0, ErrNotFound
	}
	var found []upload.ReplayID
	err := s.read(ctx, func(q session) (err error) {
		found, err = collect(ctx, q, scanReplayID, query+" ORDER BY 1 LIMIT "+strconv.Itoa(maxMeant), args...)
		return err
	})
	switch {
	case err != nil:
		return 0, fmt.Errorf("look for replay %s: %w", name, err)
	case len(found) == 0:
		return 0, ErrNotFound
	case len(found) > 1:
		return 0, fmt.Errorf("%w by %s: %v", ErrAmbiguous, name, found)
	}
	return found[0], nil
}

// aboutReplay are the kinds of job whose subject is a replay.
const aboutReplay = `('` + string(job.Parse) + `', '` + string(job.Reparse) + `')`

// meaning is the query for the replays that a name means; "" where it is no name.
// It need not be fast: it is for people.
func meaning(name string) (query string, args []any) {
	name, _, _ = strings.Cut(strings.TrimSpace(name), "?")
	name, _, _ = strings.Cut(name, "#")
	name = strings.TrimRight(name, "/")
	name = name[strings.LastIndexByte(name, '/')+1:] // of a link or an address
	if id := jobOf(name); id != "" {
		name = id
	}
	if strings.Contains(name, ":") {
		return `SELECT replay_id FROM submissions WHERE upload_key = $1`, []any{name}
	}
	prefix := strings.ToLower(name)
	isHash := len(prefix) >= minHash && strings.Trim(prefix, "0123456789abcdef") == ""
	id, err := strconv.ParseInt(name, 10, 64)
	switch {
	case err != nil && isHash:
		return `SELECT id FROM replays WHERE sha256 LIKE $1`, []any{prefix + "%"}
	case err != nil:
		return "", nil
	}
	query = `SELECT id FROM replays WHERE id = $1
		UNION SELECT replay_id FROM submissions WHERE id = $1 OR upload_key LIKE $2
		UNION SELECT s.replay_id FROM announcements a JOIN submissions s ON s.id = a.subject
			WHERE a.kind = '` + string(announcement.ReplayResult) + `' AND (a.id = $1 OR a.message_id = $3 OR a.interaction_id = $3)
		UNION SELECT subject FROM jobs WHERE id = $1 AND kind IN ` + aboutReplay + `
		UNION SELECT subject FROM job_history WHERE id = $1 AND kind IN ` + aboutReplay
	args = []any{id, "discord:" + name + ":%", name}
	if isHash { // of digits alone
		query, args = query+` UNION SELECT id FROM replays WHERE sha256 LIKE $4`, append(args, prefix+"%")
	}
	return query, args
}

// jobOf is the id of the job that a task of the queue is about; "" for what is no
// task's id, which is "kind:id:push".
func jobOf(name string) string {
	for _, kind := range []job.Kind{job.Parse, job.Reparse, job.Announce, job.Fetch} {
		if rest, ok := strings.CutPrefix(name, string(kind)+":"); ok {
			id, _, _ := strings.Cut(rest, ":")
			return id
		}
	}
	return ""
}

func scanReplayID(r row) (id upload.ReplayID, err error) {
	err = r.Scan(&id)
	return id, err
}
