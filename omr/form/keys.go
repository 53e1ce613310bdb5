package form

import (
	"strconv"
	"strings"
)

// Keyed is an element that yields rows in the result, and what they are called.
type Keyed struct {
	Element *Element
	// Key is the result key; for an answer sheet the prefix that each line's
	// number follows (spec/markup.md 12.1).
	Key string
	// First is the number of a question or of a sheet's first line, Count how
	// many numbers it has (spec/markup.md 11); 0 where nothing is numbered.
	First, Count int
	// Unnamed says that the source gives no key where it should: Key is made up
	// (spec/markup.md 12.3).
	Unnamed bool
}

// LineKey is the key of line i, from 0, of an answer sheet.
func (k Keyed) LineKey(i int) string { return k.Key + strconv.Itoa(k.First+i) }

// Keys numbers the questions of a form and names its rows, in document order
// (spec/markup.md 11, 12). The counter runs through all pages from 1.
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
	switch e.Kind {
	case ChoiceBox:
		k := Keyed{Element: e, Key: strings.TrimSpace(e.Name), First: n.next, Count: 1}
		if k.Key == "" {
			k.Key = "Question" + strconv.Itoa(n.next)
		}
		n.next++
		n.keys = append(n.keys, k)
	case AnswerSheet:
		k := n.named(e)
		k.Count, _ = e.Int(AttrElementsCount)
		if k.Unnamed {
			k.Key += "_"
		}
		k.First = n.next
		if start, ok := e.Int(AttrStartID); ok {
			k.First = start
		}
		n.next = k.First + k.Count
		n.keys = append(n.keys, k)
	case Grid, CompositeGrid, Barcode, CheckBox, VerticalChoiceBox:
		n.keys = append(n.keys, n.named(e))
	default:
	}
	for _, c := range e.Children {
		n.walk(c)
	}
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
