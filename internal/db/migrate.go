package db

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/leafmark/leafmark/omr/fault"
)

//go:embed migrations
var migrations embed.FS

// migrateAttempts bounds the retries of migrate. Another process can get in the
// way at most once a migration, and once for the version table.
const migrateAttempts = 10

// migrate applies what is missing. Two processes may do so at once: a migration
// and its row in the version table are one immediate transaction, and the table's
// versions are unique (0001), so whoever comes second fails as a whole and looks
// again.
func migrate(ctx context.Context, write *sql.DB) error {
	steps, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return failedMigration(err)
	}
	var last error
	for attempt := range migrateAttempts {
		if attempt > 0 {
			select {
			case <-ctx.Done():
				return failedMigration(fmt.Errorf("%w, after %w", ctx.Err(), last))
			case <-time.After(time.Duration(attempt) * 20 * time.Millisecond):
			}
		}
		provider, err := goose.NewProvider(goose.DialectSQLite3, write, steps, goose.WithDisableGlobalRegistry(true))
		if err != nil {
			return failedMigration(err)
		}
		if _, last = provider.Up(ctx); last == nil {
			return notNewer(ctx, provider)
		}
	}
	return failedMigration(last)
}

// migratePostgres applies what is missing; nodes that start at the same time
// wait for each other.
func migratePostgres(ctx context.Context, write *sql.DB) error {
	steps, err := fs.Sub(migrations, "migrations/postgres")
	if err != nil {
		return failedMigration(err)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(migrationLock), lock.WithLockTimeout(1, 60))
	if err != nil {
		return failedMigration(err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, write, steps,
		goose.WithDisableGlobalRegistry(true), goose.WithSessionLocker(locker))
	if err != nil {
		return failedMigration(err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return failedMigration(err)
	}
	return notNewer(ctx, provider)
}

// notNewer refuses a database that a later release has migrated: this one does
// not know what its rows mean.
func notNewer(ctx context.Context, provider *goose.Provider) error {
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return failedMigration(err)
	}
	if current > target {
		return &fault.Error{
			Code: "database_newer", Kind: fault.Conflict,
			Cause: fmt.Sprintf("the database has schema %d, this release knows %d at most", current, target),
			Cure:  "run the release that wrote it, or a later one",
		}
	}
	return nil
}

func failedMigration(err error) error {
	return &fault.Error{
		Code: "migration_failed", Kind: fault.Internal,
		Cause: "the database's schema could not be brought up to date; it is as it was before",
		Cure:  "check that the disk is not full and that the file is a Leafmark database, then start again",
		Err:   err,
	}
}
