package pdfscan

import (
	"bytes"
	"errors"
	"strconv"
)

// Objects are nil, bool, float64, name, text, array, dict, ref, *stream, and
// operator in content streams (ISO 32000-1, 7.3).
type (
	object   any
	name     string
	text     []byte
	array    []object
	dict     map[name]object
	operator string
	ref      struct{ number, generation int }
	stream   struct {
		dict
		raw []byte
	}
)

var (
	errSyntax = errors.New("a PDF object is damaged")
	errEnd    = errors.New("the end")
)

// lexer reads objects from bytes.
type lexer struct {
	data []byte
	at   int
}

func space(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func delimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

// skip passes white space and comments.
func (l *lexer) skip() {
	for l.at < len(l.data) {
		switch c := l.data[l.at]; {
		case space(c):
			l.at++
		case c == '%':
			for l.at < len(l.data) && l.data[l.at] != '\n' && l.data[l.at] != '\r' {
				l.at++
			}
		default:
			return
		}
	}
}

// word is the longest run of regular characters.
func (l *lexer) word() []byte {
	start := l.at
	for l.at < len(l.data) && !space(l.data[l.at]) && !delimiter(l.data[l.at]) {
		l.at++
	}
	return l.data[start:l.at]
}

// next reads an object; references are recognised where direct says no.
func (l *lexer) next(depth int, references bool) (object, error) {
	if depth > maxDepth {
		return nil, errSyntax
	}
	l.skip()
	if l.at >= len(l.data) {
		return nil, errEnd
	}
	switch c := l.data[l.at]; {
	case c == '/':
		l.at++
		return l.name(), nil
	case c == '(':
		return l.literal()
	case c == '<' && l.at+1 < len(l.data) && l.data[l.at+1] == '<':
		l.at += 2
		return l.dict(depth, references)
	case c == '<':
		return l.hex()
	case c == '[':
		l.at++
		return l.array(depth, references)
	case delimiter(c):
		return nil, errSyntax
	}
	w := l.word()
	switch string(w) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	}
	if n, err := strconv.ParseFloat(string(w), 64); err == nil && w[0] <= '9' {
		if references {
			if r, ok := l.reference(n); ok {
				return r, nil
			}
		}
		return n, nil
	}
	return operator(w), nil
}

// reference reads "generation R" after a number.
func (l *lexer) reference(n float64) (ref, bool) {
	if n < 0 || n != float64(int(n)) || n > maxObjects {
		return ref{}, false
	}
	back := l.at
	l.skip()
	g, err := strconv.Atoi(string(l.word()))
	if err == nil && g >= 0 {
		l.skip()
		if l.at < len(l.data) && l.data[l.at] == 'R' {
			l.at++
			if l.at == len(l.data) || space(l.data[l.at]) || delimiter(l.data[l.at]) {
				return ref{int(n), g}, true
			}
		}
	}
	l.at = back
	return ref{}, false
}

func (l *lexer) name() name {
	w := l.word()
	if bytes.IndexByte(w, '#') < 0 {
		return name(w)
	}
	var out []byte
	for i := 0; i < len(w); i++ {
		if w[i] == '#' && i+2 < len(w) {
			if v, err := strconv.ParseUint(string(w[i+1:i+3]), 16, 8); err == nil {
				out = append(out, byte(v))
				i += 2
				continue
			}
		}
		out = append(out, w[i])
	}
	return name(out)
}

// literal reads a string in parentheses, which may hold balanced ones.
func (l *lexer) literal() (object, error) {
	start, open := l.at, 0
	for ; l.at < len(l.data); l.at++ {
		switch l.data[l.at] {
		case '\\':
			l.at++
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				l.at++
				return text(unescape(l.data[start+1 : l.at-1])), nil
			}
		}
	}
	return nil, errSyntax
}

// unescape undoes the escapes of a literal string (7.3.4.2).
func unescape(t []byte) []byte {
	if bytes.IndexByte(t, '\\') < 0 {
		return t
	}
	var out []byte
	for i := 0; i < len(t); i++ {
		if t[i] != '\\' || i+1 == len(t) {
			out = append(out, t[i])
			continue
		}
		i++
		switch c := t[i]; {
		case c >= '0' && c <= '7':
			v := 0
			n := 0
			for ; n < 3 && i+n < len(t) && t[i+n] >= '0' && t[i+n] <= '7'; n++ {
				v = v<<3 | int(t[i+n]-'0')
			}
			out = append(out, byte(v))
			i += n - 1
		case c == '\r' || c == '\n':
			if c == '\r' && i+1 < len(t) && t[i+1] == '\n' {
				i++
			}
		default:
			if k := bytes.IndexByte([]byte("nrtbf"), c); k >= 0 {
				c = "\n\r\t\b\f"[k]
			}
			out = append(out, c)
		}
	}
	return out
}

// hex reads a string of hexadecimal digits; an odd last digit counts as followed by 0.
func (l *lexer) hex() (object, error) {
	end := bytes.IndexByte(l.data[l.at:], '>')
	if end < 0 {
		return nil, errSyntax
	}
	out, half := text{}, -1
	for _, c := range l.data[l.at+1 : l.at+end] {
		v := hexDigit(c)
		switch {
		case v < 0:
		case half < 0:
			half = v
		default:
			out, half = append(out, byte(half<<4|v)), -1
		}
	}
	if half >= 0 {
		out = append(out, byte(half<<4))
	}
	l.at += end + 1
	return out, nil
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func (l *lexer) array(depth int, references bool) (object, error) {
	out := array{}
	for {
		l.skip()
		if l.at < len(l.data) && l.data[l.at] == ']' {
			l.at++
			return out, nil
		}
		o, err := l.next(depth+1, references)
		if err != nil {
			return nil, errSyntax
		}
		out = append(out, o)
	}
}

func (l *lexer) dict(depth int, references bool) (object, error) {
	out := dict{}
	for {
		l.skip()
		if bytes.HasPrefix(l.data[l.at:], []byte(">>")) {
			l.at += 2
			return out, nil
		}
		key, err := l.next(depth+1, false)
		k, ok := key.(name)
		if err != nil || !ok {
			return nil, errSyntax
		}
		v, err := l.next(depth+1, references)
		if _, bad := v.(operator); err != nil || bad {
			return nil, errSyntax
		}
		out[k] = v
	}
}
