// Package form is the tree of a form: which elements there are, what each may
// carry and contain. No syntax, no places.
//
// Both markups (TXT and JSON) are read into this one tree; layout reads it.
// The schema (Kinds, Attributes, Children) is a table, so that readers,
// writers, editors and the documentation share one truth: spec/markup.md
// sections 6, 10 and 13. Lengths are page px, font sizes points.
package form

// Kind is the type of an element, by its JSON name (spec/markup.md 0.3).
type Kind string

// The kinds of spec/markup.md 0.3, in its order.
const (
	Template          Kind = "Template"
	Page              Kind = "Page"
	Container         Kind = "Container"
	Block             Kind = "Block"
	PositionedBlock   Kind = "PositionedBlock"
	Text              Kind = "Text"
	Content           Kind = "Content"
	Paragraph         Kind = "Paragraph"
	Image             Kind = "Image"
	EmptyLine         Kind = "EmptyLine"
	InputGroup        Kind = "InputGroup"
	ChoiceBox         Kind = "ChoiceBox"
	Option            Kind = "Option"
	CheckBox          Kind = "CheckBox"
	VerticalChoiceBox Kind = "VerticalChoiceBox"
	Answer            Kind = "Answer"
	ScoreGroup        Kind = "ScoreGroup"
	ScoreQuestion     Kind = "ScoreQuestion"
	ScoreHeader       Kind = "ScoreHeader"
	ScoreAnswer       Kind = "ScoreAnswer"
	TableContent      Kind = "TableContent"
	Table             Kind = "Table"
	TableTitle        Kind = "TableTitle"
	TableHeader       Kind = "TableHeader"
	TableAnswer       Kind = "TableAnswer"
	Question          Kind = "Question"
	AnswerSheet       Kind = "AnswerSheet"
	Grid              Kind = "Grid"
	CompositeGrid     Kind = "CompositeGrid"
	CustomAnswerSheet Kind = "CustomAnswerSheet"
	Header            Kind = "Header"
	Column            Kind = "Column"
	CustomRow         Kind = "CustomRow"
	BubbleArray       Kind = "BubbleArray"
	CustomTrigger     Kind = "CustomTrigger"
	Barcode           Kind = "Barcode"
	WriteIn           Kind = "WriteIn"
	TextInput         Kind = "TextInput"
	FreeTextInput     Kind = "FreeTextInput"
)

// Attr is an attribute by its canonical name, the same in both markups:
// lower case with underscores (spec/markup.md 5.1 lists what is spelt
// otherwise; readers translate). The visible text of a choice box is
// question_text, of every other element its Name.
type Attr string

// Form is a whole form source as a tree.
type Form struct {
	Name  string     // of the Template; empty when the source gives none
	Pages []*Element // Kind Page each; a TXT source without pages has one
}

// Element is a node of the tree.
type Element struct {
	Kind     Kind
	Name     string // as written: visible text, key, file name or comment, by kind
	Attrs    map[Attr]Value
	Children []*Element
	Pos      Pos // where its opening stands in the source; not part of equality
}

// Pos is a place in the source, from 1; columns count Unicode characters.
type Pos struct{ Line, Column, Span int }

// Value is a typed attribute value. Which member is set follows from the
// attribute's type in the schema.
type Value struct {
	Type  Type
	Num   float64    // TypePx, TypePt, TypeCount, TypeInt, TypePercent
	Bool  bool       // TypeBool
	Str   string     // TypeText; TypeEnum: canonical spelling
	List  []string   // TypeSymbols
	Rows  [][]string // TypeSymbolRows
	Parts []float64  // TypeProportions, percent
	Style FontStyle  // TypeStyle
	Color Color      // TypeColor
	Side  BorderSide // TypeSide
	Pos   Pos        // of the value in the source
}

// Type is the type of an attribute (spec/markup.md 3.9, 6.1).
type Type uint8

// The types, by the member of Value that holds them.
const (
	TypeText Type = iota + 1
	TypePx
	TypePt // with decimals: font sizes, points of answers
	TypeCount
	TypeInt
	TypePercent
	TypeBool
	TypeEnum
	TypeSymbols
	TypeSymbolRows
	TypeProportions
	TypeStyle
	TypeColor
	TypeSide
)

// Int is the whole number at a; ok is false when the source does not set it.
func (e *Element) Int(a Attr) (v int, ok bool) {
	x, ok := e.Attrs[a]
	return int(x.Num), ok
}

// Number is the number at a.
func (e *Element) Number(a Attr) (v float64, ok bool) {
	x, ok := e.Attrs[a]
	return x.Num, ok
}

// Str is the text or the canonical enumeration value at a.
func (e *Element) Str(a Attr) (v string, ok bool) {
	x, ok := e.Attrs[a]
	return x.Str, ok
}

// Bool is the flag at a.
func (e *Element) Bool(a Attr) (v, ok bool) {
	x, ok := e.Attrs[a]
	return x.Bool, ok
}

// Color is the colour at a.
func (e *Element) Color(a Attr) (v Color, ok bool) {
	x, ok := e.Attrs[a]
	return x.Color, ok
}

// FontStyle is a set of styles; the zero value is regular.
type FontStyle uint8

// The styles that can be combined.
const (
	Bold FontStyle = 1 << iota
	Italic
	Underline
	Strikeout
)

// Color is an sRGB colour. None means no fill (transparent).
type Color struct {
	R, G, B uint8
	None    bool
}

// BorderSide overrides one side of a border; nil members are inherited.
type BorderSide struct {
	Size    *int // px
	Color   *Color
	Disable bool
}
