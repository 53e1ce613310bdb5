package trial

import "math"

// Tally counts sheets, answers and bubbles.
type Tally struct {
	Sheets       int `json:"sheets"`
	Straight     int `json:"straight"` // every answer right, none in doubt
	Doubtful     int `json:"doubtful"` // sheets that a person is asked about
	Refused      int `json:"refused"`
	WrongSheets  int `json:"wrong_sheets"` // with a silent wrong answer
	Answers      int `json:"answers"`
	Right        int `json:"right"`
	Doubts       int `json:"doubts"`
	DoubtsRight  int `json:"doubts_right"` // of them those whose best reading was right
	Wrong        int `json:"wrong"`        // silent
	Bubbles      int `json:"bubbles"`
	WrongBubbles int `json:"wrong_bubbles"` // silent
}

// outcome counts a sheet.
func (t *Tally) outcome(o Outcome) {
	t.Sheets++
	switch o {
	case Straight:
		t.Straight++
	case Doubtful:
		t.Doubtful++
	case Refused:
		t.Refused++
	case Wrong:
		t.WrongSheets++
	}
}

// row counts an answer.
func (t *Tally) row(r Row) {
	t.Answers++
	switch r.Outcome {
	case Straight:
		t.Right++
	case Doubtful:
		t.Doubts++
		if r.Read == r.Wrote {
			t.DoubtsRight++
		}
	case Wrong, Refused:
		t.Wrong++
	}
}

// content adds the answers and bubbles of another tally.
func (t *Tally) content(o Tally) {
	t.Answers += o.Answers
	t.Right += o.Right
	t.Doubts += o.Doubts
	t.DoubtsRight += o.DoubtsRight
	t.Wrong += o.Wrong
	t.Bubbles += o.Bubbles
	t.WrongBubbles += o.WrongBubbles
}

// z is the normal deviate of a two-sided 95 % interval.
const z = 1.959964

// Wilson is the 95 % interval of a share of k in n (Wilson, JASA 22, 1927).
func Wilson(k, n int) (lo, hi float64) {
	if n == 0 {
		return 0, 1
	}
	p, m := float64(k)/float64(n), float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(middle-half, 0), min(middle+half, 1)
}

// AtMost is the upper 95 % limit of a rate of which k were seen in n: by the rule
// of three where none was.
func AtMost(k, n int) float64 {
	switch {
	case n == 0:
		return 1
	case k == 0:
		return min(3/float64(n), 1)
	}
	_, hi := Wilson(k, n)
	return hi
}

// Spread is a distribution in steps of 2 %, enough for medians and quantiles of
// any number of values in little memory.
type spread struct {
	counts map[int]int
	n      int
	most   float64
}

const spreadStep = 1.02

func (s *spread) add(v float64) {
	if s.counts == nil {
		s.counts = map[int]int{}
	}
	k := math.MinInt32 // zero, and what is no number
	if v > 0 && !math.IsInf(v, 0) {
		k = int(math.Floor(math.Log(v) / math.Log(spreadStep)))
	}
	s.counts[k]++
	s.n++
	s.most = max(s.most, v)
}

// quantile is the value below which a share of all lies.
func (s *spread) quantile(share float64) float64 {
	if s.n == 0 {
		return 0
	}
	lowest, highest := math.MaxInt, math.MinInt
	for k := range s.counts {
		if k != math.MinInt32 {
			lowest, highest = min(lowest, k), max(highest, k)
		}
	}
	below := s.counts[math.MinInt32]
	target := int(math.Ceil(share * float64(s.n)))
	if below >= target {
		return 0
	}
	for k := lowest; k <= highest; k++ {
		if below += s.counts[k]; below >= target {
			return min(math.Pow(spreadStep, float64(k)+0.5), s.most)
		}
	}
	return s.most
}

// Quantiles are those of a distribution that the report tells, within 1 %.
type Quantiles struct {
	Median float64 `json:"median"`
	P95    float64 `json:"p95"`
	Max    float64 `json:"max"`
}

func (s *spread) quantiles() Quantiles {
	return Quantiles{Median: round4(s.quantile(0.5)), P95: round4(s.quantile(0.95)), Max: round4(s.most)}
}

// round4 keeps four significant digits: the steps tell no more.
func round4(v float64) float64 {
	if v == 0 {
		return 0
	}
	k := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*k) / k
}
