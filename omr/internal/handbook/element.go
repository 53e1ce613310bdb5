package handbook

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/markup"
)

// element is the page of a kind and the picture of its example.
func element(k form.Kind) ([]Page, error) {
	s, _ := form.Lookup(k)
	d := form.Describe(k)
	var b strings.Builder
	title := "`" + Slug(k) + "`"
	if s.TXT != "" && s.TXT != strings.ToLower(string(k)) {
		title += " · `" + string(k) + "`"
	}
	fmt.Fprintf(&b, "# %s\n\n%s%s\n\n", title, made, d.Summary)
	facts(&b, s, d)
	if len(s.Attrs) > 0 {
		attributes(&b, s)
	}
	fmt.Fprintf(&b, "## Example\n\n```\n%s```\n\n![The example as printed](images/%s.png)\n\n", d.Example, Slug(k))
	json, list := markup.Convert([]byte(d.Example), markup.JSON)
	if list.Failed() {
		return nil, list
	}
	fmt.Fprintf(&b, "<details><summary>The same in JSON</summary>\n\n```json\n%s\n```\n\n</details>\n", strings.TrimRight(string(json), "\n"))
	shown, err := show(d.Example)
	if err != nil {
		return nil, err
	}
	if len(shown.rows) > 0 {
		b.WriteString("\n## What is read\n\nA simulated pen filled the example; these rows came back:\n\n| Element Name | Value |\n| --- | --- |\n")
		for _, r := range shown.rows {
			fmt.Fprintf(&b, "| %s | %s |\n", cell(r[0]), cell(r[1]))
		}
	}
	return []Page{
		{Path: "reference/" + File(k), Text: b.String()},
		{Path: "reference/images/" + Slug(k) + ".png", Picture: shown.picture},
	}, nil
}

// facts are name, form and neighbours of an element.
func facts(b *strings.Builder, s *form.Schema, d form.Description) {
	b.WriteString("| | |\n| --- | --- |\n")
	row := func(head, text string) {
		if text != "" {
			fmt.Fprintf(b, "| %s | %s |\n", head, text)
		}
	}
	if s.TXT != "" {
		text := "`?" + s.TXT + "=`"
		if s.Closing {
			text += " … `&" + s.TXT + "`"
		}
		if s.Kind == form.ChoiceBox {
			text += ", or a line that starts with `#`"
		}
		row("TXT", text)
	} else {
		row("TXT", "the file itself")
	}
	row("JSON", "`\"element_type\": \""+string(s.Kind)+"\"`")
	row("Name", d.Name)
	var in, holds, warned []string
	for _, k := range form.Kinds() {
		switch form.Allowed(k, s.Kind) {
		case form.Accepted:
			in = append(in, link(k))
		case form.Warned:
			warned = append(warned, link(k))
		case form.Refused:
		}
	}
	for _, k := range form.ChildrenOf(s.Kind) {
		if form.Allowed(s.Kind, k) == form.Accepted {
			holds = append(holds, link(k))
		}
	}
	row("Stands in", strings.Join(in, ", "))
	row("With a warning in", strings.Join(warned, ", "))
	row("Holds", strings.Join(holds, ", "))
	b.WriteString("\n")
}

func attributes(b *strings.Builder, s *form.Schema) {
	b.WriteString("## Attributes\n\n| Attribute | Type | Default | |\n| --- | --- | --- | --- |\n")
	for i := range s.Attrs {
		a := &s.Attrs[i]
		name := "`" + string(a.Name) + "`"
		if a.Required {
			name = "**" + name + "**"
		}
		text := form.DescribeAttr(s.Kind, a.Name)
		if values := values(a); values != "" {
			text += " " + values
		}
		if len(a.Aliases) > 0 {
			text += " Also written " + words(a.Aliases) + "."
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", name, typeNames[a.Type], standard(a), cell(text))
	}
	b.WriteString("\n")
	for i := range s.Attrs {
		if s.Attrs[i].Required {
			b.WriteString("Attributes in bold are required.\n\n")
			break
		}
	}
}

// values are the words or the range that an attribute takes.
func values(a *form.AttrSpec) string {
	switch {
	case a.Name == form.AttrBarcodeType:
		return "One of the [barcode types](README.md#values)."
	case a.Type == form.TypeEnum && len(a.Values) > 1:
		return words(a.Values) + "."
	case a.Type < form.TypePx || a.Type > form.TypePercent:
		return ""
	case a.Max >= 100_000:
		if a.Min > 0 && a.Type != form.TypeCount {
			return fmt.Sprintf("At least %s.", number(a.Min))
		}
		return ""
	}
	return fmt.Sprintf("%s to %s.", number(a.Min), number(a.Max))
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func standard(a *form.AttrSpec) string {
	if a.Default == "" {
		return ""
	}
	return "`" + a.Default + "`"
}

// cell keeps a text inside its table cell.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s)
}
