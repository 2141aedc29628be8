package servicetest

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// Build compiles commands of this module, as in "bot" for cmd/bot, into dir.
// It works from any folder of the module.
func Build(ctx context.Context, dir string, commands ...string) error {
	root, err := goCommand(ctx, "", "list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return err
	}
	args := []string{"build", "-o", dir + string(filepath.Separator)}
	for _, command := range commands {
		args = append(args, "./cmd/"+command)
	}
	_, err = goCommand(ctx, root, args...)
	return err
}

// ModuleDir is where a module's source is on this machine.
func ModuleDir(ctx context.Context, module string) (string, error) {
	return goCommand(ctx, "", "list", "-m", "-f", "{{.Dir}}", module)
}

func goCommand(ctx context.Context, dir string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = dir
	var complaints strings.Builder
	command.Stderr = &complaints
	output, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, complaints.String())
	}
	return strings.TrimSpace(string(output)), nil
}
