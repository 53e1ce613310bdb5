package form

import (
	"iter"
	"strconv"
	"strings"
)

// Keyed is an element that yields rows or pictures in the result, and what they
// are called.
type Keyed struct {
	Element *Element
	// Key is the result key; for sheets the prefix that each line's number
	// follows, for a score question and its group what "_total" follows
	// (spec/markup.md 12.1).
	Key string
	// First is the number of a question or of a sheet's first line, Count how
	// many numbers it has (spec/markup.md 11); 0 where nothing is numbered.
	First, Count int
	// Unnamed says that the source gives no key where it should: Key is made up
	// (spec/markup.md 12.3).
	Unnamed bool
	// Picture says that the element yields pictures instead of rows.
	Picture bool
}

// LineKey is the key of line i, from 0, of a sheet.
func (k Keyed) LineKey(i int) string {
	number := strconv.Itoa(k.First + i)
	if k.Element != nil && k.Element.Kind == CustomAnswerSheet {
		return k.Key + "_" + number
	}
	return k.Key + number
}

// Rows are the keys of all rows that the element yields, in the order of the form
// (spec/markup.md 12.1).
func (k Keyed) Rows() iter.Seq[string] {
	return func(yield func(string) bool) {
		switch {
		case k.Picture:
		case k.Element.Kind == AnswerSheet:
			for i := range k.Count {
				if !yield(k.LineKey(i)) {
					return
				}
			}
		case k.Element.Kind == CustomAnswerSheet:
			k.customRows(yield)
		case k.Element.Kind == ScoreGroup:
			yield(k.Key + totalSuffix)
		case k.Element.Kind == ScoreQuestion:
			_ = yield(k.Key) && yield(k.Key+totalSuffix)
		default:
			yield(k.Key)
		}
	}
}

// totalSuffix ends the keys of sums (spec/markup.md 10.15).
const totalSuffix = "_total"

// RowIndex stands for the number of the row in names and values of a custom
// answer sheet (spec/markup.md 3.9).
const RowIndex = "%index%"

// customRows yields the keys of a custom answer sheet: a row of the sheet for its
// first bubble array, rows of their own for further ones (spec/markup.md 10.20).
func (k Keyed) customRows(yield func(string) bool) {
	var arrays []*Element
	for _, c := range k.Element.Children {
		if c.Kind != CustomRow {
			continue
		}
		for _, cell := range c.Children {
			if cell.Kind == BubbleArray {
				arrays = append(arrays, cell)
			}
		}
	}
	for i := range k.Count {
		for j, array := range arrays {
			if !yield(k.ArrayKey(i, j, array)) {
				return
			}
		}
	}
}

// ArrayKey is the key of bubble array j of the row i of a custom answer sheet,
// both from 0.
func (k Keyed) ArrayKey(i, j int, array *Element) string {
	key := k.LineKey(i)
	if j == 0 {
		return key
	}
	if name := strings.TrimSpace(strings.ReplaceAll(array.Name, RowIndex, strconv.Itoa(k.First+i))); name != "" {
		return name
	}
	return key + "_" + strconv.Itoa(j+1)
}

// Keys numbers the questions of a form and names its rows and pictures, in
// document order (spec/markup.md 11, 12). The counter runs through all pages
// from 1.
func Keys(f *Form) []Keyed {
	n := numbering{next: 1, unnamed: map[Kind]int{}}
	for _, p := range f.Pages {
		n.walk(p)
	}
	return n.keys
}

type numbering struct {
	next    int
	unnamed map[Kind]int
	keys    []Keyed
}

func (n *numbering) walk(e *Element) {
	if k, ok := n.keyed(e); ok {
		n.keys = append(n.keys, k)
	}
	for _, c := range e.Children {
		n.walk(c)
	}
}

func (n *numbering) keyed(e *Element) (k Keyed, ok bool) {
	switch e.Kind {
	case ChoiceBox:
		k = Keyed{Element: e, Key: strings.TrimSpace(e.Name), First: n.next, Count: 1}
		if k.Key == "" {
			k.Key = "Question" + strconv.Itoa(n.next)
		}
		n.next++
	case AnswerSheet:
		k = n.named(e)
		k.Count, _ = e.Int(AttrElementsCount)
		if k.Unnamed {
			k.Key += "_"
		}
		k.First = n.next
		if start, ok := e.Int(AttrStartID); ok {
			k.First = start
		}
		n.next = k.First + k.Count
	case CustomAnswerSheet:
		k = n.named(e)
		k.Count, _ = e.Int(AttrAmount)
		k.First = 1
		if start, ok := e.Int(AttrStartID); ok {
			k.First = start
		}
	case Grid, CompositeGrid, Barcode, CheckBox, VerticalChoiceBox, ScoreGroup, ScoreQuestion, Question:
		k = n.named(e)
	case WriteIn, TextInput, FreeTextInput:
		k = n.named(e)
		k.Picture = true
	case Block:
		if clipped, _ := e.Bool(AttrIsClipped); !clipped {
			return k, false
		}
		k = n.named(e)
		k.Picture = true
	default:
		return k, false
	}
	return k, true
}

func (n *numbering) named(e *Element) Keyed {
	k := Keyed{Element: e, Key: strings.TrimSpace(e.Name)}
	if k.Key == "" {
		n.unnamed[e.Kind]++
		k.Key = string(e.Kind) + strconv.Itoa(n.unnamed[e.Kind])
		k.Unnamed = true
	}
	return k
}
