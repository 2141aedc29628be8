package discord

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

const upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"

// frame is a server's websocket frame (RFC 6455, section 5.2).
func frame(op byte, payload string) string {
	head := []byte{final | op}
	switch n := len(payload); {
	case n < 126:
		head = append(head, byte(n))
	case n < 1<<16:
		head = binary.BigEndian.AppendUint16(append(head, 126), uint16(n))
	default:
		head = binary.BigEndian.AppendUint64(append(head, 127), uint64(n))
	}
	return string(head) + payload
}

func TestScannerEndsWhereItMust(t *testing.T) {
	t.Parallel()
	hello := frame(opText, `{"op":10,"d":{"heartbeat_interval":41250}}`)
	event := frame(opText, `{"op":0,"t":"X","s":1,"d":{"op":7}}`)
	large := frame(opText, `{"op":7,"d":"`+strings.Repeat("x", 70000)+`"}`)
	for _, test := range []struct {
		name string
		good string // what discordgo may read
		bad  string // what it may not
		want error
	}{
		{"events pass", upgrade + hello + event + large, "", nil},
		{"opcode 7", upgrade + hello + event, frame(opText, `{"op":7,"d":null}`), errReconnect},
		{"opcode 9", upgrade, frame(opText, `{"op":9,"d":false}`), errInvalid},
		{"opcode 9, resumable", upgrade, frame(opText, `{"op":9,"d":true}`), errReconnect},
		{"close", upgrade + event, frame(opClose, "\x0f\xa4Authentication failed."), &closeError{4004, "Authentication failed."}},
		{"close without a code", upgrade, frame(opClose, ""), &closeError{1005, ""}},
		{"nonsense passes", upgrade + frame(opText, "{") + frame(9, "ping") + frame(2, "\x78\x9c"), "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, chunk := range []int{1, 3, 1 << 20} {
				got, err := scanAll(test.good+test.bad+"never looked at", chunk, test.bad != "")
				if !sameEnd(err, test.want) {
					t.Fatalf("in chunks of %d: ended with %v, want %v", chunk, err, test.want)
				}
				// In small chunks the frame's beginning was passed on before it was known.
				if chunk == 1<<20 && test.bad != "" && got != test.good {
					t.Errorf("passed on %q", got)
				}
				if !strings.HasPrefix(got, test.good) {
					t.Errorf("in chunks of %d: kept back some of %q", chunk, test.good)
				}
			}
		})
	}
}

func scanAll(stream string, chunk int, ends bool) (passed string, end error) {
	if !ends {
		stream = strings.TrimSuffix(stream, "never looked at")
	}
	var s scanner
	for len(stream) > 0 {
		n := min(chunk, len(stream))
		good, err := s.feed([]byte(stream[:n]))
		passed += stream[:good]
		if err != nil {
			return passed, err
		}
		stream = stream[n:]
	}
	return passed, nil
}

func sameEnd(got, want error) bool {
	var a, b *closeError
	if errors.As(got, &a) && errors.As(want, &b) {
		return *a == *b
	}
	return errors.Is(got, want)
}

func FuzzScanner(f *testing.F) {
	f.Add([]byte(upgrade+frame(opText, `{"op":10,"d":{"heartbeat_interval":1}}`)+frame(opClose, "\x03\xe8")), 3)
	f.Add([]byte(upgrade+"\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff{}"), 1)
	f.Fuzz(func(t *testing.T, stream []byte, chunk int) {
		var whole, parts scanner
		_, want := whole.feed(stream)
		var got error
		for rest, n := stream, max(1, chunk%64); len(rest) > 0 && got == nil; {
			n = min(n, len(rest))
			var good int
			if good, got = parts.feed(rest[:n]); good < 0 || good > n {
				t.Fatalf("%d of %d bytes are good", good, n)
			}
			rest = rest[n:]
		}
		if !sameEnd(got, want) {
			t.Fatalf("whole ends with %v, parts with %v", want, got)
		}
		if cap(whole.look) > 2*maxLook || cap(whole.head) > 64 {
			t.Fatalf("keeps %d and %d bytes", cap(whole.look), cap(whole.head))
		}
	})
}

func TestAWireThatEndedSaysNothingMore(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	w := newWire(ours, time.Minute)
	go func() { _, _ = io.WriteString(theirs, upgrade+frame(opText, `{"op":7}`)) }()
	data, err := io.ReadAll(w)
	if !errors.Is(err, errReconnect) || !bytes.Equal(data, []byte(upgrade)) {
		t.Errorf("read %q, %v", data, err)
	}
	if _, err := w.Write([]byte{final | opClose, 0}); !errors.Is(err, errReconnect) {
		t.Errorf("write: %v", err)
	}
	<-w.over
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if !errors.Is(w.err(), errReconnect) {
		t.Errorf("ended with %v: the first reason must stay", w.err())
	}
	_ = theirs.Close()
}

func TestASilentWireEnds(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	defer func() { _ = theirs.Close() }()
	w := newWire(ours, time.Millisecond)
	if _, err := w.Read(make([]byte, 1)); !errors.Is(err, errSilent) {
		t.Errorf("read: %v", err)
	}
	_ = w.Close()
}
