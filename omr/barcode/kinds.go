package barcode

import (
	"slices"
	"strings"

	"github.com/makiuchi-d/gozxing"
)

// kind is what is known of a symbology.
type kind struct {
	name    string
	encode  encoder // nil: known, not drawn by this build
	formats []gozxing.BarcodeFormat
	read    func(text string) (string, bool) // from the library's text to ours; nil: as it is
	own     ownReader                        // reads it without the library
	upright bool                             // says something else upside down
}

// kinds are the 64 names of spec/markup.md 6.8 in its order, then the tag of
// the 2018 forms. Each that is drawn is read too: a form must not print what
// recognition then loses.
var kinds = []kind{
	{name: "AustralianPosteParcel", encode: eparcelSymbol, formats: code128Formats, read: gs1Bracketed},
	{name: "AustraliaPost", encode: ausSymbol, own: fourStateReader(ausText, false)},
	{name: "Aztec", encode: aztecSymbol, formats: []gozxing.BarcodeFormat{gozxing.BarcodeFormat_AZTEC}, read: unpackUTF8},
	{name: "Codabar", encode: codabarSymbol, formats: []gozxing.BarcodeFormat{gozxing.BarcodeFormat_CODABAR}},
	{name: "CodablockF", encode: codablockSymbol, own: readCodablock},
	{name: "Code11", encode: code11Symbol, own: linearReader(readCode11, 4.5, checkedVotes, false)},
	{name: "Code128", encode: code128Symbol, formats: code128Formats, read: unpackUTF8},
	{name: "Code16K", encode: code16kSymbol, own: readCode16K},
	{name: "Code32", encode: code32Symbol, formats: code39Formats, read: readCode32},
	{name: "Code39Extended", encode: code39ExtendedSymbol, formats: code39Formats},
	{name: "Code39Standard", encode: code39Symbol, formats: code39Formats},
	{name: "Code93Extended", encode: code93ExtendedSymbol, formats: code93Formats},
	{name: "Code93Standard", encode: code93Symbol, formats: code93Formats},
	{name: "DatabarExpanded", encode: databarExpandedSymbol, own: readDatabarExpanded},
	{name: "DatabarExpandedStacked", encode: databarExpandedStackedSymbol, own: readDatabarExpanded},
	{name: "DatabarLimited", encode: databarLimitedSymbol, own: readDatabarLimited},
	{name: "DatabarOmniDirectional", encode: databarSymbol, own: readDatabar},
	{name: "DatabarStacked", encode: databarStackedSymbol, own: readDatabar},
	{name: "DatabarStackedOmniDirectional", encode: databarStackedOmniSymbol, own: readDatabar},
	{name: "DatabarTruncated", encode: databarSymbol, own: readDatabar},
	{name: "DataLogic2of5", encode: datalogic25Symbol, own: linearReader(datalogicFamily.read, 4.5, uncheckedVotes, false)},
	{name: "DataMatrix", encode: dataMatrixSymbol, formats: []gozxing.BarcodeFormat{gozxing.BarcodeFormat_DATA_MATRIX}, read: unpackUTF8},
	{name: "DeutschePostIdentcode", encode: identcodeSymbol, formats: itfFormats, read: readDeutschePost(12)},
	{name: "DeutschePostLeitcode", encode: leitcodeSymbol, formats: itfFormats, read: readDeutschePost(14)},
	{name: "DotCode", encode: dotCodeSymbol, own: readDotCode},
	{name: "DutchKIX", encode: kixSymbol, own: fourStateReader(royalText, true), upright: true},
	{name: "EAN13", encode: ean13Symbol, formats: []gozxing.BarcodeFormat{gozxing.BarcodeFormat_EAN_13}},
	{name: "EAN14", encode: gs1Article, formats: code128Formats, read: gs1Bracketed},
	{name: "EAN8", encode: ean8Symbol, formats: []gozxing.BarcodeFormat{gozxing.BarcodeFormat_EAN_8}},
	{name: "GS1Code128", encode: gs1Code128Symbol, formats: code128Formats, read: gs1Bracketed},
	{name: "GS1DataMatrix", encode: gs1DataMatrixSymbol, formats: []gozxing.BarcodeFormat{gozxing.BarcodeFormat_DATA_MATRIX}, read: gs1Bracketed},
	{name: "GS1QR", encode: gs1QRSymbol, formats: qrFormats, read: gs1Bracketed},
	{name: "IATA2of5", encode: iata25Symbol, own: linearReader(iataFamily.read, 4.5, uncheckedVotes, false)},
	{name: "Interleaved2of5", encode: itfSymbol, formats: itfFormats},
	{name: "ISBN", encode: isbnSymbol, formats: []gozxing.BarcodeFormat{gozxing.BarcodeFormat_EAN_13}},
	{name: "ISMN", encode: ismnSymbol, formats: []gozxing.BarcodeFormat{gozxing.BarcodeFormat_EAN_13}},
	{name: "ISSN", encode: issnSymbol, formats: []gozxing.BarcodeFormat{gozxing.BarcodeFormat_EAN_13}},
	{name: "ItalianPost25", encode: italianPostSymbol, formats: itfFormats, read: checkedDigits(12)},
	{name: "ITF14", encode: itf14Symbol, formats: itfFormats, read: checkedDigits(14)},
	{name: "ITF6", encode: itf6Symbol, formats: itfFormats, read: checkedDigits(6)},
	{name: "MacroPdf417", encode: macroPDF417Symbol, own: readPDF417},
	{name: "Mailmark", encode: mailmarkSymbol, own: fourStateReader(mailmarkText, false)},
	{name: "Matrix2of5", encode: matrix25Symbol, own: linearReader(matrixFamily.read, 4.5, uncheckedVotes, false)},
	{name: "MaxiCode", encode: maxicodeSymbol, own: readMaxicode},
	{name: "MicroPdf417", encode: microPDF417Symbol, own: readMicroPDF417},
	{name: "MSI", encode: msiSymbol, own: linearReader(readMSI, 4.5, checkedVotes, false)},
	{name: "OneCode", encode: oneCodeSymbol, own: fourStateReader(oneCodeText, false)},
	{name: "OPC", encode: opcSymbol, formats: itfFormats, read: checkedDigits(10)},
	{name: "PatchCode", encode: patchSymbol, own: linearReader(readPatch, 2.2, uncheckedVotes, true), upright: true},
	{name: "Pdf417", encode: pdf417Symbol, own: readPDF417},
	{name: "Pharmacode", encode: pharmacodeSymbol, own: linearReader(readPharmacode, 2.2, uncheckedVotes, true), upright: true},
	{name: "Planet", encode: planetSymbol, own: highLowReader(true, 11, 13)},
	{name: "Postnet", encode: postnetSymbol, own: highLowReader(false, 5, 9, 11)},
	{name: "PZN", encode: pznSymbol, formats: code39Formats, read: readPZN},
	{name: "QR", encode: qrSymbol, formats: qrFormats},
	{name: "RM4SCC", encode: rm4sccSymbol, own: fourStateReader(rm4sccText, false)},
	{name: "SCC14", encode: gs1Article, formats: code128Formats, read: gs1Bracketed},
	{name: "SSCC18", encode: gs1Container, formats: code128Formats, read: gs1Bracketed},
	{name: "Standard2of5", encode: standard25Symbol, own: linearReader(standardFamily.read, 4.5, uncheckedVotes, false)},
	{name: "SwissPostParcel", encode: swissPostSymbol, formats: code128Formats},
	{name: "SwissQR", encode: swissQRSymbol, formats: qrFormats},
	{name: "UPCA", encode: upcaSymbol, formats: []gozxing.BarcodeFormat{gozxing.BarcodeFormat_UPC_A}},
	{name: "UPCE", encode: upceSymbol, formats: []gozxing.BarcodeFormat{gozxing.BarcodeFormat_UPC_E}},
	{name: "VIN", encode: vinSymbol, formats: code39Formats, read: readVIN},
	{name: arucoName},
}

// arucoName is the tag of the forms of 2018: read, never drawn, not among the 64.
const arucoName = "Aruco"

var (
	code128Formats = []gozxing.BarcodeFormat{gozxing.BarcodeFormat_CODE_128}
	code39Formats  = []gozxing.BarcodeFormat{gozxing.BarcodeFormat_CODE_39}
	code93Formats  = []gozxing.BarcodeFormat{gozxing.BarcodeFormat_CODE_93}
	itfFormats     = []gozxing.BarcodeFormat{gozxing.BarcodeFormat_ITF}
	qrFormats      = []gozxing.BarcodeFormat{gozxing.BarcodeFormat_QR_CODE}
)

// aliases are the old and loose names of spec/markup.md 6.8 and the spellings
// of the standards, folded.
var aliases = map[string]string{
	"code39":              "Code39Standard",
	"code93":              "Code93Standard",
	"ean":                 "EAN13",
	"gtin13":              "EAN13",
	"upc":                 "UPCA",
	"jan":                 "EAN13",
	"jam":                 "EAN13",
	"qrcode":              "QR",
	"itf":                 "Interleaved2of5",
	"gs1128":              "GS1Code128",
	"gs1qrcode":           "GS1QR",
	"aztecode":            "Aztec",
	"azteccode":           "Aztec",
	"intelligentmail":     "OneCode",
	"interleaved25":       "Interleaved2of5",
	"databaromni":         "DatabarOmniDirectional",
	"italianpost2of5":     "ItalianPost25",
	"code39fullascii":     "Code39Extended",
	"code93fullascii":     "Code93Extended",
	"australiapostparcel": "AustralianPosteParcel",
}

// Known is the canonical spelling of a symbology: any case, blanks, hyphens and
// underscores dropped, old names replaced (spec/markup.md 6.8). "ean" is EAN13
// here; Encode and Decode, given the loose name itself, also take it for EAN8.
func Known(name string) (canonical string, ok bool) {
	k := find(name)
	if k == nil {
		return "", false
	}
	return k.name, true
}

// Supported tells whether Encode can draw the symbology.
func Supported(canonical string) bool {
	k := find(canonical)
	return k != nil && k.encode != nil
}

// Readable tells whether Decode can read the symbology.
func Readable(canonical string) bool {
	k := find(canonical)
	return k != nil && (len(k.formats) > 0 || k.own != nil || k.name == arucoName)
}

// Names lists the 64 symbologies of spec/markup.md 6.8, in its order.
func Names() []string {
	var names []string
	for _, k := range kinds {
		if k.name != arucoName {
			names = append(names, k.name)
		}
	}
	return names
}

func find(name string) *kind {
	folded := fold(name)
	if canonical, ok := aliases[folded]; ok {
		folded = fold(canonical)
	}
	i := slices.IndexFunc(kinds, func(k kind) bool { return fold(k.name) == folded })
	if i < 0 {
		return nil
	}
	return &kinds[i]
}

func fold(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '-', '_':
			return -1
		}
		return r
	}, strings.ToLower(name))
}
