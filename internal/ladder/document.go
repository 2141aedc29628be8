package ladder

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// ReadSeason reads a season's document strictly: a field that there is not, a value of
// another kind and a hash that is none are errors that name the field. What the document
// leaves out keeps its default; numbers out of range are clamped.
func ReadSeason(data []byte) (Season, error) {
	s := Season{Rules: DefaultRules()}
	if err := fill("", bytes.TrimSpace(data), reflect.ValueOf(&s).Elem()); err != nil {
		return Season{}, fmt.Errorf("the season's document is not right: %w", err)
	}
	if err := s.check(); err != nil {
		return Season{}, fmt.Errorf("the season's document is not right: %w", err)
	}
	return s.Clamp(), nil
}

// Document is the season as people read and edit it.
func (s Season) Document() []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(s); err != nil {
		panic(err) // strings and finite numbers: Clamp leaves no others
	}
	return out.Bytes()
}

// fill reads a value at a path of the document.
func fill(path string, data json.RawMessage, to reflect.Value) error {
	switch to.Kind() {
	case reflect.Struct:
		return fillStruct(path, data, to)
	case reflect.Slice:
		return fillSlice(path, data, to)
	}
	if err := json.Unmarshal(data, to.Addr().Interface()); err != nil {
		return fmt.Errorf("%s: write %s, not %s", path, kindOf(to), clip(data))
	}
	return nil
}

func fillStruct(path string, data json.RawMessage, to reflect.Value) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil || members == nil {
		return notThat(path, "an object, { … }", data, err)
	}
	for i := range to.NumField() {
		name, _, _ := strings.Cut(to.Type().Field(i).Tag.Get("json"), ",")
		value, ok := members[name]
		if !ok {
			continue
		}
		delete(members, name)
		if err := fill(joined(path, name), value, to.Field(i)); err != nil {
			return err
		}
	}
	for name := range members {
		return fmt.Errorf("%s: there is no such field; remove it or correct its name", joined(path, name))
	}
	return nil
}

func fillSlice(path string, data json.RawMessage, to reflect.Value) error {
	var items []json.RawMessage
	if err := json.Unmarshal(data, &items); err != nil {
		return notThat(path, "a list, [ … ]", data, err)
	}
	list := reflect.MakeSlice(to.Type(), len(items), len(items))
	for i, item := range items {
		if err := fill(fmt.Sprintf("%s[%d]", path, i), item, list.Index(i)); err != nil {
			return err
		}
	}
	to.Set(list)
	return nil
}

// notThat is the error of a value of another kind. The whole document's names where its
// JSON breaks off.
func notThat(path, want string, data []byte, err error) error {
	if path == "" {
		if err != nil {
			return fmt.Errorf("it is no JSON object: %w", err)
		}
		return fmt.Errorf("it is no JSON object")
	}
	return fmt.Errorf("%s: write %s, not %s", path, want, clip(data))
}

func joined(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// kindOf is what a field wants, in words.
func kindOf(v reflect.Value) string {
	if _, is := v.Interface().(Duration); is {
		return `a duration such as "90s", "10m" or "3h"`
	}
	switch v.Kind() {
	case reflect.String:
		return "a text in quotes"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	case reflect.Map:
		return "an object of names, each with its value"
	}
	return "a whole number"
}

// clip is the beginning of a value, for an error.
func clip(data []byte) string {
	const most = 40
	if len(data) > most {
		return strings.ToValidUTF8(string(data[:most]), "") + "…"
	}
	return string(data)
}

// check finds values that are of the right kind and wrong all the same.
func (s Season) check() error {
	for i, m := range s.Maps {
		if strings.TrimSpace(m.Title) == "" {
			return fmt.Errorf("maps[%d].title: a map needs its title", i)
		}
		if m.Hash != "" && !isHash(m.Hash) {
			return fmt.Errorf("maps[%d].hash: %q is no SHA-256; leave it out to learn it from a replay", i, m.Hash)
		}
	}
	for _, list := range []struct {
		name   string
		hashes []string
	}{{"base", s.Base}, {"tilesets", s.Tilesets}, {"art", s.Art}} {
		if i := notHash(list.hashes); i >= 0 {
			return fmt.Errorf("%s[%d]: %q is no SHA-256", list.name, i, list.hashes[i])
		}
	}
	return s.checkReleases()
}

func (s Season) checkReleases() error {
	names := map[string]bool{}
	for i, r := range s.Releases {
		if strings.TrimSpace(r.Name) == "" || names[r.Name] {
			return fmt.Errorf("releases[%d].name: a release needs a name of its own, not %q", i, r.Name)
		}
		names[r.Name] = true
		for region, hashes := range r.Handles {
			if at := notHash(hashes); at >= 0 {
				return fmt.Errorf("releases[%d].handles.%s[%d]: %q is no SHA-256", i, region, at, hashes[at])
			}
		}
	}
	return nil
}

func notHash(hashes []string) int {
	for i, hash := range hashes {
		if !isHash(hash) {
			return i
		}
	}
	return -1
}

// isHash says whether a text is a SHA-256 in hexadecimal.
func isHash(text string) bool {
	sum, err := hex.DecodeString(text)
	return err == nil && len(sum) == 32
}

// String is the duration in the largest units that say it: "90s" is "1m30s", and "3h" stays.
func (d Duration) String() string {
	text := time.Duration(d).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// MarshalText writes the duration as text.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads "90s", "10m", "1h30m".
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("write a duration such as \"90s\", \"10m\" or \"3h\": %w", err)
	}
	*d = Duration(parsed)
	return nil
}
