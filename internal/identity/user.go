package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/leafmark/leafmark/internal/audit"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/omr/fault"
)

const userColumns = `"user".id, "user".tenant_id, "user".email, "user".role, "user".created, length("user".totp) > 0`

func scanUser(row interface{ Scan(...any) error }, more ...any) (User, error) {
	var u User
	var created int64
	err := row.Scan(append([]any{&u.ID, &u.Tenant, &u.Email, &u.Role, &created, &u.TwoSteps}, more...)...)
	u.Created = db.Time(created)
	return u, err
}

// Users are the tenant's users, by e-mail.
func (s *Service) Users(ctx context.Context, tenant string) ([]User, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT `+userColumns+` FROM "user" WHERE tenant_id = ? ORDER BY email_key`, tenant)
	if err != nil {
		return nil, unavailable("list users", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	var users []User
	for rows.Next() {
		u, err := scanUser(rows)
		if err != nil {
			return nil, unavailable("list users", err)
		}
		users = append(users, u)
	}
	if err := rows.Err(); err != nil {
		return nil, unavailable("list users", err)
	}
	return users, nil
}

// CreateUser adds a person to the actor's tenant, without a password: SignInToken
// makes the link that lets them in. Faults: email_invalid, role_invalid,
// user_exists, role_forbids.
func (s *Service) CreateUser(ctx context.Context, by Actor, email, role string) (User, error) {
	if err := checkRole(role); err != nil {
		return User{}, err
	}
	email, err := cleanEmail(email)
	if err != nil {
		return User{}, err
	}
	u := User{ID: newGUID(), Tenant: by.Tenant, Email: email, Role: role, Created: s.now()}
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := allowOn(ctx, tx, by, role); err != nil {
			return err
		}
		return s.insertUser(ctx, tx, by, u, "")
	})
	if err != nil {
		return User{}, unavailable("create user", err)
	}
	return u, nil
}

// EnsureOwner is the account with this e-mail in the default tenant; it is made,
// as an owner without a password, when it is missing. For the operator, who is
// whoever can open the database.
func (s *Service) EnsureOwner(ctx context.Context, email string) (User, error) {
	tenant, err := s.DefaultTenant(ctx)
	if err != nil {
		return User{}, err
	}
	u, err := s.CreateUser(ctx, Actor{Tenant: tenant, Kind: "operator"}, email, RoleOwner)
	if e := fault.As(err); e != nil && e.Code == "user_exists" {
		return s.User(ctx, email)
	}
	return u, err
}

// User is the account with this e-mail, in any case; fault user_not_found.
func (s *Service) User(ctx context.Context, email string) (User, error) {
	u, err := scanUser(s.db.Read().QueryRowContext(ctx, `SELECT `+userColumns+` FROM "user" WHERE email_key = ?`, emailKey(email)))
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, noUser(email)
	}
	if err != nil {
		return User{}, unavailable("find user", err)
	}
	return u, nil
}

// UserByID is the tenant's user with this id; fault user_not_found.
func (s *Service) UserByID(ctx context.Context, tenant, id string) (User, error) {
	u, err := scanUser(s.db.Read().QueryRowContext(ctx, `SELECT `+userColumns+` FROM "user" WHERE id = ? AND tenant_id = ?`, id, tenant))
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, noUser(id)
	}
	if err != nil {
		return User{}, unavailable("find user", err)
	}
	return u, nil
}

// SetPassword gives the actor itself, or for the operator any user of the tenant,
// a password. All sessions and links of the user end: whoever changes a password
// means that others may have known the old. Faults: user_not_found,
// password_invalid, password_breached, role_forbids.
func (s *Service) SetPassword(ctx context.Context, by Actor, email, password string) error {
	password, err := s.newPassword(password)
	if err != nil {
		return err
	}
	hash, err := s.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	return s.changeUser(ctx, by, email, "user.set_password", func(tx *sql.Tx, u User) (string, error) {
		if by.Kind != "operator" && (by.Kind != "user" || emailKey(by.ID) != emailKey(u.Email)) {
			return "", Forbidden(by.Kind)
		}
		return "", s.replacePassword(ctx, tx, u, hash)
	})
}

func (s *Service) replacePassword(ctx context.Context, tx *sql.Tx, u User, hash string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE "user" SET password = ? WHERE id = ?`, hash, u.ID); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM user_session WHERE user_id = ?`, u.ID); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM user_challenge WHERE user_id = ?`, u.ID); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM user_link WHERE user_id = ?`, u.ID)
	return err
}

// SetRole gives a user of the actor's tenant another role; it counts at the next
// request of the user. Open invitations by the user end: they were made with other
// rights. Faults: user_not_found, role_invalid, role_forbids, last_owner.
func (s *Service) SetRole(ctx context.Context, by Actor, email, role string) error {
	if err := checkRole(role); err != nil {
		return err
	}
	return s.changeUser(ctx, by, email, "user.set_role", func(tx *sql.Tx, u User) (string, error) {
		if err := allowOn(ctx, tx, by, u.Role, role); err != nil {
			return "", err
		}
		if role != RoleOwner {
			if err := anotherOwner(ctx, tx, u); err != nil {
				return "", err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE "user" SET role = ? WHERE id = ?`, role, u.ID); err != nil {
			return "", err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM user_invitation WHERE invited_by = ?`, u.ID)
		return u.Role + " -> " + role, err
	})
}

// DeleteUser removes a user of the actor's tenant, with sessions, links and the
// invitations that the user made. Faults: user_not_found, role_forbids, last_owner.
func (s *Service) DeleteUser(ctx context.Context, by Actor, email string) error {
	return s.changeUser(ctx, by, email, "user.delete", func(tx *sql.Tx, u User) (string, error) {
		if err := allowOn(ctx, tx, by, u.Role); err != nil {
			return "", err
		}
		if err := anotherOwner(ctx, tx, u); err != nil {
			return "", err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM "user" WHERE id = ?`, u.ID)
		return u.Role + " -> none", err
	})
}

// anotherOwner refuses to lose the last owner; fault last_owner.
func anotherOwner(ctx context.Context, tx *sql.Tx, u User) error {
	if u.Role != RoleOwner {
		return nil
	}
	var owners int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM "user" WHERE tenant_id = ? AND role = ? AND id <> ?`, u.Tenant, RoleOwner, u.ID).Scan(&owners)
	if err == nil && owners == 0 {
		return &fault.Error{
			Code: "last_owner", Kind: fault.Conflict,
			Cause: u.Email + " is the only owner",
			Cure:  "make another owner first",
		}
	}
	return err
}

// changeUser runs fn on a user of the actor's tenant; its words are the audit's
// detail.
func (s *Service) changeUser(ctx context.Context, by Actor, email, action string, fn func(*sql.Tx, User) (string, error)) error {
	err := s.db.Tx(ctx, func(tx *sql.Tx) error {
		u, err := scanUser(tx.QueryRowContext(ctx, `SELECT `+userColumns+` FROM "user" WHERE email_key = ? AND tenant_id = ?`, emailKey(email), by.Tenant))
		if errors.Is(err, sql.ErrNoRows) {
			return noUser(email)
		}
		if err != nil {
			return err
		}
		detail, err := fn(tx, u)
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), by, action, u.Email, detail)
	})
	if err != nil {
		return unavailable(action, err)
	}
	return nil
}

// insertUser adds u; its e-mail is clean, its password a hash or empty.
func (s *Service) insertUser(ctx context.Context, tx *sql.Tx, by Actor, u User, password string) error {
	done, err := tx.ExecContext(ctx,
		`INSERT INTO "user" (id, tenant_id, email, email_key, password, role, created) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (email_key) DO NOTHING`,
		u.ID, u.Tenant, u.Email, emailKey(u.Email), password, u.Role, db.Millis(u.Created))
	if err != nil {
		return fmt.Errorf("insert user: %w", err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		return fmt.Errorf("insert user: %w", err)
	}
	if n == 0 {
		return userExists()
	}
	return audit.Record(ctx, tx, u.Created, by, "user.create", u.Email, "role "+u.Role)
}

func userExists() error {
	return &fault.Error{
		Code: "user_exists", Kind: fault.Conflict,
		Cause: "there is an account with this e-mail address already",
		Cure:  "sign in with it, or choose another address",
	}
}

// cleanEmail checks what can be checked without writing to it: RFC 5321 sets the
// length, everything else is the mail server's business.
func cleanEmail(email string) (string, error) {
	email = strings.TrimSpace(email)
	local, domain, ok := strings.Cut(email, "@")
	bad := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '@' }
	if !ok || local == "" || domain == "" || len(email) > 254 || !utf8.ValidString(email) ||
		strings.IndexFunc(local, bad) >= 0 || strings.IndexFunc(domain, bad) >= 0 {
		return "", &fault.Error{
			Code: "email_invalid", Kind: fault.Invalid,
			Cause: "this is not an e-mail address",
			Cure:  "write it as name@example.org",
		}
	}
	return email, nil
}

func emailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

func noUser(email string) error {
	return &fault.Error{
		Code: "user_not_found", Kind: fault.NotFound,
		Cause: fmt.Sprintf("there is no account with the e-mail address %q", email),
		Cure:  "check the spelling, or add the user first",
	}
}
