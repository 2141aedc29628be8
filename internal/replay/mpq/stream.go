package mpq

import (
	"encoding/binary"
	"errors"
	"slices"
)

// Flags of a block.
const (
	flagImploded   = 0x00000100
	flagCompressed = 0x00000200
	flagEncrypted  = 0x00010000
	flagFixedKey   = 0x00020000 // the key depends on the block's place and size
	flagPatch      = 0x00100000
	flagSingleUnit = 0x01000000
	flagDeleted    = 0x02000000
	flagSectorSums = 0x04000000
	flagExists     = 0x80000000
)

// maxSectors bounds the sectors of a stream: each costs about 10 µs to begin,
// whatever is in it. It is enough for 32 MB in sectors of 4 kB.
const maxSectors = 1 << 13

// zlibCost is what a compressed byte counts at least, in bytes of output at
// some 20 ns: deflate may begin a new prefix code every dozen bytes and yield
// nothing, at 120 ns a byte and more. bzip2 bounds its blocks by itself.
const zlibCost = 16

// block is an entry of the block table.
type block struct {
	offset int // from the archive's header
	packed int
	size   int
	flags  uint32
}

func newBlock(e []byte) block {
	return block{offset: int(u32(e, 0)), packed: int(u32(e, 4)), size: int(u32(e, 8)), flags: u32(e, 12)}
}

// Read decompresses a stream of at most limit bytes into dst, from its start
// and growing it where it is too small, and returns it. On error it returns
// what is known to be good of the stream, which may be nothing.
func (a *Archive) Read(dst []byte, name Name, limit int) ([]byte, error) {
	b, err := a.find(name)
	if err != nil {
		return dst[:0], err
	}
	if err := a.check(b, name, min(limit, a.budget)); err != nil {
		return dst[:0], err
	}
	dst = slices.Grow(dst[:0], b.size)[:b.size]
	a.budget -= b.size
	data := a.file[a.base+b.offset:][:b.packed]
	u := unpacker{block: b, key: b.key(name), at: a.base + b.offset, budget: &a.budget}
	defer u.release()
	var n int
	switch {
	case b.flags&flagSingleUnit != 0:
		n, err = u.unit(dst, data, u.key)
	case b.flags&flagCompressed != 0:
		n, err = u.sectors(dst, data, a.sectorSize)
	default:
		n, err = u.storedSectors(dst, data, a.sectorSize)
	}
	if e, ok := errors.AsType[*Error](err); ok {
		e.Stream = name.text
	}
	return dst[:n], err
}

// check refuses what cannot be read or does not lie in the file.
func (a *Archive) check(b block, name Name, limit int) error {
	at := int64(a.base + b.offset)
	fail := func(kind error, what string) error {
		return &Error{Kind: kind, Stream: name.text, Offset: at, What: what}
	}
	rest := len(a.file) - a.base
	switch {
	case b.flags&(flagImploded|flagPatch|flagDeleted) != 0:
		return fail(ErrUnsupported, "imploded, patch or deleted stream")
	case b.offset > rest || b.packed > rest-b.offset:
		return fail(ErrFormat, "stream outside the file")
	case b.size > limit:
		return fail(ErrLimit, "stream too large")
	case b.flags&flagCompressed == 0 && b.packed != b.size:
		return fail(ErrFormat, "stored stream with two sizes")
	}
	return nil
}

// key is the stream's key, which is meaningless when it is not encrypted.
func (b block) key(name Name) uint32 {
	if b.flags&flagFixedKey == 0 {
		return name.key
	}
	return (name.key + uint32(b.offset)) ^ uint32(b.size)
}

// unpacker reads one stream.
type unpacker struct {
	block
	key     uint32
	at      int    // offset in the file
	scratch []byte // for what must be deciphered before it is decompressed
	budget  *int   // of the archive, without the stream's size
	codecs
}

// sectors reads a compressed stream in sectors: a table of their offsets, one
// more for the end, perhaps one more for checksums, which are not read.
func (u *unpacker) sectors(dst, data []byte, sectorSize int) (int, error) {
	count := (len(dst) + sectorSize - 1) / sectorSize
	if count == 0 {
		return 0, nil
	}
	size := (count + 1) * 4
	if count > maxSectors {
		return 0, &Error{Kind: ErrLimit, Offset: int64(u.at), What: "too many sectors"}
	}
	if size > len(data) {
		return 0, malformed(u.at, "table of sectors longer than the stream")
	}
	table := data[:size]
	if u.flags&flagEncrypted != 0 {
		table = make([]byte, size)
		decrypt(table, data[:size], u.key-1)
	}
	n := 0
	from := binary.LittleEndian.Uint32(table)
	for i := range count {
		to := binary.LittleEndian.Uint32(table[4*i+4:])
		if from > to || to > uint32(len(data)) {
			return n, malformed(u.at+4*i, "sector outside the stream")
		}
		part := dst[n:min(n+sectorSize, len(dst))]
		wrote, err := u.unit(part, data[from:to], u.key+uint32(i))
		n += wrote
		if err != nil {
			return n, err
		}
		from = to
	}
	return n, nil
}

// storedSectors reads a stream that is not compressed, of which each sector is
// enciphered with its own key.
func (u *unpacker) storedSectors(dst, data []byte, sectorSize int) (int, error) {
	n := 0
	for i := uint32(0); n < len(dst); i++ {
		end := min(n+sectorSize, len(dst))
		wrote, err := u.unit(dst[n:end], data[n:end], u.key+i)
		n += wrote
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// unit reads a sector or a stream that is one.
func (u *unpacker) unit(dst, data []byte, key uint32) (int, error) {
	if u.flags&flagEncrypted != 0 {
		u.scratch = slices.Grow(u.scratch[:0], len(data))[:len(data)]
		decrypt(u.scratch, data, key)
		data = u.scratch
	}
	// What did not become smaller is stored, without a word about it.
	if u.flags&flagCompressed == 0 || len(data) >= len(dst) {
		if len(data) != len(dst) {
			return 0, malformed(u.at, "stored data of another size")
		}
		return copy(dst, data), nil
	}
	if !u.afford(len(dst), data) {
		return 0, &Error{Kind: ErrLimit, Offset: int64(u.at), What: "takes too long to decompress"}
	}
	n, err := u.decompress(dst, data)
	if errors.Is(err, ErrUnsupported) {
		return n, &Error{Kind: ErrUnsupported, Offset: int64(u.at), What: err.Error()}
	}
	if err != nil {
		return n, malformed(u.at, err.Error())
	}
	return n, nil
}

// afford takes from the budget what decompressing data costs beyond the size
// that it yields, and reports whether that was there.
func (u *unpacker) afford(size int, data []byte) bool {
	if len(data) == 0 || data[0] != methodZlib {
		return true
	}
	*u.budget -= max(zlibCost*len(data)-size, 0)
	return *u.budget >= 0
}
