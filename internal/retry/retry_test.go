package retry_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/evoladder/evoladderbot/internal/retry"
)

var (
	errAway = errors.New("away")
	errBad  = errors.New("bad")
)

func TestDo(t *testing.T) {
	t.Parallel()
	policy := retry.Policy{
		Tries: 3,
		Again: func(err error) bool { return !errors.Is(err, errBad) },
		Pause: func(try int, _ error) time.Duration { return time.Duration(try) * time.Second },
	}
	for name, test := range map[string]struct {
		errs  []error // of each call; then none
		calls int
		took  time.Duration
		want  error
	}{
		"at once":           {nil, 1, 0, nil},
		"later":             {[]error{errAway, errAway}, 3, 3 * time.Second, nil},
		"not in time":       {[]error{errAway, errAway, errAway}, 3, 3 * time.Second, errAway},
		"never":             {[]error{errAway, errBad}, 2, time.Second, errBad},
		"until the context": {[]error{errAway, context.Canceled}, 2, time.Second, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				calls, start := 0, time.Now()
				got, err := retry.Do(ctx, policy, func() (int, error) {
					calls++
					if calls > len(test.errs) {
						return calls, nil
					}
					if err := test.errs[calls-1]; errors.Is(err, context.Canceled) {
						cancel()
					}
					return calls, test.errs[calls-1]
				})
				if !errors.Is(err, test.want) || got != test.calls || calls != test.calls || time.Since(start) != test.took {
					t.Errorf("%d, %v after %d calls in %v", got, err, calls, time.Since(start))
				}
			})
		})
	}
}
