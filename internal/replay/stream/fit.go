package stream

import "github.com/evoladder/evoladderbot/internal/replay/protocol"

// refits are the protocols that read the lobby of a file whose own there is
// not.
type refits struct {
	own  *protocol.Protocol // the nearest
	left []*protocol.Protocol
	read int // bytes of game events that were read again
}

// maxReread bounds the bytes of game events that are read again with one
// protocol after the other: eight times the longest known, and any usual ones
// with all fifteen or so that share a layout of the lobby.
const maxReread = 32 << 20

// Refit replaces a protocol that is not the file's own by the next one that
// reads the lobby, whose encoding leaves no doubt: it must end where its stream
// does. Older protocols come first; a beta may have had a newer one, since it
// was numbered among the releases before it. Refit reports whether there was
// one; if not, the protocol stays.
func (r *Replay) Refit() bool {
	if r.Exact {
		return false
	}
	if r.refits == nil {
		r.refits = r.findRefits()
	}
	f := r.refits
	if r.hasGame {
		f.read += len(r.game)
	}
	if len(f.left) == 0 || f.read > maxReread {
		return false
	}
	r.protocol, f.left = f.left[0], f.left[1:]
	return true
}

func (r *Replay) findRefits() *refits {
	f := &refits{own: r.protocol}
	if _, _, err := r.readEither(initDataStream, initDataBackup); err != nil {
		return f
	}
	for _, p := range protocol.Others(r.protocol) {
		if _, err := readInitData(p.InitData, r.small); err == nil {
			f.left = append(f.left, p)
		}
	}
	return f
}

// Unfit undoes all Refit did.
func (r *Replay) Unfit() {
	if r.refits != nil {
		r.protocol = r.refits.own
	}
}
