package synth

import "github.com/leafmark/leafmark/omr/pattern"

// Marks tells for each bubble of an element, in EachBubble's order, whether the
// truth has it marked.
func (t Truth) Marks(e *pattern.Element) []bool { return t.marks(e) }
