package conformance

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"image"
	"image/color"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/synth"
)

func TestCheck35And36TwoPages(t *testing.T) {
	_, c := node(t)
	id := c.post(generateKind, markup(twoPages))
	a := c.wait(generateKind, id)
	if a.types() != "Png Png Omr" {
		t.Fatalf("results %q: %.300s", a.types(), a.raw)
	}
	for n := range 2 {
		if got := decode(t, a.file(t, n)).Bounds().Size(); got != image.Pt(2480, 3508) {
			t.Errorf("page %d is %v", n+1, got)
		}
	}
	if bytes.Equal(a.file(t, 0), a.file(t, 1)) {
		t.Error("both pages are the same picture")
	}
	p, warnings, err := omr.ReadPattern(a.file(t, 2))
	if err != nil || len(warnings) != 0 || len(p.Pages) != 2 {
		t.Errorf("pattern of %d pages: %v %v", len(p.Pages), warnings, err)
	}
	if again := c.get(generateKind, id); !bytes.Equal(again.raw, a.raw) {
		t.Error("a second GET gives other bytes")
	}
	if other := c.ok(generateKind, markup(twoPages)); !bytes.Equal(other.file(t, 2), a.file(t, 2)) {
		t.Error("the same request made another pattern (spec/api.md 10, 32)")
	}
}

// Checks 37, 38: the empty page, in every format that may be asked for.
func TestCheck37And38FormatsOfAResult(t *testing.T) {
	_, c := node(t)
	pages, pattern := c.form(poll)
	const csv = "Element Name,Value,\nBadge,\"\"\nQuestion1,\"\"\nQuestion2,\"\"\n"
	for _, at := range []struct{ format, kind string }{
		{"", "Csv"},
		{"CSV", "Csv"},
		{"Csv", "Csv"},
		{"csv", "Csv"},
		{"Txt", "Txt"},
		{"JSON", "Json"},
		{"Json", "Json"},
		{"json", "Json"},
		{"XML", "Xml"},
		{"Xml", "Xml"},
	} {
		body := filled(pages[0], pattern)
		if at.format != "" {
			body["outputFormat"] = at.format
		}
		a := c.ok(recognizeKind, body)
		if a.types() != at.kind {
			t.Errorf("%q gave %q", at.format, a.types())
			continue
		}
		data := a.file(t, 0)
		if len(data) == 0 || data[len(data)-1] != '\n' || bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
			t.Errorf("%q: %q", at.format, data)
		}
		var names, values []string
		switch at.kind {
		case "Csv", "Txt":
			if string(data) != csv {
				t.Errorf("%q gave %q, want %q", at.format, data, csv)
			}
			continue
		case "Json":
			var got struct {
				RecognitionResults []struct{ ElementName, Value *string }
			}
			if err := json.Unmarshal(data, &got); err != nil {
				t.Errorf("%q: %v in %s", at.format, err, data)
			}
			for _, r := range got.RecognitionResults {
				if r.ElementName == nil || r.Value == nil {
					t.Fatalf("a member is missing: %s", data)
				}
				names, values = append(names, *r.ElementName), append(values, *r.Value)
			}
		case "Xml":
			var got struct {
				XMLName           xml.Name `xml:"RecognitionResults"`
				RecognitionResult []struct{ ElementName, Value string }
			}
			if err := xml.Unmarshal(data, &got); err != nil {
				t.Errorf("%q: %v in %s", at.format, err, data)
			}
			for _, r := range got.RecognitionResult {
				names, values = append(names, r.ElementName), append(values, r.Value)
			}
		}
		if strings.Join(names, " ") != "Badge Question1 Question2" || strings.Join(values, "") != "" {
			t.Errorf("%q: names %q, values %q", at.format, names, values)
		}
	}
}

// A filled sheet by every format: what the pen wrote is what each of them says.
func TestCheck38FilledSheet(t *testing.T) {
	_, c := node(t)
	pages, pattern := c.form(poll)
	p, _, err := omr.ReadPattern(pattern)
	if err != nil {
		t.Fatal(err)
	}
	truth := synth.Truth{"Question1": {"B"}, "Question2": {"A", "C"}, "Badge": {"1", "9", "0", "4"}}
	sheet := encode(t, synth.Fill(decode(t, pages[0]), p, truth, synth.BallpointBlue, 38))
	for format, want := range map[string]string{
		"Csv":  "Element Name,Value,\nBadge,\"1904\"\nQuestion1,\"B\"\nQuestion2,\"A,C\"\n",
		"Json": "{\n  \"RecognitionResults\": [\n    {\n      \"ElementName\": \"Badge\",\n      \"Value\": \"1904\"\n    },\n    {\n      \"ElementName\": \"Question1\",\n      \"Value\": \"B\"\n    },\n    {\n      \"ElementName\": \"Question2\",\n      \"Value\": \"A,C\"\n    }\n  ]\n}\n",
		"Xml": "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<RecognitionResults>\n" +
			"  <RecognitionResult>\n    <ElementName>Badge</ElementName>\n    <Value>1904</Value>\n  </RecognitionResult>\n" +
			"  <RecognitionResult>\n    <ElementName>Question1</ElementName>\n    <Value>B</Value>\n  </RecognitionResult>\n" +
			"  <RecognitionResult>\n    <ElementName>Question2</ElementName>\n    <Value>A,C</Value>\n  </RecognitionResult>\n</RecognitionResults>\n",
	} {
		body := filled(sheet, pattern)
		body["outputFormat"] = format
		if got := string(c.ok(recognizeKind, body).file(t, 0)); got != want {
			t.Errorf("%s is %q, want %q", format, got, want)
		}
	}
}

func TestCheck43RedLetter(t *testing.T) {
	_, c := node(t)
	body := markup(poll)
	body["settings"] = object{"bubbleColor": "red", "paperSize": "letter"}
	page := decode(t, c.ok(generateKind, body).file(t, 0))
	if got := page.Bounds().Size(); got != image.Pt(2551, 3295) {
		t.Errorf("the page is %v", got)
	}
	for y := range page.Bounds().Dy() {
		for x := range page.Bounds().Dx() {
			if color.RGBAModel.Convert(page.At(x, y)) == (color.RGBA{R: 255, A: 255}) {
				return
			}
		}
	}
	t.Error("nothing on the page is red")
}

// Check 82: the example of the documentation fetches once, right after its POST.
func TestCheck82FetchOnce(t *testing.T) {
	_, c := node(t)
	c.form(poll) // the first form of a process loads the fonts
	if a := c.get(generateKind, c.post(generateKind, markup(poll))); a.ResponseStatusCode != "Ok" {
		t.Errorf("fetched once: %.200s", a.raw)
	}
}

func TestCheck91PDF(t *testing.T) {
	_, c := node(t)
	for name, at := range map[string]struct {
		source, pages string
	}{
		"one page":  {poll, "1"},
		"two pages": {twoPages, "2"},
	} {
		body := markup(at.source)
		body["outputFormat"] = "Pdf"
		a := c.ok(generateKind, body)
		if a.types() != "Pdf Omr" {
			t.Errorf("%s: results %q", name, a.types())
		}
		cmd := exec.CommandContext(t.Context(), "pdfinfo", "-")
		cmd.Stdin = bytes.NewReader(a.file(t, 0))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("pdfinfo (poppler-utils): %v\n%s", err, out)
		}
		facts := map[string]string{}
		for _, line := range strings.Split(string(out), "\n") {
			key, value, _ := strings.Cut(line, ":")
			facts[key] = strings.TrimSpace(value)
		}
		if facts["Pages"] != at.pages || !strings.Contains(facts["Page size"], "(A4)") {
			t.Errorf("%s: %q pages of %q", name, facts["Pages"], facts["Page size"])
		}
	}
}

// Checks 49, 100: asked as the published Python client asks, with its double
// slash and a Content-Type on a GET.
func TestCheck49And100UnknownID(t *testing.T) {
	_, c := node(t)
	const id = "11111111-2222-4333-8444-555555555555"
	for _, kind := range []string{generateKind, recognizeKind} {
		status, data := c.must(http.MethodGet, "/v5.0/omr//"+kind+"Template/Get"+kind+"Template?id="+id, nil,
			"Accept", "application/json", "User-Agent", "Swagger-Codegen/1.0.0/python", "Accept-Encoding", "identity")
		const want = `{"id":"` + id + `","responseStatusCode":"TaskNotFound","results":null,` +
			`"error":{"messages":["There is no such task, or its results are older than 24 hours."],"warnings":[]}}`
		if status != http.StatusOK || strings.TrimSpace(string(data)) != want {
			t.Errorf("%s: %d %s", kind, status, data)
		}
	}
}

// Check 50: nothing of one application is another's, on any route.
func TestCheck50ApplicationsDoNotSeeEachOther(t *testing.T) {
	s, a := node(t)
	b := connect(t, s.URL, s.App("other"))
	pages, pattern := a.form(poll)
	for kind, body := range map[string]object{
		generateKind: markup(poll), recognizeKind: filled(pages[0], pattern),
	} {
		id := a.post(kind, body)
		want := a.wait(kind, id)
		const unknown = "11111111-2222-4333-8444-555555555555"
		foreign := b.get(kind, id)
		if none := b.get(kind, unknown); string(foreign.raw) != strings.ReplaceAll(string(none.raw), unknown, id) {
			t.Errorf("%s: a foreign task is told from none: %s", kind, foreign.raw)
		}
		for _, path := range []string{
			"/v5.0/omr/" + kind + "Template?id=" + id,
			"/v5.0/omr/" + kind + "Template/Cancel" + kind + "Template?id=" + id,
		} {
			if status, data := b.must(http.MethodDelete, path, []byte("{}")); status != http.StatusNotFound {
				t.Errorf("DELETE %s by another: %d %s", path, status, data)
			}
		}
		if status, _ := a.must(http.MethodGet, "/api/v1/tasks/"+id, nil); status != http.StatusOK {
			t.Fatalf("the owner's GET of the own API: %d", status)
		}
		for _, path := range []string{"/api/v1/tasks/" + id, "/api/v1/tasks/" + id + "/files/form.omr", "/api/v1/tasks/" + id + "/files/result.csv"} {
			if status, data := b.must(http.MethodGet, path, nil); status != http.StatusNotFound {
				t.Errorf("GET %s by another: %d %.200s", path, status, data)
			}
		}
		if got := a.get(kind, id); !bytes.Equal(got.raw, want.raw) || got.ResponseStatusCode != "Ok" {
			t.Errorf("%s: the owner's result changed: %.200s", kind, got.raw)
		}
	}
}
