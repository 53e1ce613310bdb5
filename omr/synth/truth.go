package synth

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/pattern"
)

// Truth says what the pen did: for each element's name the values marked, in
// any order. Elements that are absent stay empty; equal names get equal marks.
//
//   - Grids and composite grids have one entry a section, in order: the values
//     marked in it, joined by a comma; an empty text leaves the section empty.
//   - Score groups are told by their questions' names; an entry is a criterion,
//     whose first bubble is marked, or a criterion, a TAB and the number of the
//     bubble from 1.
//   - Triggers, which may share a name, are told by TriggerKey; any entry marks them.
//   - Barcodes may have their text, so that Expected knows it.
type Truth map[string][]string

// TriggerKey is the key of a trigger in a Truth: several may share a name, so
// the target belongs to it.
func TriggerKey(e *pattern.Element) string { return e.Name + "\t" + e.Target }

// Shares of DrawTruth, as seen on exam sheets: most fields hold one mark.
const (
	blankShare   = 0.06
	doubleShare  = 0.03 // of fields that allow several
	triggerShare = 0.12
	checkShare   = 0.4 // of boxes in a list that asks for any number
)

// DrawTruth draws answers for every element of every page: mostly one mark,
// some blanks, rarely two where the form allows two.
func DrawTruth(p *pattern.Pattern, seed uint64) Truth {
	r := draws(seed, "truth")
	t := Truth{}
	for i := range p.Pages {
		for j := range p.Pages[i].Elements {
			e := &p.Pages[i].Elements[j]
			if _, drawn := t[e.Name]; !drawn {
				drawElement(r, t, e)
			}
		}
	}
	return t
}

func drawElement(r *rand.Rand, t Truth, e *pattern.Element) {
	several := e.Ours == nil || e.Ours.Multiselect == nil || *e.Ours.Multiselect
	switch e.Type {
	case pattern.ChoiceBox:
		t[e.Name] = drawValues(r, e, several)
	case pattern.CheckBox:
		if !several {
			t[e.Name] = drawValues(r, e, false)
			return
		}
		values := []string{}
		for _, g := range e.Groups {
			for _, b := range g.Bubbles {
				if r.Float64() < checkShare {
					values = append(values, b.Value)
				}
			}
		}
		t[e.Name] = values
	case pattern.Grid, pattern.CompositeGrid:
		values := make([]string, len(e.Groups))
		blank := r.Float64() < blankShare
		for i, g := range e.Groups {
			if !blank {
				values[i] = g.Bubbles[r.IntN(len(g.Bubbles))].Value
			}
		}
		t[e.Name] = values
	case pattern.ScoreGroup:
		for _, q := range e.Questions {
			values := []string{}
			for _, a := range q.Answers {
				if k := r.IntN(len(a.Bubbles) + 1); k < len(a.Bubbles) {
					values = append(values, criterion(a.Name, k))
				}
			}
			t[q.Name] = values
		}
	case pattern.ReplaceTrigger:
		if r.Float64() < triggerShare {
			t[TriggerKey(e)] = []string{e.Value}
			t[e.Target] = []string{}
		}
	case pattern.Barcode, pattern.BarcodeMade, pattern.ClipArea:
	}
}

// drawValues is one value, none, or two where several are allowed.
func drawValues(r *rand.Rand, e *pattern.Element, several bool) []string {
	var all []string
	for _, g := range e.Groups {
		for _, b := range g.Bubbles {
			all = append(all, b.Value)
		}
	}
	n := 1
	switch x := r.Float64(); {
	case len(all) == 0 || x < blankShare:
		n = 0
	case several && len(all) > 2 && x < blankShare+doubleShare:
		n = 2
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return append([]string{}, all[:n]...)
}

// criterion is an entry for the bubble k, from 0, of a criterion.
func criterion(name string, k int) string {
	if k == 0 {
		return name
	}
	return name + "\t" + strconv.Itoa(k+1)
}

// marks tells for each bubble of an element, in EachBubble's order, whether the
// pen marks it.
func (t Truth) marks(e *pattern.Element) []bool {
	var out []bool
	switch e.Type {
	case pattern.Grid, pattern.CompositeGrid:
		sections := t[e.Name]
		for i, g := range e.Groups {
			var values []string
			if i < len(sections) && sections[i] != "" {
				values = strings.Split(sections[i], ",")
			}
			out = append(out, chosen(g.Bubbles, values)...)
		}
	case pattern.ScoreGroup:
		for _, q := range e.Questions {
			left := append([]string{}, t[q.Name]...)
			for _, a := range q.Answers {
				for k := range a.Bubbles {
					out = append(out, consume(left, criterion(a.Name, k)))
				}
			}
		}
	case pattern.ReplaceTrigger:
		_, fired := t[TriggerKey(e)]
		for _, g := range e.Groups {
			for range g.Bubbles {
				out = append(out, fired)
			}
		}
	default:
		var all []pattern.Bubble
		for _, g := range e.Groups {
			all = append(all, g.Bubbles...)
		}
		out = chosen(all, t[e.Name])
	}
	return out
}

// chosen marks a bubble for each value; of equal values the first ones.
func chosen(bubbles []pattern.Bubble, values []string) []bool {
	left := append([]string{}, values...)
	out := make([]bool, len(bubbles))
	for i, b := range bubbles {
		out[i] = consume(left, b.Value)
	}
	return out
}

// used stands in place of an entry that a bubble has taken.
const used = "\x00used"

func consume(left []string, value string) bool {
	for i, v := range left {
		if v == value {
			left[i] = used
			return true
		}
	}
	return false
}

// Row is an answer as results carry it.
type Row struct{ Name, Value string }

// Expected is the value of every row that a faultless reader reports for a
// truth (spec/markup.md 12), by its key. Of equal keys the last one's. A
// barcode's is the text in the truth: a pattern does not tell it.
func Expected(p *pattern.Pattern, t Truth) map[string]string {
	out := map[string]string{}
	for _, row := range Rows(p, t) {
		out[row.Name] = row.Value
	}
	return out
}

// Rows are what Expected tells, in the order of the form: results sort them by name.
func Rows(p *pattern.Pattern, t Truth) []Row {
	var out []Row
	for i := range p.Pages {
		for j := range p.Pages[i].Elements {
			out = expect(out, &p.Pages[i].Elements[j], t)
		}
	}
	for i := range p.Pages {
		for j := range p.Pages[i].Elements {
			e := &p.Pages[i].Elements[j]
			if _, fired := t[TriggerKey(e)]; !fired || e.Type != pattern.ReplaceTrigger {
				continue
			}
			for k := range out {
				if out[k].Name == e.Target {
					out[k].Value = e.Value
				}
			}
		}
	}
	return out
}

func expect(out []Row, e *pattern.Element, t Truth) []Row {
	marks := t.marks(e)
	k := 0
	marked := func(bubbles []pattern.Bubble) (values []string) {
		for _, b := range bubbles {
			if marks[k] {
				values = append(values, b.Value)
			}
			k++
		}
		return values
	}
	single := e.Ours != nil && e.Ours.Multiselect != nil && !*e.Ours.Multiselect
	put := func(name, value string) { out = append(out, Row{name, value}) }
	switch e.Type {
	case pattern.ChoiceBox, pattern.CheckBox:
		var values []string
		for _, g := range e.Groups {
			values = append(values, marked(g.Bubbles)...)
		}
		value := strings.Join(values, ",")
		if single && len(values) > 1 {
			value = "ERROR: Multiple marks per question"
		}
		put(e.Name, value)
	case pattern.Grid, pattern.CompositeGrid:
		value, several := "", false
		for _, g := range e.Groups {
			values := marked(g.Bubbles)
			several = several || len(values) > 1
			value += strings.Join(values, ",")
		}
		switch {
		case several && e.Type == pattern.CompositeGrid:
			value = "ERROR: Multiple marks per symbol"
		case several && single:
			value = "ERROR: Multiple marks per question"
		}
		put(e.Name, value)
	case pattern.ScoreGroup:
		total := 0
		for _, q := range e.Questions {
			var names []string
			sum := 0
			for _, a := range q.Answers {
				named := false
				for _, b := range a.Bubbles {
					if marks[k] && b.Positive {
						sum += b.Score
						if !named {
							names, named = append(names, a.Name), true
						}
					}
					k++
				}
			}
			put(q.Name, strings.Join(names, ","))
			put(q.Name+"_total", strconv.Itoa(sum))
			total += sum
		}
		put(e.Name+"_total", strconv.Itoa(total))
	case pattern.Barcode, pattern.BarcodeMade:
		put(e.Name, strings.Join(t[e.Name], ""))
	case pattern.ReplaceTrigger, pattern.ClipArea:
	}
	return out
}
