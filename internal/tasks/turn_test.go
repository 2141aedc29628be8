package tasks_test

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/evoladder/evoladderbot/internal/tasks"
	"github.com/evoladder/evoladderbot/internal/tasks/redistest"
)

func (b *broom) inTurn(t *testing.T) {
	t.Helper()
	if err := b.SweepInTurn(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestOneOfManySweeps(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, options *redis.Options) {
		first, second := newBroom(t, options, parseJob(1)), newBroom(t, options, parseJob(2))
		for range 2 {
			first.inTurn(t)
			second.inTurn(t)
		}
		if !first.HasTurn() || second.HasTurn() || first.store.attempt(1) != 2 || second.store.attempt(2) != 1 {
			t.Errorf("turns %v and %v, pushes %d and %d; want the first alone to sweep",
				first.HasTurn(), second.HasTurn(), first.store.attempt(1), second.store.attempt(2))
		}
	})
}

func TestTurnOfASweeperThatIsGoneIsTaken(t *testing.T) {
	t.Parallel()
	ends := map[string]func(t *testing.T, holder *broom){
		"its term is over": func(t *testing.T, holder *broom) {
			if err := holder.raw.PExpire(t.Context(), tasks.TurnKey, 1).Err(); err != nil {
				t.Fatal(err)
			}
			until(t, "the turn is free", func() bool { return holder.raw.Exists(t.Context(), tasks.TurnKey).Val() == 0 })
		},
		"Redis was wiped": func(t *testing.T, holder *broom) {
			if err := holder.raw.FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
		},
		"its database is away": func(t *testing.T, holder *broom) {
			holder.store.down()
			if err := holder.SweepInTurn(t.Context()); err == nil {
				t.Fatal("swept without a database")
			}
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redistest.Each(t, func(t *testing.T, options *redis.Options) {
				holder, other := newBroom(t, options), newBroom(t, options, parseJob(2))
				holder.inTurn(t)
				other.inTurn(t)
				end(t, holder)
				other.inTurn(t)
				if !other.HasTurn() || other.store.attempt(2) != 2 {
					t.Errorf("turn %v, push %d, want the other to sweep", other.HasTurn(), other.store.attempt(2))
				}
				holder.store.up()
				holder.inTurn(t)
				if holder.HasTurn() {
					t.Error("both have the turn")
				}
			})
		})
	}
}
