package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/evoladder/evoladderbot/internal/retry"
)

const (
	// fleetSize is how many workers a fleet has, unless more than one are asked for.
	fleetSize = 100
	// fleetConns is how many connections its Postgres allows at least: those of bot,
	// page and harness, and some.
	fleetConns = 26
	// fleetTime is how long it is flooded.
	fleetTime = 30 * time.Second
	// sampling is how often connections are counted.
	sampling = 100 * time.Millisecond
)

// holdFleet makes a pipeline of a bot, a page and very many workers, of one
// parser process each, and of a Postgres that allows fewer connections than there
// are processes.
func holdFleet(s *Setup) {
	if s.Workers <= 1 {
		s.Workers = fleetSize
	}
	s.WithWeb, s.Parsers = true, max(s.Parsers, 1)
	s.Connections = max(fleetConns, s.Workers)
}

func fleet(s Size) plan { return flood(s.or(Size{Duration: fleetTime})) }

// watchConnections counts the connections of Postgres until the returned
// function is called, which reports them and how many processes were refused one.
func watchConnections(ctx context.Context, p *Pipeline) func(*Report) {
	ctx, stop := context.WithCancel(ctx)
	var most, sum, samples int64
	ended := make(chan error, 1)
	go func() {
		ended <- p.withPostgres(ctx, func(db *sql.DB) error {
			for ; retry.Sleep(ctx, sampling); samples++ {
				var n int64
				if err := count(ctx, db, &n, "SELECT sum(numbackends) FROM pg_stat_database"); err != nil {
					return err
				}
				most, sum = max(most, n), sum+n
			}
			return nil
		})
	}()
	before := p.refused()
	return func(r *Report) {
		stop()
		<-ended // what was counted until then is reported
		r.figure("Postgres connections, most at once", float64(most), fmt.Sprintf("of %d", p.setup.Connections))
		r.figure("Postgres connections, mean", float64(sum)/float64(max(1, samples)), "")
		r.figure("warnings of refused connections", float64(p.refused()-before), "(a process warns twice a minute at most)")
	}
}

// refused is how often processes said that Postgres refuses them connections.
func (p *Pipeline) refused() (n int) {
	logs, _ := filepath.Glob(filepath.Join(p.setup.Dir, "*.log"))
	for _, name := range logs {
		text, _ := os.ReadFile(name) // what cannot be read is missed by the judge, too
		n += bytes.Count(text, []byte("the database server refuses more connections"))
	}
	return n
}
