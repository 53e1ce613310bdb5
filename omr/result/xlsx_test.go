package result_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/result"
)

// opened is a workbook as a spreadsheet program sees it: cells by worksheet and
// address. A text begins with ', a number with =, and @N behind is the style.
type opened map[string]map[string]string

var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

func open(t testing.TB, data []byte) opened {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if z.File[0].Name != "[Content_Types].xml" {
		t.Errorf("the first part is %s", z.File[0].Name)
	}
	read := func(name string, v any) {
		f, err := z.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(raw, v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	var styles struct {
		Formats struct {
			XF []struct {
				Number int `xml:"numFmtId,attr"`
			} `xml:"xf"`
		} `xml:"cellXfs"`
	}
	read("xl/styles.xml", &styles)
	var relations struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:",attr"`
		}
	}
	read("xl/_rels/workbook.xml.rels", &relations)
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	read("xl/workbook.xml", &book)
	out := opened{}
	for _, s := range book.Sheets {
		var sheet struct {
			Rows []struct {
				Cells []struct {
					Ref    string  `xml:"r,attr"`
					Type   string  `xml:"t,attr"`
					Style  int     `xml:"s,attr"`
					Value  *string `xml:"v"`
					Inline *string `xml:"is>t"`
				} `xml:"c"`
			} `xml:"sheetData>row"`
			Filter struct {
				Ref string `xml:"ref,attr"`
			} `xml:"autoFilter"`
			Pane struct {
				State string `xml:"state,attr"`
				Y     int    `xml:"ySplit,attr"`
			} `xml:"sheetViews>sheetView>pane"`
		}
		for _, r := range relations.Relationship {
			if r.ID == s.ID {
				read("xl/"+r.Target, &sheet)
			}
		}
		if sheet.Pane.State != "frozen" || sheet.Pane.Y != 1 || !strings.HasPrefix(sheet.Filter.Ref, "A1:") {
			t.Errorf("%s: pane %+v, filter %q", s.Name, sheet.Pane, sheet.Filter.Ref)
		}
		cells := map[string]string{}
		for _, r := range sheet.Rows {
			for _, c := range r.Cells {
				text := ""
				switch {
				case c.Type == "inlineStr" && c.Inline != nil:
					text = "'" + escaped.ReplaceAllStringFunc(*c.Inline, func(e string) string {
						n, _ := strconv.ParseUint(e[2:6], 16, 16)
						return string(rune(n))
					})
					if styles.Formats.XF[c.Style].Number != 49 {
						t.Errorf("%s!%s holds a text and is not formatted as one", s.Name, c.Ref)
					}
				case c.Value != nil:
					text = "=" + *c.Value
				}
				cells[c.Ref] = fmt.Sprintf("%s@%d", text, c.Style)
			}
		}
		out[s.Name] = cells
	}
	return out
}

// row is the cells of a row without their styles, from A on, up to the last that
// is filled.
func (o opened) row(sheet string, n int) []string {
	var out []string
	for column := range 40 {
		c := o[sheet][fmt.Sprintf("%c%d", 'A'+column, n)]
		out = append(out, c[:max(strings.LastIndex(c, "@"), 0)])
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

// style is a cell's format.
func (o opened) style(sheet, at string) string {
	c := o[sheet][at]
	return c[strings.LastIndex(c, "@")+1:]
}

func table(t testing.TB, entries []result.Entry, named bool) opened {
	t.Helper()
	data, warnings, err := result.Table("xlsx", entries, named)
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	again, _, err := result.Table("xlsx", entries, named)
	if err != nil || !bytes.Equal(data, again) {
		t.Error("the same sheets give other bytes", err)
	}
	return open(t, data)
}

// nasty are texts that spreadsheet programs and their formats like to change.
var nasty = []string{
	"007", "=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "\t=1", "1e5", "2026-01-02", "TRUE", " both ends ", "a,b;c", `"quoted"`,
	"line\nbreak", "carriage\rreturn", "tab\there", "\x00\x07\x1f", "\uFFFE", "<a&b>]]>", "_x000D_", "_x005F_", "__x0041__", "_x00", "日本 🙂", "'",
}

func TestWorkbookKeepsEveryText(t *testing.T) {
	var rows []result.Row
	for _, s := range nasty {
		rows = append(rows, result.Row{Name: s, Value: s})
	}
	data, warnings, err := result.XLSXRows(rows)
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	o := open(t, data)
	if got := o.row("Results", 1); !slices.Equal(got, []string{"'Element Name", "'Value"}) || len(o) != 1 {
		t.Errorf("header %q, worksheets %d", got, len(o))
	}
	for i, s := range nasty {
		if got := o.row("Results", i+2); !slices.Equal(got, []string{"'" + s, "'" + s}) {
			t.Errorf("%q became %q", s, got)
		}
	}
	long := strings.Repeat("🙂", 20000)
	data, warnings, err = result.XLSXRows([]result.Row{{Name: "a", Value: long}, {Name: "b", Value: strings.Repeat("x", 32767)}})
	if err != nil || len(warnings) != 1 || !strings.HasPrefix(warnings[0], "LM855 ") || !strings.Contains(warnings[0], "Results B2") {
		t.Errorf("a text beyond a cell: %v %q", err, warnings)
	}
	if got := open(t, data).row("Results", 2)[1]; got != "'"+strings.Repeat("🙂", 16383) {
		t.Errorf("cut to %d bytes", len(got))
	}
}

func FuzzWorkbook(f *testing.F) {
	for _, s := range nasty {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		if len(name)+len(value) > 1000 {
			return
		}
		s := build(field(name, value))
		data, _, err := result.Table("xlsx", []result.Entry{{File: name, Image: 1, Sheet: s}}, true)
		if err != nil {
			t.Fatal(err)
		}
		a := s.Answers[0]
		want := []string{"'" + a.Name, "'" + a.Value, "=1"}
		o := open(t, data)
		for i, c := range []string{"B2", "C2", "D2"} {
			got := o["Results"][c]
			if got = got[:max(strings.LastIndex(got, "@"), 0)]; got != want[i] && (got != "" || len(want[i]) != 1) {
				t.Errorf("%s is %q, want %q", c, got, want[i])
			}
		}
	})
}

// pile is two sheets of a graded form with a score group, and a refused one.
func pile() []result.Entry {
	p := &pattern.Pattern{Name: "Club", Pages: []pattern.Page{{Elements: []pattern.Element{
		{Type: pattern.ChoiceBox, Name: "Q1", Groups: []pattern.Group{{Bubbles: make([]pattern.Bubble, 3)}}, Ours: &pattern.ElementInfo{Required: true}},
		{Type: pattern.Grid, Name: "PIN"},
		{Type: pattern.ScoreGroup, Name: "G"},
		{Type: pattern.ChoiceBox, Name: "Same"},
		{Type: pattern.ChoiceBox, Name: "Same"},
	}}}, Ours: &pattern.Extension{Keys: []pattern.GradingKey{
		{Element: 0, Name: "Q1", Value: "A,C", Points: 1.5}, {Element: 1, Name: "PIN", Value: "073", Points: 2},
	}}}
	sheet := func(file string, q1, pin mark.Answer, rest ...mark.Answer) result.Entry {
		q1.Element, pin.Element = 0, 1
		list, sum, group := field("Part", "on time"), field("Part_total", "3"), total("G_total", "3")
		list.Element, sum.Element, group.Element = 2, 2, 2
		list.Bubbles = []mark.Bubble{{Marked: true}}
		one, two := field("Same", "x"), field("Same", "y")
		one.Element, two.Element = 3, 4
		all := append([]mark.Answer{q1, pin, list, sum, group, one, two}, rest...)
		return result.Entry{File: file, Image: 1, Sheet: result.Build(p, []result.Source{{File: file, Image: 1, Page: 1, Answers: all}}, result.BuildOptions{})}
	}
	right := field("Q1", "C,A")
	right.Bubbles = []mark.Bubble{{Marked: true}, {}, {Marked: true}}
	unsure := field("PIN", "073")
	unsure.Confidence, unsure.Doubt = 0.95, mark.FaintMark
	serious := field("PIN", "17")
	serious.Confidence, serious.Doubt = 0.5, mark.Misaligned
	return []result.Entry{
		sheet("a.png", right, unsure),
		{File: "torn.png", Image: 2, Err: errors.New("torn")},
		sheet("b.png", field("Q1", ""), serious, field("Zed", "only here")),
	}
}

func TestWorkbookOfAPile(t *testing.T) {
	o := table(t, pile(), true)
	for n, want := range map[int][]string{
		1: {"'File", "'Doubts", "'Points", "'Of", "'Percent", "'Broken rules", "'Error", "'Part", "'Part_total", "'PIN", "'Q1", "'Same", "'Same (2)", "'Zed", "'G_total"},
		2: {"'a.png", "=1", "=3.5", "=3.5", "=100", "=0", "", "'on time", "=3", "'073", "'C,A", "'x", "'y", "", "=3"},
		3: {"'torn.png#2", "", "", "", "", "", "'LM900 The sheet could not be read for a reason of ours. send it again; tell the operator if it happens twice"},
		4: {"'b.png", "=1", "=0", "=3.5", "=0", "=1", "", "'on time", "=3", "'17", "", "'x", "'y", "'only here", "=3"},
		5: nil,
	} {
		if got := o.row("Sheets", n); !slices.Equal(got, want) {
			t.Errorf("Sheets, row %d:\n%q, want\n%q", n, got, want)
		}
	}
	for n, want := range map[int][]string{
		1:  {"'File", "'Element Name", "'Value", "'Confidence", "'Doubt", "'Key", "'Points", "'Of", "'Rule"},
		2:  {"'a.png", "'Part", "'on time", "=1"},
		3:  {"'a.png", "'Part_total", "=3", "=1"},
		4:  {"'a.png", "'PIN", "'073", "=0.95", "'faint_mark", "'073", "=2", "=2"},
		5:  {"'a.png", "'Q1", "'C,A", "=1", "", "'A,C", "=1.5", "=1.5"},
		12: {"'b.png", "'Q1", "", "=1", "", "'A,C", "=0", "=1.5", "'required: nothing is marked"},
	} {
		if got := o.row("Results", n); !slices.Equal(got, want) {
			t.Errorf("Results, row %d:\n%q, want\n%q", n, got, want)
		}
	}
	plain := o.style("Sheets", "L2")
	seen := map[string]string{plain: "a plain value"}
	for what, at := range map[string]string{"a doubt": "J2", "a serious doubt": "J4", "a right answer": "K2", "a broken rule": "K4"} {
		style := o.style("Sheets", at)
		if other, taken := seen[style]; taken || style == "" {
			t.Errorf("%s looks like %s", what, other)
		}
		seen[style] = what
	}
	alone := table(t, pile()[:1], false)
	if got := alone.row("Results", 1)[:2]; !slices.Equal(got, []string{"'Element Name", "'Value"}) {
		t.Errorf("of one sheet the header is %q", got)
	}
	if got := table(t, nil, true).row("Sheets", 1); !slices.Equal(got, []string{"'File", "'Doubts"}) {
		t.Errorf("of no sheet the header is %q", got)
	}
}

// A form with more fields than a worksheet has columns goes on in the next.
func TestWorkbookOfAWideForm(t *testing.T) {
	var answers []mark.Answer
	for i := range 20000 {
		answers = append(answers, field(fmt.Sprintf("Q%d", i+1), "v"+strconv.Itoa(i+1)))
	}
	o := table(t, []result.Entry{{File: "a.png", Image: 1, Sheet: build(answers...)}}, false)
	found := map[string]bool{}
	for _, name := range []string{"Sheets", "Sheets 2"} {
		for at, c := range o[name] {
			if strings.HasSuffix(at, "2") && strings.HasPrefix(c, "'v") && strings.TrimRight(at, "0123456789")+"2" == at {
				found[c] = true
			}
		}
		if o[name]["XFE1"] != "" {
			t.Errorf("%s has more columns than programs open", name)
		}
	}
	if len(found) != 20000 {
		t.Errorf("%d of 20000 values are there", len(found))
	}
	if c := o["Sheets"]["XFD1"]; !strings.HasPrefix(c, "'Q16382@") {
		t.Errorf("the last column of the first is %q", c)
	}
}

// bubbles of an element, marked as told: "x.x" marks the first and the third.
func bubbles(marks string) (out []mark.Bubble) {
	for _, m := range marks {
		out = append(out, mark.Bubble{Marked: m == 'x', Page: geom.PageRect{W: 1, H: 1}})
	}
	return out
}
