package upload

import (
	"github.com/evoladder/evoladderbot/internal/failure"
)

// Outcome is what became of an upload in one word, the same in logs and in
// metrics: "accepted", "known", "repeated", "refused" (for the file), "limited"
// (for the sender) or "failed" (for our own trouble). It takes what
// intake.Intake returned.
func Outcome(receipt Receipt, err error) string {
	found := failure.Find(err)
	switch {
	case found != nil && found.Kind == failure.Limited:
		return "limited"
	case found != nil:
		return "refused"
	case err != nil:
		return "failed"
	case receipt.Repeated:
		return "repeated"
	case receipt.Known:
		return "known"
	}
	return "accepted"
}
