// Package servicetest starts the real things that tests talk to: a whole node,
// a browser. Missing software is a failure, not a skip.
package servicetest

import (
	"context"
	"log/slog"
	"testing"

	"github.com/leafmark/leafmark/internal/config"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/node"
)

// Server is a node that serves for the length of a test.
type Server struct {
	*node.Node
	t testing.TB
}

// Node starts a node on a fresh folder and a free loopback port; change may
// alter its configuration.
func Node(t testing.TB, change ...func(*config.Server)) *Server {
	t.Helper()
	cfg := config.Defaults()
	cfg.DataDir = t.TempDir()
	cfg.Listen = "127.0.0.1:0"
	for _, c := range change {
		c(&cfg)
	}
	ctx, cancel := context.WithCancel(context.Background())
	n, err := node.Open(ctx, cfg, slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		cancel()
		t.Fatalf("open node: %v", err)
	}
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("node ended with %v", err)
		}
		if err := n.Close(); err != nil {
			t.Errorf("close node: %v", err)
		}
	})
	return &Server{Node: n, t: t}
}

// Operator is who administers in tests.
func (s *Server) Operator() identity.Actor {
	s.t.Helper()
	tenant, err := s.Identity.DefaultTenant(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	return identity.Actor{Tenant: tenant, Kind: "operator", ID: "test"}
}

// App creates an application and returns its credentials.
func (s *Server) App(name string) identity.Credentials {
	s.t.Helper()
	_, c, err := s.Identity.CreateApplication(context.Background(), s.Operator(), identity.NewApplication{Name: name})
	if err != nil {
		s.t.Fatalf("create application: %v", err)
	}
	return c
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Logf("%s", p)
	return len(p), nil
}
