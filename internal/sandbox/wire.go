package sandbox

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

const (
	requestMagic = "EVQ1"
	answerMagic  = "EVA1"

	requestHeader = 4 + 3*4
	answerHeader  = 4 + 6*4

	// maxMeta is far over what meta needs.
	maxMeta = 64 << 10

	// maxAnswer bounds what the pool allocates on a child's word. A timeline of
	// a four-hour game is a few MiB.
	maxAnswer = 64 << 20
)

// MaxFileBytes is the largest file that the wire carries, and so the highest
// limit that a pool can be given.
const MaxFileBytes = 64 << 20

// errWire says that the other side does not speak the protocol.
var errWire = errors.New("not a frame of the sandbox protocol")

// meta is what a child gets beside the file.
type meta struct {
	File     string        `json:"file"`
	SHA256   string        `json:"sha256"`
	Timeline bool          `json:"timeline"`
	Within   time.Duration `json:"within"` // ns
}

type request struct {
	sequence uint32
	meta     meta
	file     []byte
}

type answerKind uint32

const (
	answerParsed answerKind = 0
	answerFailed answerKind = 1
)

type answer struct {
	sequence  uint32
	kind      answerKind
	first     []byte
	second    []byte
	processor time.Duration // user and system time of the child so far, ms on the wire
	peak      int64         // bytes the child ever had resident, KiB on the wire
}

// refusal is a failure as it crosses the pipe.
type refusal struct {
	Kind  failure.Kind `json:"kind"`
	Text  phrase.Text  `json:"text"`
	Cause string       `json:"cause,omitempty"`
}

// writeRequest makes two writes, so that the file is not copied.
func writeRequest(w io.Writer, r request) error {
	info, err := json.Marshal(r.meta)
	if err != nil {
		return fmt.Errorf("encode request: %w", err)
	}
	head := make([]byte, 0, requestHeader+len(info))
	head = append(head, requestMagic...)
	head = binary.BigEndian.AppendUint32(head, r.sequence)
	head = binary.BigEndian.AppendUint32(head, uint32(len(info)))
	head = binary.BigEndian.AppendUint32(head, uint32(len(r.file)))
	if _, err := w.Write(append(head, info...)); err != nil {
		return err
	}
	_, err = w.Write(r.file)
	return err
}

// readRequest reads into *scratch, which it replaces when it is too small. It
// returns io.EOF when the other side closed the pipe between two requests.
func readRequest(r io.Reader, scratch *[]byte) (request, error) {
	var head [requestHeader]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return request{}, err
	}
	infoLength, fileLength := binary.BigEndian.Uint32(head[8:]), binary.BigEndian.Uint32(head[12:])
	if string(head[:4]) != requestMagic || infoLength > maxMeta || fileLength > MaxFileBytes {
		return request{}, errWire
	}
	if need := int(infoLength + fileLength); cap(*scratch) < need {
		*scratch = make([]byte, need)
	}
	body := (*scratch)[:infoLength+fileLength]
	if _, err := io.ReadFull(r, body); err != nil {
		return request{}, err
	}
	out := request{sequence: binary.BigEndian.Uint32(head[4:]), file: body[infoLength:]}
	if err := json.Unmarshal(body[:infoLength], &out.meta); err != nil {
		return request{}, fmt.Errorf("%w: %w", errWire, err)
	}
	return out, nil
}

func writeAnswer(w io.Writer, a answer) error {
	frame := make([]byte, 0, answerHeader+len(a.first)+len(a.second))
	frame = append(frame, answerMagic...)
	for _, n := range []uint32{
		a.sequence, uint32(a.kind), uint32(len(a.first)), uint32(len(a.second)),
		uint32(a.processor.Milliseconds()), uint32(a.peak >> 10),
	} {
		frame = binary.BigEndian.AppendUint32(frame, n)
	}
	frame = append(append(frame, a.first...), a.second...)
	_, err := w.Write(frame)
	return err
}

func readAnswer(r io.Reader) (answer, error) {
	var head [answerHeader]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return answer{}, err
	}
	number := func(i int) uint32 { return binary.BigEndian.Uint32(head[4+4*i:]) }
	first, second := uint64(number(2)), uint64(number(3))
	if string(head[:4]) != answerMagic || number(1) > uint32(answerFailed) || first+second > maxAnswer {
		return answer{}, errWire
	}
	body := make([]byte, first+second)
	if _, err := io.ReadFull(r, body); err != nil {
		return answer{}, err
	}
	return answer{
		sequence:  number(0),
		kind:      answerKind(number(1)),
		first:     body[:first:first],
		second:    body[first:],
		processor: time.Duration(number(4)) * time.Millisecond,
		peak:      int64(number(5)) << 10,
	}, nil
}
