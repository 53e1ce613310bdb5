package pattern_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

func load(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func read(t testing.TB, b []byte) (*pattern.Pattern, fault.List) {
	t.Helper()
	p, warnings, err := pattern.Read(b)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return p, warnings
}

func write(t testing.TB, p *pattern.Pattern) []byte {
	t.Helper()
	b, err := pattern.Write(p)
	if err != nil {
		t.Fatalf("Write: %v", err)
	}
	return b
}

func TestReadEveryElementType(t *testing.T) {
	p, warnings := read(t, load(t, "every.omr"))
	if len(warnings) != 2 || warnings[0].Code != "LM852" || warnings[1].Code != "LM853" {
		t.Fatalf("warnings %v, want LM852 and LM853", warnings)
	}
	page := p.Pages[0]
	if page.Width != 2480 || page.Height != 3508 || page.RotationMarker != "TopRight1" {
		t.Errorf("page %v x %v, rotation %q", page.Width, page.Height, page.RotationMarker)
	}
	if len(page.Markers) != 3 || page.Markers[0].Kind != pattern.CornerMarker || page.Markers[1].Kind != pattern.TurnMarker ||
		page.Markers[2].Kind != pattern.CornerMarker {
		t.Errorf("markers %+v", page.Markers)
	}
	var types []string
	for _, e := range page.Elements {
		types = append(types, string(e.Type))
	}
	want := "ChoiceBox Grid CompositeGridOmr:#Aspose.OMR.TemplateModel CompositeGridOmr:#Aspose.OMR.TemplateModel CheckBox ScoreGroup ReplaceTrigger Barcode BarcodeDownloadable ClipArea ReplaceTrigger"
	if got := strings.Join(types, " "); got != want {
		t.Errorf("types\n%s, want\n%s", got, want)
	}
	choice := page.Elements[0]
	if got, want := choice.Groups[0].Bubbles[1].Box, (geom.PageRect{X: 640.5, Y: 565, W: 70, H: 70}); got != want {
		t.Errorf("second bubble %v, want %v", got, want)
	}
	if choice.Groups[0].Bubbles[1].Valid || !choice.Groups[0].Bubbles[0].Valid {
		t.Error("IsValid: only the second bubble is invalid")
	}
	grid := page.Elements[1]
	if len(grid.Groups) != 2 || grid.Groups[0].Bubbles[0].Box.W != 62 || grid.Groups[1].Bubbles[0].Box.W != 40 {
		t.Errorf("grid sections %+v: the first takes the grid's bubble size, the second has its own", grid.Groups)
	}
	if n := len(page.Elements[2].Groups); n != 2 {
		t.Errorf("composite grid has %d sections, want 2", n)
	}
	check := page.Elements[4]
	if check.Threshold == nil || *check.Threshold != 3 || check.Box != (geom.PageRect{}) {
		t.Errorf("check box threshold %v, box %v", check.Threshold, check.Box)
	}
	score := page.Elements[5]
	b := score.Questions[0].Answers[0].Bubbles
	if b[0].Score != 2 || !b[0].Positive || b[1].Score != -1 || b[1].Positive {
		t.Errorf("score bubbles %+v", b)
	}
	trigger := page.Elements[6]
	if trigger.Target != "Q1" || trigger.Value != "skipped" {
		t.Errorf("trigger %+v", trigger)
	}
	if c := page.Elements[9]; !c.Required || c.JPEGQuality != 80 {
		t.Errorf("clip area %+v", c)
	}
	if got := page.Elements[10].Path; got != "Pages[0].Elements[13]" {
		t.Errorf("path %s counts the file's elements", got)
	}
	if string(page.ImageData) != "picture" {
		t.Errorf("ImageData %q", page.ImageData)
	}
}

// keys are all key paths of a JSON value, lower case, list indexes dropped.
func keys(v any, at string, into map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, m := range v {
			path := at + "." + strings.ToLower(k)
			into[path] = true
			keys(m, path, into)
		}
	case []any:
		for _, m := range v {
			keys(m, at+"[]", into)
		}
	}
}

func keysOf(t *testing.T, b []byte) map[string]bool {
	t.Helper()
	var v any
	if err := json.Unmarshal(bytes.TrimPrefix(b, []byte("\ufeff")), &v); err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	keys(v, "", out)
	return out
}

func TestRewritingKeepsEveryKey(t *testing.T) {
	for _, name := range []string{"every.omr", "old.omr"} {
		b := load(t, name)
		p, _ := read(t, b)
		out := write(t, p)
		got := keysOf(t, out)
		for k := range keysOf(t, b) {
			if !got[k] {
				t.Errorf("%s: key %s is lost", name, k)
			}
		}
		again, _ := read(t, out)
		if twice := write(t, again); !bytes.Equal(twice, out) {
			t.Errorf("%s: writing is not a fixed point", name)
		}
	}
}

// made is a pattern as layout makes it.
func made() *pattern.Pattern {
	yes := true
	corner := func(name string, x, y float64) pattern.Marker {
		return pattern.Marker{Name: name, Box: geom.PageRect{X: x, Y: y, W: 128, H: 128}}
	}
	info := pattern.ElementInfo{Shape: "round", Outline: 3, Printed: pattern.Box{5, 5, 60, 60}, Symbols: []string{"A"}, Color: "#000000", Multiselect: &yes}
	p := &pattern.Pattern{
		Version: "1.0", Name: "Größe <1> & \"Ünï\"\u2028", TemplateID: "ABCDEFGHIJKL", Generated: true,
		Pages: []pattern.Page{{
			Width: 2480, Height: 3508, RotationMarker: "TopRight1", ImageFormat: ".png",
			Elements: []pattern.Element{{
				Type: pattern.ChoiceBox, Name: "Question1", Box: geom.PageRect{X: 305, Y: 926, W: 1864, H: 157},
				Groups: []pattern.Group{{Bubbles: []pattern.Bubble{{Value: "A", Box: geom.PageRect{X: 305, Y: 926, W: 70, H: 70}, Valid: true}}}},
				Path:   "Pages[0].Elements[0]",
			}},
			Markers: []pattern.Marker{
				corner("ReferencePoint0", 25, 25), corner("ReferencePoint1", 2327, 25),
				corner("ReferencePoint2", 25, 3355), corner("ReferencePoint3", 2327, 3355),
				{Kind: pattern.TurnMarker, Name: "ReferencePoint4", Box: geom.PageRect{X: 2000, Y: 25, W: 256, H: 128}},
			},
		}},
		Ours: &pattern.Extension{Schema: pattern.Schema, Source: "00ff", DPI: 300, Elements: []pattern.ElementInfo{info}},
	}
	p.Pages[0].Elements[0].Ours = &p.Ours.Elements[0]
	return p
}

func TestReadingWhatWasWritten(t *testing.T) {
	p := made()
	got, warnings := read(t, write(t, p))
	if len(warnings) != 0 {
		t.Errorf("warnings %v", warnings)
	}
	if !reflect.DeepEqual(got, p) {
		t.Errorf("read %+v\nwant %+v", got, p)
	}
}

func TestWriteGolden(t *testing.T) {
	if got, want := write(t, made()), load(t, "made.omr"); !bytes.Equal(got, want) {
		t.Errorf("written\n%s\nwant\n%s", got, want)
	}
}

func TestWriteRefusesNumbersThatJSONCannotHold(t *testing.T) {
	p := made()
	p.Pages[0].Width /= 0.0 * p.Pages[0].Width
	if b, err := pattern.Write(p); err == nil {
		t.Errorf("an infinite page was written: %s", b)
	}
}

// lines is a pattern of so many questions with four bubbles each.
func lines(n int, name string) *pattern.Pattern {
	p := made()
	sample := p.Pages[0].Elements[0]
	p.Pages[0].Elements, p.Ours.Elements = make([]pattern.Element, n), make([]pattern.ElementInfo, n)
	for i := range n {
		info := *sample.Ours
		info.Element, info.Symbols = i, []string{"A", "B", "C", "D"}
		p.Ours.Elements[i] = info
		e := sample
		e.Ours, e.Name, e.Path = &p.Ours.Elements[i], fmt.Sprint(name, i), fmt.Sprintf("Pages[0].Elements[%d]", i)
		e.Groups = []pattern.Group{{}}
		for j, symbol := range info.Symbols {
			box := geom.PageRect{X: float64(305 + 95*j), Y: 926, W: 70, H: 70}
			e.Groups[0].Bubbles = append(e.Groups[0].Bubbles, pattern.Bubble{Value: symbol, Box: box, Valid: true})
		}
		p.Pages[0].Elements[i] = e
	}
	return p
}

// What is written can be read, or is not written: tabs give way to the limit.
func TestWriteLargestPattern(t *testing.T) {
	large := lines(pattern.MaxBubbles/4, "Quiz")
	b := write(t, large)
	if len(b) > pattern.MaxBytes || bytes.ContainsAny(b, "\t\n") {
		t.Errorf("%d bytes, with white space: %v", len(b), bytes.ContainsAny(b, "\t\n"))
	}
	if got, _ := read(t, b); !reflect.DeepEqual(got, large) {
		t.Error("the largest pattern is read otherwise")
	}
	if b := write(t, lines(1000, "Quiz")); !bytes.Contains(b, []byte("\n\t")) {
		t.Error("a small pattern is not indented")
	}
	b, err := pattern.Write(lines(1000, strings.Repeat("n", pattern.MaxBytes/1000)))
	if e := fault.As(err); b != nil || e == nil || e.Code != "LM106" || e.Kind != fault.TooLarge {
		t.Errorf("%d bytes were written, %v", len(b), err)
	}
}

const smallest = `{"Version":"1.0","Pages":[{"Width":2480,"Height":3508,"Elements":[` +
	`{"Type":"ChoiceBox","Name":"Q1","Width":70,"Height":70,"Top":100,"Left":100,"BubbleWidth":70,"BubbleHeight":70,` +
	`"Bubbles":[{"Value":"A","Top":"100","Left":100,"IsValid":true}]}]}]}`

func TestToleratedSpellings(t *testing.T) {
	for name, b := range map[string]string{
		"as it is":              smallest,
		"byte order mark":       "\ufeff" + smallest,
		"CRLF":                  strings.ReplaceAll(smallest, ",", ",\r\n"),
		"version as a number":   strings.Replace(smallest, `"1.0"`, "1.0", 1),
		"later minor version":   strings.Replace(smallest, `"1.0"`, `"1.7"`, 1),
		"no version":            strings.Replace(smallest, `"Version":"1.0",`, "", 1),
		"keys in lower case":    strings.NewReplacer("Pages", "pages", "Bubbles", "bubbles", "Type", "type", "Top", "top").Replace(smallest),
		"keys in upper case":    strings.NewReplacer("Elements", "ELEMENTS", "BubbleWidth", "BUBBLEWIDTH").Replace(smallest),
		"fraction in a string":  strings.Replace(smallest, `"100"`, `" 100.25 "`, 1),
		"exponent":              strings.Replace(smallest, `"100"`, `1e2`, 1),
		"last of equal keys":    strings.Replace(smallest, `"BubbleWidth":70`, `"BubbleWidth":"no","BubbleWidth":70`, 1),
		"half outside the page": strings.Replace(smallest, `"100"`, `-35`, 1),
		"name null":             strings.Replace(smallest, `"Q1"`, `null`, 1),
	} {
		p, warnings, err := pattern.Read([]byte(b))
		if err != nil || len(warnings) > 0 {
			t.Errorf("%s: %v %v", name, warnings, err)
			continue
		}
		if v := p.Pages[0].Elements[0].Groups[0].Bubbles[0].Value; v != "A" {
			t.Errorf("%s: bubble %q", name, v)
		}
	}
}

func TestRefusals(t *testing.T) {
	grid := func(elements string) string {
		return `{"Pages":[{"Width":9,"Height":9,"Elements":[{"Type":"Grid","Name":"G","Top":0,"Left":0,"Width":9,"Height":9,"Elements":` + elements + `}]}]}`
	}
	for _, c := range []struct{ name, in, code, path string }{
		{"empty", "", "pattern_invalid", ""},
		{"blank", " \n", "pattern_invalid", ""},
		{"not JSON", "omr", "pattern_invalid", ""},
		{"cut off", smallest[:len(smallest)-1], "pattern_invalid", ""},
		{"something behind", smallest + "{}", "pattern_invalid", ""},
		{"not UTF-8", strings.Replace(smallest, "Q1", "\xff", 1), "pattern_invalid", ""},
		{"a list", "[]", "pattern_invalid", ""},
		{"deep", strings.Repeat("[", 1e5) + strings.Repeat("]", 1e5), "pattern_invalid", ""},
		{"no page", `{"Pages":[]}`, "pattern_invalid", "Pages"},
		{"pages null", `{"Pages":null}`, "pattern_invalid", "Pages"},
		{"pages an object", `{"Pages":{}}`, "pattern_invalid", "Pages"},
		{"page a number", `{"Pages":[7]}`, "pattern_invalid", "Pages[0]"},
		{"page without size", `{"Pages":[{}]}`, "pattern_invalid", "Pages[0].Width"},
		{"page of size zero", strings.Replace(smallest, "2480", "0", 1), "pattern_invalid", "Pages[0].Width"},
		{"201 pages", `{"Pages":[` + strings.Repeat("0,", 200) + `0]}`, "pattern_invalid", "Pages"},
		{"version 2", strings.Replace(smallest, "1.0", "2.0", 1), "pattern_version", "Version"},
		{"huge version", strings.Replace(smallest, "1.0", strings.Repeat("9", 99), 1), "pattern_version", "Version"},
		{"version a word", strings.Replace(smallest, "1.0", "new", 1), "pattern_invalid", "Version"},
		{"element a number", `{"Pages":[{"Width":9,"Height":9,"Elements":[1]}]}`, "pattern_invalid", "Pages[0].Elements[0]"},
		{"element without type", strings.Replace(smallest, `"Type"`, `"Sort"`, 1), "pattern_invalid", "Pages[0].Elements[0].Type"},
		{"element of size zero", strings.Replace(smallest, `"Width":70`, `"Width":0`, 1), "pattern_invalid", "Pages[0].Elements[0].Width"},
		{"bubbles of size zero", strings.Replace(smallest, `"BubbleHeight":70`, `"BubbleHeight":0`, 1), "pattern_invalid", "Pages[0].Elements[0].BubbleHeight"},
		{"negative size", strings.Replace(smallest, `"BubbleHeight":70`, `"BubbleHeight":"-7"`, 1), "pattern_invalid", "Pages[0].Elements[0].BubbleHeight"},
		{"no bubble size", strings.Replace(smallest, `"BubbleHeight":70,`, ``, 1), "pattern_invalid", "Pages[0].Elements[0].BubbleHeight"},
		{"no bubbles", strings.Replace(smallest, `{"Value":"A","Top":"100","Left":100,"IsValid":true}`, ``, 1), "pattern_invalid", "Pages[0].Elements[0].Bubbles"},
		{"not a number", strings.Replace(smallest, `"100"`, `"NaN"`, 1), "pattern_invalid", "Pages[0].Elements[0].Bubbles[0].Top"},
		{"infinite", strings.Replace(smallest, `"100"`, `"Inf"`, 1), "pattern_invalid", "Pages[0].Elements[0].Bubbles[0].Top"},
		{"hexadecimal", strings.Replace(smallest, `"100"`, `"0x10"`, 1), "pattern_invalid", "Pages[0].Elements[0].Bubbles[0].Top"},
		{"over a million", strings.Replace(smallest, `"100"`, `1000001`, 1), "pattern_invalid", "Pages[0].Elements[0].Bubbles[0].Top"},
		{"overflow", strings.Replace(smallest, `"100"`, `1e999`, 1), "pattern_invalid", "Pages[0].Elements[0].Bubbles[0].Top"},
		{"no top", strings.Replace(smallest, `"Top":"100",`, ``, 1), "pattern_invalid", "Pages[0].Elements[0].Bubbles[0].Top"},
		{"far above the page", strings.Replace(smallest, `"100"`, `-71`, 1), "pattern_invalid", "Pages[0].Elements[0].Bubbles[0].Top"},
		{"below the page", strings.Replace(smallest, `"100"`, `3509`, 1), "pattern_invalid", "Pages[0].Elements[0].Bubbles[0].Top"},
		{"grid without sections", grid(`[]`), "pattern_invalid", "Pages[0].Elements[0].Elements"},
		{"grid with an empty section", grid(`[{"Type":"ChoiceBox","BubbleWidth":1,"BubbleHeight":1,"Bubbles":[]}]`), "pattern_invalid", "Pages[0].Elements[0].Elements[0].Bubbles"},
		{"grid in a grid", grid(`[{"Type":"Grid"}]`), "pattern_invalid", "Pages[0].Elements[0].Elements[0].Type"},
		{"page picture not base64", strings.Replace(smallest, `"Elements"`, `"ImageData":"*","Elements"`, 1), "pattern_invalid", "Pages[0].ImageData"},
		{"our key a list", strings.Replace(smallest, `"Version"`, `"Leafmark":[],"Version"`, 1), "pattern_invalid", "Leafmark"},
		{"our key of wrong types", strings.Replace(smallest, `"Version"`, `"Leafmark":{"schema":1,"dpi":"many"},"Version"`, 1), "pattern_invalid", "Leafmark.dpi"},
	} {
		p, _, err := pattern.Read([]byte(c.in))
		e := fault.As(err)
		if e == nil {
			t.Errorf("%s: read as %+v", c.name, p)
			continue
		}
		if e.Code != c.code || e.Where.Path != c.path {
			t.Errorf("%s: %s at %q, want %s at %q", c.name, e.Code, e.Where.Path, c.code, c.path)
		}
		if e.Cause == "" || e.Cure == "" {
			t.Errorf("%s: fault without cause or cure: %v", c.name, e)
		}
	}
}

func TestRefusalNamesElementPathAndExpectation(t *testing.T) {
	_, _, err := pattern.Read([]byte(strings.Replace(smallest, `"100"`, `true`, 1)))
	for _, want := range []string{`"Q1"`, "Pages[0].Elements[0].Bubbles[0].Top", "expected a number"} {
		if err == nil || !strings.Contains(fault.As(err).Cause, want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
}

func TestBubbleLimit(t *testing.T) {
	bubble := `{"Top":1,"Left":1}`
	list := func(n int) []byte {
		return []byte(`{"Pages":[{"Width":9,"Height":9,"Elements":[{"Type":"ChoiceBox","Width":1,"Height":1,"Top":0,"Left":0,"BubbleWidth":1,"BubbleHeight":1,"Bubbles":[` +
			strings.Repeat(bubble+",", n-1) + bubble + `]}]}]}`)
	}
	if _, _, err := pattern.Read(list(pattern.MaxBubbles)); err != nil {
		t.Errorf("%d bubbles: %v", pattern.MaxBubbles, err)
	}
	if _, _, err := pattern.Read(list(pattern.MaxBubbles + 1)); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("one bubble more: %v", err)
	}
	if _, _, err := pattern.Read(make([]byte, pattern.MaxBytes+1)); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("one byte more than the limit: %v", err)
	}
}

// TestAllocationIsBounded measures the worst inputs known: nothing may take more
// than 64 times the input (spec/pattern.md 4).
func TestAllocationIsBounded(t *testing.T) {
	const n = 20000
	in := func(elements, more string) string {
		return `{"Pages":[{"Width":9,"Height":9,"Elements":[` + strings.TrimSuffix(elements, ",") + `]}]` + more + `}`
	}
	many := func(s string) string { return strings.TrimSuffix(strings.Repeat(s, n), ",") }
	bubbles := many(`{"Top":1,"Left":1},`)
	for name, s := range map[string]string{
		"empty elements":   in(many(`{},`), ""),
		"unknown elements": in(many(`{"Type":""},`), ""),
		"clip areas":       in(many(`{"Type":"ClipArea","Top":0,"Left":0,"Width":1,"Height":1},`), ""),
		"check boxes":      in(many(`{"Type":"CheckBox"},`), ""),
		"markers":          in(many(`{"Type":"ReferencePoint","Top":0,"Left":0,"Width":1,"Height":1},`), ""),
		"bubbles":          in(`{"Type":"ChoiceBox","Width":1,"Height":1,"Top":0,"Left":0,"BubbleWidth":1,"BubbleHeight":1,"Bubbles":[`+bubbles+`]}`, ""),
		"sections":         in(`{"Type":"CompositeGrid","Width":1,"Height":1,"Top":0,"Left":0,"BubbleWidth":1,"BubbleHeight":1,"Bubbles":[`+many(`[{"Top":1,"Left":1}],`)+`]}`, ""),
		"questions":        in(`{"Type":"ScoreGroup","Questions":[`+many(`{"ScoreAnswers":[{"BubbleWidth":1,"BubbleHeight":1,"Bubbles":[{"Top":1,"Left":1}]}]},`)+`]}`, ""),
		"unknown keys":     in("", ","+many(`"":0,`)),
		"our empty items":  in("", `,"Leafmark":{"schema":1,"elements":[`+many(`{},`)+`]}`),
		"our least items":  in("", `,"Leafmark":{"schema":1,"elements":[`+many(`{"symbols":["",""]},`)+`]}`),
		"our symbols":      in("", `,"Leafmark":{"schema":1,"elements":[{"symbols":[`+many(`"",`)+`]}]}`),
		"brackets":         strings.Repeat("[", n),
	} {
		var before, after runtime.MemStats
		b := []byte(s)
		runtime.ReadMemStats(&before)
		_, _, _ = pattern.Read(b)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 64*uint64(len(b)) {
			t.Errorf("%s: %d bytes for %d, %.1f times", name, used, len(b), float64(used)/float64(len(b)))
		} else {
			t.Logf("%s: %.1f times", name, float64(used)/float64(len(b)))
		}
	}
}

func TestLaterSchemaIsKeptUnread(t *testing.T) {
	b := strings.Replace(smallest, `"Version"`, `"Leafmark":{"schema":2,"elements":"none"},"Version"`, 1)
	p, _ := read(t, []byte(b))
	if p.Ours != nil {
		t.Fatalf("a later schema was read: %+v", p.Ours)
	}
	if out := write(t, p); !bytes.Contains(out, []byte(`"schema": 2`)) {
		t.Errorf("the later schema is lost: %s", out)
	}
}

func TestInfoOfAChangedElementIsNotUsed(t *testing.T) {
	b := bytes.Replace(write(t, made()), []byte("\t\t\t\t\t\t\t\"IsValid\": true\n\t\t\t\t\t\t}"),
		[]byte("\t\t\t\t\t\t\t\"IsValid\": true\n\t\t\t\t\t\t}, {\"Value\":\"B\",\"Top\":926,\"Left\":400}"), 1)
	p, _ := read(t, b)
	if e := p.Pages[0].Elements[0]; len(e.Groups[0].Bubbles) != 2 || e.Ours != nil {
		t.Errorf("%d bubbles, info %v: what was printed for one bubble says nothing of two", len(e.Groups[0].Bubbles), e.Ours)
	}
}

func TestWarningsAreBounded(t *testing.T) {
	in := `{"Pages":[{"Width":9,"Height":9,"Elements":[` + strings.TrimSuffix(strings.Repeat(`{"Type":"Hologram"},`, 500), ",") + `]}]}`
	p, warnings := read(t, []byte(in))
	if len(warnings) != 100 {
		t.Errorf("%d warnings, want 100", len(warnings))
	}
	if n := bytes.Count(write(t, p), []byte("Hologram")); n != 500 {
		t.Errorf("%d unknown elements are kept, want 500", n)
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"every.omr", "old.omr", "made.omr"} {
		f.Add(load(f, name))
	}
	f.Add([]byte(smallest))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, _, err := pattern.Read(b)
		if err != nil {
			if e := fault.As(err); e == nil || e.Cause == "" {
				t.Fatalf("fault without cause: %v", err)
			}
			return
		}
		out, err := pattern.Write(p)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, _, err := pattern.Read(out)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, out)
		}
		twice, err := pattern.Write(again)
		if err != nil || !bytes.Equal(out, twice) {
			t.Fatalf("writing is not a fixed point: %v\n%s\n%s", err, out, twice)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var elements []string
	for i := range 100 {
		elements = append(elements, fmt.Sprintf(`{"Type":"ChoiceBox","Name":"Q%d","Width":70,"Height":70,"Top":100,"Left":100,"BubbleWidth":70,"BubbleHeight":70,"Bubbles":[%s]}`,
			i, strings.TrimSuffix(strings.Repeat(`{"Value":"A","Top":"100","Left":"100","IsValid":true},`, 9), ",")))
	}
	in := []byte(`{"Pages":[{"Width":2480,"Height":3508,"Elements":[` + strings.Join(elements, ",") + `]}]}`)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		read(b, in)
	}
}
