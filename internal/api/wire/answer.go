package wire

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// minCompress is the size above which an answer may be compressed (spec/api.md 1.7).
const minCompress = 1024

// A reader slower than this is given up, so that it does not hold an answer in
// memory for ever.
const (
	writeGrace = 30 * time.Second
	writeRate  = 16 << 10 // bytes a second
)

// Write sends a whole answer: exact Content-Length, compressed where the client
// asks for it, no body for HEAD.
func Write(w http.ResponseWriter, r *http.Request, status int, contentType string, body []byte) {
	h := w.Header()
	if contentType != "" {
		h.Set("Content-Type", contentType)
	}
	h.Set("X-Content-Type-Options", "nosniff")
	h.Add("Vary", "Accept-Encoding, Accept")
	if len(body) > minCompress && acceptsGzip(r.Header.Values("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		body = compress(body)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	patience := writeGrace + time.Duration(len(body)/writeRate)*time.Second
	// Recorders and some middleware have no deadlines; the answer goes out anyway.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(patience))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that left is no fault of the request
	}
}

// compressors are costly to make: 800 kB each.
var compressors = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is valid
	return z
}}

func compress(body []byte) []byte {
	z := compressors.Get().(*gzip.Writer)
	defer compressors.Put(z)
	var b bytes.Buffer
	b.Grow(len(body)*3/4 + 64)
	z.Reset(&b)
	_, _ = z.Write(body) // a bytes.Buffer takes all
	_ = z.Close()
	return b.Bytes()
}

// acceptsGzip reads Accept-Encoding (RFC 9110 12.5.3): gzip or * with a quality
// above zero, the named one deciding.
func acceptsGzip(headers []string) bool {
	any := false
	for part := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		coding, params, _ := strings.Cut(part, ";")
		q := true
		if _, v, ok := strings.Cut(params, "q="); ok {
			f, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
			q = err == nil && f > 0
		}
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip", "x-gzip":
			return q
		case "*":
			any = q
		}
	}
	return any
}
