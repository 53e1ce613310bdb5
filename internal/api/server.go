package api

import (
	"log/slog"
	"net/http"
	"time"
)

// NewServer is an http.Server for h that survives slow and greedy clients. It has
// no limit on a whole request or answer: bodies and answers have their own, which
// grow with their length.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		// Well above the router's own limit, whose answer is a problem in JSON;
		// past this net/http answers 431 itself.
		MaxHeaderBytes: 8 * maxHeader,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
