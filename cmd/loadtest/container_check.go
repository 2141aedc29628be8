package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/evoladder/evoladderbot/internal/failure"
	"github.com/evoladder/evoladderbot/internal/replay"
	"github.com/evoladder/evoladderbot/internal/replay/mpq"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/servicetest"
)

// probe is a Dockerfile that takes everything the build context has.
const probe = "FROM scratch\nCOPY . /\nCMD [\"none\"]\n"

// contextHasNoSecrets looks for the canary in .env, and for .env, in what a build
// is sent and in the image that it makes.
func (t *trial) contextHasNoSecrets(ctx context.Context) error {
	recipe := filepath.Join(t.dir, "..", "probe.Dockerfile")
	if err := os.WriteFile(recipe, []byte(probe), 0o600); err != nil {
		return fmt.Errorf("write probe: %w", err)
	}
	name := t.project + "-context"
	if _, err := t.docker(ctx, "build", "-q", "-f", recipe, "-t", name, "."); err != nil {
		return err
	}
	defer func() { _, _ = t.docker(context.WithoutCancel(ctx), "image", "rm", name) }()
	for image, what := range map[string]string{name: "build context", t.project: "image"} {
		files, found, err := t.search(ctx, image)
		if err != nil {
			return err
		}
		t.holds(files > 0 && len(found) == 0, "no secret in the "+what, "%d files%s", files, details(found))
	}
	return nil
}

// search goes through an image's files.
func (t *trial) search(ctx context.Context, image string) (files int, found []string, err error) {
	id, err := t.docker(ctx, "create", image)
	if err != nil {
		return 0, nil, err
	}
	id = strings.TrimSpace(id)
	defer func() { _, _ = t.docker(context.WithoutCancel(ctx), "rm", id) }()
	export := exec.CommandContext(ctx, "docker", "export", id)
	pipe, err := export.StdoutPipe()
	if err != nil {
		return 0, nil, fmt.Errorf("export %s: %w", image, err)
	}
	if err := export.Start(); err != nil {
		return 0, nil, fmt.Errorf("export %s: %w", image, err)
	}
	defer func() { err = errors.Join(err, export.Wait()) }()
	for archive := tar.NewReader(pipe); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			_, err = io.Copy(io.Discard, pipe) // the padding
			return files, found, err
		}
		if err != nil {
			return files, found, fmt.Errorf("export %s: %w", image, err)
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			return files, found, fmt.Errorf("export %s: %w", image, err)
		}
		if len(data) > 0 { // the engine itself adds empty ones, as /etc/hosts
			files++
		}
		base := filepath.Base(header.Name)
		if bytes.Contains(data, []byte(t.settings.canary)) || base == ".env" || strings.HasPrefix(header.Name, "private/") {
			found = append(found, header.Name)
		}
	}
}

func (t *trial) imageIsSmall(ctx context.Context) error {
	out, err := t.docker(ctx, "image", "inspect", t.project, "--format", "{{.Size}}")
	if err != nil {
		return err
	}
	size, err := strconv.ParseInt(strings.TrimSpace(out), 10, 64)
	if err != nil {
		return fmt.Errorf("size of the image: %w", err)
	}
	t.holds(size <= imageMark, "size of the image", "%.1f MiB (at most %d)", float64(size)/(1<<20), imageMark>>20)
	return nil
}

// processesAreConfined compares what holds our processes with compose.yaml.
func (t *trial) processesAreConfined(ctx context.Context) error {
	var wrong []string
	complain := func(s state, format string, args ...any) {
		wrong = append(wrong, strings.TrimPrefix(s.Name, "/")+": "+fmt.Sprintf(format, args...))
	}
	all, err := t.inspect(ctx, "")
	if err != nil {
		return err
	}
	for _, s := range all {
		h := s.HostConfig
		if h.LogConfig.Type != "json-file" || h.LogConfig.Config["max-size"] != "10m" || h.LogConfig.Config["max-file"] != "5" {
			complain(s, "log %v", h.LogConfig)
		}
		if h.RestartPolicy.Name != "unless-stopped" {
			complain(s, "restart %q", h.RestartPolicy.Name)
		}
		for what, limit := range map[string]struct{ asked, kernel int64 }{
			"memory":    {h.Memory, kernelLimit(s.State.Pid, "memory", "memory.limit_in_bytes", "memory.max")},
			"processes": {value(h.PidsLimit), kernelLimit(s.State.Pid, "pids", "pids.max", "pids.max")},
		} {
			if limit.asked <= 0 || limit.kernel != limit.asked {
				complain(s, "%s: asked for %d, the kernel has %d", what, limit.asked, limit.kernel)
			}
		}
	}
	for _, service := range ours {
		some, err := t.inspect(ctx, service)
		if err != nil {
			return err
		}
		for _, s := range some {
			changes, err := t.docker(ctx, "diff", s.ID)
			if err != nil {
				return err
			}
			if changed := s.beside(changes); len(changed) > 0 || !s.HostConfig.ReadonlyRootfs {
				complain(s, "root file system: read-only %t, changed %q", s.HostConfig.ReadonlyRootfs, changed)
			}
			if s.HostConfig.NanoCpus == 0 {
				complain(s, "no CPU limit")
			}
			status, err := statusOf(s.State.Pid)
			if err != nil {
				return err
			}
			for field, want := range map[string]string{
				"Uid": "65532 65532 65532 65532", "CapEff": "0000000000000000", "CapPrm": "0000000000000000",
				"NoNewPrivs": "1", "Seccomp": "2",
			} {
				if status[field] != want {
					complain(s, "%s is %s, want %s", field, status[field], want)
				}
			}
		}
	}
	t.holds(len(wrong) == 0, "user, root file system, capabilities, limits, log rotation", "%d containers%s", len(all), details(wrong))
	return t.parsersAreConfined(ctx)
}

// beside are the changes to a root file system, as in "A /run", that do not make
// room for a mount.
func (s state) beside(changes string) (all []string) {
	for line := range strings.Lines(changes) {
		path := strings.TrimSpace(line)[2:]
		room := func(m struct{ Destination string }) bool { return strings.HasPrefix(m.Destination+"/", path+"/") }
		if !slices.ContainsFunc(s.Mounts, room) {
			all = append(all, path)
		}
	}
	return all
}

// parsersAreConfined looks at the limits of the processes that parse.
func (t *trial) parsersAreConfined(ctx context.Context) error {
	workers, err := t.inspect(ctx, "worker")
	if err != nil {
		return err
	}
	most, err := strconv.ParseInt(t.settings.lines["PARSE_MEMORY_MB"], 10, 64)
	if err != nil {
		return fmt.Errorf("PARSE_MEMORY_MB: %w", err)
	}
	var wrong []string
	parsers := 0
	for _, s := range workers {
		for _, pid := range servicetest.Descendants(s.State.Pid) {
			parsers++
			status, err := statusOf(pid)
			if err != nil {
				return err
			}
			limits, err := limitsOf(pid)
			if err != nil {
				return err
			}
			// The limit is on top of what the process had when it was confined.
			if data := limits["Max data size"]; data <= 0 || data > (most+128)<<20 {
				wrong = append(wrong, fmt.Sprintf("memory limit is %d", data))
			}
			for limit, want := range map[string]int64{"Max open files": 0, "Max file size": 0, "Max core file size": 0} {
				if got := limits[limit]; got != want {
					wrong = append(wrong, fmt.Sprintf("%s is %d", limit, got))
				}
			}
			// Docker's own filter is one; the parser's is one more.
			if n := status["Seccomp_filters"]; status["Seccomp"] != "2" || n == "0" || n == "1" { // absent before Linux 5.9
				wrong = append(wrong, "seccomp "+status["Seccomp"]+", filters "+n)
			}
		}
	}
	t.holds(parsers > 0 && len(wrong) == 0, "limits of the parser processes", "%d processes, %d MiB each%s", parsers, most, details(wrong))
	logs, err := t.logs(ctx, "worker")
	if err != nil {
		return err
	}
	confined, err := firstLine(logs, "parser processes are confined")
	if err != nil {
		return err
	}
	by := fmt.Sprint(confined["by"])
	t.holds(strings.Contains(by, "memory limit") && strings.Contains(by, "system call filter"),
		"confinement of the parser processes", "%v; missing %v", confined["by"], confined["missing"])
	return nil
}

// hostileFilesAreRefused uploads files that ask for more than the parser gives,
// and compares the page's verdict with that of the parser in this process.
func (t *trial) hostileFilesAreRefused(ctx context.Context) error {
	var wrong []string
	kinds := make(map[string]int)
	for _, v := range append(replaytest.Vectors(), replaytest.Floods()...) {
		if !errors.Is(v.Want, mpq.ErrLimit) {
			continue
		}
		want := ""
		if _, err := replay.Parse(ctx, v.File, replay.Options{Level: replay.Summary}); err != nil {
			want = "an error without a kind"
			if f := failure.Find(err); f != nil {
				want = string(f.Kind)
			}
		}
		page := &page{trial: t}
		verdict, err := page.hand(ctx, strings.ReplaceAll(v.Name, " ", "-")+extension, v.File)
		if err != nil {
			return fmt.Errorf("%s: %w", v.Name, err)
		}
		if verdict.Error.Kind != want {
			wrong = append(wrong, fmt.Sprintf("%s: %q, want %q", v.Name, verdict.Error.Kind, want))
		}
		kinds[want]++
	}
	t.holds(kinds[string(failure.TooLarge)] > 0 && len(wrong) == 0, "files that ask for more than the parser's limits",
		"%d refused by a limit, %d read in part%s", kinds[string(failure.TooLarge)], kinds[""], details(wrong))
	return nil
}

func value(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

// kernelLimit is a number of the control group that a process is in, under
// version 1 or 2; -1 where it cannot be read.
func kernelLimit(pid int, controller, v1, v2 string) int64 {
	groups, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
	if err != nil {
		return -1
	}
	for line := range strings.Lines(string(groups)) {
		// "4:memory:/docker/ID", or in version 2 "0::/docker/ID".
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) < 3 {
			continue
		}
		file := filepath.Join("/sys/fs/cgroup", fields[2], v2)
		if fields[1] != "" {
			if !slices.Contains(strings.Split(fields[1], ","), controller) {
				continue
			}
			file = filepath.Join("/sys/fs/cgroup", controller, fields[2], v1)
		}
		if text, err := os.ReadFile(file); err == nil {
			if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil {
				return n
			}
		}
	}
	return -1
}

// statusOf is /proc/PID/status by field, each with single spaces.
func statusOf(pid int) (map[string]string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return nil, fmt.Errorf("look at a container's process: %w", err)
	}
	fields := make(map[string]string)
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		fields[name] = strings.Join(strings.Fields(value), " ")
	}
	return fields, nil
}

// limitsOf are the hard limits of a process; what is unlimited is left out.
func limitsOf(pid int) (map[string]int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
	if err != nil {
		return nil, fmt.Errorf("look at a parser process: %w", err)
	}
	const name, hard = 26, 47 // where the columns begin
	limits := make(map[string]int64)
	for line := range strings.Lines(string(text)) {
		if len(line) < hard {
			continue
		}
		if words := strings.Fields(line[hard:]); len(words) > 0 {
			if n, err := strconv.ParseInt(words[0], 10, 64); err == nil {
				limits[strings.TrimSpace(line[:name])] = n
			}
		}
	}
	return limits, nil
}
