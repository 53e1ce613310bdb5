package render

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/typeset"
)

const (
	mmPerInch = 25.4
	ptPerPx   = 72.0 / geom.PxPerInch
	ptPerMM   = 72 / mmPerInch
)

// paper is the size in mm of spec/markup.md 6.2 for its pixels; they are rounded
// there (Letter is 3295 px, 278.98 mm), so that the sheet in the printer is told
// by name, not by pixels.
func paper(w, h int) (mmW, mmH float64) {
	if w > h {
		mmH, mmW = paper(h, w)
		return mmW, mmH
	}
	switch [2]int{w, h} {
	case [2]int{2480, 3508}:
		return 210, 297
	case [2]int{2551, 3295}:
		return 215.9, 279.4
	case [2]int{2551, 4205}:
		return 215.9, 355.6
	case [2]int{3508, 4961}:
		return 297, 420
	case [2]int{3295, 5102}:
		return 279, 432
	case [2]int{2551, 5702}:
		return 215.9, 482.6
	case [2]int{2551, 6302}:
		return 215.9, 533.4
	}
	return float64(w) * mmPerInch / geom.PxPerInch, float64(h) * mmPerInch / geom.PxPerInch
}

// pdfPage writes one sheet's content: page px from the top left corner, y down,
// by one matrix at the beginning.
type pdfPage struct {
	writer    *pdfWriter
	fonts     *pdfFonts
	faces     *typeset.Faces
	structure *pdfTags
	tags      pageTags
	out       bytes.Buffer
	used      []*pdfFont
	images    []int // objects, by the number in their name
	rings     []int // likewise
}

func (p *pdfPage) write(sheet layout.Sheet, parent int) (object int) {
	mmW, mmH := paper(sheet.Width, sheet.Height)
	w, h := mmW*ptPerMM, mmH*ptPerMM
	p.op("%s 0 0 %s 0 %s cm", number(ptPerPx), number(-ptPerPx), number(h))
	for _, item := range sheet.Items {
		p.mark(item)
		if item.Clip != nil {
			p.op("q %s re W n", box(*item.Clip))
		}
		if item.Turn != nil {
			p.turn(item.Turn)
		}
		p.item(item)
		if item.Turn != nil {
			p.op("Q")
		}
		if item.Clip != nil {
			p.op("Q")
		}
		if !p.tags.open {
			p.op("EMC")
		}
	}
	p.unmark()
	content := p.writer.reserve()
	p.writer.stream(content, "", p.out.Bytes())
	var fonts, images strings.Builder
	for _, f := range p.used {
		fmt.Fprintf(&fonts, "/%s %d 0 R ", f.name, f.object)
	}
	for i, o := range p.images {
		fmt.Fprintf(&images, "/I%d %d 0 R ", i, o)
	}
	for i, o := range p.rings {
		fmt.Fprintf(&images, "/B%d %d 0 R ", i, o)
	}
	at := len(p.structure.sections)
	object = p.writer.add(fmt.Sprintf(
		"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Resources << /Font << %s>> /XObject << %s>> >> /Contents %d 0 R"+
			" /Group << /S /Transparency /CS /DeviceRGB >> /StructParents %d /Tabs /S >>",
		parent, number(w), number(h), fonts.String(), images.String(), content, at))
	p.structure.section(p.writer, object, &p.tags, h)
	return object
}

// mark begins the marked content of an item, which ends after it; neighbouring
// artifacts are one.
func (p *pdfPage) mark(item layout.Item) {
	switch {
	case item.Text != nil && !item.Text.Color.None:
		p.unmark()
		spelled, actual := p.spells(item.Text), ""
		if !spelled {
			actual = " /ActualText " + pdfText(item.Text.Text)
		}
		p.op("/Span << /MCID %d%s >> BDC", p.tags.text(item, spelled), actual)
	case item.Picture != nil && item.Source() != nil:
		p.unmark()
		p.op("/Figure << /MCID %d >> BDC", p.tags.figure(item.Source(), item.Picture.Name, item.Picture.Box))
	case item.Modules != nil && item.Source() != nil:
		p.unmark()
		p.op("/Figure << /MCID %d >> BDC", p.tags.figure(item.Source(), item.Modules.Label, item.Turn.Bounds(item.Modules.Ground)))
	case !p.tags.open:
		p.op("/Artifact BMC")
		p.tags.open = true
	}
}

// unmark ends an artifact.
func (p *pdfPage) unmark() {
	if p.tags.open {
		p.op("EMC")
		p.tags.open = false
	}
}

func (p *pdfPage) op(format string, args ...any) {
	fmt.Fprintf(&p.out, format, args...)
	p.out.WriteByte('\n')
}

func box(r geom.PageRect) string {
	return number(r.X) + " " + number(r.Y) + " " + number(r.W) + " " + number(r.H)
}

func (p *pdfPage) item(item layout.Item) {
	switch {
	case item.Rect != nil:
		p.rect(item.Rect)
	case item.Ellipse != nil:
		p.ellipse(item.Ellipse)
	case item.Line != nil:
		if l := item.Line; !l.Color.None && l.Width > 0 {
			p.op("%s RG %s w %s %s m %s %s l S", rgb(l.Color), number(l.Width),
				number(l.From.X), number(l.From.Y), number(l.To.X), number(l.To.Y))
		}
	case item.Text != nil:
		p.text(item.Text)
	case item.Picture != nil:
		p.picture(item.Picture)
	case item.Modules != nil:
		p.op("1 1 1 rg %s re f", box(item.Modules.Ground))
		p.op("0 0 0 rg")
		for _, bar := range item.Modules.Bars {
			p.op("%s re", box(bar))
		}
		p.op("f") // one fill: bars that touch show no seam
	}
}

func rgb(c form.Color) string {
	part := func(v uint8) string { return number(float64(v) / 255) }
	return part(c.R) + " " + part(c.G) + " " + part(c.B)
}

func (p *pdfPage) rect(r *layout.Rect) {
	radius := math.Min(r.Radius, math.Min(r.Box.W, r.Box.H)/2)
	outline := box(r.Box) + " re"
	if radius > 0 {
		outline = segments(roundedPath(r.Box, radius))
	}
	if !r.Fill.None {
		p.op("%s rg %s f", rgb(r.Fill), outline)
	}
	if !r.Stroke.None && r.Width > 0 {
		p.op("%s RG %s w %s S", rgb(r.Stroke), number(r.Width), outline)
	}
}

// roundedPath is a rectangle with round corners.
func roundedPath(b geom.PageRect, radius float64) path {
	var q path
	l, t, r, d := b.X, b.Y, b.X+b.W, b.Y+b.H
	k := radius * (1 - arc)
	q.move(l+radius, t)
	q.line(r-radius, t)
	q.cube(r-k, t, r, t+k, r, t+radius)
	q.line(r, d-radius)
	q.cube(r, d-k, r-k, d, r-radius, d)
	q.line(l+radius, d)
	q.cube(l+k, d, l, d-k, l, d-radius)
	q.line(l, t+radius)
	q.cube(l, t+k, l+k, t, l+radius, t)
	return q
}

// ellipse places a bubble's outline, which is written once a document for each
// size and colour: a page may have a thousand of one.
func (p *pdfPage) ellipse(e *layout.Ellipse) {
	if e.Stroke.None || e.Width <= 0 {
		return
	}
	key := ringShape{e.Box.W, e.Box.H, e.Width, e.Stroke}
	object := p.writer.rings[key]
	if object == 0 {
		var q path
		q.oval(geom.PageRect{X: -e.Box.W / 2, Y: -e.Box.H / 2, W: e.Box.W, H: e.Box.H}, false)
		r := geom.PageRect{X: -e.Box.W / 2, Y: -e.Box.H / 2, W: e.Box.W, H: e.Box.H}.Grow(e.Width)
		object = p.writer.reserve()
		p.writer.stream(object, fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [%s %s %s %s] /Resources << >>",
			number(r.X), number(r.Y), number(r.X+r.W), number(r.Y+r.H)),
			fmt.Appendf(nil, "%s RG %s w %s S", rgb(e.Stroke), number(e.Width), segments(q)))
		if p.writer.rings == nil {
			p.writer.rings = map[ringShape]int{}
		}
		p.writer.rings[key] = object
	}
	at := slices.Index(p.rings, object)
	if at < 0 {
		at = len(p.rings)
		p.rings = append(p.rings, object)
	}
	p.op("q 1 0 0 1 %s %s cm /B%d Do Q", number(e.Box.X+e.Box.W/2), number(e.Box.Y+e.Box.H/2), at)
}

// segments writes a path that ends closed.
func segments(q path) string {
	var b strings.Builder
	for _, s := range q {
		n, op := 1, "l"
		switch s.op {
		case typeset.MoveTo:
			op = "m"
		case typeset.CubeTo:
			n, op = 3, "c"
		}
		for _, pt := range s.pt[:n] {
			b.WriteString(number(pt[0]) + " " + number(pt[1]) + " ")
		}
		b.WriteString(op + " ")
	}
	b.WriteString("h")
	return b.String()
}

// text shows a line. Where glyphs do not spell the text by themselves, as in
// scripts that reorder or join, its marked content carries it as ActualText.
// Lines with writing from right to left carry it in the structure only: readers
// of the content turn glyphs round by themselves, and some turn ActualText too.
func (p *pdfPage) text(t *layout.TextLine) {
	if t.Color.None {
		return
	}
	p.show(t)
	for _, d := range []*layout.Decoration{t.Underline, t.Strike} {
		if d != nil {
			p.op("%s rg %s re f", rgb(t.Color), box(geom.PageRect{
				X: t.Origin.X, Y: t.Origin.Y + d.Offset - d.Width/2, W: t.Line.Width, H: d.Width,
			}))
		}
	}
}

// spells notes the glyphs and tells whether reading them one by one gives the text.
func (p *pdfPage) spells(t *layout.TextLine) bool {
	plain := true
	var said strings.Builder
	for _, run := range t.Line.Runs {
		font := p.fonts.font(p.faces, run.Face)
		if !slices.Contains(p.used, font) {
			p.used = append(p.used, font)
		}
		for _, g := range run.Glyphs {
			said.WriteString(g.Text)
			plain = font.use(g.ID, g.Text) && plain
		}
	}
	return plain && said.String() == t.Text || strings.ContainsFunc(t.Text, rightToLeft)
}

// rightToLeft tells the letters of the Hebrew, Arabic and neighbouring blocks.
func rightToLeft(r rune) bool {
	return r >= 0x0590 && r <= 0x08ff || r >= 0xfb1d && r <= 0xfdff || r >= 0xfe70 && r <= 0xfeff || r >= 0x10800 && r <= 0x10fff
}

func (p *pdfPage) show(t *layout.TextLine) {
	p.op("BT %s rg", rgb(t.Color))
	for _, run := range t.Line.Runs {
		if len(run.Glyphs) == 0 {
			continue
		}
		font := p.fonts.font(p.faces, run.Face)
		p.op("/%s %s Tf", font.name, number(run.Size))
		y := math.NaN()
		pen := 0.0 // where the viewer would put the next glyph, from the run's origin
		var shown strings.Builder
		flush := func() {
			if shown.Len() > 0 {
				p.op("[%s] TJ", shown.String())
				shown.Reset()
			}
		}
		for _, g := range run.Glyphs {
			if g.Y != y {
				flush()
				p.op("1 0 0 -1 %s %s Tm", number(t.Origin.X+run.X+g.X), number(t.Origin.Y+g.Y))
				y, pen = g.Y, g.X
			}
			// Thousandths of an em to the left: kerning, tabs, marks.
			if shift := (pen - g.X) / run.Size * 1000; math.Abs(shift) > 0.5 {
				shown.WriteString(number(shift))
				pen = g.X
			}
			fmt.Fprintf(&shown, "<%04X>", g.ID)
			if font.err == nil {
				pen += font.file.advance(g.ID) / 1000 * run.Size
			}
		}
		flush()
	}
	p.op("ET")
}

// picture places an image.
func (p *pdfPage) picture(pic *layout.Picture) {
	if pic.Image.Bounds().Empty() {
		return
	}
	name := fmt.Sprintf("I%d", len(p.images))
	p.images = append(p.images, p.image(pic))
	b := pic.Box
	// An image is the unit square with its first row on top; here y goes down.
	p.op("q %s 0 0 %s %s %s cm /%s Do Q", number(b.W), number(-b.H), number(b.X), number(b.Y+b.H), name)
}

// image embeds an image, once a document for each size.
func (p *pdfPage) image(pic *layout.Picture) (object int) {
	if !reflect.TypeOf(pic.Image).Comparable() {
		return p.embed(fine(pic))
	}
	key := pictureKey{pic.Image, pic.Box.W, pic.Box.H}
	if object, ok := p.writer.pictures[key]; ok {
		return object
	}
	object = p.embed(fine(pic))
	if p.writer.pictures == nil {
		p.writer.pictures = map[pictureKey]int{}
	}
	p.writer.pictures[key] = object
	return object
}

func (p *pdfPage) embed(img image.Image) (object int) {
	b := img.Bounds()
	flat := straight(img)
	n := b.Dx() * b.Dy()
	color, alpha := make([]byte, 0, 3*n), make([]byte, 0, n)
	opaque, gray := true, true
	for i := 0; i < len(flat.Pix); i += 4 {
		px := flat.Pix[i:][:4]
		color = append(color, px[0], px[1], px[2])
		alpha = append(alpha, px[3])
		opaque = opaque && px[3] == 255
		gray = gray && px[0] == px[1] && px[1] == px[2]
	}
	space := "/DeviceRGB"
	if gray {
		space = "/DeviceGray"
		for i := range n {
			color[i] = color[3*i]
		}
		color = color[:n]
	}
	keys := fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace ", b.Dx(), b.Dy())
	mask := ""
	if !opaque {
		m := p.writer.reserve()
		p.writer.stream(m, keys+"/DeviceGray", alpha)
		mask = fmt.Sprintf(" /SMask %d 0 R", m)
	}
	object = p.writer.reserve()
	p.writer.stream(object, keys+space+mask, color)
	return object
}
