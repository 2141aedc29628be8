package stream

import "github.com/evoladder/evoladderbot/internal/replay/protocol"

// Refit replaces a protocol that is not the file's own by the next older one
// that reads the lobby, whose encoding leaves no doubt: it must end where its
// stream does. It reports whether there was one; if not, the protocol stays.
func (r *Replay) Refit() bool {
	if r.Exact {
		return false
	}
	if _, err := r.readEither(initDataStream, initDataBackup); err != nil {
		return false
	}
	for p := protocol.Before(r.protocol); p != nil; p = protocol.Before(p) {
		if _, err := readInitData(p.InitData, r.small); err == nil {
			r.protocol = p
			return true
		}
	}
	return false
}

// Unfit undoes all Refit did.
func (r *Replay) Unfit() {
	if p, _, err := protocol.Lookup(r.Header.Version.BaseBuild); err == nil {
		r.protocol = p
	}
}
