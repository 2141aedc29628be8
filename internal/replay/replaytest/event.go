package replaytest

import "github.com/evoladder/evoladderbot/internal/replay/stream"

// EncodeGame writes replay.game.events. Events of OtherGame are written as the
// end of loading; CommandUpdated by its target.
func EncodeGame(events []stream.GameEvent) []byte {
	w := newPacked()
	loop := 0
	for _, e := range events {
		w.delta(e.Loop - loop)
		loop = e.Loop
		w.num(e.User, 5)
		w.gameEvent(e)
		w.align()
	}
	return w.p
}

func (w *packed) gameEvent(e stream.GameEvent) {
	id := func(n int) { w.num(n, 7) }
	switch e.Kind {
	case stream.CommandGiven:
		id(27)
		w.command(e.Command)
	case stream.CommandUpdated:
		if e.Command.Target == stream.PointTarget {
			id(104)
			w.point(e.Command.Point)
			return
		}
		id(105)
		w.unit(e.Command)
	case stream.CommandRepeated:
		id(103)
		w.num(1, 2)
		w.sequence(e.Command.Sequence)
	case stream.SelectionChanged:
		id(28)
		w.selection(e.Selection)
	case stream.GroupChanged:
		id(29)
		w.num(e.Group.Index, 4)
		w.num(e.Group.Update, 3)
		w.num(0, 2) // no mask
	case stream.CameraMoved:
		id(49)
		w.flag(e.Camera.HasTarget)
		if e.Camera.HasTarget {
			w.num(e.Camera.Target.X, 16)
			w.num(e.Camera.Target.Y, 16)
		}
		w.num(0, 5) // no distance, pitch, yaw, reason; does not follow
	case stream.CameraSaved:
		id(14)
		w.num(e.Camera.Hotkey, 3)
		w.num(e.Camera.Target.X, 16)
		w.num(e.Camera.Target.Y, 16)
	case stream.UserLeft:
		id(101)
		w.num(max(e.Leave.Reason, 0), 4)
	case stream.UserJoined:
		id(102)
		w.num(e.Join.Observe, 2)
		w.blob(e.Join.Name, 8)
		w.optText(e.Join.ToonHandle, 7)
		w.optText(e.Join.ClanTag, 8)
		w.num(0, 3) // no clan logo, not hijacked, no clone
	case stream.ReplayHijacked:
		id(43)
		w.num(len(e.Hijack), 5)
		for _, u := range e.Hijack {
			w.num(u.User, 4)
			w.num(u.Observe, 2)
			w.blob(u.Name, 8)
			w.optText(u.ToonHandle, 7)
			w.optText(u.ClanTag, 8)
			w.flag(false) // no clan logo
		}
		w.num(0, 1)
	default:
		id(5)
	}
}

func (w *packed) command(c stream.Command) {
	w.bits(uint64(c.Flags), 27)
	w.flag(c.HasAbility)
	if c.HasAbility {
		w.num(c.Ability, 16)
		w.num(c.AbilityIndex, 5)
		w.flag(c.AbilityData != 0)
		if c.AbilityData != 0 {
			w.num(c.AbilityData, 8)
		}
	}
	w.num(int(c.Target), 2)
	switch c.Target {
	case stream.PointTarget:
		w.point(c.Point)
	case stream.UnitTarget:
		w.unit(c)
	case stream.DataTarget:
		w.bits(uint64(c.Data), 32)
	}
	w.num(max(c.Sequence, 1)-1, 32)
	w.flag(c.OtherUnit != 0)
	if c.OtherUnit != 0 {
		w.bits(uint64(c.OtherUnit), 32)
	}
	w.flag(false) // no group of units
}

func (w *packed) sequence(n int) {
	w.flag(n > 0)
	if n > 0 {
		w.num(n-1, 32)
	}
}

func (w *packed) point(p stream.Point) {
	w.num(p.X, 20)
	w.num(p.Y, 20)
	w.num(p.Z+1<<31, 32)
}

func (w *packed) unit(c stream.Command) {
	w.num(0, 16) // flags
	w.num(0, 8)  // timer
	w.bits(uint64(c.Unit), 32)
	w.num(c.UnitLink, 16)
	w.opt(c.ControlledBy, 4)
	w.opt(c.ControlledBy, 4)
	w.point(c.Point)
}

// selection writes a selection of units that are all of their own kind, as
// far as there are kinds.
func (w *packed) selection(s stream.Selection) {
	w.num(s.Group, 4)
	w.num(s.SubgroupIndex, 9)
	w.num(0, 2) // nothing removed
	w.num(s.AddedKinds, 9)
	for i := range s.AddedKinds {
		w.num(i+1, 16) // unit type
		w.num(0, 8)    // priorities
		w.num(0, 8)
		w.num(1, 9)
	}
	w.num(s.AddedUnits, 9)
	for i := range s.AddedUnits {
		w.bits(uint64(stream.NewUnitTag(i+1, 1)), 32)
	}
}

// EncodeTracker writes replay.tracker.events.
func EncodeTracker(events []stream.TrackerEvent) (p []byte) {
	loop := 0
	for _, e := range events {
		d := e.Loop - loop
		loop = e.Loop
		choice := 0
		for _, n := range []int{6, 14, 22} {
			if d >= 1<<n {
				choice++
			}
		}
		p = append(append(p, 3), varint(int64(choice))...)
		p = append(p, vNum(d)...)
		id, fields := trackerEvent(e)
		p = append(append(p, vNum(id)...), fields...)
	}
	return p
}

func trackerEvent(e stream.TrackerEvent) (id int, p []byte) {
	u := e.Unit
	tag := []field{{0, vNum(u.Tag.Index())}, {1, vNum(u.Tag.Recycle())}}
	owners := func(from int) []field {
		return []field{{from, vNum(u.ControlPlayer)}, {from + 1, vNum(u.UpkeepPlayer)}}
	}
	at := func(from int) []field { return []field{{from, vNum(u.X)}, {from + 1, vNum(u.Y)}} }
	other := func(from int, t stream.UnitTag) []field {
		if t == 0 {
			return []field{{from, vNone}, {from + 1, vNone}}
		}
		return []field{{from, vSome(vNum(t.Index()))}, {from + 1, vSome(vNum(t.Recycle()))}}
	}
	all := func(parts ...[]field) []byte {
		for _, f := range parts {
			tag = append(tag, f...)
		}
		return vStruct(tag...)
	}
	typ := []field{{2, vText(u.Type)}}
	switch e.Kind {
	case stream.PlayerStats:
		return 0, vStruct(field{0, vNum(e.Player)}, field{1, stats(e.Stats)})
	case stream.UnitBorn:
		ability := field{9, vNone}
		if u.CreatorAbility != "" {
			ability.value = vSome(vText(u.CreatorAbility))
		}
		return 1, all(typ, owners(3), at(5), other(7, u.CreatorTag), []field{ability})
	case stream.UnitDied:
		return 2, all([]field{{2, vOpt(u.Killer)}}, at(3), other(5, u.KillerTag))
	case stream.UnitChangedOwner:
		return 3, all(owners(2))
	case stream.UnitChangedType:
		return 4, all(typ)
	case stream.UpgradeDone:
		return 5, vStruct(field{0, vNum(e.Player)}, field{1, vText(e.Upgrade)}, field{2, vNum(e.Count)})
	case stream.UnitInit:
		return 6, all(typ, owners(3), at(5))
	case stream.UnitDone:
		return 7, all()
	case stream.UnitPositions:
		return 8, vStruct(field{0, vNum(e.FirstUnit)}, field{1, vList(e.Positions, vNum[int32])})
	case stream.PlayerSetup:
		return 9, vStruct(field{0, vNum(e.Player)}, field{1, vNum(e.Setup.Type)},
			field{2, vOpt(e.Setup.User)}, field{3, vOpt(e.Setup.Slot)})
	}
	panic("replaytest: no such tracker event")
}

func stats(s stream.Stats) []byte {
	fields := make([]field, len(s))
	for i, v := range s {
		fields[i] = field{i, vNum(v)}
	}
	return vStruct(fields...)
}
