package checklist

import (
	"fmt"
	"testing"

	"github.com/leafmark/leafmark/omr/pattern"
)

// Wherever the edge of a clipped block cuts a matrix, the pattern that is
// written can be read, and lists no section without bubbles.
func TestClippedMatrices(t *testing.T) {
	for _, element := range []string{
		"grid=G\n\tsections_count=3\n\torientation=vertical", "grid=G\n\tsections_count=3",
		"composite_grid=G\n\tcolumns_count=3\n\torientation=vertical\n\tvalues=(C)(D)",
		"composite_grid=G\n\tcolumns_count=3\n\textra_row=()(A)(B)\n\tvalues=(C)(D)",
	} {
		for height := 100; height <= 320; height += 20 {
			p := ofSource(t, fmt.Sprintf("?container=\n?block=\n\toverflow=clip\n\theight=%d\n?%s\n&block\n&container\n#q\n\t() a () b\n", height, element))
			for _, e := range p.pattern.Pages[0].Elements {
				for i, g := range e.Groups {
					if len(g.Bubbles) == 0 && e.Type != pattern.ReplaceTrigger {
						t.Errorf("height %d: section %d of %q is empty", height, i+1, e.Name)
					}
				}
			}
		}
	}
}
