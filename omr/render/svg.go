package render

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/typeset"
)

// SVG is one page of a document as a file of its own (SVG 1.1, read by viewers of
// SVG 2 too): as large as the paper, letters as outlines, so that every viewer
// draws the same, and over them the text itself, invisible, to be selected,
// searched and read aloud. Nothing is loaded from elsewhere. page counts from 0.
func SVG(d *layout.Document, page int) ([]byte, error) {
	sheet := d.Pages[page]
	mmW, mmH := paper(sheet.Width, sheet.Height)
	s := &svgPage{
		faces: sheet.Fonts(), glyphs: map[svgGlyph]int{}, rings: map[ringShape]int{}, clips: map[geom.PageRect]int{},
	}
	for _, item := range sheet.Items {
		if err := s.item(item); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	const pxPerMM = geom.PxPerInch / mmPerInch
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="%smm" height="%smm" viewBox="0 0 %s %s"`,
		number(mmW), number(mmH), number(mmW*pxPerMM), number(mmH*pxPerMM))
	if d.Lang != "" {
		fmt.Fprintf(&out, ` xml:lang="%s"`, escaped(d.Lang))
	}
	out.WriteString(">\n")
	if d.Name != "" {
		fmt.Fprintf(&out, "<title>%s</title>\n", escaped(d.Name))
	}
	out.WriteString("<defs>\n")
	out.Write(s.defs.Bytes())
	fmt.Fprintf(&out, "</defs>\n<path d=\"M0 0H%sV%sH0z\" fill=\"#fff\"/>\n", number(mmW*pxPerMM), number(mmH*pxPerMM))
	out.Write(s.body.Bytes())
	out.WriteString("</svg>\n")
	return out.Bytes(), nil
}

// svgPage collects shapes that recur and what the page shows.
type svgPage struct {
	faces      *typeset.Faces
	defs, body bytes.Buffer
	glyphs     map[svgGlyph]int // numbers of the definitions
	rings      map[ringShape]int
	clips      map[geom.PageRect]int
}

type svgGlyph struct {
	face  typeset.FaceID
	glyph uint32
}

func (s *svgPage) item(item layout.Item) error {
	groups := 0
	if item.Clip != nil {
		fmt.Fprintf(&s.body, `<g clip-path="url(#c%d)">`, s.clip(*item.Clip))
		groups++
	}
	if t := item.Turn; t != nil {
		fmt.Fprintf(&s.body, `<g transform="rotate(%s %s %s)">`, decimal(t.Degrees, 6), number(t.About.X), number(t.About.Y))
		groups++
	}
	switch {
	case item.Rect != nil:
		s.rect(item.Rect)
	case item.Ellipse != nil:
		s.ellipse(item.Ellipse)
	case item.Line != nil:
		if l := item.Line; !l.Color.None && l.Width > 0 {
			fmt.Fprintf(&s.body, `<path d="M%s %sL%s %s" stroke="%s" stroke-width="%s"/>`+"\n",
				number(l.From.X), number(l.From.Y), number(l.To.X), number(l.To.Y), hex(l.Color), number(l.Width))
		}
	case item.Text != nil:
		s.text(item.Text)
	case item.Picture != nil:
		if err := s.picture(item.Picture); err != nil {
			return err
		}
	case item.Modules != nil:
		s.modules(item.Modules)
	}
	for range groups {
		s.body.WriteString("</g>\n")
	}
	return nil
}

func (s *svgPage) clip(r geom.PageRect) int {
	n, ok := s.clips[r]
	if !ok {
		n = len(s.clips)
		s.clips[r] = n
		fmt.Fprintf(&s.defs, `<clipPath id="c%d"><path d="%s"/></clipPath>`+"\n", n, outline(r))
	}
	return n
}

// outline is a rectangle as path data.
func outline(r geom.PageRect) string {
	return "M" + number(r.X) + " " + number(r.Y) + "h" + number(r.W) + "v" + number(r.H) + "h" + number(-r.W) + "z"
}

func hex(c form.Color) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

func (s *svgPage) rect(r *layout.Rect) {
	stroked := !r.Stroke.None && r.Width > 0
	if r.Fill.None && !stroked {
		return
	}
	fmt.Fprintf(&s.body, `<rect x="%s" y="%s" width="%s" height="%s"`, number(r.Box.X), number(r.Box.Y), number(r.Box.W), number(r.Box.H))
	if radius := math.Min(r.Radius, math.Min(r.Box.W, r.Box.H)/2); radius > 0 {
		fmt.Fprintf(&s.body, ` rx="%s"`, number(radius))
	}
	fill := "none"
	if !r.Fill.None {
		fill = hex(r.Fill)
	}
	fmt.Fprintf(&s.body, ` fill="%s"`, fill)
	if stroked {
		fmt.Fprintf(&s.body, ` stroke="%s" stroke-width="%s"`, hex(r.Stroke), number(r.Width))
	}
	s.body.WriteString("/>\n")
}

// ellipse defines a bubble's outline once for each size and colour.
func (s *svgPage) ellipse(e *layout.Ellipse) {
	if e.Stroke.None || e.Width <= 0 {
		return
	}
	key := ringShape{e.Box.W, e.Box.H, e.Width, e.Stroke}
	n, ok := s.rings[key]
	if !ok {
		n = len(s.rings)
		s.rings[key] = n
		fmt.Fprintf(&s.defs, `<ellipse id="b%d" rx="%s" ry="%s" fill="none" stroke="%s" stroke-width="%s"/>`+"\n",
			n, number(e.Box.W/2), number(e.Box.H/2), hex(e.Stroke), number(e.Width))
	}
	fmt.Fprintf(&s.body, `<use xlink:href="#b%d" x="%s" y="%s"/>`+"\n", n, number(e.Box.X+e.Box.W/2), number(e.Box.Y+e.Box.H/2))
}

// perEm is the unit of the defined glyphs: thousandths of an em.
const perEm = 1000

func (s *svgPage) text(t *layout.TextLine) {
	if t.Color.None {
		return
	}
	for _, run := range t.Line.Runs {
		k := run.Size / perEm
		fmt.Fprintf(&s.body, `<g fill="%s" aria-hidden="true" transform="translate(%s %s)scale(%s)">`,
			hex(t.Color), number(t.Origin.X+run.X), number(t.Origin.Y), decimal(k, 6))
		for _, g := range run.Glyphs {
			n, ok := s.glyph(run.Face, g.ID)
			if !ok {
				continue
			}
			fmt.Fprintf(&s.body, `<use xlink:href="#g%d"`, n)
			if g.X != 0 {
				fmt.Fprintf(&s.body, ` x="%s"`, decimal(g.X/k, 2))
			}
			if g.Y != 0 {
				fmt.Fprintf(&s.body, ` y="%s"`, decimal(g.Y/k, 2))
			}
			s.body.WriteString("/>")
		}
		s.body.WriteString("</g>\n")
	}
	for _, d := range []*layout.Decoration{t.Underline, t.Strike} {
		if d != nil {
			fmt.Fprintf(&s.body, `<path d="%s" fill="%s"/>`+"\n", outline(geom.PageRect{
				X: t.Origin.X, Y: t.Origin.Y + d.Offset - d.Width/2, W: t.Line.Width, H: d.Width,
			}), hex(t.Color))
		}
	}
	s.said(t)
}

// said is the text over its outlines. Its letters are whatever font the viewer
// has, stretched to the line's width.
func (s *svgPage) said(t *layout.TextLine) {
	if len(t.Line.Runs) == 0 || strings.TrimSpace(t.Text) == "" {
		return
	}
	x, direction := t.Origin.X, ""
	if strings.ContainsFunc(t.Text, rightToLeft) {
		// The text begins at its right end, as its first letter with a direction says.
		x, direction = x+t.Line.Width, ` direction="rtl" unicode-bidi="plaintext"`
		if first := strings.IndexFunc(t.Text, rightToLeft); strings.ContainsFunc(t.Text[:first], latin) {
			x, direction = t.Origin.X, ""
		}
	}
	fmt.Fprintf(&s.body, `<text x="%s" y="%s" font-family="sans-serif" font-size="%s" textLength="%s" lengthAdjust="spacingAndGlyphs" fill-opacity="0"%s>%s</text>`+"\n",
		number(x), number(t.Origin.Y), number(t.Line.Runs[0].Size), number(t.Line.Width), direction, escaped(t.Text))
}

func latin(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }

// glyph is the number of a glyph's definition; ok is false for a blank.
func (s *svgPage) glyph(face typeset.FaceID, id uint32) (n int, ok bool) {
	key := svgGlyph{face, id}
	if n, ok := s.glyphs[key]; ok {
		return n, n >= 0
	}
	q := glyphPath(s.faces.Outline(face, id), perEm)
	if len(q) == 0 {
		s.glyphs[key] = -1
		return 0, false
	}
	n = len(s.glyphs)
	s.glyphs[key] = n
	fmt.Fprintf(&s.defs, `<path id="g%d" d="%s"/>`+"\n", n, pathData(q))
	return n, true
}

// pathData writes contours that end closed.
func pathData(q path) string {
	var b strings.Builder
	for i, s := range q {
		n, op := 1, byte('L')
		switch s.op {
		case typeset.MoveTo:
			if i > 0 {
				b.WriteByte('z')
			}
			op = 'M'
		case typeset.QuadTo:
			n, op = 2, 'Q'
		case typeset.CubeTo:
			n, op = 3, 'C'
		}
		b.WriteByte(op)
		for k, pt := range s.pt[:n] {
			if k > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(decimal(pt[0], 1) + " " + decimal(pt[1], 1))
		}
	}
	b.WriteByte('z')
	return b.String()
}

// picture embeds an image as PNG.
func (s *svgPage) picture(pic *layout.Picture) error {
	if pic.Image.Bounds().Empty() {
		return nil
	}
	data, err := imageio.EncodePNG(fine(pic), 0)
	if err != nil {
		return fmt.Errorf("picture %q: %w", pic.Name, err)
	}
	fmt.Fprintf(&s.body, `<image x="%s" y="%s" width="%s" height="%s" preserveAspectRatio="none" xlink:href="data:image/png;base64,%s"><title>%s</title></image>`+"\n",
		number(pic.Box.X), number(pic.Box.Y), number(pic.Box.W), number(pic.Box.H), base64.StdEncoding.EncodeToString(data), escaped(pic.Name))
	return nil
}

// modules draws all bars as one path: those that touch show no seam.
func (s *svgPage) modules(m *layout.Modules) {
	fmt.Fprintf(&s.body, `<g role="img" aria-label="%s"><path d="%s" fill="#fff"/><path d="`, escaped(m.Label), outline(m.Ground))
	for _, bar := range m.Bars {
		s.body.WriteString(outline(bar))
	}
	s.body.WriteString("\"/></g>\n")
}

// escaped is text for XML 1.0; what it cannot hold is left out.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\t', r == '\n', r == '\r':
			b.WriteByte(' ')
		case r < ' ' || r == 0xfffe || r == 0xffff || r == 0xfffd:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
