package bot

import (
	"errors"
	"fmt"
	"testing"

	"github.com/evoladder/evoladderbot/internal/discord"
	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// testLimit is the largest file that test intakes take, in bytes.
const testLimit = 4096

func TestRefusalsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		why  error
		want phrase.Key
	}{
		{fmt.Errorf("x: %w", discord.ErrDownload), phrase.TryDownload},
		{errors.New("database down"), phrase.TryAgain},
		{failure.New(failure.TooLarge, phrase.Say(phrase.TooLarge, "limit", "8 MiB"), nil), phrase.ParseFailed},
		{failure.New(failure.Poison, phrase.Say(phrase.Poison), nil), phrase.Critical},
	} {
		if got := refusal(test.why, phrase.English); got.Key != test.want {
			t.Errorf("%v is answered as %s, want %s", test.why, got.Key, test.want)
		}
	}
}
