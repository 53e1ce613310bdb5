package markup

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/leafmark/leafmark/omr/form"
)

// maxNesting bounds the nesting of JSON values: an element is an object in an
// array, attributes nest two deep.
const maxNesting = 2*maxDepth + 8

// scanner is a tolerant JSON reader (spec/markup.md 4.2) that knows the place of
// every value. After a syntax error failed is set and nothing more is read.
type scanner struct {
	cursor
	r      *report
	failed bool
	depth  int // of the value being read
}

func newScanner(text string, r *report) *scanner {
	return &scanner{cursor: newCursor(text), r: r}
}

// space skips white space and comments.
func (s *scanner) space() {
	for !s.end() {
		switch c := s.peek(); {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			s.next()
		case c == '/' && strings.HasPrefix(s.text[s.i:], "//"):
			s.tolerate(s.pos(), "a comment")
			for !s.end() && s.peek() != '\n' && s.peek() != '\r' {
				s.next()
			}
		case c == '/' && strings.HasPrefix(s.text[s.i:], "/*"):
			pos := s.pos()
			s.tolerate(pos, "a comment")
			end := strings.Index(s.text[s.i+2:], "*/")
			if end < 0 {
				s.syntax(pos, "the end of the comment", "the end of the source")
				s.i = len(s.text)
				return
			}
			for end += s.i + 4; s.i < end; {
				s.next()
			}
		default:
			return
		}
	}
}

func (s *scanner) tolerate(pos form.Pos, what string) {
	s.r.info(nil, pos, "LM104", "Leave it out for programs that are strict.", "%s is no JSON, it is accepted", what)
}

// syntax reports a syntax error, once: what follows cannot be trusted.
func (s *scanner) syntax(pos form.Pos, expected, found string) {
	if !s.failed {
		s.failed = true
		s.r.fail(nil, pos, "LM110", "Correct the JSON.", "expected %s, found %s", expected, found)
		s.r.broken = true
	}
}

// found names what stands here, for a message.
func (s *scanner) found() string {
	if s.end() {
		return "the end of the source"
	}
	ch, _ := utf8.DecodeRuneInString(s.text[s.i:])
	return strconv.QuoteRune(ch)
}

func (s *scanner) expected(what string) { s.syntax(s.pos(), what, s.found()) }

// take takes c, or reports that it is missing.
func (s *scanner) take(c byte) bool {
	if s.failed {
		return false
	}
	if s.peek() != c || s.end() {
		s.expected(strconv.QuoteRune(rune(c)))
		return false
	}
	s.next()
	return true
}

// object reads the members of an object; member must read the value of each.
func (s *scanner) object(member func(key value)) {
	s.sequence('{', '}', func() {
		if s.peek() != '"' {
			s.expected("a property name in quotes")
			return
		}
		key := s.str()
		s.space()
		if s.take(':') {
			s.space()
			member(key)
		}
	})
}

// array reads the entries of an array; entry must read each.
func (s *scanner) array(entry func()) { s.sequence('[', ']', entry) }

// sequence reads what stands between two brackets, parted by commas of which the
// last may be one too many.
func (s *scanner) sequence(open, closing byte, item func()) {
	s.depth++
	defer func() { s.depth-- }()
	if s.depth > maxNesting {
		s.failed = true
		s.r.fatal(nil, s.pos(), "LM106", "Use fewer levels.", "values are nested deeper than %d levels", maxNesting)
		return
	}
	if !s.take(open) {
		return
	}
	for s.space(); !s.failed && s.peek() != closing; s.space() {
		item()
		s.space()
		s.failed = s.failed || s.r.stop
		if s.failed || s.peek() == closing {
			break
		}
		comma := s.pos()
		if s.peek() != ',' || s.end() {
			s.expected("',' or " + strconv.QuoteRune(rune(closing)))
			return
		}
		s.next()
		s.space()
		if s.peek() == closing {
			comma.Span = 1
			s.tolerate(comma, "a comma before "+strconv.QuoteRune(rune(closing)))
		}
	}
	s.take(closing)
}

// value reads any value. With keep false it only checks the syntax.
func (s *scanner) value(keep bool) value {
	v := value{pos: s.pos()}
	start := s.i
	if keep && !s.r.spend(v.pos) {
		s.failed = true
		return v
	}
	switch c := s.peek(); {
	case s.end():
		s.expected("a value")
	case c == '"':
		return s.str()
	case c == '{':
		v.kind = vObject
		s.object(func(key value) {
			val := s.value(keep)
			if keep {
				v.fields = append(v.fields, raw{key: canonical(key.text), written: key.text, pos: key.pos, val: val})
			}
		})
		v.pos.Span = 1
	case c == '[':
		v.kind = vArray
		s.array(func() {
			if entry := s.value(keep); keep {
				v.list = append(v.list, entry)
			}
		})
		v.pos.Span = 1
	default:
		for !s.end() && strings.IndexByte(" \t\r\n,:]}[{\"/", s.peek()) < 0 {
			s.next()
		}
		v.text = s.text[start:s.i]
		v.pos.Span = s.column - v.pos.Column
		s.word(&v)
	}
	return v
}

// word tells what a value without quotes is.
func (s *scanner) word(v *value) {
	switch v.text {
	case "null":
		v.kind = vNull
	case "true", "false":
		v.kind, v.yes = vBool, v.text == "true"
	default:
		v.kind = vNumber
		if v.text == "" {
			s.expected("a value")
			return
		}
		digit := strings.TrimLeft(v.text, "+-")
		_, err := strconv.ParseFloat(v.text, 64)
		if digit == "" || digit[0] != '.' && (digit[0] < '0' || digit[0] > '9') ||
			err != nil && !errors.Is(err, strconv.ErrRange) || strings.ContainsAny(v.text, "xX_pP") {
			s.syntax(v.pos, "a value", fmt.Sprintf("%.40q", v.text))
		}
	}
}

// str reads a string; the cursor stands on its quote. Escapes that stand for no
// usable character are kept as U+FFFD and marked: who uses the string reports.
func (s *scanner) str() value {
	v := value{kind: vString, pos: s.pos()}
	s.next()
	start := s.i
	for !s.end() && s.peek() != '"' && s.peek() != '\\' && s.peek() >= ' ' {
		s.next()
	}
	v.text = s.text[start:s.i]
	if s.peek() != '"' {
		var b strings.Builder
		b.WriteString(v.text)
		for !s.end() && s.peek() != '"' && !s.failed {
			at := s.pos()
			ch := s.next()
			switch {
			case ch == '\\':
				ch = s.escape(at, &v)
			case ch < ' ':
				s.tolerate(at, "a TAB or a line break in a string")
			}
			b.WriteRune(ch)
		}
		v.text = b.String()
	}
	if s.end() {
		s.syntax(v.pos, `'"' at the end of the string`, "the end of the source")
		return v
	}
	s.next()
	v.pos.Span = 1
	if s.line == v.pos.Line {
		v.pos.Span = s.column - v.pos.Column
	}
	return v
}

// escape reads what follows a backslash.
func (s *scanner) escape(at form.Pos, v *value) rune {
	if s.end() {
		return utf8.RuneError
	}
	ch := s.next()
	switch ch {
	case '"', '\\', '/':
		return ch
	case 'b':
		ch = '\b'
	case 'f':
		ch = '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'u':
		ch = s.unicode(at)
	default:
		s.syntax(at, "an escape such as \\n", "\\"+string(ch))
	}
	if bad(ch) || utf16.IsSurrogate(ch) {
		if v.flaw == nil {
			at.Span = s.column - at.Column
			v.flaw = &at
		}
		return utf8.RuneError
	}
	return ch
}

// unicode reads four hexadecimal digits, and the other half of a surrogate pair.
func (s *scanner) unicode(at form.Pos) rune {
	first, ok := s.hex()
	if !ok {
		s.syntax(at, "four hexadecimal digits after \\u", s.found())
		return utf8.RuneError
	}
	if !utf16.IsSurrogate(first) || !strings.HasPrefix(s.text[s.i:], `\u`) {
		return first
	}
	back := s.cursor
	s.next()
	s.next()
	if second, ok := s.hex(); ok {
		if pair := utf16.DecodeRune(first, second); pair != utf8.RuneError {
			return pair
		}
	}
	s.cursor = back
	return first
}

func (s *scanner) hex() (rune, bool) {
	if len(s.text)-s.i < 4 {
		return 0, false
	}
	v, err := strconv.ParseUint(s.text[s.i:s.i+4], 16, 16)
	if err != nil {
		return 0, false
	}
	s.i += 4
	s.column += 4
	return rune(v), true
}
