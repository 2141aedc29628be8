package mpq

import "encoding/binary"

const (
	// maxEntries bounds each table. Replays have 16 to 32 hash and 10 to 18
	// block entries; 4096 (64 kB each) leaves room for other tools.
	maxEntries = 1 << 12

	// defaultBudget bounds the bytes that one archive may be decompressed to, over
	// all reads. The largest stream known, of a long game with eight players,
	// is under 4 MB.
	defaultBudget = 64 << 20

	maxVersion     = 3
	maxSectorShift = 15 // 16 MB sectors; replays have 3 and 5
	minHeaderSize  = 32
	entrySize      = 16 // bytes, in both tables
)

const (
	userDataMagic = "MPQ\x1b"
	headerMagic   = "MPQ\x1a"
)

// Archive is an archive in memory. It refers to the file it was opened on and
// must not outlive changes to it; it is not for concurrent use.
type Archive struct {
	file       []byte
	base       int // offset of the header, from which all others count
	user       []byte
	sectorSize int
	hashes     []byte // decrypted tables, entrySize each
	blocks     []byte
	budget     int // bytes that further reads may yield, or what costs as much
}

// Open checks an archive's header and tables. It reads no stream.
func Open(file []byte) (*Archive, error) {
	a := &Archive{file: file, budget: defaultBudget}
	if err := a.findHeader(); err != nil {
		return nil, err
	}
	if err := a.readHeader(); err != nil {
		return nil, err
	}
	return a, nil
}

// SetBudget changes how many bytes further reads may yield in total. What
// takes as long as more bytes than it yields counts as those.
func (a *Archive) SetBudget(bytes int) { a.budget = bytes }

// UserData is what precedes the archive: in a replay, its header. It is nil
// when there is none.
func (a *Archive) UserData() []byte { return a.user }

// findHeader reads the user data, if there is any, and sets base.
func (a *Archive) findHeader() error {
	if len(a.file) < minHeaderSize {
		return malformed(0, "shorter than a header")
	}
	switch string(a.file[:4]) {
	case headerMagic:
		return nil
	case userDataMagic:
	default:
		return malformed(0, "no archive")
	}
	capacity := u32(a.file, 4)
	a.base = int(u32(a.file, 8))
	used := int(u32(a.file, 12))
	switch {
	case a.base > len(a.file)-minHeaderSize || a.base < 16:
		return malformed(8, "header outside the file")
	case used > int(capacity) || used > a.base-16:
		return malformed(12, "user data longer than its place")
	case string(a.file[a.base:a.base+4]) != headerMagic:
		return malformed(a.base, "no archive header")
	}
	a.user = a.file[16 : 16+used : 16+used]
	return nil
}

// readHeader checks the header and loads both tables.
func (a *Archive) readHeader() error {
	h := a.file[a.base:]
	version := binary.LittleEndian.Uint16(h[12:])
	shift := binary.LittleEndian.Uint16(h[14:])
	if version > maxVersion {
		return &Error{Kind: ErrUnsupported, Offset: int64(a.base + 12), What: "header version"}
	}
	if shift > maxSectorShift {
		return malformed(a.base+14, "sector size")
	}
	a.sectorSize = 512 << shift
	hashAt, blockAt := uint64(u32(h, 16)), uint64(u32(h, 20))
	hashCount, blockCount := u32(h, 24), u32(h, 28)
	if version >= 1 {
		if len(h) < 44 {
			return malformed(a.base, "header cut short")
		}
		// An extended block table (offset at 32) and the high halves of the
		// offsets are for archives beyond 4 GB.
		hashAt |= uint64(binary.LittleEndian.Uint16(h[40:])) << 32
		blockAt |= uint64(binary.LittleEndian.Uint16(h[42:])) << 32
	}
	if hashCount == 0 || hashCount&(hashCount-1) != 0 {
		return malformed(a.base+24, "size of the hash table is no power of two")
	}
	var err error
	if a.hashes, err = a.table(hashAt, hashCount, hashTableKey, a.base+24); err != nil {
		return err
	}
	a.blocks, err = a.table(blockAt, blockCount, blockTableKey, a.base+28)
	return err
}

// table decrypts a table of count entries; countAt is where count was read.
func (a *Archive) table(at uint64, count, key uint32, countAt int) ([]byte, error) {
	if count > maxEntries {
		return nil, &Error{Kind: ErrLimit, Offset: int64(countAt), What: "table too long"}
	}
	size, rest := uint64(count)*entrySize, uint64(len(a.file)-a.base)
	if at > rest || size > rest-at {
		return nil, malformed(countAt, "table outside the file")
	}
	from := a.base + int(at)
	t := make([]byte, size)
	decrypt(t, a.file[from:from+int(size)], key)
	return t, nil
}

// Name is the hashes of a stream's name, and the name for errors.
type Name struct {
	text     string
	position uint32
	a, b     uint32
	key      uint32
}

// NewName hashes the name of a stream.
func NewName(text string) Name {
	base := text
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] == '\\' || text[i] == '/' {
			base = text[i+1:]
			break
		}
	}
	return Name{
		text:     text,
		position: hash(text, hashPosition),
		a:        hash(text, hashNameA),
		b:        hash(text, hashNameB),
		key:      hash(base, hashKey),
	}
}

func (n Name) String() string { return n.text }

// find returns the block of a stream. A search ends at an entry that was
// never used, or after one turn.
func (a *Archive) find(name Name) (block, error) {
	const neverUsed = 0xffffffff
	mask := uint32(len(a.hashes)/entrySize - 1)
	for i := range mask + 1 {
		e := a.hashes[(name.position+i)&mask*entrySize:][:entrySize]
		index := u32(e, 12)
		if index == neverUsed {
			break
		}
		// Deleted entries have hashes and an index that no block has.
		if u32(e, 0) != name.a || u32(e, 4) != name.b || index >= uint32(len(a.blocks)/entrySize) {
			continue
		}
		if b := newBlock(a.blocks[index*entrySize:][:entrySize]); b.flags&flagExists != 0 {
			return b, nil
		}
	}
	return block{}, &Error{Kind: ErrNoStream, Stream: name.text, Offset: int64(a.base), What: "not in the hash table"}
}

func u32(p []byte, at int) uint32 { return binary.LittleEndian.Uint32(p[at:]) }
