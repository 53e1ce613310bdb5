package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/leafmark/leafmark/internal/servicetest"
)

// curl runs the real program as the documentation shows it.
func curl(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "curl", append([]string{"--silent", "--show-error", "--fail-with-body", "--max-time", "60"}, args...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("curl %q: %v\n%s%s", args, err, &errs, &out)
	}
	return out.Bytes()
}

// Check 81: a token, then four calls, each with the documentation's headers and
// member names; the id goes into the next address as it came.
func TestCheck81Curl(t *testing.T) {
	s := servicetest.Node(t)
	app := s.App("curl")
	var token struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int    `json:"expires_in"`
	}
	out := curl(t, "-X", "POST", s.URL+"/connect/token",
		"-d", fmt.Sprintf("grant_type=client_credentials&client_id=%s&client_secret=%s", app.ClientID, app.Secret),
		"-H", "Content-Type: application/x-www-form-urlencoded", "-H", "Accept: application/json")
	if err := json.Unmarshal(out, &token); err != nil || token.TokenType != "Bearer" || token.ExpiresIn != 3600 {
		t.Fatalf("token: %s", out)
	}
	authorization := "Authorization: Bearer " + token.AccessToken
	// What is sent is a file: an argument cannot hold a photo.
	post := func(kind string, body object) string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "body.json")
		if err := os.WriteFile(file, body.json(t), 0o600); err != nil {
			t.Fatal(err)
		}
		id := curl(t, "-X", "POST", s.URL+postPath(kind), "-H", authorization,
			"-H", "Accept: text/plain", "-H", "Content-Type: application/json", "-d", "@"+file)
		if len(id) != 36 {
			t.Fatalf("id %q", id)
		}
		return string(id)
	}
	get := func(kind, id string) answer {
		t.Helper()
		for {
			out := curl(t, "-X", "GET", s.URL+getPath(kind, id), "-H", authorization, "-H", "Accept: text/plain")
			var a answer
			if err := json.Unmarshal(out, &a); err != nil {
				t.Fatalf("%v in %s", err, out)
			}
			switch a.ResponseStatusCode {
			case "NotReady":
			case "Ok":
				return a
			default:
				t.Fatalf("%s", out)
			}
		}
	}
	made := get(generateKind, post(generateKind, object{
		"MarkupFile": b64([]byte(poll)),
		"Images":     object{},
		"Settings": object{
			"FontFamily": "Segoe UI", "FontStyle": "Regular", "FontSize": 12, "PaperSize": "A4", "BubbleColor": "red",
			"PageMarginLeft": 210, "Orientation": "Vertical", "BubbleSize": "Normal", "OutputFormat": "Png",
		},
	}))
	if made.types() != "Png Omr" {
		t.Fatalf("results %q", made.types())
	}
	read := get(recognizeKind, post(recognizeKind, object{
		"Images": []string{made.Results[0].Data}, "OmrFile": made.Results[1].Data,
		"OutputFormat": "CSV", "RecognitionThreshold": 35,
	}))
	if got := string(read.file(t, 0)); read.types() != "Csv" || got != "Element Name,Value,\nBadge,\"\"\nQuestion1,\"\"\nQuestion2,\"\"\n" {
		t.Errorf("%q: %q", read.types(), got)
	}
}
