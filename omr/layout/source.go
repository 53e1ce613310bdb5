package layout

import "github.com/leafmark/leafmark/omr/form"

// Source is the element that the item was drawn for; nil for what the page
// itself has, such as its markers.
func (it Item) Source() *form.Element { return it.source }
