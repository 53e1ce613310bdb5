package trial

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/result"
	"github.com/leafmark/leafmark/omr/synth"
)

// Outcome is what became of a sheet or of an answer.
type Outcome string

// Outcomes, the best first.
const (
	Straight Outcome = "right"   // read as the pen meant, without a doubt
	Doubtful Outcome = "doubt"   // a person is asked
	Refused  Outcome = "refused" // of sheets: not read, with a reason
	Wrong    Outcome = "wrong"   // read otherwise than the pen meant, without a doubt
)

// Sheet is one filled form and what was read of it.
type Sheet struct {
	Number  int
	Seed    uint64 // of the sheet itself, for synth.Family.Draw
	Family  synth.Family
	Form    string
	Outcome Outcome
	Rows    []Row // in the order of the result; lost ones last
	Pages   []Page
	Slips   []Row    // bubbles read wrong in rows that are right all the same
	Foreign []string // forms that a picture of this sheet was accepted as
	tried   int      // foreign patterns
	pattern *pattern.Pattern
	tiles   []tile
}

// Page is a picture of a sheet.
type Page struct {
	Data    []byte
	Names   []string // of the effects present
	Err     error    // it was refused
	outcome Outcome
	count   Tally
	reading *omr.Reading
	marks   [2][3]int // empty, marked; read as empty, marked, in doubt
}

// Row is an answer as meant and as read.
type Row struct {
	Name       string     `json:"name"`
	Kind       string     `json:"kind"`
	Page       int        `json:"page"` // from 1
	Wrote      string     `json:"wrote"`
	Read       string     `json:"read"`
	Confidence float64    `json:"confidence"`
	Doubt      mark.Doubt `json:"doubt,omitempty"`
	Outcome    Outcome    `json:"outcome"`
	Lost       bool       `json:"lost,omitempty"` // there was no such answer
}

// Overlay is a PNG of a page's picture with what was read drawn on it; nil where
// nothing can be drawn.
func (s *Sheet) Overlay(page int) []byte {
	p := &s.Pages[page]
	if p.reading == nil {
		return nil
	}
	f, err := imageio.Open(p.Data, imageio.Options{})
	if err != nil {
		return nil
	}
	defer f.Close()
	png, err := omr.Overlay(s.pattern, p.reading, f)
	if err != nil {
		return nil // the picture itself is kept
	}
	return png
}

// Names are the effects of all its pages.
func (s *Sheet) Names() []string {
	var out []string
	for _, p := range s.Pages {
		out = append(out, p.Names...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sheet draws, pictures and reads the sheet of a number.
func (x *examination) sheet(ctx context.Context, number int) (*Sheet, error) {
	r := rand.New(rand.NewPCG(x.opt.Seed, uint64(number)))
	s := &Sheet{Number: number, Seed: r.Uint64(), Family: x.opt.Families[number%len(x.opt.Families)]}
	form, err := x.forms.drawn(x.forms.pick(r, number))
	if err != nil {
		return nil, err
	}
	form = form.part(r)
	s.Form, s.pattern = form.name, form.pattern
	truth, filled := meant(r, form, s.Seed)
	var all []*omr.Reading
	c := s.Family.Draw(s.Seed) // one pen and one device for all pages
	for i, page := range form.pages {
		c.Seed = s.Seed + uint64(i)
		data, err := c.Picture(page, &form.printed.Pages[i], truth)
		if err != nil {
			return nil, err
		}
		p := Page{Data: data, Names: append(named(c), filled...)}
		scan := omr.Scan{Name: fmt.Sprintf("%s-%d", s.Form, i+1), Data: data}
		readings, _ := x.opt.Read(ctx, form.pattern, scan, omr.RecognizeOptions{Policy: x.opt.Policy, Now: x.opt.Now})
		if len(readings) == 1 {
			p.reading, p.Err = readings[0], readings[0].Err
			all = append(all, readings[0])
		} else {
			p.Err = fmt.Errorf("%d pictures in a file of one", len(readings))
		}
		s.Pages = append(s.Pages, p)
		if err := x.strangers(ctx, r, s, form, scan); err != nil {
			return nil, err
		}
	}
	s.compare(form, truth, omr.Sheets(form.pattern, all, omr.RecognizeOptions{Policy: x.opt.Policy}))
	for i := range s.Pages {
		s.bubbles(i, truth, x.opt.Gallery != nil)
		s.cut(i)
		if rd := s.Pages[i].reading; rd != nil {
			rd.Crops = nil // pictures, which nobody looks at here
		}
	}
	return s, nil
}

// named are the effects of a case without the family's own name.
func named(c synth.Case) []string {
	return slices.DeleteFunc(slices.Clone(c.Names), func(n string) bool { return n == string(c.Family) })
}

// Shares of sheets that are filled unlike most: a recogniser that takes the
// sheet's own marks for its measure may stumble over them.
const (
	blankShare  = 0.02 // nothing marked
	sparseShare = 0.02 // a single element filled
)

// meant draws what the pen does.
func meant(r *rand.Rand, f *prepared, seed uint64) (truth synth.Truth, names []string) {
	truth = synth.DrawTruth(f.pattern, seed)
	switch x := r.Float64(); {
	case x < blankShare:
		truth, names = synth.Truth{}, []string{"unfilled"}
	case x < blankShare+sparseShare:
		keys := slices.Sorted(maps.Keys(truth))
		keys = slices.DeleteFunc(keys, func(k string) bool { return strings.Contains(k, "\t") }) // triggers come with their targets
		if len(keys) > 0 {
			k := keys[r.IntN(len(keys))]
			truth, names = synth.Truth{k: truth[k]}, []string{"one answer"}
		}
	}
	for name, text := range f.codes {
		truth[name] = []string{text}
	}
	return truth, names
}

// strangers reads the picture against other forms.
func (x *examination) strangers(ctx context.Context, r *rand.Rand, s *Sheet, f *prepared, scan omr.Scan) error {
	if x.opt.Foreign <= 0 {
		return nil
	}
	others, err := x.forms.others(r, f, s.Number, x.opt.Foreign)
	if err != nil {
		return err
	}
	for _, o := range others {
		readings, _ := x.opt.Read(ctx, o.pattern, scan, omr.RecognizeOptions{Policy: x.opt.Policy})
		s.tried++
		for _, got := range readings {
			if got.Err == nil {
				s.Foreign = append(s.Foreign, o.name)
			}
		}
	}
	return nil
}

// compare holds the rows of the sheets that the pictures made against the truth.
// Where a page was refused the others are still judged, as a form without it.
func (s *Sheet) compare(f *prepared, truth synth.Truth, outcomes []omr.Outcome) {
	seen := *f.pattern
	seen.Pages = nil
	for i := range s.Pages {
		if s.Pages[i].Err == nil {
			seen.Pages = append(seen.Pages, f.pattern.Pages[i])
		}
	}
	expected := synth.Expected(&seen, truth)
	places := placesOf(f.pattern)
	met := map[string]bool{}
	for _, o := range outcomes {
		if o.Sheet == nil {
			continue
		}
		for _, a := range o.Sheet.Answers {
			met[a.Name] = true
			s.Rows = append(s.Rows, judge(a, expected, places[a.Name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(expected)) {
		if at := places[name]; !met[name] {
			s.Rows = append(s.Rows, Row{Name: name, Kind: at.kind, Page: at.page, Wrote: expected[name], Outcome: Wrong, Lost: true})
		}
	}
	s.settle()
}

// judge holds a row against what it should be.
func judge(a result.Answer, expected map[string]string, at place) Row {
	want, known := expected[a.Name]
	row := Row{Name: a.Name, Kind: at.kind, Page: max(at.page, 1), Wrote: want, Read: a.Value, Confidence: a.Confidence}
	switch {
	case a.Doubt != nil:
		row.Doubt, row.Outcome = *a.Doubt, Doubtful
	case !known || a.Value != want:
		row.Outcome = Wrong
	default:
		row.Outcome = Straight
	}
	return row
}

// settle counts the rows of each page and says what became of page and sheet.
func (s *Sheet) settle() {
	for i := range s.Pages {
		s.Pages[i].outcome = Straight
		if s.Pages[i].Err != nil {
			s.Pages[i].outcome = Refused
		}
	}
	for _, row := range s.Rows {
		p := &s.Pages[min(row.Page, len(s.Pages))-1]
		p.count.row(row)
		if row.Outcome == Wrong || row.Outcome == Doubtful && p.outcome == Straight {
			p.outcome = row.Outcome
		}
	}
	s.Outcome = Straight
	for _, p := range s.Pages {
		s.Outcome = worse(s.Outcome, p.outcome)
	}
	if len(s.Foreign) > 0 {
		s.Outcome = Wrong
	}
}

// worse is the graver of two outcomes.
func worse(a, b Outcome) Outcome {
	order := []Outcome{Straight, Doubtful, Refused, Wrong}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

// place is where a row comes from.
type place struct {
	kind string
	page int // from 1
}

// kinds are the words of the report for what yields rows.
var kinds = map[pattern.ElementType]string{
	pattern.ChoiceBox: "choice box", pattern.CheckBox: "check box", pattern.Grid: "grid", pattern.CompositeGrid: "composite grid",
	pattern.ScoreGroup: "score group", pattern.Barcode: "barcode", pattern.BarcodeMade: "barcode",
}

func placesOf(p *pattern.Pattern) map[string]place {
	out := map[string]place{}
	for i := range p.Pages {
		for j := range p.Pages[i].Elements {
			e := &p.Pages[i].Elements[j]
			at := place{kinds[e.Type], i + 1}
			switch e.Type {
			case pattern.ScoreGroup:
				out[e.Name+"_total"] = at
				for _, q := range e.Questions {
					out[q.Name], out[q.Name+"_total"] = at, at
				}
			case pattern.ReplaceTrigger, pattern.ClipArea:
			default:
				out[e.Name] = at
			}
		}
	}
	return out
}

// bubbles holds every bubble of a page that was read against the truth.
func (s *Sheet) bubbles(i int, truth synth.Truth, show bool) {
	p := &s.Pages[i]
	r := p.reading
	if p.Err != nil || r == nil || r.Page < 1 || r.Page > len(s.pattern.Pages) {
		return
	}
	elements := s.pattern.Pages[r.Page-1].Elements
	done := map[int]int{} // bubbles of an element that earlier rows of it had
	for _, a := range r.Answers {
		if len(a.Bubbles) == 0 {
			continue
		}
		marks := truth.Marks(&elements[a.Element])
		at := done[a.Element]
		done[a.Element] += len(a.Bubbles)
		if done[a.Element] > len(marks) {
			continue // a reading that does not belong to the pattern: its rows say so
		}
		if a.Replaced {
			continue // a trigger's value stands in their place: nothing is read from them
		}
		for k, b := range a.Bubbles {
			meant, read := b2i(marks[at+k]), b2i(b.Marked)
			p.count.Bubbles++
			switch {
			case a.Doubt != "":
				p.marks[meant][2]++
			case meant != read:
				p.count.WrongBubbles++
				s.slip(a, b, i)
				fallthrough
			default:
				p.marks[meant][read]++
			}
		}
		if show {
			s.show(i, a, marks[at:at+len(a.Bubbles)])
		}
	}
}

// slip notes a bubble that was read wrong, unless its row says so already.
func (s *Sheet) slip(a mark.Answer, b mark.Bubble, page int) {
	for _, row := range s.Rows {
		if row.Name == a.Name && row.Outcome == Wrong {
			return
		}
	}
	was := [2]string{"empty", "marked"}
	s.Slips = append(s.Slips, Row{
		Name: a.Name + ": " + b.Value, Kind: "bubble", Page: page + 1, Wrote: was[1-b2i(b.Marked)], Read: was[b2i(b.Marked)],
		Confidence: a.Confidence, Outcome: Wrong,
	})
	s.Pages[page].outcome, s.Outcome = Wrong, Wrong
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
