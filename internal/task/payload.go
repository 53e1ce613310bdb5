package task

import (
	"io"
	"maps"
	"slices"

	"github.com/leafmark/leafmark/omr/fault"
)

// payloadHead is what of a job is not bytes; sections follow in the order told.
type payloadHead struct {
	Kind      Kind           `json:"kind"`
	Generate  *generateHead  `json:"generate,omitempty"`  // sections: markup, settings, images by Names
	Recognize *recognizeHead `json:"recognize,omitempty"` // sections: pattern, images
}

type generateHead struct {
	Names    []string `json:"names"` // of the images, sorted
	Formats  []string `json:"formats"`
	Warnings []string `json:"warnings"`
}

type recognizeHead struct {
	Names     []string `json:"names"` // as given: may be fewer than the images
	Format    string   `json:"format"`
	Threshold *int     `json:"threshold"`
	Policy    string   `json:"policy"`
	First     bool     `json:"first"`
	Warnings  []string `json:"warnings"`
}

// encodePayload is a submission as a stream over its own bytes. It may be called
// again for a second stream of the same bytes.
func encodePayload(sub Submission) (io.Reader, error) {
	head := payloadHead{Kind: sub.Kind}
	var sections [][]byte
	switch {
	case sub.Kind == Generate && sub.Generate != nil && sub.Recognize == nil:
		job := sub.Generate
		names := slices.Sorted(maps.Keys(job.Images))
		head.Generate = &generateHead{Names: names, Formats: job.Formats, Warnings: job.Warnings}
		sections = [][]byte{job.Markup, job.Settings}
		for _, n := range names {
			sections = append(sections, job.Images[n])
		}
	case sub.Kind == Recognize && sub.Recognize != nil && sub.Generate == nil:
		job := sub.Recognize
		head.Recognize = &recognizeHead{
			Names: job.Names, Format: job.Format, Threshold: job.Threshold,
			Policy: job.Policy, First: job.First, Warnings: job.Warnings,
		}
		sections = append([][]byte{job.Pattern}, job.Images...)
	default:
		return nil, &fault.Error{
			Code: "submission_invalid", Kind: fault.Internal,
			Cause: "the submission's kind and its job do not agree",
			Cure:  "report this to the operator",
		}
	}
	return pack(head, sections)
}

// decodePayload is the inverse of encodePayload, without the idempotency key.
func decodePayload(r io.Reader) (Submission, error) {
	var head payloadHead
	sections, err := unpack(r, &head)
	if err != nil {
		return Submission{}, err
	}
	sub := Submission{Kind: head.Kind}
	switch {
	case head.Kind == Generate && head.Generate != nil && len(sections) == 2+len(head.Generate.Names):
		h := head.Generate
		job := &GenerateJob{
			Markup: sections[0], Settings: sections[1], Formats: h.Formats, Warnings: h.Warnings,
			Images: make(map[string][]byte, len(h.Names)),
		}
		for i, n := range h.Names {
			job.Images[n] = sections[2+i]
		}
		if len(job.Images) != len(h.Names) {
			return Submission{}, errContainer
		}
		sub.Generate = job
	case head.Kind == Recognize && head.Recognize != nil && len(sections) >= 1:
		h := head.Recognize
		sub.Recognize = &RecognizeJob{
			Images: sections[1:], Names: h.Names, Pattern: sections[0], Format: h.Format,
			Threshold: h.Threshold, Policy: h.Policy, First: h.First, Warnings: h.Warnings,
		}
	default:
		return Submission{}, errContainer
	}
	return sub, nil
}
