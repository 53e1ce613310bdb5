package markup

import (
	"strings"
	"unicode/utf8"

	"github.com/go-text/typesetting/segmenter"

	"github.com/leafmark/leafmark/omr/form"
)

// answerLine is one visual row of answers (spec/markup.md 3.8).
type answerLine struct {
	pos   form.Pos
	marks []answerMark
	attrs []raw // of all answers of the line
}

type answerMark struct {
	symbol string // "" when the letter follows from the position
	text   string
	pos    form.Pos
}

// readAnswers tokenises a line of answers by the grammar of spec/markup.md 3.8.
// at is the place of its first character; step is 1 where columns of the line
// are columns of the source and 0 where all of it stands in one JSON string.
func readAnswers(line string, at form.Pos, step int, n *node, r *report) answerLine {
	out := answerLine{pos: at}
	scale := pureScale(line)
	var text strings.Builder
	open := false // a marker has been met
	finish := func() {
		if open {
			last := &out.marks[len(out.marks)-1]
			last.text = strings.Trim(text.String(), " \t")
		}
		text.Reset()
	}
	stray := false
	pos := at
	for i := 0; i < len(line); {
		if symbol, size := marker(line[i:], scale); size > 0 {
			finish()
			width := utf8.RuneCountInString(line[i : i+size])
			mark := answerMark{symbol: symbol, pos: pos}
			if step > 0 {
				mark.pos.Span = width
			}
			if !r.spend(pos) {
				return out
			}
			out.marks = append(out.marks, mark)
			open = true
			i += size
			pos.Column += step * width
			continue
		}
		if strings.HasPrefix(line[i:], `\(`) {
			i++
			pos.Column += step
		}
		_, size := utf8.DecodeRuneInString(line[i:])
		if c := line[i]; !open && !stray && c != ' ' && c != '\t' {
			stray = true
			r.fail(n, pos, "LM412", "Start the line of answers with a marker such as () or (A).",
				"there is text before the first answer marker: %s", quote(strings.Trim(line[i:], " \t")))
		}
		text.WriteString(line[i : i+size])
		i += size
		pos.Column += step
	}
	finish()
	return out
}

// marker reads a marker at the start of s: its symbol and its length in bytes,
// which is 0 when there is none. scale allows numbers of two and three digits.
func marker(s string, scale bool) (symbol string, size int) {
	if s[0] != '(' {
		return "", 0
	}
	end := strings.IndexAny(s[1:], "()")
	if end < 0 || s[1+end] != ')' {
		return "", 0
	}
	symbol = strings.Trim(s[1:1+end], " \t")
	size = end + 2
	switch {
	case symbol == "" || oneCharacter(symbol):
		return symbol, size
	case strings.EqualFold(symbol, "yes") || strings.EqualFold(symbol, "no"):
		return strings.ToLower(symbol), size
	case scale && isScaleNumber(symbol):
		return symbol, size
	}
	return "", 0
}

// pureScale tells whether a line is nothing but markers, as (10)(9)(8) is.
func pureScale(line string) bool {
	for {
		line = strings.TrimLeft(line, " \t")
		if line == "" {
			return true
		}
		_, size := marker(line, true)
		if size == 0 {
			return false
		}
		line = line[size:]
	}
}

func isScaleNumber(s string) bool {
	if len(s) < 2 || len(s) > 3 {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}

// oneCharacter tells whether s is one grapheme cluster (spec/markup.md 2.1).
func oneCharacter(s string) bool {
	_, size := utf8.DecodeRuneInString(s)
	if s == "" || size == len(s) {
		return s != ""
	}
	const longest = 128 // bytes: the longest emoji sequences have 35
	if len(s) > longest || s[0] < utf8.RuneSelf && s[1] < utf8.RuneSelf {
		return false
	}
	var seg segmenter.Segmenter
	seg.Init([]rune(s))
	clusters := seg.GraphemeIterator()
	return clusters.Next() && !clusters.Next()
}
