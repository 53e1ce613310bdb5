package result

import (
	"encoding/json"
	"fmt"

	"github.com/leafmark/leafmark/omr/fault"
)

// kept is an entry as it is put aside while a pile is read: all that any format
// needs.
type kept struct {
	File  string       `json:"file"`
	Image int          `json:"image"`
	Sheet *Sheet       `json:"sheet,omitempty"`
	Sums  []int        `json:"sums,omitempty"` // answers that tables write as numbers
	Fault *RefusalText `json:"fault,omitempty"`
}

// EncodeEntry is an entry as one line of JSON, with the line's end, for
// DecodeEntry: what a program puts aside while it reads a pile.
func EncodeEntry(e Entry) ([]byte, error) {
	k := kept{File: e.File, Image: e.Image, Sheet: e.Sheet}
	if e.Sheet == nil {
		f := explain(e.Err)
		k.Fault = &RefusalText{Code: f.Code, Message: f.Cause, Cure: f.Cure}
	} else {
		for i := range e.Sheet.Answers {
			if e.Sheet.Answers[i].number {
				k.Sums = append(k.Sums, i)
			}
		}
	}
	b, err := json.Marshal(k)
	if err != nil {
		return nil, fmt.Errorf("put sheet %s aside: %w", FileName(e.File, e.Image), err)
	}
	return append(b, '\n'), nil
}

// DecodeEntry is the entry that EncodeEntry wrote. Crops have no pictures.
func DecodeEntry(line []byte) (Entry, error) {
	var k kept
	if err := json.Unmarshal(line, &k); err != nil {
		return Entry{}, fmt.Errorf("read a sheet that was put aside: %w", err)
	}
	e := Entry{File: k.File, Image: k.Image, Sheet: k.Sheet}
	switch {
	case k.Sheet != nil:
		for _, i := range k.Sums {
			if i >= 0 && i < len(k.Sheet.Answers) {
				k.Sheet.Answers[i].number = true
			}
		}
	case k.Fault != nil:
		e.Err = &fault.Error{Code: k.Fault.Code, Kind: fault.Invalid, Cause: k.Fault.Message, Cure: k.Fault.Cure}
	default:
		return Entry{}, fmt.Errorf("read a sheet that was put aside: neither a sheet nor a refusal")
	}
	return e, nil
}
