package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// A server is crowded when more than crowdedShare of crowdedOf of the
	// connections it allows are in use.
	crowdedShare, crowdedOf = 1, 2
	// yieldingConnTime is how long a process that leaves room keeps a connection:
	// with each new one it looks again whether the server is crowded.
	yieldingConnTime = time.Minute
)

// yielding is the connector of a pool that keeps idle connections only while its
// server is not crowded; each new connection looks.
type yielding struct {
	driver.Connector
	keep func(connections int) // of the pool
	size int                   // what it keeps where there is room
}

// Connect is part of driver.Connector.
func (y *yielding) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := y.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	own, ok := conn.(*stdlib.Conn)
	if !ok {
		return conn, nil
	}
	full, err := crowded(ctx, own.Conn())
	if err != nil {
		_ = own.Close()
		return nil, err
	}
	if full {
		y.keep(0)
	} else {
		y.keep(y.size)
	}
	return conn, nil
}

// crowded says whether the server of a connection, which is counted, has so many
// that others should find room. It is one round trip.
func crowded(ctx context.Context, conn *pgx.Conn) (bool, error) {
	var used, allowed int
	err := conn.QueryRow(ctx, `SELECT sum(numbackends)::int,
			current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
		FROM pg_stat_database`, pgx.QueryExecModeSimpleProtocol).Scan(&used, &allowed)
	if err != nil {
		return false, fmt.Errorf("count connections: %w", err)
	}
	return used*crowdedOf > allowed*crowdedShare, nil
}
