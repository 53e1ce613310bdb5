package layout

import (
	"fmt"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/typeset"
)

// look is how a text is drawn, inheritance resolved (spec/markup.md 7.2, 7.3).
type look struct {
	family string
	size   float64 // pt
	style  form.FontStyle
	color  form.Color
	align  string // left, center, right
	rtl    bool   // lines begin at the right, whatever they say
}

// font is the look's face at its size in page px.
func (k look) font() typeset.Font {
	return typeset.Font{
		Family: k.family,
		Bold:   k.style&form.Bold != 0,
		Italic: k.style&form.Italic != 0,
		Size:   geom.PtToPx(k.size),
		RTL:    k.rtl,
	}
}

// styled is base with the font attributes, colour and alignment of e.
func (l *layouter) styled(e *form.Element, base look) look {
	if v, ok := e.Str(form.AttrFontFamily); ok {
		base.family = l.family(e, v, base.family)
	}
	if v, ok := e.Attrs[form.AttrFontStyle]; ok {
		base.style = v.Style
	}
	if v, ok := e.Number(form.AttrFontSize); ok && v > 0 {
		base.size = v
	}
	if v, ok := e.Color(form.AttrColor); ok && !v.None {
		base.color = v
	}
	base.align = enum(e, form.AttrAlign, base.align)
	return base
}

// family is the family to use where asked is wanted: asked, or otherwise when
// no embedded font stands in for it (spec/markup.md 6.9, LM315).
func (l *layouter) family(e *form.Element, asked, otherwise string) string {
	_, substituted, known := l.faces.Resolve(typeset.Font{Family: asked})
	if !substituted {
		return asked
	}
	if l.once("LM315 " + strings.ToLower(asked)) {
		if known {
			l.warn(e, "LM315", fmt.Sprintf("the pictographs of font %q are not available, letters are drawn instead", asked),
				"use an image for the sign")
		} else {
			l.warn(e, "LM315", fmt.Sprintf("font %q is not available, %q is used instead", asked, otherwise),
				"choose a family of the list, such as Segoe UI, Arial or Times New Roman")
		}
	}
	if known {
		return asked
	}
	return otherwise
}

// lineHeight is that of the look's font, px.
func (l *layouter) lineHeight(k look) int { return l.faces.Metrics(k.font()).LineHeight }

// enum is an enumeration value, or otherwise when e does not set it.
func enum(e *form.Element, a form.Attr, otherwise string) string {
	if v, ok := e.Str(a); ok && v != "" {
		return v
	}
	return otherwise
}

// whole is the number at a, or otherwise.
func whole(e *form.Element, a form.Attr, otherwise int) int {
	if v, ok := e.Int(a); ok {
		return v
	}
	return otherwise
}

// flag is the truth at a, or otherwise.
func flag(e *form.Element, a form.Attr, otherwise bool) bool {
	if v, ok := e.Bool(a); ok {
		return v
	}
	return otherwise
}

// aligned is the left edge of something w px wide in the box from x, avail px wide.
func aligned(align string, x, avail, w float64) float64 {
	switch align {
	case form.AlignCenter:
		return x + (avail-w)/2
	case form.AlignRight:
		return x + avail - w
	}
	return x
}
