package learn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/leafmark/leafmark/omr/mark/learn"
)

// sheet draws bubbles whose log odds of a mark are 2x - 3y + 1; the third piece of
// evidence is noise.
func sheet(n int) []learn.Sample {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]learn.Sample, n)
	for i := range out {
		x := []float64{r.NormFloat64(), r.NormFloat64(), r.NormFloat64(), 7}
		p := 1 / (1 + math.Exp(-(2*x[0] - 3*x[1] + 1)))
		out[i] = learn.Sample{Evidence: x, Marked: r.Float64() < p}
	}
	return out
}

func TestFitFindsTheWeights(t *testing.T) {
	m := learn.Fit(sheet(20000), learn.Options{Signs: make([]int, 4)})
	for i, want := range []float64{2, -3, 0, 0} {
		if math.Abs(m.Weights[i]-want) > 0.15 {
			t.Errorf("weight %d is %.3f, want %.1f", i, m.Weights[i], want)
		}
	}
	if math.Abs(m.Bias-1) > 0.15 {
		t.Errorf("the bias is %.3f, want 1", m.Bias)
	}
	if s := m.LogOdds([]float64{1, 0, 0, 7}); math.Abs(s-3) > 0.3 {
		t.Errorf("log odds of a mark %.3f, want 3", s)
	}
}

// More ink can only speak for a mark: evidence that would say otherwise gets no
// weight.
func TestFitKeepsSigns(t *testing.T) {
	m := learn.Fit(sheet(5000), learn.Options{Signs: []int{1, 1, 0, 0}})
	if m.Weights[0] <= 0 || m.Weights[1] != 0 {
		t.Errorf("weights %v, want the first above 0 and the second, of the wrong sign, 0", m.Weights)
	}
}

// Where nothing contradicts, the ridge keeps the weights finite.
func TestFitOfSeparateGroups(t *testing.T) {
	var samples []learn.Sample
	for i := range 100 {
		samples = append(samples, learn.Sample{Evidence: []float64{float64(i)}, Marked: i >= 50})
	}
	m := learn.Fit(samples, learn.Options{Signs: []int{1}})
	if w := m.Weights[0]; math.IsNaN(w) || w <= 0 || w > 10 {
		t.Errorf("weight %v", w)
	}
	if m.LogOdds([]float64{49}) > 0 || m.LogOdds([]float64{50}) < 0 {
		t.Error("the groups are not told apart at their edge")
	}
}
