package markup

import (
	"fmt"
	"reflect"

	"github.com/leafmark/leafmark/omr/form"
)

// difference finds the first place where two forms are not the same tree: where
// in a it stands and what it is, "" when there is none. Places in the sources,
// the name of the Template and line breaks in comments mean nothing.
func difference(a, b *form.Form) (at form.Pos, what string) {
	at = form.Pos{Line: 1, Column: 1}
	return differentElements(at, "the form", a.Pages, b.Pages)
}

func differentElements(at form.Pos, parent string, a, b []*form.Element) (form.Pos, string) {
	for i := range a {
		if i >= len(b) {
			return a[i].Pos, fmt.Sprintf("the %s is missing from %s", a[i].Kind, parent)
		}
		if at, what := different(a[i], b[i]); what != "" {
			return at, what
		}
	}
	if len(b) > len(a) {
		return at, fmt.Sprintf("%s would get one more %s", parent, b[len(a)].Kind)
	}
	return form.Pos{}, ""
}

func different(a, b *form.Element) (form.Pos, string) {
	if a.Kind != b.Kind {
		return a.Pos, fmt.Sprintf("the %s would become a %s", a.Kind, b.Kind)
	}
	s, ok := form.Lookup(a.Kind)
	x, y := a.Name, b.Name
	if ok && s.Name == form.NameComment {
		x, y = oneLine(x), oneLine(y)
	}
	if x != y {
		return a.Pos, fmt.Sprintf("the name of the %s would change from %s to %s", a.Kind, quote(x), quote(y))
	}
	for name, v := range a.Attrs {
		if other, ok := b.Attrs[name]; ok == silent(v) || ok && !sameValue(v, other) {
			return a.Pos, fmt.Sprintf("%s of the %s would change", name, a.Kind)
		}
	}
	for name := range b.Attrs {
		if _, ok := a.Attrs[name]; !ok {
			return a.Pos, fmt.Sprintf("the %s would get a %s", a.Kind, name)
		}
	}
	return differentElements(a.Pos, "the "+string(a.Kind), a.Children, b.Children)
}

// silent tells of a border side that neither sets nor removes anything.
func silent(v form.Value) bool { return v.Type == form.TypeSide && sideLine(v.Side) == "" }

// sameValue compares values without their places; a removed side of a border is
// not drawn, whatever its width.
func sameValue(a, b form.Value) bool {
	a.Pos, b.Pos = form.Pos{}, form.Pos{}
	if a.Side.Disable && b.Side.Disable {
		a.Side, b.Side = form.BorderSide{}, form.BorderSide{}
	}
	return reflect.DeepEqual(a, b)
}
