package store

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// held is a batcher whose transactions wait to be let go.
func held(write func(items []int) ([]int, error)) (g *batcher[int, int], release chan struct{}, batches *[][]int) {
	release, batches = make(chan struct{}), new([][]int)
	return &batcher[int, int]{write: func(_ context.Context, items []int) ([]int, error) {
		*batches = append(*batches, slices.Clone(items))
		<-release
		return write(items)
	}}, release, batches
}

func same(items []int) ([]int, error) { return items, nil }

func TestWhoComesMeanwhileSharesTheNextTransaction(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g, release, batches := held(same)
		var all sync.WaitGroup
		ask := func(items ...int) {
			all.Go(func() {
				if got, err := g.do(t.Context(), items); err != nil || !slices.Equal(got, items) {
					t.Errorf("%v became %v, %v", items, got, err)
				}
			})
			synctest.Wait()
		}
		ask(1)
		ask(2, 3)
		ask(4)
		close(release)
		all.Wait()
		g.wait()
		if len(*batches) != 2 || !slices.Equal((*batches)[1], []int{2, 3, 4}) {
			t.Errorf("transactions of %v", *batches)
		}
	})
}

func TestACrowdIsSplit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g, release, batches := held(same)
		var all sync.WaitGroup
		for n := range 2*batchMax + 1 {
			all.Go(func() {
				if got, err := g.do(t.Context(), []int{n}); err != nil || got[0] != n {
					t.Errorf("%d became %v, %v", n, got, err)
				}
			})
		}
		synctest.Wait()
		close(release)
		all.Wait()
		g.wait()
		for _, items := range *batches {
			if len(items) > batchMax {
				t.Errorf("a transaction of %d", len(items))
			}
		}
	})
}

func TestAFailureIsEverybodysWhoSharedIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		g, release, _ := held(func([]int) ([]int, error) { return nil, broken })
		var all sync.WaitGroup
		for n := range 3 {
			all.Go(func() {
				if _, err := g.do(t.Context(), []int{n}); !errors.Is(err, broken) {
					t.Errorf("%d: %v", n, err)
				}
			})
		}
		synctest.Wait()
		close(release)
		all.Wait()
		g.wait()
	})
}

func TestWhoGivesUpLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g, release, _ := held(same)
		impatient, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := g.do(impatient, []int{1}); !errors.Is(err, context.Canceled) {
				t.Errorf("the caller that left got %v", err)
			}
		})
		all.Go(func() {
			if got, err := g.do(t.Context(), []int{2}); err != nil || got[0] != 2 {
				t.Errorf("the caller that stayed got %v, %v", got, err)
			}
		})
		synctest.Wait()
		leave()
		synctest.Wait()
		close(release)
		all.Wait()
		g.wait()
	})
}

func TestWhoLingersIsJoined(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var batches [][]int
		g := &batcher[int, int]{linger: time.Second, write: func(_ context.Context, items []int) ([]int, error) {
			batches = append(batches, items)
			return items, nil
		}}
		start := time.Now()
		var all sync.WaitGroup
		for n := range 5 {
			all.Go(func() {
				time.Sleep(time.Duration(n) * 400 * time.Millisecond)
				if got, err := g.do(t.Context(), []int{n}); err != nil || got[0] != n {
					t.Errorf("%d became %v, %v", n, got, err)
				}
			})
		}
		all.Wait()
		if took := time.Since(start); len(batches) != 2 || len(batches[0]) != 3 || took != 2*time.Second {
			t.Errorf("transactions of %v after %v", batches, took)
		}
		g.wait()
	})
}
