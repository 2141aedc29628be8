package stream

import (
	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
	"github.com/evoladder/evoladderbot/internal/replay/protocol"
)

func (c *Selection) read(s *bitstream.Packed, t *bitstream.Type) {
	for i := range t.Fields {
		f := &t.Fields[i]
		switch f.Name {
		case protocol.ControlGroupID:
			c.Group = int(s.Int(f.Type))
		case protocol.Delta:
			c.read(s, f.Type)
		case protocol.SubgroupIndex:
			c.SubgroupIndex = int(s.Int(f.Type))
		case protocol.AddSubgroups:
			c.AddedKinds = s.Array(f.Type)
			s.SkipElems(f.Type, c.AddedKinds)
		case protocol.AddUnitTags:
			c.AddedUnits = s.Array(f.Type)
			s.SkipElems(f.Type, c.AddedUnits)
		default:
			s.Skip(f.Type)
		}
	}
}

func (g *Group) read(s *bitstream.Packed, t *bitstream.Type) {
	for i := range t.Fields {
		f := &t.Fields[i]
		switch f.Name {
		case protocol.ControlGroupIndex:
			g.Index = int(s.Int(f.Type))
		case protocol.ControlGroupUpdate:
			g.Update = int(s.Int(f.Type))
		default:
			s.Skip(f.Type)
		}
	}
}

func (c *Camera) read(s *bitstream.Packed, t *bitstream.Type) {
	for i := range t.Fields {
		f := &t.Fields[i]
		switch f.Name {
		case protocol.Which:
			c.Hotkey = int(s.Int(f.Type))
		case protocol.Target:
			if target := s.Optional(f.Type); target != nil {
				c.HasTarget = true
				c.Target.read(s, target)
			}
		default:
			s.Skip(f.Type)
		}
	}
}

func (l *Leave) read(s *bitstream.Packed, t *bitstream.Type) {
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Name == protocol.LeaveReason {
			l.Reason = int(s.Int(f.Type))
			continue
		}
		s.Skip(f.Type)
	}
}

func (v *GameEvent) readHijack(s *bitstream.Packed, t *bitstream.Type) {
	v.Hijack = v.Hijack[:0]
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Name != protocol.UserInfos {
			s.Skip(f.Type)
			continue
		}
		for range s.Array(f.Type) {
			info := UserInfo{User: Absent}
			info.read(s, f.Type.Elem)
			v.Hijack = append(v.Hijack, info)
		}
	}
}

func (u *UserInfo) read(s *bitstream.Packed, t *bitstream.Type) {
	for i := range t.Fields {
		f := &t.Fields[i]
		switch f.Name {
		case protocol.GameUserID:
			u.User = int(s.Int(f.Type))
		case protocol.Name:
			u.Name = string(s.Blob(f.Type))
		case protocol.ClanTag:
			u.ClanTag = string(s.Blob(f.Type))
		case protocol.ToonHandle:
			u.ToonHandle = string(s.Blob(f.Type))
		case protocol.Observe:
			u.Observe = int(s.Int(f.Type))
		default:
			s.Skip(f.Type)
		}
	}
}
