package discordtest

import (
	"bytes"
	"net"
	"net/http"
	"strconv"
	"time"
)

// deliver sends the bytes of a file, well or badly.
func (f *cdnFile) deliver(w http.ResponseWriter, r *http.Request, how Delivery) {
	h := w.Header()
	h.Set("Content-Type", f.ContentType)
	h.Set("Content-Disposition", `attachment; filename="`+f.Name+`"`)
	if how != Oversized && how != Endless {
		h.Set("Content-Length", strconv.Itoa(len(f.Data)))
	}
	if r.Method == http.MethodHead {
		return
	}
	half := f.Data[:len(f.Data)/2]
	switch how {
	case Dribble:
		f.dribble(w, r)
	case Oversized:
		pour(w, r, f.Data, oversize)
	case Endless:
		pour(w, r, f.Data, -1)
	case Stall:
		send(w, half)
		hang(r)
	case CutShort:
		send(w, half)
		panic(http.ErrAbortHandler) // ends the connection without a word in the log
	case ResetMidFile:
		send(w, half)
		resetConnection(w)
	default:
		_, _ = w.Write(f.Data) // a client that left is the client's affair
	}
}

// hang waits for the client to leave or the server to close, and then ends the
// connection without an answer.
func hang(r *http.Request) {
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

func send(w http.ResponseWriter, data []byte) {
	_, _ = w.Write(data)
	_ = http.NewResponseController(w).Flush()
}

func (f *cdnFile) dribble(w http.ResponseWriter, r *http.Request) {
	pause := time.NewTicker(dribblePause)
	defer pause.Stop()
	for i := range f.Data {
		send(w, f.Data[i:i+1])
		select {
		case <-pause.C:
		case <-r.Context().Done():
			return
		}
	}
}

// pour sends data and then zeros: so many, or without end when negative.
func pour(w http.ResponseWriter, r *http.Request, data []byte, more int) {
	_, _ = w.Write(data)
	zeros := bytes.Repeat([]byte{0}, 64<<10)
	for sent := 0; (more < 0 || sent < more) && r.Context().Err() == nil; sent += len(zeros) {
		if _, err := w.Write(zeros); err != nil {
			return
		}
	}
}

// resetConnection ends a connection with a TCP reset instead of an answer.
func resetConnection(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // makes Close send RST
	}
	_ = conn.Close()
}
