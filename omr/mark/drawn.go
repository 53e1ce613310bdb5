package mark

import (
	"slices"

	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/register"
)

// Where the pattern says which symbol is printed in which family, it is drawn:
// no other empty bubble is needed to know it, and marks cannot be learned as part
// of it. What the picture makes of black print, its gain, is taken of the sheet.

const (
	sameDrawn   = 0.70 // likeness with the drawing from which a symbol is printed so
	fontDrawn   = 0.25 // of a family's bubbles, by likeness: as many at least are empty on any sheet worth the name
	gainLeast   = 0.2  // less is no print: something else is inside
	gainShare   = 0.25 // of the bubbles, by gain: marks only add to it
	drawnMore   = 0.04 // mean darkness by which a learned symbol may exceed the drawn one
	drawnFew    = 12   // bubbles below which what was learned is not trusted beside a drawing: all may be marked alike
	drawnSample = 160  // bubbles that are compared with their drawings
)

// drawnKind is what bubbles must share to have one drawing.
type drawnKind struct {
	symbol, family string
	w, h           int
	shape          register.Shape
}

// drawings are the symbols of a sheet as drawn, by bubble; nil where nothing is
// known of the print or the sheet shows something else.
type drawings struct {
	of   []*register.Drawn
	mean []float64         // share of ink of the inside
	fine func(i int) patch // the inside of a bubble, sampled so closely that thin strokes count right
	gain float64           // darkness of full ink, 0 to 1
}

// symbolsTold tells whether the pattern says of each bubble of the element what
// is printed in it.
func symbolsTold(e *pattern.Element) bool {
	return e.Ours != nil && len(e.Ours.Symbols) > 0
}

// draw draws the symbols and compares them with what the sheet shows.
func (ms *Measurement) draw(fine func(i int) patch) drawings {
	d := drawings{of: make([]*register.Drawn, len(ms.Places)), mean: make([]float64, len(ms.Places)), fine: fine}
	made := map[drawnKind]*register.Drawn{}
	families := map[string][]int{}
	for i := range ms.Places {
		e := &ms.Page.Elements[ms.Places[i].Element]
		b := &ms.Bubbles[i]
		if !b.usable() || !symbolsTold(e) || e.Ours.Font == "" || ms.blank(i) {
			continue
		}
		w, h := b.Outline.Box.W, b.Outline.Box.H
		if e.Ours.Turn%180 != 0 {
			w, h = h, w
		}
		k := drawnKind{ms.Places[i].Symbol, e.Ours.Font, int(w + 0.5), int(h + 0.5), b.Outline.Shape}
		got, known := made[k]
		if !known {
			got, _ = register.DrawSymbol(k.symbol, k.family, k.shape, w, h, grain)
			made[k] = got
		}
		if got != nil {
			d.of[i] = got
			d.mean[i] = mean(&got.Cells, k.shape)
			families[k.family] = append(families[k.family], i)
		}
	}
	var gains []float64
	for _, is := range families {
		likes := make([]float64, 0, drawnSample)
		for n := range min(len(is), drawnSample) {
			i := is[n*len(is)/min(len(is), drawnSample)]
			p := [cells * cells]uint8(fine(i))
			v, _, _ := d.of[i].Match(&p)
			likes = append(likes, v)
			if v >= sameDrawn && d.mean[i] > 0 {
				gains = append(gains, mean(&p, ms.Bubbles[i].Outline.Shape)/d.mean[i])
			}
		}
		slices.Sort(likes)
		if likes[len(likes)-1-int(fontDrawn*float64(len(likes)-1))] < sameDrawn {
			for _, i := range is {
				d.of[i] = nil // all marked, or another typeface
			}
		}
	}
	slices.Sort(gains)
	if len(gains) > 0 {
		d.gain = min(gains[int(gainShare*float64(len(gains)-1))], 1)
	}
	if d.gain < gainLeast {
		clear(d.of)
	}
	return d
}

// mean is of the cells that belong to the shape, 0 to 1.
func mean(p *[cells * cells]uint8, shape register.Shape) float64 {
	sum, n := 0, 0
	for c, in := range insideOf[shape] {
		if in {
			sum += int(p[c])
			n++
		}
	}
	return float64(sum) / float64(255*n)
}

// better tells whether the drawing of bubble i is nearer to its print than what was
// learned: that comes from a few bubbles, which may all hold the same thin tick,
// holds more ink than print explains, or has lost strokes that every bubble shows
// elsewhere, as thin ones do.
func (d *drawings) better(i int, l *look) bool {
	if d.of[i] == nil {
		return false
	}
	ink := d.gain * d.mean[i]
	return l.from < drawnFew || l.mean > ink+drawnMore || l.mean < 0.8*ink && l.raw > 0.85*ink
}

// lookOf is the drawing of bubble i as this sheet shows it, where it stands in this
// bubble; plain tells whether it is seen there.
func (d *drawings) lookOf(i int, p *patch) (l *look, plain bool) {
	like, dx, dy := d.of[i].Match((*[cells * cells]uint8)(p))
	l = &look{from: 1, mean: d.gain * d.mean[i], raw: d.gain * d.mean[i]}
	for c := range l.base {
		x, y := c%cells-dx, c/cells-dy
		if x >= 0 && y >= 0 && x < cells && y < cells {
			l.base[c] = uint8(d.gain * float64(d.of[i].Cells[y*cells+x]))
		}
	}
	l.cover()
	return l, like >= sameDrawn
}
