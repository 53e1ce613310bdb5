package barcode

import (
	"fmt"
	"image"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/aztec"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/oned/rss"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/internal/plane"
)

// Reading is a code found in a picture.
type Reading struct {
	Kind   string        // canonical name
	Text   string        // what it says, UTF-8
	Points []image.Point // finder or scan-line points, in the picture's coordinates
}

// anyKinds are what is looked for when the caller names nothing: symbologies
// whose check digits or error correction leave a false reading improbable.
var anyKinds = []string{"QR", "Code128", "DataMatrix", "Aztec", "EAN13", "UPCA", "EAN8", "Code93Standard", "Code39Standard"}

// Decode reads one code of the given symbologies (any spelling that Known
// takes; none: any of the robust ones) from g: turned, small, large, unevenly
// lit. A linear code without a strong check must be read twice alike. Fault:
// unreadable_code.
func Decode(g *image.Gray, names []string) (Reading, error) {
	wanted := wantedKinds(names)
	if len(wanted) == 0 {
		return Reading{}, unreadable(fmt.Sprintf("codes of type %s cannot be read by this build", strings.Join(names, ", ")), "")
	}
	var linear, matrix []gozxing.BarcodeFormat
	for _, k := range wanted {
		for _, f := range k.formats {
			if twoDimensional(f) {
				matrix = append(matrix, f)
			} else {
				linear = append(linear, f)
			}
		}
	}
	if g.Bounds().Dx() >= leastSide && g.Bounds().Dy() >= 1 {
		tags := slices.ContainsFunc(wanted, func(k *kind) bool { return k.name == arucoName })
		fixed := slices.Contains(matrix, gozxing.BarcodeFormat_AZTEC) || slices.Contains(matrix, gozxing.BarcodeFormat_DATA_MATRIX)
		bars := len(linear) > 0 || slices.ContainsFunc(wanted, func(k *kind) bool { return k.own != nil && !k.upright })
		if found, ok := unframed(g).readOwn(wanted); ok {
			return found, nil
		}
		for v := range views(g, bars, fixed) {
			if tags && !v.turned {
				if text, corners, ok := readAruco(v.gray); ok {
					return Reading{Kind: arucoName, Text: text, Points: v.pointsOf(corners)}, nil
				}
			}
			if found, ok := v.readOwn(wanted); ok {
				return found, nil
			}
			for _, r := range append(matrixReaders(matrix), linearReaders(linear)...) {
				if v.turned && r.anyTurn {
					continue
				}
				if found, ok := r.read(v, wanted); ok {
					return found, nil
				}
			}
		}
	}
	return Reading{}, unreadable("no code can be read here", "print it larger or scan the sheet sharper, flat and evenly lit")
}

// readOwn tries our own readers.
func (v view) readOwn(wanted []*kind) (Reading, bool) {
	for _, k := range wanted {
		if k.own == nil || k.upright && v.turned {
			continue
		}
		if text, ok := k.own(v.gray); ok {
			return Reading{Kind: k.name, Text: text, Points: v.corners()}, true
		}
	}
	return Reading{}, false
}

// leastSide is the width in px of the narrowest symbol there is, a pixel a
// module; narrower crops would only exercise the libraries' corner cases.
const leastSide = 10

func unreadable(cause, cure string) error {
	if cure == "" {
		cure = "use QR or Code128"
	}
	return &fault.Error{Code: "unreadable_code", Kind: fault.Invalid, Cause: cause, Cure: cure}
}

func wantedKinds(names []string) []*kind {
	if len(names) == 0 {
		names = anyKinds
	}
	var wanted []*kind
	add := func(k *kind) {
		if k != nil && (len(k.formats) > 0 || k.own != nil || k.name == arucoName) && !slices.Contains(wanted, k) {
			wanted = append(wanted, k)
		}
	}
	for _, name := range names {
		add(find(name))
		if fold(name) == "ean" {
			add(find("EAN8"))
		}
	}
	return wanted
}

func twoDimensional(f gozxing.BarcodeFormat) bool {
	switch f {
	case gozxing.BarcodeFormat_QR_CODE, gozxing.BarcodeFormat_DATA_MATRIX, gozxing.BarcodeFormat_AZTEC:
		return true
	default:
		return false
	}
}

// reader is one of the library's, with what we know of it.
type reader struct {
	gozxing.Reader
	linear  bool
	weak    bool // no check, or one that noise passes now and then
	anyTurn bool // finds its codes at any turn
}

func matrixReaders(formats []gozxing.BarcodeFormat) []reader {
	var all []reader
	for _, f := range formats {
		switch f {
		case gozxing.BarcodeFormat_QR_CODE:
			all = append(all, reader{Reader: qrcode.NewQRCodeReader(), anyTurn: true})
		case gozxing.BarcodeFormat_DATA_MATRIX:
			all = append(all, reader{Reader: datamatrix.NewDataMatrixReader()})
		case gozxing.BarcodeFormat_AZTEC:
			all = append(all, reader{Reader: aztec.NewAztecReader()})
		}
	}
	return all
}

func linearReaders(formats []gozxing.BarcodeFormat) []reader {
	var all []reader
	add := func(r gozxing.Reader, weak bool) { all = append(all, reader{r, true, weak, false}) }
	seen := map[gozxing.BarcodeFormat]bool{}
	for _, f := range formats {
		if seen[f] {
			continue
		}
		seen[f] = true
		switch f {
		case gozxing.BarcodeFormat_CODE_128:
			add(oned.NewCode128Reader(), false)
		case gozxing.BarcodeFormat_CODE_93:
			add(oned.NewCode93Reader(), false)
		case gozxing.BarcodeFormat_CODE_39:
			add(oned.NewCode39Reader(), true)
		case gozxing.BarcodeFormat_CODABAR:
			add(oned.NewCodaBarReader(), true)
		case gozxing.BarcodeFormat_ITF:
			add(oned.NewITFReader(), true)
		case gozxing.BarcodeFormat_EAN_13:
			add(oned.NewEAN13Reader(), true)
		case gozxing.BarcodeFormat_EAN_8:
			add(oned.NewEAN8Reader(), true)
		case gozxing.BarcodeFormat_UPC_A:
			add(oned.NewUPCAReader(), true)
		case gozxing.BarcodeFormat_UPC_E:
			add(oned.NewUPCEReader(), true)
		case gozxing.BarcodeFormat_RSS_14:
			add(rss.NewRSS14Reader(), true)
		}
	}
	return all
}

// read tries the reader on both ways to tell black from white.
func (r reader) read(v view, wanted []*kind) (Reading, bool) {
	for _, local := range []bool{!r.linear, r.linear} {
		result := r.attempt(v.bitmap(local), wanted)
		if result == nil {
			continue
		}
		if r.weak && !r.confirmed(v.gray, local, wanted, result) {
			continue
		}
		if name, text, ok := interpret(result, wanted); ok {
			return Reading{Kind: name, Text: text, Points: v.points(result)}, true
		}
	}
	return Reading{}, false
}

// attempt is one call of the library; it is transliterated from Java and may
// index beyond its arrays on hostile pictures.
func (r reader) attempt(bitmap *gozxing.BinaryBitmap, wanted []*kind) (result *gozxing.Result) {
	defer func() {
		if recover() != nil {
			result = nil
		}
	}()
	result, err := r.Decode(bitmap, hints(wanted))
	if err != nil || result == nil {
		return nil
	}
	return result
}

// confirmed asks for a second, independent reading above or below the first.
func (r reader) confirmed(g *image.Gray, local bool, wanted []*kind, first *gozxing.Result) bool {
	points := first.GetResultPoints()
	if len(points) == 0 {
		return false
	}
	b := g.Bounds()
	y := b.Min.Y + int(points[0].GetY())
	for _, part := range []image.Rectangle{
		{Min: b.Min, Max: image.Pt(b.Max.X, y)},
		{Min: image.Pt(b.Min.X, y+1), Max: b.Max},
	} {
		part = part.Intersect(b)
		if part.Empty() {
			continue
		}
		second := r.attempt(bitmapOf(plane.Crop(g, part), local), wanted)
		if second != nil && second.GetText() == first.GetText() {
			return true
		}
	}
	return false
}

func hints(wanted []*kind) map[gozxing.DecodeHintType]any {
	h := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	for _, k := range wanted {
		switch k.name {
		case "GS1Code128", "EAN14", "SCC14", "SSCC18":
			h[gozxing.DecodeHintType_ASSUME_GS1] = true
		case "Interleaved2of5":
			// The library refuses lengths that this symbology may have.
			h[gozxing.DecodeHintType_ALLOWED_LENGTHS] = []int{4, 6, 8, 10, 12, 14}
		}
	}
	return h
}

// interpret finds the kind that the library's result is of, in the order asked
// for, and what it says in that kind's terms.
func interpret(result *gozxing.Result, wanted []*kind) (name, text string, ok bool) {
	raw := result.GetText()
	if !utf8.ValidString(raw) {
		raw = fromLatin1(raw) // the linear readers return bytes
	}
	for _, k := range wanted {
		if !slices.Contains(k.formats, result.GetBarcodeFormat()) {
			continue
		}
		text, ok := raw, true
		switch {
		case k.name == "Code39Extended":
			text = expandCode39(raw)
		case k.read != nil:
			text, ok = k.read(raw)
		}
		if ok && text != "" {
			return k.name, text, true
		}
	}
	return "", "", false
}

func fromLatin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// latin1 is s as bytes of ISO 8859-1; ok is false where it has other characters.
func latin1(s string) (packed string, ok bool) {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return "", false
		}
		b = append(b, byte(r))
	}
	return string(b), true
}
