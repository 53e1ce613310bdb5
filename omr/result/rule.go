package result

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Codes of broken rules, and the warnings that tell them.
const (
	RuleRequired = "required" // LM861: no mark where one is asked for
	RuleTooMany  = "too_many" // LM862: more marks than select allows
	RuleTooFew   = "too_few"  // LM863: fewer
)

// Rule says whether an answer keeps what the form asks of it (required, select):
// in JSON null, or the code and cause of what it breaks. The member is there on
// every answer of a form that asks anything.
type Rule struct {
	Asked       bool
	Code, Cause string // empty: kept
}

// IsZero tells whether the form asks nothing.
func (r Rule) IsZero() bool { return !r.Asked }

// Broken tells whether the answer breaks a rule.
func (r Rule) Broken() bool { return r.Code != "" }

type rule struct {
	Code  string `json:"code"`
	Cause string `json:"cause"`
}

// MarshalJSON writes null for a rule that is kept.
func (r Rule) MarshalJSON() ([]byte, error) {
	if !r.Broken() {
		return []byte("null"), nil
	}
	return json.Marshal(rule{r.Code, r.Cause})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Rule) UnmarshalJSON(b []byte) error {
	var in rule
	if err := json.Unmarshal(b, &in); err != nil {
		return fmt.Errorf("read the rule of an answer: %w", err)
	}
	*r = Rule{Asked: true, Code: in.Code, Cause: in.Cause}
	return nil
}

// asks tells whether any field of the form has a rule.
func asks(p *pattern.Pattern) bool {
	for i := range p.Pages {
		for j := range p.Pages[i].Elements {
			if o := p.Pages[i].Elements[j].Ours; o != nil && (o.Required || o.Select != "") {
				return true
			}
		}
	}
	return false
}

// ruleOf checks an answer of page i, from 0. A value that a trigger put there was
// chosen: it breaks nothing.
func ruleOf(p *pattern.Pattern, i int, a mark.Answer) Rule {
	kept := Rule{Asked: true}
	e := elementOf(p, i, a.Element)
	if e == nil || e.Ours == nil || e.Name != a.Name || a.Kind != mark.Field || a.Replaced {
		return kept
	}
	switch e.Type {
	case pattern.ChoiceBox, pattern.CheckBox, pattern.Grid, pattern.CompositeGrid:
	default:
		return kept
	}
	var sections []int // marks in each
	k := 0
	for _, g := range e.Groups {
		n := 0
		for range g.Bubbles {
			if k < len(a.Bubbles) && a.Bubbles[k].Marked {
				n++
			}
			k++
		}
		sections = append(sections, n)
	}
	if !sectioned(p, i, a.Element) {
		all := 0
		for _, n := range sections {
			all += n
		}
		sections = []int{all}
	}
	least, most := marksAllowed(e.Ours.Select)
	broken := [3]string{}
	for s, n := range sections {
		where := ""
		if len(sections) > 1 {
			where = fmt.Sprintf("section %d of %d: ", s+1, len(sections))
		}
		switch {
		case n == 0 && e.Ours.Required:
			set(&broken[0], where+"nothing is marked")
		case n > most:
			set(&broken[1], fmt.Sprintf("%s%d marks, at most %d allowed", where, n, most))
		case n < least:
			set(&broken[2], fmt.Sprintf("%s%d of at least %d marks", where, n, least))
		}
	}
	for c, cause := range broken {
		if cause != "" {
			return Rule{Asked: true, Code: [3]string{RuleRequired, RuleTooMany, RuleTooFew}[c], Cause: cause}
		}
	}
	return kept
}

// set keeps the first text.
func set(s *string, to string) {
	if *s == "" {
		*s = to
	}
}

// anyNumber is more marks than any field has bubbles.
const anyNumber = pattern.MaxBubbles + 1

// marksAllowed reads select: one, many, N (at most), N-M. What it is not asks for
// nothing.
func marksAllowed(sel string) (least, most int) {
	sel = strings.ToLower(strings.TrimSpace(sel))
	if sel == "one" {
		return 0, 1
	}
	from, to, ranged := strings.Cut(sel, "-")
	n, err := strconv.Atoi(strings.TrimSpace(from))
	if err != nil || n < 0 {
		return 0, anyNumber
	}
	if !ranged {
		return 0, n
	}
	m, err := strconv.Atoi(strings.TrimSpace(to))
	if err != nil || m < n {
		return 0, anyNumber
	}
	return n, m
}

// ruleWarnings are the LM numbers of broken rules, and what to do.
var ruleWarnings = map[string][2]string{
	RuleRequired: {"LM861", "Ask for the missing answer."},
	RuleTooMany:  {"LM862", "Look which marks are meant."},
	RuleTooFew:   {"LM863", "Ask for the missing marks."},
}

func ruleWarning(name string, r Rule) string {
	w := ruleWarnings[r.Code]
	return fmt.Sprintf("%s The answer %q breaks the form's rule: %s. %s", w[0], name, r.Cause, w[1])
}
