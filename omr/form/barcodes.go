package form

// BarcodeTypes lists the 64 barcode types of spec/markup.md 6.8. Which of them
// can be drawn and read is the barcode package's knowledge.
func BarcodeTypes() []string {
	return []string{
		"AustralianPosteParcel", "AustraliaPost", "Aztec", "Codabar", "CodablockF", "Code11", "Code128",
		"Code16K", "Code32", "Code39Extended", "Code39Standard", "Code93Extended", "Code93Standard",
		"DatabarExpanded", "DatabarExpandedStacked", "DatabarLimited", "DatabarOmniDirectional",
		"DatabarStacked", "DatabarStackedOmniDirectional", "DatabarTruncated", "DataLogic2of5",
		"DataMatrix", "DeutschePostIdentcode", "DeutschePostLeitcode", "DotCode", "DutchKIX", "EAN13",
		"EAN14", "EAN8", "GS1Code128", "GS1DataMatrix", "GS1QR", "IATA2of5", "Interleaved2of5", "ISBN",
		"ISMN", "ISSN", "ItalianPost25", "ITF14", "ITF6", "MacroPdf417", "Mailmark", "Matrix2of5",
		"MaxiCode", "MicroPdf417", "MSI", "OneCode", "OPC", "PatchCode", "Pdf417", "Pharmacode", "Planet",
		"Postnet", "PZN", "QR", "RM4SCC", "SCC14", "SSCC18", "Standard2of5", "SwissPostParcel", "SwissQR",
		"UPCA", "UPCE", "VIN",
	}
}

// ParseBarcodeType reads a type in any case, old and loose names included
// (spec/markup.md 6.8). The value decides which EAN "ean" means: 7 or 8 digits
// are EAN8, all else EAN13.
func ParseBarcodeType(s, value string) (string, bool) {
	switch fold(s) {
	case "code39":
		return "Code39Standard", true
	case "ean":
		if len(value) == 7 || len(value) == 8 {
			return "EAN8", true
		}
		return "EAN13", true
	case "upc":
		return "UPCA", true
	case "jan", "jam":
		return "EAN13", true
	case "qr code":
		return "QR", true
	}
	return match(s, BarcodeTypes())
}
