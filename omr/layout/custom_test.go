package layout_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/pattern"
)

// custom is a sheet of rows number | bubbles | trigger.
func custom(amount, columns float64, target string, more attrs) *form.Element {
	a := attrs{form.AttrAmount: num(amount), form.AttrColumnsCount: num(columns), form.AttrRowProportions: parts(20, 50, 30)}
	for k, v := range more {
		a[k] = v
	}
	column := func(s string) *form.Element { return el(form.Column, s, nil) }
	return el(form.CustomAnswerSheet, "Open", a,
		el(form.Header, "", nil, column("No."), column("Answer"), column("Skip")),
		el(form.CustomRow, "row %index%", nil,
			el(form.Content, "%index%.", nil),
			el(form.BubbleArray, "arr %index%", attrs{form.AttrAnswersList: symbols("A", "B")}),
			el(form.CustomTrigger, "skip %index%", attrs{form.AttrValue: str("no %index%"), form.AttrTarget: str(target)})))
}

// triggers are those of a form: NAME -> TARGET = VALUE at X Y, [the elements in scope].
func triggers(doc *layout.Document) (out []string) {
	for i, p := range doc.Pattern.Pages {
		for j, e := range p.Elements {
			if e.Type != pattern.ReplaceTrigger {
				continue
			}
			var scope []string
			for _, s := range doc.Pattern.Ours.Triggers {
				if s.Page == i && s.Element == j {
					for _, k := range s.Targets {
						scope = append(scope, p.Elements[k].Name)
					}
				}
			}
			b := e.Groups[0].Bubbles[0].Box
			out = append(out, fmt.Sprintf("%s -> %s = %s at %.0f %.0f %v", e.Name, e.Target, e.Value, b.X, b.Y, scope))
		}
	}
	return out
}

// TestCustomSheets holds spec/markup.md 10.20 and N01 to N08. Rows are
// max(60 + 11, text 69) high; the cells of a table 2060 wide begin at 210, 622
// and 1652.
func TestCustomSheets(t *testing.T) {
	doc := holds(t, []*form.Element{custom(2, 1, "arr %index%", nil), el(form.Text, "x", nil)}, []string{
		"text No. 222 199", "text 1. 222 270", "text 2. 222 341",
		// Halves of 1030 px: middles at 879.5 and 1394.5.
		"bubble Open_1 A 845 269 70 70", "bubble Open_1 B 1360 269 70 70", "bubble Open_2 A 845 340 70 70",
		"element ChoiceBox Open_2 845 340 585 70", "text x 210 411",
		"fill #000000 621 198 3 213", "fill #000000 210 268 2060 3", "fill #000000 210 339 2060 3", "!stroke",
	}, nil)
	want := []string{"skip 1 -> Open_1 = no 1 at 1926 269 [Open_1]", "skip 2 -> Open_2 = no 2 at 1926 340 [Open_2]"}
	if got := triggers(doc); !slices.Equal(got, want) {
		t.Errorf("triggers %q", got)
	}
	raw, err := pattern.Write(doc.Pattern)
	if err != nil {
		t.Fatal(err)
	}
	if _, warnings, err := pattern.Read(raw); err != nil || len(warnings) > 0 {
		t.Errorf("%v %v", warnings, err)
	}
}

// TestCustomColumns: five rows in three tables of (2060 - 40) / 3 px, filled one
// after the other, each with a header.
func TestCustomColumns(t *testing.T) {
	holds(t, []*form.Element{custom(5, 3, "Open_%index%", attrs{
		form.AttrBorder: str("rounded"), form.AttrBorderColor: {Color: form.Color{B: 139}}, form.AttrStartID: num(9),
	})}, []string{
		"text No. 222 199", "text No. 915 199", "text No. 1609 199", "text 9. 222 270", "text 10. 222 341", "text 11. 915 270", "text 13. 1609 270",
		"stroke #00008b 3 210 198 673 213 round 30", "stroke #00008b 3 1597 198 673 142 round 30", "fill #00008b 344 198 3 213", "!bubble Open_1 ", "!bubble Open_14",
	}, nil)
	// Two rows in three tables: the last is not drawn.
	holds(t, []*form.Element{custom(2, 3, "Open_%index%", nil)}, []string{"text No. 915 199", "!text No. 1609", "text 2. 915 270"}, nil)
}

func TestCustomArrays(t *testing.T) {
	sheet := func(cells ...*form.Element) *form.Element {
		var columns []*form.Element
		for range cells {
			columns = append(columns, el(form.Column, "c", nil))
		}
		share := make([]float64, len(cells))
		for i := range share {
			share[i] = 100 / float64(len(cells))
		}
		return el(form.CustomAnswerSheet, "S", attrs{form.AttrAmount: num(1), form.AttrColumnsCount: num(1), form.AttrRowProportions: parts(share...)},
			el(form.Header, "", nil, columns...), el(form.CustomRow, "", nil, cells...))
	}
	array := func(name string, more attrs) *form.Element {
		a := attrs{form.AttrAnswersList: symbols("1", "2")}
		for k, v := range more {
			a[k] = v
		}
		return el(form.BubbleArray, name, a)
	}
	doc := holds(t, []*form.Element{sheet(
		array("first", attrs{form.AttrBubbleSize: str("extrasmall"), form.AttrBubbleType: str("square"), form.AttrRecognitionValues: symbols("yes", "no")}),
		array("second %index%", nil), array("", nil), array("", attrs{form.AttrFontSize: num(5), form.AttrFontFamily: str("Courier New")}),
	)}, []string{
		"bubble S_1 yes 314 279 50 50", "bubble second 1 1 819 269 70 70", "bubble S_1_3 1 1334 269 70 70", "bubble S_1_4 2 2106 269 70 70",
		"stroke #000000 3 319 284 40 40",
	}, nil)
	if info := doc.Pattern.Pages[0].Elements[3].Ours; info.Font != "Courier New" {
		t.Errorf("font %q", info.Font)
	}
	if info := doc.Pattern.Pages[0].Elements[0].Ours; !slices.Equal(info.Symbols, []string{"1", "2"}) || info.Shape != "square" {
		t.Errorf("printed %+v", info)
	}
	for _, c := range []struct {
		name string
		tree *form.Element
		code string
	}{
		{"trigger without target", custom(2, 1, "nothing", nil), "LM404 error"},
		{"bubbles wider than the cell", sheet(array("", attrs{form.AttrAnswersList: symbols(strings.Split("abcdefghijklmnopqrstuvwxyzABCDEFG", "")...)}), el(form.Content, "", nil)), "LM511 error"},
		{"values that do not match", sheet(array("a", attrs{form.AttrRecognitionValues: symbols("yes")})), "LM422 error"},
		{"cells missing", el(form.CustomAnswerSheet, "S", attrs{form.AttrAmount: num(1), form.AttrRowProportions: parts(50, 50)},
			el(form.Header, "", nil, el(form.Column, "", nil), el(form.Column, "", nil)), el(form.CustomRow, "", nil, el(form.Content, "", nil))), "LM420 error"},
		{"too many rows", custom(1e9, 1, "Open_%index%", nil), "LM106 error"},
	} {
		t.Run(c.name, func(t *testing.T) { holds(t, []*form.Element{c.tree}, nil, []string{c.code}) })
	}
}

// TestCustomFields: a write-in is its cell's inside; a trigger that names it
// decides whether its picture is kept.
func TestCustomFields(t *testing.T) {
	tree := el(form.CustomAnswerSheet, "S", attrs{form.AttrAmount: num(2), form.AttrColumnsCount: num(1), form.AttrRowProportions: parts(40, 30, 30)},
		el(form.Header, "", nil, el(form.Column, "a", nil), el(form.Column, "12", attrs{form.AttrContentType: str("cells")}), el(form.Column, "c", nil)),
		el(form.CustomRow, "", nil,
			el(form.WriteIn, "W%index%", attrs{form.AttrRequired: yes()}),
			el(form.WriteIn, "", nil),
			el(form.CustomTrigger, "t", attrs{form.AttrValue: str("v"), form.AttrTarget: str("W%index%")})))
	doc := holds(t, []*form.Element{tree}, []string{
		// The header holds cells of 79 px, 6 px off the rules; rows 71, the inside 2 px off.
		"element ClipArea W1 212 291 820 67", "element ClipArea WriteIn1 1036 291 614 67", "element ClipArea W2 212 362 820 67",
		"stroke #000000 3 1046 204 59 79",
	}, nil)
	if got, want := triggers(doc), []string{"t -> W1 = v at 1926 289 [W1]", "t -> W2 = v at 1926 360 [W2]"}; !slices.Equal(got, want) {
		t.Errorf("triggers %q", got)
	}
	var crops []string
	for _, c := range doc.Pattern.Ours.Crops {
		e := doc.Pattern.Pages[c.Page].Elements[c.Element]
		crops = append(crops, fmt.Sprint(c.Name, " ", e.Name, " ", e.Required, " ", c.When))
	}
	want := []string{"W1 W1 true [{2 0}]", "WriteIn1 WriteIn1 false []", "W2 W2 true [{5 0}]", "WriteIn1 WriteIn1 false []"}
	if !slices.Equal(crops, want) {
		t.Errorf("crops %q", crops)
	}
}

// TestSheetKeys: the grading key of a sheet is a list, a group a line; an empty
// one is not graded.
func TestSheetKeys(t *testing.T) {
	sheet := custom(3, 1, "Open_%index%", attrs{form.AttrKey: symbols("A", "", "A,B"), form.AttrPoints: num(2.5), form.AttrRequired: yes(), form.AttrSelect: str("many")})
	lines := el(form.AnswerSheet, "Q", attrs{form.AttrElementsCount: num(2), form.AttrKey: symbols("", "D")})
	grid := el(form.Grid, "PIN", attrs{form.AttrSectionsCount: num(3), form.AttrKey: str("073")})
	doc := holds(t, []*form.Element{sheet, lines, grid}, nil, nil)
	var got []string
	for _, k := range doc.Pattern.Ours.Keys {
		e := doc.Pattern.Pages[k.Page].Elements[k.Element]
		got = append(got, fmt.Sprintf("%s %s %s %g", e.Name, k.Name, k.Value, k.Points))
	}
	if want := []string{"Open_1 Open_1 A 2.5", "Open_3 Open_3 A,B 2.5", "Q2 Q2 D 1", "PIN PIN 073 1"}; !slices.Equal(got, want) {
		t.Errorf("keys %q", got)
	}
	if info := doc.Pattern.Pages[0].Elements[0].Ours; !info.Required || info.Select != "many" {
		t.Errorf("%+v", info)
	}
	if info := doc.Pattern.Pages[0].Elements[6].Ours; info.Required || info.Select != "" {
		t.Errorf("%+v", info)
	}
}
