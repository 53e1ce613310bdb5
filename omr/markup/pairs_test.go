package markup_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/markup"
)

// TestPairs holds one element in both markups a row, by the names of
// spec/markup.md 18: the trees must be equal, and as written here.
func TestPairs(t *testing.T) {
	box := func(lines ...string) string {
		return page(append([]string{` Container ""`, `  Block ""`}, lines...)...)
	}
	txtBox := func(s string) string { return "?container=\n?block=\n" + s + "\n&block\n&container" }
	jsonBox := func(s string) string {
		return `{"element_type":"Container","children":[{"element_type":"Block","children":[` + s + `]}]}`
	}
	tests := []struct {
		name, txt, json, tree string
	}{
		{"C01", "?container=\n&container", `{"element_type":"Container","children":[]}`, page(` Container ""`)},
		{"C02", "?container= a \n\tcolumns_count=3\n&container", `{"element_type":"Container","name":" a ","columns_count":3,"children":[]}`, page(` Container "a" columns_count=3`)},
		{
			"C03", "?container=\n\tcolumns_proportions=20 - 30.5%-40%\n\tcolumns_count=9\n&container",
			`{"element_type":"Container","columns_proportions":[20,30.5,40],"columns_count":9,"children":[]}`, page(` Container "" columns_count=9 columns_proportions=[20 30.5 40]`),
		},
		{
			"C05", "?container=\n\tblock_right_margin=0\n\tblock_bottom_margin=500\n\tblock_top_padding=1\n&container",
			`{"element_type":"Container","block_right_margin":0,"block_bottom_margin":500,"block_top_padding":1,"children":[]}`,
			page(` Container "" block_bottom_margin=500 block_right_margin=0 block_top_padding=1`),
		},
		{
			"C06", "?container=\n\ttype=footer\n?block=\n&block\n&container", `{"element_type":"Container","container_type":"footer","children":[{"element_type":"Block","children":[]}]}`,
			page(` Container "" container_type="footer"`, `  Block ""`),
		},
		{
			"C07", txtBox("?container=\n?block=\n&block\n&container"), jsonBox(`{"element_type":"Container","children":[{"element_type":"Block","children":[]}]}`),
			box(`   Container ""`, `    Block ""`),
		},
		{"C08", "?container=\n\tsync_children_height=TRUE\n&container", `{"element_type":"Container","sync_children_height":true,"children":[]}`, page(` Container "" sync_children_height=true`)},
		{
			"C09", "?container=\n\tcolumns_count=2\n?answer_sheet=s\n\telements_count=2\n\tcolumn=2\n?grid=g\n\tcolumn=1\n&container",
			`{"element_type":"Container","columns_count":2,"children":[{"element_type":"AnswerSheet","name":"s","elements_count":2,"column":2},{"element_type":"Grid","name":"g","sections_count":8,"options_count":10,"column":1}]}`,
			page(` Container "" columns_count=2`, `  AnswerSheet "s" column=2 elements_count=2`, `  Grid "g" column=1 options_count=10 sections_count=8`),
		},
		{
			"B01", "?container=\n\tcolumns_count=2\n?block=b\n\tcolumn=2\n&block\n?block=a\n\tcolumn=1\n&block\n&container",
			`{"element_type":"Container","columns_count":2,"children":[{"element_type":"Block","name":"b","column":2,"children":[]},{"element_type":"Block","name":"a","column":1,"children":[]}]}`,
			page(` Container "" columns_count=2`, `  Block "b" column=2`, `  Block "a" column=1`),
		},
		{
			"B02", "?container=\n?block=\n\tborder=Rounded\n\tborder_size=7\n\tborder_color=darkorange\n&block\n&container",
			`{"element_type":"Container","children":[{"element_type":"Block","border":"rounded","border_size":7,"border_color":"DarkOrange","children":[]}]}`,
			page(` Container ""`, `  Block "" border="rounded" border_color=DarkOrange border_size=7`),
		},
		{
			"B03", "?container=\n?block=\n\tborder_top_style=6 red\n\tborder_left_style=8\n\tborder_right_style=none\n\tborder_bottom_style=#00ff00\n&block\n&container",
			`{"element_type":"Container","children":[{"element_type":"Block","border_top_style":{"size":6,"color":"red"},"border_left_style":{"size":8},"border_right_style":{"disable":true},"border_bottom_style":{"color":"Lime"},"children":[]}]}`,
			page(` Container ""`, `  Block "" border_bottom_style={- Lime false} border_left_style={8 - false} border_right_style={- - true} border_top_style={6 Red false}`),
		},
		{
			"B04", "?container=\n?block=\n\tbackground_color=LightGrey\n&block\n?block=\n\tbackground_color=none\n&block\n&container",
			`{"element_type":"Container","children":[{"element_type":"Block","background_color":"lightgray","children":[]},{"element_type":"Block","background_color":"Transparent","children":[]}]}`,
			page(` Container ""`, `  Block "" background_color=LightGray`, `  Block "" background_color=transparent`),
		},
		{
			"B05 B06 B07", "?container=\n?block=\n\theight=400\n\thorizontal_padding=0\n\tvertical_padding=20\n\toverflow=CLIP\n&block\n&container",
			`{"element_type":"Container","children":[{"element_type":"Block","height":400,"horizontal_padding":0,"vertical_padding":20,"overflow":"clip","children":[]}]}`,
			page(` Container ""`, `  Block "" height=400 horizontal_padding=0 overflow="clip" vertical_padding=20`),
		},
		{
			"B08", "?container=\n?block=shot\n\tis_clipped=true\n&block\n&container", `{"element_type":"Container","children":[{"element_type":"Block","name":"shot","is_clipped":true,"children":[]}]}`,
			page(` Container ""`, `  Block "shot" is_clipped=true`),
		},
		{"B09", "?container=\n?block=\n&block\n&container", jsonBox(""), box()},
		{
			"T01", "?text=a\n\tfont_family=Arial Black\n\tfont_style=Italic, Bold\n\tfont_size=10.5\n\tcolor=crimson\n\talign=right",
			`{"element_type":"Text","name":"a","font_family":"Arial Black","font_style":["italic","bold"],"font_size":10.5,"color":"Crimson","align":"Right"}`,
			page(` Text "a" align="right" color=Crimson font_family="Arial Black" font_size=10.5 font_style={Bold, Italic}`),
		},
		{
			"T02", txtBox("?content= a  b \n\tfont_style=strikeout\n\tcolor=#0A0b0C"), jsonBox(`{"element_type":"Content","name":" a  b ","font_style":"Strikeout","color":"#0A0B0C"}`),
			box(`   Content " a  b " color=#0A0B0C font_style={Strikeout}`),
		},
		{
			"T03", txtBox("?content=        \n\tcontent_type=cells\n\talign=center"), jsonBox(`{"element_type":"Content","name":"        ","content_type":"Cells","align":"center"}`),
			box(`   Content "        " align="center" content_type="cells"`),
		},
		{"T05", "?text=Ωж中ह\nعربי", `{"element_type":"Text","name":"Ωж中ह\nعربי"}`, page(` Text "Ωж中ह` + `\n` + `عربי"`)},
		{
			"I01 I02 I03", "?image= logo.png \n\twidth=10\n\theight=20\n\tx=0\n\ty=3000\n\talign=center",
			`{"element_type":"Image","name":"logo.png","width":10,"height":20,"x":0,"y":3000,"align":"center"}`, page(` Image "logo.png" align="center" height=20 width=10 x=0 y=3000`),
		},
		{
			"E01", "?empty_line=50\n?empty_line=\n\theight=7\n?empty_line=", `{"element_type":"EmptyLine","name":"50"},{"element_type":"EmptyLine","height":7},{"element_type":"EmptyLine"}`,
			page(` EmptyLine "50"`, ` EmptyLine "" height=7`, ` EmptyLine ""`),
		},
		{
			"Q01", "#q\n\t() A () B\n\t() C", `{"element_type":"ChoiceBox","question_text":"q","answers_string":"() A () B\n() C"}`,
			page(` ChoiceBox "" question_text="q"`, `  Option "A" row_index=1`, `  Option "B" row_index=1`, `  Option "C" row_index=2`),
		},
		{
			"Q02", "#q\n\t(10)(9) (8)\n\t( )()", `{"element_type":"ChoiceBox","question_text":"q","answers_string":"(10)(9)(8)\n()()"}`,
			page(` ChoiceBox "" question_text="q"`, `  Option "" bubble_value="10" row_index=1`, `  Option "" bubble_value="9" row_index=1`, `  Option "" bubble_value="8" row_index=1`, `  Option "" row_index=2`, `  Option "" row_index=2`),
		},
		{
			"Q02 not a scale", "#q\n\t(9) A (10) years", `{"element_type":"ChoiceBox","question_text":"q","answers_string":"(9) A (10) years"}`,
			page(` ChoiceBox "" question_text="q"`, `  Option "A (10) years" bubble_value="9" row_index=1`),
		},
		{
			"Q03", "#q\n\t(Ж) a ( é ) b (\U0001F469\u200D\U0001F467) c (e\u0301) d (Yes) e ( NO ) f () g", `{"element_type":"ChoiceBox","question_text":"q","answers_string":"(Ж)a(é)b(\ud83d\udc69\u200d\ud83d\udc67)c(e\u0301)d(yes)e(no)f()g"}`,
			page(` ChoiceBox "" question_text="q"`, `  Option "a" bubble_value="Ж" row_index=1`, `  Option "b" bubble_value="é" row_index=1`, "  Option \"c\" bubble_value=\"\U0001F469\\u200d\U0001F467\" row_index=1",
				"  Option \"d\" bubble_value=\"e\u0301\" row_index=1", `  Option "e" bubble_value="yes" row_index=1`, `  Option "f" bubble_value="no" row_index=1`, `  Option "g" row_index=1`),
		},
		{
			"Q04", "#q\n\t() Partly (only, on \"weekdays\") () No \\(b) (c", `{"element_type":"ChoiceBox","question_text":"q","answers_string":"() Partly (only, on \"weekdays\") () No \\(b) (c"}`,
			page(` ChoiceBox "" question_text="q"`, `  Option "Partly (only, on \"weekdays\")" row_index=1`, `  Option "No (b) (c" row_index=1`),
		},
		{
			"Q06", "?choicebox=q\n\t?option=A\n\t\tbubble_value=s\n\t\tfont_size=9\n\t\talign=right\n\t?option=B\n\t\trow_index=1\n\t?option=C\n\t\tbubble_value=YES\n\t?option=\n\t\trow_index=7\n\t?option=D\n&choicebox",
			`{"element_type":"ChoiceBox","question_text":"q","children":[{"element_type":"Option","name":"A","bubble_value":"s","font_size":9,"align":"right"},{"element_type":"Option","name":"B","row_index":1},{"element_type":"Option","name":"C","bubble_value":"yes"},{"element_type":"Option","row_index":7},{"element_type":"Option","name":"D"}]}`,
			page(` ChoiceBox "" question_text="q"`, `  Option "A" align="right" bubble_value="s" font_size=9 row_index=1`, `  Option "B" row_index=1`, `  Option "C" bubble_value="yes" row_index=2`, `  Option "" row_index=7`, `  Option "D" row_index=8`),
		},
		{
			"Q07 Q08 Q12", "#q\n\tcolor=red\n\talign=center\n\tfont_style=bold\n\tdisplay_number=false\n\tmultiselect=false\n\t()A",
			`{"element_type":"ChoiceBox","question_text":"q","color":"red","align":"center","font_style":"bold","display_number":false,"multiselect":false,"answers_string":"()A"}`,
			page(` ChoiceBox "" align="center" color=Red display_number=false font_style={Bold} multiselect=false question_text="q"`, `  Option "A" row_index=1`),
		},
		{"Q09", "#q\n\tname= key \n\t()A", `{"element_type":"ChoiceBox","question_text":"q","name":"key","answers_string":"()A"}`, page(` ChoiceBox "key" question_text="q"`, `  Option "A" row_index=1`)},
		{"M01", "?answer_sheet=q\n\telements_count=7\n\tcolumns_count=1", `{"element_type":"AnswerSheet","name":"q","elements_count":7,"columns_count":1}`, page(` AnswerSheet "q" columns_count=1 elements_count=7`)},
		{
			"M02", "?answer_sheet=q\n\telements_count=7\n\tanswers_list=(1) (2)\t(Yes)( ab )\n?answer_sheet=r\n\telements_count=1\n\tanswers_count=11\n?answer_sheet=s\n\telements_count=1\n\tanswers_count=2\n\tanswers_list=(x)(y)",
			`{"element_type":"AnswerSheet","name":"q","elements_count":7,"answers_list":["1","2","Yes","ab"]},{"element_type":"AnswerSheet","name":"r","elements_count":1,"answers_count":11},{"element_type":"AnswerSheet","name":"s","elements_count":1,"answers_count":2,"answers_list":["x","y"]}`,
			page(` AnswerSheet "q" answers_list=["1" "2" "Yes" "ab"] elements_count=7`, ` AnswerSheet "r" answers_count=11 elements_count=1`, ` AnswerSheet "s" answers_count=2 answers_list=["x" "y"] elements_count=1`),
		},
		{
			"M03", "?answer_sheet=q\n\telements_count=2\n\tstart_id=0\n?answer_sheet=q\n\telements_count=2\n\tstart_id=40", `{"element_type":"AnswerSheet","name":"q","elements_count":2,"start_id":0},{"element_type":"AnswerSheet","name":"q","elements_count":2,"start_id":40}`,
			page(` AnswerSheet "q" elements_count=2 start_id=0`, ` AnswerSheet "q" elements_count=2 start_id=40`),
		},
		{
			"M04", "?answer_sheet=q\n\telements_count=2\n\tvertical_margin=5\n\tbubble_size=extraLarge\n\tbubble_type=Square\n\tmultiselect=false", `{"element_type":"AnswerSheet","name":"q","elements_count":2,"vertical_margin":5,"bubble_size":"Extralarge","bubble_type":"square","multiselect":false}`,
			page(` AnswerSheet "q" bubble_size="Extralarge" bubble_type="square" elements_count=2 multiselect=false vertical_margin=5`),
		},
		{"D01", "?grid=g\n\torientation=VERTICAL", `{"element_type":"Grid","name":"g","sections_count":8,"options_count":10,"orientation":"vertical"}`, page(` Grid "g" options_count=10 orientation="vertical" sections_count=8`)},
		{"D02", "?grid=g\n\tsections_count=1\n\toptions_count=12", `{"element_type":"Grid","name":"g","sections_count":1,"options_count":12}`, page(` Grid "g" options_count=12 sections_count=1`)},
		{
			"D03", "?grid=g\n\theader_type=square\n\theader_border_size=5\n\theader_border_color=teal", `{"element_type":"Grid","name":"g","sections_count":8,"options_count":10,"header_type":"Square","header_border_size":5,"header_border_color":"Teal"}`,
			page(` Grid "g" header_border_color=Teal header_border_size=5 header_type="square" options_count=10 sections_count=8`),
		},
		{
			"D04 D05", "?grid=g\n\talign=right\n\tx=5\n\ty=9000\n\tbubble_size=small\n\tbubble_type=round\n\tvertical_margin=3", `{"element_type":"Grid","name":"g","sections_count":8,"options_count":10,"align":"right","x":5,"y":9000,"bubble_size":"small","bubble_type":"round","vertical_margin":3}`,
			page(` Grid "g" align="right" bubble_size="Small" bubble_type="round" options_count=10 sections_count=8 vertical_margin=3 x=5 y=9000`),
		},
		{
			"Z01", "?barcode=b\n\tvalue=v\n\tqr_version=10\n?barcode=c\n\tvalue=w\n\tqr_version=AUTO\n\tbarcode_type=qr code", `{"element_type":"Barcode","name":"b","value":"v","qr_version":10},{"element_type":"Barcode","name":"c","value":"w","barcode_type":"QR"}`,
			page(` Barcode "b" qr_version=10 value="v"`, ` Barcode "c" barcode_type="QR" value="w"`),
		},
		{
			"Z03", "?barcode=a\n\tbarcode_type=ean\n\tvalue=1234567\n?barcode=b\n\tvalue=123456789012\n\tbarcode_type=EAN\n?barcode=c\n\tvalue=1\n\tbarcode_type=code39\n?barcode=d\n\tvalue=1\n\tbarcode_type=PDF417",
			`{"element_type":"Barcode","name":"a","value":"1234567","barcode_type":"EAN8"},{"element_type":"Barcode","name":"b","value":"123456789012","barcode_type":"jan"},{"element_type":"Barcode","name":"c","value":"1","barcode_type":"code39standard"},{"element_type":"Barcode","name":"d","value":"1","barcode_type":"Pdf417"}`,
			page(` Barcode "a" barcode_type="EAN8" value="1234567"`, ` Barcode "b" barcode_type="EAN13" value="123456789012"`, ` Barcode "c" barcode_type="Code39Standard" value="1"`, ` Barcode "d" barcode_type="Pdf417" value="1"`),
		},
		{
			"Z04", "?barcode=b\n\tvalue=v\n\tcodetext=true\n\theight=200\n\talign=left\n\tx=1\n\ty=2\n\trotation_angle=-90", `{"element_type":"Barcode","name":"b","value":"v","codetext":true,"height":200,"align":"left","x":1,"y":2,"rotation_angle":-90}`,
			page(` Barcode "b" align="left" codetext=true height=200 rotation_angle=-90 value="v" x=1 y=2`),
		},
		{
			"P11", "?page=\n\torientation=Horizontal\n\tpaper_size=A3\n\tleft_margin=1\n\tright_margin=2\n\trotation_point_position=TopLeft2\n&page", "",
			"Page \"\" left_margin=1 orientation=\"Horizontal\" paper_size=\"A3\" right_margin=2 rotation_point_position=\"TopLeft2\"\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			json := onPage(tt.json)
			if tt.json == "" {
				json = `{"element_type":"Template","children":[{"element_type":"Page","orientation":"horizontal","paper_size":"a3","left_margin":1,"right_margin":2,"rotation_point_position":"topleft2","children":[]}]}`
			}
			expect(t, tt.txt, tt.tree, "")
			expect(t, json, tt.tree, "")
		})
	}
}

// TestAnswerAttributes is Q05, in TXT alone: attributes before the answers and
// after each line of them.
func TestAnswerAttributes(t *testing.T) {
	expect(t, "#q\n\tfont_size=9\n\t() A () B\n\tcolor=red\n\tdisplay_number=false\n\t() C\n\tfont_style=bold\n\talign=right",
		page(` ChoiceBox "" display_number=false font_size=9 question_text="q"`,
			`  Option "A" color=Red row_index=1`, `  Option "B" color=Red row_index=1`,
			`  Option "C" align="right" font_style={Bold} row_index=2`), "")
}

// TestForms reads whole forms: the same one in both markups, and the oddities of
// spec/markup.md 14, none of which is an error.
func TestForms(t *testing.T) {
	trees := map[string]string{}
	files, err := filepath.Glob("testdata/forms/*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f, l := markup.Parse(source)
		if l.Failed() {
			t.Errorf("%s: %v", file, l)
		}
		checkList(t, source, l)
		name := filepath.Base(file)
		trees[name] = dump(f)
		if strings.HasPrefix(name, "survey") && len(l) > 0 {
			t.Errorf("%s: %s", file, notes(l))
		}
	}
	if trees["survey.txt"] != trees["survey.json"] {
		t.Errorf("the trees differ:\n%s\n%s", trees["survey.txt"], trees["survey.json"])
	}
	for name, line := range map[string]string{
		"survey.txt":      `  Option "Monthly" row_index=1`,
		"oddities.txt":    ` Text "\t\t\tPart B` + `\n` + `name: ____________` + `\n` + `# kept" align="right"`,
		"serialised.json": ` AnswerSheet "Sheet" answers_count=3 elements_count=4`,
	} {
		if !strings.Contains(trees[name], line+"\n") {
			t.Errorf("%s lacks the line %s:\n%s", name, line, trees[name])
		}
	}
	if !strings.Contains(trees["oddities.txt"], "  Block \"\" border=\"square\" column=1\n   ChoiceBox \"\" question_text=\"Shirt > size?\"\n    Option \"Small\" bubble_value=\"S\" row_index=1\n    Option \"Large\" row_index=1\n   EmptyLine \"\"\n") {
		t.Errorf("the block of the oddities is wrong:\n%s", trees["oddities.txt"])
	}
}
