package replay

import (
	"strings"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// region says where the game was played: by the depot its files came from,
// else by the first account.
func region(handles []stream.CacheHandle, players []stream.Player) string {
	for _, handle := range handles {
		if code := strings.ToLower(stream.CleanText(handle.Region())); code != "" {
			if code == "sg" { // Singapore served South East Asia
				return "sea"
			}
			return code
		}
	}
	for _, player := range players {
		if code := regionOfAccount(player.Toon.Region); code != "" {
			return code
		}
	}
	return ""
}

// regionOfAccount names the first number of a toon handle.
func regionOfAccount(number int) string {
	switch number {
	case 1:
		return "us"
	case 2:
		return "eu"
	case 3:
		return "kr"
	case 5:
		return "cn"
	case 6:
		return "sea"
	case 98:
		return "xx" // the public test realm
	}
	return ""
}

func handleNames(handles []stream.CacheHandle) []string {
	names := make([]string, len(handles))
	for i, handle := range handles {
		names[i] = handle.Hash()
	}
	return names
}
