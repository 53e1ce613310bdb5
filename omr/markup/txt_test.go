package markup_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/leafmark/leafmark/omr/markup"
)

// TestReadTXT holds the lines R01 to R17 of spec/markup.md 18.1.
func TestReadTXT(t *testing.T) {
	grid := ` Grid "PIN" options_count=10 sections_count=8`
	tests := []struct {
		name, source, tree, notes string
	}{
		{"R01 UTF-8", "?text=é©·", page(` Text "é©·"`), ""},
		{"R01 byte order mark", "\ufeff?text=é©", page(` Text "é©"`), ""},
		{"R01 Windows-1252", "?text=\xe9 \xa9\x80\n?text=b", page(` Text "é ©€"`, ` Text "b"`), "1:7 LM102 information"},
		{"R01 UTF-16 little endian", utf16Text("\xff\xfe", "?text=é😀", 0), page(` Text "é😀"`), "1:1 LM102 warning"},
		{"R01 UTF-16 big endian", utf16Text("\xfe\xff", "?text=é😀", 1), page(` Text "é😀"`), "1:1 LM102 warning"},
		{"R02 line ends", "?text=a\r\nb\rc\nd\r\n\r\n?grid=PIN", page(` Text "a\nb\nc\nd"`, ` EmptyLine ""`, grid), ""},
		{"R03 starts with #", "#Q\n\t()A", page(` ChoiceBox "" question_text="Q"`, `  Option "A" row_index=1`), ""},
		{"R04 any case", "?GRID=PIN\n\tALIGN=Center\n\tBubble_Size=SMALL", page(grid[:12] + `align="center" bubble_size="Small" ` + grid[12:]), ""},
		{"R05 blanks around tags", "  ?container= \n\t?block=\t\n\t\tcolumn=1 \t\n\t&block\t \n&container ", page(` Container ""`, `  Block "" column=1`), ""},
		{"R06 signs in values", "?barcode=B\n\tvalue=a=b?c&d#e(f)%g", page(` Barcode "B" value="a=b?c&d#e(f)%g"`), ""},
		{
			"R07 trailing blanks", "?container=\n?block=\n?content=a  \n?grid=PIN \n?barcode= B \n\tvalue= x \n&block\n&container",
			page(` Container ""`, `  Block ""`, `   Content "a  "`, `   Grid "PIN " options_count=10 sections_count=8`, `   Barcode "B" value=" x"`), "",
		},
		{
			"R08 TAB lines", "#Q\n\t\n\tcolor=red\n\t \n\t() A\n\t\n\tfont_size=9\n\t\t\n\t() B",
			page(` ChoiceBox "" color=Red question_text="Q"`, `  Option "A" font_size=9 row_index=1`, `  Option "B" row_index=2`), "",
		},
		{
			"R09 blank lines", "\n\n?text=a\n\n?text=b\n\n \n\n?text=c\n\n\n",
			page(` Text "a"`, ` EmptyLine ""`, ` Text "b"`, ` EmptyLine ""`, ` EmptyLine ""`, ` EmptyLine ""`, ` Text "c"`), "",
		},
		{
			"R09 in pages", "\n?page=\n\n?text=a\n\n?text=b\n\n&page\n\n?page=\n&page\n",
			"Page \"\"\n Text \"a\"\n EmptyLine \"\"\n Text \"b\"\nPage \"\"\n", "",
		},
		{
			"R10 after an opening", "?container=\n\n?block=\n\n?content=a\n&block\n\n&container",
			page(` Container ""`, `  Block ""`, `   Content "a"`), "4:1 LM207 warning",
		},
		{
			"R10 before an attribute", "?grid=PIN\n\n\tsections_count=3\n?text=b",
			page(` Grid "PIN" options_count=10 sections_count=3`, ` EmptyLine ""`, ` Text "b"`), "3:2 LM207 warning",
		},
		{
			"R11 inside a block", "?container=\n?block=\n?content=a\n\n?content=b\n\n&block\n&container",
			page(` Container ""`, `  Block ""`, `   Content "a"`, `   EmptyLine ""`, `   Content "b"`, `   EmptyLine ""`), "",
		},
		{"R12 text, attribute", "?text=a\nb\n\tcolor=red", page(` Text "a\nb" color=Red`), ""},
		{"R12 text, blank line", "?text=a\n  b\n\n?text=c", page(` Text "a\n  b"`, ` EmptyLine ""`, ` Text "c"`), ""},
		{"R12 text, element", "?text=\nb\n?text=c\nd", page(` Text "\nb"`, ` Text "c\nd"`), ""},
		{"R13 question", "#  Which\n  (all)?\n\t() A", page(` ChoiceBox "" question_text="Which\n  (all)?"`, `  Option "A" row_index=1`), ""},
		{"R14 TABs in a text", "?text=\t\ta\tb", page(` Text "\t\ta\tb"`), ""},
		{
			"R15 escapes", "?text=a\n\\?b\n\\&c\n\\#d\n\\e \\?\n#f\n\\?g\n\t() h \\(i) () j",
			page(` Text "a\n?b\n&c\n#d\n\\e \\?"`, ` ChoiceBox "" question_text="f\n?g"`, `  Option "h (i)" row_index=1`, `  Option "j" row_index=1`), "",
		},
		{"R16 repeated attribute", "?text=a\n\talign=left\n\talign=right", page(` Text "a" align="right"`), "3:2 LM303 warning"},
		{"R16 unusable, then usable", "?text=a\n\tfont_size=bold\n\tfont_size=14", page(` Text "a" font_size=14`), "2:12 LM304 warning, 3:2 LM303 warning"},
		{"R16 usable, then unusable", "?text=a\n\tfont_size=14\n\tfont_size=bold", page(` Text "a" font_size=14`), "3:2 LM303 warning, 3:12 LM304 warning"},
		{
			"R16 malformed, then usable", "?answer_sheet=a\n\telements_count=1\n\tanswers_list=A\n\tanswers_list=(A)(B)",
			page(` AnswerSheet "a" answers_list=["A" "B"] elements_count=1`), "3:15 LM312 warning, 4:2 LM303 warning",
		},
		{
			"R17 spaces for a TAB", "?grid=PIN\n    sections_count=8\n?text=a\n  color=red",
			page(grid, ` Text "a\n  color=red"`), "2:5 LM204 warning",
		},
		{"hyphens", "?answer-sheet=a\n\telements-count=2", page(` AnswerSheet "a" elements_count=2`), ""},
		{
			"elements around pages", "?text=a\n\n?page=\n?text=b\n&page\n#c\n\t()\n?page=\n&page\n?text=d",
			"Page \"\"\n Text \"b\"\nPage \"\"\n", "1:2 LM210 warning, 6:1 LM210 warning, 10:2 LM210 warning",
		},
		{"TAB line in a text goes on", "?text=a\n\t\nb", page(` Text "a\nb"`), ""},
		{
			"attributes after a child belong to it", "?container=\n?block=\n&block\n&container\n?text=x\n\tcolor=red",
			page(` Container ""`, `  Block ""`, ` Text "x" color=Red`), "",
		},
		{
			"page attributes", "?page= one \n\torientation=horizontal\n\tpaper_size=letter\n\tleft_margin=50\n\trotation_point_position=bottomleft2\n&page",
			"Page \"one\" left_margin=50 orientation=\"Horizontal\" paper_size=\"Letter\" rotation_point_position=\"BottomLeft2\"\n", "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { expect(t, tt.source, tt.tree, tt.notes) })
	}
}

func utf16Text(mark, s string, high int) string {
	var b strings.Builder
	b.WriteString(mark)
	for _, u := range utf16.Encode([]rune(s)) {
		pair := [2]byte{byte(u), byte(u >> 8)}
		b.WriteByte(pair[high])
		b.WriteByte(pair[1-high])
	}
	return b.String()
}

// TestPositions is R26: columns count characters, a TAB is one.
func TestPositions(t *testing.T) {
	f, l := markup.Parse([]byte("?text=é\n\t\t😀 x\n#Ünï\n\t(é) ä (x) ö\n\tcolør=1\n?container=\n?block=\n\tcolumn=7\n&block\n&container"))
	if want := "2:3 LM201 error, 5:2 LM412 error, 8:9 LM428 error"; notes(l) != want {
		t.Fatalf("got %s, want %s", notes(l), want)
	}
	q := f.Pages[0].Children[1]
	if p := q.Children[1].Pos; p.Line != 4 || p.Column != 8 || p.Span != 3 {
		t.Errorf("second answer at %+v, want line 4, column 8, span 3", p)
	}
	if e := l[2]; e.Where.Span != 1 || e.Where.Path != "Template/Page[1]/Container[1]/Block[1]" || e.Related == nil || e.Related.Line != 6 {
		t.Errorf("got %+v", e)
	}

	_, l = markup.Parse([]byte("{\"element_type\":\"Template\",\r\n\"children\":[{\"children\":[\r\n\t{\"name\":\"é😀\", \"align\":\"up\", \"element_type\":\"Grid\",\r\"sections_count\":1,\"options_count\":1}],\"element_type\":\"Page\"}]}"))
	if notes(l) != "3:24 LM310 warning" || l[0].Where.Span != 4 || l[0].Where.Path != `Template/Page[1]/Grid "é😀" #/children/0/children/0` {
		t.Errorf("got %s at %+v", notes(l), l[0].Where)
	}
}
