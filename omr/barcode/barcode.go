// Package barcode makes and reads printed codes; it alone uses the barcode
// libraries.
//
// In: a symbology's name and a value, or a luma plane. Out: a Symbol in modules
// (no pixels, no sizes), or a Reading. Faults: LM313 unknown symbology, LM314
// known but not drawn by this build, LM316 qr_version, LM317 a value that the
// symbology cannot hold (spec/markup.md 16.3), unreadable_code when a plane
// shows no code that can be read. Deterministic; safe for concurrent use; input
// that breaks the libraries is a fault, never a panic.
package barcode

// Symbol is an encoded code as a raster of modules, without its quiet zone.
type Symbol struct {
	Kind          string // canonical name (spec/markup.md 6.8)
	Matrix        bool   // two-dimensional; a linear code has Height 1
	Width, Height int    // modules
	QuietX        int    // white modules left and right that readers need
	QuietY        int    // white modules above and below
	Text          string // what the symbology prints below its bars (spec/markup.md 10.21)
	Module        int    // px of a module at 300 dpi where the symbology fixes it; 0: any
	Least         int    // px of the smallest module that may be printed; 0: as for all codes (spec/markup.md 10.21)
	Bearer        int    // modules of the bars along the top and the bottom that a linear symbol wants
	Upright       bool   // says something else upside down, so it must not be turned by 180 degrees

	dark []bool
}

// At tells whether the module in column x and row y is dark; false outside.
func (s *Symbol) At(x, y int) bool {
	return x >= 0 && y >= 0 && x < s.Width && y < s.Height && s.dark[y*s.Width+x]
}
