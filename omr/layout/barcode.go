package layout

import (
	"fmt"
	"maps"
	"math"

	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Sizes of spec/markup.md 10.21, px.
const (
	linearModule = 4
	linearHeight = 112
	matrixModule = 8
	leastModule  = 3
	textGap      = 10 // between a linear code and its text
)

// barcode lays out a Barcode (spec/markup.md 10.21). In the flow its quiet zone
// is kept free above and below; left and right it may reach into a margin, but
// not over a block's border.
func (l *layouter) barcode(e *form.Element, f frame, y int) int {
	symbol := l.encoded(e)
	if symbol == nil {
		return y
	}
	w, h := symbol.Width, symbol.Height
	angle := (whole(e, form.AttrRotationAngle, 0)%360 + 360) % 360
	if symbol.Upright && angle != 0 && angle%90 == 0 {
		// Recognition sets codes upright that are turned by other angles; by
		// quarters it takes them as they lie.
		l.fail(e, "LM213", fmt.Sprintf("%s is of type %s, which says something else upside down, so it cannot be turned by quarters", describe(e), symbol.Kind),
			"remove rotation_angle or choose another barcode_type")
		return y
	}
	if angle%90 != 0 || angle != 0 && flag(e, form.AttrCodetext, false) && symbol.Text != "" {
		return l.turnedBarcode(e, f, y, angle)
	}
	quarter := angle / 90
	x, top, absolute := l.position(e, f.x, y)
	_, fixedX := e.Int(form.AttrX)
	_, fixedY := e.Int(form.AttrY)
	module, bars := l.moduleSize(e, symbol, quarter, f, x)
	if module == 0 {
		return y
	}
	width, height := w*module, bars
	if symbol.Matrix {
		height = h * module
	}
	quietX, quietY := symbol.QuietX*module, symbol.QuietY*module
	if quarter%2 == 1 {
		width, height = height, width
		quietX, quietY = quietY, quietX
	}
	if !fixedX {
		x = int(math.Round(aligned(enum(e, form.AttrAlign, form.AlignCenter), float64(f.x), float64(f.w), float64(width))))
		x = min(x, int(f.outer.X+f.outer.W)-width-quietX)
		x = max(x, int(f.outer.X)+quietX)
	}
	if !fixedY {
		top += quietY
	}
	at := box(x, top, width, height)
	outer := f.outer
	if absolute {
		outer = l.settings.paper()
	}
	zone := geom.PageRect{X: at.X - float64(quietX), Y: at.Y - float64(quietY), W: at.W + 2*float64(quietX), H: at.H + 2*float64(quietY)}
	zone = intersection(zone, outer)
	dark := append(bitmap(symbol, quarter, x, top, module, bars), bearers(symbol, quarter, at, module)...)
	l.sheet.add(codes, Item{Modules: &Modules{Ground: zone, Bars: dark, Label: symbol.Text}})
	below := top + height + quietY
	covered := at
	if flag(e, form.AttrCodetext, false) && symbol.Text != "" {
		below = l.codetext(e, symbol.Text, f, at, top+height+max(quietY, textGap), fixedX)
		covered = union(at, box(x, top, width, below-top))
	}
	if absolute {
		l.checkAbsolute(e, covered)
	}
	l.sheet.elements = append(l.sheet.elements, placed{
		source: e,
		el: pattern.Element{
			Type: pattern.BarcodeMade, Name: l.keys[e], Box: at,
			BarcodeType: symbol.Kind, QRVersion: whole(e, form.AttrQRVersion, 0),
		},
		info:  pattern.ElementInfo{Shape: "code", Printed: pattern.Box{zone.X - at.X, zone.Y - at.Y, zone.W, zone.H}, Color: "#000000"},
		areas: []geom.PageRect{at},
	})
	if fixedY {
		return y
	}
	return below
}

// turnedBarcode lays a code out upright on a sheet of its own, then places it
// turned with its text: by quarters all stays in whole px, by other angles it is
// drawn askew and its box is that around the turned symbol. x and y are the
// corner of that box (spec/markup.md 10.21).
func (l *layouter) turnedBarcode(e *form.Element, f frame, y, angle int) int {
	upright := *e
	upright.Attrs = maps.Clone(e.Attrs)
	for _, a := range []form.Attr{form.AttrX, form.AttrY, form.AttrRotationAngle} {
		delete(upright.Attrs, a)
	}
	l.paths[&upright], l.keys[&upright] = l.paths[e], l.keys[e]
	page := l.sheet
	own := &sheet{source: page.source}
	l.sheet = own
	room := f.w
	if angle%180 == 90 {
		room = max(l.settings.contentBottom()-l.settings.contentTop(), 1)
	}
	l.barcode(&upright, frame{w: room, look: f.look, outer: box(-room, 0, 3*room, l.settings.PaperH)}, 0)
	l.sheet = page
	if len(own.elements) == 0 {
		return y
	}
	code := own.elements[0].el.Box
	symbol, shown, all := own.askew(code, angle)
	_, fixedX := e.Int(form.AttrX)
	_, fixedY := e.Int(form.AttrY)
	if !fixedX && int(shown.W) > f.w {
		l.fail(e, "LM511", fmt.Sprintf("%s needs %.0f px when turned by %d degrees, there are %d", describe(e), shown.W, angle, f.w),
			"shorten the value, give it less height or a wider place")
		return y
	}
	// Symbol and text are aligned, the quiet zone around them may reach into a
	// margin but not over a block's border.
	x := aligned(enum(e, form.AttrAlign, form.AlignCenter), float64(f.x), float64(f.w), shown.W)
	x = max(min(x, f.outer.X+f.outer.W-(all.X+all.W-shown.X)), f.outer.X+shown.X-all.X)
	px, top, absolute := l.position(e, int(math.Round(x+symbol.X-shown.X)), y+int(math.Ceil(symbol.Y-all.Y)))
	dx, dy := float64(px)-symbol.X, float64(top)-symbol.Y
	own.shift(dx, dy)
	if !absolute {
		own.limit(f.outer)
	}
	p := &own.elements[0]
	p.source, p.info.Turn = e, angle
	p.el.Box = shifted(symbol, dx, dy)
	p.areas = []geom.PageRect{p.el.Box}
	all = shifted(all, dx, dy)
	zone := intersection(own.codeGround(), all)
	p.info.Printed = pattern.Box{zone.X - p.el.Box.X, zone.Y - p.el.Box.Y, zone.W, zone.H}
	if absolute {
		l.checkAbsolute(e, p.el.Box)
	}
	l.sheet.take(own)
	if fixedY {
		return y
	}
	return int(math.Ceil(all.Y + all.H))
}

// encoded is the element's symbol; nil when it cannot be made, which is said.
func (l *layouter) encoded(e *form.Element) *barcode.Symbol {
	value, _ := e.Str(form.AttrValue)
	symbol, err := barcode.Encode(enum(e, form.AttrBarcodeType, "QR"), value, whole(e, form.AttrQRVersion, 0))
	if err == nil {
		return symbol
	}
	if f := fault.As(err); f != nil {
		l.fail(e, f.Code, describe(e)+": "+f.Cause, f.Cure)
	} else {
		l.fail(e, "LM317", fmt.Sprintf("%s cannot be encoded: %v", describe(e), err), "correct the value or choose another barcode_type")
	}
	return nil
}

// moduleSize is the size of a module and, for linear codes, the height of the
// bars. An explicit height of a matrix code takes the largest module that fits;
// a code wider than its place is made smaller, down to leastModule (LM512).
func (l *layouter) moduleSize(e *form.Element, s *barcode.Symbol, quarter int, f frame, x int) (module, bars int) {
	height, given := e.Int(form.AttrHeight)
	given = given && height > 0
	bars = linearHeight
	module = linearModule
	switch {
	case s.Matrix && given:
		module = height / max(s.Height, 1)
	case s.Matrix:
		module = matrixModule
	case given:
		bars = height
	}
	if s.Module > 0 && (!s.Matrix || !given) {
		module = s.Module
	}
	least := leastModule
	if s.Least > 0 {
		least = s.Least
	}
	space := min(float64(f.w), f.outer.W)
	if _, ok := e.Int(form.AttrX); ok {
		space = float64(l.settings.PaperW - x)
	}
	across, quiet := s.Width, s.QuietX
	if s.Matrix && quarter%2 == 1 {
		across, quiet = s.Height, s.QuietY
	}
	if s.Matrix || quarter%2 == 0 {
		module = min(module, int(space)/across)
		if _, ok := e.Int(form.AttrX); !ok {
			module = min(module, int(f.outer.W)/(across+2*quiet))
		}
	}
	if module < least {
		l.fail(e, "LM512", fmt.Sprintf("%s has %d modules across; in its place a module would be %d px, at least %d are needed", describe(e), across, module, least),
			"give it more room or height, or shorten the value")
		return 0, 0
	}
	return module, bars
}

// bearers are the bars along both ends of a linear symbol's bars, quiet zones
// included, that keep a slanted scan from reading a part of it.
func bearers(s *barcode.Symbol, quarter int, at geom.PageRect, module int) []geom.PageRect {
	if s.Bearer == 0 {
		return nil
	}
	thick, quiet := float64(s.Bearer*module), float64(s.QuietX*module)
	if quarter%2 == 1 {
		return []geom.PageRect{
			{X: at.X, Y: at.Y - quiet, W: thick, H: at.H + 2*quiet},
			{X: at.X + at.W - thick, Y: at.Y - quiet, W: thick, H: at.H + 2*quiet},
		}
	}
	return []geom.PageRect{
		{X: at.X - quiet, Y: at.Y, W: at.W + 2*quiet, H: thick},
		{X: at.X - quiet, Y: at.Y + at.H - thick, W: at.W + 2*quiet, H: thick},
	}
}

// bitmap is a symbol's dark modules at (x, y), turned clockwise by quarters.
// Modules that form a rectangle are one bar, so that no seam shows between them.
func bitmap(s *barcode.Symbol, quarter, x, y, module, bars int) []geom.PageRect {
	w, h := s.Width, s.Height
	mw, mh := module, module
	if !s.Matrix {
		mh = bars
	}
	dark := s.At
	switch quarter {
	case 1:
		dark = func(i, j int) bool { return s.At(j, s.Height-1-i) }
	case 2:
		dark = func(i, j int) bool { return s.At(s.Width-1-i, s.Height-1-j) }
	case 3:
		dark = func(i, j int) bool { return s.At(s.Width-1-j, i) }
	}
	if quarter%2 == 1 {
		w, h, mw, mh = h, w, mh, mw
	}
	var out []geom.PageRect
	open := map[[2]int]int{} // run of the row above -> its bar
	for j := range h {
		next := map[[2]int]int{}
		for i := 0; i < w; i++ {
			if !dark(i, j) {
				continue
			}
			from := i
			for i < w && dark(i, j) {
				i++
			}
			run := [2]int{from, i}
			if k, ok := open[run]; ok {
				out[k].H += float64(mh)
				next[run] = k
				continue
			}
			next[run] = len(out)
			out = append(out, box(x+from*mw, y+j*mh, (i-from)*mw, mh))
		}
		open = next
	}
	return out
}

// codetext prints a code's text centred below it and returns the y below.
func (l *layouter) codetext(e *form.Element, s string, f frame, code geom.PageRect, y int, fixedX bool) int {
	k := l.settings.body
	width := f.w
	if fixedX {
		width = max(int(min(2*(code.X+code.W/2), 2*(float64(l.settings.PaperW)-code.X-code.W/2))), 1)
	}
	lines := l.wrap(e, s, k, max(width, int(code.W)))
	for _, line := range lines {
		x := code.X + (code.W-line.Width)/2
		if !fixedX {
			x = max(min(x, float64(f.x+f.w)-line.Width), float64(f.x))
		}
		l.line(line, k, x, float64(y)+line.Ascent)
		y += int(line.Height)
	}
	return y
}
