package api

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/leafmark/leafmark/internal/api/connect"
	v1 "github.com/leafmark/leafmark/internal/api/v1"
	v5 "github.com/leafmark/leafmark/internal/api/v5"
	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/internal/token"
)

// Deps are the services behind the HTTP front and what an operator may choose.
// Zero members have the defaults of spec/api.md.
type Deps struct {
	Identity  *identity.Service
	Tokens    *token.Service
	Tasks     *task.Service
	Dashboard http.Handler // nil: none
	Logger    *slog.Logger

	TokenRate             float64       // successful token requests an application and second; 0: no limit
	CompatWait            time.Duration // how long a GET waits for an unfinished task
	CompatWarningsInError bool          // --compat-warnings=error
	Retention             time.Duration // as answers tell it; 0: 24 h
	Bodies                wire.BodyLimits
	Rates                 Rates
	Origins               []string // that browsers may call the API from
}

// NewHandler is the whole HTTP front of a node.
func NewHandler(d Deps) http.Handler {
	bodies := wire.NewBodies(d.Bodies)
	routes := v5.Routes(v5.Deps{
		Tasks: d.Tasks, Bodies: bodies, Wait: d.CompatWait,
		WarningsInError: d.CompatWarningsInError, Retention: d.Retention,
	})
	routes = append(routes, v1.Routes(v1.Deps{Tasks: d.Tasks})...)
	return NewRouter(RouterOptions{
		Verifier: d.Tokens, Bodies: bodies, Rates: d.Rates, Origins: d.Origins, Pages: d.Dashboard, Logger: d.Logger,
		Ready: func(ctx context.Context) error {
			_, err := d.Tasks.Load(ctx)
			return err
		},
		Tokens: connect.New(connect.Deps{
			Identity: d.Identity, Tokens: d.Tokens, TokenRate: d.TokenRate, Logger: d.Logger,
		}),
	}, routes)
}
