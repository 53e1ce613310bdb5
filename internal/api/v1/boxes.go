package v1

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/leafmark/leafmark/internal/api/wire"
	"github.com/leafmark/leafmark/omr/result"
)

// withoutBoxes is the array of a task's sheets without the places of bubbles,
// codes and crops, which are sent on request only (?boxes=1). Refused sheets
// stay as they are.
func withoutBoxes(sheets []byte) ([]byte, error) {
	// Every place has this member; a quote inside a text would be escaped.
	if !bytes.Contains(sheets, []byte(`"page":[`)) {
		return sheets, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(sheets, &list); err != nil {
		return nil, fmt.Errorf("read the sheets of a task: %w", err)
	}
	for i, raw := range list {
		var refusal struct {
			Error json.RawMessage `json:"error"`
		}
		if err := json.Unmarshal(raw, &refusal); err != nil {
			return nil, fmt.Errorf("read sheet %d of a task: %w", i+1, err)
		}
		if refusal.Error != nil {
			continue
		}
		var s result.Sheet
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, fmt.Errorf("read sheet %d of a task: %w", i+1, err)
		}
		for j := range s.Answers {
			s.Answers[j].Bubbles = nil
		}
		for j := range s.Barcodes {
			s.Barcodes[j].Places = nil
		}
		for j := range s.Crops {
			s.Crops[j].Places = nil
		}
		list[i] = wire.JSON(s)
	}
	return wire.JSON(list), nil
}
