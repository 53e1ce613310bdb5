package barcode_test

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/barcode"
)

// zint asks another encoder for the modules of a symbol: its rows, as dark '#'
// and light '.'.
func zint(t *testing.T, width int, arguments ...string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "zint", append([]string{"--dump", "--direct"}, arguments...)...).Output()
	if err != nil {
		t.Fatalf("zint %q: %v (Debian's package zint)", arguments, err)
	}
	var rows []string
	for line := range strings.Lines(string(out)) {
		var b strings.Builder
		for _, r := range strings.TrimSpace(line) {
			if r == ' ' {
				continue
			}
			nibble, err := strconv.ParseUint(string(r), 16, 8)
			if err != nil {
				t.Fatalf("zint %q says %s", arguments, out)
			}
			fmt.Fprintf(&b, "%04b", nibble)
		}
		row := strings.NewReplacer("0", ".", "1", "#").Replace(b.String())
		if len(row) < width {
			row += strings.Repeat(".", width-len(row))
		}
		if strings.Contains(row[width:], "#") {
			t.Fatalf("zint's row is wider than %d modules: %s", width, row)
		}
		rows = append(rows, row[:width])
	}
	return rows
}

// distinctRows are ours, rows that repeat the one above left out.
func distinctRows(s *barcode.Symbol) []string {
	var rows []string
	for y := range s.Height {
		var b strings.Builder
		for x := range s.Width {
			if s.At(x, y) {
				b.WriteByte('#')
			} else {
				b.WriteByte('.')
			}
		}
		if strings.Trim(b.String(), "#") == "" {
			continue // a rule between rows, which zint does not list
		}
		if len(rows) == 0 || rows[len(rows)-1] != b.String() {
			rows = append(rows, b.String())
		}
	}
	return rows
}

// sameAs compares our symbol with the other encoder's.
func sameAs(t *testing.T, kind, value string, arguments ...string) {
	t.Helper()
	s, err := barcode.Encode(kind, value, 0)
	if err != nil {
		t.Error(err)
		return
	}
	ours, theirs := distinctRows(s), zint(t, s.Width, arguments...)
	var merged []string
	for _, row := range theirs {
		if len(merged) == 0 || merged[len(merged)-1] != row {
			merged = append(merged, row)
		}
	}
	if strings.Join(ours, "\n") != strings.Join(merged, "\n") {
		t.Errorf("%s %q:\n%s\nzint:\n%s", kind, value, strings.Join(ours, "\n"), strings.Join(merged, "\n"))
	}
}

var (
	dotcodes = []string{
		"1", "12", "1234567890", "abcdefg\x01hijk", "\t\tABCDEFGH", "Leafmark 2026 DotCode", strings.Repeat("0123456789", 30), strings.Repeat("Leafmark, ", 20),
	}
	mailmarks = []string{
		"1100000000000XY11     ", "21B2254800659JW5O9QA6Y", "11000000000000000XY11     ", "41038422416563762EF61AH8T ",
		"0100000000000AA000AA0A", "32E9999999999A9Z9ZZ9Z ", "01399123456789012EC4A1BB2A",
	}
	articles = []string{"2001234567890", "0000000000000", "9999999999999", "0950110153000", "1234567890128", "0401234567890"}
	expanded = []string{
		"(01)98898765432106(3202)012345(15)991231", "(01)90012345678908(3103)001750", "(01)90012345678908(3202)000156",
		"(01)90012345678908(3203)000156", "(01)90012345678908(3103)000012(17)150731", "(01)90012345678908(3105)012233",
		"(01)90012345678908(3920)1234", "(01)90012345678908(3922)795", "(01)90012345678908(3932)0401234", "(01)90012345678908(3922)795(10)ABC",
		"(01)00012345678905(10)ABC123", "(01)00012345678905", "(10)12A", "(10)1", "(10)12", "(10)123", "(10)1234a", "(21)lower&UPPER_12",
		"(21)A1B2C3D4E5F6G7", "(8110)106141416543213150110120", "(10)ABCDEF123456", "(10)abcdef123456", "(10)abcABCDE1234",
		"(91)12345678901234567890123456789012345678901234567890123456789012345678"[:60], "(10)ABC(21)xyz(11)240101", "(00)012345678901234560",
		"(01)98898765432106(3103)099999(11)000101", "(01)98898765432106(3103)100000", "(21)1234567890123456789",
	}
)

// sameModules are the kinds that zint draws as we do, and how it is asked.
var sameModules = []struct {
	kind   string
	zint   string // its arguments, the value's -d apart
	values []string
	theirs func(string) string // the value in its notation; nil: the same
}{
	{kind: "Code11", zint: "-b 1 --vers=1", values: []string{"1", "123-45", "0123456", "--------", "123456789"}},
	{kind: "Code11", zint: "-b 1", values: []string{"0123456789", "9876543210-9876543210-31415", "----------"}},
	{kind: "MSI", zint: "-b 47 --vers=1", values: []string{"1", "1234567", "80523", "0123456789012345", "99"}},
	{kind: "Standard2of5", zint: "-b 7", values: []string{"1", "0123456789", "99999", "31415926535"}},
	{kind: "IATA2of5", zint: "-b 4", values: []string{"1", "0123456789", "99999", "31415926535"}},
	{kind: "Matrix2of5", zint: "-b 2", values: []string{"1", "0123456789", "99999", "31415926535"}},
	{kind: "DataLogic2of5", zint: "-b 6", values: []string{"1", "0123456789", "99999", "31415926535"}},
	{kind: "Pharmacode", zint: "-b 51", values: []string{"3", "4", "1234", "131070", "65535", "70000"}},
	{kind: "RM4SCC", zint: "-b 70", values: []string{"SN34RD1A", "0", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "BX11LT1A"}},
	{kind: "DutchKIX", zint: "-b 90", values: []string{"2500GG30250", "0", "1231FZ13XHS", "QRSTUVWXYZ"}},
	{kind: "Postnet", zint: "-b 40", values: []string{"12345", "123456789", "01234567890", "99999"}},
	{kind: "Planet", zint: "-b 82", values: []string{"12345678901", "1234567890123", "00000000000"}},
	{kind: "AustraliaPost", zint: "-b 63", values: []string{"12345678", "00000000", "98765432"}},
	{kind: "AustraliaPost", zint: "-b 63", values: []string{"5912345678AB123", "6212345678Ab#yz Q19y"}, theirs: func(v string) string { return v[2:] }},
	{kind: "AustraliaPost", zint: "-b 63", values: []string{"591234567812345678"}, theirs: func(v string) string { return v[2:] }},
	{kind: "AustraliaPost", zint: "-b 66", values: []string{"4512345678"}, theirs: func(v string) string { return v[2:] }},
	{kind: "AustraliaPost", zint: "-b 67", values: []string{"8712345678"}, theirs: func(v string) string { return v[2:] }},
	{kind: "AustraliaPost", zint: "-b 68", values: []string{"9212345678"}, theirs: func(v string) string { return v[2:] }},
	{kind: "Pdf417", zint: "-b 55 --cols=2 --secure=2", values: []string{"1234567890123456789012345"}},
	{kind: "MicroPdf417", zint: "-b 84 --cols=2", values: []string{"12345678901234567890123456789012345678901234567890123456789"}},
	{kind: "Code32", zint: "-b 129", values: []string{"15478977", "01234567"}},
	{kind: "Code39Extended", zint: "-b 9", values: []string{"Mixed+Case:%1a~"}},
	{kind: "Code39Standard", zint: "-b 8", values: []string{"CODE 39-A"}},
	{kind: "Code93Standard", zint: "-b 25", values: []string{"CODE93"}},
	{kind: "PZN", zint: "-b 52", values: []string{"2758089"}},
	{kind: "VIN", zint: "-b 73", values: []string{"1M8GDM9AXKP042788"}},
	{kind: "UPCE", zint: "-b 37", values: []string{"425261"}},
	{kind: "UPCA", zint: "-b 34", values: []string{"03600029145"}},
	{kind: "EAN13", zint: "-b 13", values: []string{"400638133393"}},
	{kind: "EAN8", zint: "-b 13", values: []string{"9031101"}},
	{kind: "Codabar", zint: "-b 18", values: []string{"40156"}, theirs: func(v string) string { return "A" + v + "A" }},
	{kind: "Interleaved2of5", zint: "-b 3", values: []string{"0123456789"}},
	{kind: "ITF14", zint: "-b 89", values: []string{"1540014128876"}},
	{kind: "DeutschePostIdentcode", zint: "-b 22", values: []string{"56310243031"}},
	{kind: "DeutschePostLeitcode", zint: "-b 21", values: []string{"2134807501640"}},
	{kind: "EAN14", zint: "-b 72", values: []string{"0491234512345"}},
	{kind: "SSCC18", zint: "-b 75", values: []string{"10614141192837465"}},
	{kind: "GS1Code128", zint: "-b 16 --gs1parens", values: []string{"(01)04912345123459(10)ABC123"}},
	{kind: "Code16K", zint: "-b 23", values: []string{"1234", "A", "ABCDEFGHIJ", "abcdefg", strings.Repeat("0123456789", 13), strings.Repeat("Leaf", 18)}},
	{kind: "CodablockF", zint: "-b 74 --cols=9", values: []string{"HELLO", "abc", "AAAAAAA"}},
	{kind: "Mailmark", zint: "-b 121", values: mailmarks},
	{kind: "DatabarOmniDirectional", zint: "-b 29", values: articles},
	{kind: "DatabarTruncated", zint: "-b 29", values: articles},
	{kind: "DatabarStacked", zint: "-b 79", values: articles},
	{kind: "DatabarStackedOmniDirectional", zint: "-b 80", values: articles},
	{kind: "DatabarLimited", zint: "-b 30", values: []string{"0000000000000", "1999999999999", "1501234567890", "0950110153000", "1001000000000", "0183064000000"}},
	{kind: "DatabarExpanded", zint: "-b 31 --gs1parens", values: expanded},
	{kind: "DatabarExpandedStacked", zint: "-b 81 --gs1parens", values: expanded},
	{
		kind: "OneCode", zint: "-b 85",
		values: []string{"01234567094987654321", "0123456709498765432101234", "01234567094987654321012345678", "0123456709498765432101234567891", "9412345678901234567899999999999"},
		theirs: func(v string) string {
			if len(v) == 20 {
				return v
			}
			return v[:20] + "-" + v[20:]
		},
	},
}

// TestModules compares every module with zint's.
func TestModules(t *testing.T) {
	for _, tt := range sameModules {
		for _, value := range tt.values {
			theirs := value
			if tt.theirs != nil {
				theirs = tt.theirs(value)
			}
			sameAs(t, tt.kind, value, append(strings.Fields(tt.zint), "-d", theirs)...)
		}
	}
}

// TestDotCodeModules finds our symbol among the four masks of zint.
func TestDotCodeModules(t *testing.T) {
	for _, value := range []string{"12345678901234", "abcdefgh", strings.Repeat("0123456789", 30), "abcdefghijklmnopqrstuvw"} {
		s := encode(t, "DotCode", value)
		rows := dotRows(s)
		ours := strings.Join(rows, "\n")
		found := false
		for mask := range 4 {
			theirs := zint(t, len(rows[0]), "-b", "115", fmt.Sprintf("--cols=%d", len(rows[0])), fmt.Sprintf("--mask=%d", mask), "-d", value)
			found = found || strings.Join(theirs, "\n") == ours
		}
		if !found {
			t.Errorf("DotCode %q is none of zint's:\n%s", value, ours)
		}
	}
}

// dotRows are the dots, whose pitch is four cells.
func dotRows(s *barcode.Symbol) []string {
	const pitch = 4
	var rows []string
	for y := 1; y < s.Height; y += pitch {
		row := ""
		for x := 1; x < s.Width; x += pitch {
			if s.At(x, y) {
				row += "#"
			} else {
				row += "."
			}
		}
		rows = append(rows, row)
	}
	return rows
}
