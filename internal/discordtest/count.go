package discordtest

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"sync"
)

// counts are the requests so far by route and status.
type counts struct {
	mu     sync.Mutex
	routes map[string]map[int]int
}

func (c *counts) init() { c.routes = make(map[string]map[int]int) }

func (c *counts) add(route string, status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.routes[route] == nil {
		c.routes[route] = make(map[int]int)
	}
	c.routes[route][status]++
}

// Requests counts the requests to a route, as "POST /channels/{channel_id}/messages",
// whatever their outcome. Names are those of Discord's OpenAPI description.
func (s *Server) Requests(route string) int {
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	n := 0
	for _, m := range s.counts.routes[route] {
		n += m
	}
	return n
}

// Statuses counts the requests to all routes by HTTP status. A connection that
// was reset instead of answered has status 0.
func (s *Server) Statuses() map[int]int {
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	all := make(map[int]int)
	for _, statuses := range s.counts.routes {
		for status, n := range statuses {
			all[status] += n
		}
	}
	return all
}

// InvalidRequests counts what Discord counts towards its limit of 10,000 in ten
// minutes, beyond which it bans the address: 401, 403 and 429.
func (s *Server) InvalidRequests() int {
	all := s.Statuses()
	return all[http.StatusUnauthorized] + all[http.StatusForbidden] + all[http.StatusTooManyRequests]
}

// bucketOf names the rate-limit bucket of a route.
func bucketOf(route string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(route))
	return fmt.Sprintf("%016x", h.Sum64())
}
