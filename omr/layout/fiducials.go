package layout

import (
	"fmt"

	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/pattern"
)

// fiducials draws the positioning markers and, on forms of several pages and on
// copies for persons, the page identifier, above everything else (spec/markup.md
// 8.2 to 8.4).
func (l *layouter) fiducials(index int, id string) {
	for _, m := range l.settings.markers() {
		l.sheet.fill(fiducials, form.Color{}, m.Box)
	}
	if n := len(l.form.Pages); n > 1 || l.opt.Copy > 0 {
		l.identifier(index, fmt.Sprintf("LM1:%s:%d/%d", id, index+1, n))
	}
}

func (l *layouter) identifier(index int, text string) {
	printed := text
	if l.opt.Copy > 0 {
		printed += fmt.Sprintf(":%d", l.opt.Copy)
	}
	symbol, err := barcode.Encode("QR", printed, 0)
	at := l.settings.identifier()
	side := int(at.W)
	if err != nil || side/symbol.Width < leastModule {
		l.fail(nil, "LM512", fmt.Sprintf("the page identifier %s has no room in its box of %d px", printed, side), "use a larger paper size")
		return
	}
	module := side / symbol.Width
	edge := (side - module*symbol.Width) / 2
	x, y := int(at.X)+edge, int(at.Y)+edge
	// The quiet zone lies in the empty margin, so the ground covers the box alone.
	l.sheet.add(fiducials, Item{Modules: &Modules{Ground: at, Bars: bitmap(symbol, 0, x, y, module, 0), Label: printed}})
	l.identifiers = append(l.identifiers, pattern.Identifier{Page: index, Box: pattern.Box{at.X, at.Y, at.W, at.H}, Text: text})
}

// lightest is the luma (0 to 1) above which an outline is LM506: on white paper
// a scanner's contrast to it is lost.
const lightest = 0.7

// checkSettings reports settings that spoil the whole form.
func (l *layouter) checkSettings() {
	c := l.request.Resolved().BubbleColor
	if luma := (0.299*float64(c.R) + 0.587*float64(c.G) + 0.114*float64(c.B)) / 255; luma > lightest {
		l.warn(nil, "LM506", fmt.Sprintf("bubbles of the colour %s can hardly be seen", css(c)), "choose a darker BubbleColor")
	}
}

// checkMargins reports margins that let text meet the markers (LM503).
func (l *layouter) checkMargins(page *form.Element) {
	s := l.settings
	if l.rightToLeft() {
		s.MarginLeft, s.MarginRight = s.MarginRight, s.MarginLeft
	}
	for _, m := range []struct {
		name  string
		px    int
		least int
	}{
		{"left", s.MarginLeft, s.OffsetLeft + s.marker + markerGuard},
		{"right", s.MarginRight, s.OffsetRight + s.marker + markerGuard},
	} {
		if m.px < m.least && l.once(fmt.Sprintf("LM503 %s %d", m.name, m.px)) {
			l.warn(page, "LM503", fmt.Sprintf("the %s margin is %d px; the positioning markers need %d", m.name, m.px, m.least), "use a wider margin")
		}
	}
}

// checkPlaces reports what could not be recognised where it stands: off the
// page (LM504), at a marker (LM502), on another bubble or code (LM513).
func (l *layouter) checkPlaces() {
	paper := l.settings.paper()
	for _, p := range l.sheet.elements {
		if l.misplaced[p.source] {
			continue
		}
		out := 0.0
		for _, a := range p.areas {
			out = max(out, -a.X, -a.Y, a.X+a.W-paper.W, a.Y+a.H-paper.H)
		}
		if out > 0 {
			l.misplaced[p.source] = true
			l.fail(p.source, "LM504", fmt.Sprintf("%s passes the edge of the page by %.0f px and could not be recognised", describe(p.source), out),
				"shorten the page or move elements to another one")
			continue
		}
		if p.el.Type == pattern.ClipArea {
			continue // a picture, not read: markers may stand in it
		}
		for _, a := range p.areas {
			if !l.checkFiducials(p.source, a.Grow(outline/2.0)) {
				l.misplaced[p.source] = true
				break
			}
		}
	}
	l.checkPictures()
	l.checkOverlaps()
}
