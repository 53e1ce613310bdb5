package imageio

import (
	"math/rand/v2"
	"testing"
)

// TestTransforms holds the vector transform against the plain one, to the bit, with
// ordinary values and with those of damaged files.
func TestTransforms(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n := range 20_000 {
		var coefs, quant [64]int16
		spread := 1 << (n % 17)
		for i := range coefs {
			if rng.IntN(4) == 0 || n%3 == 0 {
				coefs[i] = int16(rng.IntN(2*spread) - spread)
			}
			quant[i] = int16(1 + rng.IntN(1+spread/4))
		}
		const stride = 11
		var a, b [8 * stride]uint8
		idct(&coefs, &quant, a[:], stride)
		transformPlain(&coefs, &quant, b[:], stride)
		if a != b {
			t.Fatalf("block %d: %v\nwant %v", n, a, b)
		}
	}
}
