package app

import "context"

// Ahead begins a part before the others of its process can be put together, and
// returns it as one of those: Run watches it and ends it in its turn. end is for
// a process that never comes to Run; it does not wait.
func Ahead(part Part) (begun Part, end func()) {
	ctx, stop := context.WithCancelCause(context.Background())
	done := make(chan struct{})
	var err error
	go func() {
		defer close(done)
		err = part.Run(ctx)
	}()
	return Part{Name: part.Name, Weight: part.Weight, Run: func(ctx context.Context) error {
		defer context.AfterFunc(ctx, func() { stop(context.Cause(ctx)) })()
		<-done
		return err
	}}, func() { stop(nil) }
}
