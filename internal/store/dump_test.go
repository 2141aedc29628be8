package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// raw is a second door into a store's database, past the store, open until the
// test ends.
func raw(t testing.TB, url string) *sql.DB {
	t.Helper()
	name, source := "pgx", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		name, source = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(name, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// execute runs a statement past the store.
func execute(t testing.TB, url, statement string) {
	t.Helper()
	if _, err := raw(t, url).ExecContext(context.Background(), statement); err != nil {
		t.Fatal(err)
	}
}

// tables are all that acts write to, each after those that it refers to.
var tables = []string{
	"players", "staff", "seasons", "season_history", "matches", "entries", "entry_members", "seats", "reports",
	"replays", "replay_players", "submissions", "announcements", "jobs", "job_history", "requests", "used_channels", "reparses",
	"games", "rulings", "handles", "ledger", "ratings", "standings", "season_standings", "penalties", "audit", "heartbeat", "matching_runs", "panels",
}

// empty deletes what dump shows.
func empty(t testing.TB, db *sql.DB) {
	t.Helper()
	for _, table := range slices.Backward(tables) {
		if _, err := db.ExecContext(context.Background(), "DELETE FROM "+table); err != nil {
			t.Fatal(err)
		}
	}
}

// dump is everything in a database but its schema, to compare.
func dump(t testing.TB, db *sql.DB) string {
	t.Helper()
	var text strings.Builder
	for _, table := range tables {
		rows, err := db.QueryContext(context.Background(), "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			var line strings.Builder
			line.WriteString(table)
			for i, column := range columns {
				value := *values[i].(*any)
				if document, ok := value.([]byte); ok && utf8.Valid(document) {
					value = string(document) // as Postgres gives JSON
				}
				fmt.Fprintf(&line, " %s=%v", column, value)
			}
			lines = append(lines, line.String()+"\n")
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		slices.Sort(lines) // not every table has an id
		text.WriteString(strings.Join(lines, ""))
	}
	return text.String()
}
