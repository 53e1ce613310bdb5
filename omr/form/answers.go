package form

import "strings"

// Letters is how many symbols follow from the place of an answer: A to Z
// (spec/markup.md 10.12).
const Letters = 26

// Answers are what marks in a question are reported as, a value an answer in the
// order of the source (spec/markup.md 12.1): of a ChoiceBox, CheckBox,
// VerticalChoiceBox, of any question of a Table, any line of an AnswerSheet, or a
// BubbleArray. Of an answer sheet with too many lines of letters the rest is "".
func Answers(e *Element) []string {
	switch e.Kind {
	case ChoiceBox:
		return optionSymbols(e)
	case CheckBox:
		return answerNames(e.Children, Content)
	case VerticalChoiceBox:
		return answerNames(e.Children, Answer)
	case Table:
		for _, c := range e.Children {
			if c.Kind == TableHeader {
				return answerNames(c.Children, TableAnswer)
			}
		}
	case AnswerSheet:
		if list := e.Attrs[AttrAnswersList].List; len(list) > 0 {
			return list
		}
		n, ok := e.Int(AttrAnswersCount)
		if !ok {
			n = 4 // spec/markup.md 10.17
		}
		list := make([]string, min(n, Letters))
		for i := range list {
			list[i] = AnswerLetter(i)
		}
		return list
	case BubbleArray:
		if list := e.Attrs[AttrRecognitionValues].List; len(list) > 0 {
			return list
		}
		return e.Attrs[AttrAnswersList].List
	default:
	}
	return nil
}

func optionSymbols(e *Element) []string {
	list := make([]string, len(e.Children))
	for i, option := range e.Children {
		symbol, ok := option.Str(AttrBubbleValue)
		switch {
		case !ok && i < Letters:
			symbol = AnswerLetter(i)
		case symbol == "yes" || symbol == "no":
			symbol = strings.ToUpper(symbol[:1])
		}
		list[i] = symbol
	}
	return list
}

// answerNames are the values of the children of a kind. Answers that cannot be
// chosen have none.
func answerNames(children []*Element, kind Kind) []string {
	var list []string
	for _, c := range children {
		if c.Kind != kind {
			continue
		}
		if selectable, ok := c.Bool(AttrSelectable); ok && !selectable {
			continue
		}
		list = append(list, AnswerName(c, len(list)))
	}
	return list
}

// AnswerName is what a mark at answer i, from 0, is reported as: its name, or its
// letter where it has none, because an empty value would tell a mark from no mark
// no more (spec/markup.md A-10).
func AnswerName(e *Element, i int) string {
	if name := strings.TrimSpace(e.Name); name != "" {
		return name
	}
	return AnswerLetter(i)
}

// AnswerLetter is A to Z, then AA, AB and so on, for place i from 0.
func AnswerLetter(i int) string {
	s := ""
	for ; i >= 0; i = i/Letters - 1 {
		s = string(rune('A'+i%Letters)) + s
	}
	return s
}
