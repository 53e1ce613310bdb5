package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/internal/config"
	"github.com/leafmark/leafmark/omr/fault"
)

func TestFonts(t *testing.T) {
	if f, err := config.Fonts(""); f != nil || err != nil {
		t.Errorf("no folder: %v %v", f, err)
	}
	dir := t.TempDir()
	write := func(name string, data []byte) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(code, says string) {
		t.Helper()
		_, err := config.Fonts(dir)
		if f := fault.As(err); f == nil || f.Code != code || !strings.Contains(f.Cause, says) || f.Cure == "" {
			t.Errorf("%v, want %s about %q", err, code, says)
		}
	}
	refused("config_invalid", "no font")
	write("README.txt", []byte("not a font"))
	refused("config_invalid", "no font")
	write("carlito/Regular.TTF", []byte("a font"))
	write("b.otf", []byte("another"))
	files, err := config.Fonts(dir)
	if err != nil || len(files) != 2 || string(files[filepath.Join(dir, "carlito", "Regular.TTF")]) != "a font" {
		t.Fatalf("%v %v", files, err)
	}
	if _, err := config.Fonts(filepath.Join(dir, "none")); fault.As(err) == nil {
		t.Errorf("a folder that is not there: %v", err)
	}
}
