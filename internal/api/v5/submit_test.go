package v5_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	v5 "github.com/leafmark/leafmark/internal/api/v5"
	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/omr"
)

const (
	bare   = "text/plain; charset=utf-8"
	quoted = "application/json; charset=utf-8"
)

// TestCheck25To29 is the table of spec/api.md 1.6 at both POST routes.
func TestCheck25To29IDByAccept(t *testing.T) {
	for _, c := range []struct{ accept, kind string }{
		{"text/plain", bare},
		{"application/json", quoted},
		{"", bare},
		{"*/*", bare},
		{"application/json, text/plain, */*", bare},
		{"text/html, image/gif, image/jpeg, */*; q=0.2", bare},
		{"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", bare},
		{"*", bare},
		{"text/json", "text/json; charset=utf-8"},
		{"image/png", bare},
		{"application/xml", bare},
		{"application/*", quoted},
		{"application/problem+json", quoted},
		{"text/plain,application/json,text/json", bare},
		{"application/json,text/plain", quoted},
		{"text/plain;q=0.5, application/json;q=0.9", quoted},
		{"text/plain;q=0.5, text/json;q=0.5", bare},
		{"APPLICATION/JSON", quoted},
		{"application/json;q=0", bare},
		{"*/*;q=0, application/json", quoted},
		{"application/json; charset=utf-8", quoted},
		{",;=,,", bare},
	} {
		for _, at := range []struct{ path, body string }{{pg, generation("")}, {pr, recognition("")}} {
			s := start(v5.Deps{})
			w := s.call("POST", at.path, at.body, "Accept", c.accept)
			body := accepted(t, w)
			if got := w.Header().Get("Content-Type"); got != c.kind {
				t.Errorf("%s Accept %q: Content-Type %q, want %q", at.path, c.accept, got, c.kind)
			}
			want := taskID
			if c.kind != bare {
				want = `"` + taskID + `"`
			}
			if body != want || w.Header().Get("Content-Length") != fmt.Sprint(len(want)) {
				t.Errorf("%s Accept %q: body %q, length %s", at.path, c.accept, body, w.Header().Get("Content-Length"))
			}
			if w.Header().Get("Cache-Control") != "no-store" {
				t.Error("an id that may be stored")
			}
		}
	}
}

func TestCheck40MemberNamesInAnyCase(t *testing.T) {
	var first string
	for _, body := range []string{
		`{"markupFile":"%s","images":{"a.png":"%s"},"settings":{"paperSize":"Letter","fontSize":13}}`,
		`{"MarkupFile":"%s","Images":{"a.png":"%s"},"Settings":{"PaperSize":"Letter","FontSize":13}}`,
		`{"MARKUPFILE":"%s","iMages":{"a.png":"%s"},"settinGs":{"papersize":"Letter","FONTSIZE":13}}`,
		`{"markupfile":"AAAA","markupFile":"%s","images":{"a.png":"%s"},"settings":{"paperSize":"A4","PaperSize":"Letter","fontSize":13}}`,
	} {
		s := start(v5.Deps{})
		accepted(t, s.call("POST", pg, fmt.Sprintf(body, b64(source), b64("picture"))))
		job := s.last(t).Generate
		if string(job.Markup) != source || string(job.Images["a.png"]) != "picture" {
			t.Fatalf("%s: job %q", body, job)
		}
		if first == "" {
			first = string(job.Settings)
		}
		if string(job.Settings) != first {
			t.Errorf("%s: settings %s, want %s", body, job.Settings, first)
		}
	}
	// Only ASCII letters have case here: the Kelvin sign is no k.
	w := start(v5.Deps{}).call("POST", pg, `{"mar`+"\u212a"+`upFile":"AAAA"}`)
	field(t, w, "markupFile")
}

func TestCheck41NoImages(t *testing.T) {
	for _, images := range []string{`"images":[]`, `"images":{}`, `"images":null`, ``, `"images":{"a.png":null}`} {
		s := start(v5.Deps{})
		accepted(t, s.call("POST", pg, generation(images)))
		if n := len(s.last(t).Generate.Images); n != 0 {
			t.Errorf("%s: %d images", images, n)
		}
	}
	field(t, start(v5.Deps{}).call("POST", pg, generation(`"images":["AAAA"]`)), "images")
	field(t, start(v5.Deps{}).call("POST", pg, generation(`"images":"AAAA"`)), "images")
}

func TestCheck42NullSettingsAreDefaults(t *testing.T) {
	settings := func(members string) string {
		s := start(v5.Deps{})
		accepted(t, s.call("POST", pg, generation(members)))
		job := s.last(t).Generate
		if fmt.Sprint(job.Formats) != "[png]" || len(job.Warnings) != 0 {
			t.Errorf("%s: formats %v, warnings %v", members, job.Formats, job.Warnings)
		}
		return string(job.Settings)
	}
	empty := settings(`"settings":{}`)
	for _, members := range []string{
		``, `"settings":null`, `"images":null,"outputFormat":null,"settings":{"paperSize":null,"orientation":null,
		"pageMarginLeft":null,"fontFamily":null,"fontSize":null,"fontStyle":null,"bubbleColor":null,"bubbleSize":null,"outputFormat":null}`,
	} {
		if got := settings(members); got != empty {
			t.Errorf("%s: settings %s, want %s", members, got, empty)
		}
	}
}

func TestCheck43And86EnumerationsAndNumbers(t *testing.T) {
	settings := func(members string) string {
		s := start(v5.Deps{})
		accepted(t, s.call("POST", pg, generation(`"settings":{`+members+`}`)))
		return string(s.last(t).Generate.Settings)
	}
	for want, same := range map[string][]string{
		`"bubbleColor":"Red"`:       {`"bubbleColor":"red"`, `"bubbleColor":" RED "`, `"bubbleColor":14`, `"bubbleColor":"#FF0000"`},
		`"bubbleColor":"LightGray"`: {`"bubbleColor":18`, `"bubbleColor":"lightgray"`},
		`"paperSize":"Letter"`:      {`"paperSize":"letter"`, `"paperSize":1`, `"paperSize":1.0`},
		`"paperSize":"A4"`:          {`"paperSize":2`, `"paperSize":"2"`},
		`"orientation":"Vertical"`:  {`"orientation":2`, `"Orientation":"VERTICAL"`},
		`"bubbleSize":"Extrasmall"`: {`"bubbleSize":10`, `"bubbleSize":"extraSmall"`},
		`"fontStyle":"Strikeout"`:   {`"fontStyle":5`, `"fontStyle":"STRIKEOUT"`},
		`"fontSize":12`:             {`"fontSize":"12"`, `"fontSize":12.0`, `"fontSize":1.2e1`, `"fontSize":" 12 "`},
		`"pageMarginLeft":0`:        {`"pageMarginLeft":-0`, `"pageMarginLeft":"0"`},
		`"multiselect":false`:       {`"multiselect":"False"`},
	} {
		canonical := settings(want)
		for _, s := range same {
			if got := settings(s); got != canonical {
				t.Errorf("%s: settings %s, want %s", s, got, canonical)
			}
		}
	}
}

func TestOutputFormatOfAForm(t *testing.T) {
	for _, c := range []struct {
		members, format string
		warned          bool
	}{
		{``, "png", false},
		{`"outputFormat":"Pdf"`, "pdf", false},
		{`"settings":{"outputFormat":"jpg"}`, "jpg", false},
		{`"settings":{"outputFormat":"Pdf"},"outputFormat":"Png"`, "pdf", false},
		{`"settings":{"outputFormat":"Png"},"outputFormat":"Pdf"`, "pdf", false},
		{`"settings":{"outputFormat":"Jpg"},"outputFormat":"Pdf"`, "jpg", false},
		{`"settings":{"outputFormat":"Png"}`, "png", false},
		{`"outputFormat":2`, "pdf", false},
		{`"outputFormat":"Jpeg"`, "jpg", false},
		{`"outputFormat":"Tiff"`, "tiff", false},
		{`"OutputFormat":"TIF"`, "tiff", false},
		{`"settings":{"outputformat":"gif"},"outputFormat":"Png"`, "gif", false},
		{`"outputFormat":"Bmp"`, "bmp", false},
		{`"outputFormat":"SVG"`, "svg", false},
		{`"settings":{"OutputFormat":2},"outputFormat":1`, "pdf", false},
		{`"outputFormat":null,"settings":{"outputFormat":null}`, "png", false},
		{`"outputFormat":"Csv"`, "png", true},
		{`"outputFormat":"internal"`, "png", true},
		{`"outputFormat":6`, "png", true},
		{`"settings":{"outputFormat":"Omr"},"outputFormat":"Png"`, "png", true},
	} {
		s := start(v5.Deps{})
		accepted(t, s.call("POST", pg, generation(c.members)))
		job := s.last(t).Generate
		if len(job.Formats) != 1 || job.Formats[0] != c.format || (len(job.Warnings) > 0) != c.warned {
			t.Errorf("%s: formats %v, warnings %q", c.members, job.Formats, job.Warnings)
		}
	}
}

func TestCheck38And46Recognition(t *testing.T) {
	for members, format := range map[string]string{
		``: "csv", `"outputFormat":"CSV"`: "csv", `"outputFormat":"Csv"`: "csv", `"outputFormat":"csv"`: "csv",
		`"outputFormat":null`: "csv", `"outputFormat":"JSON"`: "json", `"outputFormat":"XML"`: "xml",
		`"outputFormat":"Txt"`: "txt", `"OutputFormat":4`: "json",
	} {
		s := start(v5.Deps{})
		accepted(t, s.call("POST", pr, recognition(members)))
		job := s.last(t).Recognize
		if job.Format != format || !job.First || len(job.Images) != 1 ||
			string(job.Images[0]) != "picture" || string(job.Pattern) != "pattern" {
			t.Errorf("%s: job %+v", members, job)
		}
	}
	for members, want := range map[string]int{
		``: -1, `"recognitionThreshold":null`: -1, `"recognitionThreshold":0`: 0, `"recognitionThreshold":100`: 100,
		`"recognitionThreshold":"35"`: 35, `"recognitionThreshold":30.0`: 30,
	} {
		s := start(v5.Deps{})
		accepted(t, s.call("POST", pr, recognition(members)))
		got := -1
		if p := s.last(t).Recognize.Threshold; p != nil {
			got = *p
		}
		if got != want {
			t.Errorf("%s: threshold %d, want %d", members, got, want)
		}
	}
}

func TestCheck44UnknownMembersAreIgnored(t *testing.T) {
	s := start(v5.Deps{})
	accepted(t, s.call("POST", pg, generation(`"nonsense":[1,{"a":null}],"settings":{"nonsense":{"x":[]},"fontSize":13}`)))
}

func TestCheck45ByteOrderMark(t *testing.T) {
	s := start(v5.Deps{})
	accepted(t, s.call("POST", pg, "\uFEFF"+generation("")))
	if string(s.last(t).Generate.Markup) != source {
		t.Error("another markup")
	}
}

func TestUTF16Bodies(t *testing.T) {
	units := utf16.Encode([]rune(generation(`"images":{"blåbær 😀.png":"AAAA"}`)))
	for name, mark := range map[string]bool{"with mark": true, "without": false} {
		for _, big := range []bool{true, false} {
			var b bytes.Buffer
			put := func(u uint16) {
				if big {
					b.Write([]byte{byte(u >> 8), byte(u)})
				} else {
					b.Write([]byte{byte(u), byte(u >> 8)})
				}
			}
			if mark {
				put(0xFEFF)
			}
			for _, u := range units {
				put(u)
			}
			s := start(v5.Deps{})
			accepted(t, s.call("POST", pg, b.String(), "Content-Type", "application/json; charset=utf-16"))
			if job := s.last(t).Generate; string(job.Markup) != source || job.Images["blåbær 😀.png"] == nil {
				t.Errorf("%s, big %v: %q", name, big, job)
			}
		}
	}
}

func TestCheck56WholeBodies(t *testing.T) {
	for _, body := range []string{``, ` `, `{}`, `null`, `[]`, `"x"`, `5`, `true`, "\uFEFF"} {
		field(t, start(v5.Deps{}).call("POST", pg, body), "markupFile")
		field(t, start(v5.Deps{}).call("POST", pr, body), "images")
		field(t, start(v5.Deps{}).call("POST", pr, body), "omrFile")
	}
	for body, offset := range map[string]int{
		`{"markupFile":"AAA`: 18, `{"markupFile"`: 13, `{`: 1, `{"a":1,}`: 7, `{"a":01}`: 5, `{"a":1} x`: 8,
		`{/* no */}`: 1, `{'a':1}`: 1, `[1,2`: 4, `{"a":tru}`: 5, `{"a":"\x"}`: 6, "{\"a\":\"\n\"}": 6, "{\"a\":\"\xff\"}": 6,
		`{"a":+1}`: 5, `{"a":1.}`: 5, `{"a":.5}`: 5, `{"a" 1}`: 5, `nul`: 0,
	} {
		p := problem(t, start(v5.Deps{}).call("POST", pg, body), 400, "malformed_json")
		if want := fmt.Sprintf("byte offset %d:", offset); !strings.Contains(p["detail"].(string), want) {
			t.Errorf("%s: detail %q, want %s", body, p["detail"], want)
		}
		if _, there := p["errors"]; there {
			t.Errorf("%s: errors without a field", body)
		}
	}
}

func TestCheck57And58Base64ThatIsNone(t *testing.T) {
	for _, c := range []struct{ body, field, says string }{
		{`{"images":{}}`, "markupFile", "required"},
		{`{"markupFile":null}`, "markupFile", "required"},
		{`{"markupFile":""}`, "markupFile", "empty"},
		{`{"markupFile":"  "}`, "markupFile", "empty"},
		{`{"markupFile":5}`, "markupFile", "text"},
		{`{"markupFile":{}}`, "markupFile", "text"},
		{`{"markupFile":"§§§"}`, "markupFile", "haracter 1 "},
		{`{"markupFile":"AAAA*AAA"}`, "markupFile", "haracter 5 "},
		{`{"markupFile":"AAAAA"}`, "markupFile", "after character 5"},
		{`{"markupFile":"AA=A"}`, "markupFile", "haracter 4 "},
		{`{"markupFile":"AAAA="}`, "markupFile", "haracter 5 "},
		{`{"markupFile":"AAA=="}`, "markupFile", "haracter 5 "},
		{`{"markupFile":"===="}`, "markupFile", "haracter 1 "},
		{`{"markupFile":"data:image/png,AAAA"}`, "markupFile", "base64"},
		{`{"markupFile":"data:image/png;base64,AA!A"}`, "markupFile", "haracter 25 "},
		{generation(`"images":{"a.png":"%%%"}`), "images.a.png", "haracter 1 "},
		{generation(`"images":{"a.png":7}`), "images.a.png", "text"},
	} {
		if got := field(t, start(v5.Deps{}).call("POST", pg, c.body), c.field); !strings.Contains(got, c.says) {
			t.Errorf("%s: %q does not say %q", c.body, got, c.says)
		}
	}
}

func TestCheck59RecognitionFields(t *testing.T) {
	img := `"images":["` + b64("picture") + `"]`
	omr := `"omrFile":"` + b64("pattern") + `"`
	for body, name := range map[string]string{
		`{` + img + `}`:                        "omrFile",
		`{` + img + `,"omrFile":"*"}`:          "omrFile",
		`{` + img + `,"omrFile":null}`:         "omrFile",
		`{` + omr + `}`:                        "images",
		`{` + omr + `,"images":[]}`:            "images",
		`{` + omr + `,"images":{}}`:            "images",
		`{` + omr + `,"images":null}`:          "images",
		`{` + omr + `,"images":""}`:            "images",
		`{` + omr + `,"images":[""]}`:          "images[0]",
		`{` + omr + `,"images":[null]}`:        "images[0]",
		`{` + omr + `,"images":["AAAA",7]}`:    "images[1]",
		`{` + omr + `,"images":["AAAA","?a"]}`: "images[1]",
	} {
		field(t, start(v5.Deps{}).call("POST", pr, body), name)
	}
	s := start(v5.Deps{})
	accepted(t, s.call("POST", pr, `{`+omr+`,"images":"`+b64("one")+`"}`))
	if job := s.last(t).Recognize; len(job.Images) != 1 || string(job.Images[0]) != "one" {
		t.Errorf("a single text: %q", job.Images)
	}
}

func TestCheck60To62Values(t *testing.T) {
	for _, c := range []struct{ path, members, field, says string }{
		{pg, `"settings":{"paperSize":"A7"}`, "settings.paperSize", "A4, Letter, Legal"},
		{pg, `"settings":{"paperSize":""}`, "settings.paperSize", "A4"},
		{pg, `"settings":{"orientation":9}`, "settings.orientation", "Vertical, Horizontal"},
		{pg, `"settings":{"bubbleSize":"Huge"}`, "settings.bubbleSize", "Extrasmall, Small, Normal, Large, Extralarge"},
		{pg, `"settings":{"bubbleColor":"transparent"}`, "settings.bubbleColor", "Aqua, Aquamarine"},
		{pg, `"settings":{"bubbleColor":[]}`, "settings.bubbleColor", "An array"},
		{pg, `"settings":{"fontStyle":"bold, italic"}`, "settings.fontStyle", "Regular, Bold"},
		{pg, `"settings":{"outputFormat":"Docx"}`, "settings.outputFormat", "Png"},
		{pg, `"settings":{"fontFamily":5}`, "settings.fontFamily", "text"},
		{pg, `"settings":{"multiselect":1}`, "settings.multiselect", "true"},
		{pg, `"settings":[]`, "settings", "object"},
		{pg, `"outputFormat":"Docx"`, "outputFormat", "Png, Pdf, Jpg"},
		{pg, `"outputFormat":true`, "outputFormat", "Png"},
		{pg, `"settings":{"fontSize":-3}`, "settings.fontSize", "4 to 200"},
		{pg, `"settings":{"fontSize":12.5}`, "settings.fontSize", "12.5"},
		{pg, `"settings":{"fontSize":1e400}`, "settings.fontSize", "4 to 200"},
		{pg, `"settings":{"pageMarginLeft":99999}`, "settings.pageMarginLeft", "0 to 1000"},
		{pr, `"recognitionThreshold":-1`, "recognitionThreshold", "0 to 100"},
		{pr, `"recognitionThreshold":101`, "recognitionThreshold", "0 to 100"},
		{pr, `"recognitionThreshold":12.5`, "recognitionThreshold", "0 to 100"},
		{pr, `"recognitionThreshold":"x"`, "recognitionThreshold", "0 to 100"},
		{pr, `"recognitionThreshold":true`, "recognitionThreshold", "0 to 100"},
		{pr, `"outputFormat":"Docx"`, "outputFormat", "Csv, Json, Xml"},
		{pr, `"outputFormat":"Png"`, "outputFormat", "Csv"},
		{pr, `"outputFormat":1`, "outputFormat", "Csv"},
		{pr, `"outputFormat":"Internal"`, "outputFormat", "Csv"},
	} {
		body := generation(c.members)
		if c.path == pr {
			body = recognition(c.members)
		}
		if got := field(t, start(v5.Deps{}).call("POST", c.path, body), c.field); !strings.Contains(got, c.says) {
			t.Errorf("%s: %q does not say %q", c.members, got, c.says)
		}
	}
	// All that is wrong is told at once.
	w := start(v5.Deps{}).call("POST", pg, `{"settings":{"paperSize":"A7","fontSize":1},"outputFormat":"?"}`)
	for _, name := range []string{"markupFile", "settings.paperSize", "settings.fontSize", "outputFormat"} {
		field(t, w, name)
	}
}

func TestCheck69Bombs(t *testing.T) {
	deep := `{"a":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`
	problem(t, start(v5.Deps{}).call("POST", pg, deep), 400, "malformed_json")
	at := func(n int) string {
		return generation(`"x":` + strings.Repeat("[", n) + strings.Repeat("]", n))
	}
	accepted(t, start(v5.Deps{}).call("POST", pg, at(31))) // the object is the first level
	problem(t, start(v5.Deps{}).call("POST", pg, at(32)), 400, "malformed_json")

	small := v5.Deps{Bodies: wire.NewBodies(wire.BodyLimits{Max: 10_000})}
	long := generation(`"x":"` + strings.Repeat("a", 10_000) + `"`)
	problem(t, start(small).call("POST", pg, long), 413, "too_large")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(long))
	_ = z.Close()
	problem(t, start(small).call("POST", pg, packed.String(), "Content-Encoding", "gzip"), 413, "too_large")
}

func TestLimitsOfFiles(t *testing.T) {
	if got := field(t, start(v5.Deps{}).call("POST", pg, `{"markupFile":"`+b64(strings.Repeat("a", 4<<20+1))+`"}`), "markupFile"); !strings.Contains(got, "4194304") {
		t.Errorf("markupFile: %q", got)
	}
	var images []string
	for i := range 201 {
		images = append(images, fmt.Sprintf(`"%d.png":"AAAA"`, i))
	}
	field(t, start(v5.Deps{}).call("POST", pg, generation(`"images":{`+strings.Join(images, ",")+`}`)), "images")
	accepted(t, start(v5.Deps{}).call("POST", pg, generation(`"images":{`+strings.Join(images[:200], ",")+`}`)))
	sheets := strings.TrimSuffix(strings.Repeat(`"AAAA",`, 101), ",")
	field(t, start(v5.Deps{}).call("POST", pr, `{"omrFile":"AAAA","images":[`+sheets+`]}`), "images")
}

func TestCheck70ContentTypes(t *testing.T) {
	for kind, status := range map[string]int{
		"application/json": 200, "application/json; charset=utf-8": 200, "Application/JSON;charset=\"UTF-8\"": 200,
		"text/json": 200, "application/vnd.api+json": 200, "": 200, "application/json;": 200,
		"text/plain": 415, "application/x-www-form-urlencoded": 415, "multipart/form-data; boundary=x": 415,
		"application/xml": 415, "application/json; charset=latin9": 415, "nonsense": 415,
	} {
		w := start(v5.Deps{}).call("POST", pg, generation(""), "Content-Type", kind)
		if w.Code != status {
			t.Errorf("Content-Type %q: %d, want %d", kind, w.Code, status)
		}
		if status == 415 {
			problem(t, w, 415, "unsupported_media_type")
		}
	}
	problem(t, start(v5.Deps{}).call("POST", pg, generation(""), "Content-Encoding", "br"), 415, "unsupported_media_type")
}

func TestCheck74ImageNames(t *testing.T) {
	for sent, name := range map[string]string{
		"../../etc/passwd": "passwd", `C:\\logos\\a.png`: "a.png", "Crest.PNG": "Crest.PNG", "a b.png": "a b.png", "\\u00e6.png": "æ.png",
	} {
		s := start(v5.Deps{})
		accepted(t, s.call("POST", pg, generation(`"images":{"`+sent+`":"AAAA"}`)))
		if job := s.last(t).Generate; len(job.Images) != 1 || job.Images[name] == nil {
			t.Errorf("%s: %v", sent, job.Images)
		}
	}
	s := start(v5.Deps{})
	accepted(t, s.call("POST", pg, generation(`"images":{"a/x.png":"AAAA","b/x.png":"`+b64("second")+`"}`)))
	if job := s.last(t).Generate; string(job.Images["x.png"]) != "second" || len(job.Warnings) != 1 {
		t.Errorf("two of one name: %q, warnings %q", job.Images, job.Warnings)
	}
	field(t, start(v5.Deps{}).call("POST", pg, generation(`"images":{"folder/":"AAAA"}`)), "images.folder/")
}

func TestCheck85Base64Variants(t *testing.T) {
	for _, plain := range []string{"a", "ab", "abc", "\xfb\xff\xfe\xfa", strings.Repeat("\xfb\xef\xff long ", 40)} {
		std := base64.StdEncoding.EncodeToString([]byte(plain))
		lines := ""
		for i := 0; i < len(std); i += 60 {
			lines += std[i:min(len(std), i+60)] + `\r\n`
		}
		for how, text := range map[string]string{
			"standard":      std,
			"java":          strings.ReplaceAll(std, "=", `\u003d`),
			"php":           strings.ReplaceAll(std, "/", `\/`),
			"escaped":       strings.ReplaceAll(std, "/", `\u002F`),
			"lines":         lines,
			"tabs":          `\t ` + std[:2] + ` \t` + std[2:] + ` \n`,
			"url-safe":      strings.NewReplacer("+", "-", "/", "_").Replace(std),
			"unpadded":      strings.TrimRight(std, "="),
			"data":          `data:image/png;base64,` + std,
			"data, params":  `DATA:image/png;name=a.png;BASE64,` + std,
			"data, escaped": `data:image\/png;base64,` + std,
		} {
			s := start(v5.Deps{})
			accepted(t, s.call("POST", pg, `{"markupFile":"`+text+`"}`))
			if got := string(s.last(t).Generate.Markup); got != plain {
				t.Errorf("%s of %q: %q", how, plain, got)
			}
		}
	}
}

func TestCheck88GzipRequest(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(generation("")))
	_ = z.Close()
	s := start(v5.Deps{})
	w := s.call("POST", pg, packed.String(), "Content-Encoding", "gzip")
	accepted(t, w)
	if string(s.last(t).Generate.Markup) != source || w.Header().Get("Content-Encoding") != "" {
		t.Error("another markup, or a packed id")
	}
	problem(t, start(v5.Deps{}).call("POST", pg, "no gzip", "Content-Encoding", "gzip"), 400, "validation_failed")
	problem(t, start(v5.Deps{}).call("POST", pg, packed.String()[:packed.Len()-9], "Content-Encoding", "gzip"), 400, "validation_failed")
}

func TestCheck89SeveralImages(t *testing.T) {
	s := start(v5.Deps{})
	accepted(t, s.call("POST", pr, `{"omrFile":"AAAA","images":["`+b64("first")+`","`+b64("second")+`"]}`))
	job := s.last(t).Recognize
	if len(job.Images) != 1 || string(job.Images[0]) != "first" || len(job.Warnings) != 1 || !strings.HasPrefix(job.Warnings[0], "LM851 ") {
		t.Errorf("images %q, warnings %q", job.Images, job.Warnings)
	}
}

func TestIdempotencyKeyIsPassedOn(t *testing.T) {
	s := start(v5.Deps{})
	accepted(t, s.call("POST", pg, generation(""), "Idempotency-Key", "k1"))
	if got := s.last(t).IdempotencyKey; got != "k1" {
		t.Errorf("key %q", got)
	}
	field(t, start(v5.Deps{}).call("POST", pg, generation(""), "Idempotency-Key", strings.Repeat("k", 256)), "Idempotency-Key")
}

// Every format of the API is one that the engine writes, and the other way round.
func TestFormatsAreTheEngines(t *testing.T) {
	for _, name := range omr.Formats() {
		s := start(v5.Deps{})
		accepted(t, s.call("POST", pg, generation(`"outputFormat":"`+name+`"`)))
		if job := s.last(t).Generate; !slices.Equal(job.Formats, []string{name}) || len(job.Warnings) != 0 {
			t.Errorf("%s: formats %v, warnings %q", name, job.Formats, job.Warnings)
		}
	}
	answer := start(v5.Deps{}).call("POST", pg, generation(`"settings":{"outputFormat":"Docx"}`))
	field(t, answer, "settings.outputFormat")
	for _, name := range omr.Formats() {
		if !strings.Contains(strings.ToLower(answer.Body.String()), name) {
			t.Errorf("the refusal does not offer %s: %s", name, answer.Body)
		}
	}
	field(t, start(v5.Deps{}).call("POST", pg, generation(`"outputFormat":99`)), "outputFormat")
	field(t, start(v5.Deps{}).call("POST", pg, generation(`"outputFormat":""`)), "outputFormat")
}

// The settings of spec/markup.md 7.1 that no client sends reach the job too.
func TestSettingsOfOurs(t *testing.T) {
	s := start(v5.Deps{})
	accepted(t, s.call("POST", pg, generation(`"settings":{"WritingSystem":"hebrew","nativeNumbers":"true","longWordHandling":"Draw over"}`)))
	job := s.last(t).Generate
	if want := `{"writingSystem":"Hebrew","nativeNumbers":true,"longWordHandling":"drawover"}`; string(job.Settings) != want || len(job.Warnings) != 0 {
		t.Errorf("settings %s, want %s; warnings %q", job.Settings, want, job.Warnings)
	}
	field(t, start(v5.Deps{}).call("POST", pg, generation(`"settings":{"writingSystem":"Klingon"}`)), "settings.writingSystem")
	field(t, start(v5.Deps{}).call("POST", pg, generation(`"settings":{"longWordHandling":"cut"}`)), "settings.longWordHandling")
}

func TestSubmittedJobsAreWhole(t *testing.T) {
	s := start(v5.Deps{})
	accepted(t, s.call("POST", pg, generation(`"images":{"a":"`+b64("one")+`","b":"`+b64("two")+`"}`)))
	sub := s.last(t)
	if sub.Kind != task.Generate || sub.Recognize != nil || !json.Valid(sub.Generate.Settings) {
		t.Errorf("submission %+v, settings %s", sub, sub.Generate.Settings)
	}
	if string(sub.Generate.Images["a"]) != "one" || string(sub.Generate.Images["b"]) != "two" {
		t.Errorf("images %q", sub.Generate.Images)
	}
}
