package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

// What an act sends together is written whole or not at all, whichever of it the server
// refuses, or ends the connection over; and the store goes on.
func TestWhatIsSentTogetherIsWholeOrNothing(t *testing.T) {
	url := storetest.Postgres(t)
	w, db := world{t, storetest.Open(t, url)}, raw(t, url)
	w.openSeason()
	act := w.handingIn(w.playing("p", noon), "p", noon.Add(20*time.Minute))
	before := dump(t, db)
	run := func(statement string) {
		t.Helper()
		_, err := db.ExecContext(context.Background(), statement)
		w.try(err)
	}
	for how, body := range map[string]string{
		"refused":                "RAISE EXCEPTION 'refused'",
		"terminating connection": "PERFORM pg_terminate_backend(pg_backend_pid())",
	} {
		run(`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ` + body + `; RETURN NEW; END $$`)
		for _, table := range strings.Fields("matches entries games rulings handles ledger ratings standings audit announcements jobs") {
			run(`CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON ` + table + ` FOR EACH ROW EXECUTE FUNCTION refuse()`)
			if _, err := w.Act(context.Background(), act); err == nil || !strings.Contains(err.Error(), how) {
				t.Errorf("%s, %s: %v", table, how, err)
			}
			run(`DROP TRIGGER refuse ON ` + table)
			if diff := cmp.Diff(before, dump(t, db)); diff != "" {
				t.Fatalf("%s, %s: half-written: %s", table, how, diff)
			}
		}
	}
	w.do(act)
	if before == dump(t, db) {
		t.Error("nothing was written in the end")
	}
}
