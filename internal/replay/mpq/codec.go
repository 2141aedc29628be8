package mpq

import (
	"bytes"
	"compress/zlib"
	"io"
	"sync"

	"github.com/evoladder/evoladderbot/internal/replay/mpq/bzip2"
)

// The compression methods, as the first byte of compressed data: a bit mask,
// of which only single methods are read.
const (
	methodZlib  = 0x02
	methodBzip2 = 0x10
)

// Decompressors are kept from one archive to the next; their tables are larger
// than a replay.
var (
	bzip2Decoders = sync.Pool{New: func() any { return new(bzip2.Decoder) }}
	zlibReaders   sync.Pool // of *zlibReader
)

type zlibReader struct {
	src    bytes.Reader
	stream io.ReadCloser
}

// decompress fills dst from data. Where it fails it says how much of dst is
// good, and why.
func decompress(dst, data []byte) (n int, kind error, what string) {
	if len(data) == 0 {
		return 0, ErrFormat, "compressed stream without data"
	}
	switch data[0] {
	case methodBzip2:
		d := bzip2Decoders.Get().(*bzip2.Decoder)
		defer bzip2Decoders.Put(d)
		n, err := d.Decode(dst, data[1:])
		if err != nil {
			return n, ErrFormat, err.Error()
		}
		return n, nil, ""
	case methodZlib:
		n, err := inflate(dst, data[1:])
		if err != nil {
			return n, ErrFormat, err.Error()
		}
		return n, nil, ""
	}
	return 0, ErrUnsupported, "compression method"
}

// inflate fills dst from a zlib stream, which must then end: its checksum is
// only looked at there.
func inflate(dst, data []byte) (int, error) {
	z, _ := zlibReaders.Get().(*zlibReader)
	if z == nil {
		z = new(zlibReader)
	}
	defer func() {
		z.src.Reset(nil)
		zlibReaders.Put(z)
	}()
	z.src.Reset(data)
	if z.stream == nil {
		s, err := zlib.NewReader(&z.src)
		if err != nil {
			return 0, err
		}
		z.stream = s
	} else if err := z.stream.(zlib.Resetter).Reset(&z.src, nil); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(z.stream, dst)
	if err != nil {
		return n, err
	}
	var one [1]byte
	if more, err := z.stream.Read(one[:]); more > 0 {
		return 0, errTooLong
	} else if err != io.EOF {
		return 0, err
	}
	return n, nil
}
