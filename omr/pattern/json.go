package pattern

import (
	"encoding/json"
	"iter"
	"strings"
)

// The file is walked as raw bytes that have been checked once: a tree of any
// would cost more than 64 times a hostile input, and would lose the unknown
// keys' own spelling.

// member is a key and its value as written; unknown ones are kept for rewriting.
type member struct {
	key string
	raw []byte
}

// maxDepth bounds nesting; the format itself needs nine levels.
const maxDepth = 64

// depthOf is the deepest nesting of checked JSON.
func depthOf(raw []byte) int {
	depth, deepest := 0, 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i = stringEnd(raw, i) - 1
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth--
		}
	}
	return deepest
}

// stringEnd is the index after the string that starts at i, or the end of raw.
func stringEnd(raw []byte, i int) int {
	for i++; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func skipBlank(raw []byte, i int) int {
	for i < len(raw) && blank(raw[i]) {
		i++
	}
	return i
}

// valueEnd is the index after the value that starts at i.
func valueEnd(raw []byte, i int) int {
	if raw[i] == '"' {
		return stringEnd(raw, i)
	}
	if raw[i] != '{' && raw[i] != '[' {
		for i < len(raw) && !blank(raw[i]) && raw[i] != ',' && raw[i] != ']' && raw[i] != '}' {
			i++
		}
		return i
	}
	depth := 0
	for ; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i = stringEnd(raw, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return i + 1
			}
		}
	}
	return len(raw)
}

// items are the values of a list, with their indexes.
func items(raw []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		i := skipBlank(raw, 1)
		for n := 0; raw[i] != ']'; n++ {
			end := valueEnd(raw, i)
			if !yield(n, raw[i:end]) {
				return
			}
			i = skipBlank(raw, end)
			if raw[i] == ',' {
				i = skipBlank(raw, i+1)
			}
		}
	}
}

// pairs are an object's keys, as written with their quotes, and values.
func pairs(raw []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		i := skipBlank(raw, 1)
		for raw[i] != '}' {
			keyEnd := stringEnd(raw, i)
			v := skipBlank(raw, keyEnd)
			v = skipBlank(raw, v+1) // the colon
			end := valueEnd(raw, v)
			if !yield(raw[i:keyEnd], raw[v:end]) {
				return
			}
			i = skipBlank(raw, end)
			if raw[i] == ',' {
				i = skipBlank(raw, i+1)
			}
		}
	}
}

// object is the members of an object that are still to be looked at.
type object struct{ members []member }

func readObject(raw []byte) object {
	n := 0
	for range pairs(raw) {
		n++
	}
	o := object{make([]member, 0, n)}
	for k, v := range pairs(raw) {
		o.members = append(o.members, member{unquote(k), v})
	}
	return o
}

// take is the value of a key in any case, nil when it is missing or null; of
// equal keys the last counts. All of them are then known.
func (o *object) take(key string) []byte {
	v := o.peek(key)
	for i := range o.members {
		if sameKey(o.members[i].key, key) {
			o.members[i].raw = nil
		}
	}
	return v
}

// peek is take for a key that stays to be kept.
func (o *object) peek(key string) []byte {
	for i := len(o.members) - 1; i >= 0; i-- {
		if m := o.members[i]; m.raw != nil && sameKey(m.key, key) {
			if m.raw[0] == 'n' {
				return nil
			}
			return m.raw
		}
	}
	return nil
}

// takeDefault forgets a key whose value is what writing puts there anyhow.
func (o *object) takeDefault(key, value string) {
	if v := o.peek(key); v != nil && string(v) == value {
		o.take(key)
	}
}

// rest are copies of the members that nobody took.
func (o *object) rest() []member {
	n := 0
	for _, m := range o.members {
		if m.raw != nil {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	out := make([]member, 0, n)
	for _, m := range o.members {
		if m.raw != nil {
			out = append(out, member{m.key, compact(m.raw)})
		}
	}
	return out
}

// compact is a copy without blanks, so that rewriting twice gives the same bytes.
func compact(raw []byte) []byte {
	n := 0
	for i := 0; i < len(raw); i++ {
		if raw[i] == '"' {
			end := stringEnd(raw, i)
			n += end - i
			i = end - 1
		} else if !blank(raw[i]) {
			n++
		}
	}
	out := make([]byte, 0, n)
	for i := 0; i < len(raw); i++ {
		if raw[i] == '"' {
			end := stringEnd(raw, i)
			out = append(out, raw[i:end]...)
			i = end - 1
		} else if !blank(raw[i]) {
			out = append(out, raw[i])
		}
	}
	return out
}

// sameKey compares ASCII keys in any case.
func sameKey(a, b string) bool {
	return len(a) == len(b) && strings.EqualFold(a, b)
}

// unquote is the text of a checked JSON string.
func unquote(raw []byte) string {
	for _, c := range raw[1 : len(raw)-1] {
		if c == '\\' {
			var s string
			if json.Unmarshal(raw, &s) != nil {
				return string(raw[1 : len(raw)-1])
			}
			return s
		}
	}
	return string(raw[1 : len(raw)-1])
}
