// Package wire is what our HTTP contracts share: a route and what it demands,
// the caller, bodies in, answers and problems out.
//
// In: requests as net/http gives them. Out: routes for the router of package
// api, bytes within limits, answers with exact lengths, problems (RFC 9457,
// spec/api.md 1.9). The contracts themselves are connect, v5 and v1.
package wire

import (
	"context"
	"net/http"

	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/internal/token"
)

// Route is one method on one path. The router checks route, method, credentials,
// scope and rate before Serve runs (spec/api.md 1.9, order of checks).
type Route struct {
	Method string
	// Path in lower case; {name} stands for one segment, {name...} at the end for
	// all that are left, empty included. Serve finds them with PathValue.
	Path  string
	Scope string // that the token must have
	Shape Shape  // of this route's problems
	// Poll marks the question for a task, which clients repeat: it has a rate of
	// its own.
	Poll bool
	// Serve answers; a returned fault becomes a problem and nothing may have been
	// written before.
	Serve func(http.ResponseWriter, *http.Request) error
}

// Shape is which members a problem has.
type Shape uint8

const (
	// Compatible problems carry the member error that old clients read (spec/api.md 5.4).
	Compatible Shape = iota
	// Own problems are plain RFC 9457 with our code and cure.
	Own
)

type callerKey struct{}

// WithCaller is ctx with who is asking.
func WithCaller(ctx context.Context, c token.Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerOf is who is asking. It panics where no router checked the credentials:
// going on without an owner would show tasks to strangers.
func CallerOf(ctx context.Context) token.Caller {
	c, ok := ctx.Value(callerKey{}).(token.Caller)
	if !ok {
		panic("wire: a route that needs a caller was served without the router")
	}
	return c
}

// OwnerOf is the application whose tasks the caller may see.
func OwnerOf(ctx context.Context) task.Owner {
	c := CallerOf(ctx)
	return task.Owner{Tenant: c.Tenant, ClientID: c.ClientID}
}
