package identity

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/leafmark/leafmark/internal/audit"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/omr/fault"
)

// MaxOverlap is how long an old secret may work beside a new one at most.
const MaxOverlap = 72 * time.Hour

const (
	maxName        = 100  // characters
	maxDescription = 1000 // characters
)

// NewApplication is what a person says of an application.
type NewApplication struct {
	Name        string        // 1 to 100 characters
	Description string        // at most 1000
	StorageID   string        // its default storage; empty: the tenant's internal one
	Expires     time.Duration // after which the secret stops by itself; 0: never
}

// CreateApplication registers a program for the actor's tenant. The credentials
// work at once, in every process, and cannot be shown again. Faults:
// name_invalid, storage_not_found.
func (s *Service) CreateApplication(ctx context.Context, by Actor, in NewApplication) (Application, Credentials, error) {
	name, err := cleanName(in.Name, maxName)
	if err != nil {
		return Application{}, Credentials{}, err
	}
	description, err := cleanDescription(in.Description)
	if err != nil {
		return Application{}, Credentials{}, err
	}
	if err := checkExpiry(in.Expires); err != nil {
		return Application{}, Credentials{}, err
	}
	made := Credentials{ClientID: newGUID(), Secret: newSecret()}
	now := s.now()
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		storageID, err := storageOf(ctx, tx, by.Tenant, in.StorageID)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx,
			`INSERT INTO application (client_id, tenant_id, name, description, storage_id, created, version) VALUES (?, ?, ?, ?, ?, ?, 0)`,
			made.ClientID, by.Tenant, name, description, storageID, db.Millis(now))
		if err != nil {
			return fmt.Errorf("insert application: %w", err)
		}
		if err := s.insertSecret(ctx, tx, made, 1, now, in.Expires); err != nil {
			return err
		}
		return s.touch(ctx, tx, by, made.ClientID, "application.create", name)
	})
	if err != nil {
		return Application{}, Credentials{}, unavailable("create application", err)
	}
	s.changed(ctx)
	app, err := s.Application(ctx, by.Tenant, made.ClientID)
	return app, made, err
}

// Applications are the tenant's applications, oldest first.
func (s *Service) Applications(ctx context.Context, tenant string) ([]Application, error) {
	found, _, err := s.records(ctx, `application.tenant_id = ?`, tenant)
	if err != nil {
		return nil, unavailable("list applications", err)
	}
	apps := make([]Application, len(found))
	for i, r := range found {
		apps[i] = r.app
	}
	return apps, nil
}

// Application is one of the tenant's; fault application_not_found, also when it
// is another tenant's.
func (s *Service) Application(ctx context.Context, tenant, clientID string) (Application, error) {
	id, _ := CanonicalClientID(clientID)
	r, err := s.fetch(ctx, id)
	if err != nil {
		return Application{}, err
	}
	if r == nil || r.app.Tenant != tenant {
		return Application{}, noApplication()
	}
	return r.app, nil
}

// RenameApplication changes name and description, for people only; nothing else
// changes. Faults: application_not_found, name_invalid.
func (s *Service) RenameApplication(ctx context.Context, by Actor, clientID, name, description string) error {
	name, err := cleanName(name, maxName)
	if err != nil {
		return err
	}
	if description, err = cleanDescription(description); err != nil {
		return err
	}
	return s.change(ctx, by, clientID, "application.rename", name, func(tx *sql.Tx, id string) error {
		_, err := tx.ExecContext(ctx, `UPDATE application SET name = ?, description = ? WHERE client_id = ?`, name, description, id)
		return err
	})
}

// SetDefaultStorage gives the application another default storage of the same
// tenant. Faults: application_not_found, storage_not_found.
func (s *Service) SetDefaultStorage(ctx context.Context, by Actor, clientID, storageID string) error {
	return s.change(ctx, by, clientID, "application.set_storage", storageID, func(tx *sql.Tx, id string) error {
		storageID, err := storageOf(ctx, tx, by.Tenant, storageID)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE application SET storage_id = ? WHERE client_id = ?`, storageID, id)
		return err
	})
}

// RotateSecret makes a new secret. Older ones work on for overlap (0 to
// MaxOverlap), then they and the tokens got with them are refused; with 0 at once,
// those of an earlier overlap too. Faults: application_not_found, overlap_invalid.
func (s *Service) RotateSecret(ctx context.Context, by Actor, clientID string, overlap time.Duration) (Credentials, error) {
	return s.RotateExpiring(ctx, by, clientID, overlap, 0)
}

// RotateExpiring is RotateSecret with a secret that stops by itself after expires
// (0: never). Fault expiry_invalid too.
func (s *Service) RotateExpiring(ctx context.Context, by Actor, clientID string, overlap, expires time.Duration) (Credentials, error) {
	if err := checkExpiry(expires); err != nil {
		return Credentials{}, err
	}
	if overlap < 0 || overlap > MaxOverlap {
		return Credentials{}, &fault.Error{
			Code: "overlap_invalid", Kind: fault.Invalid,
			Cause: fmt.Sprintf("an overlap of %s was asked for", overlap),
			Cure:  fmt.Sprintf("choose one from 0 to %s", MaxOverlap),
		}
	}
	made := Credentials{Secret: newSecret()}
	now := s.now()
	err := s.change(ctx, by, clientID, "application.rotate_secret", "overlap "+overlap.String(), func(tx *sql.Tx, id string) error {
		made.ClientID = id
		var newest int
		if err := tx.QueryRowContext(ctx, `SELECT max(serial) FROM application_secret WHERE client_id = ?`, id).Scan(&newest); err != nil {
			return err
		}
		end := db.Millis(now.Add(overlap))
		// An overlap never prolongs an earlier one; what is over is forgotten.
		if _, err := tx.ExecContext(ctx, `UPDATE application_secret SET until = ? WHERE client_id = ? AND jwk = '' AND (until = 0 OR until > ?)`, end, id, end); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM application_secret WHERE client_id = ? AND until <> 0 AND until <= ?`, id, db.Millis(now)); err != nil {
			return err
		}
		return s.insertSecret(ctx, tx, made, newest+1, now, expires)
	})
	if err != nil {
		return Credentials{}, err
	}
	return made, nil
}

// DisableApplication refuses the application's credentials and tokens until it is
// enabled again; running tasks finish. Disabling twice is no fault.
func (s *Service) DisableApplication(ctx context.Context, by Actor, clientID string) error {
	return s.change(ctx, by, clientID, "application.disable", "", func(tx *sql.Tx, id string) error {
		_, err := tx.ExecContext(ctx, `UPDATE application SET disabled = ? WHERE client_id = ? AND disabled = 0`, db.Millis(s.now()), id)
		return err
	})
}

// EnableApplication takes a DisableApplication back. Tokens that have not expired
// work again; where they may have leaked, rotate the secret too.
func (s *Service) EnableApplication(ctx context.Context, by Actor, clientID string) error {
	return s.change(ctx, by, clientID, "application.enable", "", func(tx *sql.Tx, id string) error {
		_, err := tx.ExecContext(ctx, `UPDATE application SET disabled = 0 WHERE client_id = ?`, id)
		return err
	})
}

// DeleteApplication ends the application: credentials and tokens die at once, its
// storage and files stay.
func (s *Service) DeleteApplication(ctx context.Context, by Actor, clientID string) error {
	return s.change(ctx, by, clientID, "application.delete", "", func(tx *sql.Tx, id string) error {
		// The row stays, so that other processes learn that it is gone.
		if _, err := tx.ExecContext(ctx, `UPDATE application SET deleted = ?, storage_id = NULL WHERE client_id = ?`, db.Millis(s.now()), id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM application_secret WHERE client_id = ?`, id)
		return err
	})
}

// change runs fn on one of the actor's applications, with the audit and the change
// counter in one transaction.
func (s *Service) change(ctx context.Context, by Actor, clientID, action, detail string, fn func(tx *sql.Tx, id string) error) error {
	id, _ := CanonicalClientID(clientID)
	err := s.db.Tx(ctx, func(tx *sql.Tx) error {
		var one int
		err := tx.QueryRowContext(ctx, `SELECT 1 FROM application WHERE client_id = ? AND tenant_id = ? AND deleted = 0`, id, by.Tenant).Scan(&one)
		if errors.Is(err, sql.ErrNoRows) {
			return noApplication()
		}
		if err != nil {
			return err
		}
		if err := fn(tx, id); err != nil {
			return err
		}
		return s.touch(ctx, tx, by, id, action, detail)
	})
	if err != nil {
		return unavailable(action, err)
	}
	s.changed(ctx)
	return nil
}

// touch makes other processes see that the application changed, and records it.
// Writes are one at a time, so versions grow in the order of commits.
func (s *Service) touch(ctx context.Context, tx *sql.Tx, by Actor, clientID, action, detail string) error {
	var version int64
	if err := tx.QueryRowContext(ctx, `UPDATE application_change SET version = version + 1 RETURNING version`).Scan(&version); err != nil {
		return fmt.Errorf("count a change: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE application SET version = ? WHERE client_id = ?`, version, clientID); err != nil {
		return fmt.Errorf("count a change: %w", err)
	}
	return audit.Record(ctx, tx, s.now(), by, action, clientID, detail)
}

func (s *Service) insertSecret(ctx context.Context, tx *sql.Tx, c Credentials, serial int, now time.Time, expires time.Duration) error {
	mac := s.secretMAC(c.ClientID, c.Secret)
	var until time.Time
	if expires > 0 {
		until = now.Add(expires)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO application_secret (client_id, serial, mac, created, until) VALUES (?, ?, ?, ?, ?)`,
		c.ClientID, serial, mac[:], db.Millis(now), db.Millis(until))
	if err != nil {
		return fmt.Errorf("insert secret: %w", err)
	}
	return nil
}

// storageOf is the id of the tenant's storage asked for, or of its internal one.
func storageOf(ctx context.Context, tx *sql.Tx, tenant, id string) (string, error) {
	query, args := `SELECT id FROM storage WHERE tenant_id = ? AND id = ?`, []any{tenant, id}
	if id == "" {
		query, args = `SELECT id FROM storage WHERE tenant_id = ? AND kind = 'internal' ORDER BY created, id LIMIT 1`, []any{tenant}
	}
	err := tx.QueryRowContext(ctx, query, args...).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", &fault.Error{
			Code: "storage_not_found", Kind: fault.NotFound,
			Cause: "the default storage chosen for the application does not exist",
			Cure:  "choose one of the storages listed, or create it first",
		}
	}
	if err != nil {
		return "", fmt.Errorf("find storage: %w", err)
	}
	return id, nil
}

// checkExpiry refuses secrets that would stop before anybody could use them, or in
// a far future that is none.
func checkExpiry(expires time.Duration) error {
	if expires == 0 || expires >= time.Hour && expires <= 10*365*24*time.Hour {
		return nil
	}
	return &fault.Error{
		Code: "expiry_invalid", Kind: fault.Invalid,
		Cause: fmt.Sprintf("the secret would stop after %s", expires), Cure: "give from 1h to ten years, or 0 for never",
	}
}

func noApplication() error {
	return &fault.Error{
		Code: "application_not_found", Kind: fault.NotFound,
		Cause: "there is no application with this client id",
		Cure:  "look it up in the list of applications",
	}
}

func cleanName(name string, limit int) (string, error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n == 0 || n > limit || !printable(name, "") {
		return "", &fault.Error{
			Code: "name_invalid", Kind: fault.Invalid,
			Cause: fmt.Sprintf("the name has %d characters, or some that cannot be printed", n),
			Cure:  fmt.Sprintf("give it 1 to %d printable characters", limit),
		}
	}
	return name, nil
}

func cleanDescription(text string) (string, error) {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n > maxDescription || !printable(text, "\t\r\n") {
		return "", &fault.Error{
			Code: "name_invalid", Kind: fault.Invalid,
			Cause: fmt.Sprintf("the description has %d characters, or some that cannot be printed", n),
			Cure:  fmt.Sprintf("give it at most %d printable characters", maxDescription),
		}
	}
	return text, nil
}

func printable(text, also string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool {
		return unicode.IsControl(r) && !strings.ContainsRune(also, r)
	}) < 0
}
