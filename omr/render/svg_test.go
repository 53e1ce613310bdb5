package render_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/render"
	"github.com/leafmark/leafmark/omr/typeset"
)

func svg(t *testing.T, d *layout.Document, page int) []byte {
	t.Helper()
	data, err := render.SVG(d, page)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// drawnSVG is an SVG at 300 dpi as librsvg draws it.
func drawnSVG(t *testing.T, data []byte) *image.Gray {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.svg")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd := exec.Command("rsvg-convert", "--dpi-x", "300", "--dpi-y", "300", path)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("rsvg-convert (package librsvg2-bin): %v: %s", err, stderr.String())
	}
	img, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return imageio.ToGray(img)
}

// TestSVGGeometry: the same places as the picture, within 0.1 mm.
func TestSVGGeometry(t *testing.T) {
	s := everything()
	samePlaces(t, s, drawnSVG(t, svg(t, &layout.Document{Name: "form", Pages: []layout.Sheet{s}}, 0)))
}

// TestSVGPaper: the file is as large as its paper, a px is 1/300 inch on every
// paper, and Letter's, which is not a whole number of them, too.
func TestSVGPaper(t *testing.T) {
	for size, want := range map[image.Point]string{
		{2480, 3508}: `width="210mm" height="297mm" viewBox="0 0 2480.315 3507.874"`,
		{3295, 2551}: `width="279.4mm" height="215.9mm" viewBox="0 0 3300 2550"`,
		{300, 600}:   `width="25.4mm" height="50.8mm" viewBox="0 0 300 600"`,
	} {
		data := svg(t, &layout.Document{Pages: []layout.Sheet{{Width: size.X, Height: size.Y}}}, 0)
		if !bytes.Contains(data, []byte(want)) {
			t.Errorf("%v: no %s in %.300s", size, want, data)
		}
	}
}

// TestSVGText: well-formed whatever the text says, the text in it as it is, and
// nothing loaded from elsewhere.
func TestSVGText(t *testing.T) {
	body := typeset.Font{Family: "Segoe UI", Size: 50}
	texts := []string{`1 < 2 & "3" > 'x'`, "</text><script>alert(1)</script>", "שלום עולם", "नमस्ते", "日本語", "tab\tand \x01 control"}
	var s layout.Sheet
	s.Width, s.Height = 2480, 3508
	for i, text := range texts {
		s.Items = append(s.Items, line(text, 300, 400+float64(i)*120, body, black))
	}
	s.Items = append(s.Items, layout.Item{Picture: &layout.Picture{Box: geom.PageRect{X: 10, Y: 10, W: 60, H: 30}, Image: logo(), Name: `"><script>`}})
	d := &layout.Document{Name: "Form <&> „Ü“", Lang: "he", Pages: []layout.Sheet{{Width: 100, Height: 100}, s}}
	data := svg(t, d, 1)
	var said []string
	title := ""
	x := xml.NewDecoder(bytes.NewReader(data))
	for inside := ""; ; {
		token, err := x.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inside = token.Name.Local
			for _, a := range token.Attr {
				if a.Name.Local == "href" && !strings.HasPrefix(a.Value, "#") && !strings.HasPrefix(a.Value, "data:image/png;base64,") {
					t.Errorf("a reference to %.60s", a.Value)
				}
			}
			if slices.Contains([]string{"script", "foreignObject", "style", "a"}, inside) {
				t.Errorf("an element %s", inside)
			}
		case xml.EndElement:
			inside = ""
		case xml.CharData:
			switch inside {
			case "text":
				said = append(said, string(token))
			case "title":
				title += string(token)
			}
		}
	}
	texts[5] = "tab and  control"
	if !slices.Equal(said, texts) {
		t.Errorf("it says %q, want %q", said, texts)
	}
	if !strings.HasPrefix(title, d.Name) {
		t.Errorf("the title is %q", title)
	}
	if again := svg(t, d, 1); !bytes.Equal(data, again) {
		t.Error("the same page gives other bytes")
	}
}
