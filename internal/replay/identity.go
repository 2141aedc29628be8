package replay

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// gameID is the same for every file that was recorded of one game, by whichever
// player or observer, and differs between games. It is a hash of what the lobby
// settled before the game began: the map's file, the random seed and those who
// play. Length, clock, chat and leaves differ from one recorder to the next and
// are left out. A game resumed from a replay has its original's lobby, so the
// loops at which it was resumed count as well; a Summary does not know them.
//
// It is empty where the file lacks one of these: without a seed, a map or an
// account (in an anonymised file) games cannot be distinguished. Who has no account
// because a program plays goes by name.
func (m *meaning) gameID(r *Replay) string {
	played := r.Map.SHA256
	if sum := m.raw.lobby.Game.MapSyncChecksum; played == "" && sum != 0 {
		played = fmt.Sprintf("checksum %d", sum) // a map of the player's own disk
	}
	if r.RandomSeed == 0 || played == "" || m.raw.anonymous {
		return ""
	}
	var players []string
	for _, p := range r.Players {
		switch {
		case p.AI:
		case p.Toon == "" && p.Name == "":
			return ""
		case p.Toon == "":
			players = append(players, "name "+p.Name)
		default:
			players = append(players, p.Toon)
		}
	}
	slices.Sort(players)
	text := fmt.Sprintf("game 1\n%s\n%d\n%s", played, r.RandomSeed, strings.Join(players, "\n"))
	for _, resumed := range m.game.resumed {
		text += fmt.Sprintf("\nresumed %d", resumed.loop)
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}
