package checklist

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/synth"
)

// code is a barcode of a form and what recognition says of it.
type code struct {
	kind, value, read string
	zxing             string // what another reader says; empty: it does not know the kind
}

// swissPayment is the example of the Swiss payment standards.
var swissPayment = "SPC\n0200\n1\nCH4431999123000889012\nS\nRobert Schneider AG\nRue du Lac\n1268\n2501\nBiel\nCH\n" +
	strings.Repeat("\n", 7) + "199.95\nCHF\n" + strings.Repeat("\n", 7) + "NON\n\nBill\nEPD"

// everyKind has one code of each type of spec/markup.md 6.8.
var everyKind = []code{
	{"AustralianPosteParcel", "(01)99312650999998(91)ABC123", "(01)99312650999998(91)ABC123", "019931265099999891ABC123"},
	{"AustraliaPost", "5912345678AB123", "5912345678AB123", ""},
	{"Aztec", "Leafmark 24778", "Leafmark 24778", "Leafmark 24778"},
	{"Codabar", "40156", "40156", "40156"},
	{"CodablockF", "Leafmark 2026", "Leafmark 2026", ""},
	{"Code11", "123-45", "123-45", ""},
	{"Code128", "Leafmark-128", "Leafmark-128", "Leafmark-128"},
	{"Code16K", "Leafmark 16", "Leafmark 16", ""},
	{"Code32", "15478977", "154789770", ""},
	{"Code39Extended", "Mixed+Case", "Mixed+Case", ""},
	{"Code39Standard", "CODE 39", "CODE 39", "CODE 39"},
	{"Code93Extended", "code 93!", "code 93!", "code 93!"},
	{"Code93Standard", "CODE93", "CODE93", "CODE93"},
	{"DatabarExpanded", "(01)90012345678908(3103)001750", "(01)90012345678908(3103)001750", "(01)90012345678908(3103)001750"},
	{"DatabarExpandedStacked", "(01)98898765432106(3202)012345(15)991231", "(01)98898765432106(3202)012345(15)991231", ""},
	{"DatabarLimited", "1501234567890", "(01)15012345678907", ""},
	{"DatabarOmniDirectional", "2001234567890", "(01)20012345678909", "20012345678909"},
	{"DatabarStacked", "0401234567890", "(01)04012345678901", ""},
	{"DatabarStackedOmniDirectional", "0950110153000", "(01)09501101530003", ""},
	{"DatabarTruncated", "1234567890128", "(01)12345678901286", "12345678901286"},
	{"DataLogic2of5", "0123456789", "0123456789", ""},
	{"DataMatrix", "Leafmark 16022", "Leafmark 16022", "Leafmark 16022"},
	{"DeutschePostIdentcode", "56310243031", "563102430313", "563102430313"},
	{"DeutschePostLeitcode", "2134807501640", "21348075016401", "21348075016401"},
	{"DotCode", "Leafmark dots", "Leafmark dots", ""},
	{"DutchKIX", "2500GG30250", "2500GG30250", ""},
	{"EAN13", "400638133393", "4006381333931", "4006381333931"},
	{"EAN14", "0491234512345", "(01)04912345123459", "0104912345123459"},
	{"EAN8", "9031101", "90311017", "90311017"},
	{"GS1Code128", "(01)04912345123459(10)ABC", "(01)04912345123459(10)ABC", "010491234512345910ABC"},
	{"GS1DataMatrix", "(01)04912345123459(10)ABC", "(01)04912345123459(10)ABC", "010491234512345910ABC"},
	{"GS1QR", "(01)04912345123459(10)ABC", "(01)04912345123459(10)ABC", "010491234512345910ABC"},
	{"IATA2of5", "0123456789", "0123456789", ""},
	{"Interleaved2of5", "12345678", "12345678", "12345678"},
	{"ISBN", "978-3-16-148410-0", "9783161484100", "9783161484100"},
	{"ISMN", "979-0-2306-7118-7", "9790230671187", "9790230671187"},
	{"ISSN", "0317-8471", "9770317847001", "9770317847001"},
	{"ItalianPost25", "12345678901", "123456789012", "123456789012"},
	{"ITF14", "1540014128876", "15400141288763", "15400141288763"},
	{"ITF6", "12345", "123457", "123457"},
	{"MacroPdf417", "Leafmark segment", "Leafmark segment", "Leafmark segment"},
	{"Mailmark", "21B2254800659JW5O9QA6Y", "21B2254800659JW5O9QA6Y", ""},
	{"Matrix2of5", "0123456789", "0123456789", ""},
	{"MaxiCode", "Leafmark, 16023", "Leafmark, 16023", ""},
	{"MicroPdf417", "Leafmark 24728", "Leafmark 24728", ""},
	{"MSI", "1234567", "1234567", ""},
	{"OneCode", "0123456709498765432101234", "0123456709498765432101234", ""},
	{"OPC", "123456789", "1234567895", "1234567895"},
	{"PatchCode", "T", "T", ""},
	{"Pdf417", "Leafmark, 15438 and more", "Leafmark, 15438 and more", "Leafmark, 15438 and more"},
	{"Pharmacode", "1234", "1234", ""},
	{"Planet", "12345678901", "12345678901", ""},
	{"Postnet", "12345", "12345", ""},
	{"PZN", "2758089", "27580899", ""},
	{"QR", "Leafmark 18004", "Leafmark 18004", "Leafmark 18004"},
	{"RM4SCC", "SN34RD1A", "SN34RD1A", ""},
	{"SCC14", "0491234512345", "(01)04912345123459", "0104912345123459"},
	{"SSCC18", "10614141192837465", "(00)106141411928374657", "00106141411928374657"},
	{"Standard2of5", "0123456789", "0123456789", ""},
	{"SwissPostParcel", "980011234512345678", "980011234512345678", "980011234512345678"},
	{"SwissQR", swissPayment, swissPayment, swissPayment},
	{"UPCA", "03600029145", "036000291452", "036000291452"},
	{"UPCE", "425261", "04252614", ""},
	{"VIN", "1M8GDM9AXKP042788", "1M8GDM9AXKP042788", "1M8GDM9AXKP042788"},
}

// codesTXT and codesJSON are a form of codes, one below the other; a value of
// several lines can be written in JSON alone.
func codesTXT(all []code) string {
	var b strings.Builder
	for _, c := range all {
		fmt.Fprintf(&b, "?barcode=%s\n\tvalue=%s\n\tbarcode_type=%s\n?empty_line=\n\theight=40\n", c.kind, c.value, c.kind)
	}
	return b.String()
}

func codesJSON(t *testing.T, all []code) string {
	t.Helper()
	type element map[string]any
	var children []element
	for _, c := range all {
		children = append(children,
			element{"element_type": "Barcode", "name": c.kind, "value": c.value, "barcode_type": c.kind},
			element{"element_type": "EmptyLine", "height": 40})
	}
	out, err := json.Marshal(element{"element_type": "Template", "children": []element{{"element_type": "Page", "children": children}}})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// oneCode is a form of one code in both markups.
func oneCode(t *testing.T, attributes ...string) (txt, js string) {
	t.Helper()
	txt = "?barcode=C\n"
	element := map[string]any{"element_type": "Barcode", "name": "C"}
	for _, a := range attributes {
		key, value, _ := strings.Cut(a, "=")
		txt += "\t" + a + "\n"
		element[key] = value
		if n, err := strconv.Atoi(value); err == nil && key != "value" {
			element[key] = n
		}
	}
	out, err := json.Marshal(map[string]any{
		"element_type": "Template",
		"children":     []any{map[string]any{"element_type": "Page", "children": []any{element}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return txt, string(out)
}

// placedCode lays out a form of one code in both markups, alike.
func placedCode(t *testing.T, attributes ...string) *layout.Document {
	t.Helper()
	txt, js := oneCode(t, attributes...)
	both(t, txt, js)
	doc, list := place(t, txt, form.Settings{})
	if doc == nil || list.Failed() {
		t.Fatalf("%v: %v", attributes, list)
	}
	return doc
}

// refusedCode is the diagnostics of a form of one code; both markups have the
// same codes.
func refusedCode(t *testing.T, attributes ...string) (found, causes []string) {
	t.Helper()
	txt, js := oneCode(t, attributes...)
	var all [2][]string
	for i, source := range []string{txt, js} {
		_, list := place(t, source, form.Settings{})
		for _, e := range list {
			all[i] = append(all[i], e.Code)
			causes = append(causes, e.Cause)
		}
	}
	if !slices.Equal(all[0], all[1]) {
		t.Errorf("%v: TXT says %v, JSON %v", attributes, all[0], all[1])
	}
	return all[0], causes
}

// codeBox is the place of the only code of a form.
func codeBox(t *testing.T, doc *layout.Document) (width, height float64) {
	t.Helper()
	for _, e := range doc.Pattern.Pages[0].Elements {
		if e.BarcodeType != "" {
			return e.Box.W, e.Box.H
		}
	}
	t.Fatal("the pattern has no code")
	return 0, 0
}

func TestZ01(t *testing.T) {
	line(t, "Z01")
	const module = 8 // px; matrix codes, 10.21
	for _, tt := range []struct {
		version string
		modules float64
	}{{"", 21}, {"auto", 21}, {"1", 21}, {"10", 57}} {
		attributes := []string{"value=LEAFMARK"}
		if tt.version != "" {
			attributes = append(attributes, "qr_version="+tt.version)
		}
		w, h := codeBox(t, placedCode(t, attributes...))
		if w != tt.modules*module || h != w {
			t.Errorf("qr_version %q is %g × %g px, want %g", tt.version, w, h, tt.modules*module)
		}
	}
	for _, tt := range []struct {
		attributes []string
		code       string
	}{
		{[]string{"value=" + strings.Repeat("x", 60), "qr_version=2"}, "LM316"},                  // too small
		{[]string{"value=(10)A", "barcode_type=GS1QR", "qr_version=3"}, "LM316"},                 // QR alone has versions
		{[]string{"value=leaf", "barcode_type=Pdf417", "qr_version=3"}, "LM306"},                 // the example of 16.3
		{[]string{"value=" + strings.Repeat("x", 3000), "qr_version=40"}, "LM317"},               // no version holds it
		{[]string{"value=x", "qr_version=41"}, "LM316"},                                          // no such version
		{[]string{"value=" + strings.Repeat("12", 60), "barcode_type=Interleaved2of5"}, "LM317"}, // too long
	} {
		if found, _ := refusedCode(t, tt.attributes...); !slices.Equal(found, []string{tt.code}) {
			t.Errorf("%.40v: %v, want %s", tt.attributes, found, tt.code)
		}
	}
}

func TestZ02(t *testing.T) {
	line(t, "Z02")
	if len(everyKind) != len(barcode.Names()) {
		t.Fatalf("%d kinds, want %d", len(everyKind), len(barcode.Names()))
	}
	for i, name := range barcode.Names() {
		if everyKind[i].kind != name {
			t.Fatalf("kind %d is %s, want %s", i, everyKind[i].kind, name)
		}
	}
	const aPage = 7
	for part := range slices.Chunk(everyKind, aPage) {
		source := codesJSON(t, part)
		if !slices.ContainsFunc(part, func(c code) bool { return strings.Contains(c.value, "\n") }) {
			both(t, codesTXT(part), source)
		}
		made := ofSource(t, source)
		rows := read(t, made, synth.Truth{})
		for _, c := range part {
			if rows[c.kind] != c.read {
				t.Errorf("%s %.40q is read as %q, want %q", c.kind, c.value, rows[c.kind], c.read)
			}
			if c.zxing == "" {
				continue
			}
			if got := otherReader(t, made, c.kind); !strings.Contains(got, c.zxing) {
				t.Errorf("%s %.40q: another reader says %q, want %q", c.kind, c.value, got, c.zxing)
			}
		}
	}
}

// otherReader asks ZXingReader what the code of that name on the printed page says.
func otherReader(t *testing.T, made printed, name string) string {
	t.Helper()
	for _, e := range made.pattern.Pages[0].Elements {
		if e.Name != name {
			continue
		}
		b := e.Box.Grow(45)
		at := image.Rect(int(b.X), int(b.Y), int(b.X+b.W), int(b.Y+b.H)).Intersect(made.pages[0].Bounds())
		sub, ok := made.pages[0].(interface {
			SubImage(r image.Rectangle) image.Image
		})
		if !ok {
			t.Fatalf("a page is a %T", made.pages[0])
		}
		var data bytes.Buffer
		if err := png.Encode(&data, sub.SubImage(at)); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "code.png")
		if err := os.WriteFile(file, data.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "ZXingReader", "-bytes", file).CombinedOutput()
		if err != nil {
			t.Errorf("ZXingReader: %v %s", err, out)
		}
		return string(out)
	}
	t.Errorf("the pattern has no %s", name)
	return ""
}

func TestZ03(t *testing.T) {
	line(t, "Z03")
	for written, kind := range map[string]string{
		"qr": "QR", "QR code": "QR", "code39StanDard": "Code39Standard", "code39": "Code39Standard", "pdf417": "Pdf417", "PDF417": "Pdf417",
		"upc": "UPCA", "jan": "EAN13", "jam": "EAN13", "ean": "EAN13", "CODE128": "Code128", "databarstacked": "DatabarStacked", "maxicode": "MaxiCode",
	} {
		value := "400638133393"
		switch kind {
		case "UPCA":
			value = value[:11]
		case "DatabarStacked":
			value += "1"
		}
		doc := placedCode(t, "value="+value, "barcode_type="+written)
		for _, e := range doc.Pattern.Pages[0].Elements {
			if e.BarcodeType != "" && e.BarcodeType != kind {
				t.Errorf("%s is %s, want %s", written, e.BarcodeType, kind)
			}
		}
	}
	doc := placedCode(t, "value=9031101", "barcode_type=ean")
	for _, e := range doc.Pattern.Pages[0].Elements {
		if e.BarcodeType != "" && e.BarcodeType != "EAN8" {
			t.Errorf("ean of seven digits is %s", e.BarcodeType)
		}
	}
	if found, causes := refusedCode(t, "value=1", "barcode_type=Kode128"); !slices.Equal(found, []string{"LM313"}) || !strings.Contains(causes[0], "Kode128") {
		t.Errorf("an unknown type: %v %v", found, causes)
	}
	if found, _ := refusedCode(t, "value=1", "barcode_type=aruco"); !slices.Equal(found, []string{"LM314"}) {
		t.Errorf("a type of 2018: %v, want LM314", found)
	}
}

func TestZ05(t *testing.T) {
	line(t, "Z05")
	for _, tt := range []struct{ kind, without, with, wrong string }{
		{"EAN13", "400638133393", "4006381333931", "4006381333932"},
		{"EAN8", "9031101", "90311017", "90311018"},
		{"UPCA", "03600029145", "036000291452", "036000291453"},
		{"UPCE", "0425261", "04252614", "04252615"},
		{"ITF14", "1540014128876", "15400141288763", "15400141288764"},
		{"Code32", "15478977", "154789770", "154789771"},
		{"PZN", "2758089", "27580899", "27580898"},
		{"DatabarOmniDirectional", "2001234567890", "20012345678909", "20012345678900"},
		{"Postnet", "12345", "123455", "123456"},
		{"SSCC18", "10614141192837465", "106141411928374657", "106141411928374658"},
	} {
		a, b := placedCode(t, "value="+tt.without, "barcode_type="+tt.kind), placedCode(t, "value="+tt.with, "barcode_type="+tt.kind)
		if x, y := modulesOf(a), modulesOf(b); x == "" || x != y {
			t.Errorf("%s differs with and without its check digit", tt.kind)
		}
		found, causes := refusedCode(t, "value="+tt.wrong, "barcode_type="+tt.kind)
		right := tt.with[len(tt.with)-1:]
		place := fmt.Sprintf("character %d", len(tt.wrong))
		if !slices.Equal(found, []string{"LM317"}) || !strings.Contains(causes[0], "should be "+right) || !strings.Contains(causes[0], place) {
			t.Errorf("%s %s: %v %v, want LM317, place and right digit", tt.kind, tt.wrong, found, causes)
		}
	}
	// Code32 prints what it says, spec/markup.md 10.21.
	doc := placedCode(t, "value=15478977", "barcode_type=Code32", "codetext=true")
	text := ""
	for _, item := range doc.Pages[0].Items {
		if item.Modules != nil {
			text += item.Modules.Label
		}
	}
	if text != "A154789770" {
		t.Errorf("Code32 prints %q", text)
	}
	txt, _ := oneCode(t, "value=15478977", "barcode_type=Code32")
	if rows := read(t, ofSource(t, txt), synth.Truth{}); rows["C"] != "154789770" {
		t.Errorf("Code32 is read as %q", rows["C"])
	}
}

// modulesOf writes the bars of a form's code.
func modulesOf(doc *layout.Document) string {
	out := ""
	for _, item := range doc.Pages[0].Items {
		if item.Modules != nil {
			out += fmt.Sprintln(item.Modules.Bars)
		}
	}
	return out
}

// TestCodesThatMustStand are codes that say another value upside down: turned by
// quarters they are refused, by other angles they are read right.
func TestCodesThatMustStand(t *testing.T) {
	for _, c := range []code{{kind: "Pharmacode", value: "1234"}, {kind: "DutchKIX", value: "2500GG30250"}, {kind: "PatchCode", value: "T"}} {
		for _, angle := range []string{"90", "180", "-90"} {
			found, _ := refusedCode(t, "value="+c.value, "barcode_type="+c.kind, "rotation_angle="+angle)
			if !slices.Contains(found, "LM213") {
				t.Errorf("%s turned by %s: %v, want LM213", c.kind, angle, found)
			}
		}
		for _, angle := range []string{"15", "135", "200"} {
			txt, _ := oneCode(t, "value="+c.value, "barcode_type="+c.kind, "rotation_angle="+angle)
			if got := read(t, ofSource(t, txt), synth.Truth{})["C"]; got != c.value {
				t.Errorf("%s turned by %s is read as %q", c.kind, angle, got)
			}
		}
	}
}
