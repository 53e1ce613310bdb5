package storage

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/leafmark/leafmark/internal/audit"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/omr/fault"
)

// Kinds and modes of a Storage.
const (
	KindInternal = "internal" // files in the installation's own folder

	ModeKeep      = "keep"             // until deleted
	ModeDelete24h = "delete_after_24h" // files go a day after they were written
)

const (
	maxName         = 64         // characters, spec/api.md 7.3
	internalFolders = "internal" // below Options.Dir
)

// NewStorage is what a person says of a storage.
type NewStorage struct {
	Name string // 1 to 64 characters, unique a tenant without case
	Kind string // empty: KindInternal
	Mode string // empty: ModeKeep
}

// Options of a Service.
type Options struct {
	Dir string           // folder of the internal storages' files
	Now func() time.Time // nil: time.Now
}

// Service is the storages that users define.
type Service struct {
	db  *db.DB
	dir string
	now func() time.Time

	mu   sync.Mutex
	open map[string]Bucket // by storage id
}

// New is the Service on an open database.
func New(database *db.DB, opt Options) *Service {
	s := &Service{db: database, dir: opt.Dir, now: opt.Now, open: map[string]Bucket{}}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}

const selectStorage = `
	SELECT storage.id, storage.tenant_id, storage.name, storage.kind, storage.mode, storage.created,
	       (SELECT count(*) FROM application WHERE application.storage_id = storage.id)
	FROM storage WHERE storage.tenant_id = ? `

func scanStorage(row interface{ Scan(...any) error }) (Storage, error) {
	var x Storage
	var created int64
	err := row.Scan(&x.ID, &x.Tenant, &x.Name, &x.Kind, &x.Mode, &created, &x.Applications)
	x.Created = db.Time(created)
	return x, err
}

// Storages are the tenant's, oldest first.
func (s *Service) Storages(ctx context.Context, tenant string) ([]Storage, error) {
	rows, err := s.db.Read().QueryContext(ctx, selectStorage+`ORDER BY storage.created, storage.id`, tenant)
	if err != nil {
		return nil, unavailable("list storages", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	var all []Storage
	for rows.Next() {
		x, err := scanStorage(rows)
		if err != nil {
			return nil, unavailable("list storages", err)
		}
		all = append(all, x)
	}
	if err := rows.Err(); err != nil {
		return nil, unavailable("list storages", err)
	}
	return all, nil
}

// Default is the storage that is preselected for new applications: the tenant's
// oldest internal one.
func (s *Service) Default(ctx context.Context, tenant string) (Storage, error) {
	return s.one(ctx, selectStorage+`AND storage.kind = 'internal' ORDER BY storage.created, storage.id LIMIT 1`, tenant)
}

// Storage is one of the tenant's by its id; fault storage_not_found, also when it
// is another tenant's.
func (s *Service) Storage(ctx context.Context, tenant, id string) (Storage, error) {
	return s.one(ctx, selectStorage+`AND storage.id = ?`, tenant, id)
}

// ByName is one of the tenant's by its name, in any case; fault storage_not_found.
func (s *Service) ByName(ctx context.Context, tenant, name string) (Storage, error) {
	return s.one(ctx, selectStorage+`AND storage.name_key = ?`, tenant, nameKey(name))
}

func (s *Service) one(ctx context.Context, query string, args ...any) (Storage, error) {
	x, err := scanStorage(s.db.Read().QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return Storage{}, noStorage()
	}
	if err != nil {
		return Storage{}, unavailable("find storage", err)
	}
	return x, nil
}

// Create makes a storage for the actor's tenant, after a file was written, read,
// listed and deleted in it. Faults: name_invalid, storage_exists,
// storage_kind_unsupported, storage_mode_invalid.
func (s *Service) Create(ctx context.Context, by identity.Actor, in NewStorage) (Storage, error) {
	x := Storage{ID: newID(), Tenant: by.Tenant, Kind: in.Kind, Mode: in.Mode, Created: s.now()}
	if x.Kind == "" {
		x.Kind = KindInternal
	}
	if x.Mode == "" {
		x.Mode = ModeKeep
	}
	var err error
	if x.Name, err = cleanName(in.Name); err != nil {
		return Storage{}, err
	}
	if x.Kind != KindInternal {
		return Storage{}, &fault.Error{
			Code: "storage_kind_unsupported", Kind: fault.Unsupported,
			Cause: fmt.Sprintf("this build has no storages of the kind %q", x.Kind),
			Cure:  "choose " + KindInternal,
		}
	}
	if x.Mode != ModeKeep && x.Mode != ModeDelete24h {
		return Storage{}, &fault.Error{
			Code: "storage_mode_invalid", Kind: fault.Invalid,
			Cause: fmt.Sprintf("there is no storage mode %q", x.Mode),
			Cure:  "choose " + ModeKeep + " or " + ModeDelete24h,
		}
	}
	bucket, err := s.bucket(x.ID)
	if err != nil {
		return Storage{}, err
	}
	if err := try(ctx, bucket); err != nil {
		return Storage{}, err
	}
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx,
			`INSERT INTO storage (id, tenant_id, name, name_key, kind, mode, created) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, name_key) DO NOTHING`,
			x.ID, x.Tenant, x.Name, nameKey(x.Name), x.Kind, x.Mode, db.Millis(x.Created))
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		if n == 0 {
			return &fault.Error{
				Code: "storage_exists", Kind: fault.Conflict,
				Cause: fmt.Sprintf("there is a storage named %q already", x.Name),
				Cure:  "choose another name; capitals make no difference",
			}
		}
		return audit.Record(ctx, tx, s.now(), by, "storage.create", x.ID, x.Name)
	})
	if err != nil {
		return Storage{}, unavailable("create storage", err)
	}
	return x, nil
}

// Delete removes one of the actor's storages with its files. It is refused while
// the storage is some application's default, or the tenant's only internal one.
// Faults: storage_not_found, storage_in_use.
func (s *Service) Delete(ctx context.Context, by identity.Actor, id string) error {
	inUse := func(cause, cure string) error {
		return &fault.Error{Code: "storage_in_use", Kind: fault.Conflict, Cause: cause, Cure: cure}
	}
	err := s.db.Tx(ctx, func(tx *sql.Tx) error {
		x, err := scanStorage(tx.QueryRowContext(ctx, selectStorage+`AND storage.id = ?`, by.Tenant, id))
		if errors.Is(err, sql.ErrNoRows) {
			return noStorage()
		}
		if err != nil {
			return err
		}
		apps, err := applicationsOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(apps) > 0 {
			return inUse(fmt.Sprintf("%q is the default storage of %s", x.Name, strings.Join(apps, ", ")), "give these applications another one first")
		}
		var others int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM storage WHERE tenant_id = ? AND id <> ? AND kind = ?`, by.Tenant, id, KindInternal).Scan(&others); err != nil {
			return err
		}
		if others == 0 {
			return inUse(fmt.Sprintf("%q is the only internal storage", x.Name), "create another one first: new applications need it")
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM storage WHERE id = ?`, id); err != nil {
			return err
		}
		return audit.Record(ctx, tx, s.now(), by, "storage.delete", id, x.Name)
	})
	if err != nil {
		return unavailable("delete storage", err)
	}
	// The row first: a crash between leaves files that nobody can name, which
	// costs space; the other way round a storage would be listed that has lost some.
	bucket, err := s.bucket(id)
	if err != nil {
		return err
	}
	if err := deleteWhere(ctx, bucket, func(Object) bool { return true }); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, id)
	return nil
}

// applicationsOf are the names of the applications whose default storage it is.
func applicationsOf(ctx context.Context, tx *sql.Tx, id string) (names []string, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT name FROM application WHERE storage_id = ? ORDER BY created, client_id`, id)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// Sweep deletes the files that storages of the mode ModeDelete24h have had for a
// day. It goes on after a fault and returns the first.
func (s *Service) Sweep(ctx context.Context) error {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT id FROM storage WHERE mode = ?`, ModeDelete24h)
	if err != nil {
		return unavailable("list storages to sweep", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return unavailable("list storages to sweep", err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return unavailable("list storages to sweep", err)
	}
	end := s.now().Add(-24 * time.Hour)
	var first error
	for _, id := range ids {
		bucket, err := s.bucket(id)
		if err == nil {
			err = deleteWhere(ctx, bucket, func(o Object) bool { return !o.Modified.After(end) })
		}
		if err != nil && first == nil {
			first = err
		}
	}
	return first
}

func deleteWhere(ctx context.Context, b Bucket, due func(Object) bool) error {
	for o, err := range b.List(ctx, "") {
		if err != nil {
			return err
		}
		if !due(o) {
			continue
		}
		if err := b.Delete(ctx, o.Key); err != nil {
			return err
		}
	}
	return nil
}

// Bucket is where the files of one of the tenant's storages are; fault
// storage_not_found.
func (s *Service) Bucket(ctx context.Context, tenant, storageID string) (Bucket, error) {
	x, err := s.Storage(ctx, tenant, storageID)
	if err != nil {
		return nil, err
	}
	return s.bucket(x.ID)
}

// bucket opens an internal storage's folder, once.
func (s *Service) bucket(id string) (Bucket, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b, ok := s.open[id]; ok {
		return b, nil
	}
	b, err := NewFileBucket(filepath.Join(s.dir, internalFolders, id))
	if err != nil {
		return nil, err
	}
	s.open[id] = b
	return b, nil
}

func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func nameKey(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

func cleanName(name string) (string, error) {
	name = strings.TrimSpace(name)
	n := utf8.RuneCountInString(name)
	if n == 0 || n > maxName || !utf8.ValidString(name) || strings.IndexFunc(name, unicode.IsControl) >= 0 {
		return "", &fault.Error{
			Code: "name_invalid", Kind: fault.Invalid,
			Cause: fmt.Sprintf("the name has %d characters, or some that cannot be printed", n),
			Cure:  fmt.Sprintf("give it 1 to %d printable characters", maxName),
		}
	}
	return name, nil
}

func noStorage() error {
	return &fault.Error{
		Code: "storage_not_found", Kind: fault.NotFound,
		Cause: "there is no such storage",
		Cure:  "choose one of the storages of this account",
	}
}

func unavailable(doing string, err error) error {
	if fault.As(err) != nil {
		return err
	}
	return &fault.Error{
		Code: "storage_unavailable", Kind: fault.Unavailable,
		Cause: "the database does not answer",
		Cure:  "try again in a few seconds",
		Err:   fmt.Errorf("%s: %w", doing, err),
	}
}
