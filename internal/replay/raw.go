package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// raw is what the streams of one file say, decoded and not yet understood.
type raw struct {
	header     stream.Header
	exact      bool // the protocol's own tables were used
	byUser     bool // events name users, not players: see stream.Replay.NamesUsers
	anonymous  bool // read from the .backup streams, which have no names
	details    stream.Details
	lobby      stream.InitData
	attributes []stream.Attribute
	metadata   *metadata // nil: the file has none (before about 3.7)
	messages   []stream.Message
	damage     []phrase.Text // what could not be read, each with its stream and place
}

// none is an index or a number that there is not.
const none = stream.Absent

const (
	controlHuman    = 2 // of a slot or a player
	controlComputer = 3

	gameScope = 16 // of an attribute: the game itself

	// reliableBuild is the first base build in whose player list control,
	// team, observe and handicap hold what their names say.
	reliableBuild = 24944
)

func (r *raw) baseBuild() int { return r.header.Version.BaseBuild }

func (r *raw) loops() int64 { return int64(r.header.Loops) }

// metadata is replay.gamemetadata.json, the game's own summary.
type metadata struct {
	Title    string
	Duration float64 // game seconds
	Players  []metadataPlayer
}

type metadataPlayer struct {
	PlayerID     int
	APM          *float64
	MMR          *float64
	Result       string // Win, Loss, Tie, Undecided
	SelectedRace string // Terr, Zerg, Prot, Rand; BWTe, BWZe, BWPr
	AssignedRace string
}

// readPlayers reads the player list, without which nothing can be said.
func (r *raw) readPlayers(file *stream.Replay) (err error) {
	r.details, err = file.Details()
	return err
}

// readSetting reads the lobby, the attributes, the game's own summary and the
// chat. Each may be missing or damaged at the price of what it alone knows.
func (r *raw) readSetting(ctx context.Context, file *stream.Replay) error {
	lobby, err := file.InitData()
	if err != nil && file.Refit() {
		lobby, err = file.InitData()
	}
	if err == nil {
		r.lobby = lobby
	}
	r.note(phrase.DamagedLobby, err)
	if len(r.details.Players) == 0 {
		r.details.Players = lobbyPlayers(r.lobby.Lobby.Slots)
	}
	attributes, err := file.Attributes()
	r.attributes = attributes.List
	r.note(phrase.DamagedAttributes, err)
	if err := ctx.Err(); err != nil {
		return err
	}
	r.note(phrase.DamagedMetadata, r.readMetadata(file))
	r.messages, err = file.Messages()
	r.note(phrase.DamagedMessages, err)
	r.anonymous, r.byUser = file.Anonymous, file.NamesUsers()
	return ctx.Err()
}

func (r *raw) readMetadata(file *stream.Replay) error {
	text, err := file.Metadata()
	if len(text) == 0 || err != nil && !json.Valid(text) {
		return err
	}
	m := new(metadata)
	err = json.Unmarshal(text, m)
	if _, other := errors.AsType[*json.UnmarshalTypeError](err); err == nil || other {
		r.metadata = m // a value of another type leaves the others as they are
	}
	if err != nil {
		return fmt.Errorf("replay.gamemetadata.json: %w", err)
	}
	return nil
}

// user is who has an id in the lobby, or nil.
func (r *raw) user(id int) *stream.User {
	if id < 0 || id >= len(r.lobby.Users) {
		return nil
	}
	return &r.lobby.Users[id]
}

// note turns damage of the stream that a warning is about into that warning.
func (r *raw) note(warning phrase.Key, err error) {
	if err != nil {
		r.damage = append(r.damage, phrase.Say(warning, "detail", err.Error()))
	}
}

// lobbyPlayers stands in for a player list without names.
func lobbyPlayers(slots []stream.Slot) (players []stream.Player) {
	for _, s := range slots {
		if (s.Control == controlHuman || s.Control == controlComputer) && s.Observe == 0 {
			players = append(players, stream.Player{
				Control: s.Control, TeamID: s.TeamID, Handicap: s.Handicap, WorkingSetSlotID: s.WorkingSetSlotID,
			})
		}
	}
	return players
}
