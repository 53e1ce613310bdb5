package markup_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/markup"
)

// dump writes all of a form but its positions, a line an element.
func dump(f *form.Form) string {
	if f == nil {
		return "nil"
	}
	var b strings.Builder
	var walk func(e *form.Element, depth int)
	walk = func(e *form.Element, depth int) {
		fmt.Fprintf(&b, "%s%s %q", strings.Repeat(" ", depth), e.Kind, e.Name)
		attrs := make([]string, 0, len(e.Attrs))
		for a, v := range e.Attrs {
			attrs = append(attrs, string(a)+"="+show(v))
		}
		slices.Sort(attrs)
		for _, a := range attrs {
			b.WriteString(" " + a)
		}
		b.WriteByte('\n')
		for _, c := range e.Children {
			walk(c, depth+1)
		}
	}
	for _, p := range f.Pages {
		walk(p, 0)
	}
	return b.String()
}

// show writes every member of a value, so that two equal texts are equal values.
func show(v form.Value) string {
	size, color := "-", "-"
	if v.Side.Size != nil {
		size = fmt.Sprint(*v.Side.Size)
	}
	if v.Side.Color != nil {
		color = v.Side.Color.String()
	}
	switch v.Type {
	case form.TypeText, form.TypeEnum:
		return fmt.Sprintf("%q", v.Str)
	case form.TypeBool:
		return fmt.Sprint(v.Bool)
	case form.TypeSymbols:
		return fmt.Sprintf("%q", v.List)
	case form.TypeSymbolRows:
		return fmt.Sprintf("%q", v.Rows)
	case form.TypeProportions:
		return fmt.Sprint(v.Parts)
	case form.TypeStyle:
		return "{" + v.Style.String() + "}"
	case form.TypeColor:
		return v.Color.String()
	case form.TypeSide:
		return fmt.Sprintf("{%s %s %v}", size, color, v.Side.Disable)
	default:
		return fmt.Sprint(v.Num)
	}
}

// notes writes diagnostics as "LINE:COLUMN CODE severity", parted by ", ".
func notes(l fault.List) string {
	words := make([]string, len(l))
	for i, e := range l {
		words[i] = fmt.Sprintf("%d:%d %s %s", e.Where.Line, e.Where.Column, e.Code, e.Severity)
	}
	return strings.Join(words, ", ")
}

// page is the tree of a source of which the one page holds the given lines.
func page(lines ...string) string {
	return "Page \"\"\n" + strings.Join(lines, "\n") + "\n"
}

// onPage wraps elements of JSON markup into a form.
func onPage(elements string) string {
	return `{"element_type":"Template","children":[{"element_type":"Page","children":[` + elements + `]}]}`
}

// expect parses a source and compares tree and diagnostics; "*" compares no tree.
func expect(t *testing.T, source, wantTree, wantNotes string) {
	t.Helper()
	f, l := markup.Parse([]byte(source))
	if got := notes(l); got != wantNotes {
		t.Errorf("diagnostics of\n%s\n got %s\nwant %s\n%v", source, got, wantNotes, l)
	}
	if got := dump(f); wantTree != "*" && got != wantTree {
		t.Errorf("tree of\n%s\n got %s\nwant %s", source, got, wantTree)
	}
	checkList(t, []byte(source), l)
}

// checkList checks what must hold of every list: order, places inside the
// source, words.
func checkList(t *testing.T, source []byte, l fault.List) {
	t.Helper()
	lines := strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(source)), "\n") + 1
	before := fault.Where{}
	for _, e := range l {
		w := e.Where
		if w.Line < 1 || w.Column < 1 || w.Span < 0 || e.Code == "" || e.Cause == "" || e.Cure == "" {
			t.Errorf("incomplete diagnostic %+v", e)
		}
		if w.Line > lines && !strings.HasPrefix(string(source), "\xff\xfe") && !strings.HasPrefix(string(source), "\xfe\xff") {
			t.Errorf("%v is behind the last line, %d", e, lines)
		}
		if w.Line < before.Line || w.Line == before.Line && w.Column < before.Column {
			t.Errorf("%v comes after %v", e, before)
		}
		before = w
	}
}
