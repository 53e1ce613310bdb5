package imageio

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"io"
	"math/rand/v2"
	"testing"
)

// TestInflate unpacks what the standard library packs, at every level.
func TestInflate(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for n := range 60 {
		plain := make([]byte, rng.IntN(1<<(n%20)))
		spread := 1 + rng.IntN(255)
		for i := range plain {
			plain[i] = byte(rng.IntN(spread))
			if i > 40_000 && n%3 == 0 && rng.IntN(3) > 0 {
				plain[i] = plain[i-32_768]
			} else if i > 9 && n%2 == 0 && rng.IntN(4) > 0 {
				plain[i] = plain[i-1-n%9]
			}
		}
		for _, level := range []int{flate.NoCompression, flate.BestSpeed, flate.DefaultCompression, flate.BestCompression, flate.HuffmanOnly} {
			var b bytes.Buffer
			w, err := zlib.NewWriterLevel(&b, level)
			if err != nil {
				t.Fatal(err)
			}
			for rest := plain; len(rest) > 0; {
				k := min(len(rest), 1+rng.IntN(50_000))
				if _, err := w.Write(rest[:k]); err != nil {
					t.Fatal(err)
				}
				if rng.IntN(3) == 0 {
					if err := w.Flush(); err != nil {
						t.Fatal(err)
					}
				}
				rest = rest[k:]
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			z, err := newInflater(b.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(z)
			if err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("%d bytes at level %d: %d bytes, %v", len(plain), level, len(got), err)
			}
			for cut := b.Len() - 1; cut > 0; cut -= 1 + b.Len()/7 {
				if z, err = newInflater(b.Bytes()[:cut]); err != nil {
					continue
				}
				if _, err = io.ReadAll(z); err == nil {
					t.Fatalf("cut to %d of %d bytes it is whole", cut, b.Len())
				}
			}
		}
	}
}

// FuzzInflate holds it against the standard library on any bytes.
func FuzzInflate(f *testing.F) {
	for _, plain := range []string{"", "a", "abcabcabcabcabcabc", string(make([]byte, 70_000))} {
		for _, level := range []int{0, 1, 9, flate.HuffmanOnly} {
			var b bytes.Buffer
			w, err := zlib.NewWriterLevel(&b, level)
			if err != nil {
				f.Fatal(err)
			}
			if _, err := w.Write([]byte(plain)); err != nil {
				f.Fatal(err)
			}
			if err := w.Close(); err != nil {
				f.Fatal(err)
			}
			f.Add(b.Bytes())
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const most = 4 << 20
		var want, got []byte
		r, wrong := zlib.NewReader(bytes.NewReader(data))
		if wrong == nil {
			want, wrong = io.ReadAll(io.LimitReader(r, most))
		}
		z, err := newInflater(data)
		if err == nil {
			got, err = io.ReadAll(io.LimitReader(z, most))
		}
		if (err == nil) != (wrong == nil) {
			t.Fatalf("%v, the library says %v", err, wrong)
		}
		if err == nil && !bytes.Equal(got, want) {
			t.Fatalf("%d bytes, the library has %d others", len(got), len(want))
		}
	})
}
