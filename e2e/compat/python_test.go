// Package compat runs clients that nobody here wrote, unmodified, against a real
// server. They are fetched when the test runs, and never committed.
package compat

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/internal/servicetest"
	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/synth"
)

// The package of the Python registry, and what it imports without saying so
// (its list of requirements names an unrelated package).
const pythonClient = "aspose-omr-cloud==23.1.0"

var pythonImports = []string{"urllib3", "six", "certifi", "python-dateutil"}

const form = `?text=Rowing club poll
	font_size=18
?empty_line=
#How often do you row?
	() Daily () Weekly
#Which boats do you use?
	() Single () Double () Four
?empty_line=
?grid=Badge
	sections_count=4
?answer_sheet=Quiz
	elements_count=12
	columns_count=3
`

// python makes an environment with the client and returns a function that runs
// a step of testdata/flow.py in it.
func python(t *testing.T) func(args ...string) (string, error) {
	t.Helper()
	env := filepath.Join(t.TempDir(), "python")
	bin := filepath.Join(env, "bin", "python")
	for _, args := range [][]string{
		{"python3", "-m", "venv", env},
		append([]string{bin, "-m", "pip", "install", "-q", "--disable-pip-version-check", "setuptools", "wheel"}, pythonImports...),
		{bin, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", pythonClient},
	} {
		out, err := exec.CommandContext(t.Context(), args[0], args[1:]...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	return func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), bin, append([]string{"testdata/flow.py"}, args...)...)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		return out.String(), err
	}
}

// Spec check 77: the published Python client generates, saves, recognises, saves.
func TestCheck77PublishedPythonClient(t *testing.T) {
	run := python(t)
	server := servicetest.Node(t)
	c := server.App("python")
	dir := t.TempDir()
	write(t, dir, "form.txt", []byte(form))
	step := func(secret, name string) string {
		t.Helper()
		// With the final slash, as the client's own configuration file has it:
		// the client then asks for a path with a double slash.
		out, err := run(server.URL+"/v5.0/omr/", server.URL+"/connect/token", c.ClientID, secret, dir, name)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		return out
	}

	step(string(c.Secret), "generate")
	p, _, err := omr.ReadPattern(read(t, dir, "form.omr"))
	if err != nil {
		t.Fatal(err)
	}
	page, err := imageio.Decode(read(t, dir, "form.png"), imageio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	truth := synth.DrawTruth(p, 77)
	photo, quality := synth.Photo(synth.Fill(page.Gray, p, truth, synth.BallpointBlue, 77), synth.PhoneEffects(77), 77)
	jpeg, err := imageio.EncodeJPEG(photo, quality, 0)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "photo.jpg", jpeg)

	step(string(c.Secret), "recognize")
	csv := string(read(t, dir, "form.csv"))
	head, body, _ := strings.Cut(csv, "\n")
	if head != "Element Name,Value," {
		t.Errorf("first line %q", head)
	}
	want := synth.Expected(p, truth)
	for _, line := range strings.Split(strings.TrimSuffix(body, "\n"), "\n") {
		name, value, _ := strings.Cut(line, ",")
		if value = strings.Trim(value, `"`); value != want[name] {
			t.Errorf("%s = %q, the pen wrote %q", name, value, want[name])
		}
		delete(want, name)
	}
	if len(want) != 0 {
		t.Errorf("rows missing: %v", want)
	}

	step(string(c.Secret), "cancel")
	if out := step("lm_wrong", "refused"); !strings.Contains(out, "Exception") {
		t.Errorf("a wrong secret gave %q", out)
	}
}

func write(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
