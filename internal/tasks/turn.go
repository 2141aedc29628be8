package tasks

import (
	"context"
	"crypto/rand"

	"github.com/redis/go-redis/v9"
)

const (
	// turnKey names the process that sweeps; the others stand by.
	turnKey = "evoladder:sweeper"

	// turnTerm is how long that holds without being renewed: longer than two
	// sweeps of an idle pipeline are apart, and short enough that a follower of a
	// killed process finds its own tasks as soon as they are due to be found.
	turnTerm = 3 * sweepInterval
)

// turn lets one of many processes sweep. It saves work and is no lock: while
// Redis forgets or hangs, two may sweep at once, which does no harm.
type turn struct {
	redis *redis.Client
	name  string
	held  bool
}

func newTurn(client *redis.Client) *turn { return &turn{redis: client, name: rand.Text()} }

// renewScript extends a turn unless another process has it.
//
//	KEYS[1] the turn; ARGV[1] the process, ARGV[2] milliseconds
var renewScript = redis.NewScript(`
local holder = redis.call("GET", KEYS[1])
if holder and holder ~= ARGV[1] then
	return 0
end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
return 1`)

// endScript ends a turn of a process.
//
//	KEYS[1] the turn; ARGV[1] the process
var endScript = redis.NewScript(`
if redis.call("GET", KEYS[1]) == ARGV[1] then
	redis.call("DEL", KEYS[1])
end
return 0`)

// take takes or renews the turn and says whether this process has it.
func (t *turn) take(ctx context.Context) (bool, error) {
	var err error
	if t.held {
		var n int
		n, err = renewScript.Run(ctx, t.redis, []string{turnKey}, t.name, turnTerm.Milliseconds()).Int()
		t.held = n == 1
	} else { // one command: most processes do only this
		t.held, err = t.redis.SetNX(ctx, turnKey, t.name, turnTerm).Result()
	}
	if err != nil {
		t.held = false
	}
	return t.held, err
}

// end gives the turn to the next that asks. That it fails is made up for by its
// term.
func (t *turn) end(ctx context.Context) {
	if t.held {
		t.held = false
		_ = endScript.Run(ctx, t.redis, []string{turnKey}, t.name).Err()
	}
}
