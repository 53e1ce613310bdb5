package handbook

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/render"
	"github.com/leafmark/leafmark/omr/synth"
)

// DPI is the resolution of the pictures in the handbook.
const DPI = 90

// scanDPI is the resolution at which the filled examples are read.
const scanDPI = 200

// shown is an example as printed and as read.
type shown struct {
	picture image.Image
	rows    [][2]string
}

// show prints an example, and fills and reads it where it has answers.
func show(source string) (shown, error) {
	made, list := omr.Generate(context.Background(), omr.GenerateRequest{
		Markup: []byte(source), Images: map[string][]byte{"crest.png": crest()}, Formats: []string{"png"}, DPI: DPI,
	})
	if made == nil {
		return shown{}, list
	}
	out := shown{picture: picture(made.Document)}
	p, _, err := pattern.Read(made.Pattern.Data)
	if err != nil {
		return out, err
	}
	truth := synth.DrawTruth(p, seed(p))
	var readings []*omr.Reading
	answers := false
	for i := range p.Pages {
		for j := range p.Pages[i].Elements {
			answers = answers || p.Pages[i].Elements[j].Type != pattern.ClipArea
		}
		sheet := synth.FillPage(render.Gray(made.Document.Pages[i], scanDPI), &p.Pages[i], truth, synth.BallpointBlack, uint64(i+1))
		data, err := imageio.EncodePNG(sheet, scanDPI)
		if err != nil {
			return out, err
		}
		got, _ := omr.Read(context.Background(), p, omr.Scan{Data: data}, omr.RecognizeOptions{})
		readings = append(readings, got...)
	}
	if !answers {
		return out, nil
	}
	for _, sheet := range omr.Sheets(p, readings, omr.RecognizeOptions{}) {
		if sheet.Err != nil {
			return out, sheet.Err
		}
		for _, a := range sheet.Sheet.Answers {
			out.rows = append(out.rows, [2]string{a.Name, a.Value})
		}
	}
	const most = 12 // rows of a table that nobody reads to its end
	if len(out.rows) > most {
		out.rows = append(out.rows[:most:most], [2]string{"…", "…"})
	}
	return out, nil
}

// seed is the first that leaves hardly a field empty: an example of nothing
// explains nothing.
func seed(p *pattern.Pattern) uint64 {
	best, most := uint64(1), -1
	for s := uint64(1); s <= 8; s++ {
		n := 0
		for _, v := range synth.Expected(p, synth.DrawTruth(p, s)) {
			if v != "" && v != "0" {
				n++
			}
		}
		if n > most {
			best, most = s, n
		}
	}
	return best
}

// picture is the printed part of a form: the whole sheets of forms of several
// pages, else what lies between the markers.
func picture(doc *layout.Document) image.Image {
	if len(doc.Pages) > 1 {
		return beside(doc.Pages)
	}
	page := doc.Pages[0]
	box := content(doc)
	scale := DPI / 300.0
	img := render.Raster(page, DPI)
	crop := image.Rect(int(box.Min.X*scale), int(box.Min.Y*scale), int(math.Ceil(box.Max.X*scale)), int(math.Ceil(box.Max.Y*scale))).Intersect(img.Bounds())
	out := image.NewRGBA(image.Rect(0, 0, crop.Dx(), crop.Dy()))
	draw.Draw(out, out.Rect, img, crop.Min, draw.Src)
	return lean(out)
}

// span is a box in page px.
type span struct{ Min, Max struct{ X, Y float64 } }

// content is what a page prints, markers and footer of the paper left out, with
// some paper around it.
func content(doc *layout.Document) span {
	const edge = 36
	page := doc.Pages[0]
	s := span{}
	s.Min.X, s.Max.X = 170, float64(page.Width)-170
	s.Min.Y, s.Max.Y = float64(page.Height), 0
	low, high := float64(page.Height)*0.05, float64(page.Height)*0.95
	see := func(y0, y1 float64) {
		if y0 > low && y1 < high {
			s.Min.Y, s.Max.Y = min(s.Min.Y, y0), max(s.Max.Y, y1)
		}
	}
	markers := map[float64]bool{}
	for _, m := range doc.Pattern.Pages[0].Markers {
		markers[m.Box.X] = true
	}
	for _, it := range page.Items {
		switch {
		case it.Rect != nil && !markers[it.Rect.Box.X]:
			see(it.Rect.Box.Y, it.Rect.Box.Y+it.Rect.Box.H)
		case it.Ellipse != nil:
			see(it.Ellipse.Box.Y, it.Ellipse.Box.Y+it.Ellipse.Box.H)
		case it.Line != nil:
			see(min(it.Line.From.Y, it.Line.To.Y), max(it.Line.From.Y, it.Line.To.Y))
		case it.Text != nil:
			b := it.Text.Box()
			see(b.Y, b.Y+b.H)
		case it.Picture != nil:
			see(it.Picture.Box.Y, it.Picture.Box.Y+it.Picture.Box.H)
		case it.Modules != nil:
			see(it.Modules.Ground.Y, it.Modules.Ground.Y+it.Modules.Ground.H)
		}
	}
	if s.Max.Y <= s.Min.Y {
		s.Min.Y, s.Max.Y = low, low+300
	}
	s.Min.Y, s.Max.Y = s.Min.Y-edge, s.Max.Y+edge
	return s
}

// beside are whole pages, side by side, smaller.
func beside(pages []layout.Sheet) image.Image {
	const dpi, gap = 40, 12
	w, h := gap, 0
	var imgs []*image.RGBA
	for _, p := range pages {
		img := render.Raster(p, dpi)
		imgs = append(imgs, img)
		w, h = w+img.Rect.Dx()+gap, max(h, img.Rect.Dy())
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h+2*gap))
	draw.Draw(out, out.Rect, image.NewUniform(color.Gray{Y: 0xc8}), image.Point{}, draw.Src)
	x := gap
	for _, img := range imgs {
		draw.Draw(out, img.Rect.Add(image.Pt(x, gap)), img, image.Point{}, draw.Src)
		x += img.Rect.Dx() + gap
	}
	return lean(out)
}

// lean is the picture in 16 greys where it has no colour, else in at most 256
// colours: it is drawn for the screen.
func lean(img *image.RGBA) image.Image {
	gray := true
	count := map[color.RGBA]int{}
	for i := 0; i < len(img.Pix); i += 4 {
		r, g, b := img.Pix[i]&0xf0, img.Pix[i+1]&0xf0, img.Pix[i+2]&0xf0
		r, g, b = r|r>>4, g|g>>4, b|b>>4
		img.Pix[i], img.Pix[i+1], img.Pix[i+2] = r, g, b
		gray = gray && r == g && g == b
		count[color.RGBA{r, g, b, 255}]++
	}
	if !gray && len(count) > 256 {
		return img
	}
	var pal color.Palette
	if gray {
		for v := range 16 {
			pal = append(pal, color.RGBA{uint8(v * 17), uint8(v * 17), uint8(v * 17), 255})
		}
	} else {
		for r := range 4096 { // in the order of the colours, so that equal pictures are equal files
			c := color.RGBA{uint8(r >> 8 * 17), uint8(r >> 4 & 15 * 17), uint8(r & 15 * 17), 255}
			if count[c] > 0 {
				pal = append(pal, c)
			}
		}
	}
	at := map[color.RGBA]uint8{}
	for i, c := range pal {
		at[c.(color.RGBA)] = uint8(i)
	}
	out := image.NewPaletted(img.Rect, pal)
	for i := range out.Pix {
		p := img.Pix[4*i:][:3]
		out.Pix[i] = at[color.RGBA{p[0], p[1], p[2], 255}]
	}
	return out
}

// crest is the picture that examples show: a leaf.
func crest() []byte {
	const side = 240
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	green := form.Color{R: 0x23, G: 0x68, B: 0x3f}
	for y := range side {
		for x := range side {
			u, v := float64(x)/side*2-1, float64(y)/side*2-1
			// Two circles that meet in a leaf along the diagonal.
			a, b := math.Hypot(u-0.55, v-0.55), math.Hypot(u+0.55, v+0.55)
			if a < 1.05 && b < 1.05 && math.Abs(u+v) > 0.03 {
				img.SetNRGBA(x, y, color.NRGBA{green.R, green.G, green.B, 255})
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil // a buffer takes everything
	}
	return out.Bytes()
}
