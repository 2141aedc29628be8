package replay

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/icza/s2prot"

	"github.com/evoladder/evoladderbot/internal/replay/mpq"
)

// The streams of a replay.
var (
	streamDetails    = mpq.NewName("replay.details")
	streamInitData   = mpq.NewName("replay.initData")
	streamAttributes = mpq.NewName("replay.attributes.events")
	streamMetadata   = mpq.NewName("replay.gamemetadata.json")
	streamMessages   = mpq.NewName("replay.message.events")
	streamGame       = mpq.NewName("replay.game.events")
	streamTracker    = mpq.NewName("replay.tracker.events")

	// An anonymised replay has its names wiped in copies of these two, and
	// lacks the originals.
	streamDetailsBackup  = mpq.NewName("replay.details.backup")
	streamInitDataBackup = mpq.NewName("replay.initData.backup")
)

var errDecode = errors.New("cannot be decoded")

// guard turns a panic of the decoder into an error.
func guard(stream string, decode func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%s: %w: %v", stream, errDecode, cause)
		}
	}()
	if err = decode(); err != nil {
		return fmt.Errorf("%s: %w", stream, err)
	}
	return nil
}

// protocolFor is the protocol of a base build, or of the nearest lower one.
func protocolFor(baseBuild int) (protocol *s2prot.Protocol, exact bool) {
	if protocol = s2prot.GetProtocol(baseBuild); protocol != nil {
		return protocol, true
	}
	// The last beta of Heart of the Swarm has the release's events.
	if baseBuild >= 24247 && baseBuild < userIDBuild {
		return s2prot.GetProtocol(userIDBuild), false
	}
	for build := min(baseBuild, s2prot.MaxBaseBuild); build >= s2prot.MinBaseBuild; build-- {
		if protocol = s2prot.GetProtocol(build); protocol != nil {
			return protocol, false
		}
	}
	return nil, false
}

func decodeHeader(userData []byte) (h rawHeader, err error) {
	err = guard("header", func() error {
		// s2prot expects the length of the header in front of it.
		s := s2prot.DecodeHeader(append(make([]byte, 4), userData...))
		if s == nil {
			return errDecode
		}
		version := s.Structv("version")
		h = rawHeader{
			major: int(version.Int("major")), minor: int(version.Int("minor")), revision: int(version.Int("revision")),
			build: int(version.Int("build")), baseBuild: int(version.Int("baseBuild")),
			loops: s.Int("elapsedGameLoops"),
		}
		return nil
	})
	return h, err
}

func decodeDetails(p *s2prot.Protocol, data []byte, baseBuild int) (d rawDetails, err error) {
	err = guard("replay.details", func() error {
		s := p.DecodeDetails(data)
		if s == nil {
			return errDecode
		}
		d = rawDetails{
			title: s.Stringv("title"), timeUTC: s.Int("timeUTC"), gameSpeed: int(s.Int("gameSpeed")),
			cacheHandles: handlesOf(s.Array("cacheHandles")),
		}
		for _, entry := range s.Array("playerList") {
			d.players = append(d.players, playerOf(entry.(s2prot.Struct), baseBuild))
		}
		return nil
	})
	return d, err
}

func playerOf(s s2prot.Struct, baseBuild int) rawPlayer {
	return rawPlayer{
		name: s.Stringv("name"), race: s.Stringv("race"),
		program: strings.Trim(s.Stringv("toon", "programId"), "\x00"),
		region:  int(s.Int("toon", "region")), realm: int(s.Int("toon", "realm")), id: s.Int("toon", "id"),
		red: uint8(s.Int("color", "r")), green: uint8(s.Int("color", "g")), blue: uint8(s.Int("color", "b")),
		control: int(s.Int("control")), observe: int(s.Int("observe")),
		team: int(s.Int("teamId")), handicap: int(s.Int("handicap")), result: int(s.Int("result")),
		workingSlot:        optional(s, "workingSetSlotId"),
		hasReliableControl: baseBuild >= slotIDBuild,
	}
}

func optional(s s2prot.Struct, path ...string) int {
	if number, ok := s.Value(path...).(int64); ok {
		return int(number)
	}
	return none
}

func handlesOf(array []any) []rawHandle {
	var handles []rawHandle
	for _, entry := range array {
		text, _ := entry.(string)
		if len(text) != 40 || text[:4] != "s2ma" {
			continue
		}
		handle := rawHandle{region: strings.Trim(text[4:8], "\x00")}
		copy(handle.sha256[:], text[8:])
		handles = append(handles, handle)
	}
	return handles
}

func decodeLobby(p *s2prot.Protocol, data []byte) (l rawLobby, err error) {
	err = guard("replay.initData", func() error {
		s, _ := p.DecodeInitData(data)["syncLobbyState"].(s2prot.Struct)
		state, options := s.Structv("lobbyState"), s.Structv("gameDescription", "gameOptions")
		l = rawLobby{
			seed:    uint32(s.Int("gameDescription", "randomValue")),
			loops:   state.Int("gameDuration"),
			handles: handlesOf(s.Array("gameDescription", "cacheHandles")),
			coop:    s.Bool("gameDescription", "isCoopMode"),
			options: rawOptions{
				amm: options.Bool("amm"), battleNet: options.Bool("battleNet"),
				lockTeams: options.Bool("lockTeams"), observers: int(options.Int("observers")),
			},
		}
		for _, entry := range s.Array("userInitialData") {
			user := entry.(s2prot.Struct)
			l.users = append(l.users, rawUser{
				name: user.Stringv("name"), clan: user.Stringv("clanTag"), toon: user.Stringv("toonHandle"),
				rating: optional(user, "scaledRating"),
			})
		}
		occupied := false
		for _, entry := range state.Array("slots") {
			slot := slotOf(entry.(s2prot.Struct))
			occupied = occupied || slot.control == controlHuman
			l.slots = append(l.slots, slot)
		}
		if !occupied {
			return fmt.Errorf("%w: no slot is taken", errDecode)
		}
		return nil
	})
	return l, err
}

func slotOf(s s2prot.Struct) rawSlot {
	slot := rawSlot{
		control: int(s.Int("control")), observe: int(s.Int("observe")), team: int(s.Int("teamId")),
		user: optional(s, "userId"), race: optional(s, "racePref", "race"), handicap: int(s.Int("handicap")),
		workingSlot: optional(s, "workingSetSlotId"), tandemLeader: optional(s, "tandemLeaderId"),
		toon: s.Stringv("toonHandle"), commander: s.Stringv("commander"),
	}
	if slot.tandemLeader == none {
		slot.tandemLeader = optional(s, "tandemLeaderUserId")
	}
	return slot
}

func decodeAttributes(p *s2prot.Protocol, data []byte) (attributes []rawAttribute, err error) {
	err = guard("replay.attributes.events", func() error {
		scopes, _ := p.DecodeAttributesEvts(data)["scopes"].(s2prot.Struct)
		for key, entries := range scopes {
			scope, err := strconv.ParseUint(key, 10, 8)
			if err != nil {
				return err
			}
			for _, entry := range entries.(s2prot.Struct) {
				value := entry.(s2prot.Struct)
				attributes = append(attributes, rawAttribute{
					id: uint32(value.Int("attrid")), scope: uint8(scope),
					value: strings.TrimSpace(value.Stringv("value")),
				})
			}
		}
		return nil
	})
	return attributes, err
}

func decodeMetadata(data []byte) (*rawMetadata, error) {
	m := new(rawMetadata)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("replay.gamemetadata.json: %w", err)
	}
	return m, nil
}

// eventUser is who an event names: a user, or before userIDBuild a player.
func eventUser(e s2prot.Event) int {
	for _, key := range []string{"userId", "playerId"} {
		if id, ok := e.Value("userid", key).(int64); ok {
			return int(id)
		}
	}
	return none
}

func decodeMessages(p *s2prot.Protocol, data []byte) (messages []rawMessage, err error) {
	err = guard("replay.message.events", func() error {
		events, err := p.DecodeMessageEvts(data)
		for _, e := range events {
			if e.Name == "Chat" {
				messages = append(messages, rawMessage{
					loop: e.Loop(), user: eventUser(e),
					recipient: int(e.Int("recipient")), text: e.Stringv("string"),
				})
			}
		}
		return err
	})
	return messages, err
}

// decodeGame feeds the game stream to the log. What precedes a damaged place
// still counts.
func decodeGame(p *s2prot.Protocol, data []byte, c clock, g *gameLog) error {
	g.read = true
	return guard("replay.game.events", func() error {
		events, err := p.DecodeGameEvts(data)
		g.events = len(events)
		for _, e := range events {
			feedGame(e, c, g)
		}
		if err != nil {
			return fmt.Errorf("after %d events: %w", len(events), err)
		}
		return nil
	})
}

func feedGame(e s2prot.Event, c clock, g *gameLog) {
	loop, user := e.Loop(), eventUser(e)
	minute := int(c.seconds(loop) / 60)
	switch e.Name {
	case "PlayerLeave", "GameUserLeave", "UserLeave":
		g.leaves = append(g.leaves, gameLeave{loop: loop, user: user})
	case "Cmd":
		g.command(user)
		g.action(minute, user)
	case "SelectionDelta", "ControlGroupUpdate", "CommandManagerState":
		g.action(minute, user)
	case "HijackReplayGame":
		r := resumed{loop: loop}
		for _, entry := range e.Array("userInfos") {
			info := entry.(s2prot.Struct)
			r.users = append(r.users, resumedUser{
				user: int(info.Int("gameUserId")), name: info.Stringv("name"), clan: info.Stringv("clanTag"),
				toon: info.Stringv("toonHandle"), observe: int(info.Int("observe")),
			})
		}
		g.resumed = append(g.resumed, r)
	}
}

// decodeTracker feeds the tracker stream to the log. What precedes a damaged
// place still counts.
func decodeTracker(p *s2prot.Protocol, data []byte, t *trackerLog) error {
	t.read = true
	return guard("replay.tracker.events", func() error {
		events, err := p.DecodeTrackerEvts(data)
		t.events = len(events)
		for _, e := range events {
			switch e.Name {
			case "UnitBorn", "UnitInit":
				t.unit(int(e.Int("controlPlayerId")), e.Stringv("unitTypeName"))
			case "PlayerSetup":
				t.setups = append(t.setups, playerSetup{
					player: int(e.Int("playerId")), user: optional(e.Struct, "userId"), slot: optional(e.Struct, "slotId"),
				})
			}
		}
		if err != nil {
			return fmt.Errorf("after %d events: %w", len(events), err)
		}
		return nil
	})
}
