package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/sync/errgroup"
	"golang.org/x/term"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/synth"
)

// plainFamily draws nothing: what is asked for is all there is.
const plainFamily = "plain"

type synthFlags struct {
	out, family, pen string
	effects, pages   []string
	images           []string
	count, workers   int
	seed             uint64
}

func newSynth() *cobra.Command {
	var f synthFlags
	cmd := &cobra.Command{
		Use:   "synth FORM.txt|FORM.json|FORM.omr…",
		Short: "Make pictures of filled sheets, as scanners and phones give them, with the truth",
		Long: `Fill forms with simulated pens and take their pictures with simulated scanners
and phones: NAME-FAMILY-0001.jpg (or .png, .tif; -p2 for a second page …), and
beside it NAME-FAMILY-0001.json with what the pen meant. Try a form before you
print it, or a program before it meets people.

The truth has the names of the files, the seed, the effects present, and the
answers, name and value as recognize --format json has them, in the form's order.
A mark that was rubbed out or crossed out does not count. Barcodes have their text
where the form's source tells it, else they are left out.

Of a source the page is rendered, and NAME.omr is written for recognize. A
pattern does not know what its page looks like: give --page-image FILE once for
each page, the pages as they were printed.

Families: scan is what office scanners give on ordinary days, photo what phones
give that are held by hand, hard what comes folded, torn, faxed or half covered;
plain has only what --pen and --effect ask for. The same seed gives the same
pictures; sheet number n of a run is the first of a run with seed + n - 1.

--pen is one of ` + strings.Join(penNames(), ", ") + `,
after a colon how it marks: ` + strings.Join(styleWords(), ", ") + `.

--effect sets one of these, whatever the family drew:

` + effectHelp(),
		Example: `  leafmark synth quiz.txt -o sheets --count 20
  leafmark recognize --pattern sheets/quiz.omr sheets/*.jpg --format json
  leafmark synth quiz.txt -o sheets --family photo --effect tilt=30 --effect thumb=2
  leafmark synth quiz.txt -o sheets --family plain --pen pencil:tick --effect dpi=200
  leafmark synth quiz.omr --page-image quiz.png -o sheets --family hard`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("name the forms to fill\nsee leafmark synth --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return simulate(cmd, args, f) },
	}
	fs := cmd.Flags()
	fs.StringVarP(&f.out, "output", "o", ".", "`DIR` to write to")
	fs.StringVar(&f.family, "family", string(synth.Scan), strings.Join(synthFamilies(), ", "))
	fs.IntVar(&f.count, "count", 1, "sheets of each form")
	fs.Uint64Var(&f.seed, "seed", 1, "of the first sheet; the next have the next ones")
	fs.StringArrayVar(&f.effects, "effect", nil, "`NAME=VALUE` as above; may be repeated")
	fs.StringVar(&f.pen, "pen", "", "`PEN` or PEN:STYLE (default: drawn)")
	fs.StringArrayVar(&f.pages, "page-image", nil, "`FILE` with a page of FORM.omr; once a page")
	fs.StringArrayVar(&f.images, "image", nil, "picture for a name in the source, `NAME=FILE`; others are looked for beside FORM")
	fs.IntVar(&f.workers, "workers", 0, "sheets at a time (0: one a core)")
	_ = cmd.RegisterFlagCompletionFunc("family", cobra.FixedCompletions(synthFamilies(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("pen", cobra.FixedCompletions(penNames(), cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace))
	var effects []string
	for _, p := range slices.Concat(synth.Parameters(), synth.Habits()) {
		effects = append(effects, p.Name+"=")
		for _, w := range p.Words {
			effects = append(effects, p.Name+"="+w)
		}
	}
	_ = cmd.RegisterFlagCompletionFunc("effect", cobra.FixedCompletions(effects, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace))
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"txt", "json", "omr"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return cmd
}

func synthFamilies() []string {
	var out []string
	for _, f := range synth.Families() {
		out = append(out, string(f))
	}
	return append(out, plainFamily)
}

func penNames() []string {
	var out []string
	for _, p := range synth.Pens() {
		out = append(out, p.Name)
	}
	return out
}

func styleWords() []string {
	var out []string
	for _, s := range synth.Styles() {
		out = append(out, s.String())
	}
	return out
}

func effectHelp() string {
	var b strings.Builder
	for _, p := range slices.Concat(synth.Parameters(), synth.Habits()) {
		if p.Words != nil {
			fmt.Fprintf(&b, "  %-16s%s: %s\n", p.Name, p.Help, strings.Join(p.Words, ", "))
			continue
		}
		fmt.Fprintf(&b, "  %-16s%s (%g to %g)\n", p.Name, p.Help, p.Lo, p.Hi)
	}
	return strings.TrimRight(b.String(), "\n")
}

// blank is a form to fill: its pattern, its pages as printed, and the texts of
// its codes where they are known.
type blank struct {
	name    string
	pattern *pattern.Pattern
	pages   []image.Image
	codes   map[string]string
}

// truthFile is what lies beside the pictures of a sheet.
type truthFile struct {
	Files   []string      `json:"files"`
	Form    string        `json:"form"`
	Family  string        `json:"family"`
	Seed    uint64        `json:"seed"`
	Effects []string      `json:"effects"`
	Answers []truthAnswer `json:"answers"`
}

type truthAnswer struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func simulate(cmd *cobra.Command, args []string, f synthFlags) error {
	switch {
	case !slices.Contains(synthFamilies(), f.family):
		return usageError("--family %q: use %s", f.family, strings.Join(synthFamilies(), ", "))
	case f.count < 1:
		return usageError("--count %d: use 1 or more", f.count)
	}
	if _, err := f.draw(f.seed); err != nil {
		return &exitError{status: 2, err: err}
	}
	var forms []*blank
	for _, path := range args {
		form, err := readBlank(cmd, path, len(args), f)
		if err != nil {
			return err
		}
		forms = append(forms, form)
	}
	g, ctx := errgroup.WithContext(cmd.Context())
	workers := f.workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	g.SetLimit(workers)
	done := newSheetBar(cmd.ErrOrStderr(), f.count*len(forms))
	for _, form := range forms {
		for i := range f.count {
			g.Go(func() error {
				if err := ctx.Err(); err != nil {
					return err
				}
				err := form.sheet(ctx, i, f)
				done.one()
				return err
			})
		}
	}
	err := g.Wait()
	done.end()
	return err
}

// sheetBar shows how far a run is on a terminal, and nothing anywhere else.
type sheetBar struct {
	all *mpb.Progress
	bar *mpb.Bar
}

func newSheetBar(w io.Writer, total int) *sheetBar {
	file, ok := w.(*os.File)
	if !ok || total < 2 || !term.IsTerminal(int(file.Fd())) {
		return &sheetBar{}
	}
	all := mpb.New(mpb.WithOutput(w), mpb.WithWidth(40))
	return &sheetBar{all: all, bar: all.AddBar(int64(total),
		mpb.PrependDecorators(decor.Name("sheets "), decor.CountersNoUnit("%d of %d")),
		mpb.AppendDecorators(decor.Percentage(), decor.Name("  left "), decor.AverageETA(decor.ET_STYLE_GO)))}
}

func (b *sheetBar) one() {
	if b.bar != nil {
		b.bar.Increment()
	}
}

func (b *sheetBar) end() {
	if b.bar != nil {
		b.bar.Abort(false)
		b.all.Wait()
	}
}

// draw is a case of the family, with what the flags set.
func (f synthFlags) draw(seed uint64) (synth.Case, error) {
	c := synth.Case{Seed: seed, Pen: synth.BallpointBlue}
	if f.family != plainFamily {
		c = synth.Family(f.family).Draw(seed)
	}
	if f.pen != "" {
		pen, err := synth.PenNamed(f.pen)
		if err != nil {
			return c, err
		}
		c.Pen = pen
	}
	for _, e := range f.effects {
		name, value, ok := strings.Cut(e, "=")
		if !ok {
			return c, usageError("--effect %q: write NAME=VALUE", e)
		}
		set := c.Effects.Set
		if slices.ContainsFunc(synth.Habits(), func(p synth.Parameter) bool { return p.Name == name }) {
			set = c.Pen.Set
		}
		if err := set(name, value); err != nil {
			return c, err
		}
	}
	c.Names = append(c.Pen.Names(), c.Effects.Names()...)
	return c, nil
}

// readBlank reads a form; n is how many were named.
func readBlank(cmd *cobra.Command, path string, n int, f synthFlags) (*blank, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	b := &blank{name: strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), codes: map[string]string{}}
	var pages [][]byte
	patternText := text
	if strings.EqualFold(filepath.Ext(path), ".omr") {
		if len(f.pages) == 0 || n > 1 {
			return nil, usageError("%s: a pattern does not know what its page looks like: give it alone, with --page-image FILE once a page, or give the form's source", path)
		}
		for _, name := range f.pages {
			data, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			pages = append(pages, data)
		}
	} else {
		images, err := findImages(text, filepath.Dir(path), f.images)
		if err != nil {
			return nil, err
		}
		made, list := omr.Generate(cmd.Context(), omr.GenerateRequest{Markup: text, Images: images, Formats: []string{"png"}})
		if err := printDiagnostics(cmd.ErrOrStderr(), path, text, list, "text"); err != nil {
			return nil, err
		}
		if made == nil || list.Failed() {
			return nil, &exitError{status: 1}
		}
		for _, p := range made.Pages {
			pages = append(pages, p.Data)
		}
		patternText = made.Pattern.Data
		b.readCodes(text)
		if err := os.MkdirAll(f.out, 0o755); err != nil {
			return nil, err
		}
		if err := writeFile(filepath.Join(f.out, b.name+".omr"), patternText); err != nil {
			return nil, err
		}
	}
	if b.pattern, _, err = omr.ReadPattern(patternText); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(pages) != len(b.pattern.Pages) {
		return nil, usageError("%s has %d pages: give --page-image FILE once for each", path, len(b.pattern.Pages))
	}
	for i, data := range pages {
		page, _, err := imageio.DecodeColor(data, imageio.Options{})
		if err != nil {
			return nil, fmt.Errorf("page %d of %s: %w", i+1, path, err)
		}
		b.pages = append(b.pages, page)
	}
	return b, os.MkdirAll(f.out, 0o755)
}

// readCodes finds what the form prints as codes: no pen writes them.
func (b *blank) readCodes(source []byte) {
	tree, _ := markup.Parse(source)
	var walk func(e *form.Element)
	walk = func(e *form.Element) {
		if v, ok := e.Str(form.AttrValue); ok && e.Kind == form.Barcode {
			b.codes[e.Name] = v
		}
		for _, c := range e.Children {
			walk(c)
		}
	}
	for _, page := range tree.Pages {
		walk(page)
	}
}

// sheet makes the pictures of one sheet, and its truth.
func (b *blank) sheet(ctx context.Context, i int, f synthFlags) error {
	seed := f.seed + uint64(i)
	c, err := f.draw(seed)
	if err != nil {
		return err
	}
	truth := synth.DrawTruth(b.pattern, seed)
	base := fmt.Sprintf("%s-%s-%04d", b.name, f.family, i+1)
	t := truthFile{Form: b.name, Family: f.family, Seed: seed, Effects: c.Names}
	ext := map[synth.Format]string{synth.JPEG: ".jpg", synth.PNG: ".png", synth.TIFF: ".tif"}[c.Effects.Format]
	for k, page := range b.pages {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := base + ext
		if k > 0 {
			name = fmt.Sprintf("%s-p%d%s", base, k+1, ext)
		}
		data, err := c.Picture(page, &b.pattern.Pages[k], truth)
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(f.out, name), data); err != nil {
			return err
		}
		t.Files = append(t.Files, name)
	}
	codes := map[string]bool{}
	for _, p := range b.pattern.Pages {
		for _, e := range p.Elements {
			if e.Type == pattern.Barcode || e.Type == pattern.BarcodeMade {
				codes[e.Name] = true
			}
		}
	}
	for _, row := range synth.Rows(b.pattern, truth) {
		if codes[row.Name] {
			text, known := b.codes[row.Name]
			if !known {
				continue
			}
			row.Value = text
		}
		t.Answers = append(t.Answers, truthAnswer(row))
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(t); err != nil {
		return err
	}
	return writeFile(filepath.Join(f.out, base+".json"), text.Bytes())
}
