package config

import (
	"fmt"
	"log/slog"
	"reflect"
	"strings"
)

// Effective is a process's configuration as log attributes, a variable each
// under its own name, with secrets hidden.
func Effective(config any) []slog.Attr {
	var attrs []slog.Attr
	eachField(reflect.ValueOf(config), func(tag reflect.StructTag, value reflect.Value) {
		attrs = append(attrs, slog.String(strings.ToLower(tag.Get("env")), fmt.Sprint(value.Interface())))
	})
	return attrs
}

// Example is the text of .env.example: every variable of every process with
// its meaning, unit and default.
func Example() string {
	var text strings.Builder
	text.WriteString("# Every setting of every process. Nothing here is needed for `go run ./cmd/evoladder`.\n" +
		"# Lines that begin with # show the default; remove the # to change one.\n" +
		"# A name that ends in _FILE takes the path of a file with the value instead.\n" +
		"# Copied to .env it is read by compose; elsewhere: set -a; . ./.env; set +a\n")
	write := func(tag reflect.StructTag, value reflect.Value) {
		fmt.Fprintf(&text, "\n# %s\n#%s=%s\n", tag.Get("help"), tag.Get("env"), tag.Get("envDefault"))
		if isSecret(value) {
			fmt.Fprintf(&text, "#%s=\n", tag.Get("env")+fileSuffix)
		}
	}
	eachField(reflect.ValueOf(Evoladder{}), write)
	text.WriteString("\n# Read by compose.yaml alone:\n")
	eachField(reflect.ValueOf(Compose{}), write)
	return text.String()
}

func eachField(config reflect.Value, visit func(reflect.StructTag, reflect.Value)) {
	for i := range config.NumField() {
		field := config.Type().Field(i)
		if field.Anonymous {
			eachField(config.Field(i), visit)
			continue
		}
		visit(field.Tag, config.Field(i))
	}
}
