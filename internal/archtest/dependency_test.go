package archtest

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestEveryDependencyHasItsReason holds docs/dependencies.md to go.mod, in
// both directions.
func TestEveryDependencyHasItsReason(t *testing.T) {
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
		Tool []struct{ Path string }
	}
	command := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json")
	command.Dir = "../.."
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]bool{} // and whether go.mod has the module
	for row := range strings.Lines(string(page)) {
		if !strings.HasPrefix(row, "| `") {
			continue
		}
		names := strings.Split(strings.Split(row, "|")[1], "`")
		for i := 1; i < len(names); i += 2 {
			reasons[names[i]] = false
		}
	}
	for _, required := range mod.Require {
		tool := false
		for _, one := range mod.Tool {
			tool = tool || strings.HasPrefix(one.Path+"/", required.Path+"/")
		}
		if required.Indirect && !tool {
			continue
		}
		if _, found := reasons[required.Path]; !found {
			t.Errorf("%s is a direct dependency without its reason in docs/dependencies.md", required.Path)
		}
		reasons[required.Path] = true
	}
	for path, used := range reasons {
		if !used {
			t.Errorf("docs/dependencies.md gives a reason for %s, which go.mod does not require", path)
		}
	}
}
