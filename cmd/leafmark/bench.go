package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/library"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/synth"
	"github.com/leafmark/leafmark/omr/trial"
)

func newBench() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure Leafmark on this machine and with your forms",
	}
	cmd.AddCommand(newBenchRecognize())
	return cmd
}

// defaultSheets is a trial of a minute or two.
const defaultSheets = 120

type benchFlags struct {
	families               []string
	markerless, bare       bool
	sheets, bubbles, from  int
	time                   time.Duration
	seed                   uint64
	workers, foreign, most int
	policy, format, keep   string
	settings               string
}

func newBenchRecognize() *cobra.Command {
	var f benchFlags
	cmd := &cobra.Command{
		Use:   "recognize [FORM.txt|FORM.json|NAME…]",
		Short: "Examine recognition: simulated sheets, read and compared with what the pen meant",
		Long: `Fill forms with simulated pens, scan and photograph them with simulated devices,
read the pictures, and compare every answer with what the pen meant. Each answer is

  right    read as meant
  in doubt given with the reason why a person should look: costs time, harms nobody
  wrong    read otherwise than meant, without a doubt: must never happen

and a sheet goes straight through when all its answers are right, none in doubt. A
picture may also be refused, with a reason.

Without forms it takes all of the library (leafmark forms) and forms drawn at random
from the whole markup. Give your own form before you print it: what the report says
of doubts is what your readers will have to look at. NAME is a form of the library,
or the word random.

Families: scan is what office scanners give on ordinary days, photo what phones
give that are held by hand, hard what comes folded, torn, faxed or half covered.

The same seed gives the same sheets. A sheet is known by its number: --from 17
--sheets 1 --keep DIR repeats number 17 and shows it. With --keep every sheet that
did not go straight through is written there: its picture, the overlay of what was
read, the truth beside the reading; gallery.png shows all bubbles that were wrong or
doubtful, by kind.

Exit status: 0 nothing was read wrong, 1 something was (or the trial failed), 2
wrong usage.`,
		Example: `  leafmark bench recognize --sheets 300
  leafmark bench recognize my-exam.txt --family photo --keep look-at-these
  leafmark bench recognize --family scan --bubbles 1000000 --format md
  leafmark bench recognize --markerless --time 10m
  leafmark bench recognize exam-50 random --foreign=5`,
		RunE: func(cmd *cobra.Command, args []string) error { return benchRecognize(cmd, args, f) },
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return append(library.Names(), "random"), cobra.ShellCompDirectiveDefault
		},
	}
	fs := cmd.Flags()
	fs.StringSliceVar(&f.families, "family", familyNames(), "families of material, with commas")
	fs.BoolVar(&f.bare, "bare", false, "patterns as other programs write them: without what ours tell beyond the original's")
	fs.BoolVar(&f.markerless, "markerless", false, "older forms: no positioning markers either, on paper and in the pattern")
	fs.IntVar(&f.sheets, "sheets", 0, fmt.Sprintf("end after so many sheets (default %d, when no other end is given)", defaultSheets))
	fs.IntVar(&f.bubbles, "bubbles", 0, "end when so many bubbles were looked at")
	fs.DurationVar(&f.time, "time", 0, "end after so long, such as 10m")
	fs.Uint64Var(&f.seed, "seed", 1, "of the whole trial")
	fs.IntVar(&f.from, "from", 0, "number of the first sheet")
	fs.IntVar(&f.foreign, "foreign", 0, "read each picture against so many other forms too: all must refuse it (alone: 4)")
	fs.Lookup("foreign").NoOptDefVal = "4"
	fs.IntVar(&f.workers, "workers", 0, "sheets at a time (0: one a core)")
	fs.StringVar(&f.policy, "policy", "normal", "how sure an answer must be to pass without a doubt: strict, normal, lenient")
	fs.StringVar(&f.settings, "settings", "", "`FILE` with the API's settings object, for the forms given")
	fs.StringVar(&f.format, "format", "text", "text, json, or md: the tables of docs/accuracy.md")
	fs.StringVar(&f.keep, "keep", "", "write what did not go straight through to `DIR`")
	fs.IntVar(&f.most, "keep-most", 200, "sheets to keep; wrong ones are kept beyond it, as many again")
	for flag, words := range map[string][]string{"family": familyNames(), "policy": policies(), "format": {"text", "json", "md"}} {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
	return cmd
}

func familyNames() []string {
	var out []string
	for _, f := range synth.Families() {
		out = append(out, string(f))
	}
	return out
}

func policies() []string {
	return []string{string(mark.Strict), string(mark.Normal), string(mark.Lenient)}
}

// trial are the options that the flags say.
func (f *benchFlags) trial(cmd *cobra.Command, args []string) (opt trial.Options, err error) {
	switch {
	case !slices.Contains(policies(), f.policy):
		return opt, usageError("--policy %q: use strict, normal or lenient", f.policy)
	case !slices.Contains([]string{"text", "json", "md"}, f.format):
		return opt, usageError("--format %q: use text, json or md", f.format)
	case f.sheets < 0 || f.bubbles < 0 || f.from < 0 || f.time < 0 || f.foreign < 0 || f.most < 0:
		return opt, usageError("numbers and times cannot be negative")
	case len(f.families) == 0:
		return opt, usageError("--family: name one of %s", strings.Join(familyNames(), ", "))
	case f.sheets == 0 && f.bubbles == 0 && f.time == 0:
		f.sheets = defaultSheets
	}
	opt = trial.Options{
		Policy: mark.Policy(f.policy), Seed: f.seed, From: f.from, Sheets: f.sheets, Bubbles: f.bubbles, Time: f.time,
		Workers: f.workers, Foreign: f.foreign, Now: time.Now,
	}
	for _, name := range f.families {
		if !slices.Contains(familyNames(), name) {
			return opt, usageError("--family %q: use %s", name, strings.Join(familyNames(), ", "))
		}
		opt.Families = append(opt.Families, synth.Family(name))
	}
	if f.bare {
		opt.Variant = trial.Bare
	}
	if f.markerless {
		opt.Variant = trial.Markerless
	}
	for _, a := range args {
		src, err := benchForm(cmd, a, f.settings)
		if err != nil {
			return opt, err
		}
		opt.Forms = append(opt.Forms, src)
	}
	return opt, nil
}

// benchForm is a form of the library, the random ones, or a source.
func benchForm(cmd *cobra.Command, name, settings string) (trial.Source, error) {
	if name == "random" {
		return trial.Random(), nil
	}
	if lib, ok := library.Find(name); ok {
		return trial.Ready(lib), nil
	}
	if filepath.Ext(name) == ".omr" {
		return trial.Source{}, usageError("%s is a pattern: give the form's source (.txt or .json), of which the page is drawn", name)
	}
	source, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return trial.Source{}, usageError("%s is neither a file nor a form of the library: %s, random", name, strings.Join(library.Names(), ", "))
	}
	if err != nil {
		return trial.Source{}, err
	}
	set, list, err := readSettings(cmd.Flags(), settings)
	if err != nil {
		return trial.Source{}, err
	}
	if list.Failed() {
		return trial.Source{}, &exitError{status: 2, err: list}
	}
	images, err := findImages(source, filepath.Dir(name), nil)
	if err != nil {
		return trial.Source{}, err
	}
	base := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	return trial.Source{Name: base, Markup: source, Settings: set, Images: images}, nil
}

func benchRecognize(cmd *cobra.Command, args []string, f benchFlags) error {
	opt, err := f.trial(cmd, args)
	if err != nil {
		return err
	}
	k := &keeper{dir: f.keep, most: f.most, again: func(n int) string { return f.again(args, n) }}
	if f.keep != "" {
		if err := os.MkdirAll(f.keep, 0o755); err != nil {
			return err
		}
		opt.Keep = k.sheet
		opt.Gallery = &trial.Gallery{}
	}
	bar := newTrialBar(cmd.ErrOrStderr(), opt)
	opt.Progress = bar.show
	report, err := trial.Run(cmd.Context(), opt)
	bar.end()
	stopped := errors.Is(err, context.Canceled)
	if err != nil && !stopped {
		return err
	}
	if err := printReport(cmd.OutOrStdout(), report, f.format); err != nil {
		return err
	}
	if opt.Gallery != nil {
		if err := k.gallery(opt.Gallery); err != nil {
			return err
		}
	}
	if stopped {
		return &exitError{status: 1, err: errors.New("stopped: the report is of the sheets until then")}
	}
	if n := report.Wrong(); n > 0 {
		return &exitError{status: 1, err: fmt.Errorf("%d read wrong without a doubt", n)}
	}
	return nil
}

func printReport(w io.Writer, r *trial.Report, format string) error {
	switch format {
	case "json":
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	case "md":
		_, err := io.WriteString(w, r.Markdown())
		return err
	}
	_, err := io.WriteString(w, r.Text())
	return err
}

// again is the command that repeats one sheet.
func (f *benchFlags) again(args []string, number int) string {
	out := append([]string{"leafmark bench recognize"}, args...)
	out = append(out, fmt.Sprintf("--family %s --seed %d --from %d --sheets 1", strings.Join(f.families, ","), f.seed, number))
	if f.bare {
		out = append(out, "--bare")
	}
	if f.markerless {
		out = append(out, "--markerless")
	}
	if f.foreign > 0 {
		out = append(out, fmt.Sprintf("--foreign=%d", f.foreign))
	}
	return strings.Join(append(out, "--policy "+f.policy, "--keep DIR"), " ")
}

// keeper writes sheets that a person should look at.
type keeper struct {
	dir   string
	most  int
	kept  int
	again func(number int) string
}

// keptSheet is the file of truth beside a kept picture.
type keptSheet struct {
	Sheet   int           `json:"sheet"`
	Outcome trial.Outcome `json:"outcome"`
	Family  synth.Family  `json:"family"`
	Form    string        `json:"form"`
	Effects []string      `json:"effects"`
	Refused string        `json:"refused,omitempty"`
	Foreign []string      `json:"accepted_as,omitempty"`
	Look    []trial.Row   `json:"look"` // answers that are wrong or in doubt
	Rows    []trial.Row   `json:"rows"` // all
	Again   string        `json:"again"`
}

func (k *keeper) sheet(s *trial.Sheet) error {
	room := k.most
	if s.Outcome == trial.Wrong {
		room *= 2
	}
	if k.kept >= room {
		return nil
	}
	k.kept++
	about := keptSheet{
		Sheet: s.Number, Outcome: s.Outcome, Family: s.Family, Form: s.Form, Effects: s.Names(), Foreign: s.Foreign,
		Rows: s.Rows, Look: []trial.Row{}, Again: k.again(s.Number),
	}
	for _, row := range slices.Concat(s.Rows, s.Slips) {
		if row.Outcome != trial.Straight {
			about.Look = append(about.Look, row)
		}
	}
	base := filepath.Join(k.dir, safeName(fmt.Sprintf("%s-%s-%06d-%s", s.Outcome, s.Family, s.Number, s.Form)))
	for i, p := range s.Pages {
		name := base
		if len(s.Pages) > 1 {
			name = fmt.Sprintf("%s-%d", base, i+1)
		}
		if p.Err != nil {
			about.Refused = complaint(p.Err)
		}
		if err := writeFile(name+pictureExt(p.Data), p.Data); err != nil {
			return err
		}
		if png := s.Overlay(i); png != nil && p.Err == nil {
			if err := writeFile(name+"-overlay.png", png); err != nil {
				return err
			}
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(about); err != nil {
		return err
	}
	return writeFile(base+".json", b.Bytes())
}

// pictureExt is the usual ending of a picture's format.
func pictureExt(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG")):
		return ".png"
	case bytes.HasPrefix(data, []byte("II")), bytes.HasPrefix(data, []byte("MM")):
		return ".tiff"
	}
	return ".jpg"
}

func (k *keeper) gallery(g *trial.Gallery) error {
	img := g.Picture()
	if img == nil {
		return nil
	}
	png, err := imageio.EncodePNG(img, 0)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(k.dir, "gallery.png"), png)
}

// trialBar shows how far a trial is on a terminal, and nothing anywhere else.
type trialBar struct {
	all *mpb.Progress
	bar *mpb.Bar
	at  func(trial.Progress) int64
	now atomic.Pointer[trial.Progress] // the bar is drawn by a goroutine of its own
}

func newTrialBar(w io.Writer, opt trial.Options) *trialBar {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return &trialBar{}
	}
	b := &trialBar{all: mpb.New(mpb.WithOutput(w), mpb.WithWidth(40))}
	b.now.Store(&trial.Progress{})
	total := int64(opt.Sheets)
	b.at = func(p trial.Progress) int64 { return int64(p.Sheets) }
	switch {
	case opt.Sheets > 0:
	case opt.Bubbles > 0:
		total = int64(opt.Bubbles)
		b.at = func(p trial.Progress) int64 { return int64(p.Bubbles) }
	default:
		total = int64(opt.Time)
		b.at = func(p trial.Progress) int64 { return int64(p.Elapsed) }
	}
	b.bar = b.all.AddBar(total,
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string {
			p := b.now.Load()
			return fmt.Sprintf("%d sheets, %d bubbles, %d wrong ", p.Sheets, p.Bubbles, p.Wrong)
		})),
		mpb.AppendDecorators(decor.Percentage(), decor.Name("  "), decor.AverageETA(decor.ET_STYLE_GO)))
	return b
}

func (b *trialBar) show(p trial.Progress) {
	if b.bar != nil {
		b.now.Store(&p)
		b.bar.SetCurrent(b.at(p))
	}
}

func (b *trialBar) end() {
	if b.bar != nil {
		b.bar.Abort(false)
		b.all.Wait()
	}
}
