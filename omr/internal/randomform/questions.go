package randomform

import (
	"fmt"
	"strings"
)

func (d *drawer) choice() string {
	var b strings.Builder
	b.WriteString("#" + d.text(3, 9) + "?\n")
	if d.IntN(6) == 0 {
		b.WriteString("  " + d.text(2, 5) + "\n")
	}
	for _, a := range append(d.font(), d.some(5, "color="+d.ink(), "align="+d.align(), "display_number=false", "multiselect=false", "key=A", "points=2.5",
		"select="+pick(d, "one", "many", "2"), "required=true")...) {
		b.WriteString("\t" + a + "\n")
	}
	for range 1 + d.IntN(2) {
		b.WriteString("\t")
		for range 1 + d.IntN(4) {
			b.WriteString("() " + d.text(1, 2) + " ")
		}
		b.WriteString("\n")
		for _, a := range d.some(6, "font_size=10", "color="+d.ink()) {
			b.WriteString("\t" + a + "\n")
		}
	}
	return b.String()
}

// rating is a scale of bubbles without texts.
func (d *drawer) rating() string {
	scale := pick(d, "(5)(4)(3)(2)(1)", "(1)(2)(3)", "(yes)(no)", "(a)(b)(c)(d)", "(10)(9)(8)(7)", "( 1 )  ( 2 )")
	return "#" + d.text(2, 5) + "\n\t" + scale + "\n"
}

func (d *drawer) options() string {
	var b strings.Builder
	b.WriteString(d.line("?choicebox="+d.text(2, 6), append(d.font(), d.some(5, "align="+d.align())...)...))
	values := pick(d, "", "", "XYZUVW", "123456")
	for i := range 2 + d.IntN(5) {
		b.WriteString("\t?option=" + d.text(1, 3) + "\n")
		if values != "" {
			b.WriteString("\t\tbubble_value=" + values[i:i+1] + "\n")
		}
		if i > 0 && d.IntN(2) == 0 {
			fmt.Fprintf(&b, "\t\trow_index=%d\n", 1+i/2)
		}
		for _, a := range d.some(8, "color="+d.ink(), "font_style=bold") {
			b.WriteString("\t\t" + a + "\n")
		}
	}
	return b.String() + "&choicebox\n"
}

func (d *drawer) checkbox() string {
	var b strings.Builder
	attrs := append(append(d.bubbles(), d.font()...), d.some(5, "hide_name=true", "align="+d.align(), "multiselect=false", "orientation="+pick(d, "Horizontal", "Vertical"))...)
	b.WriteString(d.line("?checkbox="+d.name("Check"), append(attrs, d.some(2, "threshold=10")...)...))
	for range 1 + d.IntN(4) {
		b.WriteString("?content=" + d.name("Box") + "\n")
	}
	return b.String() + "&checkbox\n"
}

func (d *drawer) sheet() string { return d.answerSheet(6+d.IntN(50), 1+d.IntN(4)) }

// writeIn is a field for handwriting, by itself or with a question around it.
func (d *drawer) writeIn() string {
	return d.line("?write_in="+d.name("Hand"), d.some(2, "required=true", "hint="+d.text(1, 2), "color="+d.ink())...)
}

func (d *drawer) answerSheet(lines, columns int, more ...string) string {
	answers := 2 + d.IntN(4)
	attrs := append([]string{
		fmt.Sprintf("elements_count=%d", lines), fmt.Sprintf("columns_count=%d", columns), fmt.Sprintf("answers_count=%d", answers),
	}, d.bubbles()...)
	if d.IntN(3) == 0 {
		attrs = append(attrs, "answers_list="+symbols(pick(d, "12345", "ABCDE", "VWXYZ", "JKLMN")[:answers]))
	}
	attrs = append(attrs, d.some(5, fmt.Sprintf("start_id=%d", d.IntN(200)), fmt.Sprintf("vertical_margin=%d", d.IntN(30)), "multiselect=false",
		"required=true", "select=1-2")...)
	return d.line("?answer_sheet="+d.name("Sheet")+"n", append(attrs, more...)...)
}

// matrix are attributes that grids and composite grids share.
func (d *drawer) matrix() []string {
	return append(d.bubbles(), d.some(3, "orientation="+pick(d, "horizontal", "vertical"), "header_type="+pick(d, "underline", "square"),
		"align="+d.align(), "header_border_size=6", "header_border_color="+d.ink(), fmt.Sprintf("vertical_margin=%d", d.IntN(25)))...)
}

func (d *drawer) grid() string { return d.gridOf() }

func (d *drawer) gridOf(more ...string) string {
	attrs := append(d.matrix(), fmt.Sprintf("sections_count=%d", 1+d.IntN(8)))
	attrs = append(attrs, d.some(3, fmt.Sprintf("options_count=%d", 2+d.IntN(11)))...)
	return d.line("?grid="+d.name("Grid"), append(attrs, more...)...)
}

func (d *drawer) compositeGrid() string { return d.compositeOf() }

func (d *drawer) compositeOf(more ...string) string {
	n := 2 + d.IntN(4)
	attrs := append(d.matrix(), fmt.Sprintf("columns_count=%d", n))
	rows := d.IntN(3)
	for i := range rows {
		row := make([]string, n)
		for k := range row {
			row[k] = pick(d, "", "", string("+-*#"[i]), string("PQRS"[i]))
		}
		row[d.IntN(n)] = string("+-*#"[i])
		attrs = append(attrs, "extra_row=("+strings.Join(row, ")(")+")")
	}
	attrs = append(attrs, "values="+symbols(pick(d, "01", "ABC", "0123456789", "XYZ")))
	attrs = append(attrs, d.some(4, "rotate="+pick(d, "0", "90", "180", "270"), "display_hint=false")...)
	return d.line("?composite_grid="+d.name("Mix"), append(attrs, more...)...)
}

// matrixIn stands directly in a container.
func (d *drawer) matrixIn(column string) string {
	switch d.IntN(3) {
	case 0:
		return d.answerSheet(4+d.IntN(12), 1, column)
	case 1:
		return d.gridOf(column)
	}
	return d.compositeOf(column)
}

// scores is a group of questions with columns of every type.
func (d *drawer) scores() string {
	var b strings.Builder
	b.WriteString(d.line("?score_group="+d.name("Group"), d.some(3, "score_type_table=table")...))
	for range 1 + d.IntN(2) {
		type header struct{ typ, more string }
		headers := []header{{"positive", ""}}
		if d.IntN(2) == 0 {
			headers = append(headers, header{"positive", fmt.Sprintf("score=%d", pick(d, 2, 3, -1))})
		}
		if d.IntN(2) == 0 {
			headers = append(headers, header{"negative", ""})
		}
		display := pick(d, "DontDisplay", "DisplayInsideCell", "DisplayAsExtraColumn")
		if display == "DisplayAsExtraColumn" {
			headers = append(headers, header{"amount", ""})
		}
		content := 0
		if d.IntN(4) == 0 {
			headers = append(headers, header{"content", ""})
			content = len(headers) + 1
		}
		share := 50 / len(headers)
		proportions := "40%" + strings.Repeat(fmt.Sprintf("-%d%%", share), len(headers))
		b.WriteString(d.line("?score_question="+d.name("Score"), append(d.font(), "row_proportions="+proportions, "score_display="+display)...))
		for _, h := range headers {
			attrs := []string{"header_type=" + h.typ, "align=" + d.align()}
			if h.more != "" {
				attrs = append(attrs, h.more)
			}
			b.WriteString(d.line("?score_header="+d.text(1, 1), attrs...))
		}
		criteria := 1 + d.IntN(5)
		for range criteria {
			b.WriteString(d.line("?score_answer="+d.name("Item"), fmt.Sprintf("score=%d", d.IntN(7)-1)))
		}
		if content > 0 {
			b.WriteString(d.line("?table_content="+d.text(1, 2), fmt.Sprintf("column=%d", content), fmt.Sprintf("row=%d", 1+d.IntN(criteria))))
		}
		b.WriteString("&score_question\n")
	}
	return b.String() + "&score_group\n"
}

// cell of a custom row: its column's share and its source.
type cell struct {
	share  int
	source string
}

// ownSheet is a custom answer sheet of cells in any order.
func (d *drawer) ownSheet() string {
	name, array := d.name("Own"), d.name("arr")
	n := 2 + d.IntN(3)
	values := []string{"answers_list=" + symbols("ABCDEFG"[:n])}
	if d.IntN(3) == 0 {
		values = append(values, "recogintion_values="+listOf(d.name("v"), n))
	}
	cells := []cell{{40, d.line("?bubble_array="+array+" %index%", append(values, d.bubbles()...)...)}}
	if d.IntN(2) == 0 {
		cells = append(cells, cell{12, d.line("?content=%index%"+pick(d, "", ".", " "+d.text(1, 1)), d.font()...)})
	}
	if d.IntN(2) == 0 {
		target := pick(d, array+" %index%", name+"_%index%")
		cells = append(cells, cell{12, d.line("?custom_trigger="+d.name("skip")+" %index%", "value="+pick(d, "skipped", "absent, ill"), "target="+target)})
	}
	if d.IntN(3) == 0 {
		hand := d.name("Cell") + "_%index%"
		cells = append(cells, cell{18, d.line("?write_in="+hand, d.some(2, "required=true")...)})
		if d.IntN(2) == 0 {
			cells = append(cells, cell{10, d.line("?custom_trigger="+d.name("keep")+" %index%", "value=x", "target="+hand)})
		}
	}
	if d.IntN(4) == 0 {
		cells = append(cells, cell{18, d.line("?bubble_array="+pick(d, "", d.name("more")+" %index%"), "answers_list="+symbols("XY"))})
	}
	d.Shuffle(len(cells), func(i, j int) { cells[i], cells[j] = cells[j], cells[i] })
	sum := 0
	for _, c := range cells {
		sum += c.share
	}
	shares := make([]string, len(cells))
	header, row := "?header=\n", "?custom_row=row %index%\n"
	for i, c := range cells {
		shares[i] = fmt.Sprint(c.share * 100 / sum)
		header += d.line("?column="+d.text(0, 1), d.some(4, "align="+d.align(), "font_style=bold")...)
		row += c.source
	}
	attrs := append(d.some(4, "border="+pick(d, "square", "rounded"), "border_color="+d.ink(), "start_id="+pick(d, "0", "7")),
		fmt.Sprintf("amount=%d", 1+d.IntN(9)), fmt.Sprintf("columns_count=%d", 1+d.IntN(2)), "row_proportions="+strings.Join(shares, "-"))
	return d.line("?custom_answer_sheet="+name, attrs...) + header + "&header\n" + row + "&custom_row\n&custom_answer_sheet\n"
}

// listOf is a symbol list of n values of a prefix.
func listOf(prefix string, n int) string {
	out := ""
	for i := range n {
		out += fmt.Sprintf("(%s%c)", prefix, 'a'+i)
	}
	return out
}

func (d *drawer) barcode() string { return d.barcodeOf() }

func (d *drawer) barcodeOf(more ...string) string {
	name, value := d.name("Code"), fmt.Sprintf("M-%04d", d.IntN(10000))
	kind := pick(d, "QR", "QR", "Code128", "Code39Standard", "DataMatrix", "Aztec", "Pdf417", "Code93Standard", "EAN13", "EAN8", "UPCA", "Interleaved2of5")
	switch kind {
	case "EAN13":
		value = "4006381333931"
	case "EAN8":
		value = "96385074"
	case "UPCA":
		value = "036000291452"
	case "Interleaved2of5":
		value = fmt.Sprintf("%06d", d.IntN(1_000_000))
	}
	d.form.Codes[name] = value
	attrs := append([]string{"value=" + value, "barcode_type=" + kind}, d.some(3, "codetext=true", "align="+d.align())...)
	return d.line("?barcode="+name, append(attrs, more...)...)
}

func (d *drawer) vertical() string {
	var b strings.Builder
	b.WriteString(d.line("?vertical_choicebox="+d.name("Pick"), append(d.some(3, "top_padding=20", "bubble_position="+pick(d, "left", "right"), "threshold="+pick(d, "10", "0")), d.some(3, "bubble_type="+pick(d, "round", "square"))...)...))
	for i := range 2 + d.IntN(3) {
		attrs := d.some(8, "bubble_position=right", "bubble_type=square", "bubble_offset_y=5")
		if i > 1 && d.IntN(6) == 0 {
			attrs = append(attrs, "selectable=false")
		}
		b.WriteString(d.line("?answer="+d.name("a"), attrs...))
		switch d.IntN(5) {
		case 0:
			b.WriteString("?paragraph=\n?content=" + d.text(1, 4) + "\n?content=" + d.text(1, 4) + "\n&paragraph\n")
		case 1:
			b.WriteString("?content=" + d.text(1, 4) + "\n" + d.writeIn())
		default:
			b.WriteString(d.line("?content="+d.text(1, 4), d.font()...))
		}
		b.WriteString("&answer\n")
	}
	return b.String() + "&vertical_choicebox\n"
}

func (d *drawer) table() string {
	var b strings.Builder
	columns := 1 + d.IntN(4)
	b.WriteString(d.line("?table="+d.name("Table"), fmt.Sprintf("answers_count=%d", columns), "table_type="+pick(d, "normal", "striped", "equalCells")))
	if d.IntN(2) == 0 {
		b.WriteString(d.line("?table_title="+d.text(1, 4), append(d.font(), d.some(3, "background_color=LightGray", "border=square", "color="+d.ink())...)...))
	}
	b.WriteString(d.line("?table_header=", d.font()...) + "?content=Item\n")
	for i := range columns {
		caption := fmt.Sprintf("V%d", i)
		if d.IntN(8) == 0 {
			caption = ""
		}
		b.WriteString("?answer_value=" + caption + "\n")
	}
	b.WriteString("&table_header\n")
	for range 2 + d.IntN(4) {
		b.WriteString("?question=" + d.name("Row") + pick(d, "", " "+d.text(1, 6)) + "\n")
	}
	return b.String() + "&table\n"
}
