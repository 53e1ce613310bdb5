package markup

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// object is a JSON object; it is written with sorted keys.
type object = map[string]any

// SchemaID is what the JSON Schema of forms is called: where a node serves it,
// relative to the node's address.
const SchemaID = "/schemas/form.json"

// JSONSchema describes JSON markup as a JSON Schema (draft 2020-12), for editors
// that complete and check: every element with its attributes, types, ranges,
// defaults and children, made from the table of package form. It knows the
// canonical spelling, which Format writes, the aliases of spec/markup.md 4.4 and
// the values that mean "not set" (4.3). Parse accepts more: any case, numbers in
// quotes, comments, and it alone checks rules between attributes.
func JSONSchema() []byte {
	defs := object{
		"color":    colorSchema(),
		"backdrop": object{"anyOf": []any{ref("color"), object{"enum": []any{"none", "transparent"}}}},
		"side":     sideSchema(),
		"style":    object{"enum": words(form.FontStyles())},
		"symbols":  object{"type": []any{"array", "null"}, "items": object{"type": "string"}, "minItems": 1},
		"shares":   object{"type": []any{"array", "null"}, "items": object{"type": "number", "exclusiveMinimum": 0, "maximum": 100}, "minItems": 1},
	}
	var branches []any
	for _, k := range form.Kinds() {
		s, _ := form.Lookup(k)
		defs[string(k)] = elementSchema(s)
		branches = append(branches, object{
			"if":   object{"properties": object{"element_type": object{"enum": typeNames(k)}}},
			"then": ref(string(k)),
		})
	}
	defs["element"] = object{"type": "object", "required": []any{"element_type"}, "allOf": branches}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"$id":         SchemaID,
		"title":       "Form source in JSON markup",
		"description": "A form to print and read: a Template of pages, each a tree of elements. Lengths are px at 300 dpi, font sizes are points.",
		"$ref":        "#/$defs/" + string(form.Template),
		"$defs":       defs,
	}); err != nil {
		panic("markup: the JSON Schema is no JSON: " + err.Error()) //nolint:forbidigo // strings, numbers and lists always are
	}
	return b.Bytes()
}

func ref(name string) object { return object{"$ref": "#/$defs/" + name} }

func words[T any](list []T) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// typeNames are the spellings of an element_type that editors should know: the
// documented one first, then the other of JSON and TXT name.
func typeNames(k form.Kind) []any {
	names := []any{jsonKind(k)}
	if string(k) != jsonKind(k) {
		names = append(names, string(k))
	}
	if s, ok := form.Lookup(k); ok && s.TXT != "" && s.TXT != jsonKind(k) {
		names = append(names, s.TXT)
	}
	return names
}

// elementSchema describes the object that an element is.
func elementSchema(s *form.Schema) object {
	told := form.Describe(s.Kind)
	props := object{
		"element_type": object{"enum": typeNames(s.Kind), "description": told.Summary},
		"name":         object{"type": []any{"string", "null"}, "description": told.Name},
	}
	required := []any{"element_type"}
	out := object{"type": "object", "description": told.Summary, "properties": props}
	switch {
	case s.Kind == form.Image:
		props["image_path"] = object{"type": []any{"string", "null"}, "description": "Another name of name.", "deprecated": true}
		out["anyOf"] = []any{object{"required": []any{"name"}}, object{"required": []any{"image_path"}}}
	case s.Kind == form.ChoiceBox:
		props["answers_string"] = object{
			"type":        "string",
			"description": "The answers, a line a row: a marker such as () or (A), then the text of the answer.",
		}
		out["anyOf"] = []any{object{"required": []any{"answers_string"}}, object{"required": []any{"children"}}}
	case s.NameRequired:
		props["name"] = object{"type": "string", "description": told.Name}
		required = append(required, "name")
	}
	for i := range s.Attrs {
		a := &s.Attrs[i]
		value := attributeSchema(s.Kind, a)
		props[string(a.Name)] = value
		for _, alias := range a.Aliases {
			props[alias] = object{"$ref": "#/$defs/" + string(s.Kind) + "/properties/" + string(a.Name), "deprecated": true}
		}
		if a.Required {
			required = append(required, string(a.Name))
		}
	}
	if kinds := childrenSchema(s.Kind); kinds != nil {
		props["children"] = object{"type": []any{"array", "null"}, "items": kinds, "description": "The elements inside."}
		if s.NeedsChildren {
			list := object{"type": "array", "items": kinds, "description": "The elements inside."}
			if s.Kind == form.Template {
				list["minItems"] = 1
			}
			props["children"] = list
			required = append(required, "children")
		}
	}
	out["required"] = required
	return out
}

// childrenSchema describes what may stand directly in an element, nil when
// nothing may.
func childrenSchema(k form.Kind) object {
	kinds := form.ChildrenOf(k)
	switch k {
	case form.Template: // what stands beside pages is not drawn
		kinds = []form.Kind{form.Page}
	case form.CustomAnswerSheet: // as published (spec/markup.md 4.4)
		kinds = append(kinds, form.TableHeader)
	case form.Header:
		kinds = append(kinds, form.Content)
	default:
	}
	if len(kinds) == 0 {
		return nil
	}
	var names []any
	for _, kind := range kinds {
		names = append(names, typeNames(kind)...)
	}
	return object{"$ref": "#/$defs/element", "properties": object{"element_type": object{"enum": names}}}
}

// attributeSchema describes a value: its type, its range, what means "not set",
// its default, what it is for.
func attributeSchema(k form.Kind, a *form.AttrSpec) object {
	out := valueSchema(a)
	if a.Auto {
		out = object{"anyOf": []any{out, object{"enum": []any{"auto", "Auto"}}}}
	}
	out["description"] = form.DescribeAttr(k, a.Name)
	if v, ok := defaultOf(a); ok {
		out["default"] = v
	}
	return out
}

func valueSchema(a *form.AttrSpec) object {
	switch a.Type {
	case form.TypePx, form.TypeCount, form.TypeInt, form.TypePercent:
		return numberSchema(a, "integer")
	case form.TypePt:
		return numberSchema(a, "number")
	case form.TypeBool:
		return object{"type": []any{"boolean", "null"}}
	case form.TypeEnum:
		values := words(a.Values)
		for _, v := range a.Values {
			if n, err := strconv.Atoi(v); err == nil {
				values = append(values, n)
			}
		}
		return object{"enum": append(values, nil)}
	case form.TypeSymbols:
		return ref("symbols")
	case form.TypeSymbolRows:
		return object{"type": []any{"array", "null"}, "items": object{"type": "array", "items": object{"type": "string"}}}
	case form.TypeProportions:
		return ref("shares")
	case form.TypeStyle:
		return object{"anyOf": []any{ref("style"), object{"type": []any{"array", "null"}, "items": ref("style")}}}
	case form.TypeColor:
		name := "color"
		if a.Name == form.AttrBackgroundColor {
			name = "backdrop"
		}
		return object{"anyOf": []any{ref(name), object{"type": "null"}}}
	case form.TypeSide:
		return object{"anyOf": []any{ref("side"), object{"type": "null"}}}
	default:
		return object{"type": []any{"string", "null"}}
	}
}

// numberSchema leaves open the numbers that mean "not set" (spec/markup.md 4.3).
func numberSchema(a *form.AttrSpec, kind string) object {
	out := object{"type": []any{kind, "null"}, "minimum": a.Min, "maximum": a.Max}
	switch a.Unset {
	case form.UnsetNegative:
		delete(out, "minimum")
	case form.UnsetZero:
		out["minimum"] = 0
	default:
	}
	return out
}

// defaultOf is a documented default with its JSON type.
func defaultOf(a *form.AttrSpec) (any, bool) {
	if a.Default == "" || a.Default == "auto" {
		return nil, false
	}
	switch a.Type {
	case form.TypePx, form.TypePt, form.TypeCount, form.TypeInt, form.TypePercent:
		x, err := strconv.ParseFloat(a.Default, 64)
		return x, err == nil
	case form.TypeBool:
		return a.Default == "true", true
	default:
		return a.Default, true
	}
}

func colorSchema() object {
	names := form.ColorNames()
	return object{"anyOf": []any{object{"enum": words(names)}, object{"type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"}}}
}

func sideSchema() object {
	return object{
		"type":        "object",
		"description": "One side of a border: what is left out is as the border's.",
		"properties": object{
			"size":    object{"type": []any{"integer", "null"}, "minimum": 0, "maximum": 1000, "description": "The width, in px."},
			"color":   object{"anyOf": []any{ref("color"), object{"type": "null"}}, "description": "The colour."},
			"disable": object{"type": []any{"boolean", "null"}, "description": "Draws no line on this side."},
		},
	}
}

// digits tells of enumeration values that JSON writes as numbers.
func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
