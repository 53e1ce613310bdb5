package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/leafmark/leafmark/internal/audit"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/omr/fault"
)

// InvitationLife is how long an invitation works.
const InvitationLife = 72 * time.Hour

// Invitation is a person who may join, and has not yet.
type Invitation struct {
	Tenant, Email, Role string
	By                  string // e-mail; empty: the operator
	Created, Expires    time.Time
}

// Invite lets a person join the actor's tenant by a link with the token returned,
// which cannot be shown again; it works once, for InvitationLife. Another one for
// the same address replaces it. Faults: email_invalid, role_invalid, user_exists,
// role_forbids.
func (s *Service) Invite(ctx context.Context, by Actor, email, role string) (token string, err error) {
	if err := checkRole(role); err != nil {
		return "", err
	}
	if email, err = cleanEmail(email); err != nil {
		return "", err
	}
	token = newToken()
	now := s.now()
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := allowOn(ctx, tx, by, role); err != nil {
			return err
		}
		var exists bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM "user" WHERE email_key = ?)`, emailKey(email)).Scan(&exists); err != nil {
			return err
		}
		if exists {
			return userExists()
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM user_invitation WHERE expires <= ?`, db.Millis(now)); err != nil {
			return err
		}
		// Who may not make owners must not undo an owner's invitation of one either.
		var before string
		err := tx.QueryRowContext(ctx, `DELETE FROM user_invitation WHERE email_key = ? AND tenant_id = ? RETURNING role`, emailKey(email), by.Tenant).Scan(&before)
		if err == nil {
			err = allowOn(ctx, tx, by, before)
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var inviter any
		if by.Kind == "user" {
			var id string
			if err := tx.QueryRowContext(ctx, `SELECT id FROM "user" WHERE email_key = ?`, emailKey(by.ID)).Scan(&id); err != nil {
				return err
			}
			inviter = id
		}
		_, err = tx.ExecContext(ctx,
			`INSERT INTO user_invitation (hash, tenant_id, email, email_key, role, invited_by, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			s.tokenHash("invitation", token), by.Tenant, email, emailKey(email), role, inviter, db.Millis(now), db.Millis(now.Add(InvitationLife)))
		if err != nil {
			return fmt.Errorf("insert invitation: %w", err)
		}
		return audit.Record(ctx, tx, now, by, "user.invite", email, "role "+role)
	})
	if err != nil {
		return "", unavailable("invite", err)
	}
	return token, nil
}

const invitationColumns = `SELECT user_invitation.tenant_id, user_invitation.email, user_invitation.role, coalesce("user".email, ''), user_invitation.created, user_invitation.expires
	FROM user_invitation LEFT JOIN "user" ON "user".id = user_invitation.invited_by WHERE user_invitation.expires > ? AND `

func scanInvitation(row interface{ Scan(...any) error }) (Invitation, error) {
	var i Invitation
	var created, expires int64
	err := row.Scan(&i.Tenant, &i.Email, &i.Role, &i.By, &created, &expires)
	i.Created, i.Expires = db.Time(created), db.Time(expires)
	return i, err
}

// Invitations are the tenant's open ones, by e-mail.
func (s *Service) Invitations(ctx context.Context, tenant string) ([]Invitation, error) {
	rows, err := s.db.Read().QueryContext(ctx, invitationColumns+`user_invitation.tenant_id = ? ORDER BY user_invitation.email_key`, db.Millis(s.now()), tenant)
	if err != nil {
		return nil, unavailable("list invitations", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	var all []Invitation
	for rows.Next() {
		i, err := scanInvitation(rows)
		if err != nil {
			return nil, unavailable("list invitations", err)
		}
		all = append(all, i)
	}
	if err := rows.Err(); err != nil {
		return nil, unavailable("list invitations", err)
	}
	return all, nil
}

// Invitation is the open invitation with this token, for the page that asks for a
// password; fault invitation_invalid.
func (s *Service) Invitation(ctx context.Context, token string) (Invitation, error) {
	i, err := scanInvitation(s.db.Read().QueryRowContext(ctx, invitationColumns+`user_invitation.hash = ?`, db.Millis(s.now()), s.tokenHash("invitation", token)))
	if errors.Is(err, sql.ErrNoRows) {
		return Invitation{}, badInvitation()
	}
	if err != nil {
		return Invitation{}, unavailable("look up an invitation", err)
	}
	return i, nil
}

// Withdraw takes an open invitation back. Faults: user_not_found, role_forbids.
func (s *Service) Withdraw(ctx context.Context, by Actor, email string) error {
	err := s.db.Tx(ctx, func(tx *sql.Tx) error {
		var address, role string
		err := tx.QueryRowContext(ctx, `DELETE FROM user_invitation WHERE email_key = ? AND tenant_id = ? RETURNING email, role`, emailKey(email), by.Tenant).Scan(&address, &role)
		if errors.Is(err, sql.ErrNoRows) {
			return noUser(email)
		}
		if err != nil {
			return err
		}
		if err := allowOn(ctx, tx, by, role); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), by, "user.withdraw", address, "role "+role)
	})
	if err != nil {
		return unavailable("withdraw an invitation", err)
	}
	return nil
}

// Join makes the account of an invited person, with a password, and signs it in.
// Faults: invitation_invalid, password_invalid, password_breached, after which the
// invitation still works, user_exists.
func (s *Service) Join(ctx context.Context, token, password string, from Origin) (User, Session, error) {
	password, err := s.newPassword(password)
	if err != nil {
		return User{}, Session{}, err
	}
	// Before the hash: without it anybody could make the server hash at will.
	if _, err := s.Invitation(ctx, token); err != nil {
		return User{}, Session{}, err
	}
	hash, err := s.hashPassword(ctx, password)
	if err != nil {
		return User{}, Session{}, err
	}
	now := s.now()
	u := User{ID: newGUID(), Created: now}
	var session Session
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `DELETE FROM user_invitation WHERE hash = ? AND expires > ? RETURNING tenant_id, email, role`,
			s.tokenHash("invitation", token), db.Millis(now)).Scan(&u.Tenant, &u.Email, &u.Role)
		if errors.Is(err, sql.ErrNoRows) {
			return badInvitation()
		}
		if err != nil {
			return err
		}
		if err := s.insertUser(ctx, tx, selfOf(u, from), u, hash); err != nil {
			return err
		}
		session, err = s.insertSession(ctx, tx, u, byPassword, from)
		return err
	})
	if err != nil {
		return User{}, Session{}, unavailable("join", err)
	}
	return u, session, nil
}

func badInvitation() error {
	return &fault.Error{
		Code: "invitation_invalid", Kind: fault.NotFound,
		Cause: "this invitation was used or withdrawn, or it is older than 72 hours",
		Cure:  "ask for another",
	}
}
