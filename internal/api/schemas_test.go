package api_test

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/leafmark/leafmark/internal/api"
	formmarkup "github.com/leafmark/leafmark/omr/markup"
)

// The schema of forms is for everybody: no credentials, any origin, and who has
// it already is told so.
func TestSchemaOfForms(t *testing.T) {
	pages := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the dashboard was asked") })
	s := routes(api.RouterOptions{Pages: pages})
	w := s.get("GET", "/schemas/form.json", "Authorization", "")
	if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), formmarkup.JSONSchema()) {
		t.Fatalf("%d, %d bytes", w.Code, w.Body.Len())
	}
	for header, want := range map[string]string{
		"Content-Type":                "application/schema+json; charset=utf-8",
		"Cache-Control":               "public, max-age=3600",
		"Access-Control-Allow-Origin": "*",
		"X-Content-Type-Options":      "nosniff",
	} {
		if got := w.Header().Get(header); got != want {
			t.Errorf("%s: %q", header, got)
		}
	}
	tag := w.Header().Get("ETag")
	if w := s.get("GET", "/Schemas//Form.json/", "If-None-Match", tag); tag == "" || w.Code != 304 || w.Body.Len() != 0 {
		t.Errorf("with ETag %s: %d, %d bytes", tag, w.Code, w.Body.Len())
	}
	if w := s.get("HEAD", "/schemas/form.json"); w.Code != 200 || w.Body.Len() != 0 {
		t.Errorf("HEAD: %d, %d bytes", w.Code, w.Body.Len())
	}
	if w := s.get("PUT", "/schemas/form.json"); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("PUT: %d, %v", w.Code, w.Header())
	}
	if w := s.get("GET", "/schemas/other.json"); w.Code != 404 || members(t, w)["code"] != "not_found" {
		t.Errorf("no such schema: %d %s", w.Code, w.Body)
	}
}
