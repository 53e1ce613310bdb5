package result

import (
	"fmt"
	"math"
	"strings"

	"github.com/leafmark/leafmark/omr/geom"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
)

// Source is one picture of a sheet as it was read.
type Source struct {
	File         string
	Image        int // picture in the file, from 1
	Page         int // of the pattern, from 1
	Copy         int // that its identifier names, from 1; 0: none
	Registration *Registration
	Answers      []mark.Answer
	Crops        []Crop  // of Crops; Build makes their File names unique
	Timing       *Timing // nil: not taken
	Warnings     []string
}

// BuildOptions of Build; the zero value gives the members of every sheet.
type BuildOptions struct {
	Boxes bool // places of bubbles, codes and crops too
}

// Build is the sheet that the pictures make, which are different pages of one
// form: all rows in one order, graded where the form has keys, a warning LM860 a
// doubt, LM861 to LM863 a broken rule. The sources are not changed.
func Build(p *pattern.Pattern, sources []Source, opt BuildOptions) *Sheet {
	s := &Sheet{
		Form: clean(p.Form()), Answers: []Answer{}, Barcodes: []Code{}, Crops: []Crop{}, Warnings: []string{},
	}
	if len(sources) == 0 {
		return s
	}
	first := sources[0]
	s.File, s.Image, s.Page, s.Registration = clean(first.File), first.Image, first.Page, rounded(first.Registration)
	var rows, triggers []row
	names := map[string]bool{}
	for _, src := range sources {
		for _, a := range src.Answers {
			switch a.Kind {
			case mark.Crop:
			case mark.Trigger:
				triggers = append(triggers, row{a, src.Page - 1})
			case mark.Field, mark.Code, mark.Total:
				rows = append(rows, row{a, src.Page - 1})
			}
		}
		for _, c := range src.Crops {
			c.Name, c.File = clean(c.Name), uniqueFile(c.Name, names)
			if !opt.Boxes {
				c.Places = nil
			}
			s.Crops = append(s.Crops, c)
		}
		if s.Copy == 0 {
			s.Copy = src.Copy
		}
		s.Warnings = append(s.Warnings, src.Warnings...)
		if len(sources) > 1 {
			s.Pages = append(s.Pages, PageInfo{clean(src.File), src.Image, src.Page, rounded(src.Registration)})
		}
		if src.Timing != nil {
			if s.Ms == nil {
				s.Ms = &Timing{}
			}
			s.Ms.Decode += src.Timing.Decode
			s.Ms.Register += src.Timing.Register
			s.Ms.Mark += src.Timing.Mark
			s.Ms.Total += src.Timing.Total
		}
	}
	across(p, rows, triggers)
	sortAnswers(rows, func(r *row) *mark.Answer { return &r.Answer })
	asked, keys := asks(p), newGrader(p)
	for _, r := range rows {
		s.add(keys, r, asked, opt)
	}
	s.grade()
	for _, src := range sources {
		for _, a := range src.Answers {
			if a.Kind == mark.Crop && a.Doubt != "" {
				s.Warnings = append(s.Warnings, doubtWarning(a))
			}
		}
	}
	return s
}

func (s *Sheet) add(keys grader, from row, asked bool, opt BuildOptions) {
	a := from.Answer
	row := Answer{
		Name: clean(a.Name), Value: clean(a.Value), Values: make([]string, len(a.Values)),
		Confidence: floor4(a.Confidence), Doubt: doubt(a), number: isSum(keys.p, from),
	}
	for i, v := range a.Values {
		row.Values[i] = clean(v)
	}
	if g, ok := keys.grade(from.page, a); ok {
		row.Key, row.Points, row.Of = &g.key, &g.points, &g.of
	}
	if asked {
		row.Rule = ruleOf(keys.p, from.page, a)
	}
	if opt.Boxes {
		for _, b := range a.Bubbles {
			row.Bubbles = append(row.Bubbles, BubbleBox{
				Value: clean(b.Value), Fill: round(b.Fill, 1e3), Marked: b.Marked, Page: pageBox(b.Page), Image: imageQuad(b.Image),
			})
		}
	}
	s.Answers = append(s.Answers, row)
	if a.Kind == mark.Code {
		code := Code{Name: row.Name, Type: clean(a.CodeType), Value: row.Value, Confidence: row.Confidence, Doubt: row.Doubt}
		if opt.Boxes {
			code.Places = &Places{pageBox(a.Box), imageQuad(a.Image)}
		}
		s.Barcodes = append(s.Barcodes, code)
	}
	if a.Doubt != "" {
		s.Warnings = append(s.Warnings, doubtWarning(a))
	}
	if row.Rule.Broken() {
		s.Warnings = append(s.Warnings, ruleWarning(row.Name, row.Rule))
	}
}

// isSum tells whether a row's value was summed from scores.
func isSum(p *pattern.Pattern, r row) bool {
	e := elementOf(p, r.page, r.Element)
	return r.Kind == mark.Total || e != nil && e.Type == pattern.ScoreGroup && r.Kind == mark.Field && len(r.Bubbles) == 0
}

// doubtWarning is LM860: name, reason, confidence (spec/api.md 5.4).
func doubtWarning(a mark.Answer) string {
	return fmt.Sprintf("LM860 The answer %q is in doubt: %s, confidence %.4f. Look at the sheet.",
		clean(a.Name), a.Doubt, floor4(a.Confidence))
}

func doubt(a mark.Answer) *mark.Doubt {
	if a.Doubt == "" {
		return nil
	}
	return &a.Doubt
}

// clean keeps texts from codes and files what JSON can hold.
func clean(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// floor4 rounds down: 0.99996 must not pass for certain.
func floor4(v float64) float64 {
	if !(v > 0) {
		return 0
	}
	return math.Floor(min(v, 1)*1e4+1e-9) / 1e4
}

// round keeps JSON short and free of what it cannot hold.
func round(v, unit float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return math.Round(v*unit) / unit
}

func rounded(r *Registration) *Registration {
	if r == nil {
		return nil
	}
	return &Registration{r.Method, r.Turn, round(r.Residual, 100), round(r.ResidualMax, 100)}
}

func pageBox(r geom.PageRect) [4]float64 {
	return [4]float64{round(r.X, 100), round(r.Y, 100), round(r.W, 100), round(r.H, 100)}
}

func imageQuad(q geom.Quad) (out [4][2]float64) {
	for i, p := range q {
		out[i] = [2]float64{round(p.X, 100), round(p.Y, 100)}
	}
	return out
}

// uniqueFile is a file name for a crop: letters and digits of any script, the
// rest as underscores, numbered from the second of a name on.
func uniqueFile(name string, taken map[string]bool) string {
	const longest = 60 // runes; with four bytes each and an ending still under 255
	var b strings.Builder
	n := 0
	for _, r := range clean(name) {
		if n++; n > longest {
			break
		}
		switch {
		case strings.ContainsRune("/\\:*?\"<>|.\uFFFD", r), r <= ' ', r == 0x7f:
			r = '_'
		}
		b.WriteRune(r)
	}
	stem := b.String()
	if stem == "" {
		stem = "crop"
	}
	file := stem + ".png"
	for i := 2; taken[strings.ToLower(file)]; i++ {
		file = fmt.Sprintf("%s-%d.png", stem, i)
	}
	taken[strings.ToLower(file)] = true
	return file
}
