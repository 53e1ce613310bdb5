package connect

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
)

// failure is an error of RFC 6749 5.2.
type failure struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// refuse answers with err as spec/api.md 2.4 says; basic: the credentials came by
// HTTP Basic, whose refusal has a status and a challenge of its own.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error, basic bool) {
	if r.Context().Err() != nil {
		return // the client left; nobody reads an answer
	}
	e := fault.As(err)
	if e == nil {
		e = &fault.Error{Err: err}
	}
	switch e.Code {
	case "invalid_client":
		status := http.StatusBadRequest
		if basic {
			status = http.StatusUnauthorized
			w.Header().Set("WWW-Authenticate", `Basic realm="leafmark", charset="UTF-8"`)
		}
		writeError(w, status, e.Code, sentence(e.Cause))
	case "invalid_request", "unsupported_grant_type", "invalid_scope":
		writeError(w, http.StatusBadRequest, e.Code, sentence(e.Cause)+" "+sentence(e.Cure))
	case "too_large":
		writeError(w, http.StatusRequestEntityTooLarge, "invalid_request", sentence(e.Cause)+" "+sentence(e.Cure))
	case "too_many_requests":
		w.Header().Set("Retry-After", strconv.Itoa(int(lockWindow.Seconds())))
		writeError(w, http.StatusTooManyRequests, e.Code, sentence(e.Cause)+" "+sentence(e.Cure))
	default:
		h.deps.Logger.ErrorContext(r.Context(), "token service failed", slog.Any("error", err), slog.Any("reason", e.Err))
		w.Header().Set("Retry-After", "5")
		writeError(w, http.StatusServiceUnavailable, "temporarily_unavailable", "The token service is not able to answer now. Try again in a few seconds.")
	}
}

// sentence is s as error_description has it: a sentence in the characters that
// RFC 6749 5.2 allows, which are ASCII without quotes and backslashes.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r < ' ' || r > '~' || r == '\\':
			return '?'
		}
		return r
	}, s)
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

func writeError(w http.ResponseWriter, status int, code, description string) {
	writeJSON(w, status, failure{Error: code, Description: description})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic("connect: a struct of texts and numbers cannot be written: " + err.Error())
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that left is no fault
}
