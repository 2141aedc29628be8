package app

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestProgramUnderstandsOrRefusesEveryArgument(t *testing.T) {
	for _, one := range []struct {
		arg    string
		status int
		says   string
	}{
		{"--help", 0, "settings come from the environment"},
		{"version", 0, "evoladder worker"},
		{"-workers=4", 2, `"argument":"-workers=4"`},
	} {
		var out, complaints bytes.Buffer
		if status := Worker.inform([]string{one.arg}, &out, slog.New(slog.NewJSONHandler(&complaints, nil))); status != one.status {
			t.Errorf("%s: status %d, want %d", one.arg, status, one.status)
		}
		said := out.String()
		if one.status != 0 {
			said = complaints.String()
		}
		if !strings.Contains(said, one.says) {
			t.Errorf("%s: %q, want it to say %q", one.arg, said, one.says)
		}
	}
}
