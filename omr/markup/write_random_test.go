package markup_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/markup"
)

// draw makes forms at random from the schema: any kind where it may stand, any
// attributes with any values in range, texts that look like markup.
type draw struct {
	*rand.Rand
	depth int
	name  int
}

func (d *draw) text() string {
	words := []string{"a", "Club", " ", "  ", "(b)", "(10)", "()", "\\", "\\(", "?page=", "&block", "#", "=", "x=1", "é", "漢", "\"", "%", ",", "\t", "yes", "{", "//", "*/"}
	var b strings.Builder
	for range d.IntN(4) {
		b.WriteString(words[d.IntN(len(words))])
	}
	return b.String()
}

func (d *draw) value(spec *form.AttrSpec) form.Value {
	v := form.Value{Type: spec.Type}
	whole := func() float64 { return float64(int64(spec.Min) + d.Int64N(min(int64(spec.Max-spec.Min)+1, 50))) }
	switch spec.Type {
	case form.TypePx, form.TypeCount, form.TypeInt, form.TypePercent:
		if v.Num = whole(); v.Num == 0 && spec.Unset == form.UnsetZero {
			v.Num = 1
		}
	case form.TypePt:
		v.Num = whole() + float64(d.IntN(2))/2
	case form.TypeBool:
		v.Bool = d.IntN(2) == 0
	case form.TypeEnum:
		v.Str = spec.Values[d.IntN(len(spec.Values))]
	case form.TypeText:
		switch spec.Name {
		case form.AttrBubbleValue:
			v.Str = []string{"x", "(", "yes", "no", "ß", "é", "\\"}[d.IntN(7)]
		case form.AttrFontFamily:
			v.Str = "Arial"
		case form.AttrSelect:
			v.Str = []string{"one", "many", "2", "0-3"}[d.IntN(4)]
		default:
			v.Str = strings.Trim(d.text(), " \t") + "."
		}
	case form.TypeSymbols:
		v.List = d.symbols()
	case form.TypeSymbolRows:
		for range 1 + d.IntN(3) {
			v.Rows = append(v.Rows, d.symbols())
		}
	case form.TypeProportions:
		for range 1 + d.IntN(4) {
			v.Parts = append(v.Parts, []float64{1, 12.5, 25}[d.IntN(3)])
		}
	case form.TypeStyle:
		v.Style = form.FontStyle(d.IntN(16))
	case form.TypeColor:
		v.Color = d.color()
	case form.TypeSide:
		if d.IntN(4) == 0 {
			v.Side.Disable = true
			break
		}
		size, color := d.IntN(9), d.color()
		if v.Side.Size = &size; d.IntN(2) == 0 {
			v.Side.Color = &color
		}
	}
	return v
}

func (d *draw) symbols() []string {
	list := make([]string, 1+d.IntN(6))
	for i := range list {
		list[i] = []string{"", "A", "10", "é", "-", "a b", ",", "\""}[d.IntN(8)]
	}
	return list
}

func (d *draw) color() form.Color {
	return form.Color{R: uint8(d.IntN(2) * 255), G: uint8(d.IntN(256)), B: uint8(d.IntN(2) * 128)}
}

func (d *draw) element(parent, k form.Kind) *form.Element {
	s, _ := form.Lookup(k)
	e := &form.Element{Kind: k}
	switch s.Name {
	case form.NameVisible, form.NameLabel:
		e.Name = d.text() + "."
	case form.NameKey:
		d.name++
		e.Name = "k" + strconv.Itoa(d.name)
	default:
		e.Name = strings.TrimSpace(d.text())
		if k == form.Image {
			e.Name = "p.png"
		}
	}
	if k == form.Text && d.IntN(2) == 0 {
		e.Name += "\n ?no. element" + "\n?" + d.text() + "\n#" + d.text() + "\n&" + d.text()
	}
	for i := range s.Attrs {
		spec := &s.Attrs[i]
		if !spec.Required && !spec.Fill && (d.IntN(3) > 0 || d.senseless(parent, k, spec.Name)) {
			continue
		}
		if e.Attrs == nil {
			e.Attrs = map[form.Attr]form.Value{}
		}
		e.Attrs[spec.Name] = d.value(spec)
	}
	if k == form.ChoiceBox {
		d.options(e)
		d.key(e)
		return e
	}
	if s.Closing && d.depth < 5 {
		d.depth++
		kinds := form.ChildrenOf(k)
		for range d.IntN(6) {
			e.Children = append(e.Children, d.element(k, kinds[d.IntN(len(kinds))]))
			if d.IntN(4) == 0 && form.Allowed(k, form.EmptyLine) == form.Accepted {
				e.Children = append(e.Children, &form.Element{Kind: form.EmptyLine})
			}
		}
		d.depth--
	}
	d.key(e)
	return e
}

// key gives a question an answer that it can have.
func (d *draw) key(e *form.Element) {
	answers := form.Answers(e)
	if len(answers) == 0 || d.IntN(2) == 0 {
		return
	}
	if answer := answers[d.IntN(len(answers))]; answer != "" && e.Kind != form.Table && e.Kind != form.BubbleArray {
		v := form.Value{Type: form.TypeText, Str: answer}
		if e.Kind == form.AnswerSheet {
			v = form.Value{Type: form.TypeSymbols, List: []string{answer}}
		}
		if lines, sheet := e.Int(form.AttrElementsCount); !sheet || lines > 0 {
			if e.Attrs == nil {
				e.Attrs = map[form.Attr]form.Value{}
			}
			e.Attrs[form.AttrKey] = v
		}
	}
}

// senseless tells of attributes that the reader takes out where they mean nothing.
func (d *draw) senseless(parent, k form.Kind, a form.Attr) bool {
	return a == form.AttrKey || a == form.AttrQRVersion || a == form.AttrColumn && k != form.Block && parent != form.Container
}

func (d *draw) options(e *form.Element) {
	question := strings.TrimLeft(d.text(), " \t") + "?"
	if d.IntN(4) == 0 {
		e.Name = ""
	}
	e.Attrs[form.AttrQuestionText] = form.Value{Type: form.TypeText, Str: question}
	row := 1
	for i := range d.IntN(6) {
		if i > 0 {
			row += d.IntN(2)
		}
		o := d.element(form.ChoiceBox, form.Option)
		if d.IntN(2) == 0 {
			o = &form.Element{Kind: form.Option, Name: strings.Trim(d.text(), " \t")}
		}
		if o.Attrs == nil {
			o.Attrs = map[form.Attr]form.Value{}
		}
		o.Attrs[form.AttrRowIndex] = form.Value{Type: form.TypeCount, Num: float64(row)}
		e.Children = append(e.Children, o)
	}
}

// What is written is read as the same tree, in both markups. The forms are drawn
// from the schema alone, so that some break rules that only the reader knows; they
// are written all the same, unless the reader would take something out.
func TestRandomForms(t *testing.T) {
	kept := 0
	for seed := range uint64(400) {
		d := &draw{Rand: rand.New(rand.NewPCG(seed, 7))}
		f := &form.Form{}
		for range 1 + d.IntN(2) {
			f.Pages = append(f.Pages, d.element(form.Template, form.Page))
		}
		legal := true
		for _, to := range []markup.Syntax{markup.JSON, markup.TXT} {
			out, list := markup.Write(f, to)
			if list.Failed() {
				t.Fatalf("seed %d: %v\n%s", seed, list, dump(f))
			}
			again, list := markup.Parse(out)
			if dump(again) != dump(f) {
				t.Fatalf("seed %d: %v\n%s\n%s\n%s", seed, list, out, dump(f), dump(again))
			}
			if list.Failed() {
				legal = false
				continue
			}
			if got := formatted(t, out); string(got) != string(out) {
				t.Fatalf("seed %d: not in canonical style\n%s\n%s", seed, out, got)
			}
			if there, list := converted(t, out); there == nil {
				t.Fatalf("seed %d: %v\n%s", seed, list, out)
			}
		}
		if legal {
			kept++
		}
	}
	if kept < 100 {
		t.Errorf("only %d of the forms were legal", kept)
	}
}
