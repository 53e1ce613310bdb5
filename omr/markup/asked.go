package markup

import (
	"slices"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
)

// Our own attributes of questions: key, points, select, required
// (docs/markup-extensions.md). All are off unless the source uses them, and what
// is wrong with them never keeps a form from being made: properties of these
// names may be a client's own data.

// Bounds that keep the reading of keys linear.
const (
	longestKey = 1000 // bytes
	mostCommas = 20   // in the name of an answer that a key may hold beside others
)

// answerable is a question by what can be marked in it.
type answerable struct {
	most int // marks that it can have, for grids in a position
	// match is the key as the result row would carry it, and its number of marks;
	// why says what is wrong with it.
	match func(key string) (canonical string, marks int, why string)
}

// choice is a question with these answers, of which marks are reported joined.
func choice(e *form.Element, answers []string) answerable {
	a := answerable{most: len(answers), match: matcher(answers)}
	if slices.ContainsFunc(answers, func(s string) bool { return strings.Contains(s, "${") }) {
		a.match = func(key string) (string, int, string) { return key, unknown, "" }
	}
	if several, ok := e.Bool(form.AttrMultiselect); ok && !several {
		a.most = min(a.most, 1)
	}
	return a
}

// spelt is a question of positions, of which each gives a symbol or nothing.
func spelt(positions, most int, symbols func(i int) []string) answerable {
	return answerable{most: most, match: func(key string) (string, int, string) {
		if spells(key, positions, symbols) {
			return key, 1, ""
		}
		return "", 0, "it cannot be spelt by the " + strconv.Itoa(positions) + " positions"
	}}
}

// asked checks what the source asks of one question.
func (c *checker) asked(n *node, e *form.Element, a answerable) {
	fewest, most := c.selected(n, e, a.most)
	if v, ok := e.Attrs[form.AttrKey]; ok && !strings.Contains(v.Str, "${") {
		key, marks, why := a.match(strings.TrimSpace(v.Str))
		if why == "" {
			why = unlike(marks, fewest, most, a.most)
		}
		if why != "" {
			c.r.warn(n, v.Pos, "LM701", "Write the key as the result should read.", "the key %s can never be the result, it is not used: %s", quote(v.Str), why)
			delete(e.Attrs, form.AttrKey)
		} else {
			v.Str = key
			e.Attrs[form.AttrKey] = v
		}
	}
	c.points(n, e)
}

// askedLines checks what the source asks of every line of a sheet.
func (c *checker) askedLines(n *node, e *form.Element, answers []string, lines int) {
	a := choice(e, answers)
	fewest, most := c.selected(n, e, a.most)
	if v, ok := e.Attrs[form.AttrKey]; ok {
		v.List = slices.Clone(v.List)
		for i, key := range v.List {
			if key == "" || strings.Contains(key, "${") {
				continue
			}
			canonical, marks, why := a.match(key)
			if why == "" {
				why = unlike(marks, fewest, most, a.most)
			}
			if why != "" {
				c.r.warn(n, v.Pos, "LM701", "Write the key as the result should read.",
					"the key %s of line %d can never be the result, the line is not graded: %s", quote(key), i+1, why)
				canonical = ""
			}
			v.List[i] = canonical
		}
		if len(v.List) > lines {
			c.r.warn(n, v.Pos, "LM702", "Give one group for each line.", "the key has %d groups for %d lines, the last ones are not used", len(v.List), lines)
			v.List = v.List[:lines]
		}
		if e.Attrs[form.AttrKey] = v; !slices.ContainsFunc(v.List, func(s string) bool { return s != "" }) {
			delete(e.Attrs, form.AttrKey)
		}
	}
	c.points(n, e)
}

func (c *checker) points(n *node, e *form.Element) {
	v, ok := e.Attrs[form.AttrPoints]
	if _, keyed := e.Attrs[form.AttrKey]; ok && !keyed {
		c.r.warn(n, v.Pos, "LM703", "Give it a key as well.", "the points of %s mean nothing without a key", n.label())
	}
}

// selected reads how many marks make an answer; without a word, any number does.
func (c *checker) selected(n *node, e *form.Element, possible int) (fewest, most int) {
	const any = 1 << 30
	v, ok := e.Attrs[form.AttrSelect]
	if !ok {
		return 0, any
	}
	fewest, most, ok = parseSelect(v.Str)
	switch {
	case !ok:
		c.r.warn(n, v.Pos, "LM704", "Write one, many, a number (at most so many) or a range such as 1-3.",
			"select of %s is %s, it is not used", n.label(), quote(v.Str))
	case fewest > possible:
		c.r.warn(n, v.Pos, "LM705", "Ask for fewer marks.",
			"select of %s asks for %d marks, there can be %d, it is not used", n.label(), fewest, possible)
	default:
		return fewest, most
	}
	delete(e.Attrs, form.AttrSelect)
	return 0, any
}

// parseSelect reads one, many, N or N-M.
func parseSelect(s string) (fewest, most int, ok bool) {
	const many = 1 << 30
	switch s = strings.ToLower(strings.TrimSpace(s)); s {
	case "one":
		return 0, 1, true
	case "many":
		return 0, many, true
	}
	from, to, ranged := strings.Cut(s, "-")
	if !ranged {
		from, to = "0", s
	}
	fewest, err := strconv.Atoi(strings.TrimSpace(from))
	if err != nil {
		return 0, 0, false
	}
	most, err = strconv.Atoi(strings.TrimSpace(to))
	return fewest, most, err == nil && fewest >= 0 && most >= max(fewest, 1) && most < many
}

// unknown is the number of marks of a key whose answers are filled in later.
const unknown = -1

// unlike says why a key with so many marks is no answer where fewest to most are
// asked for and possible can be told apart.
func unlike(marks, fewest, most, possible int) string {
	switch {
	case marks == unknown:
		return ""
	case marks < fewest || marks > most:
		return "it has " + strconv.Itoa(marks) + " marks, which select does not allow"
	case marks > possible:
		return "it has " + strconv.Itoa(marks) + " marks, there can be " + strconv.Itoa(possible)
	}
	return ""
}

// matcher finds what a key says among the answers of a question. Names may hold
// commas, so the longest name that fits is taken. Case counts only where two
// answers differ by nothing else.
func matcher(answers []string) func(key string) (string, int, string) {
	exact, loose := map[string]int{}, map[string]int{}
	commas := 0
	for i, a := range answers {
		if _, ok := exact[a]; !ok {
			exact[a] = i
		}
		if at, ok := loose[strings.ToLower(a)]; ok && answers[at] != a {
			loose[strings.ToLower(a)] = -1
		} else if !ok {
			loose[strings.ToLower(a)] = i
		}
		commas = min(max(commas, strings.Count(a, ",")), mostCommas)
	}
	find := func(s string) int { // -1: none
		s = strings.TrimSpace(s)
		if i, ok := exact[s]; ok {
			return i
		}
		if i, ok := loose[strings.ToLower(s)]; ok {
			return i
		}
		return -1
	}
	return func(key string) (string, int, string) {
		if len(key) > longestKey {
			return "", 0, "it is too long"
		}
		if i := find(key); i >= 0 {
			return answers[i], 1, ""
		}
		words := strings.Split(key, ",")
		var marks []int
		for len(words) > 0 {
			found, run := -1, min(commas+1, len(words))
			for ; run > 0; run-- {
				if found = find(strings.Join(words[:run], ",")); found >= 0 {
					break
				}
			}
			switch {
			case found < 0:
				return "", 0, "there is no answer " + quote(strings.TrimSpace(words[0]))
			case slices.Contains(marks, found):
				return "", 0, "it names " + quote(answers[found]) + " twice"
			}
			marks, words = append(marks, found), words[run:]
		}
		slices.Sort(marks)
		names := make([]string, len(marks))
		for i, at := range marks {
			names[i] = answers[at]
		}
		return strings.Join(names, ","), len(marks), ""
	}
}

// spells tells whether positions, of which each gives a symbol or nothing, can
// give the key.
func spells(key string, positions int, symbols func(i int) []string) bool {
	if key == "" || len(key) > longestKey {
		return false
	}
	reached := make([]bool, len(key)+1)
	reached[0] = true
	for i := range positions {
		list := symbols(i)
		// From the end, so that a position gives one symbol.
		for at := len(key) - 1; at >= 0; at-- {
			if !reached[at] {
				continue
			}
			for _, s := range list {
				if s != "" && strings.HasPrefix(key[at:], s) {
					reached[at+len(s)] = true
				}
			}
		}
		if reached[len(key)] {
			return true
		}
	}
	return false
}
