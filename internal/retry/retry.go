// Package retry is how work is tried again that may succeed later.
package retry

import (
	"context"
	"time"
)

// Sleep says whether d passed before ctx ended.
func Sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
