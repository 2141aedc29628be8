package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

const playerColumns = `id, version, discord, name, battletag, aliases, country, region, language, races, vetoes,
	state, banned, ban_reason, notify, created_at`

func scanPlayer(r row) (ladder.Player, error) {
	var p ladder.Player
	var discord sql.NullString
	err := r.Scan(&p.ID, &p.Version, &discord, &p.Name, &p.BattleTag, document{&p.Aliases}, &p.Country, &p.Region, &p.Language,
		document{&p.Races}, document{&p.Vetoes}, &p.State, &p.Banned, &p.BanReason, &p.Notify, moment{&p.Created})
	p.Discord = discord.String
	return p, err
}

// readPlayers is these players by id, with a lock that is given as SQL.
func readPlayers(ctx context.Context, q session, ids []ladder.PlayerID, lock string) ([]ladder.Player, error) {
	var where conditions
	in(&where, "id", numbers(ids))
	all, err := collect(ctx, q, scanPlayer, `SELECT `+playerColumns+` FROM players`+where.text()+` ORDER BY id`+lock, where.args...)
	if err != nil {
		return nil, fmt.Errorf("read players: %w", err)
	}
	return all, nil
}

func writePlayer(ctx context.Context, tx session, p ladder.Player) error {
	return put(ctx, tx, "players", int64(p.ID), p.Version, []column{
		{"discord", orNull(p.Discord)},
		{"name", p.Name},
		{"folded", orNull(folded(p.Name))},
		{"battletag", p.BattleTag},
		{"aliases", encoded(p.Aliases)},
		{"country", p.Country},
		{"region", string(p.Region)},
		{"language", p.Language},
		{"races", encoded(p.Races)},
		{"vetoes", encoded(p.Vetoes)},
		{"state", string(p.State)},
		{"banned", p.Banned},
		{"ban_reason", p.BanReason},
		{"notify", p.Notify},
		{"created_at", p.Created},
	})
}

// folded is a name as it is compared: without case.
func folded(name string) string { return strings.ToLower(clean(strings.TrimSpace(name))) }

// Player is a player; ErrNotFound where there is none.
func (s *Store) Player(ctx context.Context, id ladder.PlayerID) (ladder.Player, error) {
	return s.onePlayer(ctx, "id = %s", int64(id))
}

// PlayerByDiscord is the player with a Discord user id; ErrNotFound where there is none.
func (s *Store) PlayerByDiscord(ctx context.Context, user string) (ladder.Player, error) {
	return s.onePlayer(ctx, "discord = %s", user)
}

func (s *Store) onePlayer(ctx context.Context, condition string, value any) (ladder.Player, error) {
	var where conditions
	where.add(condition, value)
	var p ladder.Player
	err := s.read(ctx, func(q session) (err error) {
		p, err = scanPlayer(q.row(ctx, `SELECT `+playerColumns+` FROM players`+where.text(), where.args...))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return ladder.Player{}, ErrNotFound
	}
	if err != nil {
		return ladder.Player{}, fmt.Errorf("read player %v: %w", value, err)
	}
	return p, nil
}

// Players is up to limit players with ids above one, in the order in which they came; the
// deleted are left out.
func (s *Store) Players(ctx context.Context, after ladder.PlayerID, limit int) ([]ladder.Player, error) {
	var all []ladder.Player
	err := s.read(ctx, func(q session) (err error) {
		all, err = collect(ctx, q, scanPlayer, `SELECT `+playerColumns+` FROM players WHERE id > $1 AND state <> 'deleted' ORDER BY id LIMIT $2`,
			int64(after), limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list players: %w", err)
	}
	return all, nil
}

// maxFound is how many players a search finds.
const maxFound = 25

// FindPlayers is the players that a word may mean: an id, a Discord user id or mention, a game account,
// a BattleTag, a name or the beginning of one. Who is meant exactly comes first.
func (s *Store) FindPlayers(ctx context.Context, word string) ([]ladder.Player, error) {
	word = strings.TrimSpace(strings.Trim(strings.TrimSpace(word), "<@!>"))
	if word == "" {
		return nil, nil
	}
	name := folded(word)
	prefix := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(name) + "%"
	var found []ladder.Player
	err := s.read(ctx, func(q session) (err error) {
		found, err = collect(ctx, q, scanPlayer, `
			SELECT `+playerColumns+` FROM players
			WHERE discord = $1 OR folded = $2 OR folded LIKE $3 ESCAPE '\' OR lower(battletag) = $2 OR CAST(id AS TEXT) = $1
				OR id IN (SELECT player_id FROM handles WHERE toon = $1)
			ORDER BY CASE WHEN folded LIKE $3 ESCAPE '\' AND folded <> $2 THEN 1 ELSE 0 END, folded, id LIMIT $4`,
			word, name, prefix, maxFound)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for player %s: %w", word, err)
	}
	return found, nil
}

// The audit's words for what is done to players beside the rules' acts.
const (
	auditPlayer ladder.ActKind = "player"
	auditDelete ladder.ActKind = "delete"
	auditStaff  ladder.ActKind = "staff"
)

// SavePlayer writes a player and returns it as it is stored: a new one where it has no ID,
// else over the version that was read; ErrStale where that is no longer the last. A name
// that another has, in whatever case, and a Discord user who is a player already are a
// ladder.Refusal. Its caller has checked everything else.
func (s *Store) SavePlayer(ctx context.Context, p ladder.Player, by ladder.Actor, at time.Time) (ladder.Player, error) {
	var saved ladder.Player
	err := s.saving(ctx, func(tx session) (err error) {
		saved, err = s.savePlayer(ctx, tx, p, by, at)
		return err
	})
	if err != nil {
		return ladder.Player{}, fmt.Errorf("save player %s: %w", p.Name, err)
	}
	return saved, nil
}

// saving is write for transactions that may choose a name at the same moment as others:
// who comes second is told so by running it again, which finds the name taken.
func (s *Store) saving(ctx context.Context, act func(session) error) error {
	err := s.write(ctx, act)
	if clash(err) {
		err = s.write(ctx, act)
	}
	return err
}

func (s *Store) savePlayer(ctx context.Context, tx session, p ladder.Player, by ladder.Actor, at time.Time) (ladder.Player, error) {
	kept := p.ID
	if err := unique(ctx, tx, p); err != nil {
		return p, err
	}
	if kept == 0 {
		p.ID, p.Version, p.Created = ladder.PlayerID(s.ids.next()), 0, utc(at)
	}
	if err := writePlayer(ctx, tx, p); err != nil {
		return p, err
	}
	p.Version++
	if kept != 0 {
		if err := nameStandings(ctx, tx, p); err != nil {
			return p, err
		}
	}
	return p, s.insertAudit(ctx, tx, 0, ladder.Audit{Kind: auditPlayer, Actor: by, Player: p.ID, After: string(p.State), At: at})
}

// unique refuses a name or a Discord user that another player has.
func unique(ctx context.Context, tx session, p ladder.Player) error {
	for _, check := range []struct {
		column, value string
		code          ladder.RefusalCode
	}{{"folded", folded(p.Name), ladder.NameTaken}, {"discord", p.Discord, ladder.HasAccount}} {
		var other ladder.PlayerID
		err := tx.row(ctx, `SELECT id FROM players WHERE `+check.column+` = $1 AND id <> $2`, check.value, int64(p.ID)).Scan(&other)
		if err == nil {
			return ladder.Refusal{Code: check.code}
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("look for the name: %w", err)
		}
	}
	return nil
}

// DeletePlayer takes from a player what names them: names, BattleTag, handles, Discord id,
// and these in uploads, evidence and audit. What the replays themselves show stays.
// The matches stay, under nobody's name. Who waits leaves the queue; who has an
// offer declines it; who is in a match is a ladder.Refusal.
func (s *Store) DeletePlayer(ctx context.Context, id ladder.PlayerID, by ladder.Actor, reason string, at time.Time) error {
	err := s.writeLadder(ctx, func(tx session) error {
		// Uploads are locked before matches and players.
		_, err := tx.exec(ctx, `UPDATE submissions SET uploader = '' WHERE uploader <> '' AND uploader = (SELECT discord FROM players WHERE id = $1)`, int64(id))
		if err != nil {
			return fmt.Errorf("forget whose uploads they are: %w", err)
		}
		_, err = s.actIn(ctx, tx, ladder.Act{Kind: ladder.Leave, Actor: by, At: at, Reason: reason, Player: id})
		var refused ladder.Refusal
		if errors.As(err, &refused) && refused.Code != ladder.NotInQueue {
			return err
		}
		if err != nil && !errors.As(err, &refused) {
			return err
		}
		return s.deletePlayer(ctx, tx, id, by, reason, at)
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("delete player %d: %w", id, err)
	}
	return err
}

func (s *Store) deletePlayer(ctx context.Context, tx session, id ladder.PlayerID, by ladder.Actor, reason string, at time.Time) error {
	found, err := readPlayers(ctx, tx, []ladder.PlayerID{id}, " FOR NO KEY UPDATE")
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return ErrNotFound
	}
	p := found[0]
	for _, forget := range []struct {
		statement string
		args      []any
	}{
		{`DELETE FROM handles WHERE player_id = $1`, []any{int64(id)}},
		{`UPDATE announcements SET user_id = '' WHERE (kind = 'ladder' OR status <> '` + pending + `') AND user_id = $1`, []any{p.Discord}},
		{`UPDATE audit SET state_before = '' WHERE kind = '` + string(ladder.Unbind) + `' AND player_id = $1`, []any{int64(id)}}, // names the account
		{`UPDATE audit SET person = '' WHERE actor = $1`, []any{int64(id)}},
		{`UPDATE rulings SET person = '' WHERE actor = $1`, []any{int64(id)}},
		{`UPDATE ledger SET person = '' WHERE actor = $1`, []any{int64(id)}},
		{`UPDATE season_history SET person = '' WHERE actor = $1`, []any{int64(id)}},
	} {
		if _, err := tx.exec(ctx, forget.statement, forget.args...); err != nil {
			return fmt.Errorf("forget the player: %w", err)
		}
	}
	if err := forgetEvidence(ctx, tx, id); err != nil {
		return err
	}
	p = ladder.Player{ID: p.ID, Version: p.Version, State: ladder.Deleted, Banned: p.Banned, Created: p.Created}
	if err := writePlayer(ctx, tx, p); err != nil {
		return err
	}
	if err := nameStandings(ctx, tx, p); err != nil {
		return err
	}
	return s.insertAudit(ctx, tx, 0, ladder.Audit{Kind: auditDelete, Actor: by, Player: id, After: string(p.State), Reason: reason, At: at})
}

// forgetEvidence takes a player's names and accounts from the evidence of their matches.
func forgetEvidence(ctx context.Context, tx session, id ladder.PlayerID) error {
	games, err := collect(ctx, tx, scanGame, `SELECT `+gameColumns+` FROM games WHERE match_id IN (SELECT match_id FROM seats WHERE player_id = $1) ORDER BY id`, int64(id))
	if err != nil {
		return fmt.Errorf("read the player's games: %w", err)
	}
	for _, g := range games {
		g.Judgement = g.Forget(id)
		if err := writeGame(ctx, tx, g); err != nil {
			return err
		}
	}
	return nil
}

// ImportPlayer moves a player of another community in, with ratings as manual lines. One
// with the same Discord user is there already, and refused.
func (s *Store) ImportPlayer(ctx context.Context, p ladder.Player, ratings []ladder.Manual, by ladder.Actor, reason string, at time.Time) (ladder.Player, error) {
	var saved ladder.Player
	err := s.saving(ctx, func(tx session) (err error) {
		if saved, err = s.savePlayer(ctx, tx, p, by, at); err != nil {
			return err
		}
		for _, rating := range ratings {
			act := ladder.Act{Kind: ladder.SetRating, Actor: by, At: at, Reason: reason, Player: saved.ID, Manual: &rating}
			if _, err := s.actIn(ctx, tx, act); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return ladder.Player{}, fmt.Errorf("import player %s: %w", p.Name, err)
	}
	return saved, nil
}
