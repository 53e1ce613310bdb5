package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/imageio/pdfium"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/pile"
	"github.com/leafmark/leafmark/omr/result"
)

type recognizeFlags struct {
	pattern, out, format, policy, overlay, crops string
	threshold                                    int
	boxes, resume                                bool
	explain                                      []string
	workers                                      int
}

func newRecognize() *cobra.Command {
	var f recognizeFlags
	cmd := &cobra.Command{
		Use:   "recognize --pattern FORM.omr FILE…",
		Short: "Read filled sheets from scans and photos",
		Long: `Read filled sheets from pictures, from PDF and TIFF files of many pages, or from
folders of them, on all cores and in bounded memory. Sheets come in the order given,
a folder's by name. A refused sheet is told on stderr with its cure; the others are
still read.

With -o FILE the sheets are kept in FILE.partial while the pile is read, and FILE is
written whole at the end. --resume goes on after a run that was interrupted, and
adds new scans to a FILE that was finished: sheets are known by their files' names.
Refused ones are tried again.

Exit status: 0 every sheet was read, 3 some were refused, 2 wrong usage, 1 any
other failure.`,
		Example: `  leafmark recognize --pattern quiz.omr scan1.png photo.jpg
  leafmark recognize --pattern quiz.omr scans/ --format json -o answers.jsonl
  leafmark recognize --pattern quiz.omr scans/ monday.pdf --format xlsx -o answers.xlsx
  leafmark recognize --pattern quiz.omr scans/ --format xlsx -o answers.xlsx --resume
  leafmark recognize --pattern quiz.omr scan1.png --explain Question7
  leafmark recognize --pattern quiz.omr scans/ --overlay looked-at/ --policy strict`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("name the pictures to read\nsee leafmark recognize --help")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return recognize(cmd, args, f) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.pattern, "pattern", "", "the form's `FORM.omr`")
	fl.StringVarP(&f.out, "output", "o", "", "`FILE` to write to (default: stdout)")
	fl.StringVar(&f.format, "format", "csv", "csv, json (ours: one object a line, with confidence and doubt), xml or xlsx (needs -o)")
	fl.IntVar(&f.threshold, "threshold", -1, "percent of a bubble that must be dark, 0 to 100 (default: estimated from each sheet)")
	fl.StringVar(&f.policy, "policy", "normal", "how sure an answer must be to pass without a doubt: strict, normal, lenient")
	fl.StringVar(&f.overlay, "overlay", "", "write pictures of what was read to `DIR`")
	fl.StringVar(&f.crops, "crops", "", "write write-ins and clipped areas to `DIR`")
	fl.BoolVar(&f.boxes, "boxes", false, "json: add every bubble with its places")
	fl.StringArrayVar(&f.explain, "explain", nil, "say why the field `FIELD` was read so, instead of the table unless -o names its file; may be repeated")
	fl.BoolVar(&f.resume, "resume", false, "go on after the sheets that the -o FILE of an earlier or interrupted run holds")
	fl.IntVar(&f.workers, "workers", 0, "sheets at a time (0: one a core)")
	_ = cmd.MarkFlagFilename("pattern", "omr")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(result.Formats(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("policy", cobra.FixedCompletions([]string{"strict", "normal", "lenient"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func recognize(cmd *cobra.Command, args []string, f recognizeFlags) error {
	opt := omr.RecognizeOptions{Policy: mark.Policy(f.policy), Boxes: f.boxes, Now: time.Now, Explain: f.explain}
	switch {
	case f.pattern == "":
		return usageError("--pattern is missing: give the form's .omr file")
	case !slices.Contains(result.Formats(), f.format):
		return usageError("--format %q: use %s", f.format, strings.Join(result.Formats(), ", "))
	case f.format == "xlsx" && f.out == "":
		return usageError("--format xlsx: name the workbook with -o")
	case f.resume && f.out == "":
		return usageError("--resume: name the file to go on with by -o")
	case !slices.Contains([]string{"strict", "normal", "lenient"}, f.policy):
		return usageError("--policy %q: use strict, normal or lenient", f.policy)
	case f.threshold < -1 || f.threshold > 100:
		return usageError("--threshold %d: use 0 to 100", f.threshold)
	}
	if f.threshold >= 0 {
		opt.Threshold = &f.threshold
	}
	drawn := pdfium.New(pdfium.Options{CacheDir: pdfCache()})
	defer func() { _ = drawn.Close() }() // nothing was written
	opt.PDF = drawn
	text, err := os.ReadFile(f.pattern)
	if err != nil {
		return err
	}
	p, warnings, err := omr.ReadPattern(text)
	if err != nil {
		return fmt.Errorf("%s: %w", f.pattern, err)
	}
	stderr := cmd.ErrOrStderr()
	for _, w := range warnings {
		fmt.Fprintf(stderr, "%s: %v\n", f.pattern, w)
	}
	files, err := pick(args)
	if err != nil {
		return err
	}
	if n := len(files.skipped); n > 0 {
		fmt.Fprintf(stderr, "note: %d file(s) of the folders are no pictures by their names and were left out, such as %s\n", n, files.skipped[0])
	}
	if len(files.files) == 0 {
		return usageError("the folders hold no pictures")
	}
	for _, dir := range []string{f.overlay, f.crops} {
		if dir != "" {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
		}
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(pileMemory)
	}
	r := &reading{
		flags: f, pattern: p, files: files, stderr: stderr,
		named:   files.folder || len(files.files) > 1 || pictures(files.files[0]) > 1,
		options: pile.Options{Read: opt, Workers: f.workers},
	}
	r.stems = files.stems()
	r.options.Look = r.look
	r.stdout = cmd.OutOrStdout()
	if len(f.explain) > 0 && f.out == "" {
		return r.explain(cmd.Context(), r.stdout)
	}
	if f.out == "" {
		return r.stream(cmd.Context(), r.stdout)
	}
	return r.file(cmd.Context(), headOf(text, fmt.Sprint(f.threshold, f.policy, f.boxes)))
}

// pdfCache is the folder that keeps the compiled PDF renderer; empty where the
// system names none for such things.
func pdfCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "leafmark", "pdfium")
}

// pileMemory is what the runtime's collector aims to stay under; two pictures of
// twelve megapixels and all that is made of them fit.
const pileMemory = 110 << 20

// reading is one run over a pile.
type reading struct {
	flags   recognizeFlags
	pattern *pattern.Pattern
	files   picked
	stems   map[string]string
	named   bool
	options pile.Options
	stdout  io.Writer
	stderr  io.Writer
	refused int
}

// read reads the pile, with a bar on terminals.
func (r *reading) read(ctx context.Context, each func(result.Entry) error) error {
	bar := progress(r.stderr, r.files)
	defer bar.end()
	done := r.options.Done
	r.options.Done = func(name string, image int, held bool) {
		if done != nil {
			done(name, image, held)
		}
		bar.one(held)
	}
	return pile.Read(ctx, r.pattern, r.files.pile(), r.options, func(o omr.Outcome) error {
		if o.Err != nil {
			r.refused++
			bar.print("%s: %s\n", result.FileName(o.File, o.Image), complaint(o.Err))
		}
		if _, err := explainSheet(r.stdout, o); err != nil {
			return err
		}
		return each(result.Entry{File: o.File, Image: o.Image, Sheet: o.Sheet, Err: o.Err})
	})
}

// status is the exit status of a pile that was read.
func (r *reading) status(notes []string) error {
	for _, n := range notes {
		fmt.Fprintln(r.stderr, "warning:", n)
	}
	if r.refused > 0 {
		return &exitError{status: 3}
	}
	return nil
}

// stream writes sheets as they come.
func (r *reading) stream(ctx context.Context, to io.Writer) error {
	notes, err := result.WriteTable(to, r.flags.format, func() iter.Seq2[result.Entry, error] {
		return func(yield func(result.Entry, error) bool) {
			err := r.read(ctx, func(e result.Entry) error {
				if !yield(e, nil) {
					return errClosed
				}
				return nil
			})
			if err != nil && !errors.Is(err, errClosed) {
				yield(result.Entry{}, err)
			}
		}
	}, r.named)
	if err != nil {
		return err
	}
	return r.status(notes)
}

// errClosed says that nobody takes the sheets any more.
var errClosed = errors.New("the output is closed")

// file keeps the sheets beside the file and writes it when all are read.
func (r *reading) file(ctx context.Context, head journalHead) error {
	f := r.flags
	j, err := openJournal(f.out+partialEnding, head, f.resume)
	if err != nil {
		return err
	}
	defer j.close()
	if f.resume && r.named {
		if err := j.take(f.out, f.format, f.format == "json" || len(r.pattern.Pages) == 1); err != nil {
			return err
		}
	}
	r.options.Held = j.held
	r.options.Done = func(name string, image int, held bool) {
		if held {
			j.meet(name, image)
		}
	}
	if err := r.read(ctx, j.add); err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted")
		}
		return fmt.Errorf("%w; the sheets read until then are kept in %s: --resume goes on after them", err, j.path)
	}
	notes, err := j.publish(f.out, f.format, r.named)
	if err != nil {
		return err
	}
	return r.status(notes)
}

func complaint(err error) string {
	if e := fault.As(err); e != nil {
		return e.Error()
	}
	return err.Error()
}

// look writes the pictures asked for of one reading.
func (r *reading) look(read *omr.Reading, file *imageio.File) error {
	guarded()
	base := r.stems[read.File]
	if read.Image > 1 {
		base = fmt.Sprintf("%s-%d", base, read.Image)
	}
	if r.flags.overlay != "" && read.Size != (image.Point{}) {
		png, err := omr.Overlay(r.pattern, read, file)
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(r.flags.overlay, base+".png"), png); err != nil {
			return err
		}
	}
	if r.flags.crops == "" {
		return nil
	}
	for i, c := range read.Crops {
		name := fmt.Sprintf("%s-%d-%s.png", base, i+1, safeName(c.Name))
		if err := writeFile(filepath.Join(r.flags.crops, name), c.PNG); err != nil {
			return err
		}
		read.Crops[i].File = filepath.Join(r.flags.crops, name)
	}
	return nil
}

// safeName keeps a field's name a file name.
func safeName(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, s)
}

// bar shows progress on a terminal, and nothing anywhere else.
type bar struct {
	w    io.Writer
	all  *mpb.Progress
	bar  *mpb.Bar
	stop context.CancelFunc
	wait sync.WaitGroup
}

// progress counts the pictures while they are read: until all files were looked
// into the total grows.
func progress(w io.Writer, files picked) *bar {
	b := &bar{w: w}
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return b
	}
	b.all = mpb.New(mpb.WithOutput(w), mpb.WithWidth(40))
	b.bar = b.all.AddBar(0,
		mpb.PrependDecorators(decor.Name("pictures "), decor.CountersNoUnit("%d of %d")),
		mpb.AppendDecorators(
			decor.Percentage(decor.WCSyncSpace), decor.AverageSpeed(0, "%6.1f/s"),
			decor.Name("  left "), decor.AverageETA(decor.ET_STYLE_GO)))
	ctx, stop := context.WithCancel(context.Background())
	b.stop = stop
	var total atomic.Int64
	b.wait.Go(func() {
		files.count(ctx, func(n int) { b.bar.SetTotal(total.Add(int64(n)), false) })
	})
	return b
}

// one moves the bar by a picture. What an earlier run read says nothing of speed.
func (b *bar) one(held bool) {
	switch {
	case b.bar == nil:
	case held:
		b.bar.IncrBy(1)
		_ = b.bar.DecoratorAverageAdjust(time.Now()) // of a bar that is done it is moot
	default:
		b.bar.Increment()
	}
}

// print writes a line above the bar.
func (b *bar) print(format string, args ...any) {
	if b.all != nil {
		fmt.Fprintf(b.all, format, args...)
		return
	}
	fmt.Fprintf(b.w, format, args...)
}

func (b *bar) end() {
	if b.bar == nil {
		return
	}
	b.stop()
	b.wait.Wait()
	b.bar.Abort(false)
	b.all.Wait()
}
