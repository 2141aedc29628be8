// Package telemetry owns what operators see of a process: its log, its
// metrics and its health.
package telemetry

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/lmittmann/tint"
	"golang.org/x/term"

	"github.com/evoladder/evoladderbot/internal/text"
)

// Logger writes lines of the given level ("debug" to "error") and up to file.
// Format "auto" is readable on a terminal and JSON elsewhere.
func Logger(file *os.File, level, format string) *slog.Logger {
	terminal := term.IsTerminal(int(file.Fd()))
	readable := format == "text" || format == "auto" && terminal
	return slog.New(handler(file, level, readable, terminal))
}

func handler(w io.Writer, level string, readable, color bool) slog.Handler {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		least = slog.LevelInfo // config has refused it already
	}
	if readable {
		return tint.NewTextHandler(w, &tint.Options{Level: least, TimeFormat: time.TimeOnly, NoColor: !color, ReplaceAttr: visible})
	}
	return slog.NewJSONHandler(w, &slog.HandlerOptions{Level: least, ReplaceAttr: plain})
}

// plain writes durations as a number of seconds, not of nanoseconds.
func plain(groups []string, attr slog.Attr) slog.Attr {
	if attr.Value.Kind() == slog.KindDuration {
		return slog.Float64(attr.Key, attr.Value.Duration().Seconds())
	}
	return visible(groups, attr)
}

// visible writes out what cannot be seen in a text: file names, addresses and
// errors hold the words of strangers, and a log is read on terminals.
func visible(_ []string, attr slog.Attr) slog.Attr {
	switch attr.Value.Kind() {
	case slog.KindString:
		return escaped(attr, attr.Value.String())
	case slog.KindAny:
		switch value := attr.Value.Any().(type) {
		case error:
			return escaped(attr, value.Error())
		case fmt.Stringer:
			return escaped(attr, value.String())
		}
	}
	return attr
}

// escaped leaves an attribute as it is, type and all, where it is harmless.
func escaped(attr slog.Attr, said string) slog.Attr {
	if safe := text.Escaped(said); safe != said {
		return slog.String(attr.Key, safe)
	}
	return attr
}
