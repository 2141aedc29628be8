package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// refusedTimeout is how long a connection that the server refuses for having
	// too many is tried again, and yieldingTimeout that of a process for which no
	// player waits for any reply.
	refusedTimeout  = 5 * time.Second
	yieldingTimeout = 30 * time.Second
	// The pause between two tries doubles, and is half chance, so that processes
	// do not return together. Who yields pauses for longer: each try costs the
	// server a process, and others are to be first.
	refusedMinPause  = 20 * time.Millisecond
	refusedMaxPause  = 100 * time.Millisecond
	yieldingMinPause = 50 * time.Millisecond
	yieldingMaxPause = time.Second
	// refusedRecently is how long a refusal counts, and the pause between two
	// lines of the log about it.
	refusedRecently = 30 * time.Second
)

// refusals connects, and tries again where the server has too many connections:
// other processes give theirs back.
type refusals struct {
	driver.Connector
	yields bool // to other processes
	log    *slog.Logger
	last   atomic.Int64 // when the server refused last, in microseconds; 0: never
}

// Connect is part of driver.Connector.
func (r *refusals) Connect(ctx context.Context) (driver.Conn, error) {
	lasting, pause, longest := refusedTimeout, refusedMinPause, refusedMaxPause
	if r.yields {
		lasting, pause, longest = yieldingTimeout, yieldingMinPause, yieldingMaxPause
	}
	timeout := time.NewTimer(lasting)
	defer timeout.Stop()
	for ; ; pause = min(2*pause, longest) {
		conn, err := r.Connector.Connect(ctx)
		if err == nil || !tooMany(err) {
			return conn, err
		}
		r.note(err)
		again := time.NewTimer(pause/2 + rand.N(pause))
		select {
		case <-again.C:
		case <-timeout.C:
			again.Stop()
			return nil, err
		case <-ctx.Done():
			again.Stop()
			return nil, errors.Join(err, ctx.Err())
		}
	}
}

func (r *refusals) note(err error) {
	now := time.Now().UnixMicro()
	if last := r.last.Swap(now); last == 0 || time.Duration(now-last)*time.Microsecond > refusedRecently {
		r.log.Warn("the database server refuses more connections; lower DATABASE_MAX_CONNS, raise max_connections, or put PgBouncer between", "error", err)
	}
}

// Refused says whether the server has lately refused a connection for having too
// many.
func (s *Store) Refused() bool {
	if s.refusals == nil {
		return false
	}
	last := s.refusals.last.Load()
	return last != 0 && time.Since(time.UnixMicro(last)) < refusedRecently
}

// tooMany says whether a connection was refused because there are too many:
// by the server, or by PgBouncer, which has no code of its own for it.
func tooMany(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "53300" || pg.Code == "08P01" && strings.Contains(pg.Message, "no more connections allowed"))
}
