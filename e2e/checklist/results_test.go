package checklist

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/result"
	"github.com/leafmark/leafmark/omr/synth"
)

// filledBy fills a form with a pen and reads its pages as they are, as one sheet.
func filledBy(t *testing.T, p printed, truth synth.Truth, pen synth.Pen, opt omr.RecognizeOptions) *result.Sheet {
	t.Helper()
	var readings []*omr.Reading
	for i, page := range p.pages {
		data, err := imageio.EncodePNG(synth.FillPage(page, &p.pattern.Pages[i], truth, pen, uint64(i+1)), 300)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := omr.Read(t.Context(), p.pattern, omr.Scan{Data: data}, opt)
		if len(got) != 1 || got[0].Err != nil {
			t.Fatalf("page %d: %+v", i+1, got[0].Err)
		}
		readings = append(readings, got[0])
	}
	out := omr.Sheets(p.pattern, readings, opt)
	if len(out) != 1 || out[0].Err != nil {
		t.Fatalf("%d sheets of one form", len(out))
	}
	return out[0].Sheet
}

// rowsOf are the rows as name=value, in their order.
func rowsOf(s *result.Sheet) []string {
	out := []string{}
	for _, r := range result.Rows(s) {
		out = append(out, r.Name+"="+r.Value)
	}
	return out
}

// keysOf are the names of the rows, in their order.
func keysOf(s *result.Sheet) []string {
	out := []string{}
	for _, r := range result.Rows(s) {
		out = append(out, r.Name)
	}
	return out
}

// same compares lists of texts.
func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%q, want\n%q", what, got, want)
	}
}

// every is a form with every element that yields a row or a picture, in both
// markups; "@" before a name that may be left out.
var everyTXT = strings.ReplaceAll(`#How often?
	() Weekly () Monthly () Rarely
?checkbox=Contact
?content=Mail
?content=Phone
?content=Post
&checkbox
?container=
	columns_count=2
?block=@Shot
	column=1
	is_clipped=true
?vertical_choicebox=@Day
?answer=sat
?content=Saturday
&answer
?answer=other
?content=Another
&answer
&vertical_choicebox
?write_in=@Remark
	required=true
&block
?block=
	column=2
?table=T
	answers_count=2
?table_header=
?content=Boat
?answer_value=Used
?answer_value=
&table_header
?question=Single
&table
&block
&container
?score_group=@Club
?score_question=Training
	row_proportions=60%-20%-20%
?score_header=Yes
	score=2
?score_header=No
	header_type=negative
?score_answer=On time
	score=2
?score_answer=Well led
	score=3
&score_question
&score_group
?answer_sheet=@Quiz
	elements_count=2
	columns_count=2
	answers_count=2
?grid=@PIN
	sections_count=3
	options_count=8
?composite_grid=@Crew
	columns_count=2
	extra_row=(+)()
	values=(A)(B)
?custom_answer_sheet=@Open
	amount=2
	columns_count=1
	row_proportions=30%-30%-40%
?header=
?column=Answer
?column=More
?column=Skip
&header
?custom_row=row %index%
?bubble_array=arr %index%
	answers_list=(A)(B)
	recogintion_values=(yes)(no)
?bubble_array=
	answers_list=(1)(2)
?custom_trigger=skip %index%
	value=skipped
	target=arr %index%
&custom_row
&custom_answer_sheet
?barcode=@Code
	value=M-0042
`, "\r", "")

const everyJSON = `{"element_type":"Template","children":[{"element_type":"Page","children":[
 {"element_type":"ChoiceBox","question_text":"How often?","answers_string":"() Weekly () Monthly () Rarely"},
 {"element_type":"CheckBox","name":"Contact","children":[{"element_type":"Content","name":"Mail"},{"element_type":"Content","name":"Phone"},{"element_type":"Content","name":"Post"}]},
 {"element_type":"Container","columns_count":2,"children":[
  {"element_type":"Block","name":"@Shot","column":1,"is_clipped":true,"children":[
   {"element_type":"VerticalChoiceBox","name":"@Day","children":[
    {"element_type":"Answer","name":"sat","children":[{"element_type":"Content","name":"Saturday"}]},
    {"element_type":"Answer","name":"other","children":[{"element_type":"Content","name":"Another"}]}]},
   {"element_type":"WriteIn","name":"@Remark","required":true}]},
  {"element_type":"Block","column":2,"children":[
   {"element_type":"Table","name":"T","answers_count":2,"children":[
    {"element_type":"TableHeader","children":[{"element_type":"Content","name":"Boat"},{"element_type":"TableAnswer","name":"Used"},{"element_type":"TableAnswer","name":""}]},
    {"element_type":"Question","name":"Single"}]}]}]},
 {"element_type":"ScoreGroup","name":"@Club","children":[
  {"element_type":"ScoreQuestion","name":"Training","row_proportions":[60,20,20],"children":[
   {"element_type":"ScoreHeader","name":"Yes","score":2},{"element_type":"ScoreHeader","name":"No","header_type":"negative"},
   {"element_type":"ScoreAnswer","name":"On time","score":2},{"element_type":"ScoreAnswer","name":"Well led","score":3}]}]},
 {"element_type":"AnswerSheet","name":"@Quiz","elements_count":2,"columns_count":2,"answers_count":2},
 {"element_type":"Grid","name":"@PIN","sections_count":3,"options_count":8},
 {"element_type":"CompositeGrid","name":"@Crew","columns_count":2,"extra_row":[["+",""]],"values":["A","B"]},
 {"element_type":"CustomAnswerSheet","name":"@Open","amount":2,"columns_count":1,"row_proportions":[30,30,40],"children":[
  {"element_type":"Header","children":[{"element_type":"Column","name":"Answer"},{"element_type":"Column","name":"More"},{"element_type":"Column","name":"Skip"}]},
  {"element_type":"CustomRow","name":"row %index%","children":[
   {"element_type":"BubbleArray","name":"arr %index%","answers_list":["A","B"],"recogintion_values":["yes","no"]},
   {"element_type":"BubbleArray","name":"","answers_list":["1","2"]},
   {"element_type":"CustomTrigger","name":"skip %index%","value":"skipped","target":"arr %index%"}]}]},
 {"element_type":"Barcode","name":"@Code","value":"M-0042"}]}]}`

// named is a source of every with its names, unnamed one without.
func named(source string) string { return strings.ReplaceAll(source, "@", "") }

func unnamed(source string) string {
	for _, name := range []string{"Shot", "Day", "Remark", "Club", "Quiz", "PIN", "Crew", "Open", "Code"} {
		source = strings.ReplaceAll(source, "@"+name, "")
	}
	return source
}

// emptied is what every yields when nothing is marked.
var emptied = []string{
	"Code=M-0042", "Contact=", "Crew=", "Day=", "Open_1=", "Open_1_2=", "Open_2=", "Open_2_2=", "PIN=", "Question1=",
	"Quiz2=", "Quiz3=", "Single=", "Training=", "Training_total=0", "Club_total=0",
}

func TestK1(t *testing.T) {
	line(t, "K1")
	for _, tt := range []struct {
		what       string
		of         func(string) string
		keys, pics []string
	}{
		{"named", named, nil, []string{"Remark", "Shot"}},
		{"unnamed", unnamed, []string{
			"Barcode1", "CompositeGrid1", "Contact", "CustomAnswerSheet1_1", "CustomAnswerSheet1_1_2", "CustomAnswerSheet1_2",
			"CustomAnswerSheet1_2_2", "Grid1", "Question1", "AnswerSheet1_2", "AnswerSheet1_3", "Single", "Training", "Training_total",
			"VerticalChoiceBox1", "ScoreGroup1_total",
		}, []string{"Block1", "WriteIn1"}},
	} {
		both(t, tt.of(everyTXT), tt.of(everyJSON))
		form := ofSource(t, tt.of(everyTXT))
		s := filledBy(t, form, nil, synth.BallpointBlack, omr.RecognizeOptions{})
		want := tt.keys
		if want == nil {
			for _, row := range emptied {
				want = append(want, row[:strings.Index(row, "=")])
			}
		} else {
			// Group totals last, the others in their order.
			slices.SortFunc(want[:len(want)-1], strings.Compare)
		}
		same(t, tt.what+" keys", keysOf(s), want)
		var pics []string
		for _, c := range s.Crops {
			pics = append(pics, c.Name)
		}
		slices.Sort(pics)
		same(t, tt.what+" pictures", pics, tt.pics)
		missing := 0
		for _, c := range codes(form.list) {
			if strings.HasPrefix(c, "LM405 ") {
				missing++
			}
		}
		if want := map[string]int{"named": 0, "unnamed": 9}[tt.what]; missing != want {
			t.Errorf("%s: %d of LM405, want %d: %v", tt.what, missing, want, codes(form.list))
		}
	}
}

func TestK2(t *testing.T) {
	line(t, "K2")
	form := ofSource(t, named(everyTXT))
	trigger := ""
	for i := range form.pattern.Pages[0].Elements {
		if e := &form.pattern.Pages[0].Elements[i]; e.Type == pattern.ReplaceTrigger && e.Target == "Open_2" {
			trigger = synth.TriggerKey(e)
		}
	}
	for _, tt := range []struct {
		what  string
		truth synth.Truth
		want  []string
	}{
		{"nothing", nil, emptied},
		{
			"one mark", synth.Truth{
				"Question1": {"B"}, "Contact": {"Phone"}, "Day": {"other"}, "Single": {"B"}, "Training": {"Well led"},
				"Quiz2": {"B"}, "PIN": {"", "0", "7"}, "Crew": {"+", "B"}, "Open_1": {"no"}, "Open_2": {"yes", "no"}, "Open_2_2": {"2"}, trigger: {"x"},
			}, []string{
				"Code=M-0042", "Contact=Phone", "Crew=+B", "Day=other", "Open_1=no", "Open_1_2=", "Open_2=skipped", "Open_2_2=2", "PIN=07", "Question1=B",
				"Quiz2=B", "Quiz3=", "Single=B", "Training=Well led", "Training_total=6", "Club_total=6",
			},
		},
		{
			"several marks", synth.Truth{
				"Question1": {"A", "C"}, "Contact": {"Post", "Mail"}, "Day": {"other", "sat"}, "Single": {"Used", "B"},
				"Training": {"Well led", "On time", "On time\t2"}, "Quiz3": {"B", "A"}, "PIN": {"3", "7,5", ""}, "Crew": {"A", "A,B"}, "Open_1": {"yes", "no"},
			}, []string{
				"Code=M-0042", "Contact=Mail,Post", "Crew=ERROR: Multiple marks per symbol", "Day=sat,other", "Open_1=yes,no", "Open_1_2=", "Open_2=", "Open_2_2=", "PIN=35,7", "Question1=A,C",
				"Quiz2=", "Quiz3=A,B", "Single=Used,B", "Training=On time,Well led", "Training_total=10", "Club_total=10",
			},
		},
	} {
		s := filledBy(t, form, tt.truth, synth.BallpointBlack, omr.RecognizeOptions{})
		same(t, tt.what, rowsOf(s), tt.want)
		for _, a := range s.Answers {
			if a.Doubt != nil && !strings.HasPrefix(a.Value, "ERROR") {
				t.Errorf("%s: %s in doubt: %s", tt.what, a.Name, *a.Doubt)
			}
		}
	}
	concat := filledBy(t, form, synth.Truth{"PIN": {"3", "7,5", ""}}, synth.BallpointBlack, omr.RecognizeOptions{GridConcat: true})
	if got := rowsOf(concat)[8]; got != "PIN=357" {
		t.Errorf("concatenated %s, want PIN=357", got)
	}
	// Only where a source or setting says so one mark is the most that is allowed.
	single := ofSource(t, "#One?\n\tmultiselect=false\n\t() Red () Green\n?answer_sheet=A\n\telements_count=2\n\tmultiselect=false\n")
	s := filledBy(t, single, synth.Truth{"Question1": {"A", "B"}, "A2": {"A", "D"}, "A3": {"C"}}, synth.BallpointBlack, omr.RecognizeOptions{})
	same(t, "one mark allowed", rowsOf(s), []string{"A2=ERROR: Multiple marks per question", "A3=C", "Question1=ERROR: Multiple marks per question"})
	if v := s.Answers[0].Values; !slices.Equal(v, []string{"A", "D"}) {
		t.Errorf("the marks behind the error are %q", v)
	}
}

func TestK3(t *testing.T) {
	line(t, "K3")
	questions := func(group string, names ...string) string {
		out := "?score_group=" + group + "\n"
		for _, n := range names {
			out += "?score_question=" + n + "\n\trow_proportions=60%-40%\n?score_header=Yes\n?score_answer=a\n\tscore=1\n&score_question\n"
		}
		return out + "&score_group\n"
	}
	txt := questions("Alpha", "Q10", "q2") + questions("a1", "b", "B1") +
		"?answer_sheet=Q\n\telements_count=12\n\tanswers_count=2\n?checkbox=alpha_total\n?content=x\n&checkbox\n"
	json := `{"element_type":"Template","children":[{"element_type":"Page","children":[` +
		`{"element_type":"ScoreGroup","name":"Alpha","children":[` + jsonQuestion("Q10") + `,` + jsonQuestion("q2") + `]},` +
		`{"element_type":"ScoreGroup","name":"a1","children":[` + jsonQuestion("b") + `,` + jsonQuestion("B1") + `]},` +
		`{"element_type":"AnswerSheet","name":"Q","elements_count":12,"answers_count":2},` +
		`{"element_type":"CheckBox","name":"alpha_total","children":[{"element_type":"Content","name":"x"}]}]}]}`
	both(t, txt, json)
	s := filledBy(t, ofSource(t, txt), nil, synth.BallpointBlack, omr.RecognizeOptions{})
	want := []string{"alpha_total", "b", "B1", "B1_total", "b_total", "Q1"}
	for i := 2; i <= 12; i++ {
		switch i {
		case 2: // q2 of the score group stands first in the source
			want = append(want, "q2", "Q2", "q2_total")
		case 10:
			want = append(want, "Q10", "Q10", "Q10_total")
		default:
			want = append(want, fmt.Sprint("Q", i))
		}
	}
	same(t, "order", keysOf(s), append(want, "a1_total", "Alpha_total"))
}

func jsonQuestion(name string) string {
	return `{"element_type":"ScoreQuestion","name":"` + name + `","row_proportions":[60,40],"children":[` +
		`{"element_type":"ScoreHeader","name":"Yes"},{"element_type":"ScoreAnswer","name":"a","score":1}]}`
}

func TestK4(t *testing.T) {
	line(t, "K4")
	txt := "?grid=Number\n\tsections_count=2\n\toptions_count=4\n?grid=Number\n\tsections_count=2\n\toptions_count=6\n" +
		"?answer_sheet=A\n\telements_count=2\n?answer_sheet=A\n\telements_count=2\n\tstart_id=2\n" +
		"?barcode=Code\n\tvalue=one\n?barcode=Code\n\tvalue=two\n"
	json := `{"element_type":"Template","children":[{"element_type":"Page","children":[` +
		`{"element_type":"Grid","name":"Number","sections_count":2,"options_count":4},{"element_type":"Grid","name":"Number","sections_count":2,"options_count":6},` +
		`{"element_type":"AnswerSheet","name":"A","elements_count":2},{"element_type":"AnswerSheet","name":"A","elements_count":2,"start_id":2},` +
		`{"element_type":"Barcode","name":"Code","value":"one"},{"element_type":"Barcode","name":"Code","value":"two"}]}]}`
	both(t, txt, json)
	form := ofSource(t, txt)
	warned := strings.Join(codes(form.list), "\n")
	if !strings.Contains(warned, "LM401 warning") || !strings.Contains(warned, "LM402 warning") {
		t.Errorf("diagnostics %s, want LM401 and LM402", warned)
	}
	// 5 is a digit of the second grid alone.
	s := filledBy(t, form, synth.Truth{"Number": {"2", "5"}, "A1": {"C"}, "A2": {"B"}}, synth.BallpointBlack, omr.RecognizeOptions{})
	same(t, "equal names", rowsOf(s), []string{"A1=C", "A2=B", "A2=B", "A3=", "Code=one", "Code=two", "Number=2", "Number=25"})
}

func TestK5(t *testing.T) {
	line(t, "K5")
	box := func(name, attrs string) string {
		return "?checkbox=" + name + "\n" + attrs + "\tbubble_size=large\n?content=x\n?content=y\n&checkbox\n"
	}
	txt := "#Tick\n\t() Red () Green\n" + box("Light", "") + box("Heavy", "\tthreshold=90\n") +
		"?container=\n?block=\n?vertical_choicebox=Default\n?answer=x\n?content=x\n&answer\n&vertical_choicebox\n" +
		"?vertical_choicebox=Low\n\tthreshold=4\n?answer=x\n?content=x\n&answer\n&vertical_choicebox\n&block\n&container\n"
	jsonBox := func(name, attrs string) string {
		return `{"element_type":"CheckBox","name":"` + name + `",` + attrs + `"bubble_size":"large","children":[{"element_type":"Content","name":"x"},{"element_type":"Content","name":"y"}]}`
	}
	vertical := func(name, attrs string) string {
		return `{"element_type":"VerticalChoiceBox","name":"` + name + `",` + attrs + `"children":[{"element_type":"Answer","name":"x","children":[{"element_type":"Content","name":"x"}]}]}`
	}
	both(t, txt, formOf(`{"element_type":"ChoiceBox","question_text":"Tick","answers_string":"() Red () Green"}`,
		jsonBox("Light", ""), jsonBox("Heavy", `"threshold":90,`), inBlock(vertical("Default", `"threshold":0,`), vertical("Low", `"threshold":4,`))))
	form := ofSource(t, txt)
	truth := synth.Truth{"Question1": {"B"}, "Light": {"x"}, "Heavy": {"x"}, "Default": {"x"}, "Low": {"x"}}
	percent := func(n int) *int { return &n }
	for _, tt := range []struct {
		what    string
		pen     synth.Pen
		request *int
		want    []string
	}{
		{"a tick, automatic", synth.BallpointBlack.As(synth.Tick), nil, []string{"Default=", "Heavy=", "Light=x", "Low=x", "Question1=B"}},
		{"a tick, 70 asked for", synth.BallpointBlack.As(synth.Tick), percent(70), []string{"Default=", "Heavy=", "Light=x", "Low=x", "Question1="}},
		{"a tick, 15 asked for", synth.BallpointBlack.As(synth.Tick), percent(15), []string{"Default=", "Heavy=", "Light=x", "Low=x", "Question1=B"}},
		{"full, 70 asked for", synth.Felt, percent(70), []string{"Default=x", "Heavy=x", "Light=x", "Low=x", "Question1=B"}},
	} {
		same(t, tt.what, rowsOf(filledBy(t, form, truth, tt.pen, omr.RecognizeOptions{Threshold: tt.request})), tt.want)
	}
}

func TestK6(t *testing.T) {
	line(t, "K6")
	txt := "?container=\n?block=Clipped\n\tis_clipped=true\n?content=x\n&block\n?block=\n" +
		"?write_in=Always\n\trequired=true\n?write_in=Never\n" +
		"?vertical_choicebox=V\n?answer=a\n?content=a\n?write_in=OfA\n&answer\n?answer=b\n?content=b\n?write_in=OfB\n\trequired=true\n&answer\n&vertical_choicebox\n" +
		"?text_input=Digits\n\tlength=4\n?free_text_input=Free\n&block\n&container\n" +
		"?custom_answer_sheet=S\n\tamount=2\n\tcolumns_count=1\n\trow_proportions=40-30-30\n?header=\n?column=a\n?column=b\n?column=c\n&header\n?custom_row=r\n" +
		"?write_in=Own%index%\n?bubble_array=arr\n\tanswers_list=(A)(B)\n?custom_trigger=t%index%\n\tvalue=x\n\ttarget=Own%index%\n&custom_row\n&custom_answer_sheet\n"
	json := formOf(`{"element_type":"Container","children":[{"element_type":"Block","name":"Clipped","is_clipped":true,"children":[{"element_type":"Content","name":"x"}]},{"element_type":"Block","children":[
 {"element_type":"WriteIn","name":"Always","required":true},{"element_type":"WriteIn","name":"Never"},
 {"element_type":"VerticalChoiceBox","name":"V","children":[
  {"element_type":"Answer","name":"a","children":[{"element_type":"Content","name":"a"},{"element_type":"WriteIn","name":"OfA"}]},
  {"element_type":"Answer","name":"b","children":[{"element_type":"Content","name":"b"},{"element_type":"WriteIn","name":"OfB","required":true}]}]},
 {"element_type":"text_input","name":"Digits","length":4},{"element_type":"free_text_input","name":"Free"}]}]}`,
		`{"element_type":"CustomAnswerSheet","name":"S","amount":2,"columns_count":1,"row_proportions":[40,30,30],"children":[
 {"element_type":"Header","children":[{"element_type":"Column","name":"a"},{"element_type":"Column","name":"b"},{"element_type":"Column","name":"c"}]},
 {"element_type":"CustomRow","name":"r","children":[{"element_type":"WriteIn","name":"Own%index%"},{"element_type":"BubbleArray","name":"arr","answers_list":["A","B"]},
  {"element_type":"CustomTrigger","name":"t%index%","value":"x","target":"Own%index%"}]}]}`)
	both(t, txt, json)
	form := ofSource(t, txt)
	always := []string{"Always", "Clipped", "Digits", "Free"}
	for _, tt := range []struct {
		what  string
		truth synth.Truth
		more  []string
	}{
		{"nothing", nil, nil},
		{"answer a", synth.Truth{"V": {"a"}}, []string{"OfA"}},
		{"answer b", synth.Truth{"V": {"b"}}, []string{"OfB"}},
		{"both", synth.Truth{"V": {"a", "b"}}, []string{"OfA", "OfB"}},
		{"a trigger", synth.Truth{"t2\tOwn2": {"x"}}, []string{"Own2"}},
		{"an array", synth.Truth{"S_1": {"A"}}, nil},
	} {
		s := filledBy(t, form, tt.truth, synth.BallpointBlack, omr.RecognizeOptions{})
		var got []string
		for _, c := range s.Crops {
			got = append(got, c.Name)
		}
		slices.Sort(got)
		want := append(slices.Clone(always), tt.more...)
		slices.Sort(want)
		same(t, tt.what, got, want)
		same(t, tt.what+": keys", keysOf(s), []string{"S_1", "S_2", "V"})
	}
}

// formOf is a JSON source of one page, inBlock a container of one block.
func formOf(children ...string) string {
	return `{"element_type":"Template","children":[{"element_type":"Page","children":[` + strings.Join(children, ",") + `]}]}`
}

func inBlock(children ...string) string {
	return `{"element_type":"Container","children":[{"element_type":"Block","children":[` + strings.Join(children, ",") + `]}]}`
}
