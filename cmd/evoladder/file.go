package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/phrase"
)

// errNoFiles is what an empty argument list or an empty folder deserves.
var errNoFiles = errors.New("no replay given: name files, or folders that hold .SC2Replay files")

// replayFiles are the files that args name: each file as it is, and for a
// folder every replay below it in lexical order.
func replayFiles(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil || !info.IsDir() {
			files = append(files, arg) // a missing file is that file's failure
			continue
		}
		err = filepath.WalkDir(arg, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			// A pipe or a socket would be waited on for ever.
			file := entry.Type()&^fs.ModeSymlink == 0
			if file && strings.EqualFold(filepath.Ext(path), ".SC2Replay") {
				files = append(files, path)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("look for replays: %w", err)
		}
	}
	if len(files) == 0 {
		return nil, errNoFiles
	}
	return files, nil
}

// readReplay reads a file of at most limit bytes. A larger one is refused
// with a *failure.Error, without reading more of it.
func readReplay(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if int64(len(data)) > limit {
		return data, failure.New(failure.TooLarge, phrase.Say(phrase.TooLarge, "limit", phrase.Size(limit)), nil)
	}
	return data, nil
}

// reason is why a file failed, in English.
func reason(err error) string {
	found := failure.Find(err)
	switch {
	case found != nil:
		return found.Text.In(phrase.English)
	case errors.Is(err, fs.ErrNotExist):
		return phrase.English.Say(phrase.NoSuchFile)
	}
	return err.Error()
}
