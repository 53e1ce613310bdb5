package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/leafmark/leafmark/omr/fault"
)

// writerLock is the advisory lock that every write transaction takes first: as on
// SQLite they come one after the other, on all nodes together. So ids grow in the
// order of commits, and a check made in a transaction holds until its end.
const writerLock = 0x4c656166 // "Leaf"

// migrationLock keeps nodes that start at the same time from migrating at once.
const migrationLock = writerLock + 1

func openPostgres(ctx context.Context, url string) (*DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, &fault.Error{
			Code: "database_url_invalid", Kind: fault.Invalid,
			// The parser's own words may hold the password.
			Cause: "the database URL cannot be understood",
			Cure:  "write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require",
		}
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "leafmark"
	}
	open := func(size int, parameters map[string]string) *sql.DB {
		c := config.Copy()
		for k, v := range parameters {
			c.RuntimeParams[k] = v
		}
		pool := sql.OpenDB(connector{stdlib.GetConnector(*c), &sync.Map{}})
		pool.SetMaxOpenConns(size)
		pool.SetMaxIdleConns(size)
		return pool
	}
	write := open(max(4, runtime.NumCPU()), nil)
	if err := write.PingContext(ctx); err != nil {
		_ = write.Close()
		return nil, &fault.Error{
			Code: "database_unavailable", Kind: fault.Unavailable,
			Cause: fmt.Sprintf("PostgreSQL at %s does not let us in", config.Host),
			Cure:  "check that it runs, and host, database, user and password in --database-url",
			Err:   err,
		}
	}
	if err := migratePostgres(ctx, write); err != nil {
		_ = write.Close() // the migration's fault says more
		return nil, err
	}
	read := open(max(4, 2*runtime.NumCPU()), map[string]string{"default_transaction_read_only": "on"})
	return &DB{read: read, write: write, postgres: true}, nil
}

// connector makes connections that take "?" for parameters, as the services' SQL
// is written.
type connector struct {
	driver.Connector
	numbered *sync.Map // query as written -> as PostgreSQL wants it
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	own, ok := inner.(*stdlib.Conn)
	if !ok {
		_ = inner.Close()
		return nil, fmt.Errorf("a connection of type %T", inner)
	}
	return conn{own, c.numbered}, nil
}

type conn struct {
	*stdlib.Conn
	numbered *sync.Map
}

func (c conn) Prepare(query string) (driver.Stmt, error) { return c.Conn.Prepare(c.number(query)) }

func (c conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	return c.Conn.PrepareContext(ctx, c.number(query))
}

func (c conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.Conn.ExecContext(ctx, c.number(query), args)
}

func (c conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.Conn.QueryContext(ctx, c.number(query), args)
}

// number turns each ? outside of quotes into $1, $2 …
func (c conn) number(query string) string {
	if !strings.Contains(query, "?") {
		return query
	}
	if known, ok := c.numbered.Load(query); ok {
		return known.(string) //nolint:forcetypeassert // stored below only
	}
	var b strings.Builder
	n := 0
	var quote rune
	for _, r := range query {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case r == '?':
			n++
			b.WriteString("$" + strconv.Itoa(n))
			continue
		}
		b.WriteRune(r)
	}
	c.numbered.Store(query, b.String())
	return b.String()
}
