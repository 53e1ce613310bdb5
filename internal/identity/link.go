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

// linkLife is how long a link works.
const linkLife = 24 * time.Hour

// FirstAccountToken is the token of the link that makes the first account. It
// works once, for 24 h, and only while there is no account; needed is false when
// there is one. Each call makes another token; the earlier ones work on.
func (s *Service) FirstAccountToken(ctx context.Context) (token string, needed bool, err error) {
	token = newToken()
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		if needed, err = noAccounts(ctx, tx); err != nil || !needed {
			return err
		}
		return s.insertLink(ctx, tx, token, nil)
	})
	if err != nil {
		return "", false, unavailable("make the first account's link", err)
	}
	if !needed {
		return "", false, nil
	}
	return token, true, nil
}

// FirstAccountOpen tells whether CreateFirstAccount would take this token, for
// the page that asks for e-mail and password.
func (s *Service) FirstAccountOpen(ctx context.Context, token string) (bool, error) {
	var open bool
	err := s.db.Read().QueryRowContext(ctx,
		`SELECT EXISTS (SELECT 1 FROM user_link WHERE hash = ? AND user_id IS NULL AND expires > ?) AND NOT EXISTS (SELECT 1 FROM "user")`,
		s.tokenHash("link", token), db.Millis(s.now())).Scan(&open)
	if err != nil {
		return false, unavailable("look up the first account's link", err)
	}
	return open, nil
}

// CreateFirstAccount makes the first account, the owner of the default tenant.
// Faults: link_invalid, email_invalid, password_invalid, password_breached; after
// the latter three the token still works.
func (s *Service) CreateFirstAccount(ctx context.Context, token, email, password string, from Origin) (User, error) {
	email, err := cleanEmail(email)
	if err != nil {
		return User{}, err
	}
	if password, err = s.newPassword(password); err != nil {
		return User{}, err
	}
	// Before the hash: without it anybody could make the server hash at will.
	if open, err := s.FirstAccountOpen(ctx, token); err != nil {
		return User{}, err
	} else if !open {
		return User{}, badLink()
	}
	hash, err := s.hashPassword(ctx, password)
	if err != nil {
		return User{}, err
	}
	tenant, err := s.DefaultTenant(ctx)
	if err != nil {
		return User{}, err
	}
	u := User{ID: newGUID(), Tenant: tenant, Email: email, Role: RoleOwner, Created: s.now()}
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		first, err := noAccounts(ctx, tx)
		if err != nil {
			return err
		}
		if _, err := s.useLink(ctx, tx, token, true); err != nil {
			return err
		}
		if !first {
			return badLink()
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM user_link WHERE user_id IS NULL`); err != nil {
			return fmt.Errorf("end the other links: %w", err)
		}
		return s.insertUser(ctx, tx, selfOf(u, from), u, hash)
	})
	if err != nil {
		return User{}, unavailable("create the first account", err)
	}
	return u, nil
}

// SignInToken is the token of a link that signs the account in: once, within 24 h.
// For the operator. Fault: user_not_found.
func (s *Service) SignInToken(ctx context.Context, email string) (string, error) {
	u, err := s.User(ctx, email)
	if err != nil {
		return "", err
	}
	token := newToken()
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.insertLink(ctx, tx, token, u.ID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), Actor{Tenant: u.Tenant, Kind: "operator"}, "user.link", u.Email, "")
	})
	if err != nil {
		return "", unavailable("make a sign-in link", err)
	}
	return token, nil
}

// SignInByToken signs in by a link; fault link_invalid when it was used before,
// is over or was never made. The session is a half one where the account has a
// second factor.
func (s *Service) SignInByToken(ctx context.Context, token string, from Origin) (User, Session, error) {
	var u User
	var session Session
	err := s.db.Tx(ctx, func(tx *sql.Tx) error {
		id, err := s.useLink(ctx, tx, token, false)
		if err != nil {
			return err
		}
		if u, err = scanUser(tx.QueryRowContext(ctx, `SELECT `+userColumns+` FROM "user" WHERE id = ?`, id)); err != nil {
			return err
		}
		session, err = s.begin(ctx, tx, u, byLink, from)
		return err
	})
	if err != nil {
		return User{}, Session{}, unavailable("sign in by link", err)
	}
	return u, session, nil
}

func noAccounts(ctx context.Context, tx *sql.Tx) (bool, error) {
	var none bool
	if err := tx.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM "user")`).Scan(&none); err != nil {
		return false, fmt.Errorf("count accounts: %w", err)
	}
	return none, nil
}

// insertLink stores a link by its hash; user nil: for the first account.
func (s *Service) insertLink(ctx context.Context, tx *sql.Tx, token string, user any) error {
	now := s.now()
	if _, err := tx.ExecContext(ctx, `DELETE FROM user_link WHERE expires <= ?`, db.Millis(now)); err != nil {
		return fmt.Errorf("forget old links: %w", err)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO user_link (hash, user_id, created, expires) VALUES (?, ?, ?, ?)`,
		s.tokenHash("link", token), user, db.Millis(now), db.Millis(now.Add(linkLife)))
	if err != nil {
		return fmt.Errorf("insert link: %w", err)
	}
	return nil
}

// useLink takes a link away, so that it works once, and tells whose it was; fault
// link_invalid.
func (s *Service) useLink(ctx context.Context, tx *sql.Tx, token string, first bool) (userID string, err error) {
	var id sql.NullString
	err = tx.QueryRowContext(ctx, `DELETE FROM user_link WHERE hash = ? AND (user_id IS NULL) = ? AND expires > ? RETURNING user_id`,
		s.tokenHash("link", token), first, db.Millis(s.now())).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", badLink()
	}
	if err != nil {
		return "", fmt.Errorf("use link: %w", err)
	}
	return id.String, nil
}

// tokenHash is what the database keeps of a token: without the master key a copy
// of the database lets nobody in.
func (s *Service) tokenHash(purpose, token string) []byte {
	sum := s.box.MAC(purpose, []byte(token))
	return sum[:]
}

func badLink() error {
	return &fault.Error{
		Code: "link_invalid", Kind: fault.NotFound,
		Cause: "this link was used before, or it is older than 24 hours",
		Cure:  "make another: leafmark user link E-MAIL; or restart the server while there is no account",
	}
}
