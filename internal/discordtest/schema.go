package discordtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	locale "golang.org/x/text/message" // message is a noun of this package
)

// schemas are the request bodies of Discord's OpenAPI description, compiled when
// first needed. A nil *schemas accepts everything.
type schemas struct {
	document map[string]any
	mu       sync.Mutex // the compiler is for one goroutine
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
}

const schemaURL = "https://discord.invalid/openapi.json"

// loaded keeps one description for all servers of a process: it is large.
var loaded sync.Map // description → func() (*schemas, error)

// description is a file, and whether it is closed to what it does not name.
type description struct {
	path   string
	closed bool
}

func loadSchemas(from description) (*schemas, error) {
	if from.path == "" {
		return nil, nil
	}
	load, _ := loaded.LoadOrStore(from, sync.OnceValues(func() (*schemas, error) { return readSchemas(from) }))
	return load.(func() (*schemas, error))()
}

func readSchemas(from description) (*schemas, error) {
	path := from.path
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	root, ok := document.(map[string]any)
	if !ok || root["paths"] == nil {
		return nil, fmt.Errorf("%s has no paths", path)
	}
	if from.closed {
		closeObjects(document)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource(schemaURL, document); err != nil {
		return nil, err
	}
	return &schemas{document: root, compiler: compiler, compiled: make(map[string]*jsonschema.Schema)}, nil
}

// closeObjects makes every object of a description refuse members that it does
// not name. It must not meet an object in several schemas joined by allOf, each of
// which would refuse the members of the others; Discord's description has those
// only for multipart bodies, of which only the payload_json is checked.
func closeObjects(node any) {
	switch v := node.(type) {
	case []any:
		for _, element := range v {
			closeObjects(element)
		}
	case map[string]any:
		const rest = "additionalProperties"
		_, named := v["properties"].(map[string]any)
		if _, said := v[rest]; named && !said {
			v[rest] = false
		}
		for _, member := range v {
			closeObjects(member)
		}
	}
}

// SharedOpenAPI finds the OpenAPI description beside the repository: in
// $SHARED_DIR, else in ../shared from the directory of go.mod, under
// discord/openapi.json. The path is empty when there is none, which is an error
// in CI (with the variable CI set).
func SharedOpenAPI() (string, error) {
	shared := os.Getenv("SHARED_DIR")
	if shared == "" {
		root, err := moduleRoot()
		if err != nil {
			return "", err
		}
		shared = filepath.Join(filepath.Dir(root), "shared")
	}
	path := filepath.Join(shared, "discord", "openapi.json")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	} else if os.Getenv("CI") != "" {
		return "", fmt.Errorf("the OpenAPI description is required in CI: %w", err)
	}
	return "", nil
}

func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, statErr := os.Stat(filepath.Join(dir, "go.mod")); statErr == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("no go.mod above the working directory")
		}
		dir = filepath.Dir(dir)
	}
	return "", err
}

// check holds the payload of a call against the description of its operation.
func (s *schemas) check(c *call) *refusal {
	if s == nil || len(c.payload) == 0 {
		return nil
	}
	schema, err := s.request(c.route)
	if err != nil {
		return invalidForm(fieldError{"_", formSchema, err.Error()})
	}
	if schema == nil {
		return nil
	}
	body, err := jsonschema.UnmarshalJSON(bytes.NewReader(c.payload))
	if err != nil {
		return invalidJSON
	}
	if strings.Contains(c.route, "/commands") {
		numberPermissions(body)
	}
	if err := schema.Validate(body); err != nil {
		return invalidForm(explain(err)...)
	}
	return nil
}

// request is the schema of an operation's body, nil when the description has
// none.
func (s *schemas) request(route string) (*jsonschema.Schema, error) {
	method, path, _ := strings.Cut(route, " ")
	return s.compile("paths", path, strings.ToLower(method), "requestBody", "content", "application/json", "schema")
}

// compile returns the schema at a place in the document, or nil.
func (s *schemas) compile(place ...string) (*jsonschema.Schema, error) {
	key := pointer(place)
	s.mu.Lock()
	defer s.mu.Unlock()
	if schema, done := s.compiled[key]; done {
		return schema, nil
	}
	if !s.has(place) {
		s.compiled[key] = nil
		return nil, nil
	}
	schema, err := s.compiler.Compile(schemaURL + "#" + key)
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", key, err)
	}
	s.compiled[key] = schema
	return schema, nil
}

func (s *schemas) has(place []string) bool {
	node := any(s.document)
	for _, name := range place {
		object, ok := node.(map[string]any)
		if !ok {
			return false
		}
		node = object[name]
	}
	return node != nil
}

// pointer is a JSON pointer, escaped for a URL fragment.
func pointer(place []string) string {
	var b strings.Builder
	for _, name := range place {
		name = strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
		b.WriteString("/" + url.PathEscape(name))
	}
	return b.String()
}

// numberPermissions mends a place where description and documentation differ:
// default_member_permissions is a number in a string, says the documentation.
func numberPermissions(body any) {
	switch v := body.(type) {
	case []any:
		for _, element := range v {
			numberPermissions(element)
		}
	case map[string]any:
		const name = "default_member_permissions"
		if text, ok := v[name].(string); ok && isSnowflake(text) {
			v[name] = json.Number(text)
		}
	}
}

// printer words the errors of the schema library, which insists on one.
var printer = locale.NewPrinter(language.English)

// maxExplained bounds what is said about one body: unions fail once a branch.
const maxExplained = 6

// explain turns a validation error into the errors of a form, those of the
// deepest places first, since they say what is really wrong.
func explain(err error) []fieldError {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []fieldError{{"_", formSchema, err.Error()}}
	}
	leaves := leavesOf(invalid, nil)
	deepest := 0
	for _, leaf := range leaves {
		deepest = max(deepest, len(leaf.InstanceLocation))
	}
	var errs []fieldError
	for _, leaf := range leaves {
		if len(leaf.InstanceLocation) < deepest || len(errs) == maxExplained {
			continue
		}
		path := strings.Join(leaf.InstanceLocation, ".")
		if path == "" {
			path = "_"
		}
		errs = append(errs, fieldError{path, formSchema, leaf.ErrorKind.LocalizedString(printer)})
	}
	return errs
}

func leavesOf(e *jsonschema.ValidationError, leaves []*jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return append(leaves, e)
	}
	for _, cause := range e.Causes {
		leaves = leavesOf(cause, leaves)
	}
	return leaves
}
