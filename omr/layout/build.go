package layout

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"slices"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/typeset"
)

// pattern makes the document's pattern from what the sheets hold
// (spec/pattern.md 3).
func (l *layouter) pattern(doc *Document, id string) {
	name := l.form.Name
	if name == "" {
		name = "Form"
	}
	source := sha256.New()
	digestForm(source, l.form)
	ext := &pattern.Extension{
		Schema: 1, Source: hex.EncodeToString(source.Sum(nil)), DPI: geom.PxPerInch,
		Language: doc.Lang, Identifiers: l.identifiers,
	}
	if l.rightToLeft() {
		ext.Direction = "rtl"
	}
	p := &pattern.Pattern{Version: "1.0", Name: name, TemplateID: id, Generated: true, Ours: ext}
	for i, sh := range l.sheets {
		s := l.pages[i]
		page := pattern.Page{
			Width: float64(s.PaperW), Height: float64(s.PaperH),
			Markers: s.markers(), RotationMarker: string(s.RotationMarker), ImageFormat: ".png",
		}
		at := sh.index()
		for j, el := range sh.elements {
			page.Elements = append(page.Elements, el.el)
			sh.extend(ext, at, i, j)
		}
		for _, b := range sh.printed {
			b.Page = i
			ext.Printed = append(ext.Printed, b)
		}
		p.Pages = append(p.Pages, page)
	}
	for k := range ext.Elements {
		info := &ext.Elements[k]
		p.Pages[info.Page].Elements[info.Element].Ours = info
	}
	doc.Pattern = p
}

// index finds what elements of the source have become on a page.
type index struct {
	elements map[*form.Element][]int
	bubbles  map[*form.Element][]pattern.BubbleRef // of an answer
}

// index also drops triggers of which nothing is left to act on: its bubbles may
// have been clipped away.
func (s *sheet) index() index {
	left := map[*form.Element]bool{}
	for i := range s.elements {
		left[s.elements[i].identity()] = true
	}
	s.elements = slices.DeleteFunc(s.elements, func(p placed) bool { return p.acts != nil && !left[p.acts] })
	at := index{map[*form.Element][]int{}, map[*form.Element][]pattern.BubbleRef{}}
	for i, p := range s.elements {
		at.elements[p.identity()] = append(at.elements[p.identity()], i)
		for k, a := range p.answers {
			if a != nil {
				at.bubbles[a] = append(at.bubbles[a], pattern.BubbleRef{Element: i, Bubble: k})
			}
		}
	}
	return at
}

// extend adds what the extension says of element j of page i.
func (s *sheet) extend(ext *pattern.Extension, at index, i, j int) {
	p := &s.elements[j]
	for _, k := range p.keys {
		k.Page, k.Element = i, j
		ext.Keys = append(ext.Keys, k)
	}
	for _, t := range p.scores {
		t.Page, t.Element = i, j
		ext.Scores = append(ext.Scores, t)
	}
	if p.el.Type == pattern.ClipArea {
		crop := pattern.CropInfo{Page: i, Element: j, Name: p.el.Name}
		for _, a := range p.within {
			crop.When = append(crop.When, at.bubbles[a]...)
		}
		ext.Crops = append(ext.Crops, crop)
		return
	}
	p.info.Page, p.info.Element = i, j
	ext.Elements = append(ext.Elements, p.info)
	if p.acts != nil {
		ext.Triggers = append(ext.Triggers, pattern.TriggerScope{Page: i, Element: j, Targets: at.elements[p.acts]})
	}
}

// ID identifies a form: the first 12 characters of the base32 SHA-256 of tree and
// settings (spec/pattern.md 3). Places in the source do not count: the same form
// in either markup has the same id. faces nil: the embedded ones.
func ID(f *form.Form, s form.Settings, faces *typeset.Faces) string {
	h := sha256.New()
	r := s.Resolved()
	_, _ = fmt.Fprintf(h, "%+v %v\n", elder(r), s.Multiselect != nil)
	if r.Writing != (form.Settings{}).Resolved().Writing {
		_, _ = fmt.Fprintf(h, "%+v\n", r.Writing)
	}
	if faces != nil && faces.Digest() != "" {
		_, _ = fmt.Fprintf(h, "fonts %s\n", faces.Digest())
	}
	digestForm(h, f)
	return base32.StdEncoding.EncodeToString(h.Sum(nil))[:12]
}

// elder are the settings that were there from the first; what came later counts
// where it is used, so that the forms of before keep their identifiers.
func elder(r form.Resolved) any {
	return struct {
		PaperSize                                        form.PaperSize
		Orientation                                      form.Orientation
		PaperW, PaperH, MarginLeft, MarginRight          int
		FontFamily                                       string
		FontSize                                         float64
		FontStyle                                        form.FontStyle
		BubbleColor                                      form.Color
		BubbleSize                                       form.BubbleSize
		Overflow                                         form.Overflow
		RotationMarker                                   form.RotationMarker
		OffsetTop, OffsetBottom, OffsetLeft, OffsetRight int
		Multiselect                                      bool
	}{
		r.PaperSize, r.Orientation, r.PaperW, r.PaperH, r.MarginLeft, r.MarginRight, r.FontFamily, r.FontSize, r.FontStyle,
		r.BubbleColor, r.BubbleSize, r.Overflow, r.RotationMarker, r.OffsetTop, r.OffsetBottom, r.OffsetLeft, r.OffsetRight, r.Multiselect,
	}
}

// digestForm writes the tree: the same form in either markup, however its source
// is laid out, has the same hash.
func digestForm(h hash.Hash, f *form.Form) {
	_, _ = fmt.Fprintf(h, "%q\n", f.Name)
	for _, p := range f.Pages {
		digest(h, p)
	}
}

// digest writes the element so that different trees give different bytes. A hash
// takes every write.
func digest(h hash.Hash, e *form.Element) {
	_, _ = fmt.Fprintf(h, "%s %q %d %d\n", e.Kind, e.Name, len(e.Attrs), len(e.Children))
	for _, a := range slices.Sorted(maps.Keys(e.Attrs)) {
		v := e.Attrs[a]
		_, _ = fmt.Fprintf(h, "%s %d %g %t %q %q %q %v %d %v %s\n", a, v.Type, v.Num, v.Bool, v.Str, v.List, v.Rows, v.Parts, v.Style, v.Color, sideText(v.Side))
	}
	for _, c := range e.Children {
		digest(h, c)
	}
}

func sideText(s form.BorderSide) string {
	size, color := "", ""
	if s.Size != nil {
		size = fmt.Sprint(*s.Size)
	}
	if s.Color != nil {
		color = fmt.Sprint(*s.Color)
	}
	return fmt.Sprintf("%q %q %t", size, color, s.Disable)
}
