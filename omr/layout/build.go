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
)

// pattern makes the document's pattern from what the sheets hold
// (spec/pattern.md 3).
func (l *layouter) pattern(doc *Document, id string) {
	name := l.form.Name
	if name == "" {
		name = "Form"
	}
	source := sha256.Sum256(l.opt.Source)
	ext := &pattern.Extension{
		Schema: 1, Source: hex.EncodeToString(source[:]), DPI: geom.PxPerInch,
		Language: doc.Lang, Identifiers: l.identifiers,
	}
	p := &pattern.Pattern{Version: "1.0", Name: name, TemplateID: id, Generated: true, Ours: ext}
	for i, sh := range l.sheets {
		s := l.pages[i]
		page := pattern.Page{
			Width: float64(s.PaperW), Height: float64(s.PaperH),
			Markers: s.markers(), RotationMarker: string(s.RotationMarker), ImageFormat: ".png",
		}
		for j, el := range sh.elements {
			page.Elements = append(page.Elements, el.el)
			if el.el.Type == pattern.ClipArea {
				ext.Crops = append(ext.Crops, pattern.CropInfo{Page: i, Name: el.el.Name})
				continue
			}
			el.info.Page, el.info.Element = i, j
			ext.Elements = append(ext.Elements, el.info)
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

// templateID identifies the form: the first 12 characters of the base32 SHA-256
// of tree and settings (spec/pattern.md 3). Places in the source do not count:
// the same form in either markup has the same id.
func templateID(f *form.Form, s form.Settings) string {
	h := sha256.New()
	r := s.Resolved()
	_, _ = fmt.Fprintf(h, "%+v %v\n%q\n", r, s.Multiselect != nil, f.Name)
	for _, p := range f.Pages {
		digest(h, p)
	}
	return base32.StdEncoding.EncodeToString(h.Sum(nil))[:12]
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
