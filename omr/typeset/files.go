package typeset

import (
	_ "embed"

	"codeberg.org/go-fonts/liberation/liberationmonobold"
	"codeberg.org/go-fonts/liberation/liberationmonobolditalic"
	"codeberg.org/go-fonts/liberation/liberationmonoitalic"
	"codeberg.org/go-fonts/liberation/liberationmonoregular"
	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansbolditalic"
	"codeberg.org/go-fonts/liberation/liberationsansitalic"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-fonts/liberation/liberationserifbold"
	"codeberg.org/go-fonts/liberation/liberationserifbolditalic"
	"codeberg.org/go-fonts/liberation/liberationserifitalic"
	"codeberg.org/go-fonts/liberation/liberationserifregular"
)

// The embedded files; fonts/README.md says where they come from.
var (
	//go:embed fonts/OpenSans-Regular.ttf
	openSansRegular []byte
	//go:embed fonts/OpenSans-Bold.ttf
	openSansBold []byte
	//go:embed fonts/OpenSans-Italic.ttf
	openSansItalic []byte
	//go:embed fonts/OpenSans-BoldItalic.ttf
	openSansBoldItalic []byte
	//go:embed fonts/Carlito-Regular.ttf
	carlitoRegular []byte
	//go:embed fonts/Carlito-Bold.ttf
	carlitoBold []byte
	//go:embed fonts/Carlito-Italic.ttf
	carlitoItalic []byte
	//go:embed fonts/Carlito-BoldItalic.ttf
	carlitoBoldItalic []byte
	//go:embed fonts/Caladea-Regular.ttf
	caladeaRegular []byte
	//go:embed fonts/Caladea-Bold.ttf
	caladeaBold []byte
	//go:embed fonts/Caladea-Italic.ttf
	caladeaItalic []byte
	//go:embed fonts/Caladea-BoldItalic.ttf
	caladeaBoldItalic []byte
	//go:embed fonts/NotoSansHebrew-Regular.ttf
	notoHebrewRegular []byte
	//go:embed fonts/NotoSansHebrew-Bold.ttf
	notoHebrewBold []byte
	//go:embed fonts/NotoSansArabic-Regular.ttf
	notoArabicRegular []byte
	//go:embed fonts/NotoSansArabic-Bold.ttf
	notoArabicBold []byte
	//go:embed fonts/NotoSansDevanagari-Regular.ttf
	notoDevanagariRegular []byte
	//go:embed fonts/NotoSansDevanagari-Bold.ttf
	notoDevanagariBold []byte
	//go:embed fonts/NotoSansBengali-Regular.ttf
	notoBengaliRegular []byte
	//go:embed fonts/NotoSansBengali-Bold.ttf
	notoBengaliBold []byte
	//go:embed fonts/DejaVuSans.ttf
	dejaVuSans []byte
	//go:embed fonts/DejaVuSans-Bold.ttf
	dejaVuSansBold []byte
	//go:embed fonts/DroidSansFallbackFull.ttf
	droidSansFallbackFull []byte
	//go:embed fonts/NanumSquareR.ttf
	nanumSquareR []byte
	//go:embed fonts/NanumSquareB.ttf
	nanumSquareB []byte
)

// The faces by FaceID. Families come in fours: regular, bold, italic, bold
// italic, so that a style is an offset.
const (
	openSans FaceID = 4 * iota
	liberationSans
	liberationSerif
	liberationMono
	carlito
	caladea
	fallbacks // in twos, regular and bold
)

// embedded is the number of embedded faces.
const embedded = fallbacks + 14

// file is a font file with its PostScript name.
type file struct {
	name string
	data []byte
}

// files lists the embedded fonts by FaceID. The order is part of nothing that
// leaves the process, but tests pin it through the names.
func files() []file {
	return []file{
		{"OpenSans-Regular", openSansRegular},
		{"OpenSans-Bold", openSansBold},
		{"OpenSans-Italic", openSansItalic},
		{"OpenSans-BoldItalic", openSansBoldItalic},
		{"LiberationSans", liberationsansregular.TTF},
		{"LiberationSans-Bold", liberationsansbold.TTF},
		{"LiberationSans-Italic", liberationsansitalic.TTF},
		{"LiberationSans-BoldItalic", liberationsansbolditalic.TTF},
		{"LiberationSerif", liberationserifregular.TTF},
		{"LiberationSerif-Bold", liberationserifbold.TTF},
		{"LiberationSerif-Italic", liberationserifitalic.TTF},
		{"LiberationSerif-BoldItalic", liberationserifbolditalic.TTF},
		{"LiberationMono", liberationmonoregular.TTF},
		{"LiberationMono-Bold", liberationmonobold.TTF},
		{"LiberationMono-Italic", liberationmonoitalic.TTF},
		{"LiberationMono-BoldItalic", liberationmonobolditalic.TTF},
		{"Carlito-Regular", carlitoRegular},
		{"Carlito-Bold", carlitoBold},
		{"Carlito-Italic", carlitoItalic},
		{"Carlito-BoldItalic", carlitoBoldItalic},
		{"Caladea-Regular", caladeaRegular},
		{"Caladea-Bold", caladeaBold},
		{"Caladea-Italic", caladeaItalic},
		{"Caladea-BoldItalic", caladeaBoldItalic},
		{"NotoSansHebrew-Regular", notoHebrewRegular},
		{"NotoSansHebrew-Bold", notoHebrewBold},
		{"NotoSansArabic-Regular", notoArabicRegular},
		{"NotoSansArabic-Bold", notoArabicBold},
		{"NotoSansDevanagari-Regular", notoDevanagariRegular},
		{"NotoSansDevanagari-Bold", notoDevanagariBold},
		{"NotoSansBengali-Regular", notoBengaliRegular},
		{"NotoSansBengali-Bold", notoBengaliBold},
		{"DejaVuSans", dejaVuSans},
		{"DejaVuSans-Bold", dejaVuSansBold},
		{"DroidSansFallback", droidSansFallbackFull},
		{"DroidSansFallback", droidSansFallbackFull}, // has no bold
		{"NanumSquareR", nanumSquareR},
		{"NanumSquareB", nanumSquareB},
	}
}
