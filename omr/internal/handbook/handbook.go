// Package handbook writes docs/reference and docs/gallery.md from what the engine
// itself knows: the schema, its descriptions, the forms of the library. For the
// build alone: its test compares the files with what it writes and, with -update,
// writes them anew, so that no page and no picture can go stale.
//
// In: nothing. Out: Markdown and pictures by their paths below docs/. A fault is
// an example that does not work.
package handbook

import (
	"fmt"
	"image"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/leafmark/leafmark/omr/form"
)

// Page is a file of the handbook: text, or a picture.
type Page struct {
	Path    string // below docs/, with slashes
	Text    string
	Picture image.Image // nil: the page is text
}

const made = "<!-- Made from the source: go test ./omr/internal/handbook -update writes it anew. -->\n\n"

// typeNames are the types of attributes as TXT markup writes them
// (spec/markup.md 3.9, 6.1).
var typeNames = map[form.Type]string{
	form.TypeText:        "text",
	form.TypePx:          "px",
	form.TypePt:          "number",
	form.TypeCount:       "count",
	form.TypeInt:         "integer",
	form.TypePercent:     "percent",
	form.TypeBool:        "true, false",
	form.TypeEnum:        "word",
	form.TypeSymbols:     "symbols `(A)(B)`",
	form.TypeSymbolRows:  "symbols `(A)(B)`, repeatable",
	form.TypeProportions: "proportions `70%-30%`",
	form.TypeStyle:       "styles `bold, italic`",
	form.TypeColor:       "colour",
	form.TypeSide:        "side `6 red`, `none`",
}

// File is the name of a kind's page, without folder: grid.md.
func File(k form.Kind) string { return Slug(k) + ".md" }

// Slug is the word for a kind in names of files.
func Slug(k form.Kind) string {
	if s, ok := form.Lookup(k); ok && s.TXT != "" {
		return s.TXT
	}
	return strings.ToLower(string(k))
}

// link leads to the page of a kind from another page of the reference.
func link(k form.Kind) string { return fmt.Sprintf("[`%s`](%s)", Slug(k), File(k)) }

// Reference is docs/reference: an index, and a page with a picture for each element.
func Reference() ([]Page, error) {
	kinds := form.Kinds()
	of := make([][]Page, len(kinds))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, k := range kinds {
		g.Go(func() (err error) {
			if of[i], err = element(k); err != nil {
				return fmt.Errorf("%s: %w", k, err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return append([]Page{index()}, slices.Concat(of...)...), nil
}

// groups are the chapters of the index.
var groups = []struct {
	title string
	kinds []form.Kind
}{
	{"Structure", []form.Kind{form.Template, form.Page, form.Container, form.Block, form.PositionedBlock}},
	{"Text, pictures, space", []form.Kind{form.Text, form.Content, form.Paragraph, form.Image, form.EmptyLine, form.InputGroup}},
	{"Questions", []form.Kind{form.ChoiceBox, form.Option, form.CheckBox, form.VerticalChoiceBox, form.Answer}},
	{"Score tables", []form.Kind{form.ScoreGroup, form.ScoreQuestion, form.ScoreHeader, form.ScoreAnswer, form.TableContent}},
	{"Tables", []form.Kind{form.Table, form.TableTitle, form.TableHeader, form.TableAnswer, form.Question}},
	{"Bubbles", []form.Kind{form.AnswerSheet, form.Grid, form.CompositeGrid}},
	{"Answer sheets of your own", []form.Kind{form.CustomAnswerSheet, form.Header, form.Column, form.CustomRow, form.BubbleArray, form.CustomTrigger}},
	{"Codes and handwriting", []form.Kind{form.Barcode, form.WriteIn, form.TextInput, form.FreeTextInput}},
}

func index() Page {
	var b strings.Builder
	b.WriteString("# The form language\n\n" + made)
	b.WriteString(`A form is a text file in one of two markups: TXT, which people write, or JSON, which
programs write. Both say the same; leafmark convert turns one into the other. In TXT
an element is a line that starts with ? (or # for a question), its attributes are the
lines below it that start with a TAB, and a line that starts with & closes an element
that holds others.

    ?text=Rowing club
    	font_size=18
    	align=center
    #How often do you row?
    	() Weekly () Monthly () Rarely

Lengths are px at 300 dpi (118 px are a centimetre), sizes of text are points. The
[tutorial](../guide/tutorial.md) goes from nothing to data, the
[gallery](../gallery.md) shows ready forms, and [diagnostics](diagnostics.md) lists
what the reader may say about a form.
`)
	for _, g := range groups {
		fmt.Fprintf(&b, "\n## %s\n\n| TXT | JSON | |\n| --- | --- | --- |\n", g.title)
		for _, k := range g.kinds {
			fmt.Fprintf(&b, "| [`%s`](%s) | `%s` | %s |\n", Slug(k), File(k), k, form.Describe(k).Summary)
		}
	}
	b.WriteString("\n## Values\n\n| Type | TXT | JSON |\n| --- | --- | --- |\n")
	for _, row := range [][3]string{
		{"text", "to the end of the line", "string"},
		{"px, count, integer, percent", "whole number", "number"},
		{"number", "`12` or `10.5`", "number"},
		{"true, false", "`true` or `false`", "`true` or `false`"},
		{"word", "one of the listed words, in any case", "string"},
		{"symbols", "`(A)(B)(C)`; `()` is empty", "`[\"A\",\"B\",\"C\"]`"},
		{"proportions", "`70%-30%`, together 100 or less", "`[70,30]`"},
		{"styles", "`bold, italic`", "`[\"bold\",\"italic\"]`"},
		{"colour", "a name such as `DarkGreen`, or `#RRGGBB`", "string"},
		{"side", "`6 red`: width and colour; `none`", "`{\"size\":6,\"color\":\"red\"}`, `{\"disable\":true}`"},
	} {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", row[0], row[1], row[2])
	}
	b.WriteString("\n`${field}` in a text is filled in when copies for people are printed: see " +
		"[the guide](../guide/copies.md). Paper sizes: " + words(form.PaperSizes()) +
		". Bubble sizes: " + words(form.BubbleSizes()) + ".\n\n<details><summary>Colours</summary>\n\n" +
		words(form.ColorNames()) + "\n\n</details>\n\n<details><summary>Barcode types</summary>\n\n" +
		words(form.BarcodeTypes()) + "\n\n</details>\n")
	return Page{Path: "reference/README.md", Text: b.String()}
}

func words(list []string) string { return "`" + strings.Join(list, "`, `") + "`" }
