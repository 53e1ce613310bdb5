// Package telemetry is how a node tells its operator what it does: the log and
// the line a request leaves in it.
//
// In: a writer and a level; requests. Out: slog records whose text is constant
// and whose members are ids and counts. Secrets never reach the log: query
// strings and headers are not written, paths that carry one-time tokens are cut
// to their route, members with telling names are masked.
package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
)

// New is a logger that writes text lines to w; level is one of debug, info,
// warn, error (any case, empty: info). Fault config_invalid for another word.
// Records made with the context of a request carry its id as "request".
func New(w io.Writer, level string) (*slog.Logger, error) {
	var l slog.Level
	if level != "" {
		if err := l.UnmarshalText([]byte(level)); err != nil {
			return nil, &fault.Error{
				Code: "config_invalid", Kind: fault.Invalid,
				Cause: fmt.Sprintf("%q is not a log level", level), Cure: "use debug, info, warn or error", Err: err,
			}
		}
	}
	text := slog.NewTextHandler(w, &slog.HandlerOptions{Level: l, ReplaceAttr: mask})
	return slog.New(handler{text}), nil
}

// mask hides members whose name says that they are secret. It is the second
// line: code does not log secrets, and Secret types hide themselves.
func mask(_ []string, a slog.Attr) slog.Attr {
	key := strings.ToLower(a.Key)
	for _, word := range []string{"secret", "password", "authorization", "cookie", "access_token"} {
		if strings.Contains(key, word) {
			return slog.String(a.Key, "(hidden)")
		}
	}
	return a
}

// handler adds the request's id to every record made in its context.
type handler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	if id := RequestID(ctx); id != "" {
		r.AddAttrs(slog.String("request", id))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h handler) WithAttrs(a []slog.Attr) slog.Handler { return handler{h.Handler.WithAttrs(a)} }

// WithGroup implements slog.Handler.
func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }
