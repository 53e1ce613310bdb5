package layout

import (
	"math"

	"github.com/leafmark/leafmark/omr/form"
)

// settings are what holds on one page: the settings of the request with the
// page's own attributes and all defaults (spec/markup.md 7), and the lengths
// that follow from the paper (8.1).
type settings struct {
	form.Resolved
	body         look
	marker, turn int   // side of a marker, length of the rotation marker, px
	multiselect  *bool // nil: neither source nor setting says
}

func pageSettings(s form.Settings, page *form.Element) settings {
	s = s.ForPage(page)
	out := settings{Resolved: s.Resolved(), multiselect: s.Multiselect}
	if out.Writing.System.RightToLeft() { // the page is mirrored when it is done
		out.MarginLeft, out.MarginRight = out.MarginRight, out.MarginLeft
	}
	out.body = look{family: out.FontFamily, size: out.FontSize, style: out.FontStyle, align: form.AlignLeft, rtl: out.Writing.System.RightToLeft()}
	short := float64(min(out.PaperW, out.PaperH))
	out.marker = int(math.Round(0.05 * short))
	out.turn = int(math.Round(0.07 * short))
	return out
}
