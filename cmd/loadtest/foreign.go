package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// errForeign protects databases that somebody needs.
var errForeign = errors.New("load and harm go only to an empty database on this machine")

// refuseForeign makes sure that what the caller gave is on this machine and
// holds nothing: scenarios flush it.
func (p *Pipeline) refuseForeign(ctx context.Context) error {
	for _, address := range []string{p.setup.Database, p.setup.Redis} {
		if address != "" && !local(address) {
			return fmt.Errorf("%s: %w", redacted(address), errForeign)
		}
	}
	if p.setup.Redis != "" {
		keys, err := p.redisKeys(ctx)
		if err != nil {
			return err
		}
		if keys > 0 {
			return fmt.Errorf("redis has %d keys: %w", keys, errForeign)
		}
	}
	if p.setup.Database != "" {
		tables, err := p.postgresTables(ctx)
		if err != nil {
			return err
		}
		if tables > 0 {
			return fmt.Errorf("postgres has %d tables: %w", tables, errForeign)
		}
	}
	return nil
}

// local reports whether an address leads to this machine: by a loopback
// address, or by a socket in a folder. Postgres takes hosts in the query too.
func local(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	hosts := append(u.Query()["host"], u.Query()["hostaddr"]...)
	if u.Host != "" {
		hosts = append(hosts, u.Hostname())
	}
	for _, host := range hosts {
		ip := net.ParseIP(host)
		if host != "localhost" && !strings.HasPrefix(host, "/") && (ip == nil || !ip.IsLoopback()) {
			return false
		}
	}
	return len(hosts) > 0 || u.Scheme == "unix"
}

func redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "address"
	}
	return u.Redacted()
}
