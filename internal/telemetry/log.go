// Package telemetry owns what operators see of a process: its log, its
// metrics and its health.
package telemetry

import (
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/lmittmann/tint"
	"golang.org/x/term"
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
		return tint.NewTextHandler(w, &tint.Options{Level: least, TimeFormat: time.TimeOnly, NoColor: !color})
	}
	return slog.NewJSONHandler(w, &slog.HandlerOptions{Level: least, ReplaceAttr: plain})
}

// plain writes durations as seconds with a unit, not as nanoseconds.
func plain(_ []string, attr slog.Attr) slog.Attr {
	if attr.Value.Kind() == slog.KindDuration {
		return slog.String(attr.Key, attr.Value.Duration().String())
	}
	return attr
}
