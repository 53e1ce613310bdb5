package pattern

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/geom"
)

// Write is the file of a pattern as spec/pattern.md 3 lays it down: UTF-8
// without byte order mark, tab-indented, LF, places as strings, keys in the
// order of the newest files, unknown keys after the known ones. The same
// pattern gives the same bytes. A file that would pass MaxBytes so is written
// without tabs and line feeds, a third smaller; one that is still too large is
// LM106, because whoever prints its form could never read a sheet. A number that
// JSON cannot hold is a fault of ours (internal).
func Write(p *Pattern) ([]byte, error) {
	out, err := write(p, &writer{})
	if err == nil && len(out) > MaxBytes {
		out, err = write(p, &writer{buf: out[:0], tight: true})
	}
	if err == nil && len(out) > MaxBytes {
		return nil, &fault.Error{
			Code: "LM106", Kind: fault.TooLarge,
			Cause: fmt.Sprintf("the pattern of the form would have %d bytes, the limit is %d", len(out), MaxBytes),
			Cure:  "split the form, or use shorter names",
		}
	}
	return out, err
}

func write(p *Pattern, w *writer) ([]byte, error) {
	w.open('{')
	w.str("Version", orElse(p.Version, "1.0"))
	w.strOrNull("Name", p.Name)
	w.key("Pages")
	w.open('[')
	for i := range p.Pages {
		w.item()
		w.page(&p.Pages[i])
	}
	w.close(']')
	w.str("TemplateId", p.TemplateID)
	w.flag("FinalizationComplete", p.Finalized)
	w.flag("IsGenerated", p.Generated)
	w.members(p.extra)
	if ext := p.described(); ext != nil {
		raw, err := extensionJSON(ext)
		if err != nil {
			return nil, err
		}
		w.key("Leafmark")
		w.ours(raw)
	}
	w.close('}')
	if w.err != nil {
		return nil, w.err
	}
	return w.buf, nil
}

func extensionJSON(ext *Extension) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(ext); err != nil {
		return nil, &fault.Error{Code: "internal", Cause: "the pattern cannot be written", Cure: "send the source to the operator", Err: err}
	}
	raw := bytes.TrimSpace(b.Bytes())
	for _, m := range ext.extra {
		k := &writer{}
		k.quote(m.key)
		raw = append(raw[:len(raw)-1], ',')
		raw = append(append(append(append(raw, k.buf...), ':'), m.raw...), '}')
	}
	return raw, nil
}

// writer lays JSON out, a key a line.
type writer struct {
	buf   []byte
	depth int
	fresh bool // nothing yet inside the innermost bracket
	tight bool // no white space
	err   error
}

func (w *writer) open(bracket byte) {
	w.buf = append(w.buf, bracket)
	w.depth++
	w.fresh = true
}

func (w *writer) close(bracket byte) {
	w.depth--
	if !w.fresh {
		w.line()
	}
	w.buf = append(w.buf, bracket)
	w.fresh = false
}

func (w *writer) line() {
	if w.tight {
		return
	}
	w.buf = append(w.buf, '\n')
	for range w.depth {
		w.buf = append(w.buf, '\t')
	}
}

// item starts the next member of a list or object.
func (w *writer) item() {
	if !w.fresh {
		w.buf = append(w.buf, ',')
	}
	w.fresh = false
	w.line()
}

func (w *writer) key(k string) {
	w.item()
	w.quote(k)
	w.buf = append(w.buf, ':')
	if !w.tight {
		w.buf = append(w.buf, ' ')
	}
}

func (w *writer) str(k, v string) {
	w.key(k)
	w.quote(v)
}

func (w *writer) strOrNull(k, v string) {
	if v == "" {
		w.null(k)
		return
	}
	w.str(k, v)
}

func (w *writer) null(k string) {
	w.key(k)
	w.buf = append(w.buf, "null"...)
}

func (w *writer) flag(k string, v bool) {
	w.key(k)
	w.buf = strconv.AppendBool(w.buf, v)
}

func (w *writer) integer(k string, v int) {
	w.key(k)
	w.buf = strconv.AppendInt(w.buf, int64(v), 10)
}

// number is a bare JSON number.
func (w *writer) number(k string, v float64) {
	w.key(k)
	w.buf = append(w.buf, w.format(v)...)
}

// place is a number in quotes, as the newest files have it.
func (w *writer) place(k string, v float64) {
	w.key(k)
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, w.format(v)...)
	w.buf = append(w.buf, '"')
}

func (w *writer) format(v float64) string {
	if (math.IsNaN(v) || math.IsInf(v, 0)) && w.err == nil {
		w.err = &fault.Error{Code: "internal", Cause: fmt.Sprintf("the pattern holds the number %v", v), Cure: "send the source to the operator"}
	}
	return formatNumber(v)
}

// formatNumber is the shortest decimal notation that reads back as v.
func formatNumber(v float64) string {
	if v == 0 {
		v = 0
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

const hex = "0123456789abcdef"

func (w *writer) quote(s string) {
	w.buf = append(w.buf, '"')
	for _, r := range s { // a broken byte becomes U+FFFD
		switch {
		case r == '"' || r == '\\':
			w.buf = append(w.buf, '\\', byte(r))
		case r == '\n':
			w.buf = append(w.buf, '\\', 'n')
		case r == '\r':
			w.buf = append(w.buf, '\\', 'r')
		case r == '\t':
			w.buf = append(w.buf, '\\', 't')
		case r < ' ':
			w.buf = append(w.buf, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			w.buf = append(w.buf, string(r)...)
		}
	}
	w.buf = append(w.buf, '"')
}

// maxIndented is the nesting up to which kept values are indented: deeper ones,
// which no program writes, would grow by their own depth.
const maxIndented = 16

func (w *writer) raw(raw []byte) {
	if w.tight || depthOf(raw) > maxIndented {
		w.buf = append(w.buf, raw...)
		return
	}
	prefix := bytes.Repeat([]byte{'\t'}, w.depth)
	var b bytes.Buffer
	if json.Indent(&b, raw, string(prefix), "\t") != nil {
		w.buf = append(w.buf, raw...)
		return
	}
	w.buf = append(w.buf, b.Bytes()...)
}

// ours writes the extension, an item of its lists a line: indented in full it
// would be half of the file.
func (w *writer) ours(raw []byte) {
	w.open('{')
	for k, v := range pairs(raw) {
		w.key(unquote(k))
		if v[0] != '[' {
			w.raw(v)
			continue
		}
		w.open('[')
		for _, item := range items(v) {
			w.item()
			w.buf = append(w.buf, item...)
		}
		w.close(']')
	}
	w.close('}')
}

func (w *writer) members(extra []member) {
	for _, m := range extra {
		w.key(m.key)
		w.raw(m.raw)
	}
}

// knows tells whether a kept member writes the key already.
func knows(extra []member, key string) bool {
	for _, m := range extra {
		if sameKey(m.key, key) {
			return true
		}
	}
	return false
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func (w *writer) page(p *Page) {
	w.open('{')
	w.number("Height", p.Height)
	w.number("Width", p.Width)
	w.key("Elements")
	w.open('[')
	u := 0
	for i := 0; i <= len(p.Elements); i++ {
		for u < len(p.unknown) && (p.unknown[u].before <= i || i == len(p.Elements)) {
			w.item()
			w.raw(p.unknown[u].raw)
			u++
		}
		if i < len(p.Elements) {
			w.item()
			w.element(&p.Elements[i])
		}
	}
	for i := range p.Markers {
		w.item()
		w.marker(&p.Markers[i])
	}
	w.close(']')
	w.str("ImageFormat", orElse(p.ImageFormat, ".png"))
	if p.ImageName != nil {
		w.str("ImageName", *p.ImageName)
	} else {
		w.null("ImageName")
	}
	if p.ImageData != nil {
		w.str("ImageData", base64.StdEncoding.EncodeToString(p.ImageData))
	} else {
		w.null("ImageData")
	}
	if p.RotationMarker != "" {
		w.str("RotationPointPosition", p.RotationMarker)
	}
	w.members(p.extra)
	w.close('}')
}

func (w *writer) head(typ, name string, b geom.PageRect) {
	if typ != "" {
		w.str("Type", typ)
	}
	w.str("Name", name)
	w.box(b)
}

func (w *writer) box(b geom.PageRect) {
	w.place("Width", b.W)
	w.place("Height", b.H)
	w.place("Top", b.Y)
	w.place("Left", b.X)
}

func (w *writer) marker(m *Marker) {
	kind := "Corner"
	if m.Kind == TurnMarker {
		kind = "Rotation"
	}
	w.open('{')
	w.head("ReferencePoint", m.Name, m.Box)
	w.str("ReferenceType", kind)
	w.members(m.extra)
	w.close('}')
}

func (w *writer) element(e *Element) {
	w.open('{')
	w.head(string(e.Type), e.Name, e.Box)
	switch e.Type {
	case Grid:
		w.str("Orientation", orientation(e.Vertical))
		w.key("Elements")
		w.open('[')
		for i := range e.Groups {
			w.item()
			w.section(&e.Groups[i])
		}
		w.close(']')
	case CompositeGrid:
		w.bubbleHead(firstBubble(e.Groups), e.extra)
		w.open('[')
		for i := range e.Groups {
			w.item()
			w.bubbles(e.Groups[i].Bubbles)
		}
		w.close(']')
		w.unset(e.extra, "Multiselect")
		w.str("Orientation", orientation(e.Vertical))
	case ScoreGroup:
		w.key("Questions")
		w.open('[')
		for i := range e.Questions {
			w.item()
			w.question(&e.Questions[i])
		}
		w.close(']')
	case Barcode, BarcodeMade:
		w.str("BarcodeType", e.BarcodeType)
		w.integer("QrVersion", e.QRVersion)
	case ClipArea:
		w.integer("JpegQuality", e.JPEGQuality)
		w.flag("Required", e.Required)
	case ChoiceBox, CheckBox, ReplaceTrigger:
		w.choice(e)
	}
	w.members(e.extra)
	w.close('}')
}

func (w *writer) choice(e *Element) {
	list := e.oneSize()
	w.bubbleHead(firstBubble([]Group{{Bubbles: list}}), e.extra)
	w.bubbles(list)
	w.unset(e.extra, "Multiselect")
	w.str("Orientation", orientation(e.Vertical))
	if e.Threshold != nil {
		w.integer("Threshold", *e.Threshold)
	}
	if e.Type == ReplaceTrigger {
		w.str("Target", e.Target)
		w.str("Value", e.Value)
	}
}

// oneSize are the bubbles of an element without sections. The file has one size
// for all of them: bubbles of several sizes, which the extension has singly, get
// the size that holds each, around their middles.
func (e *Element) oneSize() []Bubble {
	if len(e.Groups) == 0 {
		return nil
	}
	list := e.Groups[0].Bubbles
	if e.Ours == nil || e.Ours.Single == nil {
		return list
	}
	var w, h float64
	for i := range list {
		w, h = max(w, list[i].Box.W), max(h, list[i].Box.H)
	}
	list = slices.Clone(list)
	for i := range list {
		c := list[i].Box.Center()
		list[i].Box = geom.PageRect{X: c.X - w/2, Y: c.Y - h/2, W: w, H: h}
	}
	return list
}

// section is a grid's column or row: a choice box without name.
func (w *writer) section(g *Group) {
	w.open('{')
	if knows(g.extra, "Name") {
		w.str("Type", string(ChoiceBox))
		w.box(g.Box)
	} else {
		w.head(string(ChoiceBox), "", g.Box)
	}
	w.bubbleHead(firstBubble([]Group{*g}), g.extra)
	w.bubbles(g.Bubbles)
	w.unset(g.extra, "Multiselect")
	if !knows(g.extra, "Orientation") {
		w.str("Orientation", orientation(false))
	}
	w.members(g.extra)
	w.close('}')
}

func (w *writer) question(q *ScoreQuestion) {
	w.open('{')
	w.head("", q.Name, q.Box)
	w.key("ScoreAnswers")
	w.open('[')
	for i := range q.Answers {
		a := &q.Answers[i]
		w.item()
		w.open('{')
		w.head("", a.Name, a.Box)
		var first *Bubble
		if len(a.Bubbles) > 0 {
			first = &a.Bubbles[0].Bubble
		}
		w.bubbleSize(first)
		w.key("Bubbles")
		w.open('[')
		for j := range a.Bubbles {
			b := &a.Bubbles[j]
			w.item()
			w.open('{')
			w.bubble(&b.Bubble)
			w.flag("IsPositive", b.Positive)
			w.integer("Score", b.Score)
			w.members(b.extra)
			w.close('}')
		}
		w.close(']')
		w.members(a.extra)
		w.close('}')
	}
	w.close(']')
	w.members(q.extra)
	w.close('}')
}

func orientation(vertical bool) string {
	if vertical {
		return "Vertical"
	}
	return "Horizontal"
}

func firstBubble(groups []Group) *Bubble {
	for i := range groups {
		if len(groups[i].Bubbles) > 0 {
			return &groups[i].Bubbles[0]
		}
	}
	return nil
}

func (w *writer) bubbleSize(b *Bubble) {
	var box geom.PageRect
	if b != nil {
		box = b.Box
	}
	w.number("BubbleHeight", box.H)
	w.number("BubbleWidth", box.W)
}

// unset writes a key that means nothing but that narrow readers may want
// (spec/pattern.md 2), unless a kept member does.
func (w *writer) unset(extra []member, key string) {
	if !knows(extra, key) {
		w.flag(key, false)
	}
}

// bubbleHead writes what stands before an owner's bubbles.
func (w *writer) bubbleHead(first *Bubble, extra []member) {
	w.unset(extra, "AlignedHorizontally")
	w.unset(extra, "AlignedVertically")
	w.bubbleSize(first)
	w.key("Bubbles")
}

func (w *writer) bubbles(list []Bubble) {
	w.open('[')
	for i := range list {
		w.item()
		w.open('{')
		w.bubble(&list[i])
		w.members(list[i].extra)
		w.close('}')
	}
	w.close(']')
}

func (w *writer) bubble(b *Bubble) {
	w.str("Value", b.Value)
	w.place("Top", b.Box.Y)
	w.place("Left", b.Box.X)
	w.flag("IsValid", b.Valid)
}
