package matchmaker

import "context"

// Beat and RunOnce are what Run does again and again.
func (m *Matchmaker) Beat(ctx context.Context)    { m.beat(ctx) }
func (m *Matchmaker) RunOnce(ctx context.Context) { m.run(ctx) }
