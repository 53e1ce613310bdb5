package form

// WritingSystem is that of the people who fill in a form (spec/markup.md 9.9).
type WritingSystem string

// The writing systems of spec/markup.md 9.9.
const (
	Western WritingSystem = "Western"
	Arabic  WritingSystem = "Arabic"
	Bengali WritingSystem = "Bengali"
	Hebrew  WritingSystem = "Hebrew"
	Persian WritingSystem = "Persian"
	Urdu    WritingSystem = "Urdu"
)

// WritingSystems lists the writing systems of spec/markup.md 9.9.
func WritingSystems() []string {
	return []string{string(Western), string(Arabic), string(Bengali), string(Hebrew), string(Persian), string(Urdu)}
}

// ParseWritingSystem reads a name of spec/markup.md 9.9 in any case.
func ParseWritingSystem(s string) (WritingSystem, bool) {
	c, ok := match(s, WritingSystems())
	return WritingSystem(c), ok
}

// RightToLeft tells whether the system's lines, columns and bubbles begin at the
// right.
func (w WritingSystem) RightToLeft() bool {
	switch w {
	case Arabic, Hebrew, Persian, Urdu:
		return true
	case Western, Bengali:
	}
	return false
}

// Language is the language that goes without saying (BCP 47); empty for Western,
// which may be any.
func (w WritingSystem) Language() string {
	switch w {
	case Arabic:
		return "ar"
	case Bengali:
		return "bn"
	case Hebrew:
		return "he"
	case Persian:
		return "fa"
	case Urdu:
		return "ur"
	case Western:
	}
	return ""
}

// LongWords says what becomes of a word wider than its place (spec/markup.md 7.1,
// 9.5).
type LongWords string

// What may become of a long word.
const (
	DrawOver  LongWords = "drawover"  // drawn beyond the edge, LM509 as a warning
	LongError LongWords = "error"     // LM509 as an error
	Hyphenate LongWords = "hyphenate" // broken with a hyphen
)

// LongWordHandlings lists what may become of a long word.
func LongWordHandlings() []string {
	return []string{string(DrawOver), string(LongError), string(Hyphenate)}
}

// Writing is the part of the settings that says how texts are written.
type Writing struct {
	System        WritingSystem
	NativeNumbers bool // digits of the writing system; Hebrew: its alphabetic numerals
	LongWords     LongWords
}
