package config

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

// prefixes begin the names of our settings and of no other program's that we
// know. PORT, LOG_… and DATA… are everybody's.
var prefixes = []string{"QUOTA_", "DISCORD_", "QUEUES_", "PARSE_", "WORKER_", "EVOLADDER"}

// shortest is the length of a name that may be one of ours with a typing
// mistake. Shorter ones are like too many others.
const shortest = 6

// Notices are what an operator should know of the environment although the
// settings are valid: names of before, and names that nothing reads.
func Notices() []string { return notices(env.ToMap(os.Environ())) }

func notices(environment map[string]string) []string {
	known := Names()
	var found []string
	for name, value := range environment {
		if value == "" || slices.Contains(known, name) {
			continue
		}
		if now, ok := aliases[name]; ok {
			found = append(found, fmt.Sprintf("%s is now called %s: rename it", name, now))
			continue
		}
		if meant := closest(name, known); meant != "" {
			found = append(found, fmt.Sprintf("%s is not a setting and is ignored: did you mean %s?", name, meant))
		} else if slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
			found = append(found, fmt.Sprintf("%s is not a setting and is ignored: .env.example lists all", name))
		}
	}
	slices.Sort(found)
	return found
}

// Names are the variables of all processes and of Compose, with those that name
// a secret's file.
func Names() []string {
	var names []string
	add := func(tag reflect.StructTag, value reflect.Value) {
		names = append(names, tag.Get("env"))
		if isSecret(value) {
			names = append(names, tag.Get("env")+fileSuffix)
		}
	}
	eachField(reflect.ValueOf(Evoladder{}), add)
	eachField(reflect.ValueOf(Compose{}), add)
	return names
}

// closest is the known name that is one letter off: one more, one less, another,
// or two neighbours the other way round.
func closest(name string, known []string) string {
	if len(name) < shortest {
		return ""
	}
	for _, k := range known {
		if len(k) >= shortest && oneOff(name, k) {
			return k
		}
	}
	return ""
}

func oneOff(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 1:
		return a[i:] == b[i+1:]
	case 0:
		return i < len(a) && (a[i+1:] == b[i+1:] ||
			i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:])
	}
	return false
}
