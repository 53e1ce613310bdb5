package render

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/layout"
)

// pdfTags is the logical structure of a document (ISO 32000-1, 14.7 and 14.8): a
// Sect a page, in it an H1, P or Figure for each element of the form, in the
// order of its source. What is neither text nor a picture is an artifact.
type pdfTags struct {
	root, document, parents int
	sections                []int
	tree                    bytes.Buffer // of the pages' marked contents to their elements
}

func newPDFTags(w *pdfWriter) *pdfTags {
	return &pdfTags{root: w.reserve(), document: w.reserve(), parents: w.reserve()}
}

// write ends the structure.
func (t *pdfTags) write(w *pdfWriter) {
	w.object(t.root, fmt.Sprintf("<< /Type /StructTreeRoot /K [%d 0 R] /ParentTree %d 0 R /ParentTreeNextKey %d >>", t.document, t.parents, len(t.sections)))
	w.object(t.document, fmt.Sprintf("<< /Type /StructElem /S /Document /P %d 0 R /K [%s] >>", t.root, references(t.sections)))
	w.object(t.parents, fmt.Sprintf("<< /Nums [%s] >>", t.tree.String()))
}

func references(objects []int) string {
	var b strings.Builder
	for i, o := range objects {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.Itoa(o) + " 0 R")
	}
	return b.String()
}

// tagged is what becomes one element of the structure.
type tagged struct {
	source *form.Element
	kind   string // H1, P, Figure
	alt    string // of a Figure
	box    geom.PageRect
	lines  []taggedLine
	rtl    bool // its rows are read from the right
}

// taggedLine is one piece of marked content.
type taggedLine struct {
	mcid   int
	actual string // what it says, where its glyphs one by one do not
	x, y   float64
	height float64
}

// pageTags are the elements of one page, in the order met.
type pageTags struct {
	all    []*tagged
	texts  map[*form.Element]*tagged
	marked int  // contents so far
	open   bool // an artifact
}

// headline is the size, in px, from which a text is a heading: 15 points, above
// the 12 of running text.
const headline = 62

// text takes a line into its element and returns its number; spelled tells
// whether its glyphs from left to right are its text.
func (t *pageTags) text(item layout.Item, spelled bool) (mcid int) {
	line := item.Text
	at := t.texts[item.Source()]
	if at == nil || item.Source() == nil {
		at = &tagged{source: item.Source(), kind: "P"}
		if runs := line.Line.Runs; len(runs) > 0 && runs[0].Size >= headline && plainText(item.Source()) {
			at.kind = "H1"
		}
		t.all = append(t.all, at)
		if t.texts == nil {
			t.texts = map[*form.Element]*tagged{}
		}
		t.texts[item.Source()] = at
	}
	said := taggedLine{height: line.Line.Height}
	if strings.ContainsFunc(line.Text, rightToLeft) {
		at.rtl, spelled = true, false
	}
	if !spelled {
		said.actual = line.Text
	}
	origin := item.Turn.At(line.Origin)
	said.x, said.y = origin.X, origin.Y
	return t.mark(at, said)
}

// plainText tells elements that are text and nothing else.
func plainText(e *form.Element) bool {
	if e == nil {
		return false
	}
	switch e.Kind {
	case form.Text, form.Content, form.Paragraph, form.TableTitle:
		return true
	}
	return false
}

// figure takes a picture or a code and returns its number.
func (t *pageTags) figure(source *form.Element, alt string, box geom.PageRect) (mcid int) {
	at := &tagged{source: source, kind: "Figure", alt: alt, box: box}
	t.all = append(t.all, at)
	return t.mark(at, taggedLine{})
}

func (t *pageTags) mark(at *tagged, l taggedLine) int {
	l.mcid = t.marked
	t.marked++
	at.lines = append(at.lines, l)
	return l.mcid
}

// order sorts the elements as the source has them, and the lines of each into
// rows: the letters in bubbles, which are painted last, are read with the answers
// beside them.
func (t *pageTags) order() {
	slices.SortStableFunc(t.all, func(a, b *tagged) int {
		if a.source == nil || b.source == nil {
			return cmp.Compare(unplaced(a), unplaced(b))
		}
		return cmp.Or(cmp.Compare(a.source.Pos.Line, b.source.Pos.Line), cmp.Compare(a.source.Pos.Column, b.source.Pos.Column))
	})
	for _, e := range t.all {
		slices.SortStableFunc(e.lines, func(a, b taggedLine) int { return cmp.Compare(a.y, b.y) })
		for i := 1; i < len(e.lines); i++ {
			if above := e.lines[i-1]; e.lines[i].y-above.y < above.height/2 {
				e.lines[i].y = above.y
			}
		}
		slices.SortStableFunc(e.lines, func(a, b taggedLine) int {
			if e.rtl {
				a.x, b.x = b.x, a.x
			}
			return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x))
		})
	}
}

// unplaced sorts what is of no element after all others.
func unplaced(t *tagged) int {
	if t.source == nil {
		return 1
	}
	return 0
}

// section writes the elements of a page; height is the page's in points.
func (t *pdfTags) section(w *pdfWriter, page int, tags *pageTags, height float64) {
	section := w.reserve()
	tags.order()
	parents := make([]int, tags.marked)
	kids := make([]int, len(tags.all))
	for i, e := range tags.all {
		var marked strings.Builder
		kids[i] = w.reserve()
		for _, l := range e.lines {
			parents[l.mcid] = kids[i]
			if l.actual == "" {
				fmt.Fprintf(&marked, "%d ", l.mcid)
				continue
			}
			span := w.add(fmt.Sprintf("<< /Type /StructElem /S /Span /P %d 0 R /Pg %d 0 R /ActualText %s /K %d >>",
				kids[i], page, pdfText(l.actual), l.mcid))
			parents[l.mcid] = span
			fmt.Fprintf(&marked, "%d 0 R ", span)
		}
		more := ""
		if e.kind == "Figure" {
			b := e.box
			more = fmt.Sprintf(" /Alt %s /A << /O /Layout /Placement /Block /BBox [%s %s %s %s] >>", pdfText(e.alt),
				number(b.X*ptPerPx), number(height-(b.Y+b.H)*ptPerPx), number((b.X+b.W)*ptPerPx), number(height-b.Y*ptPerPx))
		}
		w.object(kids[i], fmt.Sprintf("<< /Type /StructElem /S /%s /P %d 0 R /Pg %d 0 R /K [%s]%s >>",
			e.kind, section, page, strings.TrimSpace(marked.String()), more))
	}
	w.object(section, fmt.Sprintf("<< /Type /StructElem /S /Sect /P %d 0 R /K [%s] >>", t.document, references(kids)))
	fmt.Fprintf(&t.tree, "%d [%s] ", len(t.sections), references(parents))
	t.sections = append(t.sections, section)
}
