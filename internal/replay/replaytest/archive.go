package replaytest

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"strings"

	"github.com/dsnet/compress/bzip2"
)

// Codec is how a stream is compressed.
type Codec byte

// The codecs, with the number that stands in front of the data.
const (
	Stored Codec = 0
	Zlib   Codec = 0x02
	Bzip2  Codec = 0x10
)

// Stream is a file in an archive.
type Stream struct {
	Name      string
	Data      []byte
	Codec     Codec
	Sectors   bool // in sectors instead of as a single unit
	Encrypted bool
	FixedKey  bool // with a key that depends on place and size

	// What the game never writes:
	Packed []byte // instead of Data compressed
	Size   uint32 // instead of the size of Data, unless 0
	Flags  uint32 // besides those that follow from the fields above
}

// Archive is an archive with user data in front of it, as replays are.
type Archive struct {
	UserData    []byte
	Version     uint16 // of the header: 0, 1 or 3
	SectorShift uint16 // sectors of 512 bytes shifted by this
	HashEntries int    // a power of two; 0: as many as needed
	Streams     []Stream
}

// Places and sizes in the file. The header begins at headerAt, as in replays.
const (
	userDataRoom = 512
	headerAt     = 1024
	entrySize    = 16
	unusedHash   = 0xffffffff
)

// Flags of a block.
const (
	flagCompressed = 0x00000200
	flagEncrypted  = 0x00010000
	flagFixedKey   = 0x00020000
	flagSingleUnit = 0x01000000
	flagExists     = 0x80000000
)

// Bytes writes the archive.
func (a Archive) Bytes() []byte {
	entries := a.HashEntries
	if entries == 0 {
		for entries = 16; entries < len(a.Streams); entries *= 2 {
		}
	}
	hashes := bytes.Repeat([]byte{0xff}, entries*entrySize)
	var blocks, body []byte
	header := a.headerSize()
	for i, s := range a.Streams {
		offset := uint32(header + len(body))
		packed, size, flags := s.pack(offset, 512<<a.SectorShift)
		blocks = words(blocks, offset, uint32(len(packed)), size, flags)
		body = append(body, packed...)
		a.insert(hashes, s.Name, i)
	}
	encrypt(hashes, hash("(hash table)", byKey))
	encrypt(blocks, hash("(block table)", byKey))

	file := words([]byte("MPQ\x1b"), userDataRoom, headerAt, uint32(len(a.UserData)))
	file = append(file, a.UserData...)
	if len(file) > userDataRoom {
		panic("replaytest: too much user data")
	}
	file = append(file, make([]byte, headerAt-len(file))...)
	file = append(file, a.header(len(body), entries)...)
	file = append(file, body...)
	file = append(file, hashes...)
	return append(file, blocks...)
}

func (a Archive) headerSize() int {
	return map[uint16]int{0: 32, 1: 44, 3: 208}[a.Version]
}

// header writes the archive's header for a body of a size.
func (a Archive) header(body, entries int) []byte {
	size := a.headerSize()
	hashesAt := size + body
	blocksAt := hashesAt + entries*entrySize
	total := blocksAt + len(a.Streams)*entrySize
	h := words([]byte("MPQ\x1a"), uint32(size), uint32(total))
	h = binary.LittleEndian.AppendUint16(h, a.Version)
	h = binary.LittleEndian.AppendUint16(h, a.SectorShift)
	h = words(h, uint32(hashesAt), uint32(blocksAt), uint32(entries), uint32(len(a.Streams)))
	h = append(h, make([]byte, size-len(h))...)
	if a.Version == 3 { // 64-bit sizes of the archive and of both tables
		binary.LittleEndian.PutUint64(h[44:], uint64(total))
		binary.LittleEndian.PutUint64(h[68:], uint64(entries*entrySize))
		binary.LittleEndian.PutUint64(h[76:], uint64(len(a.Streams)*entrySize))
	}
	return h
}

// insert puts a stream into the first free place from where its name belongs.
func (a Archive) insert(hashes []byte, name string, block int) {
	n := uint32(len(hashes) / entrySize)
	for i := range n {
		e := hashes[(hash(name, byPosition)+i)%n*entrySize:][:entrySize]
		if binary.LittleEndian.Uint32(e[12:]) == unusedHash {
			copy(e, words(nil, hash(name, byNameA), hash(name, byNameB), 0, uint32(block)))
			return
		}
	}
	panic("replaytest: hash table is full")
}

// pack gives a stream's bytes in the archive and its block's other fields.
func (s Stream) pack(offset uint32, sectorSize int) (packed []byte, size, flags uint32) {
	size = uint32(len(s.Data))
	if s.Size != 0 {
		size = s.Size
	}
	flags = flagExists | s.Flags
	if s.Codec != Stored {
		flags |= flagCompressed
	}
	key := hash(s.Name[strings.LastIndexByte(s.Name, '\\')+1:], byKey) // without folders
	if s.FixedKey {
		flags |= flagFixedKey
		key = (key + offset) ^ size
	}
	if s.Encrypted {
		flags |= flagEncrypted
	}
	packed = s.Packed
	switch {
	case s.Sectors && packed == nil:
		return s.sectors(key, sectorSize), size, flags
	case s.Sectors:
		return packed, size, flags
	case packed == nil:
		packed = squeeze(s.Codec, s.Data)
	}
	if s.Encrypted {
		packed = bytes.Clone(packed)
		encrypt(packed, key)
	}
	return packed, size, flags | flagSingleUnit
}

// sectors gives a stream in sectors, with the table of where they begin.
func (s Stream) sectors(key uint32, sectorSize int) []byte {
	var parts [][]byte
	for p := s.Data; len(p) > 0; {
		n := min(sectorSize, len(p))
		parts = append(parts, squeeze(s.Codec, p[:n]))
		p = p[n:]
	}
	var table, body []byte
	at := uint32(4 * (len(parts) + 1))
	for i, p := range parts {
		if s.Encrypted {
			p = bytes.Clone(p)
			encrypt(p, key+uint32(i))
		}
		table = words(table, at+uint32(len(body)))
		body = append(body, p...)
	}
	if s.Codec == Stored {
		return body // whose sectors are where they would be anyway
	}
	table = words(table, at+uint32(len(body)))
	if s.Encrypted {
		encrypt(table, key-1)
	}
	return append(table, body...)
}

// Packed is a stream of a sound archive as the file has it, codec's number and
// all; nil when there is none of that name. It is what decompressors are timed
// on.
func Packed(file []byte, name string) []byte {
	word := func(p []byte, at int) int { return int(binary.LittleEndian.Uint32(p[at:])) }
	base := word(file, 8)
	table := func(atField, countField int, key string) []byte {
		from := base + word(file[base:], atField)
		t := bytes.Clone(file[from : from+word(file[base:], countField)*entrySize])
		decrypt(t, hash(key, byKey))
		return t
	}
	hashes, blocks := table(16, 24, "(hash table)"), table(20, 28, "(block table)")
	want := words(nil, hash(name, byNameA), hash(name, byNameB))
	for ; len(hashes) > 0; hashes = hashes[entrySize:] {
		if bytes.HasPrefix(hashes, want) {
			b := blocks[word(hashes, 12)*entrySize:]
			from := base + word(b, 0)
			return file[from : from+word(b, 4)]
		}
	}
	return nil
}

// squeeze compresses p, or leaves it where that does not make it smaller, as
// the format wants.
func squeeze(c Codec, p []byte) []byte {
	packed := Compress(c, p)
	if c == Stored || len(packed) >= len(p) {
		return p
	}
	return packed
}

// Compress compresses p, with the codec's number in front.
func Compress(c Codec, p []byte) []byte {
	b := bytes.NewBuffer([]byte{byte(c)})
	switch c {
	case Zlib:
		w := zlib.NewWriter(b)
		must(w.Write(p))
		must(0, w.Close())
	case Bzip2:
		w, err := bzip2.NewWriter(b, &bzip2.WriterConfig{Level: 9})
		must(0, err)
		must(w.Write(p))
		must(0, w.Close())
	}
	return b.Bytes()
}

func must(_ int, err error) {
	if err != nil {
		panic(err)
	}
}

// words appends little-endian words.
func words(p []byte, w ...uint32) []byte {
	for _, v := range w {
		p = binary.LittleEndian.AppendUint32(p, v)
	}
	return p
}
