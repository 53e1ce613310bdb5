package result

import (
	"errors"

	"github.com/leafmark/leafmark/omr/fault"
)

// Refusal is a sheet that was not read (design.md §2).
type Refusal struct {
	File  string      `json:"file"`
	Image int         `json:"image"`
	Error RefusalText `json:"error"`
}

// RefusalText is why, and what to do.
type RefusalText struct {
	Code    string `json:"code"`    // a word of spec/api.md 5.4
	Message string `json:"message"` // begins with the LM number
	Cure    string `json:"cure"`
}

// numbers are the LM numbers of the codes of spec/api.md 5.4.
var numbers = map[string]string{
	"page_not_found":    "LM801",
	"wrong_form":        "LM802",
	"wrong_page":        "LM803",
	"mirrored":          "LM804",
	"blank_image":       "LM805",
	"image_unreadable":  "LM811",
	"image_unsupported": "LM812",
	"image_too_large":   "LM813",
	"image_too_small":   "LM814",
	"pattern_invalid":   "LM821",
	"pattern_version":   "LM822",
	"internal":          "LM900",
}

// Number is the LM number of a fault's code; a code that is a number stays.
func Number(code string) string {
	if n, ok := numbers[code]; ok {
		return n
	}
	return code
}

// Refuse is the refusal that an error makes of a picture. An error that is no
// fault, or a fault of ours, tells nothing of its inside.
func Refuse(file string, image int, err error) Refusal {
	e := explain(err)
	return Refusal{File: file, Image: image, Error: RefusalText{
		Code: e.Code, Message: full(Number(e.Code), e.Cause), Cure: e.Cure,
	}}
}

// Message is an error as the compatible API words it: LM801, cause, cure
// (spec/api.md 5.4).
func Message(err error) string {
	e := *explain(err)
	e.Code = Number(e.Code)
	return e.Sentence()
}

func full(number, cause string) string {
	return (&fault.Error{Code: number, Cause: cause}).Sentence()
}

func explain(err error) *fault.Error {
	e := fault.As(err)
	var list fault.List
	if e == nil && errors.As(err, &list) {
		for _, m := range list {
			if m.Severity == fault.SeverityError {
				e = m
				break
			}
		}
	}
	if e == nil || e.Kind == fault.Internal {
		return &fault.Error{
			Code: "internal", Cause: "the sheet could not be read for a reason of ours",
			Cure: "send it again; tell the operator if it happens twice",
		}
	}
	return e
}
