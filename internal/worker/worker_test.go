package worker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/draw"
	"image/png"
	"reflect"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/internal/worker"
	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/synth"
)

const quiz = `?text=Rowing club
#How often do you row?
	(D) Daily (W) Weekly
#And in winter?
	(Y) Yes (N) No
`

func generate(t testing.TB, job *task.GenerateJob) task.Outcome {
	t.Helper()
	out, err := worker.Handler(worker.Options{})(t.Context(), task.Attempt{Task: task.Task{Kind: task.Generate}, Generate: job})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func recognize(t testing.TB, job *task.RecognizeJob) task.Outcome {
	t.Helper()
	out, err := worker.Handler(worker.Options{})(t.Context(), task.Attempt{Task: task.Task{Kind: task.Recognize}, Recognize: job})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// made is a form: its first page and its pattern.
func made(t testing.TB, markup string) (page, omrFile []byte) {
	t.Helper()
	out := generate(t, &task.GenerateJob{Markup: []byte(markup), Formats: []string{"png"}})
	if out.Problem != nil || len(out.Files) < 2 {
		t.Fatalf("outcome %+v", out)
	}
	return out.Files[0].Data, out.Files[len(out.Files)-1].Data
}

func types(out task.Outcome) string {
	var all []string
	for _, f := range out.Files {
		all = append(all, f.Type)
	}
	return strings.Join(all, " ")
}

// Spec/api.md 5.1: pages in order, then one pattern.
func TestGenerateFiles(t *testing.T) {
	for name, c := range map[string]struct {
		markup  string
		formats []string
		types   string
	}{
		"one page":      {quiz, []string{"png"}, "Png Omr"},
		"no format":     {quiz, nil, "Png Omr"},
		"two pages":     {"?page=\n" + quiz + "&page\n?page=\n" + quiz + "&page\n", []string{"png"}, "Png Png Omr"},
		"PDF":           {quiz, []string{"pdf"}, "Pdf Omr"},
		"JPEG":          {quiz, []string{"jpg"}, "Jpg Omr"},
		"several kinds": {quiz, []string{"png", "pdf"}, "Png Pdf Omr"},
		"SVG":           {quiz, []string{"svg"}, "Svg Omr"},
		"TIFF, a file a page": {
			"?page=\n" + quiz + "&page\n?page=\n" + quiz + "&page\n", []string{"tiff"}, "Tiff Tiff Omr",
		},
		"GIF and BMP": {quiz, []string{"gif", "bmp"}, "Gif Bmp Omr"},
	} {
		t.Run(name, func(t *testing.T) {
			out := generate(t, &task.GenerateJob{Markup: []byte(c.markup), Settings: []byte("{}"), Formats: c.formats, Warnings: []string{"first"}})
			if got := types(out); got != c.types || out.Problem != nil || len(out.Messages) != 0 {
				t.Errorf("types %q, want %q; %+v", got, c.types, out.Messages)
			}
			if len(out.Warnings) == 0 || out.Warnings[0] != "first" {
				t.Errorf("warnings %q", out.Warnings)
			}
			for _, f := range out.Files {
				if len(f.Data) == 0 || f.Size != int64(len(f.Data)) || f.Crop {
					t.Errorf("file %s: %d bytes, size %d", f.Name, len(f.Data), f.Size)
				}
			}
		})
	}
}

// Every setting of spec/markup.md 7.1 reaches the page or its pattern, in the
// spelling of the API, and what the source says wins over it (7.2).
func TestGenerateSettings(t *testing.T) {
	const source = `?text=Rowing club
?container=
?block=
	height=100
?content=Donaudampfschiffahrtsgesellschaftskapitaen and a text of several lines that its block cannot hold, since it is as low as this
	font_size=30
&block
&container
#How often do you row?
	(D) Daily (W) Weekly
`
	const own = "?text=Rowing club\n\tfont_family=Arial\n\tfont_size=15\n\tfont_style=bold\n?grid=Id\n\tbubble_size=large\n"
	printed := func(markup, settings string) string {
		out := generate(t, &task.GenerateJob{Markup: []byte(markup), Settings: []byte(settings), Formats: []string{"png"}})
		if out.Problem != nil {
			return "refused " + out.Problem.Code
		}
		return string(out.Files[0].Data)
	}
	plain := printed(source, `{}`)
	for _, settings := range []string{
		`{"paperSize":"Letter"}`, `{"orientation":"Horizontal"}`, `{"pageMarginLeft":300}`, `{"pageMarginRight":300}`,
		`{"fontFamily":"Times New Roman"}`, `{"fontSize":14}`, `{"fontStyle":"Italic"}`, `{"bubbleSize":"Large"}`, `{"bubbleColor":"Teal"}`,
		`{"overflow":"clip"}`, `{"rotationMarkerPosition":"BottomLeft1"}`, `{"referencePointOffsetTop":40}`,
		`{"referencePointOffsetBottom":40}`, `{"referencePointOffsetLeft":40}`, `{"referencePointOffsetRight":40}`,
		`{"writingSystem":"Hebrew"}`, `{"longWordHandling":"hyphenate"}`,
	} {
		if printed(source, settings) == plain {
			t.Errorf("%s changes nothing", settings)
		}
	}
	if printed(source, `{"writingSystem":"Hebrew","nativeNumbers":true}`) == printed(source, `{"writingSystem":"Hebrew"}`) {
		t.Error("nativeNumbers changes nothing")
	}
	single := generate(t, &task.GenerateJob{Markup: []byte(source), Settings: []byte(`{"multiselect":false}`)})
	if p, _, err := pattern.Read(single.Files[1].Data); err != nil {
		t.Error(err)
	} else if many := p.Pages[0].Elements[0].Ours.Multiselect; many == nil || *many {
		t.Error("multiselect changes nothing")
	}
	// The label of a grid has the page's font: it is left out of the comparison.
	page := func(settings string) []byte {
		out := generate(t, &task.GenerateJob{Markup: []byte(own), Settings: []byte(settings), Formats: []string{"png"}})
		img, err := png.Decode(bytes.NewReader(out.Files[0].Data))
		if err != nil {
			t.Fatal(err)
		}
		heading := image.NewGray(image.Rect(0, 0, 1800, 280))
		draw.Draw(heading, heading.Rect, img, image.Pt(200, 0), draw.Src)
		return heading.Pix
	}
	if !bytes.Equal(page(`{}`), page(`{"fontFamily":"Courier New","fontSize":9,"fontStyle":"Italic","bubbleSize":"Small"}`)) {
		t.Error("the request's settings win over the element's")
	}
}

// Spec/api.md 5.4, checks 65.
func TestGenerateMessagesHaveTheirPlace(t *testing.T) {
	out := generate(t, &task.GenerateJob{Markup: []byte("?text=a\n?text=b\n&block\n"), Warnings: []string{"first"}})
	if out.Problem == nil || len(out.Files) != 0 {
		t.Fatalf("outcome %+v", out)
	}
	if len(out.Messages) == 0 || !strings.HasPrefix(out.Messages[0], "line 3, column ") || !strings.HasSuffix(out.Messages[0], ".") {
		t.Errorf("messages %q", out.Messages)
	}
	if out.Problem.Code == "" || !strings.Contains(out.Messages[0], out.Problem.Code) || out.Problem.Cure == "" {
		t.Errorf("problem %+v", out.Problem)
	}
	if len(out.Warnings) == 0 || out.Warnings[0] != "first" {
		t.Errorf("warnings %q", out.Warnings)
	}
}

func TestGenerateOrdersAndBoundsMessages(t *testing.T) {
	var list fault.List
	for n := 300; n > 0; n-- {
		list = append(list, &fault.Error{Code: "LM205", Kind: fault.Invalid, Where: fault.Where{Line: n, Column: 1}, Cause: "c"})
	}
	list = append(list,
		&fault.Error{Code: "LM405", Kind: fault.Invalid, Severity: fault.SeverityWarning, Where: fault.Where{Line: 9, Column: 1}, Cause: "w", Cure: "x"},
		&fault.Error{Code: "LM999", Kind: fault.Invalid, Severity: fault.SeverityInfo, Cause: "never sent"},
		&fault.Error{Code: "LM310", Kind: fault.Invalid, Where: fault.Where{Path: "fontSize"}, Cause: "it is bad"})
	out, err := worker.Handler(worker.Options{Engine: fake{list: list}})(t.Context(),
		task.Attempt{Task: task.Task{Kind: task.Generate}, Generate: &task.GenerateJob{}})
	if err != nil || len(out.Messages) != 100 {
		t.Fatalf("%d messages, %v", len(out.Messages), err)
	}
	for n, want := range map[int]string{
		0: "fontSize: LM310 It is bad.", 1: "line 1, column 1: LM205 C.", 98: "line 98, column 1: LM205 C.", 99: "There are 202 more.",
	} {
		if out.Messages[n] != want {
			t.Errorf("message %d is %q, want %q", n, out.Messages[n], want)
		}
	}
	if want := []string{"line 9, column 1: LM405 W. X."}; !reflect.DeepEqual(out.Warnings, want) {
		t.Errorf("warnings %q", out.Warnings)
	}
}

// A blank form is read: every answer empty, in every format of spec/api.md 5.3.
func TestRecognizeFormats(t *testing.T) {
	page, omrFile := made(t, quiz)
	for format, c := range map[string]struct{ typ, want string }{
		"":     {"Csv", "Element Name,Value,\nQuestion1,\"\"\nQuestion2,\"\"\n"},
		"csv":  {"Csv", "Element Name,Value,\nQuestion1,\"\"\nQuestion2,\"\"\n"},
		"Txt":  {"Txt", "Element Name,Value,\nQuestion1,\"\"\nQuestion2,\"\"\n"},
		"JSON": {"Json", "{\n  \"RecognitionResults\": [\n    {\n      \"ElementName\": \"Question1\",\n      \"Value\": \"\"\n    },"},
		"xml":  {"Xml", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<RecognitionResults>\n  <RecognitionResult>\n    <ElementName>Question1</ElementName>"},
	} {
		t.Run("format "+format, func(t *testing.T) {
			out := recognize(t, &task.RecognizeJob{Images: [][]byte{page}, Pattern: omrFile, Format: format, First: true, Warnings: []string{"first"}})
			if out.Problem != nil || types(out) != c.typ || !strings.HasPrefix(string(out.Files[0].Data), c.want) {
				t.Fatalf("problem %+v, files %s: %+v", out.Problem, types(out), out.Files)
			}
			if len(out.Messages) != 0 || len(out.Warnings) == 0 || out.Warnings[0] != "first" {
				t.Errorf("messages %q, warnings %q", out.Messages, out.Warnings)
			}
			var sheets []struct {
				Page    int
				Answers []struct {
					Name, Value string
					Doubt       *string
				}
			}
			if err := json.Unmarshal(out.Sheets, &sheets); err != nil || len(sheets) != 1 || len(sheets[0].Answers) != 2 || sheets[0].Page != 1 {
				t.Errorf("sheets %s, %v", out.Sheets, err)
			}
		})
	}
}

// The pen's marks come back, from one sheet and from a pile with a torn one.
func TestRecognizeWhatThePenWrote(t *testing.T) {
	page, omrFile := made(t, quiz)
	p, _, err := pattern.Read(omrFile)
	if err != nil {
		t.Fatal(err)
	}
	blank, err := png.Decode(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	truth := synth.DrawTruth(p, 7)
	filled := encode(t, synth.Fill(blank, p, truth, synth.BallpointBlue, 7))
	want := synth.Expected(p, truth)

	out := recognize(t, &task.RecognizeJob{Images: [][]byte{filled}, Pattern: omrFile, First: true})
	for name, value := range want {
		if row := name + ",\"" + value + "\"\n"; !strings.Contains(string(out.Files[0].Data), row) {
			t.Errorf("no %q in %s", row, out.Files[0].Data)
		}
	}
	pile := recognize(t, &task.RecognizeJob{
		Images: [][]byte{filled, []byte("not an image"), page}, Names: []string{"a.png", "b.png"}, Pattern: omrFile, Format: "csv",
	})
	if pile.Problem != nil || !strings.HasPrefix(string(pile.Files[0].Data), "File,Element Name,Value,\na.png,Question1,") {
		t.Fatalf("pile %+v: %+v", pile.Problem, pile.Files)
	}
	if len(pile.Warnings) == 0 || !strings.HasPrefix(pile.Warnings[len(pile.Warnings)-1], "b.png: LM81") {
		t.Errorf("warnings %q", pile.Warnings)
	}
	var sheets []struct {
		File  string
		Error *struct{ Code, Message, Cure string }
	}
	if err := json.Unmarshal(pile.Sheets, &sheets); err != nil || len(sheets) != 3 || sheets[1].Error == nil || sheets[1].File != "b.png" || sheets[2].File != "image-3" || sheets[0].Error != nil {
		t.Errorf("sheets %s, %v", pile.Sheets, err)
	}
}

func encode(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Spec/api.md checks 63, 64, 67, 89.
func TestRecognizeRefusals(t *testing.T) {
	page, omrFile := made(t, quiz)
	for name, c := range map[string]struct {
		image, pattern []byte
		code, number   string
	}{
		"no image":   {[]byte("text"), omrFile, "image_unreadable", "LM811 "},
		"no pattern": {page, []byte("text"), "pattern_invalid", "LM821 "},
		"blank":      {encode(t, image.NewGray(image.Rect(0, 0, 2480, 3508))), omrFile, "", "LM80"},
		"empty":      {nil, omrFile, "image_unreadable", "LM811 "},
	} {
		t.Run(name, func(t *testing.T) {
			out := recognize(t, &task.RecognizeJob{Images: [][]byte{c.image}, Pattern: c.pattern, First: true})
			if out.Problem == nil || c.code != "" && out.Problem.Code != c.code || len(out.Files) != 0 {
				t.Fatalf("outcome %+v", out.Problem)
			}
			if len(out.Messages) != 1 || !strings.HasPrefix(out.Messages[0], c.number) {
				t.Errorf("messages %q", out.Messages)
			}
		})
	}
	out := recognize(t, &task.RecognizeJob{Images: [][]byte{page, []byte("ignored")}, Pattern: omrFile, First: true})
	if out.Problem != nil || len(out.Warnings) == 0 || !strings.HasPrefix(out.Warnings[0], "LM851 ") {
		t.Errorf("two images: %+v, warnings %q", out.Problem, out.Warnings)
	}
}

// fake is an engine whose answers the test chooses.
type fake struct {
	list     fault.List
	err      error
	readings []*omr.Reading
}

func (f fake) Generate(context.Context, omr.GenerateRequest) (*omr.Generated, fault.List) {
	return nil, f.list
}

func (f fake) ReadPattern([]byte) (*pattern.Pattern, fault.List, error) {
	return &pattern.Pattern{}, f.list, f.err
}

func (f fake) Read(context.Context, *pattern.Pattern, omr.Scan, omr.RecognizeOptions) ([]*omr.Reading, []string) {
	return f.readings, nil
}

func (f fake) Sheets(p *pattern.Pattern, r []*omr.Reading, opt omr.RecognizeOptions) []omr.Outcome {
	return omr.Sheets(p, r, opt)
}

// Faults of ours are errors, so that the task is tried again; a cancelled
// attempt is neither.
func TestFaultsOfOursAreErrors(t *testing.T) {
	broken := &fault.Error{Code: "internal", Kind: fault.Internal, Cause: "broken"}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx    context.Context
		kind   task.Kind
		engine fake
	}{
		"generation":         {t.Context(), task.Generate, fake{list: fault.List{broken}}},
		"nothing made":       {t.Context(), task.Generate, fake{}},
		"pattern":            {t.Context(), task.Recognize, fake{err: broken}},
		"pattern, no fault":  {t.Context(), task.Recognize, fake{err: errors.New("broken")}},
		"picture":            {t.Context(), task.Recognize, fake{readings: []*omr.Reading{{Image: 1, Err: errors.New("broken")}}}},
		"cancelled making":   {gone, task.Generate, fake{list: fault.List{{Code: "LM101", Kind: fault.Invalid, Cause: "c"}}}},
		"cancelled reading":  {gone, task.Recognize, fake{readings: []*omr.Reading{{Image: 1, Err: context.Canceled}}}},
		"a kind without job": {t.Context(), "", fake{}},
	} {
		out, err := worker.Handler(worker.Options{Engine: c.engine})(c.ctx, task.Attempt{
			Task: task.Task{Kind: c.kind}, Generate: &task.GenerateJob{}, Recognize: &task.RecognizeJob{Images: [][]byte{{1}}},
		})
		if err == nil {
			t.Errorf("%s: outcome %+v", name, out)
		}
	}
}
