package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func with(pairs ...string) map[string]string {
	environment := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		environment[pairs[i]] = pairs[i+1]
	}
	return environment
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

func TestSecretComesFromAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("from file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	secrets := []string{"DISCORD_TOKEN", "QUEUES_PASSWORD", "AWS_SECRET_ACCESS_KEY", "DATABASE_URL", "REDIS_URL", "BLOB_URL"}
	for _, name := range secrets {
		environment := with(name+"_FILE", path)
		if problems := resolve(environment, reflect.TypeFor[Evoladder]()); problems != nil {
			t.Errorf("%s: %v", name, problems)
		}
		if got := environment[name]; got != "from file" {
			t.Errorf("%s is %q, want the file's text without its line end", name, got)
		}
	}
}

func TestSecretOfBothKindsOrNoFileIsAProblem(t *testing.T) {
	_, err := parse[Evoladder](with("DISCORD_TOKEN", "a", "DISCORD_TOKEN_FILE", "/b", "QUEUES_PASSWORD_FILE", "/no/such/file"))
	for _, want := range []string{"DISCORD_TOKEN and DISCORD_TOKEN_FILE are both set", "QUEUES_PASSWORD_FILE: open /no/such/file"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to say %q", err, want)
		}
	}
}

func TestFormerNameOfTheTokenIsAccepted(t *testing.T) {
	config, err := parse[Evoladder](with("EVOLADDERBOT_TOKEN", "old"))
	if err != nil || config.Token != "old" {
		t.Errorf("got token %q, %v", config.Token.Reveal(), err)
	}
	if got := notices(with("EVOLADDERBOT_TOKEN", "old")); len(got) != 1 || !strings.Contains(got[0], "DISCORD_TOKEN") {
		t.Errorf("notices are %q", got)
	}
	config, err = parse[Evoladder](with("EVOLADDERBOT_TOKEN", "old", "DISCORD_TOKEN", "new"))
	if err != nil || config.Token != "new" {
		t.Errorf("got token %q, %v; the name of now holds", config.Token.Reveal(), err)
	}
}

func TestNamesThatNothingReadsAreNoticed(t *testing.T) {
	got := notices(with(
		"DISCORD_TOKN", "1", "QUOTA_GUILD_DAY", "2", "BLOB_ULR", "3", "REDIS_URLS", "4", "DATABASE_URI", "5",
		"PATH", "/bin", "PGHOST", "db", "REDISHOST", "r", "HOME", "/", "WORKER_REPLICAS", "4", "DISCORD_TOKEN_FILE", "/f", "DISCORD_BOT", ""))
	want := []string{
		"BLOB_ULR is not a setting and is ignored: did you mean BLOB_URL?",
		"DATABASE_URI is not a setting and is ignored: did you mean DATABASE_URL?",
		"DISCORD_TOKN is not a setting and is ignored: did you mean DISCORD_TOKEN?",
		"QUOTA_GUILD_DAY is not a setting and is ignored: .env.example lists all",
		"REDIS_URLS is not a setting and is ignored: did you mean REDIS_URL?",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestProblemsAreSaidInWords(t *testing.T) {
	_, err := parse[Evoladder](with("MAX_REPLAY_BYTES", "8MB", "PARSE_TIMEOUT", "10", "QUEUES_WRITABLE", "maybe", "WORKER_PROCESSES", "two"))
	want := []string{
		`MAX_REPLAY_BYTES must be a whole number of bytes (1024–67108864), and is "8MB"`,
		`PARSE_TIMEOUT must be a time with its unit, such as 10s or 2m, and is "10"`,
		`QUEUES_WRITABLE must be true or false, and is "maybe"`,
		`WORKER_PROCESSES must be a whole number, and is "two"`,
	}
	got := Problems(err)
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("%q is missing from:\n%s", line, strings.Join(got, "\n"))
		}
	}
	if strings.Contains(err.Error(), "strconv") {
		t.Errorf("a parser's words are shown: %v", err)
	}
}

func TestSharedProcessesRefuseWhatCannotBeShared(t *testing.T) {
	_, err := parse[Worker](with("DATABASE_URL", "sqlite:x.db", "REDIS_URL", "redis://r"))
	for _, name := range []string{"DATABASE_URL is an SQLite file", "BLOB_URL is empty"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%q is not in: %v", name, err)
		}
	}
}

func TestPublicURLIsAnAddress(t *testing.T) {
	t.Parallel()
	for value, good := range map[string]bool{
		"": true, "https://ladder.example": true, "https://ladder.example/sc2/": true, "http://127.0.0.1:8080": true,
		"ladder.example": false, "ftp://ladder.example": false, "https://": false, "https://ladder.example/?page=1": false, "javascript:alert(1)": false,
	} {
		_, err := parse[Evoladder](with("PUBLIC_URL", value))
		if (err == nil) != good || !good && !strings.Contains(err.Error(), "PUBLIC_URL") {
			t.Errorf("%q: %v", value, err)
		}
	}
}
