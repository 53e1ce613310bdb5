package markup

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
)

// ParseSettings reads page settings (spec/markup.md 7.1) from JSON with the
// leniency of spec/markup.md 4.2: names in any case, with or without underscores
// and hyphens, numbers for names (spec/api.md 3.8). null, absence, "" and, for
// the whole, an empty array mean "not given"; unknown members are ignored. A
// member that cannot be used is an error (LM304, LM310, LM311), one that this
// version does not act on is LM213; Where.Path is its name as in spec/api.md 3.2.
func ParseSettings(source []byte) (form.Settings, fault.List) {
	var out form.Settings
	r := &report{}
	if len(bytes.TrimSpace(source)) == 0 {
		return out, nil
	}
	text, ok := decode(source, r)
	if !ok {
		return out, r.sorted()
	}
	s := newScanner(text, r)
	s.space()
	root := s.value(true)
	if s.space(); !s.failed && !s.end() {
		s.expected("the end of the source")
	}
	empty := root.kind == vNull || root.kind == vArray && len(root.list) == 0
	if s.failed || empty {
		return out, r.sorted()
	}
	if root.kind != vObject {
		r.fail(nil, root.pos, "LM111", `Start with {"paperSize":"A4"}.`, "the settings are %s, not an object", root)
		return out, r.sorted()
	}
	for _, f := range root.fields {
		m := memberOf(f.written)
		if m == nil || f.val.kind == vNull || f.val.kind == vString && strings.TrimSpace(f.val.text) == "" {
			continue
		}
		before := len(r.list)
		if f.val.flaw != nil {
			r.fail(nil, *f.val.flaw, "LM103", "Remove the escape.", "%s holds an escape that stands for no usable character", m.name)
		} else {
			m.read(&settingReader{r: r, name: m.name, val: f.val}, &out)
		}
		for _, e := range r.list[before:] {
			e.Where.Path = m.name
		}
	}
	return out, r.sorted()
}

// FormatSettings writes the settings that are given as JSON on one line, always
// in the same order. ParseSettings reads them back.
func FormatSettings(s form.Settings) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for _, m := range settingMembers {
		v := m.write(s)
		if v == nil {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(m.name))
		b.WriteByte(':')
		b.Write(encode(v))
	}
	b.WriteByte('}')
	return b.Bytes()
}

// encode is the JSON of a text, number or flag; those cannot fail.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte("null")
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// settingMember is a member of the settings: how it is read and written. write
// gives nil for what is not given.
type settingMember struct {
	name    string // as in spec/api.md 3.2
	aliases []string
	read    func(*settingReader, *form.Settings)
	write   func(form.Settings) any
}

func memberOf(written string) *settingMember {
	name := bare(strings.TrimSpace(written))
	for i := range settingMembers {
		m := &settingMembers[i]
		if strings.ToLower(m.name) == name || slices.Contains(m.aliases, name) {
			return m
		}
	}
	return nil
}

// Limits of spec/api.md 3.2.
const (
	maxMargin = 1000 // px
	minSize   = 4    // pt
	maxSize   = 200
)

var settingMembers = [...]settingMember{
	{
		name: "paperSize",
		read: func(r *settingReader, s *form.Settings) {
			s.PaperSize = enumerated(r, form.PaperSizes(), papersByNumber, s.PaperSize)
		},
		write: func(s form.Settings) any { return word(s.PaperSize) },
	},
	{
		name: "orientation",
		read: func(r *settingReader, s *form.Settings) {
			s.Orientation = enumerated(r, form.Orientations(), orientationsByNumber, s.Orientation)
		},
		write: func(s form.Settings) any { return word(s.Orientation) },
	},
	{
		name:    "pageMarginLeft",
		aliases: []string{"leftmargin", "marginleft"},
		read:    func(r *settingReader, s *form.Settings) { r.px(&s.PageMarginLeft, maxMargin) },
		write:   func(s form.Settings) any { return number(s.PageMarginLeft) },
	},
	{
		name:    "pageMarginRight",
		aliases: []string{"rightmargin", "marginright"},
		read:    func(r *settingReader, s *form.Settings) { r.px(&s.PageMarginRight, maxMargin) },
		write:   func(s form.Settings) any { return number(s.PageMarginRight) },
	},
	{
		name:  "fontFamily",
		read:  func(r *settingReader, s *form.Settings) { r.text(&s.FontFamily) },
		write: func(s form.Settings) any { return word(s.FontFamily) },
	},
	{
		name: "fontSize",
		read: func(r *settingReader, s *form.Settings) {
			if x, ok := r.number(minSize, maxSize, false); ok {
				s.FontSize = x
			}
		},
		write: func(s form.Settings) any {
			if s.FontSize == 0 {
				return nil
			}
			return s.FontSize
		},
	},
	{
		name: "fontStyle",
		read: func(r *settingReader, s *form.Settings) { r.style(&s.FontStyle) },
		write: func(s form.Settings) any {
			if s.FontStyle == nil {
				return nil
			}
			return s.FontStyle.String()
		},
	},
	{
		name: "bubbleColor",
		read: func(r *settingReader, s *form.Settings) { r.color(&s.BubbleColor) },
		write: func(s form.Settings) any {
			if s.BubbleColor == nil {
				return nil
			}
			return s.BubbleColor.String()
		},
	},
	{
		name: "bubbleSize",
		read: func(r *settingReader, s *form.Settings) {
			s.BubbleSize = enumerated(r, form.BubbleSizes(), bubblesByNumber, s.BubbleSize)
		},
		write: func(s form.Settings) any { return word(s.BubbleSize) },
	},
	{
		name: "overflow",
		read: func(r *settingReader, s *form.Settings) {
			s.Overflow = enumerated(r, form.Overflows(), nil, s.Overflow)
		},
		write: func(s form.Settings) any { return word(s.Overflow) },
	},
	{
		name:    "rotationMarkerPosition",
		aliases: []string{"rotationpointposition"},
		read: func(r *settingReader, s *form.Settings) {
			s.RotationMarker = enumerated(r, form.RotationMarkers(), nil, s.RotationMarker)
		},
		write: func(s form.Settings) any { return word(s.RotationMarker) },
	},
	{
		name:  "referencePointOffsetTop",
		read:  func(r *settingReader, s *form.Settings) { r.px(&s.OffsetTop, maxMargin) },
		write: func(s form.Settings) any { return number(s.OffsetTop) },
	},
	{
		name:  "referencePointOffsetBottom",
		read:  func(r *settingReader, s *form.Settings) { r.px(&s.OffsetBottom, maxMargin) },
		write: func(s form.Settings) any { return number(s.OffsetBottom) },
	},
	{
		name:  "referencePointOffsetLeft",
		read:  func(r *settingReader, s *form.Settings) { r.px(&s.OffsetLeft, maxMargin) },
		write: func(s form.Settings) any { return number(s.OffsetLeft) },
	},
	{
		name:  "referencePointOffsetRight",
		read:  func(r *settingReader, s *form.Settings) { r.px(&s.OffsetRight, maxMargin) },
		write: func(s form.Settings) any { return number(s.OffsetRight) },
	},
	{
		name: "multiselect",
		read: func(r *settingReader, s *form.Settings) { r.flag(&s.Multiselect) },
		write: func(s form.Settings) any {
			if s.Multiselect == nil {
				return nil
			}
			return *s.Multiselect
		},
	},
	{
		name: "writingSystem",
		read: func(r *settingReader, s *form.Settings) {
			s.WritingSystem = enumerated(r, form.WritingSystems(), nil, s.WritingSystem)
		},
		write: func(s form.Settings) any { return word(s.WritingSystem) },
	},
	{
		name:    "nativeNumbers",
		aliases: []string{"nativenumber"},
		read:    func(r *settingReader, s *form.Settings) { r.flag(&s.NativeNumbers) },
		write: func(s form.Settings) any {
			if s.NativeNumbers == nil {
				return nil
			}
			return *s.NativeNumbers
		},
	},
	{
		name: "longWordHandling",
		read: func(r *settingReader, s *form.Settings) {
			if r.val.kind == vString {
				r.val.text = strings.ReplaceAll(strings.ReplaceAll(r.val.text, " ", ""), "_", "") // draw over
			}
			s.LongWords = enumerated(r, form.LongWordHandlings(), nil, s.LongWords)
		},
		write: func(s form.Settings) any { return word(s.LongWords) },
	},
}

// Enumerations by their numbers in the .NET model (spec/api.md 3.8).
var (
	papersByNumber       = map[int]string{1: "Letter", 2: "A4", 3: "Legal"}
	orientationsByNumber = map[int]string{1: "Horizontal", 2: "Vertical"}
	bubblesByNumber      = map[int]string{10: "Extrasmall", 20: "Small", 30: "Normal", 40: "Large", 50: "Extralarge"}
	stylesByNumber       = map[int]string{1: "Regular", 2: "Bold", 3: "Italic", 4: "Underline", 5: "Strikeout"}
	colorsByNumber       = map[int]string{
		1: "Aqua", 2: "Aquamarine", 3: "Black", 4: "Blue", 5: "BlueViolet", 6: "Crimson", 7: "DarkBlue",
		8: "DarkGreen", 9: "DarkOrange", 10: "DarkSalmon", 11: "Fuchsia", 12: "Indigo", 13: "Lime", 14: "Red",
		15: "Teal", 16: "White", 17: "Gray", 18: "LightGray",
	}
)

func word[T ~string](s T) any {
	if s == "" {
		return nil
	}
	return string(s)
}

func number(p *int) any {
	if p == nil {
		return nil
	}
	return *p
}

// settingReader reads one member.
type settingReader struct {
	r    *report
	name string
	val  value
}

func (s *settingReader) bad(code, want string) {
	s.r.fail(nil, s.val.pos, code, "Write "+want+".", "%s is %s, expected is %s", s.name, s.val, want)
}

// numbered is the name that a number stands for, or the text itself.
func (s *settingReader) numbered(names map[int]string) (string, bool) {
	if s.val.kind != vNumber && s.val.kind != vString {
		return "", false
	}
	if x, whole, ok := parseNumber(s.val.text); ok {
		if !whole || math.Abs(x) > maxMargin {
			return "", false
		}
		name, known := names[int(x)]
		return name, known
	}
	return s.val.text, s.val.kind == vString
}

// enumerated reads an enumeration; what cannot be used leaves the value as it was.
func enumerated[T ~string](s *settingReader, values []string, numbers map[int]string, was T) T {
	if text, ok := s.numbered(numbers); ok {
		for _, v := range values {
			if strings.EqualFold(v, strings.TrimSpace(text)) {
				return T(v)
			}
		}
	}
	s.bad("LM310", "one of "+strings.Join(values, ", "))
	return was
}

func (s *settingReader) number(lo, hi float64, whole bool) (float64, bool) {
	if s.val.kind == vNumber || s.val.kind == vString {
		x, isWhole, ok := parseNumber(s.val.text)
		if ok && x >= lo && x <= hi && (isWhole || !whole) {
			return x, true
		}
	}
	want := "a number"
	if whole {
		want = "a whole number"
	}
	s.bad("LM304", want+" from "+strconv.FormatFloat(lo, 'f', -1, 64)+" to "+strconv.FormatFloat(hi, 'f', -1, 64))
	return 0, false
}

func (s *settingReader) px(to **int, most float64) {
	if x, ok := s.number(0, most, true); ok {
		v := int(x)
		*to = &v
	}
}

func (s *settingReader) text(to *string) {
	if s.val.kind != vString {
		s.bad("LM304", "a text")
		return
	}
	*to = strings.TrimSpace(s.val.text)
}

func (s *settingReader) flag(to **bool) {
	text := strings.ToLower(strings.TrimSpace(s.val.text))
	switch {
	case s.val.kind == vBool:
		*to = &s.val.yes
	case s.val.kind == vString && (text == "true" || text == "false"):
		yes := text == "true"
		*to = &yes
	default:
		s.bad("LM304", "true or false")
	}
}

func (s *settingReader) style(to **form.FontStyle) {
	words := []value{s.val}
	if s.val.kind == vArray {
		words = s.val.list
	}
	var style form.FontStyle
	for _, w := range words {
		one := settingReader{r: s.r, name: s.name, val: w}
		text, ok := one.numbered(stylesByNumber)
		if ok {
			var more form.FontStyle
			more, ok = form.ParseFontStyle(text)
			style |= more
		}
		if !ok {
			one.bad("LM310", "one of "+strings.Join(form.FontStyles(), ", "))
			return
		}
	}
	*to = &style
}

func (s *settingReader) color(to **form.Color) {
	if text, ok := s.numbered(colorsByNumber); ok {
		if c, ok := form.ParseColor(text); ok && !c.None {
			*to = &c
			return
		}
	}
	s.bad("LM311", "the name of a colour or #RRGGBB")
}
