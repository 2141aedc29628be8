package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/evoladder/evoladderbot/internal/ladder"
)

// StaffRole is what a member of staff may do.
type StaffRole string

// The roles of staff. A caster sees live matches and searches replays, and does nothing.
const (
	Owner  StaffRole = "owner"
	Admin  StaffRole = "admin"
	Caster StaffRole = "caster"
)

// Member is a member of staff.
type Member struct {
	Discord string // user id
	Name    string // as the audit shows it
	Role    StaffRole
	AddedBy string
	Added   time.Time
}

// Staff is all members.
func (s *Store) Staff(ctx context.Context) ([]Member, error) {
	var all []Member
	err := s.read(ctx, func(q session) (err error) {
		all, err = collect(ctx, q, scanMember, `SELECT discord, name, role, added_by, added_at FROM staff ORDER BY name, discord`)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read staff: %w", err)
	}
	return all, nil
}

// StaffMember is the member with a Discord user id; ErrNotFound where there is none.
func (s *Store) StaffMember(ctx context.Context, user string) (Member, error) {
	var m Member
	err := s.read(ctx, func(q session) (err error) {
		m, err = scanMember(q.row(ctx, `SELECT discord, name, role, added_by, added_at FROM staff WHERE discord = $1`, user))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Member{}, ErrNotFound
	}
	if err != nil {
		return Member{}, fmt.Errorf("look for %s among staff: %w", user, err)
	}
	return m, nil
}

func scanMember(r row) (Member, error) {
	var m Member
	err := r.Scan(&m.Discord, &m.Name, &m.Role, &m.AddedBy, moment{&m.Added})
	return m, err
}

// SetStaff makes somebody a member of staff, or changes what a member is.
func (s *Store) SetStaff(ctx context.Context, m Member, by ladder.Actor, at time.Time) error {
	err := s.write(ctx, func(tx session) error {
		_, err := tx.exec(ctx, `
			INSERT INTO staff (discord, name, role, added_by, added_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (discord) DO UPDATE SET name = excluded.name, role = excluded.role`,
			m.Discord, m.Name, string(m.Role), by.Name, at)
		if err != nil {
			return err
		}
		return s.insertAudit(ctx, tx, 0, ladder.Audit{Kind: auditStaff, Actor: by, After: string(m.Role), Reason: m.Name + " (" + m.Discord + ")", At: at})
	})
	if err != nil {
		return fmt.Errorf("make %s %s: %w", m.Discord, m.Role, err)
	}
	return nil
}

// RemoveStaff ends somebody's membership; ErrNotFound where there is none.
func (s *Store) RemoveStaff(ctx context.Context, user string, by ladder.Actor, at time.Time) error {
	err := s.write(ctx, func(tx session) error {
		var name string
		var role StaffRole
		err := tx.row(ctx, `DELETE FROM staff WHERE discord = $1 RETURNING name, role`, user).Scan(&name, &role)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		return s.insertAudit(ctx, tx, 0, ladder.Audit{Kind: auditStaff, Actor: by, Before: string(role), Reason: name + " (" + user + ")", At: at})
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("remove %s from staff: %w", user, err)
	}
	return err
}
