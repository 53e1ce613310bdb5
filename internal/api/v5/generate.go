package v5

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/leafmark/leafmark/internal/task"
	"github.com/leafmark/leafmark/omr/markup"
)

// Limits of spec/api.md 1.8, bytes decoded.
const (
	maxMarkup     = 4 << 20
	maxFormImage  = 20 << 20
	maxFormImages = 200
)

// Codes of warnings that concern the request itself; numbers of their own, beside
// those of spec/api.md 5.4.
const (
	codeFormat   = "LM901" // an output format that no form can have
	codeSameName = "LM903" // two images of one name
)

// postGenerate takes a form source (spec/api.md 3.2).
func (h *handler) postGenerate(w http.ResponseWriter, r *http.Request) error {
	return h.submit(w, r, func(doc value) (task.Submission, error) {
		job, err := readGenerate(doc, h.formats)
		return task.Submission{Kind: task.Generate, Generate: job}, err
	})
}

// readGenerate is the job that a document asks for; the job's bytes lie in the
// document's memory. Fault: a fault.List with the fields that are wrong.
func readGenerate(doc value, formats words) (*task.GenerateJob, error) {
	var f fields
	if doc.kind != kindObject {
		return nil, notObject(doc, "markupFile")
	}
	m := object(doc, "markupFile", "images", "settings", "outputFormat")
	job := &task.GenerateJob{Images: map[string][]byte{}}
	if v := m["markupFile"]; v.given() {
		job.Markup = f.bytes("markupFile", v, maxMarkup)
	} else {
		f.required("markupFile", "send the form source as Base64 text")
	}
	f.formImages(m["images"], job)
	settings, inner := f.settings(m["settings"], formats)
	job.Settings = markup.FormatSettings(settings)
	format := formatOf(inner, f.word("outputFormat", m["outputFormat"], formats))
	switch format {
	case "Csv", "Json", "Txt", "Internal", "Omr":
		job.Warnings = append(job.Warnings,
			fmt.Sprintf("%s outputFormat %s is no format of a printable form: the form was made as Png.", codeFormat, format))
		format = "Png"
	}
	job.Formats = []string{strings.ToLower(format)}
	return job, f.err()
}

// formatOf decides between the two places of outputFormat: Png is what clients
// fill in by themselves, so the other word is meant (spec/api.md 3.2).
func formatOf(settings, top string) string {
	switch {
	case settings == "" && top == "":
		return "Png"
	case settings == "" || settings == "Png" && top != "":
		return top
	}
	return settings
}

// formImages reads the map of pictures; [] is how one client writes an empty map.
func (f *fields) formImages(v value, job *task.GenerateJob) {
	if !v.given() {
		return
	}
	if v.kind == kindArray {
		for range v.items() {
			f.bad("images", "an array is not a map of names to pictures", `send an object: {"logo.png": "BASE64"}`)
			return
		}
		return
	}
	if v.kind != kindObject {
		f.bad("images", shown(v)+" is not an object", `send an object: {"logo.png": "BASE64"}`)
		return
	}
	n := 0
	given := map[string]bool{}
	for sent, picture := range v.members() {
		if !picture.given() {
			continue
		}
		if n++; n > maxFormImages {
			f.bad("images", fmt.Sprintf("there are more than %d images", maxFormImages), "send fewer")
			return
		}
		name := lastSegment(sent)
		if name == "" {
			f.bad("images."+sent, "the image has no name", "give it the name that the form source uses")
			continue
		}
		data := f.bytes("images."+sent, picture, maxFormImage)
		if data == nil {
			continue
		}
		if given[name] {
			job.Warnings = append(job.Warnings,
				fmt.Sprintf("%s Several images are named %s: the last one was used.", codeSameName, short(name)))
		}
		given[name] = true
		job.Images[name] = data
	}
}

// lastSegment is a name without folders, whichever way they are written.
func lastSegment(name string) string { return name[strings.LastIndexAny(name, `/\`)+1:] }
