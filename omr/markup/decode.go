package markup

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/leafmark/leafmark/omr/form"
)

const byteOrderMark = "\ufeff"

// decode turns the bytes of a source into text (spec/markup.md 2.1); false when
// there is nothing that could be parsed.
func decode(source []byte, r *report) (string, bool) {
	if len(source) > maxSource {
		r.fatal(nil, form.Pos{Line: 1, Column: 1}, "LM106", "Split the form into several.",
			"the source has %d bytes, the limit is %d", len(source), maxSource)
		return "", false
	}
	var text string
	switch {
	case bytes.HasPrefix(source, []byte(byteOrderMark)):
		text = string(source[len(byteOrderMark):])
		if !utf8.ValidString(text) {
			r.fatal(nil, firstInvalid(text), "LM103", "Save the file as UTF-8.",
				"the source starts with a UTF-8 byte order mark but is not UTF-8 here")
			return "", false
		}
	case bytes.HasPrefix(source, []byte{0xff, 0xfe}):
		text = fromUTF16(source[2:], binary.LittleEndian, r)
	case bytes.HasPrefix(source, []byte{0xfe, 0xff}):
		text = fromUTF16(source[2:], binary.BigEndian, r)
	case utf8.Valid(source):
		text = string(source)
	default:
		r.info(nil, firstInvalid(string(source)), "LM102", "Save the file as UTF-8 if letters look wrong.",
			"the source is not UTF-8, it is read as Windows-1252")
		text = fromWindows1252(source)
	}
	if r.stop {
		return "", false
	}
	if strings.Trim(text, " \t\r\n") == "" {
		r.fatal(nil, form.Pos{Line: 1, Column: 1}, "LM101", "Write at least one element.", "the source is empty")
		return "", false
	}
	return text, controls(text, r)
}

// controls reports characters that no text may hold.
func controls(text string, r *report) bool {
	clean := true
	for i := range len(text) {
		// C1 controls start with byte C2 in UTF-8; all others are ASCII.
		if b := text[i]; b < ' ' && b != '\t' && b != '\r' && b != '\n' || b == 0x7f || b == 0xc2 && text[i+1] < 0xa0 {
			clean = false
			break
		}
	}
	if clean {
		return true
	}
	c := newCursor(text)
	for !c.end() && !r.stop {
		pos := c.pos()
		ch := c.next()
		if bad(ch) {
			pos.Span = 1
			r.fail(nil, pos, "LM103", "Remove the character.", "the source holds the control character U+%04X", ch)
		}
	}
	r.stop = true
	return false
}

// bad tells whether a character is a control character other than TAB, CR, LF.
func bad(ch rune) bool {
	return ch != '\t' && ch != '\r' && ch != '\n' && unicode.IsControl(ch)
}

func firstInvalid(text string) form.Pos {
	c := newCursor(text)
	for !c.end() {
		pos := c.pos()
		before := c.i
		if c.next() == utf8.RuneError && c.i-before == 1 {
			pos.Span = 1
			return pos
		}
	}
	return c.pos()
}

func fromUTF16(source []byte, order binary.ByteOrder, r *report) string {
	r.warn(nil, form.Pos{Line: 1, Column: 1}, "LM102", "Save the file as UTF-8.", "the source is UTF-16")
	units := make([]uint16, len(source)/2)
	for i := range units {
		units[i] = order.Uint16(source[2*i:])
	}
	text := string(utf16.Decode(units))
	if len(source)%2 != 0 || halfPair(units) {
		r.fatal(nil, form.Pos{Line: 1, Column: 1}, "LM103", "Save the file as UTF-8.", "the source is not well-formed UTF-16")
	}
	return text
}

// halfPair tells whether a surrogate stands without its other half.
func halfPair(units []uint16) bool {
	for i := 0; i < len(units); i++ {
		if !utf16.IsSurrogate(rune(units[i])) {
			continue
		}
		if i+1 == len(units) || utf16.DecodeRune(rune(units[i]), rune(units[i+1])) == utf8.RuneError {
			return true
		}
		i++
	}
	return false
}

// windows1252 are the characters of bytes 80 to 9F; the five that the code page
// leaves open stay control characters (WHATWG Encoding Standard, windows-1252).
var windows1252 = [32]rune{
	0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
	0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E, 0x0178,
}

func fromWindows1252(source []byte) string {
	var b strings.Builder
	b.Grow(len(source) + len(source)/8)
	for _, c := range source {
		if c >= 0x80 && c < 0xa0 {
			b.WriteRune(windows1252[c-0x80])
		} else {
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}

// cursor walks over a text and knows line and column; CRLF, LF and CR end lines.
type cursor struct {
	text         string
	i            int
	line, column int
}

func newCursor(text string) cursor { return cursor{text: text, line: 1, column: 1} }

func (c *cursor) end() bool { return c.i >= len(c.text) }

func (c *cursor) pos() form.Pos { return form.Pos{Line: c.line, Column: c.column} }

// peek is the next byte, 0 at the end.
func (c *cursor) peek() byte {
	if c.end() {
		return 0
	}
	return c.text[c.i]
}

// next takes a character; a CR of a CRLF counts as no column.
func (c *cursor) next() rune {
	if b := c.text[c.i]; b < utf8.RuneSelf && b != '\n' && b != '\r' {
		c.i++
		c.column++
		return rune(b)
	}
	ch, size := utf8.DecodeRuneInString(c.text[c.i:])
	c.i += size
	switch {
	case ch == '\r' && c.peek() == '\n':
	case ch == '\r' || ch == '\n':
		c.line++
		c.column = 1
	default:
		c.column++
	}
	return ch
}
