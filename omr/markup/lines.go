package markup

import (
	"strings"
	"unicode/utf8"

	"github.com/leafmark/leafmark/omr/form"
)

// lineClass is what a line is by itself (spec/markup.md 3.1); whether a plain
// line continues a text depends on what came before.
type lineClass uint8

const (
	lineBlank     lineClass = iota
	lineVoid                // a TAB and nothing but white space
	lineOpening             // ?word=rest
	lineHalfOpen            // ?word, no "=" after it: rest is what follows
	lineClosing             // &word
	lineQuestion            // #rest
	lineAttribute           // TAB word = rest
	lineAnswers             // TAB ( …
	lineTabbed              // TAB and something else
	linePlain               // anything else: text, or an attribute after spaces
)

// parsedLine is a line with its parts. Offsets are bytes into text.
type parsedLine struct {
	class  lineClass
	text   string
	number int
	word   string // as written
	wordAt int
	rest   string // what follows "=", "#" or the word
	restAt int
}

// pos is a place in the line.
func (l parsedLine) pos(at, length int) form.Pos {
	return form.Pos{
		Line:   l.number,
		Column: 1 + utf8.RuneCountInString(l.text[:at]),
		Span:   utf8.RuneCountInString(l.text[at : at+length]),
	}
}

func (l parsedLine) wordPos() form.Pos { return l.pos(l.wordAt, len(l.word)) }

// all is the place of the line's content without the white space around it.
func (l parsedLine) all() form.Pos {
	at := skipBlanks(l.text, 0)
	return l.pos(at, len(strings.TrimRight(l.text[at:], " \t")))
}

// eachLine calls f for every line; CRLF, LF and CR end lines, the last may lack one.
func eachLine(text string, f func(number int, line string) bool) (count int) {
	for number := 1; text != ""; number++ {
		count = number
		end := strings.IndexAny(text, "\r\n")
		line, rest := text, ""
		if end >= 0 {
			line, rest = text[:end], text[end+1:]
			if text[end] == '\r' && strings.HasPrefix(rest, "\n") {
				rest = rest[1:]
			}
		}
		if !f(number, line) {
			return count
		}
		text = rest
	}
	return count
}

// classify tells what a line is, in the order of spec/markup.md 3.1.
func classify(number int, text string) parsedLine {
	l := parsedLine{text: text, number: number}
	at := skipBlanks(text, 0)
	if at == len(text) {
		if strings.HasPrefix(text, "\t") {
			l.class = lineVoid
		}
		return l
	}
	switch text[at] {
	case '?', '&':
		l.wordAt = at + 1
		l.word = identifier(text[at+1:])
		after := l.wordAt + len(l.word)
		switch {
		case l.word == "":
		case text[at] == '&' && skipBlanks(text, after) == len(text):
			l.class = lineClosing
			return l
		case text[at] == '?' && strings.HasPrefix(text[after:], "="):
			l.class = lineOpening
			l.setRest(after + 1)
			return l
		case text[at] == '?':
			l.class = lineHalfOpen
			l.setRest(after)
			return l
		}
	case '#':
		if at == 0 {
			l.class = lineQuestion
			l.setRest(skipBlanks(text, 1))
			return l
		}
	}
	if text[0] != '\t' {
		l.class = linePlain
		return l
	}
	if text[at] == '(' {
		l.class = lineAnswers
		l.setRest(at)
		return l
	}
	l.class = lineTabbed
	l.asAttribute(at)
	return l
}

// asAttribute makes the line an attribute if what starts at at is one.
func (l *parsedLine) asAttribute(at int) bool {
	word := identifier(l.text[at:])
	equals := skipBlanks(l.text, at+len(word))
	if word == "" || !strings.HasPrefix(l.text[equals:], "=") {
		return false
	}
	l.class = lineAttribute
	l.word, l.wordAt = word, at
	l.setRest(equals + 1)
	return true
}

func (l *parsedLine) setRest(at int) { l.rest, l.restAt = l.text[at:], at }

func skipBlanks(s string, from int) int {
	for from < len(s) && (s[from] == ' ' || s[from] == '\t') {
		from++
	}
	return from
}

// identifier is the word at the start of s: [A-Za-z_][A-Za-z0-9_-]*.
func identifier(s string) string {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return s[:i]
		}
	}
	return s
}

// canonical is how identifiers are compared: lower case, "-" as "_".
func canonical(word string) string {
	return strings.ReplaceAll(strings.ToLower(word), "-", "_")
}
