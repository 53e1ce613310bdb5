package layout

import (
	"fmt"
	"image"
	"sort"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/typeset"
)

// Options are what a form needs beside its tree and settings.
type Options struct {
	Images map[string][]byte // pictures by name (spec/markup.md 10.8)
	// Decode makes a picture of bytes. nil: every picture is LM602.
	Decode func([]byte) (image.Image, error)
	Faces  *typeset.Faces // nil: the embedded ones
	// Copy is the number of a copy that is printed for one person, from 1. Each
	// page of it, also of a form of one page, carries the page identifier with
	// this number (spec/markup.md 8.4); the pattern's identifiers do not, so that
	// one pattern suits all copies. 0: no copy.
	Copy int
	// ID is the identifier of the form that a copy was made from; "": ID of the
	// tree itself.
	ID string
}

// Limits of spec/markup.md 16.3, LM106.
const (
	maxPages   = 200
	maxBubbles = 100_000
	// maxRepeated is what names, symbols and texts may take, in bytes, in all rows
	// that repeat them: more fits no pattern, and a name of a megabyte in ten
	// thousand lines fits no memory.
	maxRepeated = pattern.MaxBytes
	// maxText is how many characters are set, also to measure them, by their labour:
	// 200 pages that are full of small print, several times.
	maxText = 3_000_000
)

// Lay places a form on its pages and makes its pattern. The list holds the
// diagnostics of spec/markup.md 16 that depend on places, in document order; when it
// Failed the document is nil.
func Lay(f *form.Form, s form.Settings, opt Options) (*Document, fault.List) {
	l := &layouter{
		form: f, opt: opt, request: s, faces: opt.Faces,
		paths: map[*form.Element]string{}, said: map[string]bool{},
		numbers: map[*form.Element]int{}, keys: map[*form.Element]string{},
		pictures: map[string]*picture{}, drawn: map[drawn]image.Image{}, shaped: map[shapedKey]symbolShape{}, heights: map[heightKey]int{},
		misplaced: map[*form.Element]bool{}, met: map[meeting]bool{},
	}
	if l.faces == nil {
		l.faces = typeset.Default()
	}
	id := opt.ID
	if id == "" {
		id = ID(f, s, opt.Faces)
	}
	if s.WritingSystem.RightToLeft() {
		f = turnedRound(f)
		l.form = f
	}
	if len(f.Pages) > maxPages {
		l.fail(nil, "LM106", fmt.Sprintf("the form has %d pages, at most %d are allowed", len(f.Pages), maxPages), "split the form")
		return nil, l.faults
	}
	for i, p := range f.Pages {
		l.survey(p, fmt.Sprintf("Template/Page[%d]", i+1))
	}
	l.number()
	l.checkSettings()
	doc := &Document{Name: f.Name, Lang: s.WritingSystem.Language(), Faces: opt.Faces}
	for i, p := range f.Pages {
		l.page(doc, p, i, id)
		if l.tooMany {
			return nil, l.faults
		}
	}
	l.unused()
	sortByPlace(l.faults)
	if l.faults.Failed() {
		return nil, l.faults
	}
	l.pattern(doc, id)
	return doc, l.faults
}

// layouter is the state of one Lay.
type layouter struct {
	form    *form.Form
	opt     Options
	request form.Settings
	faces   *typeset.Faces
	faults  fault.List
	counts  [fault.SeverityInfo + 1]int // of faults
	paths   map[*form.Element]string
	said    map[string]bool
	met     map[meeting]bool
	mute    int // above 0 while something is laid out only to be measured

	numbers  map[*form.Element]int    // number of a question or first line (spec/markup.md 11)
	keys     map[*form.Element]string // keys made for elements without name (12.3)
	pictures map[string]*picture
	drawn    map[drawn]image.Image
	held     int // bytes, see maxPictures
	shaped   map[shapedKey]symbolShape
	heights  map[heightKey]int

	within      *form.Element          // the answer with a bubble that is being laid out
	misplaced   map[*form.Element]bool // already reported
	identifiers []pattern.Identifier

	wrapDepth   int // of blocks that go on in the next column
	bubbleCount int
	repeated    int // bytes, see maxRepeated
	set         int // characters, see maxText
	tooMany     bool

	// of the page being laid out
	settings settings
	sheet    *sheet
	sheets   []*sheet
	pages    []settings
}

// frame is where an element is placed: the content box of its parent.
type frame struct {
	x, w  int           // px
	look  look          // that texts inherit: the body's
	outer geom.PageRect // within which the quiet zone of a code must stay
	// bottom is the y at which the content of a parent of fixed height ends; 0
	// where the parent grows with its content.
	bottom int
}

// page lays out one page and appends it to the document.
func (l *layouter) page(doc *Document, p *form.Element, index int, id string) {
	l.settings = pageSettings(l.request, p)
	st := l.settings
	st.body.family = l.family(nil, st.body.family, form.Settings{}.Resolved().FontFamily)
	l.settings = st
	l.sheet = &sheet{}
	l.checkMargins(p)
	x, w := st.column()
	f := frame{x: x, w: w, look: st.body, outer: st.paper()}
	bottom := st.contentBottom()
	if foot := l.footer(p); foot != nil {
		bottom = l.layFooter(foot, f) - footerGap
	}
	l.flowPage(p.Children, f, st.contentTop(), bottom)
	if l.rightToLeft() {
		l.mirrorPage()
	}
	l.fiducials(index, id)
	l.checkPlaces()
	l.sheets = append(l.sheets, l.sheet)
	l.pages = append(l.pages, st)
	doc.Pages = append(doc.Pages, Sheet{Width: st.PaperW, Height: st.PaperH, Items: l.sheet.paint(), Faces: doc.Faces})
}

// flowPage stacks the page's elements and reports the first that passes bottom,
// and how far all of them do.
func (l *layouter) flowPage(children []*form.Element, f frame, y, bottom int) {
	var first *form.Element
	by, last := 0, 0 // by how much the first passes bottom, and the last
	for _, c := range children {
		next := l.place(c, f, y)
		// What has its own y has LM501 and LM502.
		if _, fixed := c.Int(form.AttrY); next > bottom && next > y && !fixed && c.Kind != form.EmptyLine {
			last = next - bottom
			if first == nil {
				first, by = c, last
			}
		}
		y = next
	}
	if first == nil {
		return
	}
	more := ""
	if last > by {
		more = fmt.Sprintf(", the last element %d px", last)
	}
	l.warn(first, "LM504", fmt.Sprintf("%s ends %d px below the space for content, which ends at y = %d%s", describe(first), by, bottom, more),
		"shorten the page or move elements to another one")
}

// flow stacks children in f from y on and returns the y below the last.
func (l *layouter) flow(children []*form.Element, f frame, y int) int {
	for i, c := range children {
		// What is only measured has the height of its block: measuring the rest
		// again and again would take for ever in nested ones.
		if adaptive(c, f) && l.mute == 0 {
			after := f
			after.bottom = 0
			rest := l.measured(func() int { return l.flow(children[i+1:], after, y) - y })
			y = l.writeIn(c, f, y, f.bottom-y-rest)
			continue
		}
		y = l.place(c, f, y)
	}
	return y
}

// place lays out one element at y and returns the y below it.
func (l *layouter) place(e *form.Element, f frame, y int) int {
	if l.tooMany {
		return y
	}
	outer := l.sheet.source
	l.sheet.source = e
	start := l.sheet.mark()
	y = l.placeKind(e, f, y)
	l.sheet.source = outer
	if _, ok := e.Int(form.AttrX); ok && l.rightToLeft() {
		l.keepPlace(start)
	}
	return y
}

func (l *layouter) placeKind(e *form.Element, f frame, y int) int {
	switch e.Kind {
	case form.Text, form.Content:
		return l.text(e, f, y)
	case form.EmptyLine:
		return l.emptyLine(e, f, y)
	case form.Image:
		return l.image(e, f, y)
	case form.Container:
		if isFooter(e) {
			return y // placed at the page's foot
		}
		return l.container(e, f, y)
	case form.ChoiceBox:
		return l.choiceBox(e, f, y)
	case form.AnswerSheet:
		return l.answerSheet(e, f, y)
	case form.Grid:
		return l.grid(e, f, y)
	case form.Barcode:
		return l.barcode(e, f, y)
	case form.CompositeGrid:
		return l.compositeGrid(e, f, y)
	case form.CheckBox:
		return l.checkBox(e, f, y)
	case form.VerticalChoiceBox:
		return l.verticalChoiceBox(e, f, y)
	case form.WriteIn:
		return l.writeIn(e, f, y, 0)
	case form.TextInput:
		return l.textInput(e, f, y)
	case form.FreeTextInput:
		return l.freeTextInput(e, f, y)
	case form.ScoreGroup:
		return l.scoreGroup(e, f, y)
	case form.CustomAnswerSheet:
		return l.customSheet(e, f, y)
	case form.Table:
		return l.table(e, f, y)
	case form.Paragraph:
		return l.paragraph(e, f, y)
	case form.InputGroup:
		return l.inputGroup(e, f, y)
	case form.PositionedBlock:
		return l.positionedBlock(e, f, y)
	}
	l.fail(e, "LM220", describe(e)+" cannot stand here", "put it where it belongs")
	return y
}

// measured runs lay on a sheet that is thrown away, without diagnostics.
func (l *layouter) measured(lay func() int) int {
	n, _ := l.tried(lay)
	return n
}

// tried is measured with the sheet that was laid out.
func (l *layouter) tried(lay func() int) (int, *sheet) {
	saved, count, repeated := l.sheet, l.bubbleCount, l.repeated
	made := &sheet{source: saved.source}
	l.sheet = made
	l.mute++
	n := lay()
	l.mute--
	l.sheet, l.bubbleCount, l.repeated = saved, count, repeated
	return n, made
}

// room counts n more bubbles and tells whether the form may have them.
func (l *layouter) room(e *form.Element, n int) bool {
	if n > maxBubbles || l.bubbleCount+n > maxBubbles {
		l.tooMany = true
		l.mute = 0
		l.fail(e, "LM106", fmt.Sprintf("with %s the form has more than %d bubbles", describe(e), maxBubbles), "split the form")
		return false
	}
	l.bubbleCount += n
	return true
}

// repeats counts texts that so many rows of e have and tells whether the form may
// have them. There are no more rows than bubbles.
func (l *layouter) repeats(e *form.Element, rows int, texts ...string) bool {
	const own = 16 // bytes that a row takes whatever its texts are
	l.repeated += rows * own
	for _, s := range texts {
		l.repeated += rows * len(s)
	}
	if l.repeated > maxRepeated {
		l.tooMany = true
		l.mute = 0
		l.fail(e, "LM106", fmt.Sprintf("the names and texts that the rows of %s repeat would take over %d bytes", describe(e), maxRepeated), "use shorter ones")
		return false
	}
	return true
}

// sortByPlace puts diagnostics in the order of the source, those without place last.
func sortByPlace(list fault.List) {
	key := func(e *fault.Error) (int, int) {
		if e.Where.Line == 0 {
			return 1 << 30, 0
		}
		return e.Where.Line, e.Where.Column
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, b := key(list[i])
		c, d := key(list[j])
		return a < c || a == c && b < d
	})
}
