package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestHEIC reads a simulated photo of a filled form as a telephone saves it.
func TestHEIC(t *testing.T) {
	photo, err := os.ReadFile("../../omr/imageio/testdata/quiz.heic")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/heic", RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			return os.WriteFile(filepath.Join(env.WorkDir, "quiz.heic"), photo, 0o600)
		},
	})
}
