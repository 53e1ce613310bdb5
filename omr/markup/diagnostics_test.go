package markup_test

import (
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/markup"
)

// TestDiagnostics holds a failing source a code of spec/markup.md 16.3, in both
// markups where the code concerns both. said must be part of a diagnostic.
// Elements of JSON sources start at column 75.
func TestDiagnostics(t *testing.T) {
	box := func(inner string) string { return "?container=\n?block=\n" + inner + "\n&block\n&container" }
	own := func(inner string, more ...string) string {
		proportions, amount := "100", "1"
		if len(more) == 2 {
			proportions, amount = more[0], more[1]
		}
		return "?custom_answer_sheet=s\n\tamount=" + amount + "\n\tcolumns_count=1\n\trow_proportions=" + proportions + "\n" + inner + "\n&custom_answer_sheet"
	}
	trigger := func(array, target string) string {
		return own("?header=\n?column=a\n?column=b\n&header\n?custom_row=\n?bubble_array="+array+"\n\tanswers_list=(A)\n?custom_trigger=t\n\tvalue=v\n\ttarget="+target+"\n&custom_row", "50-50", "3")
	}
	score := func(name, inner string) string {
		return "?score_question=" + name + "\n\trow_proportions=50-50\n?score_header=h\n" + inner + "?score_answer=a\n\tscore=1\n&score_question\n"
	}
	tests := []struct {
		name, source, notes, said string
	}{
		{"LM105", "?text=Dear ${name}\n?barcode=b\n\tvalue=${id}", "1:7 LM105 warning, 3:8 LM105 warning", `"${name}"`},
		{"LM105 none", "?text=$5 ${ {x}", "1:7 LM105 warning", ""},
		{"LM105 json", onPage(`{"element_type":"Text","name":"${a}"}`), "1:105 LM105 warning", ""},
		{"LM112 children", `{"element_type":"Template","children":[{"element_type":"Page","children":{"a":1}}]}`, "1:74 LM112 error", "an object, not an array"},
		{"LM112 child", onPage(`7,{"element_type":"Text"},null,[]`), "1:75 LM112 error, 1:77 LM302 error, 1:101 LM112 error, 1:106 LM112 error", "child 2 is null"},
		{"LM113 missing", onPage(`{"name":"a"},{"element_type":null}`), "1:75 LM113 error, 1:88 LM113 error", ""},
		{"LM113 children", onPage(`{"name":"a","children":[{"element_type":"Text"}]}`), "1:75 LM113 error, 1:99 LM302 error", ""},
		{"LM113 no string", onPage(`{"element_type":5,"name":"a"}`), "1:91 LM113 error", "not a string"},
		{"LM201", "?container=\nstray\n\tnot an attribute\n&container", "2:1 LM201 error, 3:2 LM201 error", `"stray"`},
		{"LM201 late text", "?text=a\n\tcolor=red\nmore", "3:1 LM201 error", ""},
		{"LM201 ended text", "?text=a\n\nmore", "3:1 LM201 error", ""},
		{"LM201 late question text", "#a\n\t() b\nc", "3:1 LM201 error", ""},
		{"LM202", "?grid\n?grid=b", "1:2 LM202 error, 1:2 LM405 warning", "?grid"},
		{"LM202 unknown", "?grit", "1:2 LM202 error", ""},
		{"LM202 with a name", "?grid b", "1:2 LM202 error", ""},
		{"LM202 comment name", "?container\n?block\n&block\n&container\n?empty_line", "1:2 LM202 warning, 2:2 LM202 warning, 5:2 LM202 warning", "lacks its equals sign"},
		{"LM202 in a text", "?text=a\n?container\n&container", "2:2 LM202 error", `\?`},
		{"LM202 text that asks", "?text=a\n?what now\n? eh", "", ""},
		{"LM203", "?container=\n?block=\n?text=a\n&container", "2:2 LM203 error, 3:2 LM221 warning", "the closing of &container in line 4"},
		{"LM203 end", "?container=\n?block=\n", "1:2 LM203 error, 2:2 LM203 error", "the end of the file"},
		{"LM203 inner of two", "?container=\n?block=\n?container=\n?block=\n&container\n&block\n&container", "4:2 LM203 error", ""},
		{"LM204", "?grid=a\n sections_count=1", "2:2 LM204 warning", ""},
		{"LM205 nothing", "&block\n?text=a", "1:1 LM205 error", "no element is open"},
		{"LM205 other", "?container=\n&block\n&container", "2:1 LM205 error", "the innermost open element is ?container="},
		{"LM205 unknown", "&containr", "1:1 LM205 error", "nearest name is container"},
		{"LM205 crossing", "?container=\n?block=\n&container\n&block", "3:1 LM205 error", "the innermost open element is ?block="},
		{"LM206", "?grid=a\n&grid\n?text=b\n&TEXT ", "2:1 LM206 warning, 4:1 LM206 warning", ""},
		{"LM206 json", onPage(`{"element_type":"Text","name":"a","children":[{"element_type":"Text","name":"b"}]},{"element_type":"Text","name":"c","children":[]},{"element_type":"Text","name":"c","children":null}`), "1:121 LM206 warning", ""},
		{"LM206 ignores what it is about", onPage(`{"children":[{"element_type":"Foo"},{},7],"element_type":"Text","name":"a"},{"element_type":"Text","name":"c","children":"none"}`), "1:88 LM206 warning", ""},
		{"LM207", "?container=\n?block=\n\n&block\n&container", "3:1 LM207 warning", ""},
		{"LM208", "\tcolor=red\n?container=\n&container\n\tcolor=red", "1:2 LM208 error, 4:2 LM208 error", ""},
		{"LM209", "?text=a\n\t() b\n#c\n\n\t() d", "2:2 LM209 error, 3:1 LM411 warning, 5:2 LM209 error", ""},
		{"LM210", "?text=a\n?page=\n&page", "1:2 LM210 warning", ""},
		{"LM211", "?tetx=a\n\tcolor=red\n?xyzzy=\n?text=b\n&xyzzy", "1:2 LM211 error, 3:2 LM211 error", "nearest name is text"},
		{"LM211 children", "?contaner=\n?block=\n\tcolumn=2\n\tcolour=red\n?answer=a\n&answer\n?grid=g\n\tsections_count=x\n&block\n&contaner", "1:2 LM211 error, 4:2 LM305 warning, 5:2 LM212 error, 8:17 LM304 warning", ""},
		{"LM211 json", onPage(`{"element_type":"Grit","children":[]}`), "1:91 LM211 error", "nearest name is Grid"},
		{"LM212", "?answer=a\n&answer\n?option=b", "1:2 LM212 error, 3:2 LM212 error", "option is an element only inside choicebox"},
		{"LM212 json", onPage(`{"element_type":"Option","name":"b"}`), "1:75 LM212 error", "ChoiceBox"},
		{"LM220", "?container=\n?text=a\n&container\n?block=\n&block\n?page=\n?page=\n&page\n&page", "1:2 LM210 warning, 4:2 LM210 warning, 7:2 LM220 error", "page is not allowed in page"},
		{"LM220 text in container", "?container=\n?text=a\n&container", "2:2 LM220 error", "text is not allowed in container"},
		{"LM220 block", "?block=\n&block", "1:2 LM220 error", "block is not allowed in page"},
		{"LM220 json", onPage(`{"element_type":"Container","children":[{"element_type":"Page","children":[]}]}`), "1:115 LM220 error", ""},
		{"LM221", "?container=\n?block=\n?text=a\n&block\n&container\n?content=b", "3:2 LM221 warning, 6:2 LM221 warning", "content is not meant to stand directly in page"},
		{"LM301", "?answer_sheet=a\n\telements_count=three", "2:17 LM301 error", `"three"`},
		{"LM301 empty value", "?barcode=b\n\tvalue= ", "2:8 LM301 error", ""},
		{"LM301 json", onPage(`{"element_type":"Barcode","name":"b","value":["x"]}`), "1:120 LM301 error", "a list"},
		{"LM302", "?barcode=b\n?image=", "1:2 LM302 error, 2:2 LM302 error", "barcode has no value"},
		{
			"LM302 json", onPage(`{"element_type":"ChoiceBox","children":[]},{"element_type":"Grid","name":"g"},{"element_type":"Text"},{"element_type":"ChoiceBox","question_text":"q"}`),
			"1:75 LM302 error, 1:75 LM411 warning, 1:118 LM302 warning, 1:118 LM302 warning, 1:153 LM302 error, 1:177 LM302 error, 1:177 LM411 warning", "10 is used",
		},
		{"LM303", "?text=a\n\tcolor=red\n\tColor=blue", "3:2 LM303 warning", ""},
		{"LM304", "?text=a\n\tfont_size=0.5\n\tfont_size=big\n?grid=g\n\tx=-5\n\tsections_count=2.5\n\tvertical_margin=1.4", "2:12 LM304 warning, 3:2 LM303 warning, 3:12 LM304 warning, 5:4 LM304 warning, 6:17 LM304 warning, 7:18 LM304 warning", "from 1 to 400"},
		{"LM304 flags", "?barcode=b\n\tvalue=v\n\tcodetext=yes\n?barcode=c\n\tvalue=v\n\tcodetext=maybe", "3:11 LM304 warning, 6:11 LM304 warning", ""},
		{"LM304 symbol", "?choicebox=q\n?option=a\n\tbubble_value=AB\n&choicebox", "3:15 LM304 warning", "one character, yes or no"},
		{"LM305", "?text=a\n\tcolour=red\n\tgarbage=1", "2:2 LM305 warning, 3:2 LM305 warning", "nearest name is color"},
		{"LM306 column", "?grid=a\n\tcolumn=1\n?container=\n?block=\n?answer_sheet=s\n\telements_count=1\n\tcolumn=9\n&block\n&container", "2:9 LM306 warning, 7:9 LM306 warning", ""},
		{"LM306 version", "?barcode=b\n\tvalue=v\n\tqr_version=2\n\tbarcode_type=Pdf417", "3:13 LM306 warning", ""},
		{"LM306 answers", "#q\n\t() a\n\tbubble_value=x", "3:2 LM306 warning", ""},
		{"LM310", "?text=a\n\talign=middle\n\tfont_style=bold, fat", "2:8 LM310 warning, 3:13 LM310 warning", "left, center, right"},
		{"LM311", "?text=a\n\tcolor=rde\n?container=\n?block=\n\tborder_color=none\n\tborder_top_style=6 rde\n&block\n&container", "2:8 LM311 warning, 5:15 LM311 warning, 6:21 LM311 warning", "nearest name is Red"},
		{"LM312 list", "?answer_sheet=a\n\telements_count=1\n\tanswers_list=(é) (b),(c)", "3:22 LM312 error", ""},
		{"LM312 open list", "?answer_sheet=a\n\telements_count=1\n\tanswers_list=(a)(b", "3:18 LM312 error", ""},
		{"LM312 empty list", "?answer_sheet=a\n\telements_count=1\n\tanswers_list=", "3:15 LM312 error", ""},
		{"LM312 proportions", "?container=\n\tcolumns_proportions=30%-x-20\n&container", "2:26 LM312 error", ""},
		{"LM312 side", "?container=\n?block=\n\tborder_top_style=6 red 7\n&block\n&container", "3:25 LM312 error", ""},
		{"LM312 json", onPage(`{"element_type":"AnswerSheet","name":"a","elements_count":1,"answers_list":["a",[]]}`), "1:155 LM312 error", ""},
		{"LM313", "?barcode=b\n\tvalue=v\n\tbarcode_type=QRR", "3:15 LM313 error", "nearest name is QR"},
		{"LM314", "?barcode=b\n\tvalue=v\n\tbarcode_type=ArUco", "3:15 LM314 error", ""},
		{"LM316", "?barcode=b\n\tvalue=v\n\tqr_version=41", "3:13 LM316 error", ""},
		{"LM316 word", "?barcode=b\n\tvalue=v\n\tqr_version=big", "3:13 LM304 warning", ""},
		{"LM401", "?grid=a\n?barcode=b\n\tvalue=v\n?grid=a \n?grid=a", "4:2 LM401 warning", "3 elements have the result key \"a\", in lines 1, 4, 5"},
		{"LM401 line and grid", "?grid=q2\n?answer_sheet=q\n\telements_count=3", "2:2 LM401 warning", `"q2"`},
		{"LM401 question", "#a\n\t() b\n#c\n\tname=Question1\n\t() d", "3:1 LM401 warning", `"Question1"`},
		{"LM402", "?answer_sheet=A\n\telements_count=40\n?answer_sheet=A\n\telements_count=10\n\tstart_id=40", "3:2 LM402 warning", `the first is "A40"`},
		{"LM405", "?grid=\n?answer_sheet=\n\telements_count=1\n?barcode= \n\tvalue=v\n?grid=b\n?grid=", "1:2 LM405 warning, 2:2 LM405 warning, 4:2 LM405 warning, 7:2 LM405 warning", "Grid2"},
		{"LM405 picture", "?container=\n?block=\n\tis_clipped=true\n&block\n&container", "2:2 LM405 warning", "Block1"},
		{"LM411", "#a\n?choicebox=b\n&choicebox", "1:1 LM411 warning, 2:2 LM411 warning", ""},
		{"LM411 json", onPage(`{"element_type":"ChoiceBox","question_text":"q","answers_string":""}`), "1:75 LM411 warning", ""},
		{"LM412", "#a\n\tso () b\n\t(cd) e () f\n\t() g", "2:2 LM412 error, 3:2 LM412 error", `"(cd) e () f"`},
		{"LM412 json", onPage(`{"element_type":"ChoiceBox","question_text":"q","answers_string":"a () b"}`), "1:140 LM412 error", ""},
		{"LM413", "#a\n\t" + strings.Repeat("()", 27), "2:54 LM413 error", "answer 27"},
		{"LM413 mixed", "#a\n\t" + strings.Repeat("(x)", 26) + "()", "2:80 LM413 error", ""},
		{"LM413 sheet", "?answer_sheet=a\n\telements_count=1\n\tanswers_count=27", "3:16 LM413 error", ""},
		{"LM414", "#a\n\t() b (A) c", "1:1 LM414 warning", ""},
		{"LM414 alias", "#a\n\t(Yes) b (Y) c", "1:1 LM414 warning", ""},
		{"LM414 sheet", "?answer_sheet=a\n\telements_count=1\n\tanswers_list=(a)(a)", "3:15 LM414 warning", ""},
		{"LM422", "?answer_sheet=a\n\telements_count=1\n\tanswers_list=(a)(b)\n\tanswers_count=3", "4:16 LM422 error", "3 but answers_list has 2"},
		{"LM424", "?answer_sheet=a\n?answer_sheet=b\n\telements_count=0", "1:2 LM424 warning, 2:2 LM424 warning", ""},
		{"LM427", "?container=\n\tcolumns_proportions=50-60\n&container\n?container=\n\tcolumns_proportions=50-0\n&container", "2:22 LM427 error, 5:22 LM427 error", "110 %"},
		{"LM427 thirds", "?container=\n\tcolumns_proportions=33.33-33.33-33.34\n&container", "", ""},
		{"LM427 json", onPage(`{"element_type":"Container","columns_proportions":[50,-1],"children":[]}`), "1:125 LM427 error", ""},
		{"LM428", "?container=\n\tcolumns_count=2\n?block=\n\tcolumn=3\n&block\n?grid=g\n\tcolumn=4\n&container", "4:9 LM428 error, 7:9 LM428 error", "beyond the 2"},
		{"LM431", "?container=\n\ttype=footer\n&container\n?container=\n\ttype=footer\n&container", "4:2 LM431 error", ""},
		{"LM431 two pages", "?page=\n?container=\n\ttype=footer\n&container\n&page\n?page=\n?container=\n\ttype=footer\n&container\n&page", "", ""},
		{"LM105 lists", "?answer_sheet=a\n\telements_count=1\n\tanswers_list=(${x})(b)\n#q\n\t() ${y}", "3:15 LM105 warning, 5:2 LM105 warning", ""},
		{"LM105 json list", onPage(`{"element_type":"AnswerSheet","name":"a","elements_count":1,"answers_list":["a","${x}"]}`), "1:155 LM105 warning", ""},
		{"LM223", box("?table=t\n\tanswers_count=1\n&table\n?vertical_choicebox=v\n&vertical_choicebox") + "\n?checkbox=c\n&checkbox\n?score_group=g\n&score_group", "3:2 LM223 error, 3:2 LM223 error, 6:2 LM223 error, 10:2 LM223 error, 12:2 LM223 error", "table holds no table_header"},
		{"LM223 inner", "?score_group=g\n?score_question=q\n\trow_proportions=50-50\n?score_header=h\n&score_question\n&score_group\n?custom_answer_sheet=s\n\tamount=1\n\tcolumns_count=1\n\trow_proportions=100\n&custom_answer_sheet", "2:2 LM223 error, 7:2 LM223 error, 7:2 LM223 error", "custom_answer_sheet holds no custom_row"},
		{"LM223 json", onPage(`{"element_type":"CheckBox","name":"c","children":[]},{"element_type":"CheckBox","name":"d"}`), "1:75 LM223 error, 1:128 LM302 error", "CheckBox holds no Content"},
		{"LM224", box("?table=t\n\tanswers_count=1\n?table_header=\n?content=a\n?content=b\n?answer_value=x\n&table_header\n?table_header=\n?content=c\n&table_header\n?question=q\n&table"), "7:2 LM224 error, 10:2 LM224 error", "table_header holds one content, this is number 2"},
		{"LM224 sheet", own("?header=\n?column=a\n&header\n?header=\n?column=b\n&header\n?custom_row=\n?content=c\n&custom_row\n?custom_row=\n?content=d\n&custom_row"), "8:2 LM224 error, 14:2 LM224 error", "this is number 2"},
		{"LM224 json", onPage(`{"element_type":"CustomAnswerSheet","name":"s","amount":1,"columns_count":1,"row_proportions":[100],"children":[{"element_type":"Header","children":[{"element_type":"Column","name":"a"}]},{"element_type":"TableHeader","children":[{"element_type":"Content","name":"b"}]},{"element_type":"CustomRow","children":[{"element_type":"Content","name":"c"}]}]}`), "1:263 LM224 error", "CustomAnswerSheet holds one Header"},
		{"LM225", own("?custom_row=\n?content=c\n&custom_row\n?header=\n?column=a\n&header"), "8:2 LM225 error", "the header is not the first child"},
		{"LM305 long extra row", "?composite_grid=c\n\tcolumns_count=2\n\textra_row=(a)(b)\n\textra_row=(a)()(c)\n\tvalues=(x)", "4:12 LM305 warning, 5:9 LM414 warning", "3 symbols, columns_count is 2"},
		{"LM306 not inline", "?paragraph=\n\tvertical_align=top\n&paragraph", "2:17 LM306 warning", ""},
		{"LM302 composite grid", "?composite_grid=c\n?composite_grid=d\n\tvalues=A", "1:2 LM302 error, 3:9 LM312 error", "neither values nor extra_row"},
		{"LM302 composite grid json", onPage(`{"element_type":"CompositeGrid","name":"c","values":[],"extra_row":[]}`), "1:75 LM302 warning, 1:75 LM302 error", "neither values nor extra_row"},
		{"LM302 score header json", onPage(`{"element_type":"ScoreGroup","name":"g","children":[{"element_type":"ScoreQuestion","name":"q","row_proportions":[50,50],"children":[{"element_type":"ScoreHeader","name":"h"},{"element_type":"ScoreAnswer","name":"a","score":1}]}]}`), "1:208 LM302 warning", "positive is used"},
		{"LM310 header", "?score_group=g\n?score_question=q\n\trow_proportions=50-50\n?score_header=h\n\theader_type=good\n?score_answer=a\n\tscore=1\n&score_question\n&score_group", "5:14 LM310 warning", "positive, negative"},
		{"LM312 extra row", "?composite_grid=c\n\textra_row=(a)b\n\tvalues=(x)", "2:15 LM312 error", ""},
		{"LM312 extra row json", onPage(`{"element_type":"CompositeGrid","name":"c","columns_count":1,"values":["a"],"extra_row":[["b"],[]]}`), "1:170 LM312 error", ""},
		{"LM401 rows of tables", box("?table=t\n\tanswers_count=1\n?table_header=\n?content=a\n?answer_value=x\n&table_header\n?question=q\n?question=q\n&table"), "10:2 LM401 warning", `"q"`},
		{"LM401 totals", "?score_group=g\n" + score("g", "") + score("g", "") + "&score_group", "2:2 LM401 warning, 8:2 LM401 warning", `"g_total"`},
		{"LM401 second arrays", own("?header=\n?column=a\n?column=b\n&header\n?custom_row=\n?bubble_array=a %index%\n\tanswers_list=(A)\n?bubble_array=b\n\tanswers_list=(A)\n&custom_row", "50-50", "2"), "1:2 LM402 warning, 12:2 LM406 warning", "in all 2 rows"},
		{"LM402 custom sheets", own("?header=\n?column=a\n&header\n?custom_row=\n?bubble_array=\n\tanswers_list=(A)\n&custom_row") + "\n" + own("?header=\n?column=a\n&header\n?custom_row=\n?bubble_array=\n\tanswers_list=(A)\n&custom_row"), "13:2 LM402 warning", `"s_1"`},
		{"LM403", box("?vertical_choicebox=v\n?answer=a\n?write_in=w\n&answer\n?answer=b\n?write_in= w \n&answer\n&vertical_choicebox"), "8:2 LM403 error", `"w"`},
		{"LM403 other boxes", box("?vertical_choicebox=v\n?answer=a\n?write_in=w\n&answer\n&vertical_choicebox\n?vertical_choicebox=u\n?answer=a\n?write_in=w\n&answer\n&vertical_choicebox\n?write_in=w"), "", ""},
		{"LM404", trigger("arr", "x %index%"), "10:2 LM406 warning, 14:9 LM404 error", `"x 1", in row 1`},
		{"LM404 some rows", trigger("arr %index%", "s_4"), "14:9 LM404 error", `"s_4", in row 1`},
		{"LM404 key", trigger("arr %index%", "s_%index%"), "", ""},
		{"LM404 name", trigger("arr %index%", " arr %index% "), "", ""},
		{"LM405 more", box("?write_in=\n?checkbox=\n?content=a\n?content=\n&checkbox\n?vertical_choicebox=v\n?answer=\n&answer\n&vertical_choicebox"), "3:2 LM405 warning, 4:2 LM405 warning, 6:2 LM405 warning, 9:2 LM405 warning", "a mark at it is reported as B"},
		{"LM406", trigger("arr", "s_%index%"), "10:2 LM406 warning", "in all 3 rows"},
		{"LM406 target", trigger("arr %index%", "arr 2"), "14:9 LM406 warning", "act on the same row"},
		{"LM414 boxes", "?checkbox=c\n?content=a\n?content=a \n&checkbox\n" + box("?vertical_choicebox=v\n?answer=x\n&answer\n?answer=x\n&answer\n&vertical_choicebox"), "1:2 LM414 warning, 7:2 LM414 warning", `"x"`},
		{"LM414 no symbol", "?answer_sheet=a\n\telements_count=1\n\tanswers_list=(a)()", "3:15 LM414 warning", "an empty symbol"},
		{"LM414 criteria", "?score_group=g\n?score_question=q\n\trow_proportions=50-50\n?score_header=h\n?score_answer=a\n\tscore=1\n?score_answer=a\n\tscore=2\n&score_question\n&score_group", "2:2 LM414 warning", ""},
		{"LM414 positions", "?composite_grid=c\n\tcolumns_count=2\n\textra_row=()(x)\n\tvalues=(x)(y)", "4:9 LM414 warning", `"x"`},
		{"LM420 headers", "?score_group=g\n" + score("q", "?score_header=h\n") + "&score_group", "2:2 LM420 error", "2 headers, expected are 1"},
		{"LM420 question header", "?score_group=g\n" + score("q", "?score_header=h\n\theader_type=question\n") + "&score_group", "", ""},
		{"LM420 cells", own("?header=\n?column=a\n?column=b\n&header\n?custom_row=\n&custom_row"), "5:2 LM420 error, 9:2 LM420 error", "2 cells, expected are 1"},
		{"LM421", "?input_group=a\n?content=b\n&input_group\n?input_group=c\n?content=1\n?content=2\n?content=3\n&input_group", "1:2 LM421 error, 4:2 LM421 error", "3 contents"},
		{"LM422 table", box("?table=t\n\tanswers_count=2\n?table_header=\n?content=a\n?answer_value=x\n&table_header\n?question=q\n&table"), "4:16 LM422 error", "2 but the table_header holds 1"},
		{"LM422 values", own("?header=\n?column=a\n&header\n?custom_row=\n?bubble_array=\n\tanswers_list=(A)(B)\n\trecogintion_values=(1)\n&custom_row"), "11:21 LM422 error", "1 values, answers_list has 2"},
		{"LM426", "?composite_grid=c\n\tcolumns_count=3\n\textra_row=(a)(b)(c)\n\textra_row=(d)(e)", "4:12 LM426 error", "2 symbols, columns_count is 3"},
		{"LM426 json", onPage(`{"element_type":"CompositeGrid","name":"c","columns_count":2,"extra_row":[["a","b"],["c"]]}`), "1:159 LM426 error", ""},
		{"LM429", "?score_group=g\n" + strings.Replace(score("q", "?score_header=h\n\theader_type=content\n?table_content=t\n\tcolumn=4\n\trow=2\n?table_content=u\n\tcolumn=2\n\trow=1\n?table_content=v\n\tcolumn=3\n\trow=1\n?table_content=w\n\tcolumn=1\n\trow=1\n"), "50-50", "50-25-25", 1) + "&score_group", "8:9 LM429 error, 9:6 LM429 error, 11:9 LM429 error, 17:9 LM429 error", "beyond the 3 columns"},
		{"LM430", "?score_group=g\n" + strings.Replace(score("q", "?score_header=h\n\theader_type=amount\n"), "50-50", "50-25-25", 1) + strings.Replace(score("r", ""), "50-50", "50-50\n\tscore_display=displayasextracolumn", 1) + "&score_group", "6:14 LM430 error, 12:16 LM430 error", "no header is of type amount"},
		{"LM432", box("?write_in=a\n\tadaptive=true\n?write_in=b\n?write_in=c\n\tadaptive=true"), "7:11 LM432 error", "cannot share"},
		{"LM432 other parents", "?container=\n?block=\n?write_in=a\n\tadaptive=true\n&block\n?block=\n?write_in=c\n\tadaptive=true\n&block\n&container", "", ""},
		{"LM701", "#q\n\tkey=C\n\t() a () b", "2:6 LM701 warning", `there is no answer "C"`},
		{"LM701 select", "#q\n\tkey=A,B\n\tselect=one\n\t() a () b", "2:6 LM701 warning", "2 marks"},
		{"LM701 multiselect", "#q\n\tkey=A,B\n\tmultiselect=false\n\t() a () b", "2:6 LM701 warning", "there can be 1"},
		{"LM701 placeholders", "?checkbox=c\n\tkey=x\n?content=${a}\n&checkbox\n#q\n\tkey=${k}\n\t() a", "3:10 LM105 warning, 6:6 LM105 warning", ""},
		{"LM701 sheet", "?answer_sheet=a\n\telements_count=3\n\tkey=(A)(e)(B,d)", "3:6 LM701 warning", `"e" of line 2`},
		{"LM701 grid", "?grid=g\n\tsections_count=2\n\tkey=073", "3:6 LM701 warning", "2 positions"},
		{"LM702", "?answer_sheet=a\n\telements_count=1\n\tkey=(A)(B)", "3:6 LM702 warning", "2 groups for 1 lines"},
		{"LM703", "?grid=g\n\tpoints=2.5", "2:9 LM703 warning", ""},
		{"LM704", "?grid=g\n\tselect=some\n?grid=h\n\tselect=3-2", "2:9 LM704 warning, 4:9 LM704 warning", ""},
		{"LM705", "#q\n\tselect=3-4\n\t() a () b", "2:9 LM705 warning", "asks for 3 marks, there can be 2"},
		{"own data", onPage(`{"element_type":"Grid","name":"g","sections_count":1,"options_count":1,"key":{"id":7},"points":"x"}`), "1:152 LM304 warning, 1:170 LM304 warning", ""},
		{"escapes for nothing usable", onPage(`{"element_type":"Text","name":"a\ud800"},{"element_type":"Text","name":"\u0000"}`), "1:107 LM103 error, 1:147 LM103 error", ""},
		{"L2 several", "?tetx=a\n?block=\n&block\n?barcode=b\n\tqr_version=0\nstray", "1:2 LM211 error, 2:2 LM220 error, 4:2 LM302 error, 5:13 LM316 error, 6:1 LM201 error", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			expect(t, tt.source, "*", tt.notes)
			_, l := markup.Parse([]byte(tt.source))
			all := ""
			for _, e := range l {
				all += e.Error() + "\n"
			}
			if !strings.Contains(all, tt.said) {
				t.Errorf("nothing says %q in\n%s", tt.said, all)
			}
		})
	}
}

// TestManyDiagnostics is the end of spec/markup.md 16.1: a hundred are enough,
// and warnings never hide an error.
func TestManyDiagnostics(t *testing.T) {
	_, l := markup.Parse([]byte(strings.Repeat("?tetx=a\n", 500)))
	if len(l) != 100 {
		t.Errorf("%d diagnostics, want 100", len(l))
	}
	_, l = markup.Parse([]byte(strings.Repeat("?text=a\n\tcolour=red\n", 500) + "?tetx=a"))
	if len(l) != 101 || l[100].Code != "LM211" {
		t.Errorf("%d diagnostics, the last %v", len(l), l[len(l)-1])
	}
}

// TestPath is the place in the tree that a diagnostic names, with the JSON pointer.
func TestPath(t *testing.T) {
	for source, want := range map[string]string{
		"?text=a\n?container=\n&container\n?container=\n?block=\n&block\n?block=\n?grid=Badge\n\tcolour=1\n&block\n&container": `Template/Page[1]/Container[2]/Block[2]/Grid "Badge"`,
		onPage(`{"element_type":"Text","name":"a"},{"element_type":"Grid","sections_count":1,"options_count":1}`):              `Template/Page[1]/Grid[1] #/children/0/children/1`,
	} {
		_, l := markup.Parse([]byte(source))
		if len(l) != 1 || l[0].Where.Path != want {
			t.Errorf("got %+v, want one at %s", l, want)
		}
	}
}

func TestKinds(t *testing.T) {
	_, l := markup.Parse([]byte("?barcode=b\n\tvalue=1\n\tbarcode_type=aruco"))
	if fault.KindOf(l) != fault.Unsupported {
		t.Errorf("an unsupported barcode is of kind %v", fault.KindOf(l))
	}
	_, l = markup.Parse([]byte(strings.Repeat(" ", 4<<20+1)))
	if fault.KindOf(l) != fault.TooLarge {
		t.Errorf("a source that is too large is of kind %v", fault.KindOf(l))
	}
}
