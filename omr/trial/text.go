package trial

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// Text is the report for a terminal.
func (r *Report) Text() string {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "FAMILY\tSHEETS\tSTRAIGHT\tIN DOUBT\tREFUSED\tWRONG\tANSWERS\tDOUBTS\tWRONG\tBUBBLES\tWRONG\t")
	for _, f := range r.Families {
		t1 := f.Tally
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", f.Family, thousands(t1.Sheets),
			percent(t1.Straight, t1.Sheets), percent(t1.Doubtful, t1.Sheets), percent(t1.Refused, t1.Sheets), thousands(t1.WrongSheets),
			thousands(t1.Answers), percent(t1.Doubts, t1.Answers), thousands(t1.Wrong), thousands(t1.Bubbles), thousands(t1.WrongBubbles))
	}
	_ = t.Flush() // a Builder takes everything
	b.WriteString("\n")
	for _, f := range r.Families {
		fmt.Fprintf(&b, "%s: straight through %s (95 %%: %.2f to %.2f %%); silent wrong bubbles at most %s\n", f.Family,
			percent(f.Tally.Straight, f.Tally.Sheets), 100*f.Share[0], 100*f.Share[2], oneIn(AtMost(f.Tally.WrongBubbles, f.Tally.Bubbles)))
		if len(f.Refusals) > 0 {
			fmt.Fprintf(&b, "  refused: %s\n", ranked(f.Refusals))
		}
		if len(f.Doubts) > 0 {
			fmt.Fprintf(&b, "  doubts: %s\n", ranked(f.Doubts))
		}
		fmt.Fprintf(&b, "  registered %d of %d pictures, residual median %.2g px, 95 %% below %.2g px\n", f.Registered[0], f.Registered[1], f.Residual.Median, f.Residual.P95)
		if whole, ok := f.Stages["whole"]; ok {
			fmt.Fprintf(&b, "  %.3g ms a picture, 95 %% below %.3g ms\n", whole.Median, whole.P95)
		}
	}
	b.WriteString("\nhardest effects\n")
	t = tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	for _, l := range r.hardest(8) {
		fmt.Fprintf(t, "  %s\t%s\t%s of %s pictures straight through\t%s doubts\t%s refused\t%s wrong\n", l.Family, l.Name,
			percent(l.Tally.Straight, l.Tally.Sheets), thousands(l.Tally.Sheets), thousands(l.Tally.Doubts), thousands(l.Tally.Refused), thousands(l.Tally.Wrong))
	}
	_ = t.Flush()
	if r.Foreign.Tried > 0 {
		fmt.Fprintf(&b, "\nforeign forms: %s readings, %s accepted\n", thousands(r.Foreign.Tried), thousands(r.Foreign.Accepted))
		for _, p := range r.Foreign.Pairs {
			fmt.Fprintf(&b, "  %s\n", p)
		}
	}
	for _, c := range r.Wrongs {
		fmt.Fprintf(&b, "\nWRONG  sheet %d (%s, %s): %s\n       the pen meant %q, read %q with confidence %.4f%s\n       %s\n", c.Sheet, c.Family, c.Form, c.Name,
			c.Wrote, c.Read, c.Confidence, map[bool]string{true: " (no such row)"}[c.Lost], strings.Join(c.Names, ", "))
	}
	return b.String()
}

// hardest are n lines of each family with the least share straight through.
func (r *Report) hardest(n int) []Line {
	var out []Line
	seen := map[string]int{}
	for _, l := range r.Effects {
		if seen[l.Family]++; seen[l.Family] <= n && l.Tally.Straight < l.Tally.Sheets {
			out = append(out, l)
		}
	}
	return out
}

// Markdown is the report as the tables of docs/accuracy.md.
func (r *Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Seed %d, %s sheets, %s answers, %s bubbles; policy %s%s.\n\n", r.Seed, thousands(r.Total.Sheets),
		thousands(r.Total.Answers), thousands(r.Total.Bubbles), r.Policy, map[bool]string{true: ", " + string(r.Variant) + " forms"}[r.Variant != Whole])
	b.WriteString("### Families\n\n")
	r.families(&b)
	if r.Foreign.Tried > 0 {
		fmt.Fprintf(&b, "\nAgainst the patterns of other forms: %s readings, %s accepted.\n", thousands(r.Foreign.Tried), thousands(r.Foreign.Accepted))
	}
	b.WriteString("\n### Bubbles\n\n| family | bubbles | left | read empty | read marked | in doubt |\n| --- | --- | ---: | ---: | ---: | ---: |\n")
	for _, f := range r.Families {
		for _, row := range []struct {
			left string
			r    Reads
		}{{"empty", f.Confusion.Empty}, {"marked", f.Confusion.Marked}} {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", f.Family, row.left, thousands(row.r.Empty+row.r.Marked+row.r.Doubt),
				thousands(row.r.Empty), thousands(row.r.Marked), thousands(row.r.Doubt))
		}
	}
	b.WriteString("\n### Confidence\n\nAll answers, doubtful ones too.\n\n| confidence | answers | mean | right | at least |\n| --- | ---: | ---: | ---: | ---: |\n")
	for _, c := range r.Bins {
		if c.Answers == 0 {
			continue
		}
		lo, _ := Wilson(c.Right, c.Answers)
		fmt.Fprintf(&b, "| %s | %s | %.5f | %s | %.3f %% |\n", c.name(), thousands(c.Answers), c.Mean, percent(c.Right, c.Answers), 100*lo)
	}
	b.WriteString("\n### Reasons\n\n| family | pictures refused | answers in doubt |\n| --- | --- | --- |\n")
	for _, f := range r.Families {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", f.Family, ranked(f.Refusals), ranked(f.Doubts))
	}
	b.WriteString("\n### Registration and time\n\n")
	b.WriteString("| family | registered | residual: median, 95 %, most (px of 1/300 inch) | ms: decode, register, mark, whole (median; 95 %) |\n| --- | --- | --- | --- |\n")
	for _, f := range r.Families {
		fmt.Fprintf(&b, "| %s | %s | %.2f, %.2f, %.2f | %s |\n", f.Family, percent(f.Registered[0], f.Registered[1]), f.Residual.Median, f.Residual.P95, f.Residual.Max, f.times())
	}
	b.WriteString("\n### Effects\n\nPictures that show the effect, straight through; the hardest first.\n\n")
	r.effects(&b)
	b.WriteString("\n### Forms\n\n")
	lines(&b, r.Forms)
	b.WriteString("\n### Elements\n\n| family | element | answers | right | in doubt | wrong |\n| --- | --- | ---: | ---: | ---: | ---: |\n")
	for _, l := range r.Elements {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", l.Family, l.Name, thousands(l.Tally.Answers), percent(l.Tally.Right, l.Tally.Answers), percent(l.Tally.Doubts, l.Tally.Answers), thousands(l.Tally.Wrong))
	}
	if len(r.Wrongs) > 0 {
		b.WriteString("\n### Read wrong without a doubt\n\n| sheet | family | form | row | meant | read | confidence | effects |\n| ---: | --- | --- | --- | --- | --- | ---: | --- |\n")
		for _, c := range r.Wrongs {
			fmt.Fprintf(&b, "| %d | %s | %s | %s | %s | %s | %.4f | %s |\n", c.Sheet, c.Family, c.Form, c.Name, c.Wrote, c.Read, c.Confidence, strings.Join(c.Names, ", "))
		}
	}
	return b.String()
}

func (r *Report) families(b *strings.Builder) {
	b.WriteString("| family | sheets | straight through (95 %) | in doubt | refused | answers | in doubt | best reading of a doubt right | wrong | bubbles | wrong | at most |\n")
	b.WriteString("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n")
	for _, f := range r.Families {
		t := f.Tally
		fmt.Fprintf(b, "| %s | %s | %s (%.2f to %.2f %%) | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", f.Family, thousands(t.Sheets),
			percent(t.Straight, t.Sheets), 100*f.Share[0], 100*f.Share[2], percent(t.Doubtful, t.Sheets), percent(t.Refused, t.Sheets),
			thousands(t.Answers), percent(t.Doubts, t.Answers), percent(t.DoubtsRight, t.Doubts), thousands(t.Wrong),
			thousands(t.Bubbles), thousands(t.WrongBubbles), oneIn(AtMost(t.WrongBubbles, t.Bubbles)))
	}
}

// effects is a line an effect with a cell a family.
func (r *Report) effects(b *strings.Builder) {
	all := map[string]*Tally{}
	cells := map[[2]string]Tally{}
	for _, l := range r.Effects {
		t := all[l.Name]
		if t == nil {
			t = &Tally{}
			all[l.Name] = t
		}
		t.Sheets += l.Tally.Sheets
		t.Straight += l.Tally.Straight
		cells[[2]string{string(l.Family), l.Name}] = l.Tally
	}
	b.WriteString("| effect |")
	for _, f := range r.Families {
		fmt.Fprintf(b, " %s |", f.Family)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(r.Families)) + "\n")
	for _, name := range slices.SortedFunc(maps.Keys(all), func(x, y string) int {
		return cmp.Or(cmp.Compare(all[x].merit(), all[y].merit()), strings.Compare(x, y))
	}) {
		fmt.Fprintf(b, "| %s |", name)
		for _, f := range r.Families {
			t := cells[[2]string{string(f.Family), name}]
			switch {
			case t.Sheets == 0:
				b.WriteString(" |")
			case t.Wrong > 0:
				fmt.Fprintf(b, " %s of %s, **%s wrong** |", percent(t.Straight, t.Sheets), thousands(t.Sheets), thousands(t.Wrong))
			default:
				fmt.Fprintf(b, " %s of %s |", percent(t.Straight, t.Sheets), thousands(t.Sheets))
			}
		}
		b.WriteString("\n")
	}
}

func lines(b *strings.Builder, list []Line) {
	b.WriteString("| form | sheets | straight through (95 %) | in doubt | refused | answers | in doubt | wrong | bubbles |\n| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, l := range list {
		t := l.Tally
		lo, hi := Wilson(t.Straight, t.Sheets)
		fmt.Fprintf(b, "| %s | %s | %s (%.1f to %.1f %%) | %s | %s | %s | %s | %s | %s |\n", l.Name, thousands(t.Sheets), percent(t.Straight, t.Sheets), 100*lo, 100*hi,
			percent(t.Doubtful, t.Sheets), percent(t.Refused, t.Sheets), thousands(t.Answers), percent(t.Doubts, t.Answers), thousands(t.Wrong), thousands(t.Bubbles))
	}
}

func (b Bin) name() string {
	switch {
	case b.From == 0:
		return fmt.Sprintf("below %g", b.To)
	case b.To == 1:
		return fmt.Sprintf("%g and more", b.From)
	}
	return fmt.Sprintf("%g to %g", b.From, b.To)
}

// times are the stages of a picture that was read.
func (f Family) times() string {
	var out []string
	for _, stage := range []string{"decode", "register", "mark", "whole"} {
		if q, ok := f.Stages[stage]; ok {
			out = append(out, fmt.Sprintf("%.3g; %.3g", q.Median, q.P95))
		}
	}
	return dash(strings.Join(out, " · "))
}

// ranked are counts by reason, the most frequent first.
func ranked(m map[string]int) string {
	names := slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		if m[a] != m[b] {
			return m[b] - m[a]
		}
		return strings.Compare(a, b)
	})
	for i, n := range names {
		names[i] = fmt.Sprintf("%s %s", n, thousands(m[n]))
	}
	return dash(strings.Join(names, ", "))
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// percent never rounds what is not all to 100 %, nor what is some to 0 %.
func percent(k, n int) string {
	switch {
	case n == 0:
		return "-"
	case k == 0:
		return "0 %"
	case k == n:
		return "100 %"
	}
	v := 100 * float64(k) / float64(n)
	for digits := 1; digits < 6; digits++ {
		unit := math.Pow(10, float64(-digits))
		if v >= 10*unit && 100-v >= unit {
			return fmt.Sprintf("%.*f %%", digits, min(v, 100-unit))
		}
	}
	return fmt.Sprintf("%.3g %%", v)
}

// oneIn is a rate as people grasp it.
func oneIn(rate float64) string {
	if rate <= 0 {
		return "0"
	}
	return "1 in " + thousands(int(1/rate))
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
