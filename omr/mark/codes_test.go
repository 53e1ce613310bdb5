package mark_test

import (
	"fmt"
	"image"
	"image/draw"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
)

// coded is a printed form with three codes.
func coded(t *testing.T) (*pattern.Pattern, *image.Gray) {
	t.Helper()
	var b strings.Builder
	for q := range 8 {
		fmt.Fprintf(&b, "#Question %d\n\t() Alpha () Beta () Gamma\n", q+1)
	}
	for _, k := range [][2]string{{"QR", "SL-2031-B"}, {"Code128", "M-0042-77"}, {"Code39Standard", "CODE-39A"}} {
		fmt.Fprintf(&b, "?barcode=%[1]s\n\tvalue=%[2]s\n\tbarcode_type=%[1]s\n\theight=110\n", k[0], k[1])
	}
	out, list := omr.Generate(t.Context(), omr.GenerateRequest{Markup: []byte(b.String()), Formats: []string{"png"}})
	if list.Failed() {
		t.Fatal(list)
	}
	p, _, err := omr.ReadPattern(out.Pattern.Data)
	if err != nil {
		t.Fatal(err)
	}
	page, err := imageio.Decode(out.Pages[0].Data, imageio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p, page.Gray
}

// placeOf is where a code is printed, its quiet zone with it.
func placeOf(p *pattern.Pattern, name string) image.Rectangle {
	for _, e := range p.Pages[0].Elements {
		if e.Name == name {
			b := e.Box.Grow(10)
			return image.Rect(int(b.X), int(b.Y), int(b.X+b.W), int(b.Y+b.H))
		}
	}
	return image.Rectangle{}
}

func codesOf(t *testing.T, p *pattern.Pattern, page *image.Gray, policy mark.Policy) map[string]mark.Answer {
	t.Helper()
	data, err := imageio.EncodePNG(page, 300)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := omr.Read(t.Context(), p, omr.Scan{Data: data}, omr.RecognizeOptions{Policy: policy})
	if got[0].Err != nil {
		t.Fatal(got[0].Err)
	}
	all := map[string]mark.Answer{}
	for _, a := range got[0].Answers {
		if a.Kind == mark.Code {
			all[a.Name] = a
		}
	}
	return all
}

// A code without a check is not as sure as one with.
func TestConfidenceOfCodes(t *testing.T) {
	p, page := coded(t)
	for _, tt := range []struct {
		policy mark.Policy
		name   string
		text   string
		doubt  mark.Doubt
	}{
		{mark.Normal, "QR", "SL-2031-B", ""},
		{mark.Normal, "Code39Standard", "CODE-39A", ""},
		{mark.Strict, "Code128", "M-0042-77", ""},
		{mark.Strict, "Code39Standard", "CODE-39A", mark.UnreadableCode},
	} {
		if a := codesOf(t, p, page, tt.policy)[tt.name]; a.Value != tt.text || a.Doubt != tt.doubt {
			t.Errorf("%s under %s = %q %g %q, want %q %q", tt.name, tt.policy, a.Value, a.Confidence, a.Doubt, tt.text, tt.doubt)
		}
	}
}

// A code that is missing from its place is nothing and in doubt: neither another
// field's code nor the page's identifier stands in for it. One that lies elsewhere
// is found, for a person to look at.
func TestCodesAstray(t *testing.T) {
	p, page := coded(t)
	blank := func(page *image.Gray, at image.Rectangle) { draw.Draw(page, at, image.White, image.Point{}, draw.Src) }
	copied := func() *image.Gray {
		c := image.NewGray(page.Rect)
		copy(c.Pix, page.Pix)
		return c
	}
	for _, name := range []string{"QR", "Code128", "Code39Standard"} {
		without := copied()
		blank(without, placeOf(p, name))
		for k, a := range codesOf(t, p, without, mark.Normal) {
			if want := k == name; (a.Doubt == mark.UnreadableCode) != want || (a.Value == "") != want {
				t.Errorf("without %s: %s = %q %q", name, k, a.Value, a.Doubt)
			}
		}
	}
	moved := copied()
	from := placeOf(p, "QR")
	to := image.Pt(page.Rect.Dx()-from.Dx()-250, page.Rect.Dy()-from.Dy()-500)
	blank(moved, from)
	draw.Draw(moved, image.Rectangle{Min: to, Max: to.Add(from.Size())}, page, from.Min, draw.Src)
	if a := codesOf(t, p, moved, mark.Normal)["QR"]; a.Value != "SL-2031-B" || a.Doubt != mark.UnreadableCode {
		t.Errorf("moved: %q %g %q, want it found and in doubt", a.Value, a.Confidence, a.Doubt)
	}
}
