package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/leafmark/leafmark/internal/config"
	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/markup"
	"github.com/leafmark/leafmark/omr/typeset"
)

// settingFlags are the API's settings in kebab case (design.md §2).
var settingFlags = []struct{ flag, key, help string }{
	{"paper-size", "paperSize", "A4, Letter, Legal, A3, Tabloid, p8519, p8521"},
	{"orientation", "orientation", "Vertical or Horizontal"},
	{"page-margin-left", "pageMarginLeft", "px at 300 dpi"},
	{"page-margin-right", "pageMarginRight", "px at 300 dpi"},
	{"font-family", "fontFamily", "such as \"Segoe UI\", Arial, \"Times New Roman\""},
	{"font-size", "fontSize", "points"},
	{"font-style", "fontStyle", "Regular, Bold, Italic, Underline, Strikeout"},
	{"bubble-color", "bubbleColor", "a colour's name or #RRGGBB"},
	{"bubble-size", "bubbleSize", "Extrasmall, Small, Normal, Large, Extralarge"},
	{"overflow", "overflow", "noclip, clip, wrap"},
	{"rotation-marker-position", "rotationMarkerPosition", "TopRight1 and its seven neighbours"},
	{"multiselect", "multiselect", "true or false"},
	{"writing-system", "writingSystem", "Western, Arabic, Bengali, Hebrew, Persian, Urdu"},
	{"native-numbers", "nativeNumbers", "true: in the digits of the writing system"},
	{"long-word-handling", "longWordHandling", "drawover, error, hyphenate"},
	{"reference-point-offset-top", "referencePointOffsetTop", "of the markers from the edge, px at 300 dpi"},
	{"reference-point-offset-bottom", "referencePointOffsetBottom", "px at 300 dpi"},
	{"reference-point-offset-left", "referencePointOffsetLeft", "px at 300 dpi"},
	{"reference-point-offset-right", "referencePointOffsetRight", "px at 300 dpi"},
}

type renderFlags struct {
	out, settings, diagnostics string
	fonts                      string
	formats, images            []string
	data                       string
	dpi                        int
}

func newRender() *cobra.Command {
	var f renderFlags
	cmd := &cobra.Command{
		Use:   "render FORM.txt|FORM.json",
		Short: "Make the printable pages and the pattern of a form",
		Long: `Make the printable pages and the recognition pattern of a form source: NAME.png
(NAME-1.png … when there are several pages) and NAME.omr. Keep the pattern: it is
what recognition needs. Diagnostics go to stderr with line and column; an error
writes nothing.` + dataHelp,
		Example: `  leafmark render quiz.txt
  leafmark render quiz.txt -o out --format png,pdf --paper-size Letter
  leafmark render exam.txt --data class.csv -o out     a copy a person
  leafmark render ballot.json --image crest.png=art/crest-300dpi.png --bubble-color DarkGreen`,
		Args: exactly(1, "one form source"),
		RunE: func(cmd *cobra.Command, args []string) error { return render(cmd, args[0], f) },
	}
	fs := cmd.Flags()
	fs.StringVarP(&f.out, "output", "o", ".", "`DIR` to write to")
	fs.StringSliceVar(&f.formats, "format", []string{"png"}, strings.Join(omr.Formats(), ", ")+"; several with commas (tiff and pdf hold all pages)")
	fs.IntVar(&f.dpi, "dpi", omr.DPI, "resolution of raster pages, 30 to 1200")
	fs.StringArrayVar(&f.images, "image", nil, "picture for a name in the source, `NAME=FILE`; others are looked for beside FORM")
	fs.StringVar(&f.fonts, "font-dir", "", "`DIR` of TrueType fonts that win over the embedded ones")
	fs.StringVar(&f.data, "data", "", "CSV `FILE` with a row a person: a copy each, all in one PDF")
	fs.StringVar(&f.settings, "settings", "", "`FILE` with the API's settings object; flags win")
	fs.StringVar(&f.diagnostics, "diagnostics", "text", "text or json")
	for _, s := range settingFlags {
		fs.String(s.flag, "", s.help)
	}
	for flag, words := range map[string][]string{"diagnostics": {"text", "json"}, "paper-size": form.PaperSizes(), "orientation": form.Orientations(), "bubble-size": form.BubbleSizes(), "writing-system": form.WritingSystems(), "long-word-handling": form.LongWordHandlings(), "rotation-marker-position": form.RotationMarkers(), "font-style": form.FontStyles(), "overflow": form.Overflows()} {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
	_ = cmd.RegisterFlagCompletionFunc("format", completeFormats)
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"txt", "json"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return cmd
}

func render(cmd *cobra.Command, path string, f renderFlags) error {
	if f.diagnostics != "text" && f.diagnostics != "json" {
		return usageError("--diagnostics %q: use text or json", f.diagnostics)
	}
	for i, w := range f.formats {
		name, ok := omr.FormatNamed(w)
		if !ok {
			return usageError("--format %q: use %s", w, strings.Join(omr.Formats(), ", "))
		}
		f.formats[i] = name
	}
	f.formats = slices.Compact(slices.Sorted(slices.Values(f.formats))) // each once
	if f.dpi < 30 || f.dpi > 1200 {
		return usageError("--dpi %d: use 30 to 1200", f.dpi)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	settings, list, err := readSettings(cmd.Flags(), f.settings)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		if err := printDiagnostics(cmd.ErrOrStderr(), f.settings, nil, list, f.diagnostics); err != nil || list.Failed() {
			return &exitError{status: 2, err: err}
		}
	}
	images, err := findImages(source, filepath.Dir(path), f.images)
	if err != nil {
		return err
	}
	fonts, err := config.Fonts(f.fonts)
	if err != nil {
		return err
	}
	faces, err := typeset.Load(fonts)
	if err != nil {
		return err
	}
	req := omr.GenerateRequest{Markup: source, Settings: settings, Images: images, Formats: f.formats, DPI: f.dpi, Together: true, Faces: faces}
	if f.data != "" {
		if !cmd.Flags().Changed("format") {
			req.Formats = nil // the PDF is always there
		}
		return renderCopies(cmd, path, req, f)
	}
	made, list := omr.Generate(cmd.Context(), req)
	if err := printDiagnostics(cmd.ErrOrStderr(), path, source, list, f.diagnostics); err != nil {
		return err
	}
	if made == nil || list.Failed() {
		return &exitError{status: 1}
	}
	if err := os.MkdirAll(f.out, 0o755); err != nil {
		return err
	}
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	for _, file := range append(made.Pages, made.Pattern) {
		to := filepath.Join(f.out, name+strings.TrimPrefix(file.Name, "form"))
		if err := writeFile(to, file.Data); err != nil {
			return err
		}
	}
	return nil
}

// readSettings reads the settings file and lays the flags over it.
func readSettings(fs *pflag.FlagSet, file string) (form.Settings, fault.List, error) {
	var base form.Settings
	var list fault.List
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return base, nil, err
		}
		base, list = markup.ParseSettings(text)
	}
	given := map[string]string{}
	for _, s := range settingFlags {
		if v, err := fs.GetString(s.flag); err == nil && v != "" {
			given[s.key] = v
		}
	}
	// One flag at a time, so that a refusal can name its flag.
	for _, s := range settingFlags {
		v, ok := given[s.key]
		if !ok {
			continue
		}
		text, err := json.Marshal(map[string]any{s.key: v})
		if err != nil {
			return base, nil, err
		}
		over, bad := markup.ParseSettings(text)
		for _, d := range bad {
			// A number or a flag in quotes is how a command line spells it.
			if d.Code != "LM304" || over == (form.Settings{}) {
				return base, nil, usageError("--%s %q: %s; %s", s.flag, v, d.Cause, d.Cure)
			}
		}
		base = over.Over(base)
	}
	return base, list, nil
}

// findImages gives every picture that the source names its bytes: from --image,
// else from beside the source. One that is nowhere is left to the diagnostics.
func findImages(source []byte, dir string, flags []string) (map[string][]byte, error) {
	images := map[string][]byte{}
	for _, f := range flags {
		name, file, ok := strings.Cut(f, "=")
		if !ok || name == "" || file == "" {
			return nil, usageError("--image %q: write NAME=FILE", f)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		images[name] = data
	}
	tree, _ := markup.Parse(source)
	if tree == nil {
		return images, nil
	}
	var walk func(e *form.Element) error
	walk = func(e *form.Element) error {
		if e.Kind == form.Image {
			name := strings.TrimSpace(e.Name)
			if _, ok := images[name]; !ok && filepath.IsLocal(name) {
				data, err := os.ReadFile(filepath.Join(dir, name))
				if err == nil {
					images[name] = data
				} else if !os.IsNotExist(err) {
					return err
				}
			}
		}
		for _, c := range e.Children {
			if err := walk(c); err != nil {
				return err
			}
		}
		return nil
	}
	for _, p := range tree.Pages {
		if err := walk(p); err != nil {
			return nil, err
		}
	}
	return images, nil
}

// diagnosticView is a diagnostic for editors.
type diagnosticView struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Span     int    `json:"span"`
	Path     string `json:"path"`
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Cure     string `json:"cure"`
	Excerpt  string `json:"excerpt,omitempty"` // the line, carets below it
}

// printDiagnostics writes what is said of a file; source shows the places, nil
// shows none.
func printDiagnostics(w io.Writer, file string, source []byte, list fault.List, as string) error {
	excerpts := markup.Excerpts(source, list)
	if as == "json" {
		views := make([]diagnosticView, 0, len(list))
		for i, d := range list {
			views = append(views, diagnosticView{
				File: file, Line: d.Where.Line, Column: d.Where.Column, Span: d.Where.Span, Path: d.Where.Path,
				Severity: d.Severity.String(), Code: d.Code, Message: d.Cause, Cure: d.Cure, Excerpt: excerpts[i],
			})
		}
		return printJSON(w, views)
	}
	for i, d := range list {
		text := d.Cause
		if d.Cure != "" {
			text += "; cure: " + d.Cure
		}
		if excerpts[i] != "" {
			text += "\n    " + strings.ReplaceAll(excerpts[i], "\n", "\n    ")
		}
		if _, err := fmt.Fprintf(w, "%s:%d:%d: %s %s %s\n", file, max(1, d.Where.Line), max(1, d.Where.Column), d.Severity, d.Code, text); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes whole files only: a crash leaves the old one or none.
func writeFile(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already when it was renamed
	if _, err := tmp.Write(data); err != nil {
		_ = tmp.Close()
		return err
	}
	if err := tmp.Chmod(0o644); err != nil {
		_ = tmp.Close()
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
