package layout

import (
	"fmt"
	"math"
	"slices"

	"github.com/leafmark/leafmark/omr/form"
)

// Distances of spec/markup.md 10.3 and 10.4, px.
const (
	blockRightMargin  = 40
	blockBottomMargin = 20
	blockPadding      = 20
)

// container lays out a Container: children go into columns, each column stacks
// downward (spec/markup.md 9.2, 10.3).
func (l *layouter) container(e *form.Element, f frame, y int) int {
	c := l.columnsOf(e, f, y)
	if flag(e, form.AttrSyncChildrenHeight, false) {
		c.heights = c.rowHeights()
	}
	for rest := e.Children; len(rest) > 0; {
		// A score group spans the columns: what comes before it stands above it.
		n := slices.IndexFunc(rest, func(x *form.Element) bool { return x.Kind == form.ScoreGroup })
		switch {
		case n < 0:
			n = len(rest)
		case n == 0:
			n = 1
		}
		c.placeAll(rest[:n])
		rest = rest[n:]
	}
	return slices.Max(c.y)
}

// placeAll places children of the columns: in the order of the source, or column
// by column where content moves to the next one, above what is declared there.
func (c *columns) placeAll(children []*form.Element) {
	if l := c.l; !slices.ContainsFunc(children, l.wraps) || l.wrapDepth == maxWraps {
		for _, child := range children {
			c.place(child)
		}
		return
	}
	in := make([][]*form.Element, len(c.x))
	for _, child := range children {
		if i, ok := c.column(child); ok {
			in[i] = append(in[i], child)
		}
	}
	for _, list := range in {
		for _, child := range list {
			c.place(child)
		}
	}
}

// columns is a container being filled.
type columns struct {
	l       *layouter
	e       *form.Element
	f       frame
	x, w    []int // of each column, px
	y       []int // where the next child of the column goes
	bottom  int   // margin below each child
	padding int   // top padding of blocks that have none of their own
	count   []int // blocks so far
	heights []int // common height of the k-th block of each column; nil: natural
}

func (l *layouter) columnsOf(e *form.Element, f frame, y int) *columns {
	right := float64(whole(e, form.AttrBlockRightMargin, blockRightMargin))
	var edges []float64 // shares of the width, from 0
	if v, ok := e.Attrs[form.AttrColumnsProportions]; ok && len(v.Parts) > 0 {
		sum := 0.0
		for _, p := range v.Parts {
			edges = append(edges, sum/100)
			sum += p
		}
		edges = append(edges, sum/100)
	} else {
		n := max(whole(e, form.AttrColumnsCount, 1), 1)
		for i := range n + 1 {
			edges = append(edges, float64(i)/float64(n))
		}
	}
	n := len(edges) - 1
	c := &columns{
		l: l, e: e, f: f, y: make([]int, n), count: make([]int, n),
		bottom:  whole(e, form.AttrBlockBottomMargin, blockBottomMargin),
		padding: whole(e, form.AttrBlockTopPadding, blockPadding),
	}
	for i := range n {
		// Edges are rounded once, so that columns of a third leave no gaps.
		a := math.Round(float64(f.x) + edges[i]*float64(f.w))
		b := math.Round(float64(f.x) + edges[i+1]*float64(f.w) - right)
		c.x, c.w = append(c.x, int(a)), append(c.w, max(int(b-a), 1))
		c.y[i] = y
	}
	return c
}

// column is the index of the child's column; ok is false (LM428) when there is
// no such column.
func (c *columns) column(child *form.Element) (int, bool) {
	i := whole(child, form.AttrColumn, 1) - 1
	if i < 0 || i >= len(c.x) {
		c.l.fail(child, "LM428", fmt.Sprintf("%s asks for column %d of a container with %d", describe(child), i+1, len(c.x)),
			"use a column of the container, or give it more columns")
		return 0, false
	}
	return i, true
}

func (c *columns) place(child *form.Element) {
	switch child.Kind {
	case form.Block:
		i, ok := c.column(child)
		if !ok {
			return
		}
		height := 0
		if k := c.count[i]; k < len(c.heights) {
			height = c.heights[k]
		}
		c.count[i]++
		c.y[i] = c.l.block(child, c.frame(i), c.y[i], c.padding, height, c.filler(child, i)) + c.bottom
	case form.ScoreGroup:
		// It spans the container, below all that stands in the columns so far.
		y := c.l.place(child, c.f, slices.Max(c.y)) + c.bottom
		for i := range c.y {
			c.y[i] = y
		}
	default:
		i, ok := c.column(child)
		if !ok {
			return
		}
		c.y[i] = c.l.place(child, c.frame(i), c.y[i]) + c.bottom
	}
}

// filler places the content of a block in column i that may go on in the columns
// after it; nil for other blocks.
func (c *columns) filler(b *form.Element, i int) func(frame, int) int {
	l := c.l
	if !l.wraps(b) || l.wrapDepth == maxWraps {
		return nil
	}
	vertical := whole(b, form.AttrVerticalPadding, blockPadding)
	top := c.padding
	if _, ok := b.Int(form.AttrVerticalPadding); ok {
		top = vertical
	}
	return func(f frame, y int) int {
		l.wrapDepth++
		defer func() { l.wrapDepth-- }()
		height := f.bottom - y
		if n := l.measured(func() int { return l.flow(b.Children, frame{x: f.x, w: f.w, look: f.look, outer: f.outer}, y) - y }); n <= height {
			return l.flow(b.Children, f, y)
		}
		f.bottom = 0
		w := &wrapping{
			c: c, e: b, top: top, vertical: vertical, limit: y + height,
			horizontal: whole(b, form.AttrHorizontalPadding, blockPadding),
		}
		w.fill(i, f, y)
		return y + height
	}
}

func (c *columns) frame(i int) frame {
	f := c.f
	f.x, f.w = c.x[i], c.w[i]
	return f
}

// rowHeights measures every block alone: the k-th blocks of all columns get the
// height of the tallest among them.
func (c *columns) rowHeights() []int {
	var rows []int
	count := make([]int, len(c.x))
	for _, child := range c.e.Children {
		if child.Kind != form.Block {
			continue
		}
		i := whole(child, form.AttrColumn, 1) - 1
		if i < 0 || i >= len(c.x) {
			continue
		}
		h := c.l.height(child, c.frame(i), c.padding)
		if count[i] == len(rows) {
			rows = append(rows, h)
		} else {
			rows[count[i]] = max(rows[count[i]], h)
		}
		count[i]++
	}
	return rows
}

// height is a block's natural height. It is remembered, because containers
// that equalize heights may be nested, and each would measure anew.
func (l *layouter) height(b *form.Element, f frame, padding int) int {
	key := heightKey{b, f.w}
	if h, ok := l.heights[key]; ok {
		return h
	}
	top := l.settings.contentTop()
	h := l.measured(func() int { return l.block(b, f, top, padding, 0, nil) - top })
	l.heights[key] = h
	return h
}

type heightKey struct {
	block *form.Element
	width int
}

// footer is the page's footer container; a second one is LM431.
func (l *layouter) footer(p *form.Element) (foot *form.Element) {
	var walk func(e *form.Element)
	walk = func(e *form.Element) {
		for _, c := range e.Children {
			if c.Kind == form.Container && isFooter(c) {
				if foot != nil {
					l.fail(c, "LM431", "the page has a second footer", "put everything into one footer container")
				} else {
					foot = c
				}
				continue
			}
			walk(c)
		}
	}
	walk(p)
	return foot
}

func isFooter(e *form.Element) bool {
	return enum(e, form.AttrContainerType, form.ContainerNormal) == form.ContainerFooter
}

// layFooter places the footer upward from its bottom edge and returns its top
// edge, along which a rule runs (spec/markup.md 8.6).
func (l *layouter) layFooter(e *form.Element, f frame) int {
	h := l.measured(func() int { return l.container(e, f, 0) })
	top := l.settings.PaperH - l.settings.OffsetBottom - footerFoot - h
	rule := box(f.x, top, f.w, footerRule)
	l.sheet.fill(borders, form.Color{}, rule)
	l.sheet.print("rule", rule)
	l.container(e, f, top)
	return top
}
