package mpq

import (
	"bytes"
	"compress/zlib"
	"fmt"
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
	zlibReaders   = sync.Pool{New: func() any { return new(zlibReader) }}
)

// codecs are the decompressors of one read.
type codecs struct {
	bzip2 *bzip2.Decoder // nil: not needed yet
	zlib  *zlibReader
}

// release gives them back.
func (c *codecs) release() {
	if c.bzip2 != nil {
		bzip2Decoders.Put(c.bzip2)
	}
	if c.zlib != nil {
		c.zlib.src.Reset(nil)
		zlibReaders.Put(c.zlib)
	}
	*c = codecs{}
}

type zlibReader struct {
	src    bytes.Reader
	stream io.ReadCloser
}

// decompress fills dst from data. Where it fails it says how much of dst is
// good; the error wraps none of this package's kinds but ErrUnsupported.
func (c *codecs) decompress(dst, data []byte) (int, error) {
	if len(data) == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	switch data[0] {
	case methodBzip2:
		if c.bzip2 == nil {
			c.bzip2 = bzip2Decoders.Get().(*bzip2.Decoder)
		}
		return c.bzip2.Decode(dst, data[1:])
	case methodZlib:
		if c.zlib == nil {
			c.zlib = zlibReaders.Get().(*zlibReader)
		}
		return c.zlib.inflate(dst, data[1:])
	}
	return 0, fmt.Errorf("%w: compression method %#x", ErrUnsupported, data[0])
}

// inflate fills dst from a zlib stream, which must then end: its checksum is
// only looked at there.
func (z *zlibReader) inflate(dst, data []byte) (int, error) {
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
