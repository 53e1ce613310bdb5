package checklist

import (
	"fmt"
	"image"
	"image/color"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/synth"
)

// at marks the place of a diagnostic in a source.
const at = "¦"

// unmarked is a source without the mark, and the line and column where it was.
func unmarked(t *testing.T, source string) (clean string, line, column int) {
	t.Helper()
	before, after, ok := strings.Cut(source, at)
	if !ok || strings.Contains(after, at) {
		t.Fatalf("no place is marked in %q", source)
	}
	line = 1 + strings.Count(before, "\n")
	return before + after, line, 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}

// failing is a source that gives a diagnostic, in the markups where it applies.
type failing struct {
	code     string
	severity fault.Severity
	txt      string // with its place marked
	json     string // elements of a page, or a whole source
	settings form.Settings
	images   map[string][]byte
}

const (
	asError   = fault.SeverityError
	asWarning = fault.SeverityWarning
	asInfo    = fault.SeverityInfo
)

// catalogue is spec/markup.md 16.3.
func catalogue() []failing {
	block := func(inner string) string { return "?container=\n?block=\n" + inner + "\n&block\n&container" }
	own := func(inner string) string {
		return "?custom_answer_sheet=s\n\tamount=2\n\tcolumns_count=1\n\trow_proportions=50-50\n" + inner + "\n&custom_answer_sheet"
	}
	jsonOwn := func(children string) string {
		return `{"element_type":"CustomAnswerSheet","name":"s","amount":2,"columns_count":1,"row_proportions":[50,50],"children":[` + children + `]}`
	}
	const (
		header     = "?header=\n?column=a\n?column=b\n&header\n"
		jsonHeader = `{"element_type":"Header","children":[{"element_type":"Column","name":"a"},{"element_type":"Column","name":"b"}]}`
	)
	trigger := func(array, target string) string {
		return own(header + "?custom_row=\n" + array + "\n\tanswers_list=(A)\n?custom_trigger=t\n\tvalue=v\n\ttarget=" + target + "\n&custom_row")
	}
	jsonTrigger := func(array, target string) string {
		return jsonOwn(jsonHeader + `,{"element_type":"CustomRow","children":[` + array + `,"answers_list":["A"]},{"element_type":"CustomTrigger","name":"t","value":"v","target":` + target + `}]}`)
	}
	score := func(attrs, inner string) string {
		return "?score_group=g\n?score_question=q\n\trow_proportions=50-25-25\n" + attrs + "?score_header=yes\n" + inner + "?score_answer=a\n\tscore=1\n&score_question\n&score_group"
	}
	jsonScore := func(attrs, inner string) string {
		return `{"element_type":"ScoreGroup","name":"g","children":[{"element_type":"ScoreQuestion","name":"q","row_proportions":[50,25,25]` + attrs + `,"children":[{"element_type":"ScoreHeader","name":"yes","header_type":"positive"}` + inner + `,{"element_type":"ScoreAnswer","name":"a","score":1}]}]}`
	}
	table := func(attrs, header, rest string) string {
		return block("?table=t\n" + attrs + header + rest + "&table")
	}
	jsonTable := func(attrs, children string) string {
		return jsonBlock(`{"element_type":"Table","name":"t"` + attrs + `,"children":[` + children + `]}`)
	}
	const (
		tableHeader     = "?table_header=\n?content=c\n?answer_value=x\n&table_header\n"
		jsonTableHeader = `{"element_type":"TableHeader","children":[{"element_type":"Content","name":"c"},{"element_type":"TableAnswer","name":"x"}]}`
		jsonQ           = `{"element_type":"Question","name":"q"}`
		barcode         = "?barcode=b\n\tvalue=v\n"
		jsonBarcode     = `{"element_type":"Barcode","name":"b","value":"v"`
		jsonGrid        = `{"element_type":"Grid","name":"g","sections_count":1,"options_count":2`
	)
	white := form.Color{R: 255, G: 255, B: 255}
	black := onePicture(4, 4, color.Black)
	word := strings.Repeat("Donaudampfschiff", 20)
	return []failing{
		{code: "LM101", txt: at + " \n\t\n"},
		{code: "LM102", severity: asInfo, txt: "?text=a" + at + "\xe9"},
		{code: "LM103", txt: "?text=a\n?text=é" + at + "\x07", json: `{"element_type":"Text","name":"` + at + `\u0007"}`},
		{code: "LM104", severity: asInfo, json: `{"element_type":"Text","name":"a"` + at + `,}`},
		{code: "LM104", severity: asInfo, json: at + `/* why */{"element_type":"Text","name":"a"}`},
		{code: "LM105", severity: asWarning, txt: "?text=" + at + "Dear ${name}", json: `{"element_type":"Text","name":` + at + `"Dear ${name}"}`},
		{code: "LM106", txt: "?" + at + "grid=g\n\tsections_count=1000\n\toptions_count=101", json: at + `{"element_type":"Grid","name":"g","sections_count":1000,"options_count":101}`},
		{code: "LM110", json: `{"element_type":"Template" ` + at + `"children":[]}`},
		{code: "LM111", json: at + `{"element_type":"Page","children":[]}`},
		{code: "LM112", json: `{"element_type":"Template","children":[{"element_type":"Page","children":` + at + `"none"}]}`},
		{code: "LM112", json: at + `"a"`},
		{code: "LM113", json: at + `{"name":"a"}`},
		{code: "LM114", json: at + `{"element_type":"Template","children":[]}`},
		{code: "LM201", txt: "?grid=g\n" + at + "stray"},
		{code: "LM202", txt: "?" + at + "grid\n"},
		{code: "LM202", severity: asWarning, txt: "?" + at + "container\n&container"},
		{code: "LM203", txt: "?container=\n?" + at + "block=\n&container"},
		{code: "LM204", severity: asWarning, txt: "?grid=g\n  " + at + "sections_count=2"},
		{code: "LM205", txt: "?container=\n" + at + "&block\n&container"},
		{code: "LM205", txt: "?container=\n?block=\n" + at + "&container\n&block"},
		{code: "LM206", severity: asWarning, txt: "?text=a\n" + at + "&text", json: `{"element_type":"Text","name":"a","children":[` + at + `{"element_type":"Text","name":"b"}]}`},
		{code: "LM207", severity: asWarning, txt: "?container=\n?block=\n" + at + "\n&block\n&container"},
		{code: "LM207", severity: asWarning, txt: "?grid=g\n\n\t" + at + "sections_count=2"},
		{code: "LM208", txt: "\t" + at + "color=red"},
		{code: "LM209", txt: "?grid=g\n\t" + at + "() a"},
		{code: "LM210", severity: asWarning, txt: "?page=\n&page\n?" + at + "text=a", json: `{"element_type":"Template","children":[{"element_type":"Page","children":[]},` + at + `{"element_type":"Text","name":"a"}]}`},
		{code: "LM211", txt: "?" + at + "gred=g", json: `{"element_type":` + at + `"Gred"}`},
		{code: "LM212", txt: "?" + at + "answer=a\n&answer", json: at + `{"element_type":"Answer","name":"a","children":[]}`},
		{code: "LM213", txt: "?" + at + "barcode=b\n\tvalue=100\n\tbarcode_type=pharmacode\n\trotation_angle=180", json: at + `{"element_type":"Barcode","name":"b","value":"100","barcode_type":"Pharmacode","rotation_angle":180}`},
		{code: "LM220", txt: "?container=\n?" + at + "text=a\n&container", json: `{"element_type":"Container","children":[` + at + `{"element_type":"Text","name":"a"}]}`},
		{code: "LM221", severity: asWarning, txt: "?" + at + "content=a", json: at + `{"element_type":"Content","name":"a"}`},
		{code: "LM221", severity: asWarning, txt: block("?" + at + "text=a"), json: jsonBlock(at + `{"element_type":"Text","name":"a"}`)},
		{code: "LM222", severity: asWarning, txt: "?" + at + "write_in=w", json: at + `{"element_type":"WriteIn","name":"w"}`},
		{code: "LM223", txt: "?" + at + "checkbox=c\n&checkbox", json: at + `{"element_type":"CheckBox","name":"c","children":[]}`},
		{code: "LM223", txt: block("?" + at + "table=t\n\tanswers_count=1\n?question=q\n&table"), json: jsonBlock(at + `{"element_type":"Table","name":"t","answers_count":1,"children":[` + jsonQ + `]}`)},
		{code: "LM224", txt: own(header + "?" + at + header[1:] + "?custom_row=\n?content=c\n?content=d\n&custom_row"), json: jsonOwn(jsonHeader + "," + at + jsonHeader + `,{"element_type":"CustomRow","children":[{"element_type":"Content","name":"c"},{"element_type":"Content","name":"d"}]}`)},
		{code: "LM225", txt: own("?custom_row=\n?content=c\n?content=d\n&custom_row\n?" + at + strings.TrimSuffix(header[1:], "\n")), json: jsonOwn(`{"element_type":"CustomRow","children":[{"element_type":"Content","name":"c"},{"element_type":"Content","name":"d"}]},` + at + jsonHeader)},
		{code: "LM301", txt: "?answer_sheet=a\n\telements_count=" + at + "three", json: `{"element_type":"AnswerSheet","name":"a","elements_count":` + at + `"three"}`},
		{code: "LM302", txt: "?" + at + "barcode=b", json: at + `{"element_type":"Barcode","name":"b"}`},
		{code: "LM302", severity: asWarning, json: at + `{"element_type":"Grid","name":"g","sections_count":1}`},
		{code: "LM303", severity: asWarning, txt: "?text=a\n\tcolor=red\n\t" + at + "color=blue", json: `{"element_type":"Text","name":"a","color":"red",` + at + `"color":"blue"}`},
		{code: "LM304", severity: asWarning, txt: "?text=a\n\tfont_size=" + at + "bold", json: `{"element_type":"Text","name":"a","font_size":` + at + `"bold"}`},
		{code: "LM305", severity: asWarning, txt: "?text=a\n\t" + at + "colour=red"},
		{code: "LM305", severity: asInfo, json: `{"element_type":"Text","name":"a",` + at + `"colour":"red"}`},
		{code: "LM306", severity: asWarning, txt: "?grid=g\n\tcolumn=" + at + "2", json: jsonGrid + `,"column":` + at + `2}`},
		{code: "LM306", severity: asWarning, txt: barcode + "\tbarcode_type=pdf417\n\tqr_version=" + at + "2", json: jsonBarcode + `,"barcode_type":"pdf417","qr_version":` + at + `2}`},
		{code: "LM310", severity: asWarning, txt: "?text=a\n\talign=" + at + "middle", json: `{"element_type":"Text","name":"a","align":` + at + `"middle"}`},
		{code: "LM311", severity: asWarning, txt: "?text=a\n\tcolor=" + at + "reddish", json: `{"element_type":"Text","name":"a","color":` + at + `"reddish"}`},
		{code: "LM312", txt: "?answer_sheet=a\n\telements_count=1\n\tanswers_list=" + at + "A,B,C", json: `{"element_type":"AnswerSheet","name":"a","elements_count":1,"answers_list":["A",` + at + `{}]}`},
		{code: "LM312", txt: "?container=\n\tcolumns_proportions=30-" + at + "x\n&container", json: `{"element_type":"Container","columns_proportions":[30,` + at + `"x"],"children":[]}`},
		{code: "LM313", txt: barcode + "\tbarcode_type=" + at + "code40", json: jsonBarcode + `,"barcode_type":` + at + `"code40"}`},
		{code: "LM314", txt: barcode + "\tbarcode_type=" + at + "aruco", json: jsonBarcode + `,"barcode_type":` + at + `"aruco"}`},
		{code: "LM315", severity: asWarning, txt: "?" + at + "text=a\n\tfont_family=Nothing Sans", json: at + `{"element_type":"Text","name":"a","font_family":"Nothing Sans"}`},
		{code: "LM316", txt: barcode + "\tqr_version=" + at + "41", json: jsonBarcode + `,"qr_version":` + at + `41}`},
		{code: "LM316", txt: "?" + at + "barcode=b\n\tvalue=" + word + "\n\tqr_version=1", json: at + `{"element_type":"Barcode","name":"b","value":"` + word + `","qr_version":1}`},
		{code: "LM317", txt: "?" + at + "barcode=b\n\tvalue=4006381333932\n\tbarcode_type=ean13", json: at + `{"element_type":"Barcode","name":"b","value":"4006381333932","barcode_type":"ean13"}`},
		{code: "LM401", severity: asWarning, txt: "?grid=g\n?" + at + "grid=g", json: jsonGrid + "}," + at + jsonGrid + "}"},
		{code: "LM402", severity: asWarning, txt: "?answer_sheet=A\n\telements_count=4\n?" + at + "answer_sheet=A\n\telements_count=4\n\tstart_id=4", json: `{"element_type":"AnswerSheet","name":"A","elements_count":4},` + at + `{"element_type":"AnswerSheet","name":"A","elements_count":4,"start_id":4}`},
		{
			code: "LM403", txt: block("?vertical_choicebox=v\n?answer=a\n?write_in=w\n?" + at + "write_in=w\n&answer\n&vertical_choicebox"),
			json: jsonBlock(`{"element_type":"VerticalChoiceBox","name":"v","children":[{"element_type":"Answer","name":"a","children":[{"element_type":"WriteIn","name":"w"},` + at + `{"element_type":"WriteIn","name":"w"}]}]}`),
		},
		{code: "LM404", txt: trigger("?bubble_array=arr %index%", at+"other %index%"), json: jsonTrigger(`{"element_type":"BubbleArray","name":"arr %index%"`, at+`"other %index%"`)},
		{code: "LM405", severity: asWarning, txt: "?" + at + "grid=", json: at + `{"element_type":"Grid","sections_count":1,"options_count":2}`},
		{code: "LM406", severity: asWarning, txt: trigger("?"+at+"bubble_array=b", "s_%index%"), json: jsonTrigger(at+`{"element_type":"BubbleArray","name":"b"`, `"s_%index%"`)},
		{code: "LM411", severity: asWarning, txt: at + "#Why?", json: at + `{"element_type":"ChoiceBox","question_text":"Why?","answers_string":""}`},
		{code: "LM412", txt: "#Why?\n\t" + at + "so () a", json: `{"element_type":"ChoiceBox","question_text":"Why?","answers_string":` + at + `"so () a"}`},
		{code: "LM413", txt: "#Why?\n\t" + strings.Repeat("()", 26) + at + "()", json: `{"element_type":"ChoiceBox","question_text":"Why?","answers_string":` + at + `"` + strings.Repeat("()", 27) + `"}`},
		{code: "LM414", severity: asWarning, txt: at + "#Why?\n\t(a) x (a) y", json: at + `{"element_type":"ChoiceBox","question_text":"Why?","answers_string":"(a) x (a) y"}`},
		{code: "LM420", txt: strings.Replace(score("", ""), "?score_question", "?"+at+"score_question", 1), json: strings.Replace(jsonScore("", ""), `{"element_type":"ScoreQuestion"`, at+`{"element_type":"ScoreQuestion"`, 1)},
		{code: "LM420", txt: own(header + "?" + at + "custom_row=\n?content=c\n&custom_row"), json: jsonOwn(jsonHeader + "," + at + `{"element_type":"CustomRow","children":[{"element_type":"Content","name":"c"}]}`)},
		{code: "LM421", txt: "?" + at + "input_group=i\n?content=a\n&input_group", json: at + `{"element_type":"InputGroup","children":[{"element_type":"Content","name":"a"}]}`},
		{code: "LM422", txt: "?answer_sheet=a\n\telements_count=1\n\tanswers_list=(a)(b)\n\tanswers_count=" + at + "3", json: `{"element_type":"AnswerSheet","name":"a","elements_count":1,"answers_list":["a","b"],"answers_count":` + at + `3}`},
		{code: "LM422", txt: table("\tanswers_count="+at+"2\n", tableHeader, "?question=q\n"), json: jsonTable(`,"answers_count":`+at+`2`, jsonTableHeader+","+jsonQ)},
		{
			code: "LM423", severity: asWarning, txt: strings.Replace(table("\tanswers_count=12\n", "?table_header=\n?content=c\n"+strings.Repeat("?answer_value=x\n", 12)+"&table_header\n", "?question=q\n"), "?table=", "?"+at+"table=", 1),
			json: strings.Replace(jsonTable(`,"answers_count":12`, `{"element_type":"TableHeader","children":[{"element_type":"Content","name":"c"}`+strings.Repeat(`,{"element_type":"TableAnswer","name":"x"}`, 12)+"]},"+jsonQ), `{"element_type":"Table"`, at+`{"element_type":"Table"`, 1),
		},
		{code: "LM424", severity: asWarning, txt: "?" + at + "answer_sheet=a", json: at + `{"element_type":"AnswerSheet","name":"a","elements_count":0}`},
		{code: "LM425", severity: asWarning, txt: "?" + at + "text_input=t\n\tlength=3", json: at + `{"element_type":"text_input","name":"t","length":3}`},
		{code: "LM426", txt: "?composite_grid=c\n\tcolumns_count=2\n\textra_row=" + at + "(a)", json: `{"element_type":"CompositeGrid","name":"c","columns_count":2,"extra_row":[` + at + `["a"]]}`},
		{code: "LM427", txt: "?container=\n\tcolumns_proportions=" + at + "60-60\n&container", json: `{"element_type":"Container","columns_proportions":` + at + `[60,60],"children":[]}`},
		{code: "LM428", txt: "?container=\n?block=\n\tcolumn=" + at + "2\n&block\n&container", json: `{"element_type":"Container","children":[{"element_type":"Block","column":` + at + `2,"children":[]}]}`},
		{
			code: "LM429", txt: score("", "?score_header=why\n\theader_type=content\n?table_content=t\n\tcolumn="+at+"2\n\trow=1\n"),
			json: jsonScore("", `,{"element_type":"ScoreHeader","name":"why","header_type":"content"},{"element_type":"TableContent","name":"t","column":`+at+`2,"row":1}`),
		},
		{code: "LM430", txt: score("", "?score_header=n\n\theader_type="+at+"amount\n"), json: jsonScore("", `,{"element_type":"ScoreHeader","name":"n","header_type":`+at+`"amount"}`)},
		{
			code: "LM430", txt: score("\tscore_display="+at+"DisplayAsExtraColumn\n", "?score_header=n\n"),
			json: jsonScore(`,"score_display":`+at+`"DisplayAsExtraColumn"`, `,{"element_type":"ScoreHeader","name":"n","header_type":"negative"}`),
		},
		{
			code: "LM431", txt: "?container=\n\ttype=footer\n&container\n?" + at + "container=\n\ttype=footer\n&container",
			json: `{"element_type":"Container","container_type":"footer","children":[]},` + at + `{"element_type":"Container","container_type":"footer","children":[]}`,
		},
		{code: "LM432", txt: block("?write_in=a\n\tadaptive=true\n?write_in=b\n\tadaptive=" + at + "true"), json: jsonBlock(`{"element_type":"WriteIn","name":"a","adaptive":true},{"element_type":"WriteIn","name":"b","adaptive":` + at + `true}`)},
		{code: "LM501", txt: "?" + at + "grid=g\n\tx=2400\n\ty=1000", json: at + jsonGrid + `,"x":2400,"y":1000}`},
		{code: "LM502", txt: "?" + at + "grid=g\n\tx=30\n\ty=30", json: at + jsonGrid + `,"x":30,"y":30}`},
		{code: "LM503", severity: asWarning, txt: "?" + at + "page=\n\tleft_margin=50\n?text=a\n&page", json: `{"element_type":"Template","children":[` + at + `{"element_type":"Page","left_margin":50,"children":[{"element_type":"Text","name":"a"}]}]}`},
		{code: "LM504", severity: asWarning, txt: "?empty_line=\n\theight=3150\n?" + at + "text=a", json: `{"element_type":"EmptyLine","height":3150},` + at + `{"element_type":"Text","name":"a"}`},
		{code: "LM504", txt: "?empty_line=\n\theight=3400\n?" + at + "grid=g", json: `{"element_type":"EmptyLine","height":3400},` + at + jsonGrid + "}"},
		{code: "LM505", severity: asWarning, txt: "?" + at + "text=a \U000F1234", json: at + `{"element_type":"Text","name":"a ` + "\U000F1234" + `"}`},
		{code: "LM507", severity: asWarning, txt: "?container=\n?" + at + "block=\n\theight=50\n?content=a\n?content=b\n&block\n&container", json: `{"element_type":"Container","children":[` + at + `{"element_type":"Block","height":50,"children":[{"element_type":"Content","name":"a"},{"element_type":"Content","name":"b"}]}]}`},
		{code: "LM508", severity: asWarning, txt: "?container=\n?block=\n\theight=100\n\toverflow=clip\n?" + at + "grid=g\n&block\n&container", json: `{"element_type":"Container","children":[{"element_type":"Block","height":100,"overflow":"clip","children":[` + at + `{"element_type":"Grid","name":"g","sections_count":1,"options_count":9}]}]}`},
		{code: "LM509", severity: asWarning, txt: "?" + at + "text=" + word, json: at + `{"element_type":"Text","name":"` + word + `"}`},
		{code: "LM510", severity: asWarning, txt: "?" + at + "image=i.png", json: at + `{"element_type":"Image","name":"i.png"}`, images: map[string][]byte{"i.png": onePicture(2100, 3, color.Black)}},
		{code: "LM511", txt: "?" + at + "grid=g\n\tsections_count=40", json: at + `{"element_type":"Grid","name":"g","sections_count":40,"options_count":10}`},
		{code: "LM512", txt: "?" + at + "barcode=b\n\tvalue=v\n\theight=20", json: at + jsonBarcode + `,"height":20}`},
		{code: "LM513", txt: "?grid=g\n\tx=400\n\ty=900\n?" + at + "grid=h\n\tx=400\n\ty=900", json: jsonGrid + `,"x":400,"y":900},` + at + `{"element_type":"Grid","name":"h","sections_count":1,"options_count":2,"x":400,"y":900}`},
		{code: "LM601", txt: "?" + at + "image=i.png", json: at + `{"element_type":"Image","name":"i.png"}`, images: map[string][]byte{"j.png": black}},
		{code: "LM602", txt: "?" + at + "image=i.png", json: at + `{"element_type":"Image","name":"i.png"}`, images: map[string][]byte{"i.png": []byte("no picture")}},
		// What settings and pictures cause has no place in the source.
		{code: "LM506", severity: asWarning, txt: "?grid=g", json: jsonGrid + "}", settings: form.Settings{BubbleColor: &white}},
		{code: "LM603", severity: asWarning, txt: "?text=a", json: jsonText("a"), images: map[string][]byte{"i.png": black}},
	}
}

// diagnosed holds that the source gives the diagnostic at the mark, or without a
// place when none is marked, and no other error.
func (c failing) diagnosed(t *testing.T, marked string) {
	t.Helper()
	source, line, column := marked, 0, 0
	if strings.Contains(marked, at) {
		source, line, column = unmarked(t, marked)
	}
	list := diagnose(source, c.settings, c.images)
	found := false
	for _, e := range list {
		if e.Code == c.code && e.Severity == c.severity && e.Where.Line == line && e.Where.Column == column {
			found = true
			if e.Cause == "" || e.Cure == "" || e.Where.Path == "" && line > 0 && strings.HasPrefix(c.code, "LM3") {
				t.Errorf("incomplete: %+v", e)
			}
			continue
		}
		if e.Severity == fault.SeverityError && e.Code != c.code {
			t.Errorf("another error: %v\n%q", e, source)
		}
	}
	if !found {
		t.Errorf("%v, want %s %s at %d:%d\n%q", codes(list), c.code, c.severity, line, column, source)
	}
	if list.Failed() != (c.severity == fault.SeverityError) {
		t.Errorf("failed: %v\n%q", list.Failed(), source)
	}
}

// diagnose lists all that is said of a form before it is drawn.
func diagnose(source string, s form.Settings, images map[string][]byte) fault.List {
	f, list := markup.Parse([]byte(source))
	if f == nil || list.Failed() {
		return list
	}
	_, more := layout.Lay(f, s, layout.Options{Images: images, Decode: func(b []byte) (image.Image, error) {
		img, _, err := imageio.DecodeColor(b, imageio.Options{})
		return img, err
	}})
	return append(list, more...)
}

func TestL1(t *testing.T) {
	line(t, "L1")
	tested := map[string]bool{}
	for _, c := range catalogue() {
		tested[c.code] = true
		t.Run(c.code, func(t *testing.T) {
			if c.txt != "" {
				c.diagnosed(t, c.txt)
			}
			switch {
			case c.json == "":
			case strings.HasPrefix(strings.TrimPrefix(c.json, at), `{"element_type":"Template"`) || c.code == "LM111":
				c.diagnosed(t, c.json)
			default:
				c.diagnosed(t, jsonPage(c.json))
			}
		})
	}
	for _, group := range []struct{ first, last int }{
		{101, 106}, {110, 114}, {201, 213}, {220, 225}, {301, 306}, {310, 317}, {401, 406}, {411, 414}, {420, 432}, {501, 513}, {601, 603},
	} {
		for n := group.first; n <= group.last; n++ {
			if code := fmt.Sprintf("LM%d", n); !tested[code] {
				t.Errorf("no source gives %s", code)
			}
		}
	}
}

func TestL2(t *testing.T) {
	line(t, "L2")
	for _, tt := range []struct{ source, want string }{
		{
			"?gred=a\n\tcolor=red\n?container=\n?text=b\n?block=\n\tcolumn=4\n&block\n&container\n&block\nstray\n#q\n\t() x\n\ty () z\n?barcode=b\n\tqr_version=99\n?answer_sheet=s\n\telements_count=many\n\tanswers_list=A\n?block=\n",
			"LM211 1:2, LM220 4:2, LM428 6:9, LM205 9:1, LM201 10:1, LM412 13:2, LM302 14:2, LM316 15:13, LM301 17:17, LM312 18:15, LM203 19:2, LM220 19:2",
		},
		{
			jsonPage(`{"element_type":"Gred"}`, `7`, `{"name":"x"}`, `{"element_type":"Container","children":[{"element_type":"Text","name":"b"}]}`, `{"element_type":"Barcode","name":"b"}`, `{"element_type":"AnswerSheet","name":"s","elements_count":"many","answers_list":"A"}`),
			"LM211 1:91, LM112 1:99, LM113 1:101, LM220 1:154, LM302 1:191, LM301 1:287, LM312 1:309",
		},
	} {
		f, list := markup.Parse([]byte(tt.source))
		var errors []string
		for i, e := range list {
			if e.Severity == fault.SeverityError {
				errors = append(errors, places(list[i : i+1])[0])
			}
		}
		if got := strings.Join(errors, ", "); got != tt.want {
			t.Errorf("got\n%s\nwant\n%s\n%v", got, tt.want, list)
		}
		if f == nil {
			t.Error("there is no tree for a preview")
		}
	}
	// A hundred are enough.
	if _, list := markup.Parse([]byte(strings.Repeat("?gred=a\n", 1000))); len(list) != 100 {
		t.Errorf("%d diagnostics, want 100", len(list))
	}
}

func TestL4(t *testing.T) {
	line(t, "L4")
	const warned = "?text=a\n\tfont_size=big\n\tcolour=red\n?grid=\n?container=\n?block=\n\n?text=b\n&block\n&container\n"
	warnedJSON := jsonPage(`{"element_type":"Text","name":"a","font_size":"big"}`, `{"element_type":"Grid"}`, jsonBlock(jsonText("b")))
	for _, source := range []string{warned, warnedJSON} {
		made := ofSource(t, source)
		if len(made.pages) != 1 || len(made.pattern.Pages) != 1 || len(made.list) < 3 || made.list.Failed() {
			t.Errorf("%d pages, %v", len(made.pages), made.list)
		}
	}
	for _, source := range []string{warned + "?barcode=b\n", jsonPage(`{"element_type":"Grid"}`, `{"element_type":"Barcode","name":"b"}`), "?grid=g\n\tsections_count=40"} {
		made, list := omr.Generate(t.Context(), omr.GenerateRequest{Markup: []byte(source)})
		if made != nil || !list.Failed() {
			t.Errorf("made in spite of %v", list)
		}
	}
}

// oddity reads a form of testdata that holds oddities of spec/markup.md 14.
func oddity(t *testing.T, name string) string {
	t.Helper()
	source, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

func TestL3(t *testing.T) {
	line(t, "L3")
	// Number 31: a settings object with a trailing comma and a paper size by number.
	settings, list := markup.ParseSettings([]byte(`{"PaperSize": 2, "FontSize": 11, }`))
	if list.Failed() || settings.PaperSize != "A4" || settings.FontSize != 11 {
		t.Fatalf("the settings: %+v %v", settings, list)
	}
	images := map[string][]byte{"logo.png": onePicture(160, 24, color.Black)}
	txt := oddity(t, "oddities.txt")
	if strings.HasSuffix(txt, "\n") {
		t.Fatal("the last line must lack its end (number 6)")
	}
	converted, list := markup.Convert([]byte(txt), markup.JSON)
	if list.Failed() {
		t.Fatal(list)
	}
	both(t, txt, string(converted))
	for name, source := range map[string]string{
		"TXT": txt, "TXT with CRLF": strings.ReplaceAll(txt, "\n", "\r\n"), "TXT with CR": strings.ReplaceAll(txt, "\n", "\r"),
		"the same in JSON": string(converted), "JSON": oddity(t, "oddities.json"),
	} {
		t.Run(name, func(t *testing.T) {
			made, list := omr.Generate(t.Context(), omr.GenerateRequest{Markup: []byte(source), Settings: settings, Images: images, Formats: []string{"png"}, DPI: 75})
			if made == nil || list.Failed() {
				t.Fatal(list)
			}
			for _, e := range list {
				if e.Severity == fault.SeverityWarning {
					t.Log(e)
				}
			}
		})
	}
}

// An answer without a name is reported by its letter: an empty value would read
// as no mark.
func TestNamelessAnswers(t *testing.T) {
	made := ofSource(t, "?checkbox=Diet\n?content=fish\n?content=\n&checkbox\n"+
		txtBlock("?vertical_choicebox=Way\n?answer=\n?content=by boat\n&answer\n?answer=foot\n?content=on foot\n&answer\n&vertical_choicebox\n"))
	rows := read(t, made, synth.Truth{"Diet": {"B"}, "Way": {"A"}})
	if rows["Diet"] != "B" || rows["Way"] != "A" {
		t.Errorf("the rows are %v", rows)
	}
}
