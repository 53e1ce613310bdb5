package v5

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/omr/fault"
)

// maxDepth of JSON, containers within containers (spec/api.md 1.5).
const maxDepth = 32

// Kinds of JSON values; what first stands there.
const (
	kindObject = '{'
	kindArray  = '['
	kindText   = '"'
	kindNumber = '0'
	kindTrue   = 't'
	kindFalse  = 'f'
	kindNull   = 'n'
)

// value is a JSON value as it stands in its document: nothing is copied, so that
// megabytes of Base64 cost one pass. The zero value is an absent member.
type value struct {
	kind byte
	raw  []byte // from its first to its last byte; a text's with quotes
	at   int    // where it begins in its document
	doc  *scanner
}

// given tells whether there is a value; null is none, everywhere (1.5).
func (v value) given() bool { return v.kind != 0 && v.kind != kindNull }

// parse checks a whole document (RFC 8259, UTF-8, a byte order mark skipped).
// An empty document is the absent value. Fault malformed_json with the offset.
func parse(doc []byte) (value, error) {
	s := &scanner{doc, map[int]int{}}
	i := 0
	if len(doc) >= 3 && doc[0] == 0xEF && doc[1] == 0xBB && doc[2] == 0xBF {
		i = 3
	}
	if i = s.blank(i); i == len(doc) {
		return value{}, nil
	}
	end, err := s.value(i, 0)
	if err != nil {
		return value{}, err
	}
	if rest := s.blank(end); rest < len(doc) {
		return value{}, malformed(rest, "something stands after the end")
	}
	return s.found(i, end), nil
}

// found is the value between two offsets.
func (s *scanner) found(at, end int) value {
	kind := s.b[at]
	if kind == '-' || kind >= '0' && kind <= '9' {
		kind = kindNumber
	}
	return value{kind, s.b[at:end], at, s}
}

// members are the members of an object, in order, names unescaped.
func (v value) members() iter.Seq2[string, value] {
	return func(yield func(string, value) bool) {
		s := v.doc
		for i := s.blank(v.at + 1); s.b[i] != '}'; {
			end, _ := s.text(i) // parse has checked all of it
			name := text(s.b[i:end])
			at := s.blank(s.blank(end) + 1)
			end, _ = s.value(at, 0)
			i = s.blank(end) // before the value may be decoded in its place
			if s.b[i] == ',' {
				i = s.blank(i + 1)
			}
			if !yield(name, s.found(at, end)) {
				return
			}
		}
	}
}

// items are the items of an array, in order.
func (v value) items() iter.Seq[value] {
	return func(yield func(value) bool) {
		s := v.doc
		for i := s.blank(v.at + 1); s.b[i] != ']'; {
			at := i
			end, _ := s.value(at, 0) // parse has checked all of it
			i = s.blank(end)
			if s.b[i] == ',' {
				i = s.blank(i + 1)
			}
			if !yield(s.found(at, end)) {
				return
			}
		}
	}
}

// text is a text value's content.
func (v value) text() string { return text(v.raw) }

func text(quoted []byte) string { return string(unescape(quoted[1:len(quoted)-1], nil)) }

// scanner finds where values end.
type scanner struct {
	b []byte
	// ends are those of the long texts by their start, so that only the first of
	// several walks over a document searches them. nil: not kept.
	ends map[int]int
}

// longText is the length from which a text's end is worth keeping, bytes.
const longText = 4096

func (s *scanner) blank(i int) int {
	for i < len(s.b) && (s.b[i] == ' ' || s.b[i] == '\n' || s.b[i] == '\r' || s.b[i] == '\t') {
		i++
	}
	return i
}

// value is the end of the value that begins at i, inside depth containers.
func (s *scanner) value(i, depth int) (int, error) {
	if i >= len(s.b) {
		return 0, s.broken()
	}
	switch c := s.b[i]; {
	case c == '"':
		return s.text(i)
	case c == '{' || c == '[':
		if depth >= maxDepth {
			return 0, malformed(i, fmt.Sprintf("the JSON is deeper than %d levels", maxDepth))
		}
		if c == '{' {
			return s.object(i+1, depth+1)
		}
		return s.array(i+1, depth+1)
	case c == '-' || c >= '0' && c <= '9':
		return s.number(i)
	case c == 't':
		return s.word(i, "true")
	case c == 'f':
		return s.word(i, "false")
	case c == 'n':
		return s.word(i, "null")
	}
	return 0, malformed(i, "a value is expected here")
}

func (s *scanner) object(i, depth int) (int, error) {
	i = s.blank(i)
	if i < len(s.b) && s.b[i] == '}' {
		return i + 1, nil
	}
	for {
		if i >= len(s.b) {
			return 0, s.broken()
		}
		if s.b[i] != '"' {
			return 0, malformed(i, "a member name in quotes is expected here")
		}
		end, err := s.text(i)
		if err != nil {
			return 0, err
		}
		i = s.blank(end)
		if i >= len(s.b) {
			return 0, s.broken()
		}
		if s.b[i] != ':' {
			return 0, malformed(i, "a colon is expected here")
		}
		if end, err = s.value(s.blank(i+1), depth); err != nil {
			return 0, err
		}
		var done bool
		if i, done, err = s.next(end, '}'); done || err != nil {
			return i, err
		}
	}
}

func (s *scanner) array(i, depth int) (int, error) {
	i = s.blank(i)
	if i < len(s.b) && s.b[i] == ']' {
		return i + 1, nil
	}
	for {
		end, err := s.value(i, depth)
		if err != nil {
			return 0, err
		}
		var done bool
		if i, done, err = s.next(end, ']'); done || err != nil {
			return i, err
		}
	}
}

// next is where the next entry of a container begins, or its end.
func (s *scanner) next(i int, closing byte) (at int, done bool, err error) {
	i = s.blank(i)
	if i >= len(s.b) {
		return 0, false, s.broken()
	}
	switch s.b[i] {
	case closing:
		return i + 1, true, nil
	case ',':
		return s.blank(i + 1), false, nil
	}
	return 0, false, malformed(i, fmt.Sprintf("a comma or %c is expected here", closing))
}

func (s *scanner) word(i int, word string) (int, error) {
	if len(s.b)-i < len(word) || string(s.b[i:i+len(word)]) != word {
		return 0, malformed(i, "a value is expected here")
	}
	return i + len(word), nil
}

func (s *scanner) number(i int) (int, error) {
	start := i
	if s.b[i] == '-' {
		i++
	}
	digits := func() bool {
		from := i
		for i < len(s.b) && s.b[i] >= '0' && s.b[i] <= '9' {
			i++
		}
		return i > from
	}
	whole := i
	if !digits() || s.b[whole] == '0' && i > whole+1 {
		return 0, malformed(start, "this is not a number")
	}
	if i < len(s.b) && s.b[i] == '.' {
		if i++; !digits() {
			return 0, malformed(start, "this is not a number")
		}
	}
	if i < len(s.b) && (s.b[i] == 'e' || s.b[i] == 'E') {
		if i++; i < len(s.b) && (s.b[i] == '+' || s.b[i] == '-') {
			i++
		}
		if !digits() {
			return 0, malformed(start, "this is not a number")
		}
	}
	return i, nil
}

// text is the end of the text that begins with the quote at i. What is long is
// mostly Base64, megabytes of nothing special: it is searched, not walked.
func (s *scanner) text(i int) (int, error) {
	start := i
	if end, ok := s.ends[start]; ok {
		return end, nil
	}
	i++
	quote := -1 // the next one, when it is not before i
	ascii := true
	for {
		if quote < i {
			n := bytes.IndexByte(s.b[i:], '"')
			if n < 0 {
				return 0, s.open(i)
			}
			quote = i + n
		}
		stop := quote
		if n := bytes.IndexByte(s.b[i:quote], '\\'); n >= 0 {
			stop = i + n
		}
		control, narrow := plain(s.b[i:stop])
		if control >= 0 {
			return 0, malformed(i+control, "a control character stands in a text: write it as an escape")
		}
		ascii = ascii && narrow
		if stop == quote {
			break
		}
		n, err := s.escape(stop)
		if err != nil {
			return 0, err
		}
		i = stop + n
	}
	if !ascii && !utf8.Valid(s.b[start:quote]) {
		return 0, malformed(badUTF8(s.b, start, quote), "this is not UTF-8")
	}
	if end := quote + 1; s.ends != nil && end-start > longText {
		s.ends[start] = end
	}
	return quote + 1, nil
}

// open is the fault of a text without its closing quote: the first thing that is
// wrong in it, else its end.
func (s *scanner) open(i int) error {
	for i < len(s.b) {
		n := bytes.IndexByte(s.b[i:], '\\')
		stop := len(s.b)
		if n >= 0 {
			stop = i + n
		}
		if control, _ := plain(s.b[i:stop]); control >= 0 {
			return malformed(i+control, "a control character stands in a text: write it as an escape")
		}
		if n < 0 {
			break
		}
		size, err := s.escape(stop)
		if err != nil {
			return err
		}
		i = stop + size
	}
	return s.broken()
}

// Bit tricks as in Hacker's Delight, 6-1: eight bytes are looked at together.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// plain finds the first control character, -1 for none, and tells whether all
// before it is ASCII.
func plain(b []byte) (control int, ascii bool) {
	var wide uint64
	i := 0
	for ; i+32 <= len(b); i += 32 {
		in := b[i : i+32 : i+32]
		w0, w1 := binary.LittleEndian.Uint64(in), binary.LittleEndian.Uint64(in[8:])
		w2, w3 := binary.LittleEndian.Uint64(in[16:]), binary.LittleEndian.Uint64(in[24:])
		low := (w0-ones*0x20)&^w0 | (w1-ones*0x20)&^w1 | (w2-ones*0x20)&^w2 | (w3-ones*0x20)&^w3
		if low&highs != 0 {
			break
		}
		wide |= w0 | w1 | w2 | w3
	}
	for ; i < len(b); i++ {
		if b[i] < 0x20 {
			return i, wide&highs == 0
		}
		wide |= uint64(b[i])
	}
	return -1, wide&highs == 0
}

func badUTF8(b []byte, from, to int) int {
	for from < to {
		r, n := utf8.DecodeRune(b[from:to])
		if r == utf8.RuneError && n == 1 {
			break
		}
		from += n
	}
	return from
}

// escape is the length of the escape that begins at i.
func (s *scanner) escape(i int) (int, error) {
	if i+1 >= len(s.b) {
		return 0, s.broken()
	}
	switch s.b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, nil
	case 'u':
		if i+6 > len(s.b) {
			return 0, s.broken()
		}
		if _, err := strconv.ParseUint(string(s.b[i+2:i+6]), 16, 16); err == nil {
			return 6, nil
		}
	}
	return 0, malformed(i, "this escape does not exist")
}

// unescape appends the content of a text to out, which may be the text's own
// memory cut to nothing: what is written never overtakes what is read. A lone
// surrogate becomes U+FFFD.
func unescape(raw, out []byte) []byte {
	for i := 0; i < len(raw); {
		run := bytes.IndexByte(raw[i:], '\\')
		if run < 0 {
			return append(out, raw[i:]...)
		}
		out = append(out, raw[i:i+run]...)
		i += run
		c := raw[i+1]
		i += 2
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			r := hex4(raw[i:])
			i += 4
			if utf16.IsSurrogate(r) {
				low := rune(0)
				if i+6 <= len(raw) && raw[i] == '\\' && raw[i+1] == 'u' {
					low = hex4(raw[i+2:])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					i += 6
				}
			}
			out = utf8.AppendRune(out, r)
			continue
		}
		out = append(out, c)
	}
	return out
}

func hex4(b []byte) rune {
	n, _ := strconv.ParseUint(string(b[:4]), 16, 16) // the scanner has checked it
	return rune(n)
}

func (s *scanner) broken() error { return malformed(len(s.b), "the JSON ends too early") }

func malformed(offset int, cause string) error {
	return &fault.Error{
		Code: wire.CodeJSON, Kind: fault.Invalid,
		Cause: fmt.Sprintf("the body is not valid JSON: at byte offset %d: %s", offset, cause),
		Cure:  "send JSON per RFC 8259, in UTF-8",
	}
}
