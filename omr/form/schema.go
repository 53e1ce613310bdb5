package form

// NameRole says what the text right of "=" (TXT) or the property name (JSON) is
// for an element (spec/markup.md 3.4), which decides what happens to its blanks.
type NameRole uint8

// What a name is for.
const (
	NameComment NameRole = iota // trimmed, never checked for uniqueness
	NameVisible                 // drawn as written
	NameLabel                   // drawn as written, and the result key when trimmed
	NameKey                     // the result key or another identifier: trimmed
	NameFile                    // the key into the images of the request: trimmed
)

// Unset says which JSON value of an attribute means that it is not set
// (spec/markup.md 4.3). null always does.
type Unset uint8

// The values that mean "not set".
const (
	UnsetNull     Unset = iota // null alone
	UnsetNegative              // any number below zero
	UnsetZero                  // 0
	UnsetEmpty                 // an empty list
)

// AttrSpec describes an attribute of a kind (spec/markup.md 10).
type AttrSpec struct {
	Name     Attr
	Type     Type
	Default  string   // as documented; "" means none or the page setting
	Required bool     // its absence or misuse is an error
	Values   []string // TypeEnum: the canonical values
	Min, Max float64  // numbers: the legal range
	Aliases  []string // other spellings that are read, lower case with underscores
	Unset    Unset
	Auto     bool // the word "auto" means not set
	Fill     bool // readers write the default into the tree when the source is silent
}

// Schema describes a kind of element.
type Schema struct {
	Kind          Kind
	TXT           string // its name in TXT markup; "" for the Template
	Closing       bool   // TXT: it has a closing tag and may have children
	NeedsChildren bool   // JSON: the property children must be there
	Name          NameRole
	NameRequired  bool // JSON: the name must be there; TXT: it must not be empty where empty is senseless
	Attrs         []AttrSpec
	Parents       []Kind // fixed parents (spec/markup.md 13); nil: see Allowed
}

// Attr is the description of attribute a, by its canonical name or an alias.
func (s *Schema) Attr(name string) (*AttrSpec, bool) {
	for i := range s.Attrs {
		spec := &s.Attrs[i]
		if string(spec.Name) == name {
			return spec, true
		}
		for _, alias := range spec.Aliases {
			if alias == name {
				return spec, true
			}
		}
	}
	return nil, false
}

// Lookup is the description of a kind. It is shared: do not write to it.
func Lookup(k Kind) (*Schema, bool) {
	s, ok := schemaByKind[k]
	return s, ok
}

// Kinds lists all kinds in the order of spec/markup.md 0.3 (Option, which is no
// element of its own in JSON, included).
func Kinds() []Kind {
	kinds := make([]Kind, len(schemas))
	for i := range schemas {
		kinds[i] = schemas[i].Kind
	}
	return kinds
}

var schemaByKind = func() map[Kind]*Schema {
	m := make(map[Kind]*Schema, len(schemas))
	for i := range schemas {
		m[schemas[i].Kind] = &schemas[i]
	}
	return m
}()

// Limits of numbers that are ours: wide enough for any paper, narrow enough that
// no product of two of them overflows.
const (
	maxPx     = 100_000
	maxCount  = 1_000_000_000
	maxPoints = 1_000_000
	maxLines  = 1000 // columns, rows: things that are laid out one by one
)

func px(name Attr, def string) AttrSpec {
	return AttrSpec{Name: name, Type: TypePx, Default: def, Max: maxPx}
}

// length is a size in px of which a JSON 0 means "not set".
func length(name Attr) AttrSpec {
	return AttrSpec{Name: name, Type: TypePx, Min: 1, Max: maxPx, Unset: UnsetZero}
}

// place is an absolute coordinate in px of which a negative JSON number means "not set".
func place(name Attr) AttrSpec {
	return AttrSpec{Name: name, Type: TypePx, Max: maxPx, Unset: UnsetNegative}
}

func count(name Attr, def string) AttrSpec {
	return AttrSpec{Name: name, Type: TypeCount, Default: def, Min: 1, Max: maxCount}
}

// lines is a count of columns or rows.
func lines(name Attr, def string) AttrSpec {
	return AttrSpec{Name: name, Type: TypeCount, Default: def, Min: 1, Max: maxLines}
}

func column() AttrSpec {
	return AttrSpec{Name: AttrColumn, Type: TypeCount, Default: "1", Min: 1, Max: maxLines, Unset: UnsetZero}
}

func whole(name Attr, def string, lo, hi float64) AttrSpec {
	return AttrSpec{Name: name, Type: TypeInt, Default: def, Min: lo, Max: hi}
}

func percent(def string) AttrSpec {
	return AttrSpec{Name: AttrThreshold, Type: TypePercent, Default: def, Max: 100}
}

func flag(name Attr, def string) AttrSpec {
	return AttrSpec{Name: name, Type: TypeBool, Default: def}
}

func text(name Attr, def string) AttrSpec {
	return AttrSpec{Name: name, Type: TypeText, Default: def}
}

func color(name Attr, def string) AttrSpec {
	return AttrSpec{Name: name, Type: TypeColor, Default: def}
}

func enum(name Attr, def string, values ...string) AttrSpec {
	return AttrSpec{Name: name, Type: TypeEnum, Default: def, Values: values}
}

func symbols(name Attr) AttrSpec { return AttrSpec{Name: name, Type: TypeSymbols} }

func proportions(name Attr) AttrSpec { return AttrSpec{Name: name, Type: TypeProportions} }

func required(a AttrSpec) AttrSpec {
	a.Required = true
	return a
}

func filled(a AttrSpec) AttrSpec {
	a.Fill = true
	return a
}

func alias(a AttrSpec, names ...string) AttrSpec {
	a.Aliases = names
	return a
}

func unset(a AttrSpec, u Unset) AttrSpec {
	a.Unset = u
	return a
}

func auto(a AttrSpec) AttrSpec {
	a.Auto = true
	return a
}

func join(groups ...[]AttrSpec) []AttrSpec {
	var all []AttrSpec
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}

// font is the group FONT of spec/markup.md 10.
func font() []AttrSpec {
	return []AttrSpec{
		text(AttrFontFamily, ""),
		{Name: AttrFontStyle, Type: TypeStyle},
		{Name: AttrFontSize, Type: TypePt, Min: 1, Max: 400},
	}
}

// sides are width, colour and the four side styles of the group BORDER.
func sides() []AttrSpec {
	return []AttrSpec{
		px(AttrBorderSize, "3"),
		color(AttrBorderColor, "Black"),
		{Name: AttrBorderTopStyle, Type: TypeSide},
		{Name: AttrBorderBottomStyle, Type: TypeSide},
		{Name: AttrBorderLeftStyle, Type: TypeSide},
		{Name: AttrBorderRightStyle, Type: TypeSide},
	}
}

func borderKinds(name Attr) AttrSpec {
	return enum(name, BorderNone, BorderNone, BorderSquare, BorderRounded)
}

// border is the group BORDER of spec/markup.md 10.
func border() []AttrSpec {
	return join([]AttrSpec{alias(borderKinds(AttrBorder), "border_type")}, sides())
}

func align(def string) AttrSpec { return enum(AttrAlign, def, AlignLeft, AlignCenter, AlignRight) }

func bubbleSize() AttrSpec { return enum(AttrBubbleSize, "", BubbleSizes()...) }

func bubbleType(def string) AttrSpec { return enum(AttrBubbleType, def, BubbleRound, BubbleSquare) }

func bubblePosition() AttrSpec { return enum(AttrBubblePosition, AlignLeft, AlignLeft, AlignRight) }

func contentType() AttrSpec {
	return enum(AttrContentType, ContentNormal, ContentNormal, ContentCells)
}

// matrix is what grid and composite_grid share (spec/markup.md 10.18, 10.19).
func matrix() []AttrSpec {
	return []AttrSpec{
		align(AlignLeft),
		enum(AttrOrientation, GridHorizontal, GridHorizontal, GridVertical),
		enum(AttrHeaderType, HeaderUnderline, HeaderUnderline, HeaderSquare),
		px(AttrHeaderBorderSize, "3"),
		color(AttrHeaderBorderColor, "Black"),
		px(AttrVerticalMargin, "0"),
		bubbleSize(),
		bubbleType(BubbleRound),
		place(AttrX),
		place(AttrY),
		column(),
	}
}

// asked are our own attributes of questions (docs/markup-extensions.md).
func asked(key AttrSpec) []AttrSpec {
	return []AttrSpec{
		key,
		{Name: AttrPoints, Type: TypePt, Default: "1", Max: maxPoints},
		text(AttrSelect, ""),
		flag(AttrRequired, "false"),
	}
}
