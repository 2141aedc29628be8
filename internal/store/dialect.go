package store

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// engine is the database behind a Store. Queries are written once, for
// PostgreSQL, in the subset that SQLite understands when "$1" is written "?1"
// and row locks are left out; what else differs is in this file.
type engine int

const (
	postgres engine = iota
	embedded        // SQLite
)

var (
	placeholder = regexp.MustCompile(`\$(\d+)`)
	rowLock     = regexp.MustCompile(`\s+FOR (UPDATE|NO KEY UPDATE|SHARE)( SKIP LOCKED)?`) // SQLite has one writer at a time
	rewritten   sync.Map                                                                   // PostgreSQL text → SQLite text
)

// unhurried is a condition that is true, and has the statement that it ends not
// wait for the disk: a crash of the server itself may take the last such changes
// back, whole and in order. It is for what may be forgotten.
func (e engine) unhurried() string {
	if e == postgres {
		return " AND set_config('synchronous_commit', 'off', true) = 'off'"
	}
	return ""
}

// text is query as the engine wants it.
func (e engine) text(query string) string {
	if e == postgres {
		return query
	}
	if known, ok := rewritten.Load(query); ok {
		return known.(string)
	}
	text := placeholder.ReplaceAllString(rowLock.ReplaceAllString(query, ""), "?$1")
	rewritten.Store(query, text)
	return text
}

// arguments converts values in place to what the engine stores: times in
// microseconds, the zero time as NULL, and text without what PostgreSQL
// refuses in any text.
func (e engine) arguments(args []any) []any {
	for i, arg := range args {
		switch value := arg.(type) {
		case time.Time:
			switch {
			case value.IsZero():
				args[i] = nil
			case e == postgres:
				args[i] = value.UTC().Truncate(time.Microsecond)
			default:
				args[i] = value.UnixMicro()
			}
		case string:
			args[i] = clean(value)
		default:
			if text := reflect.ValueOf(arg); text.Kind() == reflect.String { // an id, a kind
				args[i] = clean(text.String())
			}
		}
	}
	return args
}

// clean is text with NUL and invalid UTF-8 shown as U+FFFD.
func clean(text string) string {
	if utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// orNull is nil for an empty text.
func orNull[T ~string](text T) any {
	if text == "" {
		return nil
	}
	return string(text)
}

// moment scans a time of either engine; NULL is the zero time.
type moment struct{ to *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(value any) error {
	switch value := value.(type) {
	case nil:
		*m.to = time.Time{}
	case time.Time:
		*m.to = value.UTC()
	case int64:
		*m.to = time.UnixMicro(value).UTC()
	default:
		return fmt.Errorf("a %T is not a time", value)
	}
	return nil
}

// session runs statements, in a transaction or outside.
type session struct {
	engine engine
	run    interface {
		ExecContext(context.Context, string, ...any) (sql.Result, error)
		QueryContext(context.Context, string, ...any) (*sql.Rows, error)
		QueryRowContext(context.Context, string, ...any) *sql.Row
	}
	conn    *sql.Conn // of the transaction
	pending *[]change // writes to be sent together; nil: each is sent at once
}

// exec runs a statement and says how many rows it touched.
func (s session) exec(ctx context.Context, query string, args ...any) (int, error) {
	result, err := s.run.ExecContext(ctx, s.engine.text(query), s.engine.arguments(args)...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// row runs a query for one row.
func (s session) row(ctx context.Context, query string, args ...any) *sql.Row {
	return s.run.QueryRowContext(ctx, s.engine.text(query), s.engine.arguments(args)...)
}

// row is what is scanned: one *sql.Row, or *sql.Rows at one of its rows.
type row interface{ Scan(dest ...any) error }

// collect runs a query and scans all its rows.
func collect[T any](ctx context.Context, s session, scan func(row) (T, error), query string, args ...any) (all []T, err error) {
	rows, err := s.run.QueryContext(ctx, s.engine.text(query), s.engine.arguments(args)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, rows.Err()
}

// listMax is how many values one statement names at most.
const listMax = 512

// list is "$1, …" and the arguments for values. The list is filled up to a
// power of two with the last value again, so that there are few different
// texts to prepare.
func list[T any](values []T) (places string, args []any) {
	size := 1
	for size < len(values) {
		size *= 2
	}
	var text strings.Builder
	for i := range size {
		if i > 0 {
			text.WriteString(", ")
		}
		text.WriteString("$" + strconv.Itoa(i+1))
		args = append(args, values[min(i, len(values)-1)])
	}
	return text.String(), args
}

// rowsMax is how many rows one statement brings along at most: under two thousand
// placeholders, which either engine takes.
const rowsMax = 128

// rows is "VALUES (…), …" and its arguments, for columns of the given types that
// are called column1 and so on by either engine. PostgreSQL takes the types from
// the first row. As in list the last row stands there again, up to a power of two.
func rows(values [][]any, types ...string) (text string, args []any) {
	size := 1
	for size < len(values) {
		size *= 2
	}
	var b strings.Builder
	b.WriteString("VALUES ")
	for r := range size {
		places := make([]string, len(types))
		for c, value := range values[min(r, len(values)-1)] {
			args = append(args, value)
			places[c] = "$" + strconv.Itoa(len(args))
			if r == 0 {
				places[c] = "CAST(" + places[c] + " AS " + types[c] + ")"
			}
		}
		if r > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + strings.Join(places, ", ") + ")")
	}
	return b.String(), args
}
