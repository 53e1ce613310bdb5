// Package learn fits the weights of evidence by which package mark tells marked
// bubbles from empty ones.
//
// In: samples, each the evidence of a bubble (mark.Evidence) and whether a pen
// marked it. Out: a weight a piece of evidence, of the sign that the evidence can
// only have, and an intercept: the logarithm of the odds is their sum. Logistic
// regression with a ridge, by Newton's method (Hastie, Tibshirani, Friedman, The
// Elements of Statistical Learning, 2nd ed., 4.4.1). Deterministic; nothing here
// has a fault; safe for concurrent use.
package learn

import "math"

// Sample is one bubble.
type Sample struct {
	Evidence []float64
	Marked   bool
	Weight   float64 // how much it counts; 0: 1
}

// Model is what was fitted: the log odds of evidence x are Bias + Σ Weights[i]·x[i].
type Model struct {
	Bias    float64
	Weights []float64
}

// LogOdds are of a bubble with that evidence to be marked.
func (m *Model) LogOdds(x []float64) float64 {
	s := m.Bias
	for i, w := range m.Weights {
		s += w * x[i]
	}
	return s
}

// Options of Fit.
type Options struct {
	// Signs are, a piece of evidence, 1 where more of it can only speak for a mark,
	// -1 where only against one, 0 where either.
	Signs []int
	Ridge float64 // of the weights of standardised evidence; 0: 1
	Steps int     // of Newton's method at most; 0: 30
}

// Fit finds the weights. Evidence that does not vary gets none, as does evidence
// that would get one of the wrong sign beside the others.
func Fit(samples []Sample, opt Options) *Model {
	n := len(opt.Signs)
	if opt.Ridge == 0 {
		opt.Ridge = 1
	}
	if opt.Steps == 0 {
		opt.Steps = 30
	}
	mean, scale := moments(samples, n)
	used := make([]bool, n)
	for i := range used {
		used[i] = scale[i] > 0
	}
	for {
		w, bias := newton(samples, used, mean, scale, opt)
		again := false
		for i, s := range opt.Signs {
			if used[i] && float64(s)*w[i] < 0 {
				used[i], again = false, true
			}
		}
		if again {
			continue
		}
		m := &Model{Bias: bias, Weights: make([]float64, n)}
		for i := range w {
			if used[i] {
				m.Weights[i] = w[i] / scale[i]
				m.Bias -= m.Weights[i] * mean[i]
			}
		}
		return m
	}
}

func (s *Sample) weight() float64 {
	if s.Weight == 0 {
		return 1
	}
	return s.Weight
}

// moments are mean and deviation of each piece of evidence; the deviation is 0
// where it does not vary.
func moments(samples []Sample, n int) (mean, scale []float64) {
	mean, scale = make([]float64, n), make([]float64, n)
	total := 0.0
	for k := range samples {
		s := &samples[k]
		w := s.weight()
		total += w
		for i, v := range s.Evidence {
			mean[i] += w * v
			scale[i] += w * v * v
		}
	}
	for i := range mean {
		mean[i] /= max(total, 1)
		v := scale[i]/max(total, 1) - mean[i]*mean[i]
		scale[i] = 0
		if v > 1e-9 {
			scale[i] = math.Sqrt(v)
		}
	}
	return mean, scale
}

// newton fits standardised weights of the evidence that is used.
func newton(samples []Sample, used []bool, mean, scale []float64, opt Options) (w []float64, bias float64) {
	var at []int
	for i, u := range used {
		if u {
			at = append(at, i)
		}
	}
	d := len(at) + 1
	beta := make([]float64, d)
	x := make([]float64, d)
	h := make([][]float64, d)
	for i := range h {
		h[i] = make([]float64, d+1)
	}
	for range opt.Steps {
		for i := range h {
			clear(h[i])
		}
		for k := range samples {
			s := &samples[k]
			x[0] = 1
			for j, i := range at {
				x[j+1] = (s.Evidence[i] - mean[i]) / scale[i]
			}
			z := 0.0
			for i, v := range x {
				z += beta[i] * v
			}
			p := 1 / (1 + math.Exp(-z))
			y := 0.0
			if s.Marked {
				y = 1
			}
			g, c := s.weight()*(y-p), s.weight()*max(p*(1-p), 1e-9)
			for i, v := range x {
				h[i][d] += g * v
				cv := c * v
				row := h[i][:i+1]
				for j := range row {
					row[j] += cv * x[j]
				}
			}
		}
		for i := range h {
			for j := range i {
				h[j][i] = h[i][j]
			}
			if i > 0 {
				h[i][i] += opt.Ridge
				h[i][d] -= opt.Ridge * beta[i]
			}
			h[i][i] += 1e-9
		}
		step := solve(h)
		most := 0.0
		for i := range beta {
			v := min(max(step[i], -2), 2) // far from the summit Newton's steps are too long
			beta[i] += v
			most = max(most, math.Abs(v))
		}
		if most < 1e-6 {
			break
		}
	}
	w = make([]float64, len(used))
	for j, i := range at {
		w[i] = beta[j+1]
	}
	return w, beta[0]
}

// solve is Gauss elimination with pivots of a system with its right side as the
// last column; the matrix is lost.
func solve(a [][]float64) []float64 {
	n := len(a)
	for c := range n {
		p := c
		for r := c + 1; r < n; r++ {
			if math.Abs(a[r][c]) > math.Abs(a[p][c]) {
				p = r
			}
		}
		a[c], a[p] = a[p], a[c]
		for r := range n {
			if r == c || a[r][c] == 0 {
				continue
			}
			f := a[r][c] / a[c][c]
			for k := c; k <= n; k++ {
				a[r][k] -= f * a[c][k]
			}
		}
	}
	x := make([]float64, n)
	for i := range x {
		x[i] = a[i][n] / a[i][i]
	}
	return x
}
