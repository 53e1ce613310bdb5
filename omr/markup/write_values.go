package markup

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// txtValue is a value as TXT writes it, a string a line with the attribute's name
// before each; why says what TXT has no way to say.
func txtValue(v form.Value) (lines []string, why string) {
	switch v.Type {
	case form.TypeText, form.TypeEnum:
		if broken(v.Str) {
			return nil, "it has a line break"
		}
		return []string{v.Str}, ""
	case form.TypeBool:
		return []string{strconv.FormatBool(v.Bool)}, ""
	case form.TypeSymbols:
		return symbolLine(v.List)
	case form.TypeSymbolRows:
		for _, row := range v.Rows {
			line, why := symbolLine(row)
			if why != "" {
				return nil, why
			}
			lines = append(lines, line...)
		}
		return lines, ""
	case form.TypeProportions:
		words := make([]string, len(v.Parts))
		for i, p := range v.Parts {
			words[i] = decimal(p) + "%"
		}
		return []string{strings.Join(words, "-")}, ""
	case form.TypeStyle:
		return []string{v.Style.String()}, ""
	case form.TypeColor:
		return []string{v.Color.String()}, ""
	case form.TypeSide:
		return []string{sideLine(v.Side)}, ""
	default:
		return []string{decimal(v.Num)}, ""
	}
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// symbolLine is (A)(B): a symbol with a parenthesis would end too early.
func symbolLine(list []string) ([]string, string) {
	var b strings.Builder
	for _, s := range list {
		if strings.ContainsAny(s, "()\r\n") {
			return nil, "the symbol " + quote(s) + " has a parenthesis or a line break"
		}
		b.WriteString("(" + s + ")")
	}
	return []string{b.String()}, ""
}

// sideLine is the side of a border, "" when it says nothing.
func sideLine(s form.BorderSide) string {
	if s.Disable {
		return "none"
	}
	var words []string
	if s.Size != nil {
		words = append(words, strconv.Itoa(*s.Size))
	}
	if s.Color != nil {
		words = append(words, s.Color.String())
	}
	return strings.Join(words, " ")
}

// jsonValue is a value as JSON writes it.
func jsonValue(v form.Value) string {
	switch v.Type {
	case form.TypeText:
		return jsonString(v.Str)
	case form.TypeEnum:
		if digits(v.Str) {
			return v.Str
		}
		return jsonString(v.Str)
	case form.TypeBool:
		return strconv.FormatBool(v.Bool)
	case form.TypeSymbols:
		return jsonStrings(v.List)
	case form.TypeSymbolRows:
		rows := make([]string, len(v.Rows))
		for i, row := range v.Rows {
			rows[i] = jsonStrings(row)
		}
		return jsonList(rows)
	case form.TypeProportions:
		words := make([]string, len(v.Parts))
		for i, p := range v.Parts {
			words[i] = decimal(p)
		}
		return jsonList(words)
	case form.TypeStyle:
		if words := strings.Split(v.Style.String(), ", "); len(words) > 1 {
			return jsonStrings(words)
		}
		return jsonString(v.Style.String())
	case form.TypeColor:
		return jsonString(v.Color.String())
	case form.TypeSide:
		return jsonSide(v.Side)
	default:
		return decimal(v.Num)
	}
}

func jsonString(s string) string { return string(encode(s)) }

func jsonStrings(list []string) string {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = jsonString(s)
	}
	return jsonList(words)
}

func jsonList(words []string) string { return "[" + strings.Join(words, ", ") + "]" }

func jsonSide(s form.BorderSide) string {
	var b bytes.Buffer
	add := func(key, v string) {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(`"` + key + `": ` + v)
	}
	if s.Size != nil {
		add("size", strconv.Itoa(*s.Size))
	}
	if s.Color != nil {
		add("color", jsonString(s.Color.String()))
	}
	if s.Disable {
		add("disable", "true")
	}
	return "{" + b.String() + "}"
}

// keptBreaks is a text of which the reader drops one line break at the end
// (spec/markup.md 4.5): a text that ends with one is given another.
func keptBreaks(s string) string {
	if strings.HasSuffix(s, "\n") {
		return s + "\n"
	}
	return s
}
