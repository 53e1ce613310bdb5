package trial

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/synth"
)

// Report is what a trial found. Its lists are sorted; but for Stages and Speed
// the same trial gives the same report.
type Report struct {
	Seed     uint64      `json:"seed"`
	From     int         `json:"from"` // number of the first sheet
	Variant  Variant     `json:"variant"`
	Policy   mark.Policy `json:"policy"`
	Total    Tally       `json:"total"`
	Families []Family    `json:"families"`
	Forms    []Line      `json:"forms"`
	Effects  []Line      `json:"effects"`  // an effect's tally counts pictures
	Elements []Line      `json:"elements"` // an element kind's tally counts answers alone
	Foreign  Foreign     `json:"foreign"`
	Wrongs   []Case      `json:"wrongs"`     // every silent wrong answer, up to 200
	Bins     []Bin       `json:"confidence"` // of all answers, doubtful ones too

	tables map[string]map[[2]string]*Tally
	about  map[synth.Family]*details
	bins   []Bin
}

// Family is a family's part of a report.
type Family struct {
	Family     synth.Family         `json:"family"`
	Tally      Tally                `json:"tally"`
	Share      [3]float64           `json:"straight_share"` // with its 95 % interval: lowest, seen, highest
	Confusion  Confusion            `json:"bubbles"`
	Refusals   map[string]int       `json:"refusals,omitempty"` // pictures by reason
	Doubts     map[string]int       `json:"doubts,omitempty"`   // answers by reason
	Bins       []Bin                `json:"confidence"`
	Residual   Quantiles            `json:"residual_px"`     // root mean square a picture, page px
	Worst      Quantiles            `json:"residual_max_px"` // greatest a picture
	Stages     map[string]Quantiles `json:"ms,omitempty"`
	Registered [2]int               `json:"registered"` // pictures placed, of all
}

// Confusion counts bubbles as the pen left them and as they were read.
type Confusion struct {
	Empty  Reads `json:"empty"`
	Marked Reads `json:"marked"`
}

// Reads are the readings of one sort of bubbles; Doubt are those of answers in
// doubt.
type Reads struct {
	Empty  int `json:"read_empty"`
	Marked int `json:"read_marked"`
	Doubt  int `json:"in_doubt"`
}

// Line is a line of a table.
type Line struct {
	Family string `json:"family,omitempty"`
	Name   string `json:"name"`
	Tally  Tally  `json:"tally"`
}

// Bin is the answers whose confidence lies from From to below To.
type Bin struct {
	From, To float64
	Answers  int
	Right    int
	sum      float64
	Mean     float64 // confidence
}

// Foreign counts readings of pictures against the patterns of other forms.
type Foreign struct {
	Tried    int      `json:"tried"`
	Accepted int      `json:"accepted"`
	Pairs    []string `json:"pairs,omitempty"` // sheet as form, up to 100
}

// Case is an answer that was read wrong without a doubt.
type Case struct {
	Sheet  int          `json:"sheet"`
	Family synth.Family `json:"family"`
	Form   string       `json:"form"`
	Names  []string     `json:"effects"`
	Row
}

// limits of what a report lists.
const (
	mostCases = 200
	mostPairs = 100
)

// confidences are the edges of the bins.
var confidences = []float64{0, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0001}

func newBins() []Bin {
	out := make([]Bin, len(confidences)-1)
	for i := range out {
		out[i].From, out[i].To = confidences[i], min(confidences[i+1], 1)
	}
	return out
}

func count(bins []Bin, confidence float64, right bool) {
	for i := range bins {
		if confidence < confidences[i+1] {
			bins[i].Answers++
			bins[i].sum += confidence
			bins[i].Right += b2i(right)
			return
		}
	}
}

// details are a family's counts under way.
type details struct {
	marks           [2][3]int
	refusals        map[string]int
	doubts          map[string]int
	bins            []Bin
	residual, worst spread
	stages          map[string]*spread
	placed, all     int
}

// Tables of a report.
const (
	byFamily  = "family"
	byForm    = "form"
	byEffect  = "effect"
	byElement = "element"
)

func newReport(opt Options) *Report {
	r := &Report{
		Seed: opt.Seed, From: opt.From, Variant: opt.Variant, Policy: opt.Policy,
		tables: map[string]map[[2]string]*Tally{}, about: map[synth.Family]*details{}, bins: newBins(),
	}
	if r.Policy == "" {
		r.Policy = mark.Normal
	}
	return r
}

func (r *Report) tally(table, family, name string) *Tally {
	if r.tables[table] == nil {
		r.tables[table] = map[[2]string]*Tally{}
	}
	t := r.tables[table][[2]string{family, name}]
	if t == nil {
		t = &Tally{}
		r.tables[table][[2]string{family, name}] = t
	}
	return t
}

// formOf is the name under which a form is counted: random ones together.
func formOf(name string) string {
	if strings.HasPrefix(name, "random-") {
		return "random forms"
	}
	name, _, _ = strings.Cut(name, "#")
	return name
}

// add counts a sheet.
func (r *Report) add(s *Sheet) {
	family := string(s.Family)
	whole := []*Tally{&r.Total, r.tally(byFamily, family, ""), r.tally(byForm, "", formOf(s.Form))}
	for _, t := range whole {
		t.outcome(s.Outcome)
	}
	d := r.about[s.Family]
	if d == nil {
		d = &details{refusals: map[string]int{}, doubts: map[string]int{}, bins: newBins(), stages: map[string]*spread{}}
		r.about[s.Family] = d
	}
	for _, p := range s.Pages {
		for _, t := range whole {
			t.content(p.count)
		}
		for _, name := range p.Names {
			t := r.tally(byEffect, family, name)
			t.outcome(p.outcome)
			t.content(p.count)
		}
		d.page(p)
	}
	for _, row := range s.Rows {
		r.tally(byElement, family, row.Kind).row(row)
		if row.Outcome == Doubtful {
			d.doubts[string(row.Doubt)]++
		}
		if !row.Lost {
			right := row.Read == row.Wrote && row.Outcome != Wrong
			count(d.bins, row.Confidence, right)
			count(r.bins, row.Confidence, right)
		}
	}
	for _, row := range slices.Concat(s.Rows, s.Slips) {
		if row.Outcome == Wrong && len(r.Wrongs) < mostCases {
			r.Wrongs = append(r.Wrongs, Case{s.Number, s.Family, s.Form, s.Pages[min(row.Page, len(s.Pages))-1].Names, row})
		}
	}
	r.Foreign.Tried += s.tried
	r.Foreign.Accepted += len(s.Foreign)
	for _, f := range s.Foreign {
		if len(r.Foreign.Pairs) < mostPairs {
			r.Foreign.Pairs = append(r.Foreign.Pairs, s.Form+" as "+f)
		}
	}
}

// page counts what a picture tells of registration and time.
func (d *details) page(p Page) {
	d.all++
	for i := range p.marks {
		for j, n := range p.marks[i] {
			d.marks[i][j] += n
		}
	}
	if p.Err != nil {
		d.refusals[reason(p.Err)]++
	}
	rd := p.reading
	if rd == nil {
		return
	}
	if rd.Map != nil && p.Err == nil {
		d.placed++
		d.residual.add(rd.Map.Residual)
		d.worst.add(rd.Map.ResidualMax)
	}
	if t := rd.Timing; t != nil && p.Err == nil {
		for stage, ms := range map[string]float64{"decode": t.Decode, "register": t.Register, "mark": t.Mark, "whole": t.Total} {
			d.time(stage, ms)
		}
	} else if t != nil {
		d.time("refusal", t.Total)
	}
}

func (d *details) time(stage string, ms float64) {
	if d.stages[stage] == nil {
		d.stages[stage] = &spread{}
	}
	d.stages[stage].add(ms)
}

// finish makes the lists of what was counted.
func (r *Report) finish() {
	for _, k := range sorted(r.tables[byFamily]) {
		t := *r.tables[byFamily][k]
		d := r.about[synth.Family(k[0])]
		lo, hi := Wilson(t.Straight, t.Sheets)
		f := Family{
			Family: synth.Family(k[0]), Tally: t, Share: [3]float64{round4(lo), round4(float64(t.Straight) / float64(t.Sheets)), round4(hi)},
			Confusion: Confusion{
				Empty:  Reads{d.marks[0][0], d.marks[0][1], d.marks[0][2]},
				Marked: Reads{d.marks[1][0], d.marks[1][1], d.marks[1][2]},
			},
			Refusals: d.refusals, Doubts: d.doubts, Bins: means(d.bins), Residual: d.residual.quantiles(), Worst: d.worst.quantiles(),
			Stages: map[string]Quantiles{}, Registered: [2]int{d.placed, d.all},
		}
		for stage, s := range d.stages {
			f.Stages[stage] = s.quantiles()
		}
		r.Families = append(r.Families, f)
	}
	order := synth.Families()
	slices.SortStableFunc(r.Families, func(a, b Family) int {
		return cmp.Compare(slices.Index(order, a.Family), slices.Index(order, b.Family))
	})
	r.Forms = r.lines(byForm)
	r.Effects = r.lines(byEffect)
	r.Elements = r.lines(byElement)
	r.Bins = means(r.bins)
}

func means(bins []Bin) []Bin {
	for i := range bins {
		if bins[i].Answers > 0 {
			bins[i].Mean = bins[i].sum / float64(bins[i].Answers)
		}
	}
	return bins
}

func sorted(m map[[2]string]*Tally) [][2]string {
	return slices.SortedFunc(maps.Keys(m), func(a, b [2]string) int {
		return cmp.Or(strings.Compare(a[0], b[0]), strings.Compare(a[1], b[1]))
	})
}

// lines are a table by families, and in a family the worst first.
func (r *Report) lines(table string) []Line {
	var out []Line
	for _, k := range sorted(r.tables[table]) {
		out = append(out, Line{k[0], k[1], *r.tables[table][k]})
	}
	order := synth.Families()
	slices.SortStableFunc(out, func(a, b Line) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, synth.Family(a.Family)), slices.Index(order, synth.Family(b.Family))),
			cmp.Compare(b.Tally.Wrong, a.Tally.Wrong),
			cmp.Compare(a.Tally.merit(), b.Tally.merit()),
		)
	})
	return out
}

// merit is the share that passed without a person, at best: a few sheets do not
// make a line the worst of all.
func (t Tally) merit() float64 {
	if t.Sheets == 0 {
		_, hi := Wilson(t.Right, t.Answers)
		return hi
	}
	_, hi := Wilson(t.Straight, t.Sheets)
	return hi
}

// Wrong is the number of silent wrongs of any sort: answers, bubbles, foreign
// forms accepted. It must be 0.
func (r *Report) Wrong() int {
	return max(r.Total.Wrong, r.Total.WrongBubbles) + r.Foreign.Accepted
}
