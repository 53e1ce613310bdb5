package connect_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/api/connect"
	"github.com/leafmark/leafmark/internal/token"
)

// BenchmarkTokens compares tokens a second over loopback HTTP, client included,
// with the signatures a second that crypto/rsa makes on the same cores: in turns
// within one run, so that a busy machine slows both.
func BenchmarkTokens(b *testing.B) {
	s := serve(b, connect.Deps{}, token.Options{})
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(b, err)
	digest := sha256.Sum256([]byte("payload"))
	sign := func() {
		if _, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:]); err != nil {
			b.Error(err)
		}
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	body := s.good().Encode()
	ask := func() {
		resp, err := client.Post(s.URL+"/connect/token", form, strings.NewReader(body))
		if err != nil {
			b.Error(err)
			return
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			b.Errorf("status %d", resp.StatusCode)
		}
	}
	const slice = 300 * time.Millisecond
	rate := func(workers int, one func()) float64 {
		var n atomic.Int64
		var all sync.WaitGroup
		start := time.Now()
		for range workers {
			all.Go(func() {
				for time.Since(start) < slice {
					one()
					n.Add(1)
				}
			})
		}
		all.Wait()
		return float64(n.Load()) / time.Since(start).Seconds()
	}
	var tokens, signatures float64
	rounds := 0
	for b.Loop() {
		signatures += rate(runtime.GOMAXPROCS(0), sign)
		tokens += rate(4*runtime.GOMAXPROCS(0), ask)
		rounds++
	}
	b.ReportMetric(tokens/float64(rounds), "tokens/s")
	b.ReportMetric(signatures/float64(rounds), "signatures/s")
	b.ReportMetric(100*tokens/signatures, "%_of_signatures")
}
