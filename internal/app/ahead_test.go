package app

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestAPartBegunAheadEndsInItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		began := false
		page := j.part("page", 0)
		begun, end := Ahead(Part{Name: "page", Run: func(ctx context.Context) error { began = true; return page.Run(ctx) }})
		defer end()
		synctest.Wait()
		if !began {
			t.Error("it waits for the others")
		}
		ctx, stop := context.WithCancel(t.Context())
		go func() { time.Sleep(time.Second); stop() }()
		if err := RunParts(ctx, quiet(), 10*time.Second, j.part("worker", time.Second), begun); err != nil {
			t.Error(err)
		}
		if len(j.lines) != 2 || j.lines[0] != "page" {
			t.Errorf("parts ended in the order %v", j.lines)
		}
	})
}

func TestAPartThatFailsAheadEndsItsProcess(t *testing.T) {
	broken := errors.New("broken")
	begun, end := Ahead(Part{Name: "page", Run: func(context.Context) error { return broken }})
	defer end()
	if err := RunParts(t.Context(), quiet(), time.Second, begun); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestAPartBegunAheadEndsWithoutTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		_, end := Ahead(j.part("page", 0))
		end()
		synctest.Wait()
		if len(j.lines) != 1 {
			t.Error("it goes on")
		}
	})
}
