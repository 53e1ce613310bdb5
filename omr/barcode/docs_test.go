package barcode_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/leafmark/leafmark/omr/barcode"
	"github.com/leafmark/leafmark/omr/internal/golden"
)

const docsHead = `# Barcodes

What becomes of the 64 types of the form language. *Written*: a form may have it.
*Read*: recognition says its text; with "checks", a check character or error correction
confirms it; with "lines", it has none and several lines across it must agree (KIX: the
shape of each character). *Checked
against*: zint, every module is the same; zxing-cpp, it reads what we print. Every type is
also printed on a page and read back by us (e2e/checklist, Z02).

This table is written by ` + "`go test ./omr/barcode -run TestDocs -update`" + `.

| type | written | read | checked against |
| --- | --- | --- | --- |
`

// unchecked are the kinds without check character or error correction.
var unchecked = []string{"Codabar", "Code39Extended", "Code39Standard", "DataLogic2of5", "DutchKIX", "IATA2of5", "Interleaved2of5", "Matrix2of5", "PatchCode", "Pharmacode", "Standard2of5", "VIN"}

// readElsewhere are kinds that the checklist's test Z02 shows to another reader.
var readElsewhere = []string{
	"Aztec", "Codabar", "Code128", "Code39Standard", "Code93Extended", "Code93Standard", "DatabarExpanded", "DatabarOmniDirectional", "DatabarTruncated",
	"DataMatrix", "DeutschePostIdentcode", "DeutschePostLeitcode", "EAN13", "EAN14", "EAN8", "GS1Code128", "GS1DataMatrix", "GS1QR", "Interleaved2of5",
	"ISBN", "ISMN", "ISSN", "ItalianPost25", "ITF14", "ITF6", "OPC", "QR", "SCC14", "SSCC18", "UPCA", "VIN",
}

// TestDocs keeps docs/barcodes.md as the code and its tests are.
func TestDocs(t *testing.T) {
	var b strings.Builder
	b.WriteString(docsHead)
	yes := map[bool]string{true: "yes", false: "no"}
	for _, name := range barcode.Names() {
		var against []string
		for _, tt := range sameModules {
			if tt.kind == name && !slices.Contains(against, "zint") {
				against = append(against, "zint")
			}
		}
		if name == "DotCode" {
			against = append(against, "zint")
		}
		other := slices.Contains(readElsewhere, name)
		for _, tt := range otherReader {
			other = other || tt.kind == name
		}
		if other {
			against = append(against, "zxing-cpp")
		}
		if len(against) == 0 {
			against = append(against, "our reader")
		}
		read := yes[barcode.Readable(name)]
		switch {
		case read == "no":
		case slices.Contains(unchecked, name):
			read += ", lines"
		default:
			read += ", checks"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, yes[barcode.Supported(name)], read, strings.Join(against, ", "))
	}
	golden.Bytes(t, "../../docs/barcodes.md", []byte(b.String()))
}
