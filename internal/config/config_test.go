package config

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/caarlos0/env/v11"
)

func with(pairs ...string) env.Options {
	environment := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		environment[pairs[i]] = pairs[i+1]
	}
	return env.Options{Environment: environment}
}

func TestEvoladderNeedsNoSetting(t *testing.T) {
	config, err := parse[Evoladder](with())
	if err != nil {
		t.Fatal(err)
	}
	if got := config.Database(); got != "sqlite:data/evoladder.db" {
		t.Errorf("database is %q", got)
	}
	if got := config.Listen("127.0.0.1:8080"); got != "127.0.0.1:8080" {
		t.Errorf("listens on %q", got)
	}
	if config.Pool() < 1 {
		t.Errorf("%d parser processes", config.Pool())
	}
}

func TestEveryProblemIsReportedAtOnce(t *testing.T) {
	_, err := parse[Bot](with(
		"LOG_LEVEL", "loud", "MAX_REPLAY_BYTES", "many", "PORT", "99999", "SHUTDOWN_TIMEOUT", "soon",
		"DISCORD_WATCH_CHANNELS", "123,general", "REDIS_URL", "http://localhost"))
	if err == nil {
		t.Fatal("nothing was reported")
	}
	for _, name := range []string{
		"LOG_LEVEL", "MAX_REPLAY_BYTES", "PORT", "SHUTDOWN_TIMEOUT", "general", "REDIS_URL", "DATABASE_URL", "DISCORD_TOKEN",
	} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not mentioned in:\n%v", name, err)
		}
	}
}

func TestPortReplacesTheAddress(t *testing.T) {
	config, err := parse[Evoladder](with("PORT", "9000", "HTTP_ADDR", "127.0.0.1:1"))
	if err != nil {
		t.Fatal(err)
	}
	if got := config.Listen("127.0.0.1:8080"); got != ":9000" {
		t.Errorf("listens on %q", got)
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	config, err := parse[Evoladder](with(
		"DISCORD_TOKEN", "hunter2", "QUEUES_PASSWORD", "hunter2", "AWS_SECRET_ACCESS_KEY", "hunter2",
		"DATABASE_URL", "postgres://me:hunter2@db/x?sslpassword=hunter2", "REDIS_URL", "redis://:hunter2@cache:6379"))
	if err != nil {
		t.Fatal(err)
	}
	printed := fmt.Sprint(Effective(config)) + fmt.Sprintf("%v %+v %#v", config, config, config)
	if strings.Contains(printed, "hunter2") {
		t.Errorf("a secret is printed: %s", printed)
	}
	for _, want := range []string{"redacted", "cache:6379", "me:xxxxx@db"} {
		if !strings.Contains(printed, want) {
			t.Errorf("%q is missing from %s", want, printed)
		}
	}
}

func TestExampleFileIsTrue(t *testing.T) {
	const name = "../../.env.example"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(name, []byte(Example()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != Example() {
		t.Errorf("%s is not what the code says; write it again with UPDATE=1 go test ./internal/config", name)
	}
}
