package v5

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/leafmark/leafmark/internal/task"
)

// Limits of spec/api.md 1.8, bytes decoded.
const (
	maxSheetImage  = 64 << 20
	maxSheetImages = 100
	maxPattern     = 16 << 20
)

// tableFormats are what a recognition's table can be (spec/api.md 3.4).
var tableFormats = words{
	names:   []string{"Csv", "Json", "Xml", "Txt"},
	numbers: map[int]string{3: "Csv", 4: "Json", 5: "Txt"},
}

// postRecognize takes a filled sheet (spec/api.md 3.4).
func (h *handler) postRecognize(w http.ResponseWriter, r *http.Request) error {
	return h.submit(w, r, func(doc value) (task.Submission, error) {
		job, err := readRecognize(doc)
		return task.Submission{Kind: task.Recognize, Recognize: job}, err
	})
}

// readRecognize is the job that a document asks for; the job's bytes lie in the
// document's memory. Fault: a fault.List with the fields that are wrong.
func readRecognize(doc value) (*task.RecognizeJob, error) {
	var f fields
	if doc.kind != kindObject {
		return nil, notObject(doc, "images", "omrFile")
	}
	m := object(doc, "images", "omrFile", "outputFormat", "recognitionThreshold")
	job := &task.RecognizeJob{First: true, Format: "csv"}
	f.sheetImages(m["images"], job)
	if v := m["omrFile"]; v.given() {
		job.Pattern = f.bytes("omrFile", v, maxPattern)
	} else {
		f.required("omrFile", "send the pattern of the form, the .omr file, as Base64 text")
	}
	if w := f.word("outputFormat", m["outputFormat"], tableFormats); w != "" {
		job.Format = strings.ToLower(w)
	}
	job.Threshold = f.number("recognitionThreshold", m["recognitionThreshold"], 0, 100)
	return job, f.err()
}

// sheetImages reads the pictures: all are checked, the first is kept.
func (f *fields) sheetImages(v value, job *task.RecognizeJob) {
	const cure = "send the picture of the filled sheet as Base64 text"
	switch v.kind {
	case kindText: // one picture without its array
		if data := f.bytes("images", v, maxSheetImage); data != nil {
			job.Images = [][]byte{data}
		}
		return
	case 0, kindNull:
		f.required("images", cure)
		return
	case kindArray:
	default:
		f.bad("images", shown(v)+" is not an array", `send an array of texts: ["BASE64"]`)
		return
	}
	n := 0
	for item := range v.items() {
		if n++; n > maxSheetImages {
			f.bad("images", fmt.Sprintf("there are more than %d images", maxSheetImages), "send one, only the first is read")
			return
		}
		data := f.bytes(fmt.Sprintf("images[%d]", n-1), item, maxSheetImage)
		if n == 1 && data != nil {
			job.Images = [][]byte{data}
		}
	}
	switch {
	case n == 0:
		f.required("images", cure)
	case n > 1:
		// Not kept: an ignored picture need not be stored.
		job.Warnings = append(job.Warnings, fmt.Sprintf(
			"LM851 Only the first of %d images was read, the others were ignored. Send each sheet by itself.", n))
	}
}
