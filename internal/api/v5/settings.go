package v5

import (
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// Ranges of spec/api.md 3.2.
const (
	maxMargin   = 1000 // px
	minFontSize = 4    // pt
	maxFontSize = 200
)

// The enumerations of spec/api.md 3.8, with the extensions of spec/markup.md 6.
var (
	paperSizes = words{
		names:   form.PaperSizes(),
		numbers: map[int]string{1: "Letter", 2: "A4", 3: "Legal"},
	}
	orientations = words{
		names:   form.Orientations(),
		numbers: map[int]string{1: "Horizontal", 2: "Vertical"},
	}
	fontStyles = words{
		names:   form.FontStyles(),
		numbers: map[int]string{1: "Regular", 2: "Bold", 3: "Italic", 4: "Underline", 5: "Strikeout"},
	}
	bubbleSizes = words{
		names:   form.BubbleSizes(),
		numbers: map[int]string{10: "Extrasmall", 20: "Small", 30: "Normal", 40: "Large", 50: "Extralarge"},
	}
	bubbleColors = words{
		names: []string{
			"Aqua", "Aquamarine", "Black", "Blue", "BlueViolet", "Crimson", "DarkBlue", "DarkGreen", "DarkOrange",
			"DarkSalmon", "Fuchsia", "Indigo", "Lime", "Red", "Teal", "White", "Gray", "LightGray",
			"the other CSS colour names, #RRGGBB",
		},
		numbers: map[int]string{
			1: "Aqua", 2: "Aquamarine", 3: "Black", 4: "Blue", 5: "BlueViolet", 6: "Crimson",
			7: "DarkBlue", 8: "DarkGreen", 9: "DarkOrange", 10: "DarkSalmon", 11: "Fuchsia", 12: "Indigo",
			13: "Lime", 14: "Red", 15: "Teal", 16: "White", 17: "Gray", 18: "LightGray",
		},
		parse: func(s string) (string, bool) {
			c, ok := form.ParseColor(s)
			return s, ok && !c.None // a bubble without an outline cannot be found
		},
	}
	overflows      = words{names: form.Overflows()}
	markers        = words{names: form.RotationMarkers()}
	writingSystems = words{names: form.WritingSystems()}
	longWords      = words{
		names:   form.LongWordHandlings(),
		aliases: map[string]string{"draw over": string(form.DrawOver), "draw_over": string(form.DrawOver)},
	}
)

// formats of a printable form. Those that are no printable format are made as
// Png, with a warning (spec/api.md 3.2).
func formFormats(printable []string) words {
	w := words{
		names:   append([]string{}, printable...),
		numbers: map[int]string{1: "Png", 2: "Pdf", 3: "Csv", 4: "Json", 5: "Txt", 6: "Internal"},
		aliases: map[string]string{},
	}
	for alias, name := range map[string]string{"jpeg": "Jpg", "tif": "Tiff"} {
		if _, ok := w.named(name); ok {
			w.aliases[alias] = name
		}
	}
	for _, other := range []string{"Csv", "Json", "Txt", "Internal", "Omr"} {
		w.aliases[strings.ToLower(other)] = other
	}
	return w
}

// settings reads the member settings of a generation (spec/api.md 3.2). format is
// its outputFormat, empty for none.
func (f *fields) settings(v value, formats words) (s form.Settings, format string) {
	if !v.given() {
		return s, ""
	}
	if v.kind != kindObject {
		f.bad("settings", shown(v)+" is not an object", "send an object with the settings as members")
		return s, ""
	}
	m := object(v, "paperSize", "orientation", "pageMarginLeft", "pageMarginRight", "fontFamily", "fontSize",
		"fontStyle", "bubbleColor", "bubbleSize", "outputFormat", "overflow", "rotationMarkerPosition", "multiselect",
		"referencePointOffsetTop", "referencePointOffsetBottom", "referencePointOffsetLeft", "referencePointOffsetRight",
		"writingSystem", "nativeNumbers", "longWordHandling")
	word := func(name string, of words) string { return f.word("settings."+name, m[name], of) }
	px := func(name string) *int { return f.number("settings."+name, m[name], 0, maxMargin) }

	s.PaperSize = form.PaperSize(word("paperSize", paperSizes))
	s.Orientation = form.Orientation(word("orientation", orientations))
	s.PageMarginLeft, s.PageMarginRight = px("pageMarginLeft"), px("pageMarginRight")
	s.FontFamily = f.name("settings.fontFamily", m["fontFamily"])
	if n := f.number("settings.fontSize", m["fontSize"], minFontSize, maxFontSize); n != nil {
		s.FontSize = float64(*n)
	}
	if w := word("fontStyle", fontStyles); w != "" {
		style, _ := form.ParseFontStyle(w) // word gives only what it reads
		s.FontStyle = &style
	}
	if w := word("bubbleColor", bubbleColors); w != "" {
		c, _ := form.ParseColor(w)
		s.BubbleColor = &c
	}
	s.BubbleSize = form.BubbleSize(word("bubbleSize", bubbleSizes))
	s.Overflow = form.Overflow(word("overflow", overflows))
	s.RotationMarker = form.RotationMarker(word("rotationMarkerPosition", markers))
	s.OffsetTop, s.OffsetBottom = px("referencePointOffsetTop"), px("referencePointOffsetBottom")
	s.OffsetLeft, s.OffsetRight = px("referencePointOffsetLeft"), px("referencePointOffsetRight")
	s.Multiselect = f.flag("settings.multiselect", m["multiselect"])
	s.WritingSystem = form.WritingSystem(word("writingSystem", writingSystems))
	s.NativeNumbers = f.flag("settings.nativeNumbers", m["nativeNumbers"])
	s.LongWords = form.LongWords(word("longWordHandling", longWords))
	return s, word("outputFormat", formats)
}
