package mark

import (
	"math"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr/geom"
)

// Explanation says why a field was read as it was.
type Explanation struct {
	Answer  Answer
	Limit   float64 // least confidence that passes without a doubt
	Empty   float64 // fill of the sheet's empty bubbles: their median, …
	Spread  float64 // … and spread
	Usual   float64 // fill of its usual mark
	Marks   int     // fields of the sheet that hold something
	Bubbles []BubbleReason
}

// BubbleReason is one bubble with what speaks for and against a mark in it.
type BubbleReason struct {
	Bubble
	Seen    Measured
	Odds    float64  // natural logarithm of the odds of a mark, by the evidence alone
	Reasons []Reason // the weightiest first
}

// Reason is a piece of evidence.
type Reason struct {
	Name string  // of EvidenceNames
	Says float64 // by how much it raises (or lowers) the log odds against the sheet's median bubble
}

// leastSaid is the share of the log odds below which a reason is not worth telling.
const leastSaid = 0.3

// Explain tells why the fields of a name, in any case, were read as answers says,
// which Decide made of the measurement.
func Explain(ms *Measurement, answers []Answer, name string, opt Options) []Explanation {
	var out []Explanation
	var evidence []Evidence
	var usual among
	at := map[geom.Quad]int{}
	for _, a := range answers {
		if !strings.EqualFold(a.Name, name) {
			continue
		}
		if evidence == nil {
			fields := ms.fields()
			usual = ms.among(fields)
			evidence = ms.evidence(fields, usual)
			for i := range ms.Bubbles {
				at[ms.Bubbles[i].Quad] = i
			}
		}
		x := Explanation{
			Answer: a, Limit: opt.Policy.limit(),
			Empty: usual.middle, Spread: usual.spread, Usual: usual.fill, Marks: usual.marks,
		}
		middle := medianOf(evidence)
		for _, b := range a.Bubbles {
			i, ok := at[b.Image]
			if !ok {
				continue
			}
			r := BubbleReason{Bubble: b, Seen: ms.Bubbles[i], Odds: evidence[i].logOdds()}
			for k, p := range pieces {
				if says := weights[k] * (evidence[i][k] - middle[k]); math.Abs(says) >= leastSaid {
					r.Reasons = append(r.Reasons, Reason{p.name, says})
				}
			}
			slices.SortStableFunc(r.Reasons, func(a, b Reason) int {
				if math.Abs(a.Says) > math.Abs(b.Says) {
					return -1
				}
				return 1
			})
			x.Bubbles = append(x.Bubbles, r)
		}
		out = append(out, x)
	}
	return out
}

// medianOf is the median of each piece over the sheet's bubbles.
func medianOf(all []Evidence) (out Evidence) {
	column := make([]float64, len(all))
	for k := range out {
		for i := range all {
			column[i] = all[i][k]
		}
		slices.Sort(column)
		if len(column) > 0 {
			out[k] = column[len(column)/2]
		}
	}
	return out
}
