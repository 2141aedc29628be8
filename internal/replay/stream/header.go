package stream

import (
	"bytes"
	"encoding/binary"

	"github.com/evoladder/evoladderbot/internal/replay/bitstream"
	"github.com/evoladder/evoladderbot/internal/replay/protocol"
)

// Header is what precedes the archive: the build that wrote it, which decides
// how everything else is read.
type Header struct {
	Signature      string // "StarCraft II replay\x1b11"
	Version        Version
	Type           int
	Loops          int // length of the game, 16 to a game second
	UsesScaledTime bool
	DataBuild      int // from build 34784 on
	RootKey        []byte
	Compatibility  []byte // hash; from build 41743 on
}

// Version is a build of the game.
type Version struct {
	Flags, Major, Minor, Revision int
	Build, BaseBuild              int
}

const headerName = "header"

// ReadHeader decodes the user data of a replay's archive. The encoding says
// which field a value belongs to, so the newest protocol reads all of them.
func ReadHeader(userData []byte) (Header, error) {
	var h Header
	if build, found := betaBuild(userData); found {
		return h, in(headerName, &BetaError{Build: build})
	}
	p, err := protocol.Newest()
	if err != nil {
		return h, err
	}
	v := bitstream.NewVersioned(userData)
	for range v.Struct() {
		f := v.Field(p.Header)
		switch f.Name {
		case protocol.Signature:
			h.Signature = string(v.Blob(f.Type))
		case protocol.Version:
			h.Version = readVersion(&v, f.Type)
		case protocol.Type:
			h.Type = int(v.Int())
		case protocol.ElapsedGameLoops:
			h.Loops = int(v.Int())
		case protocol.UseScaledTime:
			h.UsesScaledTime = v.Bool()
		case protocol.DataBuildNum:
			h.DataBuild = int(v.Int())
		case protocol.NgdpRootKey:
			h.RootKey = readKey(&v, f.Type)
		case protocol.ReplayCompatibilityHash:
			h.Compatibility = readKey(&v, f.Type)
		default:
			v.Skip()
		}
	}
	return h, in(headerName, v.Err())
}

// betaBuild recognises the header of the 2010 beta and reads its build: the
// signature behind its length, then flags, three bytes of version, and the build
// and the base build of four bytes each, the highest first.
func betaBuild(userData []byte) (build int, found bool) {
	const signature, buildAt = "StarCraft II replay\x1b", 4
	if len(userData) == 0 || !bytes.HasPrefix(userData[1:], []byte(signature)) {
		return 0, false
	}
	if version := userData[min(1+int(userData[0]), len(userData)):]; len(version) >= buildAt+4 {
		build = int(binary.BigEndian.Uint32(version[buildAt:]))
	}
	return build, true
}

func readVersion(v *bitstream.Versioned, t *bitstream.Type) (r Version) {
	for range v.Struct() {
		switch v.Field(t).Name {
		case protocol.Flags:
			r.Flags = int(v.Int())
		case protocol.Major:
			r.Major = int(v.Int())
		case protocol.Minor:
			r.Minor = int(v.Int())
		case protocol.Revision:
			r.Revision = int(v.Int())
		case protocol.Build:
			r.Build = int(v.Int())
		case protocol.BaseBuild:
			r.BaseBuild = int(v.Int())
		default:
			v.Skip()
		}
	}
	return r
}

// readKey reads the newer of a hash's two forms.
func readKey(v *bitstream.Versioned, t *bitstream.Type) (key []byte) {
	for range v.Struct() {
		f := v.Field(t)
		if f.Name == protocol.Data {
			key = append(key, v.Blob(f.Type)...)
			continue
		}
		v.Skip()
	}
	return key
}
