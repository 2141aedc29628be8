package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// fileSuffix on the name of a secret says that its value is the path of a file
// with the secret, as container platforms mount them.
const fileSuffix = "_FILE"

// aliases are names that a setting had before, and has now.
var aliases = map[string]string{"EVOLADDERBOT_TOKEN": "DISCORD_TOKEN"}

// Invalid is everything that is wrong with the settings.
type Invalid struct{ problems []error }

// Error lists the problems, a line each.
func (e *Invalid) Error() string { return "settings:\n" + errors.Join(e.problems...).Error() }

// Unwrap returns the problems.
func (e *Invalid) Unwrap() []error { return e.problems }

// Problems are the lines of an error of Load; nil for other errors.
func Problems(err error) []string {
	var invalid *Invalid
	if !errors.As(err, &invalid) {
		return nil
	}
	lines := make([]string, len(invalid.problems))
	for i, problem := range invalid.problems {
		lines[i] = problem.Error()
	}
	return lines
}

// Load reads the environment into a process's struct and reports all
// problems together, as *Invalid.
func Load[T Bot | Worker | Web | Evoladder]() (T, error) {
	return parse[T](env.ToMap(os.Environ()))
}

// Parse reads variables that are not those of the environment, and reports
// problems as Load does. It may add to the map.
func Parse[T Bot | Worker | Web | Evoladder](variables map[string]string) (T, error) {
	return parse[T](variables)
}

func parse[T Bot | Worker | Web | Evoladder](environment map[string]string) (T, error) {
	problems := resolve(environment, reflect.TypeFor[T]())
	config, err := env.ParseAsWithOptions[T](env.Options{Environment: environment})
	var many env.AggregateError
	if errors.As(err, &many) {
		for _, one := range many.Errors {
			problems = append(problems, named(config, environment, one))
		}
	} else if err != nil {
		problems = append(problems, err)
	}
	problems = append(problems, check(config)...)
	if len(problems) > 0 {
		return config, &Invalid{problems}
	}
	return config, nil
}

// resolve replaces former names and puts the contents of secret files in place.
func resolve(environment map[string]string, process reflect.Type) []error {
	for former, name := range aliases {
		if value := environment[former]; value != "" && environment[name] == "" && environment[name+fileSuffix] == "" {
			environment[name] = value
		}
	}
	var problems []error
	eachField(reflect.New(process).Elem(), func(tag reflect.StructTag, value reflect.Value) {
		if !isSecret(value) {
			return
		}
		name := tag.Get("env")
		path := environment[name+fileSuffix]
		switch {
		case path == "":
			return
		case environment[name] != "":
			problems = append(problems, fmt.Errorf("%s and %s are both set: remove one", name, name+fileSuffix))
			return
		}
		text, err := os.ReadFile(path)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name+fileSuffix, err))
			return
		}
		environment[name] = strings.TrimSpace(string(text))
	})
	return problems
}

// isSecret says whether a setting is, or may hold, a secret, and so may come
// from a file.
func isSecret(value reflect.Value) bool {
	switch value.Interface().(type) {
	case Secret, URL:
		return true
	}
	return false
}

// named says in words which variable a problem is about; the library names the
// field and quotes a parser of Go.
func named(config any, environment map[string]string, problem error) error {
	var wrong env.ParseError
	if !errors.As(problem, &wrong) {
		return problem
	}
	field, ok := reflect.TypeOf(config).FieldByName(wrong.Name)
	if !ok {
		return problem
	}
	name := field.Tag.Get("env")
	form := "a " + field.Type.String()
	switch {
	case field.Type == reflect.TypeFor[time.Duration]():
		form = "a time with its unit, such as 10s or 2m"
	case field.Type.Kind() == reflect.Bool:
		form = "true or false"
	case field.Type.Kind() == reflect.Int, field.Type.Kind() == reflect.Int64:
		form = "a whole number"
		if unit := field.Tag.Get("unit"); unit != "" {
			form += " of " + unit
		}
		if limits := field.Tag.Get("limits"); limits != "" {
			form += " (" + limits + ")"
		}
	}
	return fmt.Errorf("%s must be %s, and is %q", name, form, environment[name])
}
