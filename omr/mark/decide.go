package mark

import (
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Values that stand for an answer that must not be taken as read
// (spec/markup.md 10.19, 12.4).
const (
	manyPerSymbol   = "ERROR: Multiple marks per symbol"
	manyPerQuestion = "ERROR: Multiple marks per question"
)

// limit is the least confidence that passes without a doubt.
func (p Policy) limit() float64 {
	switch p {
	case Strict:
		return 0.9999
	case Lenient:
		return 0.99
	case Normal:
	}
	return 0.999
}

// reading is one group of bubbles as decided.
type reading struct {
	values  []string
	bubbles []Bubble
	marks   int
	risk    float64 // that the group is read wrong
	worst   risk
	top     float64 // strongest fill
}

func (r *reading) take(k risk) {
	r.risk = 1 - (1-r.risk)*(1-k.p)
	if k.p > r.worst.p {
		r.worst = k
	}
}

// decider holds what all elements of a page share.
type decider struct {
	ms       *Measurement
	opt      Options
	evidence []Evidence
	among    among
	habits   habits
	at       map[[3]int]int // element, group, index: place
	odd      bool           // what was taken for symbols may be marks, all over
}

// Decide turns a measurement into the answers of the page: fields and codes in
// the pattern's order, group totals behind their own element, crops where they
// stand, triggers last. Triggers have replaced their targets' values already, and
// crops that depend on a mark which is not there are dropped.
func Decide(ms *Measurement, opt Options) []Answer {
	d := decider{ms: ms, opt: opt, at: make(map[[3]int]int, len(ms.Places))}
	fields := ms.fields()
	d.among = ms.among(fields)
	d.evidence = ms.evidence(fields, d.among)
	d.habits = d.habitsOf(fields)
	for i, p := range ms.Places {
		d.at[[3]int{p.Element, p.Group, p.Index}] = i
	}
	d.odd = d.oddSheet()
	var out []Answer
	for i := range ms.Page.Elements {
		out = append(out, d.element(i)...)
	}
	out = append(out, d.triggers(out)...)
	out = d.kept(out)
	for i := range out {
		a := &out[i]
		a.Confidence = min(max(a.Confidence, 0), 1)
		if a.Confidence >= opt.Policy.limit() {
			a.Doubt = ""
		}
	}
	return out
}

// oddSheet tells whether most bubbles are of odd look: that look itself may be that of
// marks, everywhere.
func (d *decider) oddSheet() bool {
	odd := 0
	for i := range d.ms.Bubbles {
		if d.ms.Bubbles[i].Odd {
			odd++
		}
	}
	return 2*odd > len(d.ms.Bubbles)
}

// element decides the rows of one element; none for triggers, which act later.
func (d *decider) element(i int) []Answer {
	e := &d.ms.Page.Elements[i]
	a := Answer{Element: i, Name: e.Name, Box: e.Box, Values: []string{}}
	a.Image = d.ms.registered.Quad(e.Box)
	switch e.Type {
	case pattern.ChoiceBox, pattern.CheckBox:
		return []Answer{d.choice(a, e, i)}
	case pattern.Grid:
		return []Answer{d.grid(a, e, i)}
	case pattern.CompositeGrid:
		return []Answer{d.composite(a, e, i)}
	case pattern.ScoreGroup:
		return d.score(a, e, i)
	case pattern.Barcode, pattern.BarcodeMade:
		return []Answer{d.code(a, i)}
	case pattern.ClipArea:
		a.Kind, a.Confidence = Crop, 1
		if !d.visible(a.Image) {
			a.Confidence, a.Doubt = 0.5, OutsideImage
		}
		return []Answer{a}
	case pattern.ReplaceTrigger:
	}
	return nil
}

// visible tells whether the whole quad lies in the picture's frame.
func (d *decider) visible(q geom.Quad) bool {
	for _, p := range q {
		if p.X < 0 || p.Y < 0 || p.X > float64(d.ms.Width) || p.Y > float64(d.ms.Height) {
			return false
		}
	}
	return true
}

// threshold is the element's, else the request's, else none.
func (d *decider) threshold(e *pattern.Element) *int {
	if e.Threshold != nil {
		return e.Threshold
	}
	if e.Ours != nil && e.Ours.Threshold != nil {
		return e.Ours.Threshold
	}
	return d.opt.Threshold
}

// group decides bubbles that answer together.
func (d *decider) group(element, group int, bubbles []pattern.Bubble, threshold *int) reading {
	var r reading
	n := len(bubbles)
	places, marked, risks := make([]int, n), make([]bool, n), make([]risk, n)
	for k := range bubbles {
		i := d.at[[3]int{element, group, k}]
		places[k] = i
		marked[k], risks[k] = d.judge(i, threshold)
		if b := &d.ms.Bubbles[i]; b.usable() {
			r.top = max(r.top, b.Fill)
		}
	}
	d.uneven(places, marked, risks)
	d.specks(places, marked, risks)
	d.circled(places, marked, risks)
	d.cancelled(places, marked, risks)
	for k, pb := range bubbles {
		b := &d.ms.Bubbles[places[k]]
		risk := risks[k]
		if marked[k] && !d.habits.circles && b.Fill < unlike*r.top && (b.Fill < plainFill || b.Coverage < plainFill) {
			risk.p = max(risk.p, 0.01)
			risk.doubt = UnlikeMarks
			if b.pale() {
				risk.doubt = ErasedMark
			}
		} else if !marked[k] && risk.p >= 0.01 && risk.doubt == FaintMark {
			risk.doubt = d.between(places, k, risk.doubt)
		}
		if marked[k] {
			r.values = append(r.values, pb.Value)
			r.marks++
		}
		r.take(risk)
		r.bubbles = append(r.bubbles, Bubble{
			Value: pb.Value, Page: pb.Box, Image: b.Quad, Fill: b.Fill, Coverage: b.Coverage,
			Outline: min(max(b.Outline.Contrast, 0), 1), Marked: marked[k], Risk: risk.p,
		})
	}
	return r
}

// A mark under unlike of its stronger neighbour in the field may be a stray stroke
// or an erasure; a plain filled one beside a blotted one is a mark all the same.
const (
	unlike    = 0.45
	plainFill = 0.4
)

// between names the doubt of a faint bubble: a mark set between two bubbles
// darkens the paper beside them.
func (d *decider) between(places []int, k int, otherwise Doubt) Doubt {
	for _, j := range [2]int{k - 1, k + 1} {
		if j >= 0 && j < len(places) && d.ms.Bubbles[places[j]].Beside > 0.25 && d.ms.Bubbles[places[k]].Beside > 0.25 {
			return BetweenBubbles
		}
	}
	return otherwise
}

// settle turns a reading's risk into confidence and doubt.
func (a *Answer) settle(r reading) {
	a.Confidence = 1 - r.risk
	a.Doubt = r.worst.doubt
	a.Bubbles = append(a.Bubbles, r.bubbles...)
}

// doubtful lowers the confidence below every policy's limit.
func (a *Answer) doubtful(why Doubt, confidence float64) {
	if confidence < a.Confidence {
		a.Confidence, a.Doubt = confidence, why
	}
}

// multiselect tells whether several marks are allowed; only a source that says
// so forbids them (spec/pattern.md 2: the key Multiselect means nothing).
func multiselect(o *pattern.ElementInfo) bool {
	return o == nil || o.Multiselect == nil || *o.Multiselect
}

// choice joins the marked values by commas (spec/markup.md 12.1).
func (d *decider) choice(a Answer, e *pattern.Element, i int) Answer {
	threshold := d.threshold(e)
	var r reading
	single := false
	for g := range e.Groups {
		q := d.group(i, g, e.Groups[g].Bubbles, threshold)
		r.values = append(r.values, q.values...)
		r.bubbles = append(r.bubbles, q.bubbles...)
		r.take(risk{q.risk, q.worst.doubt})
		single = single || q.marks > 1 && !multiselect(e.Ours)
	}
	a.settle(r)
	a.Values = append(a.Values, r.values...)
	a.Value = strings.Join(r.values, ",")
	if single {
		a.Value = manyPerQuestion
		a.doubtful(SeveralMarks, 0.9)
	}
	return a
}

// grid concatenates its sections; several marks in one are joined by a comma
// inside (spec/markup.md A-4), or not with GridConcat. Values has an entry a
// section, empty ones too (design.md §2).
func (d *decider) grid(a Answer, e *pattern.Element, i int) Answer {
	threshold := d.threshold(e)
	glue := ","
	if d.opt.GridConcat {
		glue = ""
	}
	var r reading
	var b strings.Builder
	single := false
	for g := range e.Groups {
		q := d.group(i, g, e.Groups[g].Bubbles, threshold)
		section := strings.Join(q.values, glue)
		b.WriteString(section)
		r.values = append(r.values, section)
		r.bubbles = append(r.bubbles, q.bubbles...)
		r.take(risk{q.risk, q.worst.doubt})
		single = single || q.marks > 1 && !multiselect(e.Ours)
	}
	a.settle(r)
	a.Values = append(a.Values, r.values...)
	a.Value = b.String()
	if single {
		a.Value = manyPerQuestion
		a.doubtful(SeveralMarks, 0.9)
	}
	return a
}

// composite takes one symbol a position (spec/markup.md 10.19); Values has an
// entry a position, empty ones too (design.md §2).
func (d *decider) composite(a Answer, e *pattern.Element, i int) Answer {
	threshold := d.threshold(e)
	var r reading
	several := false
	for g := range e.Groups {
		q := d.group(i, g, e.Groups[g].Bubbles, threshold)
		several = several || q.marks > 1
		r.values = append(r.values, strings.Join(q.values, ","))
		r.bubbles = append(r.bubbles, q.bubbles...)
		r.take(risk{q.risk, q.worst.doubt})
	}
	a.settle(r)
	a.Values = append(a.Values, r.values...)
	a.Value = strings.Join(r.values, "")
	if several {
		a.Value = manyPerSymbol
		a.doubtful(SeveralMarks, 0.9)
	}
	return a
}

// score is two rows a question and the group's total (spec/markup.md 10.15).
func (d *decider) score(a Answer, e *pattern.Element, i int) []Answer {
	threshold := d.threshold(e)
	var out []Answer
	total, sure := 0, 1.0
	why := Doubt("")
	row := 0
	for _, q := range e.Questions {
		list := Answer{Element: i, Name: q.Name, Box: q.Box, Image: d.ms.registered.Quad(q.Box), Values: []string{}}
		var r reading
		sum := 0
		for _, ans := range q.Answers {
			bs := make([]pattern.Bubble, len(ans.Bubbles))
			for k, b := range ans.Bubbles {
				bs[k] = b.Bubble
			}
			got := d.group(i, row, bs, threshold)
			row++
			named := false
			for k, b := range got.bubbles {
				if b.Marked && ans.Bubbles[k].Positive {
					sum += ans.Bubbles[k].Score
					if !named {
						list.Values = append(list.Values, ans.Name)
						named = true
					}
				}
			}
			r.bubbles = append(r.bubbles, got.bubbles...)
			r.take(risk{got.risk, got.worst.doubt})
		}
		list.settle(r)
		list.Value = strings.Join(list.Values, ",")
		out = append(out, list, d.sum(list, q.Name+"_total", sum, Field, list.Confidence, list.Doubt))
		total += sum
		if list.Confidence < 1 && (why == "" || list.Confidence < sure) {
			why = list.Doubt
		}
		sure *= list.Confidence
	}
	return append(out, d.sum(a, e.Name+"_total", total, Total, sure, why))
}

func (d *decider) sum(of Answer, name string, n int, kind Kind, sure float64, why Doubt) Answer {
	v := strconv.Itoa(n)
	return Answer{
		Element: of.Element, Name: name, Value: v, Values: []string{v}, Kind: kind,
		Confidence: sure, Doubt: why, Box: of.Box, Image: of.Image,
	}
}

// code is a barcode's row: its text, or nothing and a doubt.
func (d *decider) code(a Answer, i int) Answer {
	a.Kind = Code
	a.CodeType = d.ms.Page.Elements[i].BarcodeType
	for _, c := range d.ms.Codes {
		if c.Element != i {
			continue
		}
		if c.Tries > 0 {
			a.Value, a.Values, a.CodeType = c.Text, []string{c.Text}, c.Kind
			a.Confidence, a.Doubt = c.sure(), UnreadableCode
			return a
		}
	}
	a.Confidence, a.Doubt = 0.5, UnreadableCode
	return a
}
