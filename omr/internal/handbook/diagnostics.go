package handbook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/batch"
	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/markup"
)

// diagnostic is a code that forms meet, and a form that meets it.
type diagnostic struct {
	code, when string
	source     string            // that brings it; "": none can be shown, see why
	why        string            // there is no example
	settings   form.Settings     // of the example
	images     map[string][]byte // of the example
	people     string            // CSV: the example is a batch
	to         markup.Syntax     // the example is a conversion
	converts   bool
}

// block is a container with one block that holds the elements.
func block(inside string) string {
	return "?container=\n?block=\n" + inside + "&block\n&container\n"
}

// custom is a custom answer sheet with the given row.
func custom(proportions, header, row string) string {
	return "?custom_answer_sheet=C\n\tamount=2\n\tcolumns_count=1\n\trow_proportions=" + proportions + "\n?header=\n" + header + "&header\n?custom_row=r%index%\n" + row + "&custom_row\n&custom_answer_sheet\n"
}

// scores is a score group with the given question.
func scores(attrs, inside string) string {
	return "?score_group=Visit\n?score_question=Rooms\n" + attrs + inside + "&score_question\n&score_group\n"
}

// tableOf is a table with the given children.
func tableOf(answers, inside string) string {
	return block("?table=t\n\tanswers_count=" + answers + "\n" + inside + "&table\n")
}

const tableHead = "?table_header=\n?content=How?\n?answer_value=Good\n?answer_value=Bad\n&table_header\n"

func page(children string) string {
	return `{"element_type": "Template", "children": [{"element_type": "Page", "children": [` + children + "]}]}\n"
}

var white = form.Color{R: 255, G: 255, B: 240}

// diagnosed are the codes of spec/markup.md 16.3 and ours, in their order.
func diagnosed() []diagnostic {
	narrow := 60
	return []diagnostic{
		{code: "LM101", when: "The source is empty.", source: "\n\n"},
		{code: "LM102", when: "The source is not UTF-8; it is read as Windows-1252, or as UTF-16 where its first bytes say so.", source: "?text=Caf\xe9\n"},
		{code: "LM103", when: "The source holds NUL or another control character.", source: "?text=Row\x07ing\n"},
		{code: "LM104", when: "JSON that is not quite JSON, as published forms have it.", source: page(`{"element_type": "Text", "name": "a"},`)},
		{code: "LM105", when: "A placeholder is not filled in, since there is no data.", source: "?text=Dear ${name}\n"},
		{code: "LM106", when: "The form is larger than any sheet of paper asks for.", source: "?answer_sheet=Q\n\telements_count=90000\n\tcolumns_count=1\n"},
		{code: "LM110", when: "The JSON cannot be read.", source: `{"element_type": "Template", "children": [}` + "\n"},
		{code: "LM111", when: "The root of the JSON is no Template.", source: `{"element_type": "Page"}` + "\n"},
		{code: "LM112", when: "The children of a JSON element are no list of objects.", source: page("7")},
		{code: "LM113", when: "A JSON object does not say its element_type.", source: page(`{"name": "a"}`)},
		{code: "LM114", when: "A JSON form has no page.", source: `{"element_type": "Template", "children": []}` + "\n"},
		{code: "LM201", when: "A line is neither element nor attribute nor answer nor text.", source: "?grid=Badge\n\nstray words\n"},
		{code: "LM202", when: "An element lacks its equals sign.", source: "?grid\n"},
		{code: "LM203", when: "An element that holds others is not closed.", source: "?container=\n?block=\n&container\n"},
		{code: "LM204", when: "An attribute is indented with blanks instead of a TAB.", source: "?grid=Badge\n  sections_count=4\n"},
		{code: "LM205", when: "A closing tag closes nothing, or crosses another.", source: "?text=Rowing\n&block\n"},
		{code: "LM206", when: "A leaf is closed or has children.", source: "?grid=Badge\n&grid\n"},
		{code: "LM207", when: "A blank line stands between an element and what belongs to it.", source: "?container=\n?block=\n\n?content=a\n&block\n&container\n"},
		{code: "LM208", when: "An attribute stands where there is no element.", source: "\tcolor=red\n?text=Rowing\n"},
		{code: "LM209", when: "Answers stand where there is no question.", source: "?text=Rowing\n\t() Yes () No\n"},
		{code: "LM210", when: "An element stands outside of the pages and is not drawn.", source: "?text=lost\n?page=\n&page\n"},
		{code: "LM211", when: "There is no such element.", source: "?tetx=Rowing\n"},
		{code: "LM212", when: "An element stands outside of the one it belongs to.", source: "?answer=a\n&answer\n"},
		{code: "LM213", when: "A build does not support an element or attribute.", why: "This build supports all of them."},
		{code: "LM220", when: "An element may not stand in its parent.", source: "?container=\n?text=a\n&container\n"},
		{code: "LM221", when: "text stands inside of another element, or content on the page itself.", source: "?content=Rowing\n"},
		{code: "LM222", when: "An element that should stand in a block does not.", source: "?write_in=remarks\n\thint=remarks\n"},
		{code: "LM223", when: "A child is missing that the element needs.", source: "?checkbox=Diet\n&checkbox\n"},
		{code: "LM224", when: "A child is there more often than allowed.", source: tableOf("2", tableHead+tableHead+"?question=Food\n")},
		{code: "LM225", when: "A child stands in the wrong place.", source: "?custom_answer_sheet=C\n\tamount=1\n\tcolumns_count=1\n\trow_proportions=100%\n?custom_row=r\n?bubble_array=a%index%\n\tanswers_list=(A)(B)\n&custom_row\n?header=\n?column=Answer\n&header\n&custom_answer_sheet\n"},
		{code: "LM301", when: "A required attribute has a value that cannot be used.", source: "?answer_sheet=Q\n\telements_count=three\n"},
		{code: "LM302", when: "A required attribute or name is missing.", source: "?barcode=Code\n"},
		{code: "LM303", when: "An attribute is given twice; the last one counts.", source: "?text=Rowing\n\tcolor=red\n\tcolor=blue\n"},
		{code: "LM304", when: "A value is of the wrong type or out of its range; the default is used.", source: "?text=Rowing\n\tfont_size=big\n"},
		{code: "LM305", when: "The element has no such attribute.", source: "?text=Rowing\n\tcolour=red\n"},
		{code: "LM306", when: "An attribute has no effect here.", source: "?grid=Badge\n\tcolumn=1\n"},
		{code: "LM310", when: "The word is none of those that the attribute takes.", source: "?text=Rowing\n\talign=middle\n"},
		{code: "LM311", when: "There is no such colour.", source: "?text=Rowing\n\tcolor=rde\n"},
		{code: "LM312", when: "A list, proportions or a border side is not written as it should be.", source: "?answer_sheet=Q\n\telements_count=5\n\tanswers_list=A,B,C\n"},
		{code: "LM313", when: "There is no such barcode type.", source: "?barcode=Code\n\tvalue=1\n\tbarcode_type=QRR\n"},
		{code: "LM314", when: "The barcode type is known, but not drawn by this build.", source: "?barcode=Code\n\tvalue=1\n\tbarcode_type=aruco\n"},
		{code: "LM315", when: "The font is not there; another takes its place.", source: "?text=Rowing\n\tfont_family=Comic Papyrus\n"},
		{code: "LM316", when: "The QR version is not 1 to 40, or too small for the value.", source: "?barcode=Code\n\tvalue=a value that is too long for it\n\tqr_version=1\n"},
		{code: "LM317", when: "The value cannot be written in this barcode type.", source: "?barcode=Code\n\tvalue=4006381333932\n\tbarcode_type=EAN13\n"},
		{code: "LM401", when: "Several elements have one key; the result has a row for each.", source: "?grid=Badge\n?grid=Badge\n"},
		{code: "LM402", when: "Lines of two answer sheets have one key.", source: "?answer_sheet=Q\n\telements_count=8\n?answer_sheet=Q\n\telements_count=8\n\tstart_id=5\n"},
		{code: "LM403", when: "Two write-ins of one vertical_choicebox have one name.", source: block("?vertical_choicebox=Lunch\n?answer=a\n?write_in=other\n&answer\n?answer=b\n?write_in=other\n&answer\n&vertical_choicebox\n")},
		{code: "LM404", when: "A trigger aims at nothing.", source: custom("70%-30%", "?column=Answer\n?column=None\n", "?bubble_array=a%index%\n\tanswers_list=(A)(B)\n?custom_trigger=t\n\tvalue=none\n\ttarget=b%index%\n")},
		{code: "LM405", when: "An element that gives a row has no name; one is made.", source: "?grid=\n"},
		{code: "LM406", when: "The rows of a custom answer sheet have one name for all.", source: custom("100%", "?column=Answer\n", "?bubble_array=a\n\tanswers_list=(A)(B)\n")},
		{code: "LM411", when: "A question has no answers: it is drawn and gives no row.", source: "#How often do you row?\n"},
		{code: "LM412", when: "Text stands before the first answer.", source: "#How often?\n\toften () Yes () No\n"},
		{code: "LM413", when: "There are more than 26 answers without symbols of their own.", source: "?answer_sheet=Q\n\telements_count=2\n\tanswers_count=27\n"},
		{code: "LM414", when: "Two answers of one question are reported alike.", source: "#How often?\n\t(A) Yes (A) No\n"},
		{code: "LM420", when: "There are more or fewer cells than row_proportions says.", source: custom("50%-50%", "?column=Answer\n", "?bubble_array=a%index%\n\tanswers_list=(A)(B)\n")},
		{code: "LM421", when: "An input_group has not exactly two contents.", source: "?input_group=\n?content=Name\n&input_group\n"},
		{code: "LM422", when: "The number of answers contradicts their list.", source: "?answer_sheet=Q\n\telements_count=5\n\tanswers_list=(A)(B)\n\tanswers_count=3\n"},
		{code: "LM423", when: "A table has more answer columns than there is room for.", source: tableOf("12", "?table_header=\n?content=How?\n"+strings.Repeat("?answer_value=x\n", 12)+"&table_header\n?question=Food\n")},
		{code: "LM424", when: "An answer sheet has no lines: nothing is drawn.", source: "?answer_sheet=Q\n"},
		{code: "LM425", when: "Handwriting is not read; its picture is returned.", source: "?text_input=zip\n\tlength=5\n"},
		{code: "LM426", when: "An extra row is shorter than the columns.", source: "?composite_grid=Sum\n\tcolumns_count=3\n\tvalues=(0)(1)\n\textra_row=(+)(-)\n"},
		{code: "LM427", when: "Proportions are more than 100 % together, or one is nothing.", source: "?container=\n\tcolumns_proportions=60%-60%\n&container\n"},
		{code: "LM428", when: "A column is beyond the last one.", source: "?container=\n\tcolumns_count=2\n?block=\n\tcolumn=3\n&block\n&container\n"},
		{code: "LM429", when: "A table_content stands in no cell of a column for texts.", source: scores("\trow_proportions=60%-40%\n", "?score_header=Seen\n?score_answer=Kitchen\n\tscore=5\n?table_content=look\n\tcolumn=2\n\trow=1\n")},
		{code: "LM430", when: "A column of scores and score_display contradict each other.", source: scores("\trow_proportions=60%-20%-20%\n", "?score_header=Seen\n?score_header=Worth\n\theader_type=amount\n?score_answer=Kitchen\n\tscore=5\n")},
		{code: "LM431", when: "A page has a second footer.", source: "?container=\n\ttype=footer\n&container\n?container=\n\ttype=footer\n&container\n"},
		{code: "LM432", when: "Two write-ins of one parent want the height that is left.", source: "?container=\n?block=\n\theight=800\n?write_in=a\n\tadaptive=true\n?write_in=b\n\tadaptive=true\n&block\n&container\n"},
		{code: "LM501", when: "An element with coordinates lies partly beyond the page.", source: "?image=crest.png\n\tx=2400\n\ty=600\n", images: map[string][]byte{"crest.png": crest()}},
		{code: "LM502", when: "An element lies on a positioning marker or the page identifier.", source: "?grid=Badge\n\tx=30\n\ty=30\n"},
		{code: "LM503", when: "The margins are so small that text meets the markers.", source: "?text=Rowing\n", settings: form.Settings{PageMarginLeft: &narrow}},
		{code: "LM504", when: "Content ends below the page's space, or below the page.", source: "?answer_sheet=Q\n\telements_count=60\n\tcolumns_count=1\n"},
		{code: "LM505", when: "No font has the character; a box is drawn.", source: "?text=\U00013080\n"},
		{code: "LM506", when: "The colour of the bubbles can hardly be seen.", source: "#Why?\n\t() a () b\n", settings: form.Settings{BubbleColor: &white}},
		{code: "LM507", when: "The content is higher than its block.", source: "?container=\n?block=\n\theight=60\n?content=one\n?content=two\n&block\n&container\n"},
		{code: "LM508", when: "A bubble or code is cut away by overflow=clip and cannot be read.", source: "?container=\n?block=\n\theight=100\n\toverflow=clip\n#Why?\n\t() a\n\t() b\n\t() c\n&block\n&container\n"},
		{code: "LM509", when: "A word is wider than its element.", source: "?container=\n\tcolumns_count=12\n?block=\n?content=Unaufhaltsamkeitsvermutung\n&block\n&container\n"},
		{code: "LM510", when: "A picture was made smaller to fit.", source: "?container=\n\tcolumns_count=12\n?block=\n?image=crest.png\n&block\n&container\n", images: map[string][]byte{"crest.png": crest()}},
		{code: "LM511", when: "Bubbles need more width than there is.", source: "?answer_sheet=Q\n\telements_count=8\n\tcolumns_count=8\n\tanswers_count=8\n"},
		{code: "LM512", when: "A barcode would be too fine to be read.", source: "?barcode=Code\n\tvalue=a value of some length\n\theight=40\n"},
		{code: "LM513", when: "Two places to mark or to read lie on each other.", source: "?answer_sheet=Q\n\telements_count=40\n?grid=Badge\n\tx=300\n\ty=300\n"},
		{code: "LM601", when: "A picture was not sent along.", source: "?image=crest.png\n"},
		{code: "LM602", when: "A picture cannot be read.", source: "?image=crest.png\n", images: map[string][]byte{"crest.png": []byte("not a picture")}},
		{code: "LM603", when: "A picture was sent along that the form does not show.", source: "?text=Rowing\n", images: map[string][]byte{"crest.png": crest()}},
		{code: "LM701", when: "The key can never be the result.", source: "#Why?\n\tkey=Z\n\t() a () b\n"},
		{code: "LM702", when: "The key of a sheet has more groups than the sheet has lines.", source: "?answer_sheet=Q\n\telements_count=2\n\tkey=(A)(B)(C)\n"},
		{code: "LM703", when: "There are points, but no key.", source: "#Why?\n\tpoints=2\n\t() a () b\n"},
		{code: "LM704", when: "select is none of one, many, N and N-M.", source: "#Why?\n\tselect=some\n\t() a () b\n"},
		{code: "LM705", when: "select asks for more marks than there are bubbles.", source: "#Why?\n\tselect=3-4\n\t() a () b\n"},
		{code: "LM720", when: "The data has no such field.", source: "?text=Dear ${naem}\n", people: "name\nAda\n"},
		{code: "LM721", when: "What is filled in would move bubbles.", source: "?text=${name}\n?answer_sheet=Q\n\telements_count=4\n", people: "name\nAda\n" + strings.Repeat("a very long name ", 10) + "\n"},
		{code: "LM722", when: "A cell of the data is empty.", source: "?text=${name}\n?text=${room}\n", people: "name,room\nAda,\n"},
		{code: "LM723", when: "The data is no table.", source: "?text=${name}\n", people: "name,name\nAda,Byron\n"},
		{code: "LM724", when: "A placeholder stands in a value that is no text.", source: "?grid=Badge\n\tsections_count=${n}\n", people: "n\n4\n"},
		{code: "LM725", when: "Each copy has a pattern of its own.", why: "`leafmark render --data` says it when keys, values or the sizes of codes differ from copy to copy."},
		{code: "LM761", when: "The other markup has no place for it; the form stays the same.", source: `{"element_type": "Template", "name": "Spring", "children": [{"element_type": "Page", "children": [{"element_type": "Text", "name": "a"}]}]}` + "\n", to: markup.TXT, converts: true},
		{code: "LM762", when: "The other markup cannot say it.", source: page(`{"element_type": "Grid", "name": "two\nlines", "sections_count": 2, "options_count": 10}`), to: markup.TXT, converts: true},
	}
}

// service are the codes of recognition and of the service, which no form brings
// (spec/api.md 5.4).
var service = [][3]string{
	{"LM801", "`page_not_found`", "No sheet is in the picture, or it lies too uncertainly."},
	{"LM802", "`wrong_form`", "The sheet is of another form."},
	{"LM803", "`wrong_page`", "The sheet is of a page that the pattern does not have."},
	{"LM804", "`mirrored`", "The picture is seen in a mirror."},
	{"LM805", "`blank_image`", "Nothing is printed on the picture."},
	{"LM811", "`image_unreadable`", "The file is no picture or is damaged."},
	{"LM812", "`image_unsupported`", "The kind of picture cannot be read."},
	{"LM813", "`image_too_large`", "The picture has too many pixels or bytes."},
	{"LM814", "`image_too_small`", "There are too few pixels a bubble."},
	{"LM821", "`pattern_invalid`", "The pattern cannot be read."},
	{"LM822", "`pattern_version`", "The pattern is of a later version."},
	{"LM851", "warning", "Further pictures or pages were ignored."},
	{"LM852", "warning", "An element of the pattern is of unknown type and is not read."},
	{"LM853", "warning", "A trigger of the pattern aims at nothing."},
	{"LM854", "warning", "A character cannot stand in the format asked for."},
	{"LM855", "warning", "A text is longer than the format asked for can hold."},
	{"LM860", "warning", "An answer is in doubt: name, reason, confidence."},
	{"LM861", "warning", "A required answer is missing."},
	{"LM862", "warning", "There are more marks than allowed."},
	{"LM863", "warning", "There are fewer marks than asked for."},
	{"LM900", "`internal`", "A fault of ours outlasted the retries."},
	{"LM901", "error", "No form has the output format asked for."},
	{"LM903", "error", "Two pictures of a request have one name."},
}

// Diagnostics is docs/reference/diagnostics.md: each code with what it means and,
// where a form can bring it, a form that does and what is then said.
func Diagnostics() ([]Page, error) {
	var b strings.Builder
	b.WriteString("# Diagnostics\n\n" + made)
	b.WriteString("What is said about a form has a code, a severity, a place, a cause and a cure. An *error*\n" +
		"makes nothing, a *warning* makes the form, *information* is a hint. Each example below was\n" +
		"given to the engine, which said what stands under it.\n")
	var wrong []error
	for _, d := range diagnosed() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", d.code, d.when)
		if d.source == "" {
			fmt.Fprintf(&b, "\n%s\n", d.why)
			continue
		}
		said, err := d.said()
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		fmt.Fprintf(&b, "\n```\n%s\n```\n\n", strings.TrimRight(printable(d.source), "\n"))
		if d.people != "" {
			fmt.Fprintf(&b, "With the data\n\n```\n%s\n```\n\n", strings.TrimRight(d.people, "\n"))
		}
		fmt.Fprintf(&b, "> %s **%s**: %s\n>\n> %s\n", said.Where, said.Severity, sentence(said.Cause), sentence(said.Cure))
	}
	b.WriteString("\n## Recognition and service\n\nThese concern pictures, patterns and requests, not forms.\n\n| Code | | When |\n| --- | --- | --- |\n")
	for _, s := range service {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", s[0], s[1], s[2])
	}
	return []Page{{Path: "reference/diagnostics.md", Text: b.String()}}, errors.Join(wrong...)
}

// Codes lists every code of the page.
func Codes() []string {
	var out []string
	for _, d := range diagnosed() {
		out = append(out, d.code)
	}
	for _, s := range service {
		out = append(out, s[0])
	}
	slices.Sort(out)
	return out
}

// said is what the engine says of the example under its code.
func (d *diagnostic) said() (*fault.Error, error) {
	var list fault.List
	switch {
	case d.people != "":
		table, bad := batch.ReadTable([]byte(d.people))
		list = bad
		if table != nil {
			_, more, err := batch.Print(context.Background(), batch.Request{Markup: []byte(d.source), Table: table})
			if err != nil {
				return nil, err
			}
			list = append(list, more...)
		}
	case d.converts:
		_, list = markup.Convert([]byte(d.source), d.to)
	default:
		_, list = omr.Generate(context.Background(), omr.GenerateRequest{
			Markup: []byte(d.source), Settings: d.settings, Images: d.images, Formats: []string{"png"}, DPI: 30,
		})
	}
	var codes []string
	for _, e := range list {
		if e.Code == d.code {
			return e, nil
		}
		codes = append(codes, e.Code+" "+e.Cause)
	}
	return nil, fmt.Errorf("the example of %s says %q", d.code, codes)
}

// printable shows bytes that a page cannot hold.
func printable(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' {
			return '\u2400' + r
		}
		return r
	}, s)
}

// sentence begins with a capital and ends with a stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") {
		s += "."
	}
	return strings.NewReplacer("\n", " ", "<", "&lt;").Replace(s)
}
