package v5

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/omr/fault"
)

// maxFaults is where the reading of a hopeless request stops.
const maxFaults = 100

// fields reads the members of a request and gathers what is wrong with them, so
// that the client learns all at once.
type fields struct{ faults fault.List }

func (f *fields) bad(field, cause, cure string) {
	if len(f.faults) < maxFaults {
		f.faults = append(f.faults, &fault.Error{
			Code: wire.CodeValidation, Kind: fault.Invalid,
			Where: fault.Where{Path: short(field)}, Cause: cause, Cure: cure,
		})
	}
}

// err is what was wrong, nil for nothing.
func (f *fields) err() error { return f.faults.Err() }

// short keeps a name that the client chose from filling the answer.
func short(name string) string {
	const most = 120
	if runes := []rune(name); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return name
}

// required notes that a field is missing.
func (f *fields) required(field, cure string) { f.bad(field, "The field is required.", cure) }

// bytes decodes a Base64 text in its own memory; nil after a fault. The value
// cannot be read again.
func (f *fields) bytes(field string, v value, limit int) []byte {
	if v.kind != kindText {
		f.bad(field, "this is not a text", "send the file as Base64 text")
		return nil
	}
	raw := v.raw[1 : len(v.raw)-1]
	out, cause := decode64(unescape(raw, raw[:0]))
	switch {
	case cause != "":
		f.bad(field, cause, "send the file as standard Base64 (RFC 4648)")
	case len(out) > limit:
		f.bad(field, fmt.Sprintf("the file has %d bytes, more than %d", len(out), limit), "send a smaller one")
	default:
		return out
	}
	return nil
}

// integer reads a whole number: 12, 12.0 or "12".
func integer(v value) (n int, ok bool) {
	digits := string(v.raw)
	switch v.kind {
	case kindNumber:
		f, err := strconv.ParseFloat(digits, 64)
		if err != nil || f != math.Trunc(f) || math.Abs(f) > math.MaxInt32 {
			return 0, false
		}
		return int(f), true
	case kindText:
		n, err := strconv.ParseInt(strings.TrimSpace(v.text()), 10, 32)
		return int(n), err == nil
	}
	return 0, false
}

// number reads a whole number between least and most; nil when absent or wrong.
func (f *fields) number(field string, v value, least, most int) *int {
	if !v.given() {
		return nil
	}
	n, ok := integer(v)
	if !ok || n < least || n > most {
		f.bad(field, fmt.Sprintf("%s is not a whole number from %d to %d", shown(v), least, most), "send such a number")
		return nil
	}
	return &n
}

// flag reads true or false, as a text too; nil when absent or wrong.
func (f *fields) flag(field string, v value) *bool {
	if !v.given() {
		return nil
	}
	word := string(v.raw)
	if v.kind == kindText {
		word = strings.ToLower(strings.TrimSpace(v.text()))
	}
	if word != "true" && word != "false" {
		f.bad(field, shown(v)+" is neither true nor false", "send true or false")
		return nil
	}
	on := word == "true"
	return &on
}

// name reads a text; empty when absent or wrong.
func (f *fields) name(field string, v value) string {
	if !v.given() {
		return ""
	}
	if v.kind != kindText {
		f.bad(field, shown(v)+" is not a text", "send a text in quotes")
		return ""
	}
	return strings.TrimSpace(v.text())
}

// words is an enumeration: names in any case, and numbers for some of them
// (spec/api.md 1.4, 3.8).
type words struct {
	names   []string
	numbers map[int]string
	aliases map[string]string // lower case to name
	// parse reads names that are too many for a list; nil: names and aliases.
	parse func(string) (string, bool)
}

// word reads a value of an enumeration; empty when absent or wrong. An empty text
// is wrong: no client means a default by it.
func (f *fields) word(field string, v value, of words) string {
	if !v.given() {
		return ""
	}
	if v.kind == kindText {
		if w, ok := of.named(strings.TrimSpace(v.text())); ok {
			return w
		}
	}
	if n, ok := integer(v); ok {
		if w, ok := of.numbers[n]; ok {
			return w
		}
	}
	f.bad(field, shown(v)+" is not one of the values that are allowed: "+strings.Join(of.names, ", "), "")
	return ""
}

func (of words) named(s string) (string, bool) {
	if of.parse != nil {
		return of.parse(s)
	}
	if i := slices.IndexFunc(of.names, func(n string) bool { return strings.EqualFold(n, s) }); i >= 0 {
		return of.names[i], true
	}
	w, ok := of.aliases[strings.ToLower(s)]
	return w, ok
}

// shown is a value as a message repeats it.
func shown(v value) string {
	switch v.kind {
	case kindObject:
		return "an object"
	case kindArray:
		return "an array"
	case kindText:
		return strconv.Quote(short(v.text()))
	}
	return short(string(v.raw))
}

// object is the members of v by lower-case name, the last of equals counting.
// Names are compared without case by ASCII alone: no other letter of Unicode is
// the same member (spec/api.md 1.4).
func object(v value, names ...string) map[string]value {
	out := make(map[string]value, len(names))
	for name, member := range v.members() {
		if i := slices.IndexFunc(names, func(n string) bool { return equalASCII(n, name) }); i >= 0 {
			out[names[i]] = member
		}
	}
	return out
}

func equalASCII(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		x, y := a[i], b[i]
		if x >= 'A' && x <= 'Z' {
			x |= 0x20
		}
		if y >= 'A' && y <= 'Z' {
			y |= 0x20
		}
		if x != y {
			return false
		}
	}
	return true
}
