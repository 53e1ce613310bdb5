package barcode

import (
	"fmt"
	"strings"
	"unicode/utf8"

	boom "github.com/boombuler/barcode"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	qr "github.com/makiuchi-d/gozxing/qrcode/encoder"

	"github.com/leafmark/leafmark/omr/fault"
)

// encoder turns a value into modules; its error is the cause of LM317.
type encoder func(value string) (*Symbol, error)

// longest is over what the largest symbol of any symbology holds, in bytes: 7,827
// digits in Han Xin. Some encoders take time in the square of the length.
const longest = 8000

// Encode makes the symbol of value in the symbology kind (any spelling that
// Known takes). qrVersion is 1 to 40 for QR, 0 for the smallest that fits; QR
// has error correction M. Faults: LM313, LM314, LM316, LM317.
func Encode(kind, value string, qrVersion int) (*Symbol, error) {
	k := find(kind)
	if k == nil {
		return nil, &fault.Error{
			Code: "LM313", Kind: fault.Invalid,
			Cause: fmt.Sprintf("barcode type %q is not known", kind),
			Cure:  "use one of " + strings.Join(Names(), ", "),
		}
	}
	if k.encode == nil {
		return nil, unsupported(k.name)
	}
	if k.name == "EAN13" && fold(kind) == "ean" && (len(value) == 7 || len(value) == 8) {
		k = find("EAN8")
	}
	encode := k.encode
	if qrVersion != 0 {
		if k.name != "QR" {
			return nil, versionFault(fmt.Sprintf("qr_version %d is given for a %s code, which has no versions", qrVersion, k.name), "remove qr_version")
		}
		if qrVersion < 1 || qrVersion > 40 {
			return nil, versionFault(fmt.Sprintf("qr_version %d is not in 1 to 40", qrVersion), "use auto or a number from 1 to 40")
		}
		encode = func(value string) (*Symbol, error) { return qrOfVersion(value, qrVersion, false) }
	}
	if len(value) > longest {
		return nil, &fault.Error{
			Code: "LM317", Kind: fault.Invalid,
			Cause: fmt.Sprintf("the value has %d bytes, no symbology holds more than %d", len(value), longest),
			Cure:  "shorten the value",
		}
	}
	s, err := guarded(encode, value)
	if err != nil {
		if f := fault.As(err); f != nil {
			return nil, f
		}
		return nil, &fault.Error{
			Code: "LM317", Kind: fault.Invalid,
			Cause: fmt.Sprintf("value %s cannot be printed as %s: %v", quoted(value), k.name, err),
			Cure:  "correct the value or choose another barcode_type",
			Err:   err,
		}
	}
	s.Kind = k.name
	return s, nil
}

func unsupported(name string) error {
	cure := "use QR, DataMatrix, Aztec, Code128 or another type that this build draws"
	if name == arucoName {
		cure = "use QR: aruco tags belong to the forms of 2018 and are no longer printed"
	}
	return &fault.Error{
		Code: "LM314", Kind: fault.Unsupported,
		Cause: fmt.Sprintf("barcode type %s is known, but this build cannot draw it", name),
		Cure:  cure,
	}
}

func versionFault(cause, cure string) error {
	return &fault.Error{Code: "LM316", Kind: fault.Invalid, Cause: cause, Cure: cure}
}

// quoted is a value as a message shows it: whole when short.
func quoted(value string) string {
	const most = 40
	if utf8.RuneCountInString(value) <= most {
		return fmt.Sprintf("%q", value)
	}
	return fmt.Sprintf("%q… (%d characters)", string([]rune(value)[:most]), utf8.RuneCountInString(value))
}

// guarded turns a panic of the libraries into an error: one is transliterated
// and neither promises anything for values its author did not think of.
func guarded(encode encoder, value string) (s *Symbol, err error) {
	defer func() {
		if r := recover(); r != nil {
			s, err = nil, fmt.Errorf("the encoder failed: %v", r)
		}
	}()
	if value == "" {
		return nil, fmt.Errorf("it is empty")
	}
	if !utf8.ValidString(value) {
		return nil, fmt.Errorf("it is not valid UTF-8")
	}
	return encode(value)
}

func qrSymbol(value string) (*Symbol, error) { return qrOfVersion(value, 0, false) }

// qrOfVersion is ISO/IEC 18004 with error correction M. Text beyond ASCII is
// marked as UTF-8 by ECI 26, so that no reader has to guess.
func qrOfVersion(value string, version int, gs1 bool) (*Symbol, error) {
	hints := map[gozxing.EncodeHintType]any{}
	if !ascii(value) {
		hints[gozxing.EncodeHintType_CHARACTER_SET] = "UTF-8"
	}
	if gs1 {
		hints[gozxing.EncodeHintType_GS1_FORMAT] = true
	}
	code, err := qr.Encoder_encode(value, decoder.ErrorCorrectionLevel_M, hints)
	if err != nil {
		return nil, fmt.Errorf("it is longer than the largest QR code holds")
	}
	if least := code.GetVersion().GetVersionNumber(); version != 0 && version != least {
		if version < least {
			return nil, versionFault(
				fmt.Sprintf("qr_version %d is too small for the value %s", version, quoted(value)),
				fmt.Sprintf("use auto or at least %d", least))
		}
		hints[gozxing.EncodeHintType_QR_VERSION] = version
		if code, err = qr.Encoder_encode(value, decoder.ErrorCorrectionLevel_M, hints); err != nil {
			return nil, fmt.Errorf("the encoder failed: %w", err)
		}
	}
	m := code.GetMatrix()
	s := &Symbol{Matrix: true, Width: m.GetWidth(), Height: m.GetHeight(), QuietX: 4, QuietY: 4, Text: value}
	s.dark = make([]bool, s.Width*s.Height)
	for y := range s.Height {
		for x := range s.Width {
			s.dark[y*s.Width+x] = m.Get(x, y) == 1
		}
	}
	return s, nil
}

// symbolOf takes over what boombuler drew: one pixel is one module.
func symbolOf(code boom.Barcode, err error, text string, quiet int) (*Symbol, error) {
	if err != nil {
		return nil, err
	}
	b := code.Bounds()
	s := &Symbol{Matrix: code.Metadata().Dimensions == 2, Width: b.Dx(), Height: b.Dy(), QuietX: quiet, Text: text}
	if s.Matrix {
		s.QuietY = quiet
	} else {
		s.Height = 1
	}
	s.dark = make([]bool, s.Width*s.Height)
	for y := range s.Height {
		for x := range s.Width {
			r, _, _, _ := code.At(b.Min.X+x, b.Min.Y+y).RGBA()
			s.dark[y*s.Width+x] = r < 0x8000
		}
	}
	return s, nil
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
