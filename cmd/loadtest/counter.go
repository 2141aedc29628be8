package main

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/redis/go-redis/v9"
)

// effort is what the services have done since they started.
type effort struct {
	commands     int64 // Redis commands, this harness's own included
	statements   int64 // Postgres statements; -1: not counted
	transactions int64 // Postgres transactions, committed or not
}

// effort asks the services. Where there are none, all is 0.
func (p *Pipeline) effort(ctx context.Context) (effort, error) {
	if p.setup.Engine != Services {
		return effort{}, nil
	}
	var done effort
	var err error
	if done.commands, err = p.redisCommands(ctx); err != nil {
		return effort{}, err
	}
	err = p.withPostgres(ctx, func(db *sql.DB) error {
		if p.postgres == nil || !p.postgres.Counting() {
			done.statements = -1
		} else if err := count(ctx, db, &done.statements, "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements"); err != nil {
			return err
		}
		return count(ctx, db, &done.transactions,
			"SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()")
	})
	return done, err
}

// countStatements makes the database count statements, where it can.
func (p *Pipeline) countStatements(ctx context.Context) error {
	if p.postgres == nil || !p.postgres.Counting() {
		return nil
	}
	return p.withPostgres(ctx, func(db *sql.DB) error {
		_, err := db.ExecContext(ctx, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
		return err
	})
}

func count(ctx context.Context, db *sql.DB, into *int64, query string) error {
	return db.QueryRowContext(ctx, query).Scan(into)
}

func (p *Pipeline) postgresTables(ctx context.Context) (n int64, err error) {
	err = p.withPostgres(ctx, func(db *sql.DB) error {
		return count(ctx, db, &n, "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
	})
	return n, err
}

func (p *Pipeline) withPostgres(ctx context.Context, use func(*sql.DB) error) error {
	db, err := sql.Open("pgx", p.database)
	if err != nil {
		return fmt.Errorf("open postgres: %w", err)
	}
	defer func() { _ = db.Close() }()
	if err := use(db); err != nil {
		return fmt.Errorf("ask postgres: %w", err)
	}
	return nil
}

func (p *Pipeline) withRedis(use func(*redis.Client) error) error {
	options, err := redis.ParseURL(p.queue)
	if err != nil {
		return fmt.Errorf("address of redis: %w", err)
	}
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	if err := use(client); err != nil {
		return fmt.Errorf("ask redis: %w", err)
	}
	return nil
}

func (p *Pipeline) redisKeys(ctx context.Context) (n int64, err error) {
	err = p.withRedis(func(client *redis.Client) error {
		n, err = client.DBSize(ctx).Result()
		return err
	})
	return n, err
}

func (p *Pipeline) flushRedis(ctx context.Context) error {
	return p.withRedis(func(client *redis.Client) error { return client.FlushAll(ctx).Err() })
}

func (p *Pipeline) redisCommands(ctx context.Context) (int64, error) {
	return p.redisInfo(ctx, "stats", "total_commands_processed")
}

// redisInfo is one number of INFO.
func (p *Pipeline) redisInfo(ctx context.Context, section, field string) (n int64, err error) {
	err = p.withRedis(func(client *redis.Client) error {
		info, err := client.Info(ctx, section).Result()
		if err != nil {
			return err
		}
		for line := range strings.Lines(info) {
			if value, ok := strings.CutPrefix(strings.TrimSpace(line), field+":"); ok {
				n, err = strconv.ParseInt(value, 10, 64)
				return err
			}
		}
		return fmt.Errorf("INFO %s has no %s", section, field)
	})
	return n, err
}
