package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// composition is what is read of compose.yaml here.
type composition struct {
	Services map[string]struct {
		Image       string
		Environment map[string]*string
	}
}

func readCompose(t *testing.T) (composition, string) {
	t.Helper()
	text, err := os.ReadFile("../../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file composition
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file, string(text)
}

// variables are the names that a process reads.
func variables(process any) []string {
	var names []string
	eachField(reflect.ValueOf(process), func(tag reflect.StructTag, value reflect.Value) {
		if strings.HasPrefix(tag.Get("env"), "RAILWAY_") {
			return // set by Railway itself, and nowhere else
		}
		names = append(names, tag.Get("env"))
		if isSecret(value) {
			names = append(names, tag.Get("env")+fileSuffix)
		}
	})
	slices.Sort(names)
	return names
}

func TestComposeGivesEachProcessEachOfItsSettings(t *testing.T) {
	file, _ := readCompose(t)
	for name, process := range map[string]any{"bot": Bot{}, "worker": Worker{}, "web": Web{}} {
		var given []string
		for variable := range file.Services[name].Environment {
			if _, former := aliases[variable]; !former {
				given = append(given, variable)
			}
		}
		slices.Sort(given)
		if diff := cmp.Diff(variables(process), given); diff != "" {
			t.Errorf("%s in compose.yaml against its settings: %s", name, diff)
		}
	}
}

func TestEveryVariableOfComposeIsListed(t *testing.T) {
	_, text := readCompose(t)
	names := Names()
	for rest := text; ; {
		_, after, found := strings.Cut(rest, "${")
		if !found {
			return
		}
		end := strings.IndexAny(after, ":-}")
		if name := after[:end]; !slices.Contains(names, name) {
			t.Errorf("compose.yaml reads %s, which .env.example does not list", name)
		}
		rest = after
	}
}

func TestImagesArePinned(t *testing.T) {
	file, _ := readCompose(t)
	for name, service := range file.Services {
		if service.Image == "evoladder" {
			continue
		}
		if _, tag, _ := strings.Cut(service.Image, ":"); strings.Count(tag, ".") == 0 {
			t.Errorf("%s runs %s: name a version that does not move", name, service.Image)
		}
	}
}

// railway is what Railway documents of its config as code. Its parser refuses a
// number in quotes and an unknown builder or policy.
// https://docs.railway.com/config-as-code/reference
type railway struct {
	Schema string `json:"$schema"`
	Build  struct {
		Builder        string   `json:"builder"`
		DockerfilePath string   `json:"dockerfilePath"`
		WatchPatterns  []string `json:"watchPatterns"`
	} `json:"build"`
	Deploy struct {
		StartCommand       string `json:"startCommand"`
		HealthcheckPath    string `json:"healthcheckPath"`
		HealthcheckTimeout int    `json:"healthcheckTimeout"`
		RestartPolicyType  string `json:"restartPolicyType"`
		OverlapSeconds     int    `json:"overlapSeconds"`
		DrainingSeconds    int    `json:"drainingSeconds"`
	} `json:"deploy"`
}

func TestRailwayFilesAreAsDocumented(t *testing.T) {
	for _, name := range []string{"bot", "worker", "web"} {
		text, err := os.ReadFile(filepath.Join("../../deploy/railway", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var file railway
		decoder := json.NewDecoder(strings.NewReader(string(text)))
		// Also the number of replicas is unknown here: in the file it would be set
		// back with each deployment, whatever the slider says.
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&file); err != nil {
			t.Errorf("%s.json: %v", name, err)
			continue
		}
		if file.Build.Builder != "DOCKERFILE" || file.Deploy.RestartPolicyType != "ALWAYS" {
			t.Errorf("%s.json: builder %q, policy %q", name, file.Build.Builder, file.Deploy.RestartPolicyType)
		}
		if want := "/bin/evoladder " + name; file.Deploy.StartCommand != want {
			t.Errorf("%s.json starts %q, want %q", name, file.Deploy.StartCommand, want)
		}
		for _, pattern := range append(file.Build.WatchPatterns, file.Build.DockerfilePath) {
			if found, err := filepath.Glob(filepath.Join("../..", strings.TrimSuffix(pattern, "/**"))); err != nil || len(found) == 0 {
				t.Errorf("%s.json names %s, which is not there", name, pattern)
			}
		}
	}
}
