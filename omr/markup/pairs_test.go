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
			"K01 K02", "?checkbox=Mail\n\tthreshold=10\n\thide_name=TRUE\n\tbubble_size=small\n\tbubble_type=round\n\talign=center\n\tfont_family=Arial\n?content=a\n?content=b\n&checkbox",
			`{"element_type":"CheckBox","name":"Mail","threshold":10,"hide_name":true,"bubble_size":"small","bubble_type":"round","align":"center","font_family":"Arial","children":[{"element_type":"Content","name":"a"},{"element_type":"Content","name":"b"}]}`,
			page(` CheckBox "Mail" align="center" bubble_size="Small" bubble_type="round" font_family="Arial" hide_name=true threshold=10`, `  Content "a"`, `  Content "b"`),
		},
		{
			"V01 V02 V03 V04", txtBox("?vertical_choicebox= v \n\tthreshold=30\n\tbubble_type=square\n\ttop_padding=9\n\tbubble_position=right\n?answer= a \n\tbubble_offset_x=auto\n\tbubble_offset_y=5\n?content=x\n?paragraph=\n?content=y\n&paragraph\n?write_in=w\n\trequired=true\n&answer\n?answer=b\n\tselectable=false\n\tbubble_type=round\n\tbubble_position=left\n&answer\n&vertical_choicebox"),
			jsonBox(`{"element_type":"VerticalChoiceBox","name":"v","threshold":30,"bubble_type":"square","top_padding":9,"bubble_position":"right","children":[{"element_type":"Answer","name":" a ","bubble_offset_x":"auto","bubble_offset_y":5,"children":[{"element_type":"Content","name":"x"},{"element_type":"Paragraph","children":[{"element_type":"Content","name":"y"}]},{"element_type":"WriteIn","name":"w","required":true}]},{"element_type":"Answer","name":"b","selectable":false,"bubble_type":"round","bubble_position":"left","children":[]}]}`),
			box(`   VerticalChoiceBox "v" bubble_position="right" bubble_type="square" threshold=30 top_padding=9`, `    Answer "a" bubble_offset_y=5`, `     Content "x"`, `     Paragraph ""`, `      Content "y"`, `     WriteIn "w" required=true`, `    Answer "b" bubble_position="left" bubble_type="round" selectable=false`),
		},
		{
			"S01 S02 S03 S04 S05", "?score_group= g \n\tscore_type_table=table\n?score_question=Training \n\trow_proportions=40%-20%-20%-20%\n\tscore_display=DisplayAsExtraColumn\n\tfont_size=10\n?score_header=Yes\n\tscore=-2\n\talign=center\n?score_header=Points\n\theader_type=amount\n?score_header=Why\n\theader_type=content\n?score_answer=On time\n\tscore=3\n\tfont_style=bold\n?table_content=a rule\n\tcolumn=4\n\trow=1\n&score_question\n&score_group",
			`{"element_type":"ScoreGroup","name":"g","score_group_type":"Table","children":[{"element_type":"ScoreQuestion","name":"Training ","row_proportions":[40,20,20,20],"score_display":"displayasextracolumn","font_size":10,"children":[{"element_type":"ScoreHeader","name":"Yes","header_type":"positive","Score":-2,"align":"center"},{"element_type":"ScoreHeader","name":"Points","header_type":"amount"},{"element_type":"ScoreHeader","name":"Why","header_type":"content"},{"element_type":"ScoreAnswer","name":"On time","Score":3,"font_style":"bold"},{"element_type":"TableContent","name":"a rule","column":4,"row":1}]}]}`,
			page(` ScoreGroup "g" score_type_table="table"`, `  ScoreQuestion "Training " font_size=10 row_proportions=[40 20 20 20] score_display="DisplayAsExtraColumn"`, `   ScoreHeader "Yes" align="center" header_type="positive" score=-2`, `   ScoreHeader "Points" header_type="amount"`, `   ScoreHeader "Why" header_type="content"`, `   ScoreAnswer "On time" font_style={Bold} score=3`, `   TableContent "a rule" column=4 row=1`),
		},
		{
			"A01 A02 A03", txtBox("?table=t\n\tanswers_count=2\n\ttable_type=equalcells\n?table_title=Title \n\tcolor=red\n\tbackground_color=transparent\n\tborder=rounded\n\tborder_left_style=none\n?table_header=x\n\tfont_size=9\n?content=What\n?answer_value=\n?answer_value=no \n&table_header\n?question=why? \n&table"),
			jsonBox(`{"element_type":"Table","name":"t","answers_count":2,"table_type":"equalCells","children":[{"element_type":"TableTitle","name":"Title ","color":"red","background_color":"none","border_type":"rounded","border_left_style":{"disable":true}},{"element_type":"TableHeader","name":"x","font_size":9,"children":[{"element_type":"Content","name":"What"},{"element_type":"TableAnswer","name":""},{"element_type":"TableAnswer","name":"no "}]},{"element_type":"Question","name":"why? "}]}`),
			box(`   Table "t" answers_count=2 table_type="equalCells"`, `    TableTitle "Title " background_color=transparent border="rounded" border_left_style={- - true} color=Red`, `    TableHeader "x" font_size=9`, `     Content "What"`, `     TableAnswer ""`, `     TableAnswer "no "`, `    Question "why? "`),
		},
		{
			"A01 table types", txtBox("?table=t\n\tanswers_count=1\n\ttable_type=None\n?table_header=\n?content=a\n?answer_value=x\n&table_header\n?question=q\n&table"),
			jsonBox(`{"element_type":"Table","name":"t","answers_count":1,"table_type":"none","children":[{"element_type":"TableHeader","children":[{"element_type":"Content","name":"a"},{"element_type":"TableAnswer","name":"x"}]},{"element_type":"Question","name":"q"}]}`),
			box(`   Table "t" answers_count=1 table_type="normal"`, `    TableHeader ""`, `     Content "a"`, `     TableAnswer "x"`, `    Question "q"`),
		},
		{
			"X01 X03 X04", "?composite_grid=Sum \n\tcolumns_count=2\n\textra_row=(+)()\n\textra_row=() (-)\n\tvalues=(0)(1)\n\trotate=90\n\tdisplay_hint=false\n\torientation=vertical\n\theader_type=square\n\tx=7",
			`{"element_type":"CompositeGrid","name":"Sum ","columns_count":2,"extra_row":[["+",""],["","-"]],"values":["0","1"],"rotate":90,"display_hint":false,"orientation":"Vertical","header_type":"Square","x":7}`,
			page(` CompositeGrid "Sum " columns_count=2 display_hint=false extra_row=[["+" ""] ["" "-"]] header_type="square" orientation="vertical" rotate="90" values=["0" "1"] x=7`),
		},
		{
			"X01 rows alone", "?composite_grid=c\n\textra_row=(1)(2)(3)(4)(5)", `{"element_type":"CompositeGrid","name":"c","columns_count":5,"extra_row":[["1","2","3","4","5"]],"values":null}`,
			page(` CompositeGrid "c" columns_count=5 extra_row=[["1" "2" "3" "4" "5"]]`),
		},
		{
			"N01 N02 N03 N06 N07", "?custom_answer_sheet= s \n\tamount=2\n\tcolumns_count=1\n\trow_proportions=40-60\n\tborder=square\n\tstart_id=0\n?header=123\n?column=#\n\tcontent_type=cells\n?column=Answer \n\tfont_size=9\n&header\n?custom_row= row %index% \n?content=%index%. \n?bubble_array=arr %index%\n\tanswers_list=(A)(B)\n\trecogintion_values=(1)(2)\n\tbubble_size=small\n\tfont_style=bold\n&custom_row\n&custom_answer_sheet",
			`{"element_type":"CustomAnswerSheet","name":"s","amount":2,"columns_count":1,"row_proportions":[40,60],"border_type":"square","start_id":0,"children":[{"element_type":"TableHeader","name":"123","children":[{"element_type":"Content","name":"#","content_type":"cells"},{"element_type":"Column","name":"Answer ","font_size":9}]},{"element_type":"CustomRow","name":"row %index%","children":[{"element_type":"Content","name":"%index%. "},{"element_type":"BubbleArray","name":"arr %index%","answers_list":["A","B"],"recognition_values":["1","2"],"bubble_size":"small","font_style":"bold"}]}]}`,
			page(` CustomAnswerSheet "s" amount=2 border="square" columns_count=1 row_proportions=[40 60] start_id=0`, `  Header "123"`, `   Column "#" content_type="cells"`, `   Column "Answer " font_size=9`, `  CustomRow "row %index%"`, `   Content "%index%. "`, `   BubbleArray "arr %index%" answers_list=["A" "B"] bubble_size="Small" font_style={Bold} recogintion_values=["1" "2"]`),
		},
		{
			"N05 N08", "?custom_answer_sheet=s\n\tamount=1\n\tcolumns_count=1\n\trow_proportions=40-40-20\n?header=\n?column=a\n?column=b\n?column=c\n&header\n?custom_row=\n?bubble_array=x\n\tanswers_list=(A)\n?write_in=w\n\trequired=true\n?custom_trigger=t\n\tvalue=no %index%\n\ttarget= s_%index%\n\ttrigger_type=replacevalue\n\tbubble_type=square\n&custom_row\n&custom_answer_sheet",
			`{"element_type":"CustomAnswerSheet","name":"s","amount":1,"columns_count":1,"row_proportions":[40,40,20],"children":[{"element_type":"Header","children":[{"element_type":"Column","name":"a"},{"element_type":"Column","name":"b"},{"element_type":"Column","name":"c"}]},{"element_type":"CustomRow","children":[{"element_type":"BubbleArray","name":"x","answers_list":["A"]},{"element_type":"WriteIn","name":"w","required":true},{"element_type":"CustomTrigger","name":"t","value":"no %index%","target":" s_%index%","trigger_type":"ReplaceValue","bubble_type":"square"}]}]}`,
			page(` CustomAnswerSheet "s" amount=1 columns_count=1 row_proportions=[40 40 20]`, `  Header ""`, `   Column "a"`, `   Column "b"`, `   Column "c"`, `  CustomRow ""`, `   BubbleArray "x" answers_list=["A"]`, `   WriteIn "w" required=true`, `   CustomTrigger "t" bubble_type="square" target=" s_%index%" trigger_type="ReplaceValue" value="no %index%"`),
		},
		{
			"W01 W02", txtBox("?write_in= w \n\trequired=true\n\thint= your name\n\tcolor=gray\n\tadaptive=true"), jsonBox(`{"element_type":"write_in","name":"w","required":true,"hint":" your name","color":"gray","adaptive":true}`),
			box(`   WriteIn "w" adaptive=true color=Gray hint=" your name" required=true`),
		},
		{
			"W03 W04", "?text_input=t\n\tlength=8\n\tinput_type=letters\n\tcell_size=extralarge\n?free_text_input=f\n\tline_height=99", `{"element_type":"text_input","name":"t","length":8,"input_type":"letters","cell_size":"extralarge"},{"element_type":"free_text_input","name":"f","line_height":99}`,
			page(` TextInput "t" cell_size="extralarge" input_type="letters" length=8`, ` FreeTextInput "f" line_height=99`),
		},
		{
			"U01 G04 B10", "?input_group=u\n\tlabel_border=rounded\n\tinput_border=square\n\tborder_size=5\n\tborder_top_style=none\n?content=a\n?content=b\n&input_group\n?paragraph=\n\ttype=inline\n\tvertical_align=bottom\n&paragraph\n?positioned_block=\n\tx=1\n\ty=2\n\twidth=3\n\theight=4\n&positioned_block",
			`{"element_type":"InputGroup","name":"u","label_border":"rounded","input_border":"square","border_size":5,"border_top_style":{"disable":true},"children":[{"element_type":"Content","name":"a"},{"element_type":"Content","name":"b"}]},{"element_type":"Paragraph","type":"Inline","vertical_align":"bottom","children":[]},{"element_type":"PositionedBlock","x":1,"y":2,"width":3,"height":4,"children":[]}`,
			page(` InputGroup "u" border_size=5 border_top_style={- - true} input_border="square" label_border="rounded"`, `  Content "a"`, `  Content "b"`, ` Paragraph "" paragraph_type="inline" vertical_align="bottom"`, ` PositionedBlock "" height=4 width=3 x=1 y=2`),
		},
		{
			"keys of questions", "#q\n\tkey= c, A \n\tselect=1-2\n\trequired=true\n\tpoints=1.5\n\t() a () b () c\n?grid=g\n\tkey=00000001\n?answer_sheet=s\n\telements_count=3\n\tkey=(b)()(D,A)\n?composite_grid=x\n\tcolumns_count=2\n\tvalues=(10)(1)\n\tkey=110",
			`{"element_type":"ChoiceBox","question_text":"q","key":"A,C","select":"1-2","required":true,"points":1.5,"answers_string":"() a () b () c"},{"element_type":"Grid","name":"g","sections_count":8,"options_count":10,"key":"00000001"},{"element_type":"AnswerSheet","name":"s","elements_count":3,"key":["B","","A,D"]},{"element_type":"CompositeGrid","name":"x","columns_count":2,"values":["10","1"],"key":"110"}`,
			page(` ChoiceBox "" key="A,C" points=1.5 question_text="q" required=true select="1-2"`, `  Option "a" row_index=1`, `  Option "b" row_index=1`, `  Option "c" row_index=1`, ` Grid "g" key="00000001" options_count=10 sections_count=8`, ` AnswerSheet "s" elements_count=3 key=["B" "" "A,D"]`, ` CompositeGrid "x" columns_count=2 key="110" values=["10" "1"]`),
		},
		{
			"keys with commas", "?checkbox=Diet\n\tkey=nuts, raw,fish\n?content=fish\n?content=nuts, raw\n?content=nuts\n&checkbox", `{"element_type":"CheckBox","name":"Diet","key":"fish,nuts, raw","children":[{"element_type":"Content","name":"fish"},{"element_type":"Content","name":"nuts, raw"},{"element_type":"Content","name":"nuts"}]}`,
			page(` CheckBox "Diet" key="fish,nuts, raw"`, `  Content "fish"`, `  Content "nuts, raw"`, `  Content "nuts"`),
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
