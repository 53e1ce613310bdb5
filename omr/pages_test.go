package omr_test

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/internal/golden"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/render"
)

// pages are forms that show every kind of element: the worked pair of
// spec/markup.md 19 and four with what it has not.
var pages = []struct{ name, settings string }{
	{"pair", `{}`},
	{"exam", `{"paperSize":"Letter","bubbleColor":"Teal"}`},
	{"order", `{"paperSize":"Legal","orientation":"Horizontal","bubbleColor":"Crimson"}`},
	{"hebrew", `{"writingSystem":"Hebrew","nativeNumbers":true}`},
	{"scripts", `{"rotationMarkerPosition":"BottomLeft2","bubbleSize":"Large","pageMarginLeft":300}`},
}

// page makes one of the pages in some formats.
func page(t *testing.T, name, settings string, formats ...string) *omr.Generated {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("testdata/pages", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	crest, err := os.ReadFile("testdata/pages/crest.png")
	if err != nil {
		t.Fatal(err)
	}
	set, list := markup.ParseSettings([]byte(settings))
	if len(list) > 0 {
		t.Fatal(list)
	}
	made, list := omr.Generate(t.Context(), omr.GenerateRequest{
		Markup: source, Settings: set, Images: map[string][]byte{"crest.png": crest}, Formats: formats,
	})
	if list.Failed() {
		t.Fatalf("%s: %v", name, list)
	}
	return made
}

// TestGoldenPages is for the eye: what a page looks like changes only when
// somebody has looked at it.
func TestGoldenPages(t *testing.T) {
	for _, p := range pages {
		t.Run(p.name, func(t *testing.T) {
			made := page(t, p.name, p.settings, "svg")
			golden.Image(t, filepath.Join("testdata/pages", p.name+".png"), render.Raster(made.Document.Pages[0], 80))
		})
	}
}

// TestFormatsAgreeWithThePattern: where the pattern has a bubble or a marker, the
// printed page has it too, within 0.1 mm, in pixels and as two renderers that we
// did not write draw the vectors.
func TestFormatsAgreeWithThePattern(t *testing.T) {
	for _, p := range pages {
		t.Run(p.name, func(t *testing.T) {
			made := page(t, p.name, p.settings, "png", "pdf", "svg")
			want := made.Document.Pattern.Pages[0]
			for i, draw := range []func(*testing.T, []byte) *image.Gray{drawPNG, drawPDF, drawSVG} {
				compare(t, made.Pages[i].Type, draw(t, made.Pages[i].Data), &want)
			}
		})
	}
}

func drawPNG(t *testing.T, data []byte) *image.Gray {
	t.Helper()
	img, err := imageio.Decode(data, imageio.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return img.Gray
}

func drawPDF(t *testing.T, data []byte) *image.Gray {
	t.Helper()
	out := tool(t, data, "pdftoppm", "-r", "300", "-gray", "-singlefile")
	var w, h, most int
	if _, err := fmt.Sscanf(string(out[:32]), "P5\n%d %d\n%d\n", &w, &h, &most); err != nil {
		t.Fatal(err)
	}
	return &image.Gray{Pix: out[len(out)-w*h:], Stride: w, Rect: image.Rect(0, 0, w, h)}
}

func drawSVG(t *testing.T, data []byte) *image.Gray {
	t.Helper()
	return drawPNG(t, tool(t, data, "rsvg-convert", "--dpi-x", "300", "--dpi-y", "300"))
}

// tool is what a program says of data in a file.
func tool(t *testing.T, data []byte, name string, args ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd := exec.Command(name, append(args, path)...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%s: %v: %s", name, err, stderr.String())
	}
	return out
}

// compare looks for the outlines of all bubbles and markers of a page.
func compare(t *testing.T, format string, g *image.Gray, want *pattern.Page) {
	t.Helper()
	const tolerance = 0.1 / 25.4 * geom.PxPerInch
	n, worst := 0, 0.0
	check := func(what string, outline geom.PageRect, solid bool) {
		n++
		for side, off := range edges(g, outline, solid) {
			worst = max(worst, math.Abs(off))
			if !(math.Abs(off) < tolerance) {
				t.Errorf("%s: %s at %v: edge %d is %.2f px off", format, what, outline, side, off)
			}
		}
	}
	for _, m := range want.Markers {
		check("marker "+m.Name, m.Box, true)
	}
	for i := range want.Elements {
		e := &want.Elements[i]
		k := 0
		e.EachBubble(func(b *pattern.Bubble) bool {
			printed := e.Ours.PrintedOf(k)
			k++
			check(fmt.Sprintf("bubble %s of %s", b.Value, e.Name),
				geom.PageRect{X: b.Box.X + printed[0], Y: b.Box.Y + printed[1], W: printed[2], H: printed[3]}, false)
			return true
		})
	}
	if n < 8 {
		t.Errorf("%s: only %d places", format, n)
	}
	t.Logf("%s: %d places, off by %.2f px at most", format, n, worst)
}

// edges tells how far the four sides of a shape lie from where they should. A
// side of a solid shape is where half of the step from paper to ink is done, one
// of an outline the middle of its line; both are looked for within 3 px: rules may lie 4 px beside.
func edges(g *image.Gray, r geom.PageRect, solid bool) (off [4]float64) {
	const reach = 3
	cx, cy := r.X+r.W/2, r.Y+r.H/2
	for side, at := range [4]geom.PagePt{{X: r.X, Y: cy}, {X: r.X + r.W, Y: cy}, {X: cx, Y: r.Y}, {X: cx, Y: r.Y + r.H}} {
		inward := 1.0
		if side%2 == 1 {
			inward = -1
		}
		ink := func(d int) float64 { // at d px inward, the middle of three rows across
			sum := 0.0
			for across := -1; across <= 1; across++ {
				x, y := at.X+inward*float64(d), at.Y+float64(across)
				if side >= 2 {
					x, y = at.X+float64(across), at.Y+inward*float64(d)
				}
				sum += 1 - float64(g.GrayAt(int(math.Floor(x)), int(math.Floor(y))).Y)/255
			}
			return sum / 3
		}
		total, moment := 0.0, 0.0
		for d := -reach; d < reach; d++ {
			v := ink(d)
			total += v
			moment += v * (float64(d) + 0.5)
		}
		// ink(d) covers the px from d to d+1 inward, but those to the left and above
		// of a side that is looked at from the other end.
		shift := 0.0
		if inward < 0 {
			shift = -1
		}
		if solid {
			off[side] = float64(reach) - total + shift
			continue
		}
		off[side] = moment/total + shift
		if total == 0 {
			off[side] = math.Inf(1)
		}
	}
	return off
}
