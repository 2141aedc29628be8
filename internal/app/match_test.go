package app_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the lock that holds a worker up

	"github.com/evoladder/evoladderbot/internal/discordtest"
	"github.com/evoladder/evoladderbot/internal/ladder"
	"github.com/evoladder/evoladderbot/internal/replay/replaytest"
	"github.com/evoladder/evoladderbot/internal/replay/stream"
	"github.com/evoladder/evoladderbot/internal/store"
	"github.com/evoladder/evoladderbot/internal/store/storetest"
)

// ladderOf is the product's database with a season whose map and mod are learnt.
type ladderOf struct {
	*product
	store *store.Store
	begun time.Time // when its matches were accepted
}

// The files of a game that is as it should be: the game's own, the mod's, the map's.
var (
	baseFile = replaytest.Handle("s2ma", "US", "base")
	modFile  = replaytest.Handle("s2ma", "US", "mod")
	mapFile  = replaytest.Handle("s2ma", "US", "map")
)

func (p *product) ladder() ladderOf {
	p.Helper()
	l := ladderOf{product: p, begun: time.Now().Add(-20 * time.Minute)}
	if p.database != nil {
		l.store = storetest.Open(p.T, p.database.url)
	} else {
		l.store = storetest.Open(p.T, "sqlite:"+filepath.Join(p.folder(), "evoladder.db"))
	}
	season := ladder.DefaultSeason("One")
	season.Maps = []ladder.Map{{Title: "Radeon", Hash: mapFile.Hash()}}
	season.Base = []string{baseFile.Hash()}
	season.Releases = []ladder.Release{{Name: "1.0", Handles: map[string][]string{"us": {modFile.Hash()}}}}
	_, err := l.store.SaveSeason(p.ctx, season, ladder.Actor{Role: ladder.ByOperator, Name: "test"}, "begins", l.begun)
	p.must(err)
	return l
}

// folder is the product's DATA_DIR.
func (p *product) folder() string {
	for _, setting := range p.env {
		if folder, ok := strings.CutPrefix(setting, "DATA_DIR="); ok {
			return folder
		}
	}
	return ""
}

func (l ladderOf) act(act ladder.Act) store.Outcome {
	l.Helper()
	act.At = l.begun
	if act.Player != 0 {
		act.Actor = ladder.Actor{Role: ladder.ByPlayer, Player: act.Player}
	}
	out, err := l.store.Act(l.ctx, act)
	l.must(err)
	return out
}

// match is one between two Discord users who play.
func (l ladderOf) match(users [2]discordtest.User, names [2]string) ladder.MatchID {
	l.Helper()
	pair := ladder.Pair{Map: "Radeon", MapHash: mapFile.Hash(), Server: "USE"}
	for i, race := range []ladder.Race{ladder.BWZerg, ladder.Terran} {
		player, err := l.store.SavePlayer(l.ctx, ladder.Player{
			Discord: users[i].ID, Name: names[i], BattleTag: names[i] + "#123", Country: "US", Region: "NAE", Language: "en", State: ladder.Ready,
		}, ladder.Actor{Role: ladder.ByOperator, Name: "test"}, l.begun)
		l.must(err)
		entry := l.act(ladder.Act{Kind: ladder.Join, Player: player.ID, Races: []ladder.Race{race}}).Entries[0].ID
		pair.Entries = append(pair.Entries, entry)
		pair.Seats = append(pair.Seats, ladder.Seat{Player: player.ID, Entry: entry, Team: i, Race: race})
	}
	id := l.act(ladder.Act{Kind: ladder.PairUp, Actor: ladder.Actor{Role: ladder.ByMatchmaker}, Pair: &pair}).Match.ID
	for _, seat := range pair.Seats {
		l.act(ladder.Act{Kind: ladder.Deliver, Player: seat.Player, Match: id})
		l.act(ladder.Act{Kind: ladder.Accept, Player: seat.Player, Match: id})
	}
	return id
}

// game is a replay of a match, ten minutes long, that the first has won.
func (l ladderOf) game(names [2]string, change func(*replaytest.Game)) discordtest.File {
	game := replaytest.Game{
		Map: "Radeon", Handles: []stream.CacheHandle{baseFile, modFile, mapFile}, Custom: true, Seed: 99, End: l.begun.Add(15 * time.Minute),
		Players: []replaytest.Player{
			{Name: names[0], Race: replaytest.BWZerg, Result: replaytest.Win, APM: 100},
			{Name: names[1], Race: replaytest.Terran, Team: 1, Result: replaytest.Loss, APM: 100, LeavesAt: 13000},
		},
	}
	for i := range game.Players {
		for _, letter := range game.Players[i].Name {
			game.Players[i].ID = game.Players[i].ID*31 + int64(letter) // of the account: its own for each name
		}
	}
	change(&game)
	return discordtest.File{Name: strings.Join(names[:], "") + ".SC2Replay", Data: game.Bytes()}
}

func asItShouldBe(*replaytest.Game) {}

func (l ladderOf) file(match ladder.MatchID) store.File {
	l.Helper()
	f, err := l.store.Match(l.ctx, match)
	l.must(err)
	return f
}

// ruledOnce checks that a match has one ruling, by replay, which is rated.
func (l ladderOf) ruledOnce(match ladder.MatchID) {
	l.Helper()
	if f := l.file(match); f.State != ladder.MatchFinal || len(f.Rulings) != 1 || f.Rulings[0].By != ladder.FromReplay || len(f.Lines) != 4 {
		l.Errorf("match %s, rulings %+v, %d lines", f.State, f.Rulings, len(f.Lines))
	}
}

const decided = "⚔️ **Match decided:** 🏆 Alpha 1500 → **1520** (+20) · Beta 1500 → **1480** (−20)"

// said is the part of an answer that is about the match.
func said(m discordtest.Message) string {
	_, text, _ := strings.Cut(m.Content, "\n")
	return text
}

func TestAnUploadRulesTheMatchOfItsPlayer(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, p *product) {
		l := p.ladder()
		bob, names := p.AddUser("bob"), [2]string{"Alpha", "Beta"}
		match := l.match([2]discordtest.User{p.alice, bob}, names)
		// A stranger has it first; what he is told is about the replay alone.
		file := l.game(names, asItShouldBe)
		_, err := p.SlashReplay(p.AddUser("eve"), p.elsewhere("slash"), file)
		p.must(err)
		if m := p.answer(file.Name); said(m) != "" || l.file(match).State != ladder.MatchPlaying {
			t.Errorf("a stranger's upload: %q, match %s", m.Content, l.file(match).State)
		}
		file.Name = "known.SC2Replay"
		p.Upload(discordtest.Upload{Channel: p.channel, Author: bob, Files: []discordtest.File{file}})
		if m := p.answer(file.Name); said(m) != decided || m.Edits() != 1 {
			t.Errorf("the loser's, which was known: %d edits, %q", m.Edits(), m.Content)
		}
		// The winner's own file of the same game, longer by what followed.
		longer := l.game(names, func(g *replaytest.Game) { g.Loops = 13500 })
		longer.Name = "longer.SC2Replay"
		p.direct(longer)
		if m := p.answer(longer.Name); said(m) != decided {
			t.Errorf("the winner's own: %q", m.Content)
		}
		l.ruledOnce(match)
		if n := len(l.file(match).Games); n != 2 {
			t.Errorf("%d games, want both files", n)
		}
	})
}

func TestAForgedGameIsRefusedWithWhatToDo(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, p *product) {
		l := p.ladder()
		names := [2]string{"Adam", "Beth"}
		match := l.match([2]discordtest.User{p.alice, p.AddUser("bob")}, names)
		p.direct(made("Friendly"))
		if m := p.answer("Friendly.SC2Replay"); m.Content != madeAnswer("Friendly") {
			t.Errorf("a game of others: %q", m.Content)
		}
		forged := l.game(names, func(g *replaytest.Game) {
			g.Handles = []stream.CacheHandle{baseFile, modFile, replaytest.Handle("s2ma", "US", "cheat"), mapFile}
		})
		p.direct(forged)
		m := p.answer(forged.Name)
		if text := said(m); !strings.HasPrefix(text, "⚔️ This replay does not decide your match:\n• The game's files are not those of one release of the mod: release 1.0, and besides ") ||
			!strings.Contains(text, "Create the lobby from the published mod") || strings.Count(text, "\n") != 1 {
			t.Errorf("%q", m.Content)
		}
		if f := l.file(match); f.State != ladder.MatchPlaying || f.ReportsOpen != string(ladder.CheckMod) {
			t.Errorf("match %s, reports open for %q", f.State, f.ReportsOpen)
		}
	})
}

// A worker that is killed when it has parsed and not recorded costs time, and no match.
func TestAWorkerKilledBeforeItsVerdictCostsNoMatch(t *testing.T) {
	t.Parallel()
	p := newProduct(t)
	p.startServices(1)
	l := p.ladder()
	names := [2]string{"Alpha", "Beta"}
	match := l.match([2]discordtest.User{p.alice, p.AddUser("bob")}, names)
	db, err := sql.Open("pgx", p.database.url)
	p.must(err)
	defer db.Close()
	hold, err := db.BeginTx(p.ctx, nil)
	p.must(err)
	_, err = hold.ExecContext(p.ctx, `SELECT id FROM matches WHERE id = $1 FOR UPDATE`, int64(match))
	p.must(err)
	file := l.game(names, asItShouldBe)
	p.direct(file)
	l.untilItWaits(db)
	p.workers[0].kill()
	p.must(hold.Rollback())
	if f := l.file(match); f.State != ladder.MatchPlaying || len(f.Games) != 0 {
		t.Errorf("match %s with %d games after half a verdict", f.State, len(f.Games))
	}
	p.workers[0] = p.start("worker")
	if m := p.answer(file.Name); said(m) != decided || m.Edits() != 1 {
		t.Errorf("%d edits, %q", m.Edits(), m.Content)
	}
	l.ruledOnce(match)
}

// untilItWaits returns when a program waits for a lock of the database.
func (l ladderOf) untilItWaits(db *sql.DB) {
	l.Helper()
	for waits := false; !waits; {
		l.must(db.QueryRowContext(l.ctx, `
			SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waits))
	}
}
