package markup_test

import (
	"os"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/markup"
)

// TestHostile reads sources of 4 MiB that repeat one thing: time and memory must
// stay linear, or this test takes hours.
func TestHostile(t *testing.T) {
	fill := func(head, unit, tail string) string {
		return head + strings.Repeat(unit, (4<<20-len(head)-len(tail))/len(unit)) + tail
	}
	sheet := "\n\tcolumns_count=1\n\trow_proportions=50-50\n?header=\n?column=a\n?column=b\n&header\n?custom_row=\n?content=\n?bubble_array=a%index%\n\tanswers_list=(A)\n&custom_row\n&custom_answer_sheet"
	json := `{"element_type":"Template","children":[{"element_type":"Page","children":[{"element_type":"Text","name":"a"`
	for _, tt := range []struct{ name, source, want string }{
		{"signs", fill("", "#", ""), "LM411"},
		{"questions", fill("", "#\n", ""), "LM106"},
		{"parentheses", fill("#a\n\t", "(", ""), "LM412"},
		{"markers", fill("#a\n\t", "()", ""), "LM106"},
		{"one long symbol", fill("#a\n\t(", "\u0301", ")"), "LM412"},
		{"attributes", fill("?text=a\n", "\ta=\n", ""), "LM106"},
		{"lines of a text", fill("?text=a\n", "b\n", "&b"), "LM205"},
		{"blank lines", fill("?text=a\n", "\n", "?text=b"), "LM106"},
		{"list", fill("?answer_sheet=a\n\telements_count=1\n\tanswers_list=", "(a)", ""), "LM106"},
		{"closings", fill("", "&block\n", ""), "LM205"},
		{"properties", fill(json, `,"nam":1`, "}]}]}"), "LM305"},
		{"names", fill(json, `,"name":"a"`, "}]}]}"), "LM106"},
		{"children", fill(json+"},", "0,", "]}]}"), "LM112"},
		{"values", fill(`{"element_type":"Template","x":[`, "[],", "]}"), "LM106"},
		{"escapes", fill(`{"element_type":"`, `\ud800`, `"}`), "LM111"},
		{"rows of triggers", "?custom_answer_sheet=s\n\tamount=50000\n\tcolumns_count=1\n\trow_proportions=50-50\n?header=\n?column=a\n?column=b\n&header\n?custom_row=\n?bubble_array=a%index%\n\tanswers_list=(A)\n?custom_trigger=t\n\tvalue=v\n\ttarget=s_%index%x\n&custom_row\n&custom_answer_sheet", "LM404"},
		{"extra rows", fill("?composite_grid=c\n\tcolumns_count=1\n\tvalues=(x)\n\textra_row=", "(a)", ""), "LM106"},
		{"keys", fill("?checkbox=c\n\tkey=", ",a", "\n?content=a\n&checkbox"), "LM701"},
		{"keys with commas", "?answer_sheet=s\n\telements_count=200\n\tanswers_list=" + commas(400) + "\n\tkey=" + strings.Repeat("("+strings.Repeat(",", 990)+")", 4000), "LM701"},
		{"keys of grids", strings.Repeat("?grid=g\n\tsections_count=20\n\toptions_count=1\n\tkey="+strings.Repeat("0", 900)+"\n", 4000), "LM701"},
		{"a long name in many lines", "?answer_sheet=" + strings.Repeat("n", 1<<20) + "\n\telements_count=20000", "LM106"},
		{"a long name in many rows", "?custom_answer_sheet=" + strings.Repeat("n", 1<<20) + "\n\tamount=20000" + sheet, "LM106"},
		{"a long text in many rows", "?custom_answer_sheet=s\n\tamount=20000" + strings.Replace(sheet, "?content=", "?content="+strings.Repeat("n", 1<<20), 1), "LM106"},
		{"names of many sheets", strings.Repeat("?answer_sheet="+strings.Repeat("n", 10_000)+"\n\telements_count=200\n\tanswers_list=(a)\n", 100), "LM106"},
		{"cells of many rows", "?custom_answer_sheet=s\n\tamount=99999" + strings.Replace(sheet, "?content=\n", strings.Repeat("?content=\n", 500), 1), "LM106"},
		{"captions of many questions", "?table=t\n\tanswers_count=1\n?table_header=\n?content=q\n?answer_value=" + strings.Repeat("n", 1<<20) + "\n&table_header\n" + strings.Repeat("?question=q\n", 20_000) + "&table", "LM106"},
		{"many questions", "?table=t\n\tanswers_count=4\n?table_header=\n?content=q\n" + strings.Repeat("?answer_value="+strings.Repeat("n", 150)+"\n", 4) + "&table_header\n" + strings.Repeat("?question=q\n", 24_000) + "&table", "LM401"},
		{"contents of score tables", "?score_group=g\n?score_question=q\n\trow_proportions=50-50\n?score_header=h\n?score_answer=a\n\tscore=1\n" + strings.Repeat("?table_content=t\n\tcolumn=1\n\trow=1\n", 80_000) + "&score_question\n&score_group", "LM429"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, l := markup.Parse([]byte(tt.source))
			if len(l) == 0 || l[0].Code != tt.want && l[len(l)-1].Code != tt.want {
				t.Errorf("got %s, want %s", notes(l), tt.want)
			}
		})
	}
}

// commas are symbols of one to n commas.
func commas(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("(" + strings.Repeat(",", i+1) + ")")
	}
	return b.String()
}

// large is a form of about so many bytes, with most kinds of elements.
func large(t testing.TB, size int, to markup.Syntax) []byte {
	t.Helper()
	survey, err := os.ReadFile("testdata/forms/survey.txt")
	if err != nil {
		t.Fatal(err)
	}
	unit := strings.NewReplacer("	type=footer\n", "").Replace(string(survey)) + "\n?text=" + strings.Repeat("Words of a text, é, 漢. ", 40) + "\n\n"
	source := []byte(strings.Repeat(unit, size/len(unit)+1))
	if to == markup.JSON {
		if source, _ = markup.Convert(source, to); source == nil {
			t.Fatal("not converted")
		}
	}
	return source
}

// Reading takes twice the steps for twice the form: counted, not timed.
func TestGrowth(t *testing.T) {
	for name, to := range map[string]markup.Syntax{"TXT": markup.TXT, "JSON": markup.JSON} {
		steps := func(size int) float64 {
			source := large(t, size, to)
			return testing.AllocsPerRun(1, func() { _, _ = markup.Parse(source) })
		}
		if once, twice := steps(100_000), steps(200_000); twice > 2.1*once {
			t.Errorf("%s: %.0f allocations, then %.0f for twice the source", name, once, twice)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for name, to := range map[string]markup.Syntax{"TXT": markup.TXT, "JSON": markup.JSON} {
		b.Run(name+" 1 MB", func(b *testing.B) {
			source := large(b, 1_000_000, to)
			b.SetBytes(int64(len(source)))
			for b.Loop() {
				if f, l := markup.Parse(source); f == nil || l.Failed() {
					b.Fatal(l)
				}
			}
		})
	}
}
