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
	//go:embed fonts/NotoSansHebrew-Regular.ttf
	notoHebrew []byte
	//go:embed fonts/NotoSansArabic-Regular.ttf
	notoArabic []byte
	//go:embed fonts/NotoSansDevanagari-Regular.ttf
	notoDevanagari []byte
	//go:embed fonts/DroidSansFallbackFull.ttf
	droidFallback []byte
)

// The faces by FaceID. Families come in fours: regular, bold, italic, bold
// italic, so that a style is an offset.
const (
	openSans FaceID = 4 * iota
	liberationSans
	liberationSerif
	liberationMono
	fallbacks
)

// file is an embedded font with its PostScript name.
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
		{"NotoSansHebrew-Regular", notoHebrew},
		{"NotoSansArabic-Regular", notoArabic},
		{"NotoSansDevanagari-Regular", notoDevanagari},
		{"DroidSansFallback", droidFallback},
	}
}
