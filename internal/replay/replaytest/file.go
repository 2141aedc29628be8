package replaytest

import (
	"encoding/binary"

	"github.com/evoladder/evoladderbot/internal/replay/stream"
)

// File is everything that a replay holds, as its streams have it.
type File struct {
	Header     stream.Header
	Details    stream.Details
	InitData   stream.InitData
	Attributes stream.Attributes
	Metadata   []byte // JSON; none when nil
	Messages   []stream.Message
	Game       []stream.GameEvent
	Tracker    []stream.TrackerEvent

	Anonymous bool  // details and init data as backups only
	Codec     Codec // of all streams
}

// Bytes writes the replay.
func (f File) Bytes() []byte { return f.Archive().Bytes() }

// Archive writes the streams and leaves the rest to the caller.
func (f File) Archive() Archive {
	suffix := ""
	if f.Anonymous {
		suffix = ".backup"
	}
	a := Archive{UserData: EncodeHeader(f.Header), Version: 3, SectorShift: 5}
	add := func(name string, data []byte) {
		a.Streams = append(a.Streams, Stream{Name: name, Data: data, Codec: f.Codec})
	}
	add("replay.details"+suffix, EncodeDetails(f.Details))
	add("replay.initData"+suffix, EncodeInitData(f.InitData))
	add("replay.attributes.events", EncodeAttributes(f.Attributes))
	if f.Metadata != nil {
		add("replay.gamemetadata.json", f.Metadata)
	}
	add("replay.message.events", EncodeMessages(f.Messages))
	add("replay.game.events", EncodeGame(f.Game))
	add("replay.tracker.events", EncodeTracker(f.Tracker))
	return a
}

// EncodeHeader writes the user data.
func EncodeHeader(h stream.Header) []byte {
	v := h.Version
	key := func(p []byte) []byte { return vStruct(field{0, vNone}, field{1, vText(string(p))}) }
	return vStruct(
		field{0, vText(h.Signature)},
		field{1, vStruct(
			field{0, vNum(v.Flags)}, field{1, vNum(v.Major)}, field{2, vNum(v.Minor)},
			field{3, vNum(v.Revision)}, field{4, vNum(v.Build)}, field{5, vNum(v.BaseBuild)},
		)},
		field{2, vNum(h.Type)},
		field{3, vNum(h.Loops)},
		field{4, vFlag(h.UsesScaledTime)},
		field{5, key(h.RootKey)},
		field{6, vNum(h.DataBuild)},
		field{7, key(h.Compatibility)},
		field{8, vFlag(false)},
	)
}

// EncodeDetails writes replay.details.
func EncodeDetails(d stream.Details) []byte {
	return vStruct(
		field{0, vSome(vList(d.Players, player))},
		field{1, vText(d.Title)},
		field{2, vText(d.Difficulty)},
		field{3, vStruct(field{0, vText(d.Thumbnail)})},
		field{4, vFlag(d.IsBlizzardMap)},
		field{5, vNum(d.TimeUTC)},
		field{6, vNum(d.TimeLocalOffset)},
		field{16, vSome(vFlag(d.IsTransitionMap))},
		field{17, vFlag(d.NoRecovery)},
		field{7, vText(d.Description)},
		field{8, vText(d.ImageFile)},
		field{15, vNum(d.CampaignIndex)},
		field{9, vText(d.MapFile)},
		field{10, vSome(vList(d.CacheHandles, func(h stream.CacheHandle) []byte { return vText(string(h[:])) }))},
		field{11, vFlag(d.MiniSave)},
		field{12, vNum(d.GameSpeed)},
		field{13, vNum(d.DefaultDifficulty)},
		field{14, vSome(vList(d.ModPaths, vText))},
	)
}

func player(p stream.Player) []byte {
	t, c := p.Toon, p.Color
	return vStruct(
		field{0, vText(p.Name)},
		field{1, vStruct(
			field{0, vNum(t.Region)}, field{1, vFourCC(t.Program)}, field{2, vNum(t.Realm)},
			field{3, vText(t.Name)}, field{4, vNum(t.ID)},
		)},
		field{2, vText(p.Race)},
		field{3, vStruct(field{0, vNum(c.A)}, field{1, vNum(c.R)}, field{2, vNum(c.G)}, field{3, vNum(c.B)})},
		field{4, vNum(p.Control)},
		field{5, vNum(p.TeamID)},
		field{6, vNum(p.Handicap)},
		field{7, vNum(p.Observe)},
		field{8, vNum(p.Result)},
		field{9, vOpt(p.WorkingSetSlotID)},
		field{10, vText(p.Hero)},
	)
}

// EncodeAttributes writes replay.attributes.events.
func EncodeAttributes(a stream.Attributes) []byte {
	p := words([]byte{byte(a.Source)}, a.MapNamespace, uint32(len(a.List)))
	for _, v := range a.List {
		p = append(words(p, v.Namespace, v.ID), byte(v.Scope))
		var value [4]byte
		copy(value[4-len(v.Value):], v.Value)
		p = words(p, binary.BigEndian.Uint32(value[:]))
	}
	return p
}

// EncodeMessages writes replay.message.events.
func EncodeMessages(messages []stream.Message) []byte {
	w := newPacked()
	loop := 0
	for _, m := range messages {
		w.delta(m.Loop - loop)
		loop = m.Loop
		w.num(m.User, 5)
		if m.IsPing {
			w.num(1, 4)
			w.num(m.Recipient, 3)
			w.num(m.X+1<<31, 32)
			w.num(m.Y+1<<31, 32)
		} else {
			w.num(0, 4)
			w.num(m.Recipient, 3)
			w.blob(m.Text, 11)
		}
		w.align()
	}
	return w.p
}
