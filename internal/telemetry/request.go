package telemetry

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"time"
)

// record is what is known of a request under way; it lives in its context.
type record struct {
	id    string
	route string
	attrs []slog.Attr
}

type recordKey struct{}

// RequestID is the id of the request whose context ctx is, or "".
func RequestID(ctx context.Context) string {
	if r, ok := ctx.Value(recordKey{}).(*record); ok {
		return r.id
	}
	return ""
}

// SetRoute names the route that a request took, for its line in the log. Without
// it only the first segment of the path is written, since a path may carry a
// one-time token.
func SetRoute(ctx context.Context, route string) {
	if r, ok := ctx.Value(recordKey{}).(*record); ok {
		r.route = route
	}
}

// Note adds a member to the request's line in the log: a client id, a task id.
func Note(ctx context.Context, attrs ...slog.Attr) {
	if r, ok := ctx.Value(recordKey{}).(*record); ok {
		r.attrs = append(r.attrs, attrs...)
	}
}

// Requests gives every request an id (the client's X-Request-Id when it matches
// [A-Za-z0-9._-]{1,128}, else a new one; spec/api.md 1.7), answers with it, and
// logs one line a request when it is over: at debug level below 400, info below
// 500, error from there.
func Requests(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		rec := &record{id: r.Header.Get("X-Request-Id"), route: firstSegment(r.URL.Path)}
		if !usable(rec.id) {
			rec.id = newID()
		}
		w.Header().Set("X-Request-Id", rec.id)
		ctx := context.WithValue(r.Context(), recordKey{}, rec)
		out := &writer{ResponseWriter: w}
		defer func() {
			level := slog.LevelDebug
			switch {
			case out.status >= 500:
				level = slog.LevelError
			case out.status >= 400:
				level = slog.LevelInfo
			}
			if !log.Enabled(ctx, level) {
				return
			}
			attrs := append([]slog.Attr{
				slog.String("method", r.Method), slog.String("route", rec.route),
				slog.Int("status", out.status), slog.Int64("bytes", out.bytes),
				slog.Duration("took", time.Since(start).Round(time.Microsecond)),
			}, rec.attrs...)
			log.LogAttrs(ctx, level, "request", attrs...)
		}()
		next.ServeHTTP(out, r.WithContext(ctx))
	})
}

func usable(id string) bool {
	if id == "" || len(id) > 128 {
		return false
	}
	for _, c := range []byte(id) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (c < '0' || c > '9') && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

func newID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand
	return hex.EncodeToString(b[:])
}

func firstSegment(path string) string {
	for i := 1; i < len(path); i++ {
		if path[i] == '/' {
			return path[:i] + "/…"
		}
	}
	return path
}

// writer notes status and length; http.ResponseController sees through it.
type writer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader implements http.ResponseWriter.
func (w *writer) WriteHeader(status int) {
	// Informational answers come before the real one.
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *writer) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Started tells whether w, a writer made by Requests, has sent its status: after
// that a fault can only be shown by breaking the connection.
func Started(w http.ResponseWriter) bool {
	out, ok := w.(*writer)
	return ok && out.status != 0
}
