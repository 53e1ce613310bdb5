package form

// Permission says whether a kind may stand directly in another.
type Permission uint8

// The permissions of spec/markup.md 13.
const (
	Refused  Permission = iota // LM220, or LM212 for kinds with fixed parents
	Accepted                   // documented, or accepted without a diagnostic
	Warned                     // accepted with LM221 or LM222
)

// Allowed tells whether child may stand directly in parent (spec/markup.md 13).
func Allowed(parent, child Kind) Permission {
	if s, ok := schemaByKind[child]; ok && s.Parents != nil {
		for _, p := range s.Parents {
			if p == parent {
				return Accepted
			}
		}
		return Refused
	}
	row := containment[parent]
	for i, kinds := range containmentColumns {
		if i >= len(row) {
			return Refused
		}
		for _, k := range kinds {
			if k != child {
				continue
			}
			switch {
			case row[i] == 't' && child == WriteIn, row[i] == 'w':
				return Warned
			case row[i] == ' ':
				return Refused
			}
			return Accepted
		}
	}
	return Refused
}

// ChildrenOf lists what may stand directly in parent, in the order of Kinds.
func ChildrenOf(parent Kind) []Kind {
	var kinds []Kind
	for _, k := range Kinds() {
		if Allowed(parent, k) != Refused {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// containmentColumns are the columns of the table of spec/markup.md 13.
var containmentColumns = [...][]Kind{
	{Page},
	{Container},
	{Block},
	{PositionedBlock},
	{Text},
	{Content},
	{Paragraph},
	{Image},
	{EmptyLine},
	{InputGroup},
	{ChoiceBox},
	{CheckBox},
	{VerticalChoiceBox},
	{ScoreGroup},
	{Table},
	{AnswerSheet},
	{Grid, CompositeGrid},
	{CustomAnswerSheet},
	{Barcode},
	{WriteIn, TextInput, FreeTextInput},
}

// containment has a row a parent and a letter a column: x documented, o accepted
// silently, w accepted with a warning, t a warning for write_in alone.
var containment = map[Kind]string{
	Template:        "xx oxwxxxxxxwxwxxxxt",
	Page:            " x oxwxxxxxxwxwxxxxt",
	Container:       "  x     o    x xxo  ",
	Block:           " x owxxxxoxoxoxoooox",
	PositionedBlock: " x  wxxxxxxxoxoxxxxx",
	Paragraph:       "     x xx x         ",
	Answer:          "     xx o          x",
	CheckBox:        "     x              ",
	InputGroup:      "     x              ",
	TableHeader:     "     x              ",
	CustomRow:       "     x             x",
}
