package protocol

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
)

// Protocol is the layout of the streams of one or more builds. It does not
// change once it is compiled.
type Protocol struct {
	Build int // the first build that has this layout

	Header, Details, InitData *bitstream.Type

	Delta *bitstream.Type // time since the event before, in game loops
	User  *bitstream.Type // who caused a game or message event

	// NamesUsers is whether User is an index into the lobby's users. Before
	// build 24247, the last beta of Heart of the Swarm, it is a player: the
	// occupied slots counted from 1 in their order, observers included.
	NamesUsers bool

	Game, Message, Tracker Events // Tracker is empty before build 24944
}

// Events is how the events of a stream are distinguished.
type Events struct {
	ID   *bitstream.Type
	List []Event // by id
}

// Event is a kind of event. Type is nil for ids that do not occur.
type Event struct {
	Name bitstream.Name
	Text string // the name in the table, such as CmdEvent
	Type *bitstream.Type
}

// ByID returns an event, or nil.
func (e *Events) ByID(id int64) *Event {
	if id < 0 || id >= int64(len(e.List)) || e.List[id].Type == nil {
		return nil
	}
	return &e.List[id]
}

// maxEventID bounds the ids of events; the tables' are below 128.
const maxEventID = 255

// compiler reads one of Blizzard's protocol files.
type compiler struct {
	names map[string]bitstream.Name
	types []*bitstream.Type
	ids   map[string]int     // game_eventid_typeid and such
	lists map[string]*Events // game, message, tracker
}

// compile reads the text of a protocol file. It fails on anything that it does
// not understand: the files are part of the program, and a test compiles all.
func compile(build int, text string, names map[string]bitstream.Name) (*Protocol, error) {
	c := compiler{names: names, ids: map[string]int{}, lists: map[string]*Events{}}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		var err error
		line := lines[i]
		switch {
		case line == "typeinfos = [":
			for i++; i < len(lines) && lines[i] != "]" && err == nil; i++ {
				err = c.addType(lines[i])
			}
		case strings.HasSuffix(line, "_event_types = {"):
			list := new(Events)
			c.lists[strings.TrimSuffix(line, "_event_types = {")] = list
			for i++; i < len(lines) && lines[i] != "}" && err == nil; i++ {
				err = c.addEvent(list, lines[i])
			}
		case strings.Contains(line, "_typeid = "):
			name, value, _ := strings.Cut(line, "_typeid = ")
			c.ids[name], err = strconv.Atoi(value)
		}
		if err != nil {
			return nil, fmt.Errorf("protocol %d, line %d: %w", build, i+1, err)
		}
	}
	return c.link(build)
}

// link puts the parts together.
func (c *compiler) link(build int) (*Protocol, error) {
	p := &Protocol{Build: build}
	user := "replay_userid"
	if _, p.NamesUsers = c.ids[user]; !p.NamesUsers {
		user = "replay_playerid"
	}
	for name, to := range map[string]**bitstream.Type{
		"replay_header":   &p.Header,
		"game_details":    &p.Details,
		"replay_initdata": &p.InitData,
		"svaruint32":      &p.Delta,
		user:              &p.User,
		"game_eventid":    &p.Game.ID,
		"message_eventid": &p.Message.ID,
		"tracker_eventid": &p.Tracker.ID,
	} {
		id, ok := c.ids[name]
		if !ok && name == "tracker_eventid" {
			continue
		}
		if !ok || id < 0 || id >= len(c.types) {
			return nil, fmt.Errorf("protocol %d: no type for %s", build, name)
		}
		*to = c.types[id]
	}
	for name, to := range map[string]*Events{"game": &p.Game, "message": &p.Message, "tracker": &p.Tracker} {
		list := c.lists[name]
		if list == nil && name == "tracker" {
			continue
		}
		if list == nil {
			return nil, fmt.Errorf("protocol %d: no list of %s events", build, name)
		}
		to.List = list.List
	}
	return p, nil
}

// addEvent reads a line such as
//
//	27: (100, 'NNet.Game.SCmdEvent'),
func (c *compiler) addEvent(list *Events, line string) error {
	s := scanner{rest: strings.TrimSpace(line)}
	id := s.number()
	s.expect(": (")
	typ := s.number()
	s.expect(", ")
	text := s.quoted()
	if s.bad || id < 0 || id > maxEventID || typ < 0 || typ >= int64(len(c.types)) {
		return fmt.Errorf("not an event: %q", line)
	}
	text = strings.TrimPrefix(text[strings.LastIndexByte(text, '.')+1:], "S")
	for int64(len(list.List)) <= id {
		list.List = append(list.List, Event{})
	}
	list.List[id] = Event{Name: c.names[text], Text: text, Type: c.types[typ]}
	return nil
}
