package pattern

import (
	"fmt"
	"math"
	"strings"

	"github.com/leafmark/leafmark/omr/geom"
)

// category tells what an item of Elements becomes.
type category uint8

const (
	typeUnknown category = iota
	typeElement
	typeMarker
)

// knownTypes are the spellings of every age, lower case (spec/pattern.md 2).
var knownTypes = map[string]ElementType{
	"choicebox":           ChoiceBox,
	"grid":                Grid,
	"compositegrid":       CompositeGrid,
	"compositegridomr":    CompositeGrid,
	"checkbox":            CheckBox,
	"scoregroup":          ScoreGroup,
	"replacetrigger":      ReplaceTrigger,
	"barcode":             Barcode,
	"barcodedownloadable": BarcodeMade,
	"cliparea":            ClipArea,
}

// classify reads a Type; what follows a colon is a .NET namespace.
func classify(typ string) (ElementType, category) {
	word, _, _ := strings.Cut(strings.TrimSpace(typ), ":")
	switch {
	case sameKey(word, "ReferencePoint"), sameKey(word, "ReferencePointElement"):
		return "", typeMarker
	case len(word) > len("BarcodeDownloadable"):
		return "", typeUnknown
	}
	if t, ok := knownTypes[strings.ToLower(word)]; ok {
		return t, typeElement
	}
	return "", typeUnknown
}

// elementType tells an item's category before anything is allocated for it.
func elementType(raw []byte, page string, i int) (category, error) {
	if raw[0] != '{' {
		return typeUnknown, invalid(fmt.Sprintf("%s.Elements[%d]", page, i), "", "is "+kindOf(raw), "an object")
	}
	var typ []byte
	for k, v := range pairs(raw) {
		if len(k) >= len(`"Type"`) && sameKey(unquote(k), "Type") {
			typ = v
		}
	}
	if typ == nil || typ[0] != '"' {
		return typeUnknown, invalid(fmt.Sprintf("%s.Elements[%d].Type", page, i), "", "is missing", "the element's type")
	}
	_, c := classify(unquote(typ))
	return c, nil
}

func (r *reader) element(p *Page, raw []byte, page string, i int) error {
	path := fmt.Sprintf("%s.Elements[%d]", page, i)
	o := readObject(raw)
	typ := unquote(o.peek("Type"))
	t, c := classify(typ)
	if c == typeUnknown {
		name := ""
		if v := o.peek("Name"); v != nil && v[0] == '"' {
			name = unquote(v)
		}
		r.warn("LM852", path, fmt.Sprintf("%s: the element %q is of unknown type %q and is not read", path, clip(name), clip(typ)),
			"enter its answer by hand, or update Leafmark")
		p.unknown = append(p.unknown, skipped{len(p.Elements), compact(raw)})
		return nil
	}
	o.take("Type")
	f := fields{o: &o, path: path}
	name := f.text("Name")
	f.name = clip(name)
	if c == typeMarker {
		return r.marker(p, &f, name)
	}
	p.Elements = append(p.Elements, Element{Type: t, Name: name, Path: path})
	e := &p.Elements[len(p.Elements)-1]
	var err error
	switch t {
	case Grid:
		err = r.grid(e, &f, p)
	case CompositeGrid:
		err = r.compositeGrid(e, &f, p)
	case ScoreGroup:
		err = r.scoreGroup(e, &f, p)
	case Barcode, BarcodeMade, ClipArea:
		err = r.area(e, &f, p)
	case ChoiceBox, CheckBox, ReplaceTrigger:
		err = r.choice(e, &f, p)
	}
	if err != nil {
		return err
	}
	if f.err != nil {
		return f.err
	}
	e.extra = o.rest()
	return nil
}

// marker reads a positioning marker. Older files have four corners and no
// ReferenceType; the rotation marker is the longer one.
func (r *reader) marker(p *Page, f *fields, name string) error {
	m := Marker{Name: name, Box: f.box()}
	kind := f.text("ReferenceType")
	if f.err != nil {
		return f.err
	}
	const longer = 1.4 // sides of the rotation marker are 2 : 1, of a corner 1 : 1
	if sameKey(kind, "Rotation") || kind == "" && max(m.Box.W/m.Box.H, m.Box.H/m.Box.W) > longer {
		m.Kind = TurnMarker
	}
	m.extra = f.o.rest()
	p.Markers = append(p.Markers, m)
	return nil
}

// area reads a barcode or a clipped area: a box and settings.
func (r *reader) area(e *Element, f *fields, p *Page) error {
	e.Box = f.box()
	if e.Type == ClipArea {
		e.Required = f.flag("Required", false)
		e.JPEGQuality, _ = f.integer("JpegQuality", 0, 100)
	} else {
		e.BarcodeType = f.text("BarcodeType")
		e.QRVersion, _ = f.integer("QrVersion", 0, 40)
	}
	if f.err != nil {
		return f.err
	}
	f.fits("Width", e.Box.W, "Height", e.Box.H, p)
	f.inPage(e.Box, p)
	return f.err
}

// fits refuses a size above the page's: every later stage works in the page.
func (f *fields) fits(keyW string, w float64, keyH string, h float64, p *Page) {
	if w > p.Width {
		f.fail(keyW, "is "+formatNumber(w), "at most the page's width "+formatNumber(p.Width))
	}
	if h > p.Height {
		f.fail(keyH, "is "+formatNumber(h), "at most the page's height "+formatNumber(p.Height))
	}
}

// inPage refuses a box that lies outside its page by more than its own size.
func (f *fields) inPage(b geom.PageRect, p *Page) {
	if b.X < -b.W || b.X > p.Width {
		f.fail("Left", "is "+formatNumber(b.X)+", outside the page", "0 to "+formatNumber(p.Width-b.W))
	}
	if b.Y < -b.H || b.Y > p.Height {
		f.fail("Top", "is "+formatNumber(b.Y)+", outside the page", "0 to "+formatNumber(p.Height-b.H))
	}
}

func (f *fields) orientation() bool {
	return sameKey(f.text("Orientation"), "Vertical")
}

// meaningless forgets keys that say nothing where they have the value that
// writing gives them (spec/pattern.md 2: Multiselect means nothing).
func (f *fields) meaningless() {
	f.o.takeDefault("Multiselect", "false")
	f.o.takeDefault("AlignedHorizontally", "false")
	f.o.takeDefault("AlignedVertically", "false")
}

func (r *reader) choice(e *Element, f *fields, p *Page) error {
	if e.Type == ChoiceBox {
		e.Box = f.box()
	} else {
		e.Box = f.looseBox() // all zeros in check boxes of real files
	}
	e.Vertical = f.orientation()
	f.meaningless()
	if e.Type == CheckBox {
		if x, ok := f.number("Threshold"); ok {
			if x < 0 || x > 100 {
				f.fail("Threshold", "is "+formatNumber(x), "a percentage from 0 to 100")
			}
			percent := int(math.Round(x))
			e.Threshold = &percent
		}
	}
	if e.Type == ReplaceTrigger {
		e.Target = f.text("Target")
		e.Value = f.text("Value")
	}
	list := f.list("Bubbles")
	if f.err != nil {
		return f.err
	}
	// A check box none of whose answers can be chosen is drawn without bubbles.
	if e.Type == CheckBox && isEmpty(list) {
		f.optionalSize("BubbleWidth")
		f.optionalSize("BubbleHeight")
		e.Groups = []Group{{}}
		return f.err
	}
	w, h := f.bubbleSize(p, 0, 0)
	bubbles, err := r.bubbles(list, f, "Bubbles", p, w, h)
	e.Groups = []Group{{Bubbles: bubbles}}
	return err
}

// bubbleSize is the size of an owner's bubbles, px; w and h, when above zero,
// are what a grid says for sections that say nothing.
func (f *fields) bubbleSize(p *Page, w, h float64) (float64, float64) {
	if w <= 0 || f.o.peek("BubbleWidth") != nil {
		w = f.size("BubbleWidth")
	}
	if h <= 0 || f.o.peek("BubbleHeight") != nil {
		h = f.size("BubbleHeight")
	}
	f.fits("BubbleWidth", w, "BubbleHeight", h, p)
	return w, h
}

func isEmpty(list []byte) bool {
	if list == nil {
		return true
	}
	for range items(list) {
		return false
	}
	return true
}

// count is the length of a list of bubbles, which may not be empty, and adds it
// to the file's.
func (r *reader) count(list []byte, f *fields, key string) (int, error) {
	n := 0
	if list != nil {
		for range items(list) {
			n++
		}
	}
	if n == 0 {
		f.fail(key, "holds no bubble", "at least one")
		return 0, f.err
	}
	r.bubbleCount += n
	if r.bubbleCount > MaxBubbles {
		return 0, tooLarge(f.at(key), fmt.Sprintf("more than %d bubbles", MaxBubbles), fmt.Sprintf("at most %d", MaxBubbles))
	}
	return n, nil
}

// bubbles reads a list of bubbles of the size w, h; key is its key within f.
func (r *reader) bubbles(list []byte, f *fields, key string, p *Page, w, h float64) ([]Bubble, error) {
	if f.err != nil {
		return nil, f.err
	}
	n, err := r.count(list, f, key)
	if err != nil {
		return nil, err
	}
	out := make([]Bubble, n)
	path := f.at(key)
	for i, raw := range items(list) {
		b := fields{path: path, item: true, index: i, name: f.name}
		if out[i], err = b.bubble(raw, p, w, h); err != nil {
			return nil, err
		}
		out[i].extra = b.o.rest()
	}
	return out, nil
}

// bubble reads one bubble; what it does not know stays in f.o.
func (f *fields) bubble(raw []byte, p *Page, w, h float64) (Bubble, error) {
	if raw[0] != '{' {
		return Bubble{}, invalid(f.where(), f.name, "is "+kindOf(raw), "an object")
	}
	o := readObject(raw)
	f.o = &o
	b := Bubble{
		Value: f.text("Value"),
		Box:   geom.PageRect{X: f.place("Left"), Y: f.place("Top"), W: w, H: h},
		Valid: f.flag("IsValid", true),
	}
	f.inPage(b.Box, p)
	return b, f.err
}

// grid reads sections of their own boxes and bubbles. A section without bubble
// size has the grid's.
func (r *reader) grid(e *Element, f *fields, p *Page) error {
	e.Box = f.box()
	e.Vertical = f.orientation()
	w, h := f.peekSize("BubbleWidth"), f.peekSize("BubbleHeight")
	if f.o.peek("Elements") == nil && f.o.peek("Bubbles") != nil {
		return r.sections(e, f, p)
	}
	list := f.list("Elements")
	if f.err != nil {
		return f.err
	}
	if isEmpty(list) {
		f.fail("Elements", "the grid has no section", "one ChoiceBox a section")
		return f.err
	}
	for i, raw := range items(list) {
		path := fmt.Sprintf("%s[%d]", f.at("Elements"), i)
		if raw[0] != '{' {
			return invalid(path, f.name, "is "+kindOf(raw), "an object")
		}
		o := readObject(raw)
		s := fields{o: &o, path: path, name: f.name}
		if typ := s.text("Type"); typ != "" {
			if t, _ := classify(typ); t != ChoiceBox {
				s.fail("Type", "is "+clip(typ), "ChoiceBox")
			}
		}
		o.takeDefault("Name", `""`)
		o.takeDefault("Orientation", `"Horizontal"`)
		s.meaningless()
		g := Group{Box: s.looseBox()}
		bubbles := s.list("Bubbles")
		sw, sh := s.bubbleSize(p, w, h)
		var err error
		if g.Bubbles, err = r.bubbles(bubbles, &s, "Bubbles", p, sw, sh); err != nil {
			return err
		}
		g.extra = o.rest()
		e.Groups = append(e.Groups, g)
	}
	return nil
}

// peekSize is a grid's own bubble size, kept as it stands; 0 when there is none.
func (f *fields) peekSize(key string) float64 {
	raw := f.o.peek(key)
	if raw == nil {
		return 0
	}
	v, ok := parseNumber(raw)
	if !ok || v < 0 || v > maxCoordinate {
		f.fail(key, "is "+clip(string(raw)), "a size above 0")
		return 0
	}
	return v
}

func (r *reader) compositeGrid(e *Element, f *fields, p *Page) error {
	e.Box = f.box()
	e.Vertical = f.orientation()
	return r.sections(e, f, p)
}

// sections reads Bubbles as a list of lists, one a section.
func (r *reader) sections(e *Element, f *fields, p *Page) error {
	f.meaningless()
	list := f.list("Bubbles")
	w, h := f.bubbleSize(p, 0, 0)
	if f.err != nil {
		return f.err
	}
	if isEmpty(list) {
		f.fail("Bubbles", "the grid has no section", "a list of bubbles a section")
		return f.err
	}
	for i, raw := range items(list) {
		key := fmt.Sprintf("Bubbles[%d]", i)
		if raw[0] != '[' {
			f.fail(key, "is "+kindOf(raw), "a list of bubbles")
			return f.err
		}
		bubbles, err := r.bubbles(raw, f, key, p, w, h)
		if err != nil {
			return err
		}
		e.Groups = append(e.Groups, Group{Bubbles: bubbles})
	}
	return nil
}
