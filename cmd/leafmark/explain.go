package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/mark"
	"github.com/leafmark/leafmark/omr/pile"
	"github.com/leafmark/leafmark/omr/result"
)

// explain prints why the fields asked for were read so, sheet by sheet.
func (r *reading) explain(ctx context.Context, to io.Writer) error {
	told := 0
	err := pile.Read(ctx, r.pattern, r.files.pile(), r.options, func(o omr.Outcome) error {
		if o.Err != nil {
			r.refused++
			fmt.Fprintf(r.stderr, "%s: %s\n", result.FileName(o.File, o.Image), complaint(o.Err))
		}
		n, err := explainSheet(to, o)
		told += n
		return err
	})
	if err != nil {
		return err
	}
	if told == 0 && r.refused == 0 {
		return usageError("no sheet has a field called %s; the table without --explain lists the names", strings.Join(r.flags.explain, " or "))
	}
	return r.status(nil)
}

// explainSheet prints the explanations of a sheet and counts them.
func explainSheet(to io.Writer, o omr.Outcome) (told int, err error) {
	for _, page := range o.Readings {
		for _, x := range page.Why {
			told++
			if err := explainField(to, page, x); err != nil {
				return told, err
			}
		}
	}
	return told, nil
}

func explainField(to io.Writer, page *omr.Reading, x mark.Explanation) error {
	a := x.Answer
	fmt.Fprintf(to, "%s: %s = %q, confidence %.6f", result.FileName(page.File, page.Image), a.Name, a.Value, a.Confidence)
	if a.Doubt == "" {
		fmt.Fprintf(to, ": sure enough (limit %g)\n", x.Limit)
	} else {
		fmt.Fprintf(to, ": in doubt, %s (limit %g)\n", a.Doubt, x.Limit)
	}
	fmt.Fprintf(to, "  the page was found by %s, %.1f px off on average, %.1f px at most\n",
		map[string]string{"markers": "its markers", "content": "its content", "both": "its markers and content"}[string(page.Map.Method)],
		page.Map.Residual, page.Map.ResidualMax)
	fmt.Fprintf(to, "  on this sheet empty bubbles are filled %.2f \u00b1 %.2f, marks %.2f; %d fields hold something\n", x.Empty, x.Spread, x.Usual, x.Marks)
	if a.Replaced {
		fmt.Fprintf(to, "  a marked trigger put its value in place of the bubbles'\n")
	}
	if a.Kind == mark.Code {
		fmt.Fprintf(to, "  a %s at page px %.0f, %.0f\n", a.CodeType, a.Box.X, a.Box.Y)
	}
	t := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
	if len(x.Bubbles) > 0 {
		fmt.Fprintf(t, "  BUBBLE\tREAD\tFILL\tDARK\tOUTLINE\tCHANCE OF ERROR\tODDS OF A MARK\tBECAUSE (against the sheet's median bubble)\n")
	}
	for _, b := range x.Bubbles {
		read := "empty"
		if b.Marked {
			read = "MARKED"
		}
		fmt.Fprintf(t, "  %s\t%s\t%.2f\t%.0f %%\t%.0f %%\t%.2g\t%s\t%s\n",
			b.Value, read, b.Fill, 100*b.Coverage, 100*b.Outline, b.Risk, odds(b.Odds), because(b.Reasons))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(to)
	return err
}

// odds are log odds as people say them.
func odds(ln float64) string {
	switch n := math.Exp(min(math.Abs(ln), 40)); {
	case n < 1.05:
		return "even"
	case ln > 0:
		return fmt.Sprintf("%.2g : 1", n)
	default:
		return fmt.Sprintf("1 : %.2g", n)
	}
}

// because are the weightiest reasons.
func because(all []mark.Reason) string {
	const most = 4
	var words []string
	for _, r := range all[:min(len(all), most)] {
		words = append(words, fmt.Sprintf("%s %+.1f", r.Name, r.Says))
	}
	return strings.Join(words, ", ")
}
