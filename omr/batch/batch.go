// Package batch makes copies of a form for people: a row of a table, a copy.
//
// In: a form source with ${field} placeholders, a Table, settings and pictures.
// Out: one PDF of all copies, pages of each copy where they are asked for, and
// the pattern: one for all copies where they agree in everything that
// recognition looks at, else one a copy. Each page carries the page identifier
// with the number of its copy, which is the row of the table, from 1
// (spec/markup.md 8.4).
//
// The bubbles of all copies stand in the same places, else nothing is made: a
// stack of sheets of which some have moved bubbles is how answers land in the
// wrong rows. Faults are diagnostics as of spec/markup.md 16 with the codes
// LM720 to LM725, and those of parsing and layout with the row that causes them.
// Memory does not grow with the number of copies but for their share of the PDF,
// some 20 kB a page. Deterministic; no clock.
package batch

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/render"
	"github.com/leafmark/leafmark/omr/typeset"
)

// CopyField is the field that every table has: the number of the copy, from 1.
// A column of that name wins.
const CopyField = "copy"

// Request says what to print.
type Request struct {
	Markup   []byte
	Settings form.Settings
	Images   map[string][]byte
	Faces    *typeset.Faces // fonts of the operator; nil: the embedded ones alone
	Table    *Table
	PDF      bool // one of all copies
	// Draw makes the files of one copy; nil: none. It is called from several
	// goroutines.
	Draw func(doc *layout.Document) ([]omr.File, error)
	// Copied is called in the order of the copies, with the files that Draw made;
	// an error ends the work. nil: nobody asks.
	Copied func(c Copy) error
	// Progress is called with the share of work that is done, 0 to 1; nil: nobody
	// looks.
	Progress func(share float64)
}

// Copy is what was made for one person.
type Copy struct {
	Number  int        // from 1: the row of the table
	Files   []omr.File // what Request.Draw made
	Pattern []byte     // where every copy has its own, else nil
}

// Printed is what all copies have in common.
type Printed struct {
	Copies  int
	Pages   int    // of a copy
	PDF     []byte // nil when it was not asked for
	Pattern []byte // nil when every copy has its own
	Apart   string // why every copy has its own pattern; "": one for all
}

// maxNamed is how many rows a warning names.
const maxNamed = 5

// Print makes the copies. Nothing is handed to Copied before all copies are known
// to be sound. The list holds the diagnostics; when it Failed, or err is not nil,
// there is no result.
func Print(ctx context.Context, req Request) (*Printed, fault.List, error) {
	p := &printer{Request: req}
	tree, list := p.template()
	if list.Failed() {
		return nil, list, nil
	}
	p.tree, p.id = tree, layout.ID(tree, req.Settings, req.Faces)
	more, err := p.survey(ctx)
	list = append(list, more...)
	if err != nil || list.Failed() {
		return nil, list, err
	}
	out, err := p.print(ctx)
	return out, list, err
}

// printer is the work on one request.
type printer struct {
	Request
	tree     *form.Form
	id       string
	texts    map[int]fault.Where // by line: the first text in it with a placeholder
	pictures pictures
	shared   *pattern.Pattern // of the first copy, less what others print elsewhere
	apart    string
	done     int
}

// template parses the form and holds its placeholders against the table.
func (p *printer) template() (*form.Form, fault.List) {
	tree, parsed := markup.Parse(p.Markup)
	if tree == nil {
		return nil, parsed
	}
	var list fault.List
	p.texts = map[int]fault.Where{}
	for _, d := range parsed {
		if _, known := p.texts[d.Where.Line]; d.Code == "LM105" && !known {
			p.texts[d.Where.Line] = d.Where
		}
	}
	for _, d := range parsed {
		_, literal := p.texts[d.Where.Line]
		switch {
		case d.Code == "LM105": // it is filled in
		case literal && unreadable(d.Code):
			list = append(list, &fault.Error{
				Code: "LM724", Kind: fault.Invalid, Where: d.Where,
				Cause: "a placeholder stands in a value that is no text: " + d.Cause,
				Cure:  "use placeholders in names, texts and symbols; numbers, colours and words of a list are the same on all copies",
			})
		default:
			list = append(list, d)
		}
	}
	said := map[string]bool{}
	for _, h := range form.Placeholders(tree) {
		if p.Table.Has(h.Field) || said[h.Field] {
			continue
		}
		said[h.Field] = true
		list = append(list, &fault.Error{
			Code: "LM720", Kind: fault.Invalid, Where: p.where(h.Pos),
			Cause: fmt.Sprintf("the data has no field %q", h.Field),
			Cure:  "use one of the fields there are: " + strings.Join(p.Table.Fields(), ", "),
		})
	}
	return tree, list
}

// where is the text that holds a placeholder, of which the tree may know the
// element alone.
func (p *printer) where(at form.Pos) fault.Where {
	if w, ok := p.texts[at.Line]; ok {
		return w
	}
	return fault.Where{Line: at.Line, Column: at.Column, Span: at.Span}
}

// unreadable tells the codes of values that are not of their type.
func unreadable(code string) bool {
	return slices.Contains([]string{"LM301", "LM304", "LM310", "LM311", "LM312", "LM313", "LM316"}, code)
}

// lay places copy i, from 0. own gives it an identifier of its own, so that its
// pattern refuses the sheets of other copies.
func (p *printer) lay(i int, own bool) (*layout.Document, fault.List) {
	tree := fill(p.tree, p.Table, i)
	opt := layout.Options{Images: p.images(tree), Decode: p.pictures.decode, Faces: p.Faces, Copy: i + 1, ID: p.id}
	if own {
		opt.ID = ""
	}
	return layout.Lay(tree, p.Settings, opt)
}

// images are those of a copy; where all copies show the same ones, a picture that
// none shows is told.
func (p *printer) images(tree *form.Form) map[string][]byte {
	for name := range ImageNames(p.tree) {
		if strings.Contains(name, "${") {
			return shown(tree, p.Images)
		}
	}
	return p.Images
}

// survey lays out every copy without drawing any, and compares them. It ends at
// the first faulty copy.
func (p *printer) survey(ctx context.Context) (fault.List, error) {
	met := diagnostics{copies: p.Table.Len(), at: map[string]int{}}
	for from := 0; from < p.Table.Len(); from += chunk() {
		n := min(chunk(), p.Table.Len()-from)
		docs := make([]*layout.Document, n)
		lists := make([]fault.List, n)
		g, gctx := errgroup.WithContext(ctx)
		for i := range n {
			g.Go(func() error {
				docs[i], lists[i] = p.lay(from+i, false)
				return gctx.Err()
			})
		}
		if err := g.Wait(); err != nil {
			return nil, err
		}
		for i := range n {
			for _, d := range lists[i] {
				met.add(d, p.Table.Line(from+i))
			}
			if docs[i] == nil {
				return met.list(), nil
			}
			if f := p.compare(from+i, docs[i].Pattern); f != nil {
				return append(met.list(), f), nil
			}
		}
		p.step(n)
	}
	return append(p.blanks(), met.list()...), nil
}

// diagnostics collects those of all copies: each is told once, with the row that
// brought it first unless every row does.
type diagnostics struct {
	copies int
	at     map[string]int
	met    []diagnostic
}

type diagnostic struct {
	*fault.Error
	line, count int
}

func (d *diagnostics) add(e *fault.Error, line int) {
	key := fmt.Sprint(e.Code, e.Severity, e.Where)
	k, known := d.at[key]
	if !known {
		k = len(d.met)
		d.at[key] = k
		d.met = append(d.met, diagnostic{Error: e, line: line})
	}
	d.met[k].count++
}

func (d *diagnostics) list() fault.List {
	var list fault.List
	for _, m := range d.met {
		e := *m.Error
		if m.count < d.copies {
			e.Cause += fmt.Sprintf(" (line %d of the data)", m.line)
		}
		list = append(list, &e)
	}
	return list
}

// blanks warns of cells without text, by field.
func (p *printer) blanks() fault.List {
	var list fault.List
	said := map[string]bool{}
	for _, h := range form.Placeholders(p.tree) {
		if said[h.Field] {
			continue
		}
		said[h.Field] = true
		var rows []string
		n := 0
		for i := range p.Table.Len() {
			if text, ok := p.Table.Value(i, h.Field); ok && strings.TrimSpace(text) == "" {
				if n++; n <= maxNamed {
					rows = append(rows, fmt.Sprint(p.Table.Line(i)))
				}
			}
		}
		if n == 0 {
			continue
		}
		where := "line " + strings.Join(rows, ", ")
		if n > maxNamed {
			where += fmt.Sprintf(" and %d more", n-maxNamed)
		}
		list = append(list, &fault.Error{
			Code: "LM722", Kind: fault.Invalid, Severity: fault.SeverityWarning, Where: p.where(h.Pos),
			Cause: fmt.Sprintf("the field %q is empty in %s of the data", h.Field, where),
			Cure:  "complete the data if that is not meant",
		})
	}
	return list
}

// print draws the copies, which survey found to be sound.
func (p *printer) print(ctx context.Context) (*Printed, error) {
	out := &Printed{Copies: p.Table.Len(), Apart: p.apart, Pages: len(p.tree.Pages)}
	var book *render.Book
	if p.PDF {
		book = render.NewBook(p.tree.Name, "")
	}
	for from := 0; from < p.Table.Len(); from += chunk() {
		n := min(chunk(), p.Table.Len()-from)
		docs := make([]*layout.Document, n)
		copies := make([]Copy, n)
		g, gctx := errgroup.WithContext(ctx)
		for i := range n {
			g.Go(func() error {
				var err error
				docs[i], copies[i], err = p.draw(from + i)
				if err == nil {
					err = gctx.Err()
				}
				return err
			})
		}
		if err := g.Wait(); err != nil {
			return nil, err
		}
		for i := range n {
			if book != nil {
				for _, s := range docs[i].Pages {
					book.Add(s)
				}
			}
			if p.Copied != nil {
				if err := p.Copied(copies[i]); err != nil {
					return nil, err
				}
			}
		}
		p.step(n)
	}
	var err error
	if book != nil {
		if out.PDF, err = book.PDF(); err != nil {
			return nil, err
		}
	}
	if p.apart == "" {
		out.Pattern, err = pattern.Write(p.shared)
	}
	return out, err
}

func (p *printer) draw(i int) (*layout.Document, Copy, error) {
	c := Copy{Number: i + 1}
	doc, list := p.lay(i, p.apart != "")
	if doc == nil {
		return nil, c, list
	}
	var err error
	if p.Draw != nil {
		if c.Files, err = p.Draw(doc); err != nil {
			return nil, c, err
		}
	}
	if p.apart != "" {
		c.Pattern, err = pattern.Write(doc.Pattern)
	}
	return doc, c, err
}

// step counts copies laid out and copies drawn as halves of the work.
func (p *printer) step(n int) {
	p.done += n
	if p.Progress != nil {
		p.Progress(float64(p.done) / float64(2*p.Table.Len()))
	}
}

// chunk is how many copies are in memory at a time.
func chunk() int { return 4 * runtime.GOMAXPROCS(0) }
