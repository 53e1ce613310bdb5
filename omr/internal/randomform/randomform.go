// Package randomform draws forms from the whole language of the markup, to
// examine the engine with forms that nobody has seen.
//
// In: a source of randomness. Out: a form that can be printed and read: no
// diagnostic of weight, nothing printed over its bubbles. Deterministic. A form
// that breaks the generator's own promises is a defect of it and panics.
package randomform

import (
	"fmt"
	"image"
	"image/color"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Form is a random form: its source, its settings, and the texts of its codes
// by their names, which a pattern does not tell.
type Form struct {
	Source   string
	Settings form.Settings
	Pages    int
	Codes    map[string]string
}

// images are the pictures that random forms show.
var images = map[string][]byte{"logo.png": picture(220, 130), "seal.png": picture(90, 90)}

// Images are the pictures that random forms show, by their names.
func Images() map[string][]byte { return maps.Clone(images) }

// picture is a smooth grey blob, as logos are to a reader of bubbles.
func picture(w, h int) []byte {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			dx, dy := float64(x-w/2)/float64(w), float64(y-h/2)/float64(h)
			img.SetGray(x, y, color.Gray{Y: uint8(min(255, 90+int(700*(dx*dx+dy*dy))))})
		}
	}
	data, err := imageio.EncodePNG(img, 300)
	if err != nil {
		panic(err) //nolint:forbidigo // a small grey picture is always encoded
	}
	return data
}

// words are what the texts of random forms are made of.
var words = strings.Fields("tide harbour oar crew single double weather north lamp rope never often club " +
	"season morning ferry lock coxswain current bridge slow Übung naïve quay 12 of the and with")

// drawer writes the elements of one form, each with names of its own.
type drawer struct {
	*rand.Rand
	form  Form
	named int
	depth int // of containers
}

// Draw draws a form that fits its pages: one or two of them, of any paper
// size up to A3, with three or more elements of any kind that has answers, in
// either markup.
func Draw(r *rand.Rand) Form {
	d := &drawer{Rand: r, form: Form{Codes: map[string]string{}, Pages: 1}}
	d.settings()
	if d.IntN(4) == 0 {
		d.form.Pages = 2
	}
	for n := range d.form.Pages {
		head, tail := "", ""
		if d.form.Pages > 1 || d.IntN(4) == 0 {
			head, tail = d.page(), "&page\n"
		}
		// One element is always there: texts alone are no form.
		before, body := d.form.Source+head, d.line("?text="+d.text(2, 4), "font_size=18")+d.answerSheet(8, 1+d.IntN(2))
		count := 3 + d.IntN(7)
		if d.IntN(3) > 0 {
			// Most sheets in use are well filled; the smallest are the hardest.
			count += 4
		}
		body = d.grown(before, body, tail, d.footer)
		for range count {
			body = d.grown(before, body, tail, func() string { return d.element(onPages) })
		}
		body = d.grown(before, body, tail, d.absolute)
		if !d.fits(before + body + tail) {
			panic(fmt.Sprintf("page %d holds nothing:\n%s", n+1, before+body+tail)) //nolint:forbidigo // a defect of the generator
		}
		d.form.Source = before + body + tail
	}
	if d.IntN(2) == 0 {
		d.form.Source = asJSON(d.form.Source)
	}
	return d.form
}

// grown is the body with one more element, or as it is where that has no room.
func (d *drawer) grown(before, body, tail string, draw func() string) string {
	codes := maps.Clone(d.form.Codes)
	if more := body + draw(); d.fits(before + more + tail) {
		return more
	}
	d.form.Codes = codes
	return body
}

// asJSON is a source in the other markup.
func asJSON(source string) string {
	out, list := markup.Convert([]byte(source), markup.JSON)
	if slices.ContainsFunc(list, func(e *fault.Error) bool { return e.Code == "LM762" }) {
		return source // threshold=0, say, means something in TXT alone
	}
	if list.Failed() {
		panic(fmt.Sprintf("not converted: %v\n%s", list, source)) //nolint:forbidigo // a defect of the generator
	}
	a, _ := markup.Parse([]byte(source))
	b, more := markup.Parse(out)
	if b == nil || layout.ID(a, form.Settings{}, nil) != layout.ID(b, form.Settings{}, nil) {
		panic(fmt.Sprintf("converted into another form: %v\n%s\n%s", more, source, out)) //nolint:forbidigo // a defect of the generator
	}
	return string(out)
}

func (d *drawer) settings() {
	s := &d.form.Settings
	s.PaperSize, _ = form.ParsePaperSize(pick(d, "A4", "A4", "A4", "Letter", "Letter", "Legal", "A3"))
	if s.PaperSize == form.A3 {
		margin := 260 // the default meets its markers
		s.PageMarginLeft, s.PageMarginRight = &margin, &margin
	}
	s.Orientation, _ = form.ParseOrientation(pick(d, "vertical", "vertical", "vertical", "horizontal"))
	s.BubbleSize, _ = form.ParseBubbleSize(pick(d, "normal", "normal", "extrasmall", "small", "large", "extralarge"))
	if color, ok := form.ParseColor(pick(d, "Black", "Black", "Black", "DarkBlue", "Teal", "Crimson", "DarkGreen", "Gray", "Indigo", "BlueViolet")); ok {
		s.BubbleColor = &color
	}
	s.RotationMarker, _ = form.ParseRotationMarker(pick(d, form.RotationMarkers()...))
	s.FontSize = pick(d, 9.0, 10, 12, 12, 14)
	s.FontFamily = pick(d, "", "", "Arial", "Times New Roman", "Courier New")
}

// laid is a source laid out; what does not parse is a fault of the generator.
func (d *drawer) laid(source string) (*layout.Document, fault.List) {
	tree, list := markup.Parse([]byte(source))
	if tree == nil || list.Failed() {
		panic(fmt.Sprintf("a random form does not parse: %v\n%s", list, source)) //nolint:forbidigo // a defect of the generator
	}
	doc, more := layout.Lay(tree, d.form.Settings, LayoutOptions())
	return doc, append(list, more...)
}

// LayoutOptions lay out a random form with its pictures.
func LayoutOptions() layout.Options {
	return layout.Options{Images: images, Decode: func(b []byte) (image.Image, error) {
		img, _, err := imageio.DecodeColor(b, imageio.Options{})
		return img, err
	}}
}

// fits tells whether a source can be printed and read: anything beyond the
// page's end, cut off where no block says so, or too close to a marker is no form
// of ours, nor are pictures and texts over bubbles.
func (d *drawer) fits(source string) bool {
	doc, list := d.laid(source)
	if doc == nil || slices.ContainsFunc(list, func(e *fault.Error) bool {
		return e.Severity == fault.SeverityError || slices.Contains([]string{"LM503", "LM504", "LM507"}, e.Code)
	}) {
		return false
	}
	free := strings.Contains(source, "\tx=") || slices.ContainsFunc(list, func(e *fault.Error) bool { return e.Code == "LM509" })
	return !free || len(Covered(doc.Pattern, "text", "picture", "rule")) == 0
}

// Covered are the bubbles that something of the kinds is printed over.
func Covered(p *pattern.Pattern, kinds ...string) (out []string) {
	for i := range p.Pages {
		var over []geom.PageRect
		for _, b := range p.Ours.Printed {
			if b.Page == i && slices.Contains(kinds, b.Kind) {
				over = append(over, b.Box.Rect())
			}
		}
		for j := range p.Pages[i].Elements {
			e := &p.Pages[i].Elements[j]
			e.EachBubble(func(b *pattern.Bubble) bool {
				for _, o := range over {
					inside := b.Box.Grow(-6) // a line's box is more than its letters
					if inside.X < o.X+o.W && o.X < inside.X+inside.W && inside.Y < o.Y+o.H && o.Y < inside.Y+inside.H {
						out = append(out, fmt.Sprintf("page %d: %s %q under %v", i+1, e.Name, b.Value, o))
					}
				}
				return true
			})
		}
	}
	return out
}

// page begins a page, sometimes with settings of its own.
func (d *drawer) page() string {
	return d.line("?page=", d.some(4, "orientation="+pick(d, "horizontal", "vertical"), "left_margin=240", "right_margin=260",
		"rotation_point_position="+string(pick(d, form.RotationMarkers()...)))...)
}

// onPages draw what stands at the top of pages.
var onPages = []func(*drawer) string{
	(*drawer).choice, (*drawer).options, (*drawer).rating, (*drawer).sheet, (*drawer).grid, (*drawer).barcode,
	(*drawer).texts, (*drawer).paragraph, (*drawer).image, (*drawer).inputGroup, (*drawer).columns, (*drawer).columns, (*drawer).columns,
	(*drawer).checkbox, (*drawer).compositeGrid, (*drawer).scores, (*drawer).ownSheet, (*drawer).ownSheet,
}

// inBlocks draw what stands in blocks, which may hold containers again.
func inBlocks() []func(*drawer) string {
	return []func(*drawer) string{
		(*drawer).choice, (*drawer).options, (*drawer).rating, (*drawer).vertical, (*drawer).vertical, (*drawer).table, (*drawer).table,
		(*drawer).writeIn, (*drawer).inputs, (*drawer).checkbox, (*drawer).barcode, (*drawer).paragraph, (*drawer).image,
		(*drawer).inputGroup, (*drawer).grid, (*drawer).compositeGrid, (*drawer).sheet, (*drawer).scores, (*drawer).columns,
	}
}

func (d *drawer) element(of []func(*drawer) string) string { return of[d.IntN(len(of))](d) }

// columns is a container whose blocks hold what only blocks may hold, and now and
// then matrices of its own.
func (d *drawer) columns() string {
	if d.depth > 1 {
		return ""
	}
	d.depth++
	defer func() { d.depth-- }()
	n := 1 + d.IntN(3)
	split := fmt.Sprintf("columns_count=%d", n)
	if d.IntN(3) == 0 {
		n = 2
		split = "columns_proportions=" + pick(d, "70%-30%", "40-60", "45%-50%")
	}
	var b strings.Builder
	b.WriteString(d.line("?container="+d.name("Box"), append(d.some(5, "block_right_margin=15", "block_bottom_margin=35",
		"block_top_padding=12", "sync_children_height=true"), split)...))
	for i := range n {
		column := fmt.Sprintf("column=%d", i+1)
		if d.IntN(8) == 0 {
			b.WriteString(d.matrixIn(column))
			continue
		}
		b.WriteString(d.block(column))
	}
	if d.IntN(10) == 0 {
		b.WriteString(d.scores())
	}
	return b.String() + "&container\n"
}

// block draws a block with a caption and one or two elements.
func (d *drawer) block(column string) string {
	var b strings.Builder
	attrs := append(d.some(5, "border="+pick(d, "none", "square", "rounded"), "border_size=6", "border_color="+d.ink(),
		"border_top_style=6 red", "border_left_style=none", "border_bottom_style=2 Teal", "horizontal_padding=35", "vertical_padding=30",
		"background_color="+pick(d, "LightGray", "#FFF3C4", "Aquamarine", "transparent")), column)
	name := ""
	if d.IntN(8) == 0 {
		name = d.name("Shot")
		attrs = append(attrs, "is_clipped=true")
	}
	if d.IntN(6) == 0 {
		attrs = append(attrs, fmt.Sprintf("height=%d", 250+d.IntN(400)), "overflow="+pick(d, "clip", "noclip"))
	}
	b.WriteString(d.line("?block="+name, attrs...))
	b.WriteString(d.line("?content="+d.text(1, 3), d.font()...))
	for range 1 + d.IntN(2) {
		b.WriteString(d.element(inBlocks()))
	}
	return b.String() + "&block\n"
}

// footer stands at the bottom of some pages.
func (d *drawer) footer() string {
	if d.IntN(4) > 0 {
		return ""
	}
	body := d.line("?content="+d.text(2, 6), append(d.font(), "align="+d.align())...)
	if d.IntN(2) == 0 {
		body += d.barcode()
	}
	return d.line("?container=", "type=footer") + "?block=\n" + body + "&block\n&container\n"
}

// absolute stands near the bottom of some pages, wherever that is free.
func (d *drawer) absolute() string {
	if d.IntN(2) > 0 {
		return ""
	}
	doc, _ := d.laid(d.form.Source + "?text=x\n")
	if doc == nil {
		return ""
	}
	page := doc.Pattern.Pages[len(doc.Pattern.Pages)-1]
	x, y := 260+d.IntN(int(page.Width)/2), int(page.Height)-900+d.IntN(400)
	at := []string{fmt.Sprintf("x=%d", x), fmt.Sprintf("y=%d", y)}
	switch d.IntN(6) {
	case 0:
		return d.line("?grid="+d.name("Grid"), append(at, "sections_count=3", "options_count=4")...)
	case 1:
		return d.line("?image=logo.png", at...)
	case 2:
		return d.barcodeOf(at...)
	}
	return d.line("?positioned_block=", append(at, d.some(3, "width=900", "height=420")...)...) +
		d.line("?content="+d.text(1, 3), d.font()...) + d.checkbox() + "&positioned_block\n"
}

func (d *drawer) texts() string {
	text := d.text(2, 12)
	if d.IntN(3) == 0 {
		text += "\n" + d.text(1, 6)
	}
	attrs := append(d.font(), d.some(3, "color="+d.ink(), "align="+d.align())...)
	if d.IntN(3) == 0 {
		text = "\t\t" + text
	}
	return d.line("?text="+text, attrs...) + strings.Repeat("\n", d.IntN(3)) + d.line("?empty_line=", d.some(2, fmt.Sprintf("height=%d", 10+d.IntN(80)))...)
}

func (d *drawer) paragraph() string {
	var b strings.Builder
	b.WriteString(d.line("?paragraph=", d.some(2, "type="+pick(d, "normal", "inline"), "vertical_align="+pick(d, "top", "center", "bottom"))...))
	for range 1 + d.IntN(3) {
		b.WriteString(d.line("?content="+d.text(1, 12), append(d.font(), d.some(4, "color="+d.ink(), "align="+d.align())...)...))
	}
	if d.IntN(3) == 0 {
		b.WriteString(d.line("?image=seal.png", d.some(2, "height=50")...))
	}
	return b.String() + "&paragraph\n"
}

func (d *drawer) image() string {
	return d.line("?image="+pick(d, "logo.png", "seal.png", "LOGO.PNG"), d.some(2, "align="+d.align(), fmt.Sprintf("width=%d", 60+d.IntN(200)), fmt.Sprintf("height=%d", 60+d.IntN(120)))...)
}

func (d *drawer) inputGroup() string {
	return d.line("?input_group=", d.some(3, "label_border=square", "input_border="+pick(d, "square", "rounded"), "border_color="+d.ink(), "border_size=5")...) +
		d.line("?content="+d.text(1, 2), d.font()...) + "?content=" + d.text(0, 4) + "\n&input_group\n"
}

// inputs are fields for handwriting alone.
func (d *drawer) inputs() string {
	if d.IntN(2) == 0 {
		return d.line("?free_text_input="+d.name("Free"), d.some(2, "line_height=110")...)
	}
	return d.line("?text_input="+d.name("Boxes"), append(d.some(2, "cell_size="+pick(d, "normal", "large"), "input_type=letters"), fmt.Sprintf("length=%d", 2+d.IntN(6)))...)
}

// line is an element with its attributes on lines of their own.
func (d *drawer) line(head string, attrs ...string) string {
	out := head + "\n"
	for _, a := range attrs {
		out += "\t" + a + "\n"
	}
	return out
}

// some is one in n of the attributes.
func (d *drawer) some(n int, attrs ...string) []string {
	var out []string
	for _, a := range attrs {
		if d.IntN(n) == 0 {
			out = append(out, a)
		}
	}
	return out
}

func (d *drawer) font() []string {
	return d.some(4, "font_size="+pick(d, "9", "11", "13.5", "16"), "font_style="+pick(d, "bold", "italic", "bold, italic", "underline"),
		"font_family="+pick(d, "Arial", "Times New Roman", "Courier New", "Georgia"))
}

func (d *drawer) ink() string {
	return pick(d, "Black", "DarkBlue", "Teal", "Crimson", "DarkGreen", "#445566")
}
func (d *drawer) align() string { return pick(d, "left", "center", "right") }

// bubbles are attributes of elements that choose their own bubbles.
func (d *drawer) bubbles() []string {
	return d.some(3, "bubble_size="+pick(d, "extrasmall", "small", "normal", "large", "extralarge"), "bubble_type="+pick(d, "round", "square"))
}

// name is unlike every other of the form, so that each has one row.
func (d *drawer) name(prefix string) string {
	d.named++
	return fmt.Sprintf("%s%d", prefix, d.named)
}

func (d *drawer) text(from, to int) string {
	out := make([]string, from+d.IntN(to-from+1))
	for i := range out {
		out[i] = words[d.IntN(len(words))]
	}
	return strings.Join(out, " ")
}

func pick[T any](d *drawer, of ...T) T { return of[d.IntN(len(of))] }

// symbols is a list as attributes write it: (A)(B).
func symbols(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteString("(" + string(r) + ")")
	}
	return b.String()
}
