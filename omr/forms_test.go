package omr_test

import (
	"math/rand/v2"

	"github.com/leafmark/leafmark/omr/form"
	"github.com/leafmark/leafmark/omr/internal/randomform"
	"github.com/leafmark/leafmark/omr/layout"
)

// drawn is a form under test: its source, its settings, and the texts of its
// codes by their names, which a pattern does not tell.
type drawn struct {
	source   string
	settings form.Settings
	pages    int
	codes    map[string]string
}

// images are the pictures that random forms show.
var images = randomform.Images()

// drawForm draws a form from the whole language.
func drawForm(r *rand.Rand) drawn {
	f := randomform.Draw(r)
	return drawn{source: f.Source, settings: f.Settings, pages: f.Pages, codes: f.Codes}
}

func layoutOptions() layout.Options { return randomform.LayoutOptions() }
