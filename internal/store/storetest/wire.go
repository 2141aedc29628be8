package storetest

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync"

	"github.com/evoladder/evoladderbot/internal/store"
)

// ErrInjected is the failure that a Wire makes.
var ErrInjected = errors.New("failure made by a test")

// Wire stands between a store and its database driver, counts what is sent
// (BEGIN and COMMIT too) and fails one statement on demand. The zero value
// only counts.
type Wire struct {
	mu     sync.Mutex
	sent   int
	failAt int
	after  bool
}

// Option puts the Wire into a store.
func (w *Wire) Option() store.Option {
	return store.WithConnector(func(c driver.Connector) driver.Connector { return wired{c, w} })
}

// Sent is how many statements were sent since the last call to Sent, FailAt or
// FailAfter.
func (w *Wire) Sent() int { return w.set(0, false) }

// FailAt lets the n-th statement from now fail without reaching the database.
func (w *Wire) FailAt(n int) { w.set(n, false) }

// FailAfter lets the n-th statement from now reach the database, and its
// answer get lost with the connection.
func (w *Wire) FailAfter(n int) { w.set(n, true) }

func (w *Wire) set(failAt int, after bool) (sent int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	sent = w.sent
	w.sent, w.failAt, w.after = 0, failAt, after
	return sent
}

// next counts a statement and says how it is to fail.
func (w *Wire) next() (before, after bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent++
	hit := w.sent == w.failAt
	return hit && !w.after, hit && w.after
}

// send passes one statement on, or not.
func send[T any](c *wiredConn, statement func() (T, error)) (T, error) {
	var none T
	before, after := c.wire.next()
	if before {
		return none, ErrInjected
	}
	result, err := statement()
	if after && err == nil {
		c.lost = true
		if rows, ok := any(result).(driver.Rows); ok {
			err = drain(rows)
		}
		if cut := c.cut(); cut != nil {
			err = errors.Join(err, cut)
		}
		return none, errors.Join(ErrInjected, err)
	}
	return result, err
}

// drain lets the statement behind rows finish.
func drain(rows driver.Rows) error {
	dest := make([]driver.Value, len(rows.Columns()))
	for rows.Next(dest) == nil {
	}
	return rows.Close()
}

type wired struct {
	driver.Connector
	wire *Wire
}

func (c wired) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &wiredConn{Conn: conn, wire: c.wire}, nil
}

// wiredConn passes on what both drivers implement.
type wiredConn struct {
	driver.Conn
	wire *Wire
	lost bool // the connection is cut, and closed for good
}

func (c *wiredConn) cut() error { return c.Conn.Close() }

func (c *wiredConn) Close() error {
	if c.lost {
		return nil
	}
	return c.Conn.Close()
}

func (c *wiredConn) IsValid() bool { return !c.lost }

func (c *wiredConn) ResetSession(ctx context.Context) error {
	if c.lost {
		return driver.ErrBadConn
	}
	return c.Conn.(driver.SessionResetter).ResetSession(ctx)
}

func (c *wiredConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c *wiredConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx, err := send(c, func() (driver.Tx, error) { return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts) })
	return wiredTx{c, tx}, err
}

func (c *wiredConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return send(c, func() (driver.Result, error) { return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args) })
}

func (c *wiredConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return send(c, func() (driver.Rows, error) { return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args) })
}

type wiredTx struct {
	conn *wiredConn
	tx   driver.Tx
}

func (t wiredTx) Commit() error {
	_, err := send(t.conn, func() (struct{}, error) { return struct{}{}, t.tx.Commit() })
	return err
}

func (t wiredTx) Rollback() error {
	if t.conn.lost {
		return driver.ErrBadConn
	}
	return t.tx.Rollback()
}
