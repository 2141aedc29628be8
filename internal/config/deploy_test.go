package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// composition is what is read of compose.yaml here.
type composition struct {
	Services map[string]struct {
		Image       string
		Profiles    []string
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

func TestToolchainIsPinned(t *testing.T) {
	recipe, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	module, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	image := regexp.MustCompile(`(?m)^FROM golang:(\d+\.\d+)\.\d+-bookworm `).FindSubmatch(recipe)
	language := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(module)
	if image == nil || language == nil || string(image[1]) != string(language[1]) {
		t.Errorf("the image builds with %q, go.mod asks for %q", image, language)
	}
}

func TestImagesArePinned(t *testing.T) {
	file, _ := readCompose(t)
	for name, service := range file.Services {
		if service.Image == "evoladder" || service.Image == "evoladder-demo" {
			continue // built here
		}
		if _, tag, _ := strings.Cut(service.Image, ":"); strings.Count(tag, ".") == 0 {
			t.Errorf("%s runs %s: name a version that does not move", name, service.Image)
		}
	}
}

// TestDemoIsInNoProductImage holds the build without a target, which is Railway's,
// to the product, and the demo's settings to those that there are.
func TestDemoIsInNoProductImage(t *testing.T) {
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	stages := regexp.MustCompile(`(?m)^FROM (\S+)(?: AS (\S+))?$`).FindAllStringSubmatch(string(text), -1)
	if len(stages) == 0 || stages[len(stages)-1][1] != "evoladder" {
		t.Errorf("a build without a target makes another image than evoladder: %q", stages)
	}
	_, product, found := strings.Cut(string(text), "AS evoladder\n")
	product, _, ended := strings.Cut(product, "\nFROM ")
	if !found || !ended || strings.Contains(product, "build-demo") {
		t.Errorf("the product's stage is %q", product)
	}
	settings, err := os.ReadFile("../../deploy/demo.env")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range regexp.MustCompile(`(?m)^([A-Z_]+)=`).FindAllStringSubmatch(string(settings), -1) {
		if !slices.Contains(Names(), line[1]) && !strings.HasPrefix(line[1], "COMPOSE_") {
			t.Errorf("deploy/demo.env sets %s, which is not a setting", line[1])
		}
	}
	file, _ := readCompose(t)
	if profiles := file.Services["demo"].Profiles; !slices.Equal(profiles, []string{"demo"}) {
		t.Errorf("the demo starts in the profiles %q", profiles)
	}
}

// railway is what these files use of what Railway documents of its config as code.
// Its parser refuses a number in quotes ("expected number, received string"), although
// the documentation's own example of overlapSeconds has them, and an unknown builder
// or policy.
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
		// numReplicas and multiRegionConfig are documented, and unknown here on purpose:
		// the file overrides the slider with each deployment.
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&file); err != nil {
			t.Errorf("%s.json: %v", name, err)
			continue
		}
		if file.Build.Builder != "DOCKERFILE" || file.Deploy.RestartPolicyType != "ALWAYS" {
			t.Errorf("%s.json: builder %q, policy %q", name, file.Build.Builder, file.Deploy.RestartPolicyType)
		}
		if file.Schema != "https://railway.com/railway.schema.json" || file.Deploy.HealthcheckPath != "/readyz" {
			t.Errorf("%s.json: schema %q, health check %q", name, file.Schema, file.Deploy.HealthcheckPath)
		}
		// A process that waits for its database is not yet unhealthy, and one that
		// drains is not yet to be killed.
		if d := file.Deploy; d.HealthcheckTimeout < 90 || time.Duration(d.DrainingSeconds)*time.Second <= shutdownDefault(t) {
			t.Errorf("%s.json: %d s for the health check, %d s to drain", name, d.HealthcheckTimeout, d.DrainingSeconds)
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

// shutdownDefault is the default of SHUTDOWN_TIMEOUT.
func shutdownDefault(t *testing.T) time.Duration {
	t.Helper()
	config, err := parse[Worker](map[string]string{
		"DATABASE_URL": "postgres://127.0.0.1/x", "REDIS_URL": "redis://127.0.0.1", "BLOB_URL": "x",
	})
	if err != nil {
		t.Fatal(err)
	}
	return config.ShutdownTimeout
}

// TestRailwayInstructionsNameRealSettings holds the variables of the instructions
// to those that the processes read.
func TestRailwayInstructionsNameRealSettings(t *testing.T) {
	text, err := os.ReadFile("../../deploy/railway/README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| (`[A-Z0-9_]+`(?:, `[A-Z0-9_]+`)*) \\| *(.*?) *\\| *(.*?) *\\| *(.*?) *\\| .* \\|$").FindAllStringSubmatch(string(text), -1)
	if len(rows) < 10 {
		t.Fatalf("%d rows of variables", len(rows))
	}
	for _, row := range rows {
		for _, name := range strings.Split(strings.ReplaceAll(row[1], "`", ""), ", ") {
			for i, process := range []any{Bot{}, Worker{}, Web{}} {
				if row[2+i] == "✓" && !slices.Contains(variables(process), name) {
					t.Errorf("%T does not read %s", process, name)
				}
			}
		}
	}
	assigned := regexp.MustCompile(`(?m)^    ([A-Z0-9_]+)=`).FindAllStringSubmatch(string(text), -1)
	if len(assigned) < 8 {
		t.Fatalf("%d variables are assigned", len(assigned))
	}
	for _, found := range assigned {
		if !slices.Contains(Names(), found[1]) {
			t.Errorf("%s is not a setting", found[1])
		}
	}
}
