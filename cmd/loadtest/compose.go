package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/retry"
)

// composition is a Compose project of its own: compose.yaml as it is, in a copy
// of the working tree with an .env of its own.
type composition struct {
	project string
	dir     string   // the copy
	command []string // Compose, as in "docker compose"
	log     io.Writer
	workers int // how many there are to be; 0: as .env says
}

// state is what the engine says of a container.
type state struct {
	ID    string `json:"Id"`
	Name  string
	State struct {
		Status string
		Pid    int
		Health *struct{ Status string }
	}
	Config struct {
		User string
		Env  []string
	}
	Mounts     []struct{ Destination string }
	HostConfig struct {
		ReadonlyRootfs bool
		CapDrop        []string
		SecurityOpt    []string
		PidsLimit      *int64
		Memory         int64
		NanoCpus       int64
		LogConfig      struct {
			Type   string
			Config map[string]string
		}
		RestartPolicy struct{ Name string }
	}
}

// healthy reports whether the container runs and its health check says so.
func (s state) healthy() bool {
	return s.State.Status == "running" && s.State.Health != nil && s.State.Health.Status == "healthy"
}

// run is the output of a command.
func (c *composition) run(ctx context.Context, name string, args ...string) (string, error) {
	out, _, err := c.both(ctx, name, args...)
	return out, err
}

// both is the output of a command, and its complaints, which also go to the log.
func (c *composition) both(ctx context.Context, name string, args ...string) (text, complained string, err error) {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = c.dir
	// Nothing of this shell may stand in for a line of .env.
	command.Env = onlyTools(os.Environ())
	command.WaitDelay = 10 * time.Second
	var out, complaints bytes.Buffer
	command.Stdout, command.Stderr = &out, &complaints
	began := time.Now()
	err = command.Run()
	_, _ = fmt.Fprintf(c.log, "%s (%.1fs) %s %s\n%s", began.UTC().Format(clockFormat), time.Since(began).Seconds(),
		name, strings.Join(args, " "), complaints.Bytes())
	if err != nil {
		err = fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, lastLines(complaints.String()))
	}
	return out.String(), complaints.String(), err
}

// onlyTools are the variables that docker needs itself.
func onlyTools(environment []string) []string {
	return slices.DeleteFunc(slices.Clone(environment), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return name != "PATH" && name != "HOME" && name != "TMPDIR" && !strings.HasPrefix(name, "DOCKER_")
	})
}

// lastLines are enough of a command's complaints to understand it.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "; ")
}

func (c *composition) docker(ctx context.Context, args ...string) (string, error) {
	return c.run(ctx, "docker", args...)
}

func (c *composition) compose(ctx context.Context, args ...string) error {
	args = slices.Concat(c.command[1:], []string{"-p", c.project}, args)
	_, err := c.run(ctx, c.command[0], args...)
	return err
}

// up brings services, or all, to what compose.yaml and .env say.
func (c *composition) up(ctx context.Context, args ...string) error {
	command := []string{"up", "-d"}
	// To scale what is not brought up is an error.
	if all := strings.HasPrefix(args[len(args)-1], "-"); c.workers > 0 && (all || slices.Contains(args, "worker")) {
		command = append(command, "--scale", "worker="+strconv.Itoa(c.workers))
	}
	return c.compose(ctx, append(command, args...)...)
}

// down removes everything of the project, and nothing else.
func (c *composition) down(ctx context.Context) error {
	return c.compose(ctx, "down", "--volumes", "--remove-orphans", "--timeout", "5")
}

// logs are what the containers of a service, or of all (""), have said.
func (c *composition) logs(ctx context.Context, service string) (string, error) {
	args := slices.Concat(c.command[1:], []string{"-p", c.project, "logs", "--no-color"})
	if service != "" {
		args = append(args, "--no-log-prefix", service)
	}
	return c.run(ctx, c.command[0], args...)
}

// said is what a container of ours has logged since a time.
func (c *composition) said(ctx context.Context, id string, since time.Time) (string, error) {
	_, logs, err := c.both(ctx, "docker", "logs", "--since", since.UTC().Format(time.RFC3339Nano), id)
	return logs, err
}

// ids are the containers of a service, running or not, or of all ("").
func (c *composition) ids(ctx context.Context, service string) ([]string, error) {
	args := []string{"ps", "-aq", "--no-trunc", "--filter", "label=com.docker.compose.project=" + c.project}
	if service != "" {
		args = append(args, "--filter", "label=com.docker.compose.service="+service)
	}
	out, err := c.docker(ctx, args...)
	return strings.Fields(out), err
}

// inspect says how the containers of a service are, or of all ("").
func (c *composition) inspect(ctx context.Context, service string) ([]state, error) {
	ids, err := c.ids(ctx, service)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	out, err := c.docker(ctx, append([]string{"inspect"}, ids...)...)
	if err != nil {
		return nil, err
	}
	var all []state
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		return nil, fmt.Errorf("read docker inspect: %w", err)
	}
	return all, nil
}

// containersTimeout bounds the wait for containers that were started. A machine
// with two processors starts twenty at once in half a minute.
const containersTimeout = 2 * time.Minute

var errUnhealthy = errors.New("not healthy")

// waitHealthy returns when each container of a service, or of all (""), is.
func (c *composition) waitHealthy(ctx context.Context, service string) error {
	ctx, cancel := context.WithTimeout(ctx, containersTimeout)
	defer cancel()
	for {
		all, err := c.inspect(ctx, service)
		at := slices.IndexFunc(all, func(s state) bool { return !s.healthy() })
		if err == nil && len(all) > 0 && at < 0 {
			return nil
		}
		if !retry.Sleep(ctx, 500*time.Millisecond) {
			name := service
			if at >= 0 {
				name = all[at].Name
			}
			return errors.Join(fmt.Errorf("%s: %w", name, errUnhealthy), err)
		}
	}
}

// event is a change in the life of a container.
type event struct {
	Action   string // "start", "die", "health_status: healthy"…
	TimeNano int64  `json:"timeNano"`
	Actor    struct {
		ID         string
		Attributes map[string]string
	}
}

func (e event) service() string { return e.Actor.Attributes["com.docker.compose.service"] }

// watch notes all changes until stop is called, which returns them, the oldest
// first. The engine itself remembers the last few hundred, and each health check
// makes three.
func (c *composition) watch(ctx context.Context) (stop func() ([]event, error), err error) {
	ctx, cancel := context.WithCancel(ctx)
	args := []string{"events", "--format", "{{json .}}", "--filter", "label=com.docker.compose.project=" + c.project}
	for _, kind := range []string{"start", "die", "health_status"} {
		args = append(args, "--filter", "event="+kind)
	}
	command := exec.CommandContext(ctx, "docker", args...)
	command.Env = onlyTools(os.Environ())
	pipe, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		cancel()
		return nil, fmt.Errorf("watch containers: %w", err)
	}
	type outcome struct {
		all []event
		err error
	}
	read := make(chan outcome, 1)
	go func() {
		var all []event
		decoder := json.NewDecoder(pipe)
		for {
			var e event
			if err := decoder.Decode(&e); err != nil {
				_ = command.Wait() // killed by stop
				if ctx.Err() != nil {
					err = nil
				}
				read <- outcome{all, err}
				return
			}
			all = append(all, e)
		}
	}()
	return func() ([]event, error) {
		cancel()
		o := <-read
		return o.all, o.err
	}, nil
}

// copyTree copies what git knows of the working tree, and what is new there.
func copyTree(ctx context.Context, root, to string) error {
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	names, err := list.Output()
	if err != nil {
		return fmt.Errorf("list the working tree: %w", err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		if err := copyFile(filepath.Join(root, name), filepath.Join(to, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("copy the working tree: %w", err) // a file that is gone is deleted, not yet committed
		}
	}
	return nil
}

func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode().Perm())
}
