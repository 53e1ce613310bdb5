package typeset_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/typeset"
)

// ttf is the file of an embedded face, as an operator would drop it.
func ttf(t testing.TB, name string) []byte {
	t.Helper()
	f := typeset.Default()
	for id := range f.Count() {
		if f.Name(typeset.FaceID(id)) == name {
			return f.File(typeset.FaceID(id))
		}
	}
	t.Fatalf("no face %s", name)
	return nil
}

// renamed is a font with another family name of the same length.
func renamed(t testing.TB, data []byte, from, to string) []byte {
	t.Helper()
	if len(from) != len(to) {
		t.Fatalf("%q and %q differ in length", from, to)
	}
	wide := func(s string) []byte {
		var out []byte
		for _, c := range []byte(s) {
			out = append(out, 0, c)
		}
		return out
	}
	out := bytes.ReplaceAll(data, wide(from), wide(to))
	if bytes.Equal(out, data) {
		t.Fatalf("the font does not call itself %q", from)
	}
	return bytes.ReplaceAll(out, []byte(from), []byte(to))
}

// TestLoad: an operator's families win over embedded ones, in their nearest style.
func TestLoad(t *testing.T) {
	regular, bold := ttf(t, "Carlito-Regular"), ttf(t, "Carlito-Bold")
	f, err := typeset.Load(map[string][]byte{
		"papyrus.ttf":      renamed(t, regular, "Carlito", "Papyrus"),
		"papyrus-bold.ttf": renamed(t, bold, "Carlito", "Papyrus"),
		"georgia.ttf":      renamed(t, ttf(t, "Caladea-Italic"), "Caladea", "GEORGIA"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		font typeset.Font
		want string
	}{
		{typeset.Font{Family: "papyrus"}, "Papyrus"},
		{typeset.Font{Family: "Papyrus ", Bold: true}, "Papyrus-Bold"},
		{typeset.Font{Family: "Papyrus", Bold: true, Italic: true}, "Papyrus-Bold"},
		{typeset.Font{Family: "Papyrus", Italic: true}, "Papyrus"},
		{typeset.Font{Family: "Georgia"}, "GEORGIA-Italic"},
		{typeset.Font{Family: "Arial", Bold: true}, "LiberationSans-Bold"},
	} {
		id, substituted, known := f.Resolve(c.font)
		if f.Name(id) != c.want || substituted || !known {
			t.Errorf("%+v is %s (substituted %v, known %v), want %s", c.font, f.Name(id), substituted, known, c.want)
		}
	}
	papyrus := typeset.Font{Family: "Papyrus", Size: 50}
	if a, b := f.Width("Hello", papyrus), typeset.Default().Width("Hello", typeset.Font{Family: "Calibri", Size: 50}); a != b || a == 0 {
		t.Errorf("the same outlines are %v and %v px wide", a, b)
	}
	id, _, _ := f.Resolve(papyrus)
	if l := f.Lines("H", papyrus, 0)[0]; l.Runs[0].Face != id || len(f.Outline(id, l.Runs[0].Glyphs[0].ID)) == 0 {
		t.Errorf("the text is not set in the operator's face: %+v", l.Runs)
	}
	if m := f.Missing("שלום", papyrus); m != nil {
		t.Errorf("the embedded fonts no longer help out: %q", string(m))
	}
	if typeset.Default().Digest() != "" || len(f.Digest()) != 64 {
		t.Errorf("digests %q, %q", typeset.Default().Digest(), f.Digest())
	}
	again, err := typeset.Load(map[string][]byte{"papyrus.ttf": renamed(t, regular, "Carlito", "Papyrus")})
	if err != nil || again.Digest() == f.Digest() {
		t.Errorf("other fonts have the digest %q, %v", again.Digest(), err)
	}
	if none, err := typeset.Load(nil); err != nil || none.Digest() != "" {
		t.Errorf("no fonts: %v", err)
	}
}

// TestLoadRefuses names the file, what is wrong with it and what to do.
func TestLoadRefuses(t *testing.T) {
	font := ttf(t, "NotoSansHebrew-Regular")
	head := func(magic string) []byte { return append([]byte(magic), font[4:]...) }
	for _, c := range []struct {
		name  string
		files map[string][]byte
		code  string
		says  string
	}{
		{"text", map[string][]byte{"a.ttf": []byte("hello")}, "font_unreadable", "a.ttf"},
		{"empty", map[string][]byte{"a.ttf": nil}, "font_unreadable", "a.ttf"},
		{"cut off", map[string][]byte{"a.ttf": font[:len(font)/2]}, "font_unreadable", "damaged"},
		{"collection", map[string][]byte{"a.ttc": head("ttcf")}, "font_unsupported", "collection"},
		{"PostScript outlines", map[string][]byte{"a.otf": head("OTTO")}, "font_unsupported", "PostScript"},
		{"web font", map[string][]byte{"a.woff2": head("wOF2")}, "font_unsupported", "web font"},
		{"variable", map[string][]byte{"a.ttf": bytes.Replace(font, []byte("gasp"), []byte("fvar"), 1)}, "font_unsupported", "variable"},
		{"no outlines", map[string][]byte{"a.ttf": bytes.Replace(font, []byte("glyf"), []byte("gl_f"), 1)}, "font_unreadable", "glyf"},
		{"twice", map[string][]byte{"a.ttf": font, "b.ttf": append(slices.Clone(font), 0)}, "font_ambiguous", "a.ttf"},
	} {
		f, err := typeset.Load(c.files)
		e := fault.As(err)
		if f != nil || e == nil || e.Code != c.code || !strings.Contains(e.Cause, c.says) || e.Cure == "" || e.Where.File == "" {
			t.Errorf("%s: %+v, want %s saying %q", c.name, err, c.code, c.says)
		}
	}
	if _, err := typeset.Load(map[string][]byte{"a.ttf": font, "copy of a.ttf": font}); err != nil {
		t.Errorf("the same file twice: %v", err)
	}
}

// FuzzLoad: no file makes loading or setting panic.
func FuzzLoad(f *testing.F) {
	font := ttf(f, "NotoSansHebrew-Regular")
	f.Add(0, byte(0), len(font))
	f.Add(100, byte(255), len(font))
	f.Add(5000, byte(7), 20000)
	f.Fuzz(func(t *testing.T, at int, with byte, length int) {
		data := slices.Clone(font)
		if at < 0 || at >= len(data) || length < 0 || length > len(data) {
			return
		}
		data[at] ^= with
		faces, err := typeset.Load(map[string][]byte{"f.ttf": data[:length]})
		if err != nil {
			if fault.As(err) == nil {
				t.Errorf("no fault: %v", err)
			}
			return
		}
		faces.Ink(faces.Lines("שלום", typeset.Font{Family: "Noto Sans Hebrew", Size: 50}, 0)[0])
	})
}
