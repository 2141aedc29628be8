package stream

import (
	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
	"github.com/evoladder/evoladderbot/internal/replay/protocol"
)

// noAbility is the ability of build 15405's commands without one; later
// builds leave the field out.
const noAbility = 0xffff

// read decodes the fields of a command, and of the structs in it, whose names
// do not collide. Build 15405 has all of them in one struct.
func (c *Command) read(s *bitstream.Packed, t *bitstream.Type) {
	for i := range t.Fields {
		f := &t.Fields[i]
		switch f.Name {
		case protocol.CmdFlags:
			c.Flags = uint32(s.Int(f.Type))
		case protocol.Abil:
			if abil := s.Optional(f.Type); abil != nil {
				c.HasAbility = true
				c.readAbility(s, abil)
			}
		case protocol.Data:
			c.readTarget(s, s.Choice(f.Type))
		case protocol.Target:
			c.readNewTarget(s, f.Type)
		case protocol.Sequence:
			c.Sequence = int(s.OptionalInt(f.Type, 0))
		case protocol.OtherUnit:
			c.OtherUnit = UnitTag(s.OptionalInt(f.Type, 0))
		default:
			c.readOld(s, f)
		}
	}
}

func (c *Command) readAbility(s *bitstream.Packed, t *bitstream.Type) {
	for i := range t.Fields {
		f := &t.Fields[i]
		switch f.Name {
		case protocol.AbilLink:
			c.Ability = int(s.Int(f.Type))
		case protocol.AbilCmdIndex:
			c.AbilityIndex = int(s.Int(f.Type))
		case protocol.AbilCmdData:
			c.AbilityData = int(s.OptionalInt(f.Type, 0))
		default:
			s.Skip(f.Type)
		}
	}
}

func (c *Command) readTarget(s *bitstream.Packed, f bitstream.Field) {
	switch f.Name {
	case protocol.ChoicePoint:
		c.Target = PointTarget
		c.Point.read(s, f.Type)
	case protocol.ChoiceUnit:
		c.Target = UnitTarget
		c.readUnit(s, f.Type)
	case protocol.ChoiceData:
		c.Target = DataTarget
		c.Data = uint32(s.Int(f.Type))
	default:
		s.Skip(f.Type)
	}
}

// readNewTarget reads the target of an update, which the event's name alone
// says to be a point or a unit: a point has numbers only.
func (c *Command) readNewTarget(s *bitstream.Packed, t *bitstream.Type) {
	if len(t.Fields) == 3 && t.Fields[0].Name == protocol.X {
		c.Target = PointTarget
		c.Point.read(s, t)
		return
	}
	c.Target = UnitTarget
	c.readUnit(s, t)
}

func (c *Command) readUnit(s *bitstream.Packed, t *bitstream.Type) {
	for i := range t.Fields {
		f := &t.Fields[i]
		switch f.Name {
		case protocol.Tag:
			c.Unit = UnitTag(s.Int(f.Type))
		case protocol.SnapshotUnitLink:
			c.UnitLink = int(s.Int(f.Type))
		case protocol.SnapshotControlPlayerID, protocol.SnapshotPlayerID:
			c.ControlledBy = int(s.OptionalInt(f.Type, Absent))
		case protocol.SnapshotPoint:
			c.Point.read(s, f.Type)
		default:
			s.Skip(f.Type)
		}
	}
}

// readOld reads what only build 15405 has in the command itself. A command
// without a target has a point of zero; one at a unit has the unit's tag.
func (c *Command) readOld(s *bitstream.Packed, f *bitstream.Field) {
	switch f.Name {
	case protocol.AbilLink:
		c.Ability = int(s.Int(f.Type))
		c.HasAbility = c.Ability != noAbility
	case protocol.AbilCmdIndex:
		c.AbilityIndex = int(s.Int(f.Type))
	case protocol.AbilCmdData:
		c.AbilityData = int(s.Int(f.Type))
	case protocol.TargetUnitTag:
		if c.Unit = UnitTag(s.Int(f.Type)); c.Unit != 0 {
			c.Target = UnitTarget
		}
	case protocol.TargetUnitSnapshotUnitLink:
		c.UnitLink = int(s.Int(f.Type))
	case protocol.TargetUnitSnapshotPlayerID:
		c.ControlledBy = int(s.OptionalInt(f.Type, Absent))
	case protocol.TargetPoint:
		c.Point.read(s, f.Type)
		if c.Target == NoTarget && c.Point != (Point{}) {
			c.Target = PointTarget
		}
	default:
		s.Skip(f.Type)
	}
}

func (p *Point) read(s *bitstream.Packed, t *bitstream.Type) {
	for i := range t.Fields {
		f := &t.Fields[i]
		switch f.Name {
		case protocol.X:
			p.X = int(s.Int(f.Type))
		case protocol.Y:
			p.Y = int(s.Int(f.Type))
		case protocol.Z:
			p.Z = int(s.Int(f.Type))
		default:
			s.Skip(f.Type)
		}
	}
}
