package sandbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/replay/timeline"
	"github.com/evoladder/evoladderbot/internal/sandbox"
)

// loopForEver is a worker process that says who its child is and has it parse
// without an end.
func loopForEver() {
	pool, err := sandbox.NewPool(bounded(sandbox.Options{Processes: 1, Deadline: time.Hour}))
	if err != nil {
		panic(err)
	}
	r, err := say(pool, "pid")
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Build)
	_, err = say(pool, "loop")
	panic(err)
}

// machinePID is a child's process id as its parent knows it; in a namespace of
// its own it has another.
var machinePID string

var hoard [][]byte

// act is a parser that does what the file says.
func act(ctx context.Context, data []byte, options replay.Options) (*replay.Replay, error) {
	word, rest, _ := strings.Cut(string(data), " ")
	result := &replay.Replay{Map: replay.Map{Title: string(data[:min(len(data), 100)])}}
	switch word {
	case "loop":
		for x := uint64(1); x != 0; {
			x |= 1
		}
	case "obey":
		<-ctx.Done()
		return nil, ctx.Err()
	case "panic":
		panic("a hostile file: " + rest)
	case "exit":
		os.Exit(3)
	case "hog":
		for {
			block := make([]byte, 16<<20)
			for i := 0; i < len(block); i += 4096 { // each page is enough
				block[i] = 1
			}
			hoard = append(hoard, block)
		}
	case "gulp":
		hoard = append(hoard, make([]byte, 4<<30))
	case "grow":
		block := make([]byte, 64<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		hoard = append(hoard, block)
	case "deep":
		return act(ctx, data, options)
	case "print":
		fmt.Println("garbage on what was standard output")
	case "garble":
		unix.Write(1, bytes.Repeat([]byte("garbage"), 100))
	case "mute":
		unix.Close(1)
		select {}
	case "threads":
		for {
			go func() {
				runtime.LockOSThread()
				forever := unix.Timespec{Sec: 1 << 30}
				unix.Nanosleep(&forever, nil)
			}()
			runtime.Gosched()
		}
	case "environment":
		result.Warnings = os.Environ()
	case "attack":
		result.Warnings = []string{attack(rest)}
	case "failure":
		return nil, failure.New(failure.Unsupported, phrase.Say(phrase.UnknownBuild, "build", "7"), errors.New("no table"))
	case "error":
		return nil, errors.New("bad offset")
	case "pid":
		result.Build, _ = strconv.Atoi(machinePID)
	}
	if options.Timeline && word == "long" {
		result.Timeline = longTimeline()
	} else if options.Timeline {
		result.Timeline = &timeline.Timeline{Players: []timeline.Player{{Slot: 4}}}
	}
	return result, nil
}
