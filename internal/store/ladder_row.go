package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// ErrStale says that somebody else has changed what was to be changed since it was
// read: read it again.
var ErrStale = errors.New("changed by somebody else meanwhile")

// ladderAttempts is how often an act is tried when it meets another one. Each time the
// other has committed, so that many processes may act on one match at once.
const ladderAttempts = 12

// writeLadder is write for transactions that run an act of the ladder: it runs them
// again, from fresh rows, when another transaction was first.
func (s *Store) writeLadder(ctx context.Context, act func(session) error) error {
	for attempt := 1; ; attempt++ {
		err := s.write(ctx, act)
		if attempt == ladderAttempts || ctx.Err() != nil || !errors.Is(err, ErrStale) && !clash(err) {
			return err
		}
	}
}

// clash says whether a constraint refused a row because another transaction has
// written one that excludes it.
func clash(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505" || pg.Code == "40P01" || pg.Code == "40001"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && (lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// column is a column's name and what to write to it.
type column struct {
	name  string
	value any
}

// put writes a row with a version: a new one where version is 0, else the one that has
// this version; ErrStale where it has another.
func put(ctx context.Context, tx session, table string, id int64, version int, columns []column) error {
	query, args := inserting(table, id, columns)
	if version > 0 {
		query, args = updating(table, id, version, columns)
	}
	return tx.change(ctx, guarded(1, fmt.Sprintf("%s %d", table, id)), query, args...)
}

// guarded checks a write over rows of versions that were read: ErrStale where one of them
// has another.
func guarded(rows int, what string) func(int, error) error {
	return func(n int, err error) error {
		if err == nil && n != rows {
			err = fmt.Errorf("%d of %d rows have another version: %w", rows-n, rows, ErrStale)
		}
		return writing(what)(n, err)
	}
}

// writing checks a write of as many rows as there are.
func writing(what string) func(int, error) error {
	return func(_ int, err error) error {
		if err != nil {
			return fmt.Errorf("write %s: %w", what, err)
		}
		return nil
	}
}

func inserting(table string, id int64, columns []column) (query string, args []any) {
	args = append(args, id)
	var names, places strings.Builder
	for _, c := range columns {
		args = append(args, c.value)
		names.WriteString(", " + c.name)
		places.WriteString(", $" + strconv.Itoa(len(args)))
	}
	return `INSERT INTO ` + table + ` (id, version` + names.String() + `) VALUES ($1, 1` + places.String() + `)`, args
}

func updating(table string, id int64, version int, columns []column) (query string, args []any) {
	args = append(args, id, version)
	var set strings.Builder
	for _, c := range columns {
		args = append(args, c.value)
		set.WriteString(", " + c.name + " = $" + strconv.Itoa(len(args)))
	}
	return `UPDATE ` + table + ` SET version = version + 1` + set.String() + ` WHERE id = $1 AND version = $2`, args
}

// insertRows writes rows into a table, which is given with its columns.
func insertRows(ctx context.Context, tx session, into string, values [][]any) error {
	table, _, _ := strings.Cut(into, " ")
	for some := range slices.Chunk(values, rowsMax) {
		var places conditions
		all := make([]string, len(some))
		for i, row := range some {
			all[i] = places.row(row)
		}
		err := tx.change(ctx, writing(table), `INSERT INTO `+into+` VALUES `+strings.Join(all, ", "), places.args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// conditions is a WHERE that grows, with its arguments. The zero value lets all pass.
type conditions struct {
	all  []string
	args []any
}

// place is the placeholder of a further argument.
func (c *conditions) place(value any) string {
	c.args = append(c.args, value)
	return "$" + strconv.Itoa(len(c.args))
}

// row is the placeholders of a row of further arguments.
func (c *conditions) row(values []any) string {
	places := make([]string, len(values))
	for i, value := range values {
		places[i] = c.place(value)
	}
	return "(" + strings.Join(places, ", ") + ")"
}

// add demands format, in which each %s stands for one of the values.
func (c *conditions) add(format string, values ...any) {
	places := make([]any, len(values))
	for i, value := range values {
		places[i] = c.place(value)
	}
	c.all = append(c.all, fmt.Sprintf(format, places...))
}

// in demands that a column has one of the values.
func in[T any](c *conditions, column string, values []T) {
	places := make([]string, len(values))
	for i, value := range values {
		places[i] = c.place(value)
	}
	c.all = append(c.all, column+" IN ("+strings.Join(places, ", ")+")")
}

// text is the conditions as they follow a FROM.
func (c *conditions) text() string {
	if len(c.all) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.all, " AND ")
}

// ref is an id as it is stored; NULL where there is none.
func ref[T ~int64](id T) any {
	if id == 0 {
		return nil
	}
	return int64(id)
}

// optional scans an id that may be NULL.
type optional[T ~int64] struct{ to *T }

// Scan implements sql.Scanner.
func (o optional[T]) Scan(value any) error {
	switch value := value.(type) {
	case nil:
		*o.to = 0
	case int64:
		*o.to = T(value)
	default:
		return fmt.Errorf("a %T is not an id", value)
	}
	return nil
}

// encoded is value as JSON, for a column.
func encoded(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("a %T has no JSON: %v", value, err)) // values of the ladder have
	}
	return string(data)
}

// document scans a column of JSON.
type document struct{ to any }

// Scan implements sql.Scanner.
func (d document) Scan(value any) error {
	switch value := value.(type) {
	case []byte:
		return json.Unmarshal(value, d.to)
	case string:
		return json.Unmarshal([]byte(value), d.to)
	default:
		return fmt.Errorf("a %T is no JSON", value)
	}
}

// numbers are ids as they are stored.
func numbers[T ~int64](ids []T) []int64 {
	plain := make([]int64, len(ids))
	for i, id := range ids {
		plain[i] = int64(id)
	}
	return plain
}

// actorColumns are where an actor is kept, in each table that has one.
const actorColumns = `role, actor, person`

// actorValues are an actor in the order of actorColumns.
func actorValues(a ladder.Actor) []any { return []any{string(a.Role), ref(a.Player), a.Name} }

// actorTargets scans actorColumns.
func actorTargets(a *ladder.Actor) []any {
	return []any{&a.Role, optional[ladder.PlayerID]{&a.Player}, &a.Name}
}

// utc is a time as it comes back from the database, so that what an act wrote equals what
// the next one reads.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Microsecond)
}

// prefixed scans a row whose first columns are not the scanner's.
type prefixed struct {
	row   row
	first []any
}

// Scan implements row.
func (p prefixed) Scan(dest ...any) error { return p.row.Scan(append(p.first, dest...)...) }
