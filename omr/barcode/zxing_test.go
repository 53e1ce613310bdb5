package barcode_test

import (
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// zxing reads a picture with another reader.
func zxing(t *testing.T, kind, value string, px int) string {
	t.Helper()
	s := encode(t, kind, value)
	if s.Least == 1 {
		px = 1
	}
	name := filepath.Join(t.TempDir(), "code.png")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, draw(s, px, 120)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "ZXingReader", "-bytes", name).Output()
	if err != nil {
		t.Errorf("ZXingReader %s %q: %v %s", kind, value, err, out)
	}
	return string(out)
}

// swiss is the example of the Swiss payment standards.
var swiss = "SPC\n0200\n1\nCH4431999123000889012\nS\nRobert Schneider AG\nRue du Lac\n1268\n2501\nBiel\nCH\n" +
	strings.Repeat("\n", 7) + "199.95\nCHF\n" + strings.Repeat("\n", 7) + "NON\n\nBill\nEPD"

// otherReader are kinds that another reader reads.
var otherReader = []struct {
	kind   string
	values []string
	says   func(string) string
}{
	{kind: "Pdf417", values: []string{
		"A", "Leafmark", "12345678901234567890", "MIXED text, with: punct;(uation) & 123", "lower UPPER Lower 1a2B3c!?", "a1;b2<c3>[d]4~5",
		strings.Repeat("The quick brown fox jumps over the lazy dog. 0123456789 ", 18), "\x01\x02\x03binary\x7f", "Grüße, Ελλάδα, 日本",
		strings.Repeat("98765432109876543210", 60), "tab\tand\r\nline", "{}|~`^_=+*",
	}},
	// A segment of a file is listed with each of its two scans.
	{kind: "MacroPdf417", values: []string{"Leafmark", "segment 0 of a file"}, says: func(v string) string { return v + v }},
	{kind: "MaxiCode", values: []string{
		"LEAFMARK", "lower and UPPER", "123456789012345678", "a;b<c>d=e?f@g!h|i", "ORDER 4711, 12345678 / 123456789!", strings.Repeat("MaxiCode ", 7),
		"[)>\x1e01\x1d96152382802",
	}},
	{kind: "SwissQR", values: []string{swiss}},
	{kind: "SwissPostParcel", values: []string{"980011234512345678", "RM123456785CH"}},
	{kind: "AustralianPosteParcel", values: []string{"(01)99312650999998(91)ABC1234567"}, says: func(string) string { return "0199312650999998" + "91ABC1234567" }},
}

// TestOtherReader lets another reader say what our symbols say.
func TestOtherReader(t *testing.T) {
	for _, tt := range otherReader {
		for _, value := range tt.values {
			want := value
			if tt.says != nil {
				want = tt.says(value)
			}
			if got := zxing(t, tt.kind, value, 4); strings.TrimSuffix(got, "\n") != strings.TrimSuffix(want, "\n") {
				t.Errorf("%s %q: the other reader says %q", tt.kind, value, got)
			}
		}
	}
}
