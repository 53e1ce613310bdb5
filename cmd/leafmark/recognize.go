package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/sync/errgroup"
	"golang.org/x/term"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/result"
)

type recognizeFlags struct {
	pattern, out, format, policy, overlay, crops string
	threshold                                    int
	boxes                                        bool
	workers                                      int
}

func newRecognize() *cobra.Command {
	var f recognizeFlags
	cmd := &cobra.Command{
		Use:   "recognize --pattern FORM.omr FILE…",
		Short: "Read filled sheets from scans and photos",
		Long: `Read filled sheets from pictures, or from folders of them, on all cores. Sheets
come in the order given, a folder's by name. A refused sheet is told on stderr with
its cure; the others are still read.

Exit status: 0 every sheet was read, 3 some were refused, 2 wrong usage, 1 any
other failure.`,
		Example: `  leafmark recognize --pattern quiz.omr scan1.png photo.jpg
  leafmark recognize --pattern quiz.omr scans/ --format json -o answers.jsonl
  leafmark recognize --pattern quiz.omr scans/ --format xlsx -o answers.xlsx
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
	fl.IntVar(&f.workers, "workers", 0, "sheets at a time (0: one a core)")
	_ = cmd.MarkFlagFilename("pattern", "omr")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(result.Formats(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("policy", cobra.FixedCompletions([]string{"strict", "normal", "lenient"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func recognize(cmd *cobra.Command, args []string, f recognizeFlags) error {
	opt := omr.RecognizeOptions{Policy: mark.Policy(f.policy), Boxes: f.boxes, Now: time.Now}
	switch {
	case f.pattern == "":
		return usageError("--pattern is missing: give the form's .omr file")
	case !slices.Contains(result.Formats(), f.format):
		return usageError("--format %q: use %s", f.format, strings.Join(result.Formats(), ", "))
	case f.format == "xlsx" && f.out == "":
		return usageError("--format xlsx: name the workbook with -o")
	case !slices.Contains([]string{"strict", "normal", "lenient"}, f.policy):
		return usageError("--policy %q: use strict, normal or lenient", f.policy)
	case f.threshold < -1 || f.threshold > 100:
		return usageError("--threshold %d: use 0 to 100", f.threshold)
	}
	if f.threshold >= 0 {
		opt.Threshold = &f.threshold
	}
	text, err := os.ReadFile(f.pattern)
	if err != nil {
		return err
	}
	p, warnings, err := omr.ReadPattern(text)
	if err != nil {
		return fmt.Errorf("%s: %w", f.pattern, err)
	}
	for _, w := range warnings {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: %v\n", f.pattern, w)
	}
	files, folder, err := listPictures(args)
	if err != nil {
		return err
	}
	for _, dir := range []string{f.overlay, f.crops} {
		if dir != "" {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
		}
	}
	readings, err := readAll(cmd.Context(), cmd.ErrOrStderr(), p, files, opt, f)
	if err != nil {
		return err
	}
	outcomes := omr.Sheets(p, readings, opt)
	named := folder || len(files) > 1 || len(readings) > 1
	data, notes, err := result.Table(f.format, sheetsOf(outcomes), named)
	if err != nil {
		return err
	}
	for _, n := range notes {
		fmt.Fprintln(cmd.ErrOrStderr(), "warning:", n)
	}
	if f.out != "" {
		err = writeFile(f.out, data)
	} else {
		_, err = cmd.OutOrStdout().Write(data)
	}
	if err != nil {
		return err
	}
	refused := 0
	for _, o := range outcomes {
		if o.Err != nil {
			refused++
			fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", result.FileName(o.File, o.Image), complaint(o.Err))
		}
	}
	if refused > 0 {
		return &exitError{status: 3}
	}
	return nil
}

func complaint(err error) string {
	if e := fault.As(err); e != nil {
		return e.Error()
	}
	return err.Error()
}

func sheetsOf(outcomes []omr.Outcome) []result.Entry {
	out := make([]result.Entry, len(outcomes))
	for i, o := range outcomes {
		out[i] = result.Entry{File: o.File, Image: o.Image, Sheet: o.Sheet, Err: o.Err}
	}
	return out
}

// listPictures spreads folders into their files, by name.
func listPictures(args []string) (files []string, folder bool, err error) {
	for _, a := range args {
		st, err := os.Stat(a)
		if err != nil {
			return nil, false, err
		}
		if !st.IsDir() {
			files = append(files, a)
			continue
		}
		folder = true
		var inside []string
		err = filepath.WalkDir(a, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && !strings.HasPrefix(d.Name(), ".") {
				inside = append(inside, path)
			}
			return err
		})
		if err != nil {
			return nil, false, err
		}
		sort.Strings(inside)
		files = append(files, inside...)
	}
	return files, folder, nil
}

// readAll reads the files on all cores; the readings come in the files' order.
func readAll(ctx context.Context, stderr io.Writer, p *pattern.Pattern, files []string, opt omr.RecognizeOptions, f recognizeFlags) ([]*omr.Reading, error) {
	done := progress(stderr, len(files))
	parts := make([][]*omr.Reading, len(files))
	g, ctx := errgroup.WithContext(ctx)
	workers := f.workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	g.SetLimit(workers)
	for i, file := range files {
		g.Go(func() error {
			data, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			parts[i], _ = omr.Read(ctx, p, omr.Scan{Name: file, Data: data}, opt)
			for _, r := range parts[i] {
				if err := keepPictures(p, r, data, f); err != nil {
					return err
				}
				r.Plane = nil // a folder of sheets must not be held in memory
			}
			done.one()
			return ctx.Err()
		})
	}
	err := g.Wait()
	done.end()
	var all []*omr.Reading
	for _, part := range parts {
		all = append(all, part...)
	}
	return all, err
}

func keepPictures(p *pattern.Pattern, r *omr.Reading, data []byte, f recognizeFlags) error {
	base := strings.TrimSuffix(filepath.Base(r.File), filepath.Ext(r.File))
	if r.Image > 1 {
		base = fmt.Sprintf("%s-%d", base, r.Image)
	}
	if f.overlay != "" && r.Plane != nil {
		png, err := omr.Overlay(p, r, data)
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(f.overlay, base+".png"), png); err != nil {
			return err
		}
	}
	if f.crops == "" {
		return nil
	}
	for i, c := range r.Crops {
		name := fmt.Sprintf("%s-%d-%s.png", base, i+1, safeName(c.Name))
		if err := writeFile(filepath.Join(f.crops, name), c.PNG); err != nil {
			return err
		}
		r.Crops[i].File = filepath.Join(f.crops, name)
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
	all *mpb.Progress
	bar *mpb.Bar
}

func progress(w io.Writer, total int) *bar {
	file, ok := w.(*os.File)
	if !ok || total < 2 || !term.IsTerminal(int(file.Fd())) {
		return &bar{}
	}
	all := mpb.New(mpb.WithOutput(w), mpb.WithWidth(50))
	return &bar{all: all, bar: all.AddBar(int64(total),
		mpb.PrependDecorators(decor.Name("sheets "), decor.CountersNoUnit("%d of %d")),
		mpb.AppendDecorators(decor.Percentage(), decor.Name("  "), decor.AverageETA(decor.ET_STYLE_GO)))}
}

func (b *bar) one() {
	if b.bar != nil {
		b.bar.Increment()
	}
}

func (b *bar) end() {
	if b.bar != nil {
		b.bar.Abort(false)
		b.all.Wait()
	}
}
