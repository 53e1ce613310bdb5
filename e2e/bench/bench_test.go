// Package bench measures what a user waits for, over HTTP on loopback.
package bench

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/leafmark/leafmark/internal/servicetest"
	"github.com/leafmark/leafmark/omr"
	"github.com/leafmark/leafmark/omr/imageio"
	"github.com/leafmark/leafmark/omr/synth"
	leafmark "github.com/leafmark/leafmark/sdk/go"
)

// sheet is a form of 60 questions filled and scanned: a 300-dpi A4 JPEG.
func sheet(b *testing.B) (jpeg, pattern []byte, want map[string]string) {
	b.Helper()
	source, err := os.ReadFile("../../cmd/leafmark/demo/form.txt")
	if err != nil {
		b.Fatal(err)
	}
	made, list := omr.Generate(b.Context(), omr.GenerateRequest{Markup: source})
	if list.Failed() {
		b.Fatal(list)
	}
	p, _, err := omr.ReadPattern(made.Pattern.Data)
	if err != nil {
		b.Fatal(err)
	}
	page, _, err := imageio.DecodeColor(made.Pages[0].Data, imageio.Options{})
	if err != nil {
		b.Fatal(err)
	}
	truth := synth.DrawTruth(p, 1)
	scan, _ := synth.Photo(synth.Fill(page, p, truth, synth.BallpointBlue, 1), synth.Effects{DPI: 300, Rotation: 0.7}, 1)
	if jpeg, err = imageio.EncodeJPEG(scan, 85, 300); err != nil {
		b.Fatal(err)
	}
	return jpeg, made.Pattern.Data, synth.Expected(p, truth)
}

// BenchmarkPostToResult is one sheet on an idle server: POST, then one GET. It
// reports the median, since these machines are shared.
func BenchmarkPostToResult(b *testing.B) {
	server := servicetest.Node(b)
	c := server.App("bench")
	client, err := leafmark.New(server.URL, c.ClientID, string(c.Secret))
	if err != nil {
		b.Fatal(err)
	}
	jpeg, pattern, want := sheet(b)
	body := fmt.Appendf(nil, `{"images":[%q],"omrFile":%q}`,
		base64.StdEncoding.EncodeToString(jpeg), base64.StdEncoding.EncodeToString(pattern))
	token, err := client.Token(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	call := func(method, path string, body []byte) []byte {
		req, err := http.NewRequestWithContext(b.Context(), method, server.URL+path, bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		data, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			b.Fatalf("%s %s: %d %v %s", method, path, res.StatusCode, err, data)
		}
		return data
	}
	var times []time.Duration
	var id string
	for b.Loop() {
		start := time.Now()
		id = string(call(http.MethodPost, "/v5.0/omr/RecognizeTemplate/PostRecognizeTemplate", body))
		var answer struct{ ResponseStatusCode string }
		for answer.ResponseStatusCode != "Ok" {
			data := call(http.MethodGet, "/v5.0/omr/RecognizeTemplate/GetRecognizeTemplate?id="+id, nil)
			if err := json.Unmarshal(data, &answer); err != nil {
				b.Fatal(err)
			}
			if answer.ResponseStatusCode == "Error" {
				b.Fatalf("%s", data)
			}
		}
		times = append(times, time.Since(start))
	}
	task, err := client.Task(b.Context(), id, 0)
	if err != nil {
		b.Fatal(err)
	}
	wrong, doubtful := 0, 0
	for _, a := range task.Sheets[0].Answers {
		switch {
		case a.Doubt != "":
			doubtful++
		case a.Name != "QuizCode" && a.Value != want[a.Name]:
			wrong++
		}
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "ms-median")
	b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "ms-p95")
	b.ReportMetric(float64(wrong), "wrong")
	b.ReportMetric(float64(doubtful), "doubtful")
	b.ReportMetric(float64(len(jpeg))/1000, "kB")
}

// BenchmarkRecognize is the engine alone on the same sheet, one thread.
func BenchmarkRecognize(b *testing.B) {
	jpeg, pattern, _ := sheet(b)
	p, _, err := omr.ReadPattern(pattern)
	if err != nil {
		b.Fatal(err)
	}
	var decode, register, mark float64
	n := 0
	for b.Loop() {
		out, _ := omr.Recognize(b.Context(), p, omr.Scan{Data: jpeg}, omr.RecognizeOptions{Now: time.Now})
		if out[0].Err != nil {
			b.Fatal(out[0].Err)
		}
		ms := out[0].Sheet.Ms
		decode, register, mark, n = decode+ms.Decode, register+ms.Register, mark+ms.Mark, n+1
	}
	b.ReportMetric(decode/float64(n), "ms-decode")
	b.ReportMetric(register/float64(n), "ms-register")
	b.ReportMetric(mark/float64(n), "ms-mark")
}
