package store_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/oncetest"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

const (
	killProcesses = 8
	killPlayers   = 12
	// kills is how often a process is killed and replaced, one each killAfter at most. The
	// start takes a while: a process lives for about a second and a half.
	kills     = 40
	killAfter = 400 * time.Millisecond
	// killURL and killSeed make this binary one of the processes that act.
	killURL, killSeed = "LADDER_KILL_URL", "LADDER_KILL_SEED"
)

// Players, staff and the matchmaker act in eight processes, which are killed again and again
// in the middle of what they do. What they leave behind is a ladder in order.
func TestTheLadderIsInOrderAfterKills(t *testing.T) {
	oncetest.Heavy(t)
	storetest.URLs(t, func(t *testing.T, url string) {
		w := world{t, storetest.Open(t, url)}
		w.openSeason()
		for n := range killPlayers {
			w.player("Killed" + string(rune('a'+n)))
		}
		killAll(t, url)
		inOrder(t, w)
	})
}

// killAll runs the processes, kills them in turn, and ends when all are dead.
func killAll(t *testing.T, url string) {
	running := make([]*exec.Cmd, killProcesses)
	for n := range running {
		running[n] = startActing(t, url, n)
	}
	for n := range kills {
		// Not a wait for anything: how long a process lives is what is varied.
		time.Sleep(rand.N(killAfter))
		killOne(t, running[n%killProcesses])
		running[n%killProcesses] = startActing(t, url, killProcesses+n)
	}
	for _, one := range running {
		killOne(t, one)
	}
}

func startActing(t *testing.T, url string, seed int) *exec.Cmd {
	t.Helper()
	one := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestActUntilKilled$", "-test.v=false")
	one.Env = append(os.Environ(), killURL+"="+url, killSeed+"="+strconv.Itoa(seed))
	one.Stderr = os.Stderr
	if err := one.Start(); err != nil {
		t.Fatal(err)
	}
	return one
}

// killOne fails the test if the process had ended by itself, which it does only when an act
// failed.
func killOne(t *testing.T, one *exec.Cmd) {
	t.Helper()
	_ = one.Process.Kill()
	err := one.Wait()
	if exit := new(exec.ExitError); !errors.As(err, &exit) || exit.Exited() {
		t.Errorf("process %d ended by itself: %v", one.Process.Pid, err)
	}
}

// inOrder checks what the processes left behind.
func inOrder(t *testing.T, w world) {
	lines, matches, err := w.LedgerCheck(t.Context(), func(d ladder.Difference) { t.Errorf("ledger: %+v", d) })
	if err != nil {
		t.Fatal(err)
	}
	if matches == 0 {
		t.Error("no match was ruled: nothing was shown")
	}
	t.Logf("%d lines of %d matches, after %d kills", lines, matches, kills+killProcesses)
	live, err := w.Matches(t.Context(), store.MatchFilter{
		States: []ladder.MatchState{ladder.MatchOffered, ladder.MatchPlaying, ladder.MatchDisputed}, Limit: 1000,
	})
	if err != nil {
		t.Fatal(err)
	}
	due, err := w.ClaimDue(t.Context(), time.Now().Add(1000*time.Hour), time.Now(), 100_000)
	if err != nil {
		t.Fatal(err)
	}
	timed := make(map[ladder.MatchID]bool)
	for _, j := range due {
		timed[ladder.MatchID(j.Subject)] = true
	}
	for _, m := range live {
		if !timed[m.ID] {
			t.Errorf("match %d is %s and has no timer", m.ID, m.State)
		}
	}
}

// TestActUntilKilled is one of the processes; by itself it has nothing to do.
func TestActUntilKilled(t *testing.T) {
	url := os.Getenv(killURL)
	if url == "" {
		t.Skip("it is run by TestTheLadderIsInOrderAfterKills")
	}
	seed, _ := strconv.ParseUint(os.Getenv(killSeed), 10, 64)
	a := actor{storetest.Open(t, url), rand.New(rand.NewPCG(seed, 1))}
	players, err := a.FindAll(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		err := a.once(t.Context(), players[a.IntN(len(players))])
		var refused ladder.Refusal
		if err != nil && !errors.As(err, &refused) && !errors.Is(err, store.ErrNotFound) {
			t.Fatal(err)
		}
	}
}

// actor does what comes to mind.
type actor struct {
	*store.Store
	*rand.Rand
}

// FindAll is the players of the test.
func (a actor) FindAll(ctx context.Context) ([]ladder.Player, error) {
	var all []ladder.Player
	for n := range killPlayers {
		p, err := a.PlayerByDiscord(ctx, "discord of Killed"+string(rune('a'+n)))
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// once is one act of a player, or of the program or staff with this player's match.
func (a actor) once(ctx context.Context, p ladder.Player) error {
	now := time.Now()
	e, err := a.LiveEntry(ctx, p.ID)
	switch {
	case errors.Is(err, store.ErrNotFound) && a.IntN(3) > 0:
		race := ladder.Races[a.IntN(len(ladder.Races))]
		return a.do(ctx, joining(p.ID, now, race))
	case errors.Is(err, store.ErrNotFound):
		return a.byStaff(ctx, p, now)
	case err != nil:
		return err
	case e.State == ladder.Searching:
		return a.pair(ctx, now)
	case e.State == ladder.Offered:
		return errors.Join(a.do(ctx, ofMatch(ladder.Deliver, p.ID, e.Match, now)), a.do(ctx, ofMatch(ladder.Accept, p.ID, e.Match, now)))
	}
	return a.play(ctx, p, e.Match, now)
}

func (a actor) do(ctx context.Context, act ladder.Act) error {
	_, err := a.Act(ctx, act)
	return err
}

// pair offers a match to the first two who may meet.
func (a actor) pair(ctx context.Context, now time.Time) error {
	season, err := a.Season(ctx, 0)
	if err != nil {
		return err
	}
	waiting, err := a.Waiting(ctx, now)
	if err != nil {
		return err
	}
	seats := make(map[ladder.Side]ladder.Seat)
	for _, w := range waiting {
		m := w.Entry.Members[0]
		seats[m.Races[0].Side()] = ladder.Seat{Player: m.Player, Entry: w.Entry.ID, Race: m.Races[0]}
	}
	if len(seats) < 2 {
		return nil
	}
	bw, sc2 := seats[ladder.BW], seats[ladder.SC2]
	sc2.Team = 1
	return a.do(ctx, ladder.Act{Kind: ladder.PairUp, Actor: matchmaker, At: now, Pair: &ladder.Pair{
		Entries: []ladder.EntryID{bw.Entry, sc2.Entry}, Seats: []ladder.Seat{bw, sc2}, Map: season.Maps[0].Title, Server: "EUC",
	}})
}

// play is what happens to a match that is being played: a player concedes, or staff rule.
func (a actor) play(ctx context.Context, p ladder.Player, match ladder.MatchID, now time.Time) error {
	f, err := a.Match(ctx, match)
	if err != nil {
		return err
	}
	if a.IntN(4) == 0 {
		return a.do(ctx, ruling(ladder.Void, match, "", now))
	}
	act := ofMatch(ladder.SayResult, p.ID, match, now)
	act.Result = ladder.Team0
	if f.Match.Seats[0].Player == p.ID {
		act.Result = ladder.Team1
	}
	return a.do(ctx, act)
}

// byStaff is an act of staff on a match that this player was in, or on the player.
func (a actor) byStaff(ctx context.Context, p ladder.Player, now time.Time) error {
	matches, err := a.Matches(ctx, store.MatchFilter{Player: p.ID, Limit: 5})
	if err != nil || len(matches) == 0 {
		return err
	}
	match := matches[a.IntN(len(matches))].ID
	switch a.IntN(5) {
	case 0:
		return a.do(ctx, ruling(ladder.Void, match, "", now))
	case 1:
		return a.do(ctx, ruling(ladder.Restore, match, "", now))
	case 2:
		return a.do(ctx, ladder.Act{
			Kind: ladder.SetRating, Actor: operator, At: now, Player: p.ID, Reason: "said so",
			Manual: &ladder.Manual{Race: ladder.Terran, Value: float64(1000 + a.IntN(1000))},
		})
	default:
		return a.do(ctx, ruling(ladder.Rule, match, []ladder.Result{ladder.Team0, ladder.Team1, ladder.Draw}[a.IntN(3)], now))
	}
}
