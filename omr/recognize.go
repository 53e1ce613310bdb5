package omr

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"slices"
	"time"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/register"
	"github.com/leafmark/leafmark/omr/result"
)

// Scan is a file with one or more pictures of filled sheets.
type Scan struct {
	Name string // as given by the user; empty is fine
	Data []byte
}

// RecognizeOptions steer recognition; the zero value suits most.
type RecognizeOptions struct {
	Threshold  *int             // percent dark, 0 to 100; nil: estimated from the sheet
	Policy     mark.Policy      // zero: normal
	GridConcat bool             // spec/markup.md A-4
	Boxes      bool             // answers carry their bubbles with places
	FirstOnly  bool             // the compatible API: the first picture of a file only
	Now        func() time.Time // nil: no timings
	// PDF draws the pages of PDF files that are not one scanned picture; nil: these
	// are refused.
	PDF imageio.PageRenderer
	// NoHEIC refuses HEIC pictures (docs/adr/0006-heif.md).
	NoHEIC bool
	// Explain names fields, in any case, that are to be explained in the readings.
	Explain []string
}

// Reading is one picture as read: every stage's result, so that each can be
// looked at. Err is set when the sheet was refused; the stages before it are kept.
type Reading struct {
	File    string
	Image   int         // picture in the file, from 1
	Page    int         // of the pattern, from 1
	Size    image.Point // of the picture, px: what Map and the answers' places mean; zero when it could not be decoded
	Map     *register.Map
	Answers []mark.Answer
	Crops   []result.Crop
	Why     []mark.Explanation // of the fields asked for
	Timing  *result.Timing
	Err     error
}

// Outcome is one sheet: answers, or the fault why there are none.
type Outcome struct {
	File     string
	Image    int
	Sheet    *result.Sheet // nil when Err is set
	Readings []*Reading    // the pictures it was read from
	Err      error
}

// Recognize reads the pictures of a scan against a pattern. Successive pictures
// that are different pages of the form make one sheet. A picture that cannot be
// read is an Outcome with a fault; the others are still read. warnings are about
// the file as a whole (LM851: pictures ignored).
func Recognize(ctx context.Context, p *pattern.Pattern, scan Scan, opt RecognizeOptions) (outcomes []Outcome, warnings []string) {
	readings, warnings := Read(ctx, p, scan, opt)
	return Sheets(p, readings, opt), warnings
}

// Read reads each picture of a scan by itself, in order.
func Read(ctx context.Context, p *pattern.Pattern, scan Scan, opt RecognizeOptions) (readings []*Reading, warnings []string) {
	f, err := imageio.Open(scan.Data, opt.Open())
	if err != nil {
		return []*Reading{{File: scan.Name, Image: 1, Err: err}}, nil
	}
	defer f.Close()
	n := f.Info().Pictures
	if opt.FirstOnly && n > 1 {
		warnings = append(warnings, fmt.Sprintf("LM851 The file holds %d pictures; the first was read, the others were ignored.", n))
		n = 1
	}
	for i := range n {
		readings = append(readings, ReadPicture(ctx, p, f, scan.Name, i+1, opt))
	}
	return readings, warnings
}

// Open is how files that are to be read are opened.
func (o RecognizeOptions) Open() imageio.Options {
	return imageio.Options{PDF: o.PDF, NoHEIC: o.NoHEIC}
}

// ReadPicture reads picture n, from 1, of an opened file, which Open of the same
// options described. Its fault is the Reading's. Safe for concurrent use.
func ReadPicture(ctx context.Context, p *pattern.Pattern, f *imageio.File, name string, n int, opt RecognizeOptions) *Reading {
	r := &Reading{File: name, Image: n}
	if r.Err = ctx.Err(); r.Err == nil {
		r.read(ctx, p, f, opt)
	}
	return r
}

func (r *Reading) read(ctx context.Context, p *pattern.Pattern, f *imageio.File, opt RecognizeOptions) {
	now := opt.Now
	if now == nil {
		now = func() time.Time { return time.Time{} }
	}
	var t result.Timing
	start := now()
	last := start
	lap := func() float64 {
		at := now()
		ms := float64(at.Sub(last).Microseconds()) / 1000
		last = at
		return ms
	}
	defer func() {
		t.Total = float64(now().Sub(start).Microseconds()) / 1000
		if opt.Now != nil {
			r.Timing = &t
		}
	}()
	plane, err := f.Decode(r.Image - 1)
	t.Decode = lap()
	if r.Err = err; r.Err != nil {
		return
	}
	r.Size = plane.Gray.Rect.Size()
	if r.Err = ctx.Err(); r.Err != nil {
		return
	}
	r.Page, r.Map, r.Err = findPage(plane.Gray, p)
	t.Register = lap()
	if r.Err != nil {
		return
	}
	if r.Err = ctx.Err(); r.Err != nil {
		return
	}
	mo := mark.Options{
		Threshold: opt.Threshold, Policy: opt.Policy, GridConcat: opt.GridConcat, Scope: mark.ScopeOf(p, r.Page-1),
	}
	seen := mark.Measure(plane.Gray, r.Map, &p.Pages[r.Page-1], mo)
	r.Answers = mark.Decide(seen, mo)
	t.Mark = lap()
	for _, name := range opt.Explain {
		r.Why = append(r.Why, mark.Explain(seen, r.Answers, name, mo)...)
	}
	r.Crops, r.Err = result.Crops(plane.Gray, r.Map, &p.Pages[r.Page-1], r.Answers)
}

// findPage finds which page of the pattern the picture shows, and where. Pages
// that their identifier code contradicts do not fit; of several that fit none is
// chosen, since answers would land in the wrong fields.
func findPage(g *image.Gray, p *pattern.Pattern) (page int, m *register.Map, err error) {
	var fits []int
	var first error
	pic := register.NewPicture(g)
	defer pic.Release()
	for i := range p.Pages {
		at, err := pic.Page(&p.Pages[i], register.Options{Identifier: identifier(p, i), Frames: frames(p, i)})
		if err != nil {
			if first == nil || tells(err) > tells(first) {
				first = err
			}
			continue
		}
		if at.Named {
			return i + 1, at, nil
		}
		fits = append(fits, i+1)
		m = at
	}
	switch len(fits) {
	case 0:
		return 0, nil, first
	case 1:
		return fits[0], m, nil
	}
	return 0, nil, &fault.Error{
		Code: "wrong_page", Kind: fault.Invalid,
		Cause: fmt.Sprintf("pages %v of the pattern fit the picture and its page identifier cannot be read", fits),
		Cure:  "take the picture again, sharp, with the code at the right edge in it",
	}
}

// tells is how much a refusal by one page says of the picture: that the picture is
// of another page is expected of all pages but one.
func tells(err error) int {
	e := fault.As(err)
	switch {
	case e == nil || e.Code == "wrong_page":
		return 0
	case e.Code == "page_not_found":
		return 1
	}
	return 2
}

// frames are what page i prints beside its bubbles and looks like their outlines:
// boxes, and the bands between the rules of its tables.
func frames(p *pattern.Pattern, i int) []geom.PageRect {
	if p.Ours == nil {
		return nil
	}
	var out, across, down []geom.PageRect // rules across the page and down
	for _, b := range p.Ours.Printed {
		r := b.Box.Rect()
		switch {
		case b.Page != i:
		case b.Kind == "border":
			out = append(out, r)
			across = append(across, geom.PageRect{X: r.X, Y: r.Y, W: r.W}, geom.PageRect{X: r.X, Y: r.Y + r.H, W: r.W})
			down = append(down, geom.PageRect{X: r.X, Y: r.Y, H: r.H}, geom.PageRect{X: r.X + r.W, Y: r.Y, H: r.H})
		case b.Kind == "rule" && r.W > r.H:
			across = append(across, r)
		case b.Kind == "rule":
			down = append(down, r)
		}
	}
	out = append(out, bands(across)...)
	for k := range down {
		down[k] = turn(down[k])
	}
	for _, b := range bands(down) {
		out = append(out, turn(b))
	}
	return out
}

func turn(r geom.PageRect) geom.PageRect { return geom.PageRect{X: r.Y, Y: r.X, W: r.H, H: r.W} }

// widestBand is the distance in px up to which two rules make a band: above it no
// bubble fits, of 100 px and its air.
const widestBand = 180

// bands are what lies between each rule across the page and the next below it,
// as far as they run side by side.
func bands(rules []geom.PageRect) []geom.PageRect {
	slices.SortFunc(rules, func(a, b geom.PageRect) int { return cmp.Compare(a.Y, b.Y) })
	var out []geom.PageRect
	for i, a := range rules {
		for _, b := range rules[i+1:] {
			h := b.Y - a.Y - a.H
			if h > widestBand {
				break
			}
			x0, x1 := max(a.X, b.X), min(a.X+a.W, b.X+b.W)
			if h > 20 && x1-x0 > 20 {
				out = append(out, geom.PageRect{X: x0, Y: a.Y + a.H, W: x1 - x0, H: h})
			}
		}
	}
	return out
}

// copied is the person's copy that the page's code names; 0: none.
func (r *Reading) copied() int {
	if r.Map == nil {
		return 0
	}
	return r.Map.Copy
}

// Sheets joins successive readings that are different pages of one form, and of
// one person's copy, into sheets and builds their results.
func Sheets(p *pattern.Pattern, readings []*Reading, opt RecognizeOptions) []Outcome {
	j := NewJoiner(p, opt)
	var out []Outcome
	for _, r := range readings {
		out = append(out, j.Add(r)...)
	}
	return append(out, j.End()...)
}

// Joiner is Sheets for readings that come one by one. It keeps the pages of one
// sheet at a time.
type Joiner struct {
	p     *pattern.Pattern
	opt   RecognizeOptions
	pages []*Reading // of the sheet that more pages may follow
	whose int        // the copy that they name; 0: none yet
}

// NewJoiner joins the readings of a pattern.
func NewJoiner(p *pattern.Pattern, opt RecognizeOptions) *Joiner { return &Joiner{p: p, opt: opt} }

// Add takes the next reading and gives the sheets that are complete by it.
func (j *Joiner) Add(r *Reading) (done []Outcome) {
	if r.Err != nil {
		return append(j.End(), Outcome{File: r.File, Image: r.Image, Readings: []*Reading{r}, Err: r.Err})
	}
	whose := r.copied()
	another := j.whose != 0 && whose != 0 && whose != j.whose // a page of another person's copy
	if another || slices.ContainsFunc(j.pages, func(have *Reading) bool { return have.Page == r.Page }) {
		done = j.End()
	}
	j.pages = append(j.pages, r)
	j.whose = max(j.whose, whose)
	if len(j.pages) == len(j.p.Pages) {
		done = append(done, j.End()...)
	}
	return done
}

// End gives the sheet that no further page follows, if there is one.
func (j *Joiner) End() []Outcome {
	if len(j.pages) == 0 {
		return nil
	}
	first := j.pages[0]
	out := Outcome{File: first.File, Image: first.Image, Readings: j.pages, Sheet: build(j.p, j.pages, j.opt)}
	j.pages, j.whose = nil, 0
	return []Outcome{out}
}

func build(p *pattern.Pattern, readings []*Reading, opt RecognizeOptions) *result.Sheet {
	sources := make([]result.Source, len(readings))
	for i, r := range readings {
		sources[i] = result.Source{
			File: r.File, Image: r.Image, Page: r.Page, Copy: r.copied(), Answers: r.Answers, Crops: r.Crops, Timing: r.Timing,
			Registration: &result.Registration{
				Method: string(r.Map.Method), Turn: r.Map.Turn,
				Residual: r.Map.Residual, ResidualMax: r.Map.ResidualMax,
			},
		}
	}
	return result.Build(p, sources, result.BuildOptions{Boxes: opt.Boxes})
}
