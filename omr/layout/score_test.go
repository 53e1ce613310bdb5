package layout_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/pattern"
)

func parts(p ...float64) form.Value      { return form.Value{Parts: p} }
func symbols(s ...string) form.Value     { return form.Value{List: s} }
func styled(s form.FontStyle) form.Value { return form.Value{Style: s} }

// layTree lays a page of elements out by hand.
func layTree(s form.Settings, tree ...*form.Element) (*layout.Document, fault.List) {
	return layout.Lay(&form.Form{Pages: []*form.Element{el(form.Page, "", nil, tree...)}}, s, layout.Options{})
}

// holds checks facts of a form that must be laid out without any diagnostic but
// those given.
func holds(t *testing.T, tree []*form.Element, want, codes []string) *layout.Document {
	t.Helper()
	doc, list := layTree(form.Settings{}, tree...)
	got := []string{}
	for _, f := range list {
		got = append(got, f.Code+" "+f.Severity.String())
	}
	if !slices.Equal(got, append([]string{}, codes...)) {
		t.Fatalf("diagnostics %v, want %v\n%v", got, codes, list)
	}
	if doc == nil {
		return nil
	}
	all := facts(doc)
	for _, w := range want {
		if no, ok := cut(w); ok {
			if slices.ContainsFunc(all, func(s string) bool { return strings.HasPrefix(s, no) }) {
				t.Errorf("there is %q", no)
			}
		} else if !slices.Contains(all, w) {
			t.Errorf("no %q among\n%s", w, near(all, w))
		}
	}
	return doc
}

// scores are the bubbles of score groups: QUESTION/CRITERION HEADER + or - SCORE X Y.
func scores(doc *layout.Document) (out []string) {
	for _, p := range doc.Pattern.Pages {
		for _, e := range p.Elements {
			for _, q := range e.Questions {
				for _, a := range q.Answers {
					for _, b := range a.Bubbles {
						sign := "-"
						if b.Positive {
							sign = "+"
						}
						out = append(out, fmt.Sprintf("%s/%s %s %s %d at %.0f %.0f", q.Name, a.Name, b.Value, sign, b.Score, b.Box.X, b.Box.Y))
					}
				}
			}
		}
	}
	return out
}

func head(name string, more attrs) *form.Element { return el(form.ScoreHeader, name, more) }

func criterion(name string, score float64, more attrs) *form.Element {
	a := attrs{form.AttrScore: num(score)}
	for k, v := range more {
		a[k] = v
	}
	return el(form.ScoreAnswer, name, a)
}

// TestScoreGroups holds spec/markup.md 10.15 and S01 to S06: rows are
// max(60 + 18, 69 + 12) high, texts inset by 6, tables 50 apart.
func TestScoreGroups(t *testing.T) {
	negative := attrs{form.AttrHeaderType: str("negative")}
	two := func(name string) *form.Element {
		return el(form.ScoreQuestion, name, attrs{form.AttrRowProportions: parts(60, 20, 20)},
			head("True", attrs{form.AttrAlign: str("center")}), head("False", negative), criterion("On time", 2, nil), criterion("Well led", 3, nil))
	}
	doc := holds(t, []*form.Element{el(form.ScoreGroup, "Club", nil, two("Training"), two("Boats")), el(form.Text, "x", nil)}, []string{
		"text On time 216 285", "text False 1864 204",
		"fill #000000 209 197 2063 3", "fill #000000 209 440 2063 3", "fill #000000 1445 197 3 246",
		// The second table begins 50 px below the first one's rule, which ends at 443.
		"fill #000000 209 492 2063 3", "text On time 216 580",
		"element ScoreGroup Club 210 198 2060 538", "text x 210 738",
	}, nil)
	want := []string{
		"Training/On time True + 2 at 1617 284", "Training/On time False - 2 at 2029 284",
		"Training/Well led True + 3 at 1617 365", "Training/Well led False - 3 at 2029 365",
		"Boats/On time True + 2 at 1617 579", "Boats/On time False - 2 at 2029 579",
		"Boats/Well led True + 3 at 1617 660", "Boats/Well led False - 3 at 2029 660",
	}
	if got := scores(doc); !slices.Equal(got, want) {
		t.Errorf("bubbles\n%s", strings.Join(got, "\n"))
	}
	table := doc.Pattern.Ours.Scores
	if len(table) != 2 || !slices.Equal(table[1].Rows, []int{2, 3}) || !slices.Equal(table[1].Columns, []int{1, 1}) || table[1].Question != 1 {
		t.Errorf("score tables %+v", table)
	}
}

func TestScoreColumns(t *testing.T) {
	amount, content := attrs{form.AttrHeaderType: str("amount")}, attrs{form.AttrHeaderType: str("content")}
	moved := attrs{form.AttrHeaderType: str("question")}
	// Four columns, four headers: the criteria stand where the question header is.
	q := el(form.ScoreQuestion, "Boats", attrs{form.AttrRowProportions: parts(20, 10, 40, 20), form.AttrScoreDisplay: str("DisplayAsExtraColumn")},
		head("Yes", attrs{form.AttrScore: num(10)}), head("Points", amount), head("What of it", moved), head("Remarks", content),
		criterion("Clean", 12, nil), criterion("Whole", -3, nil),
		el(form.TableContent, "see there", attrs{form.AttrColumn: num(4), form.AttrRow: num(2)}))
	doc := holds(t, []*form.Element{el(form.ScoreGroup, "S", nil, q)}, []string{
		// Edges 210, 622, 828, 1652, 2064: a tenth of the width stays empty.
		"text Clean 834 285", "text see there 1658 366", "text Remarks 1658 204", "fill #000000 2063 197 3 246", "!text Boats",
	}, nil)
	if got, want := scores(doc), []string{"Boats/Clean Yes + 120 at 381 284", "Boats/Whole Yes + -30 at 381 365"}; !slices.Equal(got, want) {
		t.Errorf("bubbles %v", got)
	}
	info := doc.Pattern.Pages[0].Elements[0].Ours
	if !slices.Equal(info.Symbols, []string{"", ""}) || info.Shape != "round" {
		t.Errorf("printed %+v", info)
	}
}

func TestScoreInsideTheBubble(t *testing.T) {
	q := el(form.ScoreQuestion, "Q", attrs{form.AttrRowProportions: parts(50, 25, 25), form.AttrScoreDisplay: str("DisplayInsideCell")},
		head("Yes", attrs{form.AttrScore: num(2)}), head("No", attrs{form.AttrHeaderType: str("negative")}), criterion("c", 7, nil))
	doc := holds(t, []*form.Element{el(form.ScoreGroup, "S", nil, q)}, nil, nil)
	// What a mark there adds: a negative one, nothing.
	if info := doc.Pattern.Pages[0].Elements[0].Ours; !slices.Equal(info.Symbols, []string{"14", "0"}) {
		t.Errorf("symbols %q", info.Symbols)
	}
}

// TestScoreFonts: family and size come from the question, the style does not
// (spec/markup.md 7.3).
func TestScoreFonts(t *testing.T) {
	q := el(form.ScoreQuestion, "Bold", attrs{form.AttrRowProportions: parts(50, 50), form.AttrFontSize: num(24), form.AttrFontStyle: styled(form.Bold), form.AttrFontFamily: str("Courier New")},
		head("Plain", nil), criterion("Own", 1, attrs{form.AttrFontSize: num(6), form.AttrAlign: str("right")}), criterion("Heir", 1, nil))
	doc := holds(t, []*form.Element{el(form.ScoreGroup, "S", nil, q)}, nil, nil)
	sizes := map[string]float64{}
	faces := map[string]any{}
	for _, it := range doc.Pages[0].Items {
		if it.Text != nil {
			sizes[it.Text.Text], faces[it.Text.Text] = it.Text.Line.Runs[0].Size, it.Text.Line.Runs[0].Face
		}
		if it.Text != nil && it.Text.Text == "Own" {
			if end := it.Text.Origin.X + it.Text.Line.Width; end < 1233 || end > 1235 {
				t.Errorf("aligned right, the text ends at %.1f, the column at 1240 less 6", end)
			}
		}
	}
	if sizes["Bold"] != 100 || sizes["Plain"] != 100 || sizes["Heir"] != 100 || sizes["Own"] != 25 {
		t.Errorf("sizes %v", sizes)
	}
	if faces["Plain"] != faces["Heir"] || faces["Bold"] == faces["Plain"] {
		t.Errorf("faces %v", faces)
	}
}

func TestScoreFaults(t *testing.T) {
	question := func(share []float64, more ...*form.Element) []*form.Element {
		return []*form.Element{el(form.ScoreGroup, "S", nil, el(form.ScoreQuestion, "Q", attrs{form.AttrRowProportions: parts(share...)}, more...))}
	}
	moved := attrs{form.AttrHeaderType: str("question")}
	for _, c := range []struct {
		name string
		tree []*form.Element
		code string
	}{
		{"headers missing", question([]float64{60, 20, 20}, head("a", nil), criterion("c", 1, nil)), "LM420 error"},
		{"two criteria columns", question([]float64{50, 50}, head("a", moved), head("b", moved), criterion("c", 1, nil)), "LM420 error"},
		{"no proportions", question(nil, criterion("c", 1, nil)), "LM420 error"},
		{"narrow", question([]float64{98, 2}, head("a", nil), criterion("c", 1, nil)), "LM511 error"},
		{"huge product", question([]float64{50, 50}, head("a", attrs{form.AttrScore: num(5000)}), criterion("c", 5000, nil)), "LM301 error"},
		{"content in a bubble column", question([]float64{50, 50}, head("a", nil), criterion("c", 1, nil),
			el(form.TableContent, "x", attrs{form.AttrColumn: num(2), form.AttrRow: num(1)})), "LM429 error"},
		{"content beyond the rows", question([]float64{50, 50}, head("a", attrs{form.AttrHeaderType: str("content")}), criterion("c", 1, nil),
			el(form.TableContent, "x", attrs{form.AttrColumn: num(2), form.AttrRow: num(9)})), "LM429 error"},
	} {
		t.Run(c.name, func(t *testing.T) { holds(t, c.tree, nil, []string{c.code}) })
	}
}

// TestClippedScores: criteria whose bubbles are cut are gone from the pattern,
// which can still be read.
func TestClippedScores(t *testing.T) {
	q := el(form.ScoreQuestion, "Q", attrs{form.AttrRowProportions: parts(50, 50)}, head("Yes", nil), criterion("seen", 1, nil), criterion("cut", 1, nil))
	block := el(form.Block, "", attrs{form.AttrHeight: num(230), form.AttrOverflow: str("clip")}, el(form.ScoreGroup, "S", nil, q))
	doc := holds(t, []*form.Element{el(form.Container, "", nil, block)}, nil, []string{"LM508 warning"})
	if got := scores(doc); len(got) != 1 || !strings.HasPrefix(got[0], "Q/seen") {
		t.Errorf("bubbles %v", got)
	}
	raw, err := pattern.Write(doc.Pattern)
	if err != nil {
		t.Fatal(err)
	}
	if p, warnings, err := pattern.Read(raw); err != nil || len(warnings) > 0 || p.Pages[0].Elements[0].Ours == nil {
		t.Errorf("%v %v", warnings, err)
	}
}
