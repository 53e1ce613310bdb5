package markup

import (
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// readTXT reads TXT markup (spec/markup.md 3) into nodes under a Template. Places
// and nesting are checked here, attributes and containment by check.
func readTXT(text string, r *report) *node {
	p := &txtReader{
		r:       r,
		root:    &node{kind: form.Template, pos: form.Pos{Line: 1, Column: 1}},
		ahead:   countTags(text),
		forgive: map[string]int{},
	}
	p.stack = []frame{{node: p.root}}
	count := eachLine(text, func(number int, line string) bool {
		p.line(classify(number, line))
		return !r.stop
	})
	p.endText()
	for i := len(p.stack) - 1; i > 0 && !r.stop; i-- {
		p.unclosed(p.stack[i].node, form.Pos{Line: count, Column: 1}, "the end of the file")
	}
	p.wrapPages()
	return p.root
}

type txtReader struct {
	r     *report
	root  *node
	stack []frame

	cur       *node       // what attributes belong to; nil: nothing
	row       *answerLine // the answers that attributes belong to, if any
	more      []string    // further lines of the text of cur
	continues bool        // cur takes further lines of text
	asking    bool        // cur is a short-form question that takes answers
	parted    bool        // a blank line stands between cur and what comes

	blanks  []int          // numbers of blank lines that count only if an element follows
	ahead   map[string]tag // tags that are still to come
	forgive map[string]int // closing tags that a crossing has closed early
}

// frame is an element that is open; tag is its name in the source.
type frame struct {
	node *node
	tag  string
}

// tag counts the openings and closings of a name.
type tag struct{ opens, closes int }

// countTags counts all tags of a source, by their canonical names: what is still
// to come tells a tag that was forgotten from one that crosses another.
func countTags(text string) map[string]tag {
	tags := map[string]tag{}
	eachLine(text, func(number int, line string) bool {
		if strings.IndexByte(line, '&') < 0 && strings.IndexByte(line, '?') < 0 {
			return true
		}
		l := classify(number, line)
		t := tags[canonical(l.word)]
		switch l.class {
		case lineOpening:
			t.opens++
		case lineClosing:
			t.closes++
		default:
			return true
		}
		tags[canonical(l.word)] = t
		return true
	})
	return tags
}

func (p *txtReader) top() frame { return p.stack[len(p.stack)-1] }

func (p *txtReader) line(l parsedLine) {
	if l.class == linePlain && !p.continues {
		if at := skipBlanks(l.text, 0); at > 0 && l.asAttribute(at) {
			p.r.warn(p.cur, l.wordPos(), "LM204", "Indent attributes with a TAB.",
				"the attribute %s is indented with spaces", l.word)
		}
	}
	switch l.class {
	case lineBlank:
		p.blank(l)
	case lineVoid:
	case lineOpening:
		t := p.ahead[canonical(l.word)]
		t.opens--
		p.ahead[canonical(l.word)] = t
		p.open(l)
	case lineHalfOpen:
		p.halfOpen(l)
	case lineClosing:
		t := p.ahead[canonical(l.word)]
		t.closes--
		p.ahead[canonical(l.word)] = t
		p.close(l)
	case lineQuestion:
		p.question(l)
	case lineAttribute:
		p.attribute(l)
	case lineAnswers:
		p.answers(l)
	case lineTabbed, linePlain:
		p.other(l)
	}
}

// blank is a blank line: spacing where elements may follow each other freely
// (spec/markup.md 3.6).
func (p *txtReader) blank(l parsedLine) {
	p.endText()
	p.asking = false
	p.parted = true
	n := p.top().node
	switch n.kind {
	case form.Template, form.Page:
		if len(n.children) > 0 && p.r.spend(form.Pos{Line: l.number, Column: 1}) {
			p.blanks = append(p.blanks, l.number)
		}
		return
	case form.Block, form.Paragraph, form.PositionedBlock:
		if len(n.children) > 0 {
			if p.r.spend(form.Pos{Line: l.number, Column: 1}) {
				p.space(l.number)
			}
			return
		}
	case form.ScoreGroup, form.Table, form.VerticalChoiceBox, form.CustomAnswerSheet:
		if len(n.children) > 0 {
			return
		}
	default:
		return
	}
	p.parted = false
	p.r.warn(n, form.Pos{Line: l.number, Column: 1}, "LM207", "Remove the line, or write ?empty_line= for space.",
		"a blank line after the opening of %s is ignored", n.label())
}

// space adds the implicit empty line that a blank line is.
func (p *txtReader) space(number int) {
	p.add(&node{kind: form.EmptyLine, implicit: true, pos: form.Pos{Line: number, Column: 1}})
}

// flush makes the blank lines count that stand before an element.
func (p *txtReader) flush() {
	for _, number := range p.blanks {
		p.space(number)
	}
	p.blanks = p.blanks[:0]
}

func (p *txtReader) add(n *node) {
	parent := p.top().node
	n.parent = parent
	n.index = len(parent.children)
	parent.children = append(parent.children, n)
}

// begin ends what was current and adds n as the element that is.
func (p *txtReader) begin(n *node) bool {
	p.endText()
	p.flush()
	if len(p.stack) >= maxDepth {
		p.r.fatal(n, n.pos, "LM106", "Use fewer levels.", "elements are nested deeper than %d levels", maxDepth)
	}
	if p.r.stop || !p.r.spend(n.pos) {
		return false
	}
	p.add(n)
	p.cur, p.row, p.asking, p.parted = n, nil, false, false
	return true
}

// endText puts the further lines of a text behind its first.
func (p *txtReader) endText() {
	p.continues = false
	if len(p.more) == 0 {
		return
	}
	p.cur.name += "\n" + strings.Join(p.more, "\n")
	p.more = p.more[:0]
}

func (p *txtReader) open(l parsedLine) {
	word := canonical(l.word)
	n := &node{kind: kindOfTXT(word), name: l.rest, namePos: l.pos(l.restAt, len(l.rest)), pos: l.wordPos()}
	closing := p.ahead[word].closes > p.ahead[word].opens
	if s, ok := form.Lookup(n.kind); ok {
		closing = s.Closing
	} else {
		p.r.fail(p.top().node, n.pos, "LM211", "Write the name of an element that there is.",
			"there is no element %s%s", quote(l.word), didYouMean(word, txtNames))
	}
	if !p.begin(n) {
		return
	}
	p.continues = n.kind == form.Text
	if closing {
		p.stack = append(p.stack, frame{node: n, tag: word})
	}
}

// halfOpen is a line ?word without "=" (spec/markup.md 3.1, LM202).
func (p *txtReader) halfOpen(l parsedLine) {
	kind := kindOfTXT(canonical(l.word))
	alone := strings.Trim(l.rest, " \t") == ""
	if !alone && kind == "" && (p.continues || l.text[0] == '\t') {
		p.other(l)
		return
	}
	s, known := form.Lookup(kind)
	if alone && known && s.Name == form.NameComment && !p.continues {
		p.r.warn(p.top().node, l.wordPos(), "LM202", "Write ?"+l.word+"= instead.", "?%s lacks its equals sign", l.word)
	} else {
		p.r.fail(p.top().node, l.wordPos(), "LM202",
			"Write ?"+l.word+"= for an element; a line of text that starts with ? is written with \\? in front.",
			"?%s lacks its equals sign", l.word)
	}
	if known {
		p.open(l)
	}
}

func (p *txtReader) question(l parsedLine) {
	pos := l.pos(0, 1)
	n := &node{kind: form.ChoiceBox, name: l.rest, namePos: l.pos(l.restAt, len(l.rest)), pos: pos}
	if !p.begin(n) {
		return
	}
	p.continues, p.asking = true, true
	n.answers = []answerLine{}
}

func (p *txtReader) attribute(l parsedLine) {
	p.endText()
	if p.cur == nil {
		p.r.fail(p.top().node, l.wordPos(), "LM208", "Put attributes right after the opening of their element.",
			"the attribute %s has no element that it could belong to", l.word)
		return
	}
	if p.parted {
		p.parted = false
		p.r.warn(p.cur, l.wordPos(), "LM207", "Remove the blank line.",
			"a blank line parts the attribute %s from its element, the %s", l.word, p.cur.label())
	}
	target := &p.cur.attrs
	if p.row != nil {
		target = &p.row.attrs
	}
	if !p.r.attribute(p.cur, len(*target), l.wordPos()) {
		return
	}
	lead := skipBlanks(l.rest, 0)
	text := strings.TrimRight(l.rest, " \t")
	lead = min(lead, len(text))
	*target = append(*target, raw{
		key: canonical(l.word), written: l.word, pos: l.wordPos(),
		val: value{kind: vWord, text: text, pos: l.pos(l.restAt+lead, len(text)-lead)},
	})
}

func (p *txtReader) answers(l parsedLine) {
	if !p.asking {
		p.r.fail(p.top().node, l.all(), "LM209", "Put answers right after their question, which starts with #.",
			"there is no question that these answers could belong to")
		return
	}
	p.endText()
	p.cur.answers = append(p.cur.answers, readAnswers(l.rest, l.pos(l.restAt, len(l.rest)), 1, p.cur, p.r))
	p.row = &p.cur.answers[len(p.cur.answers)-1]
}

// other is a line that is nothing by itself: text where one can go on, else stray.
func (p *txtReader) other(l parsedLine) {
	switch {
	case p.continues && l.text[0] != '\t':
		text := l.text
		if len(text) > 1 && text[0] == '\\' && strings.IndexByte("?&#", text[1]) >= 0 {
			text = text[1:]
		}
		p.more = append(p.more, text)
	case p.asking && l.text[0] == '\t':
		p.endText()
		p.r.fail(p.cur, l.all(), "LM412", "Start the line of answers with a marker such as () or (A).",
			"there is text before the first answer marker: %s", quote(strings.Trim(l.text, " \t")))
	default:
		p.r.fail(p.top().node, l.all(), "LM201", "Start elements with ?, questions with # and attributes with a TAB.",
			"the line %s is neither element, attribute, answer nor text that could go on here", quote(strings.Trim(l.text, " \t")))
	}
}

func (p *txtReader) close(l parsedLine) {
	p.endText()
	word := canonical(l.word)
	pos := l.pos(l.wordAt-1, len(l.word)+1) // with its sign, as spec/api.md 5.3 shows it
	at := p.innermost(word)
	if at > 0 {
		p.pop(at, pos, l.word)
		return
	}
	kind := kindOfTXT(word)
	if s, ok := form.Lookup(kind); ok && !s.Closing {
		p.r.warn(p.top().node, pos, "LM206", "Remove the line.", "%s has no closing tag, &%s is ignored", word, l.word)
		return
	}
	p.cur, p.row, p.asking = nil, nil, false
	if p.forgive[word] > 0 {
		p.forgive[word]--
		return
	}
	hint := ""
	if kind == "" {
		hint = didYouMean(word, txtNames)
	}
	e := p.r.fail(p.top().node, pos, "LM205", "Remove the line or open the "+word+".",
		"&%s closes nothing, %s%s", l.word, p.innermostOpen(), hint)
	if open := p.top().node; open != p.root {
		e.related(open.pos)
	}
}

// innermost is the place on the stack of the innermost open element of that
// name, 0 when there is none.
func (p *txtReader) innermost(word string) int {
	for i := len(p.stack) - 1; i > 0; i-- {
		if p.stack[i].tag == word {
			return i
		}
	}
	return 0
}

func (p *txtReader) innermostOpen() string {
	if len(p.stack) == 1 {
		return "no element is open"
	}
	return "the innermost open element is ?" + p.top().tag + "="
}

// pop closes the element at place at of the stack. What is open above it was
// either never closed (LM203) or is closed too late (LM205): the latter when
// more closings of its name are to come than other elements need.
func (p *txtReader) pop(at int, pos form.Pos, word string) {
	crossed := false
	taken := map[string]int{}
	for i := len(p.stack) - 1; i > at; i-- {
		f := p.stack[i]
		needed := taken[f.tag]
		for _, below := range p.stack[1:at] {
			if below.tag == f.tag {
				needed++
			}
		}
		t := p.ahead[f.tag]
		if t.closes-t.opens-p.forgive[f.tag] <= needed {
			p.unclosed(f.node, pos, "the closing of &"+word)
			continue
		}
		taken[f.tag]++
		if !crossed {
			crossed = true
			p.r.fail(f.node, pos, "LM205", "Close elements in the reverse order of their opening.",
				"&%s crosses another element, the innermost open element is ?%s=", word, f.tag).related(f.node.pos)
		}
	}
	for name, n := range taken {
		p.forgive[name] += n
	}
	p.cur, p.row, p.asking = nil, nil, false
	if p.stack[at].node.kind == form.Page {
		p.blanks = p.blanks[:0]
	}
	p.stack = p.stack[:at]
}

func (p *txtReader) unclosed(n *node, pos form.Pos, at string) {
	if n.kind == "" {
		return
	}
	p.r.fail(n, n.pos, "LM203", "Write &"+n.label()+" where the element ends.",
		"?%s= is never closed, which shows at %s in line %d", n.label(), at, pos.Line).related(pos)
}

// wrapPages puts a source without pages on one; with pages, what stands outside
// of them is not drawn (spec/markup.md 3.3, LM210).
func (p *txtReader) wrapPages() {
	paged := false
	for _, n := range p.root.children {
		paged = paged || n.kind == form.Page
	}
	if paged {
		dropStray(p.root, p.r)
		return
	}
	page := &node{kind: form.Page, implicit: true, pos: p.root.pos, parent: p.root, children: p.root.children}
	for _, n := range page.children {
		n.parent = page
	}
	p.root.children = []*node{page}
}

// dropStray takes out what stands beside the pages.
func dropStray(root *node, r *report) {
	pages := root.children[:0:0]
	for _, n := range root.children {
		switch {
		case n.kind == form.Page:
			pages = append(pages, n)
		case n.kind != "" && !n.implicit:
			r.warn(n, n.pos, "LM210", "Move it into a page.", "the %s stands outside of all pages and will not be drawn", n.label())
		}
	}
	root.written, root.children = root.children, pages
}
