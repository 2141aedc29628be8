package store

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
)

// change is a write, and what to make of the number of rows that it touched.
type change struct {
	query string
	args  []any
	check func(n int, err error) error
}

// together runs writes, none of which needs what another answers, and sends them to
// PostgreSQL in one go: an act of the ladder has a dozen, and each by itself would wait for
// the server. They are run in their order, and none after one that fails.
func (s session) together(ctx context.Context, writes func(session) error) error {
	s.pending = new([]change)
	if err := writes(s); err != nil {
		return err
	}
	var failed error
	sent := false
	if s.conn != nil && len(*s.pending) > 1 {
		// What fails is not given to Raw: it would close a connection that a transaction holds.
		err := s.conn.Raw(func(driver any) error {
			if own, ok := driver.(interface{ Conn() *pgx.Conn }); ok {
				sent, failed = true, pipeline(ctx, own.Conn(), *s.pending)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if sent {
		return failed
	}
	for _, c := range *s.pending {
		if err := c.check(s.exec(ctx, c.query, c.args...)); err != nil {
			return err
		}
	}
	return nil
}

// pipeline sends changes without waiting for an answer in between.
func pipeline(ctx context.Context, conn *pgx.Conn, changes []change) (err error) {
	if conn.PgConn().TxStatus() != 'T' {
		return sql.ErrTxDone // it was rolled back, because its context has ended
	}
	var batch pgx.Batch
	for _, c := range changes {
		batch.Queue(c.query, postgres.arguments(c.args)...)
	}
	results := conn.SendBatch(ctx, &batch)
	defer func() {
		if closed := results.Close(); err == nil {
			err = closed
		}
	}()
	for _, c := range changes {
		tag, err := results.Exec()
		if err := c.check(int(tag.RowsAffected()), err); err != nil {
			return err
		}
	}
	return nil
}

// change runs a write, or puts it to those that are sent together. check says what to make
// of the number of rows that it touched.
func (s session) change(ctx context.Context, check func(n int, err error) error, query string, args ...any) error {
	if s.pending == nil {
		return check(s.exec(ctx, query, args...))
	}
	*s.pending = append(*s.pending, change{query, args, check})
	return nil
}
