package omr_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/layout"
	"github.com/leafmark/leafmark/omr/markup"
)

// drawn is a random form: its source, its settings, and the texts of its codes
// by their names, which a pattern does not tell.
type drawn struct {
	source   string
	settings form.Settings
	pages    int
	codes    map[string]string
}

// words are what the texts of random forms are made of.
var words = strings.Fields("tide harbour oar crew single double weather north lamp rope never often club " +
	"season morning ferry lock coxswain current bridge slow Übung naïve quay 12 of the and with")

// drawer writes the elements of one form, each with names of its own.
type drawer struct {
	*rand.Rand
	form  drawn
	named int
}

// drawForm draws a form that fits its pages: one or two of them, of any paper
// size up to A3, with three or more elements of any kind that has answers.
func drawForm(r *rand.Rand) drawn {
	d := &drawer{Rand: r, form: drawn{codes: map[string]string{}, pages: 1}}
	d.settings()
	if d.IntN(4) == 0 {
		d.form.pages = 2
	}
	for n := range d.form.pages {
		head, tail := "", ""
		if d.form.pages > 1 {
			head, tail = "?page=\n", "&page\n"
		}
		// One element is always there: texts alone are no form.
		before, body := d.form.source+head, d.line("?text="+d.text(2, 4), "font_size=18")+d.answerSheet(8, 1+d.IntN(2))
		count := 3 + d.IntN(7)
		if d.IntN(3) > 0 {
			// Most sheets in use are well filled; the smallest are the hardest.
			count += 4
		}
		for range count {
			codes := maps.Clone(d.form.codes)
			if more := body + d.element(kinds); d.fits(before + more + tail) {
				body = more
			} else {
				d.form.codes = codes
			}
		}
		if !d.fits(before + body + tail) {
			panic(fmt.Sprintf("page %d holds nothing:\n%s", n+1, before+body+tail))
		}
		d.form.source = before + body + tail
	}
	return d.form
}

func (d *drawer) settings() {
	s := &d.form.settings
	s.PaperSize, _ = form.ParsePaperSize(pick(d, "A4", "A4", "A4", "Letter", "Letter", "Legal", "A3"))
	if s.PaperSize == form.A3 {
		margin := 260 // the default meets its markers
		s.PageMarginLeft, s.PageMarginRight = &margin, &margin
	}
	s.Orientation, _ = form.ParseOrientation(pick(d, "vertical", "vertical", "vertical", "horizontal"))
	s.BubbleSize, _ = form.ParseBubbleSize(pick(d, "normal", "normal", "extrasmall", "small", "large", "extralarge"))
	if color, ok := form.ParseColor(pick(d, "Black", "Black", "Black", "DarkBlue", "Teal", "Crimson", "DarkGreen", "Gray", "Indigo", "BlueViolet")); ok {
		s.BubbleColor = &color
	}
	s.RotationMarker, _ = form.ParseRotationMarker(pick(d, form.RotationMarkers()...))
	s.FontSize = pick(d, 9.0, 10, 12, 12, 14)
}

// fits tells whether a source can be printed and read: anything beyond the
// page's end, cut off or too close to a marker is no form of ours.
func (d *drawer) fits(source string) bool {
	tree, list := markup.Parse([]byte(source))
	if tree == nil || list.Failed() {
		panic(fmt.Sprintf("a random form does not parse: %v\n%s", list, source))
	}
	_, list = layout.Lay(tree, d.form.settings, layout.Options{})
	return !slices.ContainsFunc(list, func(e *fault.Error) bool {
		return e.Severity == fault.SeverityError || slices.Contains([]string{"LM503", "LM504", "LM507", "LM508"}, e.Code)
	})
}

// kinds are what draws the elements.
var kinds = []func(*drawer) string{
	(*drawer).choice,
	(*drawer).options,
	(*drawer).sheet,
	(*drawer).grid,
	(*drawer).barcode,
	(*drawer).paragraph,
	(*drawer).columns,
	(*drawer).columns,
	(*drawer).checkbox,
	(*drawer).compositeGrid,
	(*drawer).scores,
	(*drawer).ownSheet,
}

// inBlocks are kinds that only blocks may hold.
var inBlocks = []func(*drawer) string{
	(*drawer).choice,
	(*drawer).options,
	(*drawer).vertical,
	(*drawer).table,
	(*drawer).writeIn,
}

func (d *drawer) element(of []func(*drawer) string) string { return of[d.IntN(len(of))](d) }

// columns is a container whose blocks hold what only blocks may hold.
func (d *drawer) columns() string {
	n := 1 + d.IntN(3)
	var b strings.Builder
	b.WriteString(d.line("?container="+d.name("Box"), fmt.Sprintf("columns_count=%d", n)))
	for i := range n {
		b.WriteString(d.line("?block=", fmt.Sprintf("column=%d", i+1), "border="+pick(d, "none", "square", "rounded")))
		b.WriteString("?content=" + d.text(1, 3) + "\n")
		b.WriteString(d.element(inBlocks))
		b.WriteString("&block\n")
	}
	return b.String() + "&container\n"
}

func (d *drawer) choice() string {
	var b strings.Builder
	b.WriteString("#" + d.text(3, 9) + "?\n\t")
	for range 2 + d.IntN(4) {
		b.WriteString("() " + d.text(1, 2) + " ")
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

func (d *drawer) options() string {
	var b strings.Builder
	b.WriteString("?choicebox=" + d.text(2, 6) + "\n")
	for i := range 2 + d.IntN(5) {
		b.WriteString("\t?option=" + d.text(1, 3) + "\n")
		if i > 0 && d.IntN(2) == 0 {
			fmt.Fprintf(&b, "\t\trow_index=%d\n", 1+i/2)
		}
	}
	return b.String() + "&choicebox\n"
}

func (d *drawer) checkbox() string {
	var b strings.Builder
	b.WriteString(d.line("?checkbox="+d.name("Check"), "threshold=10", "bubble_size="+pick(d, "small", "normal", "large")))
	for range 1 + d.IntN(4) {
		b.WriteString("?content=" + d.name("Box") + "\n")
	}
	return b.String() + "&checkbox\n"
}

func (d *drawer) sheet() string { return d.answerSheet(6+d.IntN(50), 1+d.IntN(4)) }

func (d *drawer) paragraph() string {
	return d.line("?text="+d.text(6, 30), "align="+pick(d, "left", "center", "right")) + "?empty_line=\n"
}

func (d *drawer) writeIn() string {
	return d.vertical() + d.line("?write_in="+d.name("Hand"), "required=true")
}

func (d *drawer) answerSheet(lines, columns int) string {
	answers := 2 + d.IntN(4)
	attrs := []string{
		fmt.Sprintf("elements_count=%d", lines), fmt.Sprintf("columns_count=%d", columns),
		fmt.Sprintf("answers_count=%d", answers), "bubble_type=" + pick(d, "round", "round", "square"),
	}
	if d.IntN(3) == 0 {
		attrs = append(attrs, "answers_list="+symbols(pick(d, "12345", "ABCDE", "VWXYZ", "JKLMN")[:answers]))
	}
	return d.line("?answer_sheet="+d.name("Sheet")+"n", attrs...)
}

func (d *drawer) grid() string {
	return d.line("?grid="+d.name("Grid"),
		fmt.Sprintf("sections_count=%d", 2+d.IntN(7)), "orientation="+pick(d, "horizontal", "vertical"),
		"header_type="+pick(d, "underline", "square"), "bubble_type="+pick(d, "round", "round", "square"))
}

func (d *drawer) compositeGrid() string {
	n := 2 + d.IntN(4)
	return d.line("?composite_grid="+d.name("Mix"),
		fmt.Sprintf("columns_count=%d", n), "extra_row="+strings.Repeat("(+)", n-1)+"()",
		"values="+symbols(pick(d, "01", "ABC", "0123456789", "XYZ")), "orientation="+pick(d, "horizontal", "vertical"))
}

func (d *drawer) scores() string {
	var b strings.Builder
	b.WriteString(d.line("?score_group="+d.name("Group"), "score_type_table=table"))
	for range 1 + d.IntN(2) {
		b.WriteString(d.line("?score_question="+d.name("Score"), "row_proportions=60%-20%-20%"))
		b.WriteString(d.line("?score_header=Yes", "align=center") + d.line("?score_header=No", "header_type=negative", "align=center"))
		for range 2 + d.IntN(4) {
			b.WriteString(d.line("?score_answer="+d.name("Item"), fmt.Sprintf("score=%d", 1+d.IntN(5))))
		}
		b.WriteString("&score_question\n")
	}
	return b.String() + "&score_group\n"
}

func (d *drawer) ownSheet() string {
	array := d.name("arr")
	return d.line("?custom_answer_sheet="+d.name("Own"),
		fmt.Sprintf("amount=%d", 2+d.IntN(8)), fmt.Sprintf("columns_count=%d", 1+d.IntN(2)), "row_proportions=20%-50%-30%") +
		"?header=\n?column=No.\n?column=Answer\n?column=Skip\n&header\n?custom_row=row %index%\n?content=%index%\n" +
		d.line("?bubble_array="+array+" %index%", "answers_list="+symbols(pick(d, "AB", "ABC", "ABCD"))) +
		d.line("?custom_trigger="+d.name("skip")+" %index%", "value=skipped", "target="+array+" %index%") +
		"&custom_row\n&custom_answer_sheet\n"
}

func (d *drawer) barcode() string {
	name, value := d.name("Code"), fmt.Sprintf("M-%04d", d.IntN(10000))
	d.form.codes[name] = value
	return d.line("?barcode="+name, "value="+value, "barcode_type="+pick(d, "QR", "Code128", "Code39", "DataMatrix"), "codetext="+pick(d, "true", "false"))
}

func (d *drawer) vertical() string {
	var b strings.Builder
	b.WriteString(d.line("?vertical_choicebox="+d.name("Pick"), "top_padding=20", "bubble_position="+pick(d, "left", "right")))
	for range 2 + d.IntN(3) {
		b.WriteString("?answer=" + d.name("a") + "\n?content=" + d.text(1, 4) + "\n&answer\n")
	}
	return b.String() + "&vertical_choicebox\n"
}

func (d *drawer) table() string {
	var b strings.Builder
	columns := 2 + d.IntN(2)
	b.WriteString(d.line("?table="+d.name("Table"), fmt.Sprintf("answers_count=%d", columns), "table_type="+pick(d, "normal", "striped", "equalCells")))
	b.WriteString("?table_header=\n?content=Item\n")
	for i := range columns {
		fmt.Fprintf(&b, "?answer_value=V%d\n", i)
	}
	b.WriteString("&table_header\n")
	for range 2 + d.IntN(4) {
		b.WriteString("?question=" + d.name("Row") + "\n")
	}
	return b.String() + "&table\n"
}

// line is an element with its attributes on lines of their own.
func (d *drawer) line(head string, attrs ...string) string {
	out := head + "\n"
	for _, a := range attrs {
		out += "\t" + a + "\n"
	}
	return out
}

// name is unlike every other of the form, so that each has one row.
func (d *drawer) name(prefix string) string {
	d.named++
	return fmt.Sprintf("%s%d", prefix, d.named)
}

func (d *drawer) text(from, to int) string {
	out := make([]string, from+d.IntN(to-from+1))
	for i := range out {
		out[i] = words[d.IntN(len(words))]
	}
	return strings.Join(out, " ")
}

func pick[T any](d *drawer, of ...T) T { return of[d.IntN(len(of))] }

// symbols is a list as attributes write it: (A)(B).
func symbols(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteString("(" + string(r) + ")")
	}
	return b.String()
}
