package bot

import (
	"github.com/hashicorp/golang-lru/v2"

	"github.com/evoladder/evoladderbot/internal/discord"
)

// newCache remembers size things, forgetting the one that was not used longest.
func newCache[K comparable, V any](size int) *lru.Cache[K, V] {
	cache, err := lru.New[K, V](size)
	if err != nil {
		panic(err) // the size is a constant of ours
	}
	return cache
}

// ownMessages remembers which of the bot's messages was posted under which nonce,
// so that replies with the same words are kept apart.
type ownMessages struct {
	nonces *lru.Cache[discord.MessageID, string]
}

func newOwnMessages() ownMessages {
	return ownMessages{newCache[discord.MessageID, string](maxRemembered)}
}

// assign says whether a message is the nonce's, as it is when it was no other's
// before.
func (o ownMessages) assign(message discord.MessageID, nonce string) bool {
	known, was, _ := o.nonces.PeekOrAdd(message, nonce)
	return !was || known == nonce
}
