// Package api is the HTTP front of a node: it finds the route, checks who asks
// and how often, and hands over to the contract (connect, v5, v1) or the
// dashboard.
//
// In: requests. Out: answers; never a redirect on the compatible API. The order
// of checks is that of spec/api.md 1.9: route, method, credentials, rate; the
// contracts go on with content type, size, JSON and fields. What a refused
// request carries reaches no code behind this package.
package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/internal/telemetry"
	"github.com/leafmark/leafmark/omr/fault"
)

// maxHeader bounds the header block of a request, bytes (spec/api.md 1.8).
const maxHeader = 32 << 10

// Router answers the routes it was given and passes on what is not its own.
type Router struct {
	routes   *node
	verifier Verifier
	bodies   *wire.Bodies
	rates    *rates
	origins  []string
	tokens   http.Handler
	pages    http.Handler
	ready    func(context.Context) error
	log      *slog.Logger
}

// RouterOptions say what a Router does with requests.
type RouterOptions struct {
	Verifier Verifier                    // of access tokens
	Bodies   *wire.Bodies                // reads the bodies of requests that have no use for one
	Tokens   http.Handler                // token service: /connect, /oauth2, /.well-known; nil: 404
	Pages    http.Handler                // everything else, untouched; nil: 404
	Ready    func(context.Context) error // whether the services answer, for /readyz; nil: they do
	Rates    Rates
	Origins  []string // that browsers may call the API from; nil: none
	Logger   *slog.Logger
}

// NewRouter is a Router for routes.
func NewRouter(opt RouterOptions, routes []wire.Route) *Router {
	r := &Router{
		routes: &node{}, verifier: opt.Verifier, bodies: opt.Bodies, rates: newRates(opt.Rates),
		origins: opt.Origins, tokens: opt.Tokens, pages: opt.Pages, ready: opt.Ready, log: opt.Logger,
	}
	for _, route := range routes {
		r.routes.add(route)
	}
	return r
}

// ServeHTTP implements http.Handler.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	telemetry.Requests(rt.log, http.HandlerFunc(rt.serve)).ServeHTTP(w, r)
}

func (rt *Router) serve(w http.ResponseWriter, r *http.Request) {
	path := split(r.URL.Path)
	shape := shapeOf(path)
	defer rt.recover(w, r, shape)
	if headerSize(r) > maxHeader {
		w.Header().Set("Connection", "close")
		wire.WriteError(w, r, shape, &fault.Error{
			Code: wire.CodeHeaders, Kind: fault.TooLarge,
			Cause: fmt.Sprintf("the header block is larger than %d bytes", maxHeader), Cure: "send fewer or shorter headers",
		})
		return
	}
	at, params := rt.routes.find(path)
	switch {
	case at != nil:
		rt.serveNode(w, r, at, params)
	case rt.health(w, r, path):
	case rt.schema(w, r, path):
	case isTokenService(path) && rt.tokens != nil:
		telemetry.SetRoute(r.Context(), "/"+strings.ToLower(path[0]))
		rt.tokens.ServeHTTP(w, normal(r, path))
	case !isOurs(path) && rt.pages != nil:
		rt.pages.ServeHTTP(w, r)
	default:
		wire.WriteError(w, r, shape, &fault.Error{
			Code: wire.CodeNotFound, Kind: fault.NotFound,
			Cause: "there is no such route", Cure: "check the address",
		})
	}
}

// serveNode answers a request for a path that exists.
func (rt *Router) serveNode(w http.ResponseWriter, r *http.Request, at *node, params []param) {
	shape := at.routes[0].Shape
	w.Header().Set("Cache-Control", "no-store")
	if rt.allowOrigin(w, r, at) || r.Method == http.MethodOptions {
		w.Header().Set("Allow", at.allow()+", OPTIONS")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	route := at.route(r.Method)
	if route == nil {
		w.Header().Set("Allow", at.allow())
		wire.WriteError(w, r, shape, &fault.Error{
			Code: wire.CodeMethod, Kind: fault.Invalid,
			Cause: fmt.Sprintf("%.20s is not possible here", r.Method), Cure: "use " + at.allow(),
		})
		return
	}
	telemetry.SetRoute(r.Context(), route.Method+" "+route.Path)
	for _, p := range params {
		r.SetPathValue(p.name, p.value)
	}
	r, ok := rt.authenticate(w, r, route)
	if !ok {
		return
	}
	if err := rt.rates.allow(route, wire.CallerOf(r.Context()).ClientID); err != nil {
		wire.WriteError(w, r, shape, err)
		return
	}
	if route.Method != http.MethodPost && route.Method != http.MethodPut {
		if err := rt.bodies.Drain(w, r); err != nil {
			wire.WriteError(w, r, shape, err)
			return
		}
	}
	if err := route.Serve(w, r); err != nil {
		rt.logFault(r, err)
		wire.WriteError(w, r, shape, err)
	}
}

// logFault keeps for the operator what the client is not told.
func (rt *Router) logFault(r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // the client left
	}
	switch fault.KindOf(err) {
	case fault.Internal, fault.Unavailable:
		attrs := []any{"error", err}
		if e := fault.As(err); e != nil && e.Err != nil {
			attrs = append(attrs, "reason", e.Err)
		}
		rt.log.ErrorContext(r.Context(), "request failed", attrs...)
	default:
	}
}

// recover turns a panic into a 500. Where the answer has begun it breaks the
// connection instead, so that half an answer is not taken for a whole one.
func (rt *Router) recover(w http.ResponseWriter, r *http.Request, shape wire.Shape) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler { //nolint:errorlint // a panic value, compared as net/http does
		panic(p)
	}
	rt.log.ErrorContext(r.Context(), "request panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if telemetry.Started(w) {
		panic(http.ErrAbortHandler)
	}
	wire.WriteError(w, r, shape, &fault.Error{Code: wire.CodeInternal, Kind: fault.Internal})
}

// split is the path's segments, decoded once by net/url: empty ones and "." are
// dropped (spec/api.md 1.3), so that runs of "/" and a final "/" do not count.
func split(path string) []string {
	return slices.DeleteFunc(strings.Split(path, "/"), func(s string) bool { return s == "" || s == "." })
}

// normal is r with the path that the token service's routes have.
func normal(r *http.Request, path []string) *http.Request {
	u := *r.URL
	u.Path, u.RawPath = "/"+strings.ToLower(strings.Join(path, "/")), ""
	out := *r
	out.URL = &u
	return &out
}

func isTokenService(path []string) bool {
	return len(path) > 0 && slices.Contains([]string{"connect", "oauth2", ".well-known"}, strings.ToLower(path[0]))
}

// isOurs tells whether a path lies in the space of the APIs: there an unknown
// route is a problem in JSON, never a page.
func isOurs(path []string) bool {
	if len(path) == 0 {
		return false
	}
	first := strings.ToLower(path[0])
	if first == "api" || first == "schemas" || isTokenService(path) {
		return true
	}
	return len(first) > 1 && first[0] == 'v' && strings.Trim(first[1:], "0123456789.") == ""
}

func shapeOf(path []string) wire.Shape {
	if len(path) > 0 && (strings.EqualFold(path[0], "api") || strings.EqualFold(path[0], "schemas")) {
		return wire.Own
	}
	return wire.Compatible
}

func headerSize(r *http.Request) int {
	n := len(r.Method) + len(r.RequestURI)
	for name, values := range r.Header {
		for _, v := range values {
			n += len(name) + len(v) + len(": \r\n")
		}
	}
	return n
}
