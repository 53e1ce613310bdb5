package register

import (
	"math"
	"strings"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Place is a bubble of a page and where the pattern lists it.
type Place struct {
	Element int // in pattern.Page.Elements
	Group   int // in Groups; of a score group: its answers counted through all questions
	Index   int // in the group's bubbles
	Value   string
	Symbol  string        // printed inside: what the pattern says, else Value; empty: nothing
	Box     geom.PageRect // page px
}

// Places lists every bubble of the page in the pattern's order. Map.Outline is
// indexed by it.
func Places(p *pattern.Page) []Place {
	n := 0
	for i := range p.Elements {
		e := &p.Elements[i]
		for _, g := range e.Groups {
			n += len(g.Bubbles)
		}
		for _, q := range e.Questions {
			for _, a := range q.Answers {
				n += len(a.Bubbles)
			}
		}
	}
	out := make([]Place, 0, n)
	for i := range p.Elements {
		e := &p.Elements[i]
		first := len(out)
		if e.Type == pattern.ScoreGroup {
			row := 0
			for _, q := range e.Questions {
				for _, a := range q.Answers {
					for k, b := range a.Bubbles {
						out = append(out, Place{i, row, k, b.Value, b.Value, b.Box})
					}
					row++
				}
			}
			printSymbols(out[first:], e)
			continue
		}
		for j, g := range e.Groups {
			for k, b := range g.Bubbles {
				out = append(out, Place{i, j, k, b.Value, b.Value, b.Box})
			}
		}
		printSymbols(out[first:], e)
	}
	return out
}

// printSymbols takes the symbols of an element's bubbles from what the pattern
// says of them (pattern.ElementInfo).
func printSymbols(places []Place, e *pattern.Element) {
	if e.Ours == nil || len(e.Ours.Symbols) != len(places) {
		return
	}
	for i := range places {
		places[i].Symbol = e.Ours.Symbols[i]
	}
}

// spot is a distinct place on the paper: several bubbles of the pattern may
// share one.
type spot struct {
	at     geom.PagePt
	w, h   float64
	side   float64 // √(w·h), page px
	class  int32
	symbol string
}

// class is the bubbles that look alike, their boxes of one size, and what was
// printed there.
type class struct {
	w, h    float64
	scale   float64  // printed outline / box
	told    *printed // what the pattern says of the print; nil: it has to be learned
	members []int32  // spots
}

// Shape is the form of a printed outline.
type Shape uint8

// Shapes of outlines.
const (
	Ellipse Shape = iota
	Rectangle
)

// model is the page as registration wants it.
type model struct {
	page     *pattern.Page
	box      geom.PageRect
	places   []Place
	spotOf   []int32
	spots    []spot
	classes  []class
	side     float64   // median side of a spot, page px
	spotGrid *spotGrid // made on first use
	blocks   []block   // the same
	blockOf  []int32   // with them, by spot; below 0: none
}

// looks tells bubbles apart that are printed differently although their boxes
// have one size: round ones and squares. Patterns of others do not say; of them the
// type of the element is known, and that the lines of one sheet and the sections of
// one grid, told by their names, are printed alike.
type looks map[string]int

// looksLeast is from how many bubbles on those of one name are learned by
// themselves.
const looksLeast = 16

func newLooks(p *pattern.Page) looks {
	n := looks{}
	for i := range p.Elements {
		if e := &p.Elements[i]; e.Ours == nil {
			e.EachBubble(func(*pattern.Bubble) bool { n[family(e)]++; return true })
		}
	}
	return n
}

// of is what the element's bubble k looks as.
func (n looks) of(e *pattern.Element, k int) string {
	if e.Ours != nil {
		return e.Ours.ShapeOf(k)
	}
	if f := family(e); n[f] >= looksLeast {
		return f
	}
	return string(e.Type)
}

// family is the element's type and its name without the number of its line.
func family(e *pattern.Element) string {
	return string(e.Type) + " " + strings.TrimRight(e.Name, "0123456789")
}

// toldOf is how the pattern says that the element's bubble k with the box b is
// printed; nil: it does not.
func toldOf(e *pattern.Element, k int, b geom.PageRect) *printed {
	if e.Ours == nil {
		return nil
	}
	outline := e.Ours.PrintedOf(k)
	if outline[2] <= 0 || outline[3] <= 0 || b.W <= 0 || b.H <= 0 {
		return nil
	}
	out := &printed{Ellipse, math.Sqrt(outline[2] * outline[3] / (b.W * b.H))}
	if e.Ours.ShapeOf(k) == "square" {
		out.shape = Rectangle
	}
	if out.scale < 0.5 || out.scale > 1.5 {
		return nil
	}
	return out
}

func newModel(p *pattern.Page) *model {
	m := &model{page: p, box: geom.PageRect{W: p.Width, H: p.Height}, places: Places(p)}
	m.spotOf = make([]int32, len(m.places))
	type key struct{ x, y, w, h int32 }
	seen := make(map[key]int32, len(m.places))
	type look struct {
		w, h int32
		as   string
	}
	classOf := make(map[look]int32)
	kinds := newLooks(p)
	first := 0 // of the element
	for i, pl := range m.places {
		if pl.Element != m.places[first].Element {
			first = i
		}
		b := pl.Box
		c := b.Center()
		w, h := max(b.W, 1), max(b.H, 1)
		k := key{int32(math.Round(c.X / 4)), int32(math.Round(c.Y / 4)), int32(math.Round(w / 8)), int32(math.Round(h / 8))}
		if s, ok := seen[k]; ok {
			m.spotOf[i] = s
			continue
		}
		ck := look{int32(math.Round(w)), int32(math.Round(h)), kinds.of(&p.Elements[pl.Element], i-first)}
		ci, ok := classOf[ck]
		if !ok {
			ci = int32(len(m.classes))
			classOf[ck] = ci
			m.classes = append(m.classes, class{w: w, h: h, scale: 1, told: toldOf(&p.Elements[pl.Element], i-first, b)})
		}
		symbol := pl.Symbol
		if o := p.Elements[pl.Element].Ours; o != nil && o.Turn%360 != 0 {
			symbol = "" // lying letters say nothing of how the sheet lies
		}
		s := int32(len(m.spots))
		seen[k] = s
		m.spotOf[i] = s
		m.spots = append(m.spots, spot{at: c, w: w, h: h, side: math.Sqrt(w * h), class: ci, symbol: symbol})
		m.classes[ci].members = append(m.classes[ci].members, s)
	}
	m.side = medianOf(len(m.spots), func(i int) float64 { return m.spots[i].side })
	return m
}
