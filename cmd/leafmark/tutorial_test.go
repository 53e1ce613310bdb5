package main

import (
	"bytes"
	"fmt"
	"image"
	_ "image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/synth"
)

// TestTutorial runs the blocks of the guide as a script: files are written, the
// commands run, and what they print must hold the lines shown below them.
func TestTutorial(t *testing.T) {
	for name, path := range map[string]string{
		"tutorial": "../../docs/guide/tutorial.md", "copies": "../../docs/guide/copies.md", "class": "../../examples/class/README.md",
	} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		script, err := scriptOf(string(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if name == "class" { // the files beside the text are what it is about
			for _, file := range []string{"exam.txt", "class.csv"} {
				data, err := os.ReadFile(filepath.Join(filepath.Dir(path), file))
				if err != nil {
					t.Fatal(err)
				}
				script = fmt.Appendf(script, "-- %s --\n%s", file, data)
			}
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name+".txtar"), script, 0o600); err != nil {
			t.Fatal(err)
		}
		testscript.Run(t, testscript.Params{
			Dir: dir, RequireExplicitExec: true,
			Cmds: map[string]func(*testscript.TestScript, bool, []string){"sheet": fillSheet},
		})
	}
}

var fence = regexp.MustCompile("(?ms)^```([a-z]+)([^\n]*)\n(.*?)^```$")

// scriptOf turns the fenced blocks of a guide into a script: file NAME, console
// (fails), sheet PAGE PATTERN TO, exists. Others are only shown.
func scriptOf(text string) ([]byte, error) {
	var script, files bytes.Buffer
	steps := 0
	for _, m := range fence.FindAllStringSubmatch(text, -1) {
		kind, args, body := m[1], strings.Fields(m[2]), m[3]
		switch kind {
		case "file":
			fmt.Fprintf(&files, "-- %s --\n%s", args[0], body)
		case "console":
			steps++
			stream := "stdout"
			run := "exec "
			if len(args) > 0 && args[0] == "fails" {
				stream, run = "stderr", "! exec "
			}
			for line := range strings.Lines(body) {
				line = strings.TrimSuffix(line, "\n")
				if command, ok := strings.CutPrefix(line, "$ "); ok {
					fmt.Fprintf(&script, "%s%s\n", run, command)
				} else {
					fmt.Fprintf(&script, "%s '%s'\n", stream, strings.ReplaceAll(regexp.QuoteMeta(line), "'", "''"))
				}
			}
		case "exists":
			fmt.Fprintf(&script, "exists %s\n", strings.Join(strings.Fields(body), " "))
		case "sheet":
			name := fmt.Sprintf("truth-%d.txt", steps)
			fmt.Fprintf(&files, "-- %s --\n%s", name, body)
			fmt.Fprintf(&script, "sheet %s %s\n", strings.Join(args, " "), name)
		}
	}
	if steps == 0 {
		return nil, fmt.Errorf("the guide runs nothing")
	}
	return append(script.Bytes(), files.Bytes()...), nil
}

// fillSheet fills a printed page with a simulated pen: PAGE PATTERN TO TRUTH.
func fillSheet(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: sheet PAGE PATTERN TO TRUTH")
	}
	p, _, err := pattern.Read([]byte(ts.ReadFile(args[1])))
	ts.Check(err)
	page, _, err := image.Decode(strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	truth := synth.Truth{}
	for line := range strings.Lines(ts.ReadFile(args[3])) {
		name, values, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			ts.Fatalf("truth %q: write NAME: VALUE, VALUE", line)
		}
		for _, v := range strings.Split(values, ",") {
			truth[name] = append(truth[name], strings.TrimSpace(v))
		}
	}
	png, err := imageio.EncodePNG(synth.Fill(page, p, truth, synth.BallpointBlue, 1), 300)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), png, 0o600))
}
