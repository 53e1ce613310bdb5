package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/library"
)

// previewDPI is the resolution of the pictures of forms: text is legible on a
// large card and on a screen of twice the pixels.
const previewDPI = 75

// papers are what the forms of the library are offered on.
var papers = []form.PaperSize{form.A4, form.Letter}

// formView is a ready form as its card and its page show it.
type formView struct {
	library.Form
	Sheets []int // numbers of its pages
	Papers []form.PaperSize
	Source string // markup
	Server string // address of this installation, for the snippets
}

type formsView struct{ Forms []formView }

func (p *pages) getForms(w http.ResponseWriter, _ *http.Request, v visitor) error {
	var view formsView
	for _, f := range library.Forms() {
		view.Forms = append(view.Forms, formView{Form: f})
	}
	return p.render(w, http.StatusOK, "forms", page{Title: "Forms", User: &v.User, View: view})
}

func (p *pages) getForm(w http.ResponseWriter, r *http.Request, v visitor) error {
	f, err := libraryForm(r)
	if err != nil {
		return err
	}
	files, err := p.forms.files(r.Context(), f, form.A4)
	if err != nil {
		return err
	}
	view := formView{Form: f, Papers: papers, Source: string(f.Source()), Server: server(r)}
	for name := range files {
		if strings.HasSuffix(name, ".png") {
			view.Sheets = append(view.Sheets, len(view.Sheets)+1)
		}
	}
	return p.render(w, http.StatusOK, "form", page{Title: f.Title, User: &v.User, View: view})
}

func libraryForm(r *http.Request) (library.Form, error) {
	f, ok := library.Find(r.PathValue("name"))
	if !ok {
		return f, &fault.Error{Code: "not_found", Kind: fault.NotFound, Cause: "there is no such form", Cure: "choose one of the list"}
	}
	return f, nil
}

// getFormFile gives a form's source, its PDF and pattern on a paper, or the
// picture of a page: NAME.txt, NAME.pdf, NAME.omr, page-1.png.
func (p *pages) getFormFile(w http.ResponseWriter, r *http.Request, _ visitor) error {
	f, err := libraryForm(r)
	if err != nil {
		return err
	}
	name := r.PathValue("file")
	h := w.Header()
	h.Set("Cache-Control", "private, max-age=3600")
	if name == f.File() {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("Content-Disposition", `attachment; filename="`+f.File()+`"`)
		_, _ = w.Write(f.Source()) //nolint:gosec // an embedded text, sent as text/plain
		return nil
	}
	paper := form.A4
	if word := r.URL.Query().Get("paper"); word != "" {
		var ok bool
		if paper, ok = form.ParsePaperSize(word); !ok || paper != form.A4 && paper != form.Letter {
			return errNoPage
		}
	}
	files, err := p.forms.files(r.Context(), f, paper)
	if err != nil {
		return err
	}
	data, ok := files[name]
	if !ok {
		return errNoPage
	}
	switch path.Ext(name) {
	case ".pdf":
		h.Set("Content-Type", "application/pdf")
		h.Set("Content-Disposition", `inline; filename="`+name+`"`)
	case ".omr":
		h.Set("Content-Type", "application/json")
		h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	default:
		h.Set("Content-Type", "image/png")
	}
	h.Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data)
	return nil
}

// formFiles are the files of the library's forms, made when somebody looks at
// them: there are few, and they never change while the program runs.
type formFiles struct {
	mu   sync.Mutex
	made map[string]func() (map[string][]byte, error)
}

// files are the PDF, pattern and pictures of a form on a paper, by name.
func (c *formFiles) files(ctx context.Context, f library.Form, paper form.PaperSize) (map[string][]byte, error) {
	key := f.Name + " " + string(paper)
	c.mu.Lock()
	if c.made == nil {
		c.made = map[string]func() (map[string][]byte, error){}
	}
	once, ok := c.made[key]
	if !ok {
		// Who looks first may go away: the others still want the files.
		ctx = context.WithoutCancel(ctx)
		once = sync.OnceValues(func() (map[string][]byte, error) { return makeFiles(ctx, f, paper) })
		c.made[key] = once
	}
	c.mu.Unlock()
	return once()
}

func makeFiles(ctx context.Context, f library.Form, paper form.PaperSize) (map[string][]byte, error) {
	made, list := omr.Generate(ctx, omr.GenerateRequest{
		Markup: f.Source(), Settings: form.Settings{PaperSize: paper}, Formats: []string{"png", "pdf"}, DPI: previewDPI,
	})
	if made == nil {
		return nil, fmt.Errorf("form %s of the library: %w", f.Name, list)
	}
	out := map[string][]byte{f.Name + ".omr": made.Pattern.Data}
	sheet := 0
	for _, file := range made.Pages {
		switch path.Ext(file.Name) {
		case ".pdf":
			out[f.Name+".pdf"] = file.Data
		case ".png":
			sheet++
			out[fmt.Sprintf("page-%d.png", sheet)] = file.Data
		}
	}
	return out, nil
}
