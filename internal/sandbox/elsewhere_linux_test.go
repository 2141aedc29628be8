package sandbox_test

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/oncetest"
)

// repeated are the tests that hold for every user and in every container.
const repeated = "^(TestEveryCallThatIsNotListedIsDeathAndCounted|TestMuchStandsBehindTheFilter|TestChildHoldsNothing|" +
	"TestParentIsClosedToOthers|TestThreadsAreLimited|TestHostileFilesEndInTheirKind|TestCloseEndsTheChildren|" +
	"TestChildrenDieWithTheirParent|TestServiceManagersSignalEndsNoChild)$"

// elsewhere says that this process is the repetition, and of how much of the
// attacks: some or all.
const elsewhere = "SANDBOX_TEST_ELSEWHERE"

// TestElsewhere repeats the tests above in a binary without the C library, like
// the one of production, as an ordinary user, and in containers.
func TestElsewhere(t *testing.T) {
	if os.Getenv(elsewhere) != "" {
		t.Skip("this is elsewhere")
	}
	oncetest.Heavy(t)
	t.Parallel()
	own := copyOf(t, "own.test")
	static := filepath.Join(filepath.Dir(own), "static.test")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", static, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: no compiler for a static binary: %v: %s", err, out)
	}
	t.Run("static", func(t *testing.T) { repeat(t, "all", exec.CommandContext(t.Context(), static), nil) })
	if os.Getuid() == 0 {
		nobody := &syscall.Credential{Uid: 65534, Gid: 65534}
		t.Run("own as nobody", func(t *testing.T) { repeat(t, "some", exec.CommandContext(t.Context(), own), nobody) })
		t.Run("static as nobody", func(t *testing.T) { repeat(t, "some", exec.CommandContext(t.Context(), static), nobody) })
	}
	t.Run("container", func(t *testing.T) {
		image := imageOf(t, static)
		for _, user := range []string{"0:0", "65532:65532"} {
			t.Run("as "+user, func(t *testing.T) {
				name := fmt.Sprintf("sandbox-test-%d-%s", os.Getpid(), user[:1])
				t.Cleanup(func() { exec.Command("docker", "rm", "-f", name).Run() })
				repeat(t, "some", exec.CommandContext(t.Context(), "docker", "run", "--rm", "--name", name, "--network", "none",
					"--memory", "2g", "--pids-limit", "1024", "--user", user, "-e", elsewhere+"=some", image, "/static.test"), nil)
			})
		}
	})
}

// repeat runs the tests by a command that ends with their binary.
func repeat(t *testing.T, attacks string, command *exec.Cmd, as *syscall.Credential) {
	t.Helper()
	command.Args = append(command.Args, "-test.run", repeated, "-test.v", "-test.timeout", "5m")
	command.Env = append(os.Environ(), elsewhere+"="+attacks)
	if as != nil {
		command.Dir = filepath.Dir(command.Path)
		command.Env = append(command.Env, "TMPDIR="+command.Dir)
		command.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	}
	out, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestEveryCallThatIsNotListedIsDeathAndCounted") {
		t.Errorf("%v:\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "confined by") || strings.Contains(line, "SKIP") {
			t.Log(strings.TrimSpace(line))
		}
	}
}

// imageOf is an image with nothing but a binary and a place for its files.
func imageOf(t *testing.T, binary string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "docker", "info", "--format", "{{.ServerVersion}}").CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: no container engine: %v: %s", err, out)
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, header := range []*tar.Header{
		{Typeflag: tar.TypeDir, Name: "tmp/", Mode: 0o1777},
		{Typeflag: tar.TypeDir, Name: "etc/", Mode: 0o755},
		{Typeflag: tar.TypeReg, Name: "static.test", Mode: 0o755, Size: int64(len(content))},
	} {
		if err := w.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	image := fmt.Sprintf("sandbox-test:%d", os.Getpid())
	load := exec.CommandContext(t.Context(), "docker", "import", "-", image)
	load.Stdin = &archive
	if out, err := load.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Cleanup(func() { exec.Command("docker", "rmi", "-f", image).Run() })
	return image
}
