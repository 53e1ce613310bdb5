package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/batch"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/markup"
)

const dataHelp = `

With --data a copy is made for every row of a CSV file whose first line names the
fields (comma, semicolon or TAB, found out): ${field} in any text of the form is
replaced by the row's. NAME.pdf then holds all copies; other words of --format
give files of each copy: NAME-0001.png. Every page carries a code with the number
of its copy, by which recognition joins the sheet to its row. NAME.omr reads all
copies, as long as what is filled in moves nothing that is read; bubbles that
would move are an error, other differences (a code of another size, a name that
is a key) give each copy its own NAME-0001.omr.`

// renderCopies makes a copy of the form for every row of the data.
func renderCopies(cmd *cobra.Command, path string, req omr.GenerateRequest, f renderFlags) error {
	stderr := cmd.ErrOrStderr()
	data, err := os.ReadFile(f.data)
	if err != nil {
		return err
	}
	table, list := batch.ReadTable(data)
	if err := printDiagnostics(stderr, f.data, data, list, f.diagnostics); err != nil {
		return err
	}
	if list.Failed() {
		return &exitError{status: 1}
	}
	if req.Images, err = findCopiesImages(req.Markup, filepath.Dir(path), f.images, table); err != nil {
		return err
	}
	if err := os.MkdirAll(f.out, 0o755); err != nil {
		return err
	}
	formats := slices.DeleteFunc(slices.Clone(req.Formats), func(w string) bool { return strings.EqualFold(w, "pdf") })
	base := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	width := max(4, len(fmt.Sprint(table.Len())))
	write := func(name string, data []byte) error { return writeFile(filepath.Join(f.out, base+name), data) }
	show := share(stderr)
	made, list, err := batch.Print(cmd.Context(), batch.Request{
		Markup: req.Markup, Settings: req.Settings, Images: req.Images, Faces: req.Faces, Table: table, PDF: true,
		Draw: func(doc *layout.Document) (files []omr.File, err error) {
			for _, w := range formats {
				more, err := omr.Encode(doc, w, req)
				if err != nil {
					return nil, err
				}
				files = append(files, more...)
			}
			return files, nil
		},
		Copied: func(c batch.Copy) error {
			number := fmt.Sprintf("-%0*d", width, c.Number)
			for _, file := range c.Files {
				if err := write(number+strings.TrimPrefix(file.Name, "form"), file.Data); err != nil {
					return err
				}
			}
			if c.Pattern != nil {
				return write(number+".omr", c.Pattern)
			}
			return nil
		},
		Progress: show.set,
	})
	show.end()
	if err := printDiagnostics(stderr, path, req.Markup, list, f.diagnostics); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	if made == nil {
		return &exitError{status: 1}
	}
	if err := write(".pdf", made.PDF); err != nil {
		return err
	}
	if made.Pattern != nil {
		return write(".omr", made.Pattern)
	}
	note := &fault.Error{
		Code: "LM725", Severity: fault.SeverityInfo, Kind: fault.Invalid,
		Cause: fmt.Sprintf("each copy has a pattern of its own, since %s differs", made.Apart),
		Cure:  "keep the patterns with the copies' numbers; for one pattern keep places, names and values alike",
	}
	return printDiagnostics(stderr, path, nil, fault.List{note}, f.diagnostics)
}

// findCopiesImages is findImages for names that differ from copy to copy.
func findCopiesImages(source []byte, dir string, flags []string, table *batch.Table) (map[string][]byte, error) {
	images, err := findImages(source, dir, flags)
	if err != nil {
		return nil, err
	}
	tree, _ := markup.Parse(source)
	if tree == nil {
		return images, nil
	}
	for _, name := range batch.Images(tree, table) {
		if _, ok := images[name]; ok || !filepath.IsLocal(name) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			images[name] = data
		} else if !os.IsNotExist(err) {
			return nil, err
		}
	}
	return images, nil
}

// shown is a bar that shows a share of work on a terminal, and nothing anywhere else.
type shown struct {
	all *mpb.Progress
	bar *mpb.Bar
}

const shareSteps = 1000

func share(w io.Writer) *shown {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return &shown{}
	}
	all := mpb.New(mpb.WithOutput(w), mpb.WithWidth(50))
	return &shown{all: all, bar: all.AddBar(shareSteps,
		mpb.PrependDecorators(decor.Name("copies ")),
		mpb.AppendDecorators(decor.Percentage(), decor.Name("  "), decor.AverageETA(decor.ET_STYLE_GO)))}
}

func (s *shown) set(share float64) {
	if s.bar != nil {
		s.bar.SetCurrent(int64(share * shareSteps))
	}
}

func (s *shown) end() {
	if s.bar != nil {
		s.bar.Abort(false)
		s.all.Wait()
	}
}
