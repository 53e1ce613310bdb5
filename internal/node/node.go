// Package node turns a configuration into a running node: database, services,
// workers, HTTP. serve, demo and the tests use it; nothing else wires.
//
// In: config.Server. Out: a Node whose services the caller may use, serving
// until it is closed. What was accepted before a Close or a crash is finished by
// the next node on the same data.
package node

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/leafmark/leafmark/internal/api"
	"github.com/leafmark/leafmark/internal/config"
	"github.com/leafmark/leafmark/internal/dashboard"
	"github.com/leafmark/leafmark/internal/db"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/seal"
	"github.com/leafmark/leafmark/internal/storage"
	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/internal/token"
	"github.com/leafmark/leafmark/internal/worker"
	"github.com/leafmark/leafmark/omr/imageio/pdfium"
	"github.com/leafmark/leafmark/omr/typeset"
)

// Services are an installation's services without anything listening: what the
// administration commands use, beside a running server or before any.
type Services struct {
	Config   config.Server
	DB       *db.DB
	Box      *seal.Box
	Identity *identity.Service
	Storage  *storage.Service

	breached *identity.Breached // nil: none
}

// OpenServices opens the data of an installation, making it when it is new.
func OpenServices(ctx context.Context, cfg config.Server) (*Services, error) {
	cfg, err := cfg.Resolved()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	box, err := seal.Load(cfg.MasterKeyFile)
	if err != nil {
		return nil, err
	}
	database, err := db.Open(ctx, cfg.DatabaseURL)
	if err != nil {
		return nil, err
	}
	var breached *identity.Breached
	if cfg.Breached != "" {
		if breached, err = identity.OpenBreached(cfg.Breached); err != nil {
			return nil, errors.Join(err, database.Close())
		}
	}
	people, err := identity.New(ctx, database, box, identity.Options{Breached: breached})
	if err != nil {
		if breached != nil {
			err = errors.Join(err, breached.Close())
		}
		return nil, errors.Join(err, database.Close())
	}
	return &Services{
		breached: breached,
		Config:   cfg,
		DB:       database,
		Box:      box,
		Identity: people,
		Storage:  storage.New(database, storage.Options{Dir: blobDir(cfg)}),
	}, nil
}

// Keys are the installation's signing keys, for commands that administer them.
func (s *Services) Keys(ctx context.Context) (*token.Keys, error) {
	opt, err := keyOptions(s.Config)
	if err != nil {
		return nil, err
	}
	return token.NewKeys(ctx, s.DB, s.Box, opt)
}

// keyOptions is how the configuration signs.
func keyOptions(cfg config.Server) (token.KeyOptions, error) {
	opt := token.KeyOptions{Alg: cfg.TokenAlg, Life: cfg.KeyLife, Publish: cfg.KeyPublish, Longest: cfg.TokenTTL}
	if cfg.TokenKeyFile == "" {
		return opt, nil
	}
	text, err := os.ReadFile(cfg.TokenKeyFile)
	if err != nil {
		return opt, fmt.Errorf("read the signing key: %w", err)
	}
	signer, err := token.ParseKey(text)
	opt.Signers = []crypto.Signer{signer}
	return opt, err
}

func blobDir(cfg config.Server) string {
	return filepath.Clean(strings.TrimPrefix(cfg.BlobURL, "file:"))
}

// Close lets go of the database.
func (s *Services) Close() error {
	s.Identity.Flush(context.Background()) // the last minute's uses of secrets
	return s.DB.Close()
}

// Node is a running node.
type Node struct {
	*Services
	Tokens *token.Service
	Tasks  *task.Service
	URL    string // http://HOST:PORT as listened on

	listener net.Listener
	server   *http.Server
	faces    *typeset.Faces // the embedded ones and those of Config.FontDir
	log      *slog.Logger
}

// Open opens the data and the listener; nothing is served before Run.
func Open(ctx context.Context, cfg config.Server, log *slog.Logger) (*Node, error) {
	s, err := OpenServices(ctx, cfg)
	if err != nil {
		return nil, err
	}
	n := &Node{Services: s, log: log}
	if err := n.wire(ctx); err != nil {
		if n.listener != nil {
			_ = n.listener.Close()
		}
		return nil, errors.Join(err, s.Close())
	}
	return n, nil
}

func (n *Node) wire(ctx context.Context) error {
	cfg := n.Config
	var lc net.ListenConfig
	var err error
	if n.listener, err = lc.Listen(ctx, "tcp", cfg.Listen); err != nil {
		return fmt.Errorf("listen on %s: %w", cfg.Listen, err)
	}
	n.URL = "http://" + n.listener.Addr().String()
	if cfg.Issuer = strings.TrimRight(cfg.Issuer, "/"); cfg.Issuer == "" {
		cfg.Issuer = n.URL
	}
	fonts, err := config.Fonts(cfg.FontDir)
	if err != nil {
		return err
	}
	if n.faces, err = typeset.Load(fonts); err != nil {
		return err
	}
	bucket, err := storage.NewFileBucket(filepath.Join(blobDir(cfg), "tasks"))
	if err != nil {
		return err
	}
	keys, err := keyOptions(cfg)
	if err != nil {
		return err
	}
	n.Tokens, err = token.New(ctx, n.DB, n.Box, n.Identity, token.Options{
		Issuer: cfg.Issuer, Audience: cfg.Audience, TTL: cfg.TokenTTL, Reuse: cfg.TokenReuse, Type: cfg.TokenType, Keys: keys,
	})
	if err != nil {
		return err
	}
	n.Tasks, err = task.New(n.DB, bucket, task.Options{
		Retention: cfg.Retention, SweepInterval: cfg.SweepInterval, Workers: cfg.Workers, Logger: n.log,
	})
	if err != nil {
		return err
	}
	pages, err := dashboard.New(dashboard.Deps{Identity: n.Identity, Storage: n.Storage, Sealer: n.Box, Logger: n.log})
	if err != nil {
		return err
	}
	handler := api.NewHandler(api.Deps{
		Identity: n.Identity, Tokens: n.Tokens, Tasks: n.Tasks, Dashboard: pages, Logger: n.log,
		TokenRate: cfg.TokenRate, CompatWait: cfg.CompatWait,
		CompatWarningsInError: cfg.CompatWarnings == "error", Retention: cfg.Retention,
	})
	n.server = api.NewServer(handler, n.log)
	return nil
}

// Run serves and works until ctx ends, then drains: requests under way are
// answered, tasks under way are finished or left for the next node.
func (n *Node) Run(ctx context.Context) error {
	drawn := pdfium.New(pdfium.Options{CacheDir: filepath.Join(n.Config.DataDir, "cache", "pdfium")})
	defer func() {
		if err := drawn.Close(); err != nil {
			n.log.ErrorContext(ctx, "PDF renderer not closed", "error", err)
		}
	}()
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return clean(n.Identity.Watch(gctx)) })
	g.Go(func() error {
		return clean(n.Tasks.Run(gctx, worker.Handler(worker.Options{
			Policy: n.Config.Policy, GridConcat: n.Config.CompatGrid == "concat", Faces: n.faces, PDF: drawn,
			NoHEIC: n.Config.RefuseHEIC,
		})))
	})
	g.Go(func() error { return n.sweepStorages(gctx) })
	g.Go(func() error { return n.rotateKeys(gctx) })
	g.Go(func() error {
		if err := n.server.Serve(n.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		<-gctx.Done()
		// The parent has ended: the drain needs time of its own.
		sctx, cancel := context.WithTimeout(context.WithoutCancel(gctx), 10*time.Second)
		defer cancel()
		if err := n.server.Shutdown(sctx); err != nil {
			return errors.Join(fmt.Errorf("drain: %w", err), n.server.Close())
		}
		return nil
	})
	return g.Wait()
}

// sweepStorages removes the files of storages that keep them for a day only. A
// failed sweep is logged and tried again at the next.
func (n *Node) sweepStorages(ctx context.Context) error {
	tick := time.NewTicker(max(n.Config.SweepInterval, time.Second))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := n.Storage.Sweep(ctx); err != nil && ctx.Err() == nil {
				n.log.ErrorContext(ctx, "storage sweep failed", "error", err)
			}
		}
	}
}

// rotateKeys lets signing keys follow each other. A failure is logged and tried
// again a minute later: there is an hour and more to spare.
func (n *Node) rotateKeys(ctx context.Context) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := n.Tokens.Keys().RotateDue(ctx); err != nil && ctx.Err() == nil {
				n.log.ErrorContext(ctx, "rotation of the signing key failed", "error", err)
			}
		}
	}
}

func clean(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// Close lets go of everything; Run must have returned or never been called.
func (n *Node) Close() error {
	if err := n.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return errors.Join(err, n.Services.Close())
	}
	return n.Services.Close()
}

// FirstAccountURL is the address at which the first person makes an account;
// empty when there is one already.
func (n *Node) FirstAccountURL(ctx context.Context) (string, error) {
	t, needed, err := n.Identity.FirstAccountToken(ctx)
	if err != nil || !needed {
		return "", err
	}
	return n.URL + "/setup/" + t, nil
}
