// Command speed measures the processor time of a whole recognition (decoding,
// registering, marking, result) against `djpeg -grayscale` of libjpeg-turbo on the
// same files in the same run (docs/benchmarks.md).
//
//	go run ./e2e/bench/speed [-rounds n] [-keep folder] [-cpuprofile file]
//
// It fills sheets of the library's forms in a folder, A4 scans of 300 dpi and
// photos of 12 megapixels by turns, unless the folder kept from an earlier run has
// some: NAME.jpg with its pattern NAME.omr and its answers NAME.json. The part of a
// name before its first dash is its kind. One core; a file's ratio is of the
// medians of its rounds.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/library"
	"github.com/leafmark/leafmark/omr/pattern"
	"github.com/leafmark/leafmark/omr/result"
	"github.com/leafmark/leafmark/omr/synth"
)

func main() {
	rounds := flag.Int("rounds", 5, "times each file is decoded and read")
	keep := flag.String("keep", "", "folder of the files; made and filled if it has none")
	profile := flag.String("cpuprofile", "", "file for the profile of the recognitions")
	verbose := flag.Bool("v", false, "a line a file, with the answers that are wrong or in doubt")
	flag.Parse()
	if err := run(*keep, *rounds, *profile, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "speed:", err)
		os.Exit(1)
	}
}

func run(dir string, rounds int, profile string, verbose bool) error {
	runtime.GOMAXPROCS(1)
	if dir == "" {
		temporary, err := os.MkdirTemp("", "speed")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(temporary) }()
		dir = temporary
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.jpg"))
	if err != nil {
		return err
	}
	if len(names) == 0 {
		if names, err = fill(dir); err != nil {
			return err
		}
	}
	debug.FreeOSMemory()
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	var all []timed
	for _, name := range names {
		t, err := measure(strings.TrimSuffix(name, ".jpg"), rounds, verbose)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, t)
		if verbose {
			fmt.Println(t)
		}
	}
	report(all)
	return nil
}

// fill makes the sheets: every form of the library once scanned, once photographed.
func fill(dir string) (names []string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	for i, form := range library.Forms() {
		made, list := omr.Generate(context.Background(), omr.GenerateRequest{Markup: form.Source()})
		if list.Failed() {
			return nil, list
		}
		p, _, err := omr.ReadPattern(made.Pattern.Data)
		if err != nil {
			return nil, err
		}
		page, _, err := imageio.DecodeColor(made.Pages[0].Data, imageio.Options{})
		if err != nil {
			return nil, err
		}
		seed := uint64(i + 1)
		truth := synth.DrawTruth(p, seed)
		filled := synth.FillPage(page, &p.Pages[0], truth, synth.DrawPen(seed), seed)
		scan, photo := synth.ScanEffects(seed), synth.PhoneEffects(seed)
		scan.DPI, photo.LongSide = 300, 4000
		for kind, effects := range map[string]synth.Effects{"scan": scan, "photo": photo} {
			picture, quality := synth.Photo(filled, effects, seed)
			data, err := imageio.EncodeJPEG(picture, quality, 0)
			if err != nil {
				return nil, err
			}
			answers, err := json.Marshal(synth.Expected(p, truth))
			if err != nil {
				return nil, err
			}
			base := filepath.Join(dir, kind+"-"+form.Name)
			for ext, content := range map[string][]byte{".jpg": data, ".omr": made.Pattern.Data, ".json": answers} {
				if err := os.WriteFile(base+ext, content, 0o644); err != nil {
					return nil, err
				}
			}
			names = append(names, base+".jpg")
		}
	}
	slices.Sort(names)
	return names, nil
}

// timed is what one file took: medians of its rounds, ms of processor time.
type timed struct {
	name, kind                   string
	djpeg, total                 float64
	decode, register, mark, rest float64
	allocated                    float64 // MB a recognition
	right, doubtful, wrong       int
	refused                      string
	notes                        []string
}

func (t timed) String() string {
	out := fmt.Sprintf("%-32s djpeg %5.1f  total %6.1f (%.2f)  decode %5.1f register %6.1f mark %5.1f rest %4.1f  %5.2f MB  %d right %d in doubt %d wrong %s",
		t.name, t.djpeg, t.total, t.total/t.djpeg, t.decode, t.register, t.mark, t.rest, t.allocated, t.right, t.doubtful, t.wrong, t.refused)
	return strings.Join(append([]string{out}, t.notes...), "\n    ")
}

func measure(base string, rounds int, verbose bool) (timed, error) {
	name := filepath.Base(base)
	kind, _, _ := strings.Cut(name, "-")
	t := timed{name: name, kind: kind}
	data, err := os.ReadFile(base + ".jpg")
	if err != nil {
		return t, err
	}
	omrFile, err := os.ReadFile(base + ".omr")
	if err != nil {
		return t, err
	}
	answers, err := os.ReadFile(base + ".json")
	if err != nil {
		return t, err
	}
	want := map[string]string{}
	if err := json.Unmarshal(answers, &want); err != nil {
		return t, err
	}
	p, _, err := omr.ReadPattern(omrFile)
	if err != nil {
		return t, err
	}
	for i := range p.Pages {
		for _, e := range p.Pages[i].Elements {
			if e.Type == pattern.Barcode || e.Type == pattern.BarcodeMade {
				delete(want, e.Name) // the pattern does not tell its text
			}
		}
	}
	var djpeg, total, decode, register, mark []float64
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range rounds {
		ms, err := runDjpeg(base + ".jpg")
		if err != nil {
			return t, err
		}
		djpeg = append(djpeg, ms)
		start := used(syscall.RUSAGE_SELF)
		out := recognize(p, data)
		total = append(total, (used(syscall.RUSAGE_SELF)-start).Seconds()*1000)
		took := out.Readings[0].Timing
		decode, register, mark = append(decode, took.Decode), append(register, took.Register), append(mark, took.Mark)
		if len(total) == rounds {
			t.compare(out, want, verbose)
		}
	}
	runtime.ReadMemStats(&after)
	t.allocated = float64(after.TotalAlloc-before.TotalAlloc) / float64(rounds) / 1e6
	t.djpeg, t.total = median(djpeg), median(total)
	t.decode, t.register, t.mark = median(decode), median(register), median(mark)
	t.rest = t.total - t.decode - t.register - t.mark
	return t, nil
}

func recognize(p *pattern.Pattern, data []byte) omr.Outcome {
	// The engine's clock is the process's time on the processor.
	clock := func() time.Time { return time.Unix(0, int64(used(syscall.RUSAGE_SELF))) }
	out, _ := omr.Recognize(context.Background(), p, omr.Scan{Data: data}, omr.RecognizeOptions{Now: clock, FirstOnly: true})
	return out[0]
}

// compare counts the answers that are right, in doubt and silently wrong.
func (t *timed) compare(out omr.Outcome, want map[string]string, verbose bool) {
	if out.Err != nil {
		t.refused = out.Err.Error()
		if e := fault.As(out.Err); e != nil {
			t.refused = e.Code + ": " + e.Cause
		}
		return
	}
	t.tally(out.Sheet.Answers, want, verbose)
}

func (t *timed) tally(answers []result.Answer, want map[string]string, verbose bool) {
	for _, a := range answers {
		truth, known := want[a.Name]
		note := ""
		switch {
		case !known: // a code, or a sum
			continue
		case a.Doubt != nil && *a.Doubt != "":
			t.doubtful++
			note = string(*a.Doubt)
		case a.Value != truth:
			t.wrong++
			note = "WRONG"
		default:
			t.right++
		}
		if verbose && note != "" {
			t.notes = append(t.notes, fmt.Sprintf("%s %q, marked %q: %s", a.Name, a.Value, truth, note))
		}
	}
}

// runDjpeg is the processor time of one decoding by libjpeg-turbo, ms; the picture
// goes nowhere.
func runDjpeg(name string) (float64, error) {
	before := used(syscall.RUSAGE_CHILDREN)
	cmd := exec.CommandContext(context.Background(), "djpeg", "-grayscale", "-outfile", os.DevNull, name) //nolint:gosec // G204: a file of the folder that the user named
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("djpeg (Debian: libjpeg-turbo-progs): %w: %s", err, out)
	}
	return (used(syscall.RUSAGE_CHILDREN) - before).Seconds() * 1000, nil
}

// used is the processor time, user and system, that this process or its children took.
func used(who int) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(vs []float64) float64 {
	if len(vs) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(vs))
	return sorted[len(sorted)/2]
}

// report prints a line a kind and one for all, as Markdown.
func report(all []timed) {
	kinds := map[string][]timed{}
	for _, t := range all {
		kinds[t.kind] = append(kinds[t.kind], t)
	}
	fmt.Println("| kind | files | djpeg, ms | recognition, ms | ratio, median | worst | decode | register | mark | rest | allocated, MB | right | in doubt | wrong | refused |")
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		line(kind, kinds[kind])
	}
	if len(kinds) > 1 {
		line("all", all)
	}
}

func line(kind string, ts []timed) {
	of := func(f func(t timed) float64) float64 {
		vs := make([]float64, len(ts))
		for i, t := range ts {
			vs[i] = f(t)
		}
		return median(vs)
	}
	ratio := func(t timed) float64 { return t.total / max(t.djpeg, 0.1) }
	worst := slices.MaxFunc(ts, func(a, b timed) int { return cmp.Compare(ratio(a), ratio(b)) })
	var right, doubtful, wrong, refused int
	for _, t := range ts {
		right, doubtful, wrong = right+t.right, doubtful+t.doubtful, wrong+t.wrong
		if t.refused != "" {
			refused++
		}
	}
	fmt.Printf("| %s | %d | %.1f | %.1f | %.2f | %.2f | %.1f | %.1f | %.1f | %.1f | %.2f | %d | %d | %d | %d |\n", kind, len(ts),
		of(func(t timed) float64 { return t.djpeg }), of(func(t timed) float64 { return t.total }), of(ratio), ratio(worst),
		of(func(t timed) float64 { return t.decode }), of(func(t timed) float64 { return t.register }),
		of(func(t timed) float64 { return t.mark }), of(func(t timed) float64 { return t.rest }),
		of(func(t timed) float64 { return t.allocated }), right, doubtful, wrong, refused)
}
