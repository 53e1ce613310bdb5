package markup

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
)

// verdict is what became of a written value.
type verdict uint8

const (
	usable verdict = iota
	absent         // a value that means "not set"
	unusable
)

// reading turns one written value into a typed one and reports what is wrong
// with it. soft says that the value does not count (a later one does): nothing
// about it is worse than a warning.
type reading struct {
	r    *report
	n    *node
	spec *form.AttrSpec
	key  string // as written
	soft bool
}

func (v reading) severity(required bool) fault.Severity {
	if required && !v.soft {
		return fault.SeverityError
	}
	return fault.SeverityWarning
}

// bad reports a value that cannot be used: LM301 where the attribute is
// required, else LM304 (spec/markup.md 16.2).
func (v reading) bad(val value, want string) verdict {
	code := "LM304"
	if v.spec.Required {
		code = "LM301"
	}
	v.r.add(v.n, val.pos, code, v.severity(v.spec.Required), "Write "+want+".",
		"%s of %s is %s, expected is %s", v.key, v.n.label(), val, want)
	return unusable
}

// odd reports a value that is used although it is of a wrong type.
func (v reading) odd(val value, want string) {
	v.r.warn(v.n, val.pos, "LM304", "Write "+want+".",
		"%s of %s is %s, expected is %s; it is used", v.key, v.n.label(), val, want)
}

// malformed reports a list, proportions or a border side that cannot be read.
func (v reading) malformed(pos form.Pos, what, want string) verdict {
	v.r.add(v.n, pos, "LM312", v.severity(true), "Write "+want+".",
		"%s of %s is malformed: %s, expected is %s", v.key, v.n.label(), what, want)
	return unusable
}

// unknown reports a word that an enumeration does not have.
func (v reading) unknown(val value, words []string) verdict {
	v.r.add(v.n, val.pos, "LM310", v.severity(v.spec.Required), "Write one of them.",
		"%s of %s is %s, expected is one of %s", v.key, v.n.label(), val, strings.Join(words, ", "))
	return unusable
}

func (v reading) read(val value) (form.Value, verdict) {
	out := form.Value{Type: v.spec.Type, Pos: val.pos}
	if val.flaw != nil {
		v.r.add(v.n, *val.flaw, "LM103", v.severity(true), "Remove the escape.",
			"%s of %s holds an escape that stands for no usable character", v.key, v.n.label())
		return out, unusable
	}
	if v.spec.Auto && strings.EqualFold(strings.TrimSpace(val.text), "auto") {
		return out, absent
	}
	var got verdict
	switch v.spec.Type {
	case form.TypeText:
		out.Str, got = v.text(val)
	case form.TypePx, form.TypePt, form.TypeCount, form.TypeInt, form.TypePercent:
		out.Num, got = v.number(val)
	case form.TypeBool:
		out.Bool, got = v.flag(val)
	case form.TypeEnum:
		out.Str, got = v.word(val)
	case form.TypeSymbols:
		out.List, got = v.symbols(val)
	case form.TypeSymbolRows:
		out.Rows, got = v.rows(val)
	case form.TypeProportions:
		out.Parts, got = v.proportions(val)
	case form.TypeStyle:
		out.Style, got = v.style(val)
	case form.TypeColor:
		out.Color, got = v.color(val)
	case form.TypeSide:
		out.Side, got = v.side(val)
	}
	return out, got
}

// scalar is the text of a word, string, number or boolean; odd ones are reported.
func (v reading) scalar(val value, want string) (string, bool) {
	switch val.kind {
	case vWord, vString:
		return val.text, true
	case vNumber:
		v.odd(val, want)
		return val.text, true
	case vBool:
		v.odd(val, want)
		return strconv.FormatBool(val.yes), true
	default:
		return "", false
	}
}

func (v reading) text(val value) (string, verdict) {
	const want = "a text"
	s, ok := v.scalar(val, want)
	if !ok {
		return "", v.bad(val, want)
	}
	switch v.spec.Name {
	case form.AttrFontFamily:
		if s = strings.TrimSpace(s); s == "" {
			return "", v.bad(val, "the name of a font family")
		}
	case form.AttrValue:
		if s == "" {
			return "", v.bad(val, "a text that is not empty")
		}
	case form.AttrBubbleValue:
		s = strings.TrimSpace(s)
		if low := strings.ToLower(s); low == "yes" || low == "no" {
			s = low
		} else if !oneCharacter(s) {
			return "", v.bad(val, "one character, yes or no")
		}
	default:
	}
	return s, usable
}

// number reads a number of the attribute's type and range (spec/markup.md 6.1).
func (v reading) number(val value) (float64, verdict) {
	want := v.wanted()
	if val.kind != vWord && val.kind != vString && val.kind != vNumber {
		return 0, v.bad(val, want)
	}
	x, whole, ok := parseNumber(val.text)
	if !ok {
		return 0, v.bad(val, want)
	}
	if val.kind != vWord && v.unset(x) {
		return 0, absent
	}
	if v.spec.Name == form.AttrQRVersion && (x < v.spec.Min || x > v.spec.Max || !whole) {
		v.r.add(v.n, val.pos, "LM316", v.severity(true), "Write a number from 1 to 40, or auto.",
			"qr_version is %s, expected is a whole number from 1 to 40", val)
		return 0, unusable
	}
	rounded := false
	if !whole && v.spec.Type != form.TypePt {
		if v.spec.Type != form.TypePx {
			return 0, v.bad(val, want)
		}
		x, rounded = math.Round(x), true
	}
	if x < v.spec.Min || x > v.spec.Max {
		return 0, v.bad(val, want)
	}
	text := v.spec.Auto && v.spec.Type == form.TypePx // offsets: documented as strings or numbers
	if rounded || val.kind == vString && !text {
		v.odd(val, want)
	}
	return x, usable
}

func (v reading) wanted() string {
	lo, hi := strconv.FormatFloat(v.spec.Min, 'f', -1, 64), strconv.FormatFloat(v.spec.Max, 'f', -1, 64)
	kind := "a whole number"
	if v.spec.Type == form.TypePt {
		kind = "a number"
	}
	return kind + " from " + lo + " to " + hi
}

// unset tells whether a JSON number means that the attribute is not set
// (spec/markup.md 4.3).
func (v reading) unset(x float64) bool {
	switch v.spec.Unset {
	case form.UnsetNegative:
		return x < 0
	case form.UnsetZero:
		if v.n.kind == form.Container && v.spec.Name == form.AttrColumnsCount {
			_, proportions := v.n.last(string(form.AttrColumnsProportions))
			return x == 0 && proportions
		}
		return x == 0
	default:
		return false
	}
}

// parseNumber reads decimal digits with an optional sign, fraction and exponent.
// Beyond the range of float64 it is an infinity, which no range holds.
func parseNumber(s string) (x float64, whole, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.Trim(s, "+-.0123456789eE") != "" {
		return 0, false, false
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, false, false
	}
	return x, x == math.Trunc(x), true
}

func (v reading) flag(val value) (bool, verdict) {
	const want = "true or false"
	if val.kind == vBool {
		return val.yes, usable
	}
	if val.kind == vArray || val.kind == vObject {
		return false, v.bad(val, want)
	}
	switch strings.ToLower(strings.TrimSpace(val.text)) {
	case "true", "false":
		if val.kind != vWord {
			v.odd(val, want)
		}
		return strings.EqualFold(strings.TrimSpace(val.text), "true"), usable
	case "1", "yes":
		v.odd(val, want)
		return true, usable
	case "0", "no":
		v.odd(val, want)
		return false, usable
	}
	return false, v.bad(val, want)
}

func (v reading) word(val value) (string, verdict) {
	if val.kind != vWord && val.kind != vString && val.kind != vNumber {
		return "", v.bad(val, "one of "+strings.Join(v.spec.Values, ", "))
	}
	if v.spec.Name == form.AttrBarcodeType {
		return v.barcode(val)
	}
	text := strings.ToLower(strings.TrimSpace(val.text))
	if v.spec.Name == form.AttrTableType && text == "none" {
		text = "normal" // its name in the original's newer library (spec/markup.md 6.6)
	}
	for _, word := range v.spec.Values {
		if strings.ToLower(word) == text {
			return word, usable
		}
	}
	return "", v.unknown(val, v.spec.Values)
}

func (v reading) barcode(val value) (string, verdict) {
	encoded, _ := v.n.last(string(form.AttrValue))
	if kind, ok := form.ParseBarcodeType(val.text, strings.TrimSpace(encoded.text)); ok {
		return kind, usable
	}
	if strings.EqualFold(strings.TrimSpace(val.text), "aruco") {
		v.r.add(v.n, val.pos, "LM314", v.severity(true), "Use QR or DataMatrix instead.",
			"barcode type aruco is of 2018 and not supported any more")
		return "", unusable
	}
	v.r.add(v.n, val.pos, "LM313", v.severity(true), "Write the name of a barcode type that there is.",
		"there is no barcode type %s%s", val, didYouMean(strings.TrimSpace(val.text), v.spec.Values))
	return "", unusable
}

func (v reading) style(val value) (form.FontStyle, verdict) {
	var style form.FontStyle
	words := []value{val}
	if val.kind == vArray {
		if words = val.list; len(words) == 0 && !v.spec.Required {
			return 0, absent
		}
	}
	for _, w := range words {
		if w.kind != vWord && w.kind != vString {
			return 0, v.bad(w, "a font style")
		}
		s, ok := form.ParseFontStyle(w.text)
		if !ok {
			return 0, v.unknown(w, form.FontStyles())
		}
		style |= s
	}
	return style, usable
}

func (v reading) color(val value) (form.Color, verdict) {
	if val.kind == vWord || val.kind == vString {
		if c, ok := form.ParseColor(val.text); ok && (!c.None || v.spec.Name == form.AttrBackgroundColor) {
			return c, usable
		}
	}
	v.r.warn(v.n, val.pos, "LM311", "Write the name of a colour or #RRGGBB.",
		"%s of %s is %s, which is no colour that can be used here%s", v.key, v.n.label(), val,
		didYouMean(strings.TrimSpace(val.text), form.ColorNames()))
	return form.Color{}, unusable
}

// symbols reads a symbol list: (A)(B) in TXT, an array of strings in JSON.
func (v reading) symbols(val value) ([]string, verdict) {
	const want = `a list such as (A)(B)`
	var list []string
	switch val.kind {
	case vArray:
		if len(val.list) == 0 && !v.spec.Required { // as serialisers write what is not set
			return nil, absent
		}
		for _, entry := range val.list {
			if entry.kind != vString && entry.kind != vNumber || entry.flaw != nil {
				return nil, v.malformed(entry.pos, "an entry is "+entry.String(), "a list of strings")
			}
			if entry.kind == vNumber {
				v.odd(entry, "a string")
			}
			list = append(list, strings.TrimSpace(entry.text))
		}
	case vWord, vString:
		if val.kind == vString {
			v.odd(val, "a list of strings")
		}
		for i := skipBlanks(val.text, 0); i < len(val.text); {
			end := strings.IndexAny(val.text[i+1:], "()")
			if val.text[i] != '(' {
				return nil, v.malformed(inside(val, i), "a symbol stands in no parentheses", want)
			}
			if end < 0 || val.text[i+1+end] != ')' {
				return nil, v.malformed(inside(val, i), "a parenthesis is not closed", want)
			}
			if !v.r.spend(val.pos) {
				return nil, unusable
			}
			list = append(list, strings.TrimSpace(val.text[i+1:i+1+end]))
			i = skipBlanks(val.text, i+end+2)
		}
	default:
		return nil, v.malformed(val.pos, "it is "+val.String(), "a list of strings")
	}
	if len(list) == 0 {
		return nil, v.malformed(val.pos, "it is empty", want)
	}
	return list, usable
}

// rows reads lines of symbols: one in TXT, where each occurrence of the attribute
// adds one; an array of arrays in JSON.
func (v reading) rows(val value) ([][]string, verdict) {
	if val.kind == vArray && len(val.list) == 0 {
		return nil, absent
	}
	written := rowValues(val)
	if val.kind == vArray && val.list[0].kind != vArray {
		v.odd(val, "a list of lists of strings")
	}
	rows := make([][]string, 0, len(written))
	for _, line := range written {
		if line.kind == vArray && len(line.list) == 0 {
			return nil, v.malformed(line.pos, "a line of it is empty", "a list of lists of strings")
		}
		list, got := v.symbols(line)
		if got != usable {
			return nil, unusable
		}
		rows = append(rows, list)
	}
	return rows, usable
}

// rowValues are the lines of symbols in a value; a list of strings is one.
func rowValues(val value) []value {
	if val.kind == vArray && len(val.list) > 0 && val.list[0].kind == vArray {
		return val.list
	}
	return []value{val}
}

// inside is the place of byte i of a TXT value; a JSON string is one place.
func inside(val value, i int) form.Pos {
	if val.kind != vWord {
		return val.pos
	}
	lead := skipBlanks(val.text, 0)
	at := val.pos
	at.Column += utf8.RuneCountInString(val.text[lead:max(i, lead)])
	at.Span = 1
	return at
}

// proportions reads 30%-70%, or an array of numbers.
func (v reading) proportions(val value) ([]float64, verdict) {
	const want = "percentages such as 30%-70%"
	var parts []float64
	switch val.kind {
	case vArray:
		if len(val.list) == 0 && !v.spec.Required {
			return nil, absent
		}
		for _, entry := range val.list {
			x, _, ok := parseNumber(entry.text)
			if !ok || entry.kind != vNumber && entry.kind != vString {
				return nil, v.malformed(entry.pos, "an entry is "+entry.String(), "a list of numbers")
			}
			if entry.kind == vString {
				v.odd(entry, "a number")
			}
			parts = append(parts, x)
		}
	case vWord, vString:
		if val.kind == vString {
			v.odd(val, "a list of numbers")
		}
		at := 0
		for part := range strings.SplitSeq(val.text, "-") {
			word := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(part), "%"))
			x, _, ok := parseNumber(word)
			if !ok {
				return nil, v.malformed(inside(val, at+skipBlanks(part, 0)), quote(strings.TrimSpace(part))+" is no percentage", want)
			}
			parts = append(parts, x)
			at += len(part) + 1
		}
	default:
		return nil, v.malformed(val.pos, "it is "+val.String(), "a list of numbers")
	}
	if len(parts) == 0 {
		return nil, v.malformed(val.pos, "it is empty", want)
	}
	return parts, v.sum(val, parts)
}

// sum refuses proportions that cannot share a width (LM427).
func (v reading) sum(val value, parts []float64) verdict {
	const tolerance = 0.01 // percent: 33.33-33.33-33.34 in binary fractions
	total := 0.0
	for i, p := range parts {
		if p <= 0 {
			v.r.add(v.n, val.pos, "LM427", v.severity(true), "Give every column a share.",
				"part %d of %s is %g %%, it must be above 0", i+1, v.key, p)
			return unusable
		}
		total += p
	}
	if total > 100+tolerance {
		v.r.add(v.n, val.pos, "LM427", v.severity(true), "Make the parts add up to 100 % or less.",
			"the parts of %s add up to %g %%, more than 100 %%", v.key, math.Round(total*100)/100)
		return unusable
	}
	return usable
}

// side reads one side of a border: "6 red", "none", {"size":6,"color":"red"}.
func (v reading) side(val value) (form.BorderSide, verdict) {
	switch val.kind {
	case vObject:
		return v.sideObject(val)
	case vWord, vString:
		if val.kind == vString {
			v.odd(val, "an object with size, color or disable")
		}
		return v.sideWords(val)
	default:
		return form.BorderSide{}, v.malformed(val.pos, "it is "+val.String(), "an object with size, color or disable")
	}
}

func (v reading) sideWords(val value) (form.BorderSide, verdict) {
	const want = "a width and a colour such as 6 red, or none"
	var side form.BorderSide
	words := strings.Fields(val.text)
	if len(words) == 1 && strings.EqualFold(words[0], "none") {
		side.Disable = true
		return side, usable
	}
	at := 0
	for _, word := range words {
		at += strings.Index(val.text[at:], word)
		pos := inside(val, at)
		pos.Span = utf8.RuneCountInString(word)
		at += len(word)
		x, whole, ok := parseNumber(word)
		switch {
		case ok && whole && x >= 0 && x <= 1000 && side.Size == nil && side.Color == nil:
			size := int(x)
			side.Size = &size
		case !ok && side.Color == nil:
			v.sideColor(&side, word, pos)
		default:
			return side, v.malformed(pos, quote(word)+" does not fit", want)
		}
	}
	if len(words) == 0 {
		return side, v.malformed(val.pos, "it is empty", want)
	}
	return side, usable
}

// sideColor takes the colour of a side; an unknown one is inherited (LM311).
func (v reading) sideColor(side *form.BorderSide, word string, pos form.Pos) {
	if c, ok := form.ParseColor(word); ok && !c.None {
		side.Color = &c
		return
	}
	v.r.warn(v.n, pos, "LM311", "Write the name of a colour or #RRGGBB.",
		"the colour of %s is %s, which is no colour%s", v.key, quote(word), didYouMean(word, form.ColorNames()))
}

func (v reading) sideObject(val value) (form.BorderSide, verdict) {
	var side form.BorderSide
	for _, f := range val.fields {
		if f.val.kind == vNull {
			continue
		}
		switch f.key {
		case "size":
			x, whole, ok := parseNumber(f.val.text)
			if !ok || !whole || x < 0 || x > 1000 {
				return side, v.malformed(f.val.pos, "size is "+f.val.String(), "a width in px")
			}
			size := int(x)
			side.Size = &size
		case "color":
			v.sideColor(&side, f.val.text, f.val.pos)
		case "disable":
			if f.val.kind != vBool {
				return side, v.malformed(f.val.pos, "disable is "+f.val.String(), "true or false")
			}
			side.Disable = f.val.yes
		}
	}
	return side, usable
}
