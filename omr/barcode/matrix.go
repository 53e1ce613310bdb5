package barcode

import (
	"fmt"
	"unicode/utf8"

	"github.com/boombuler/barcode/aztec"
	"github.com/boombuler/barcode/datamatrix"
)

// aztecErrorCorrection is the share of check words in percent: ISO/IEC 24778
// recommends 23 % and 3 words; a filled-in form is worth a little more.
const aztecErrorCorrection = 33

func aztecSymbol(value string) (*Symbol, error) {
	code, err := aztec.Encode([]byte(value), aztecErrorCorrection, 0)
	// The symbology needs no quiet zone; 2 keep pens and rules away.
	return symbolOf(code, err, value, 2)
}

func dataMatrixSymbol(value string) (*Symbol, error) {
	if value[0] == datamatrix.FNC1 {
		// The library would take the first byte of this character for the GS1 flag.
		return nil, fmt.Errorf("its first character %q cannot stand there", []rune(value)[0])
	}
	code, err := datamatrix.Encode(value)
	return symbolOf(code, err, value, 2)
}

// unpackUTF8 undoes the reading of UTF-8 as Latin-1: codes without a character
// set say nothing about their bytes, and ours are UTF-8.
func unpackUTF8(text string) (string, bool) {
	if packed, ok := latin1(text); ok && !ascii(packed) && utf8.ValidString(packed) {
		return packed, true
	}
	return text, true
}
