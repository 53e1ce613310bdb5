package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
)

// maxFontFile is the size of the largest file that is taken for a font, bytes.
const maxFontFile = 64 << 20

// fontEndings are the names of files that are taken for fonts; which of them can be
// used is for the engine to say.
var fontEndings = []string{".ttf", ".otf", ".ttc", ".otc", ".woff", ".woff2"}

// Fonts reads the font files of a folder, of FontDir, and its subfolders. An empty
// name gives none. Fault: config_invalid for a folder that cannot be read or holds
// no font.
func Fonts(dir string) (map[string][]byte, error) {
	if dir == "" {
		return nil, nil
	}
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains(fontEndings, strings.ToLower(filepath.Ext(path))) {
			return err
		}
		if info, err := os.Stat(path); err != nil || info.Size() > maxFontFile {
			return &fault.Error{
				Code: "config_invalid", Kind: fault.Invalid, Where: fault.Where{File: path},
				Cause: fmt.Sprintf("the font file %s is larger than %d MB or cannot be looked at", path, maxFontFile>>20),
				Cure:  "remove it from the folder of --font-dir", Err: err,
			}
		}
		files[path], err = os.ReadFile(path) //nolint:gosec // G122: the operator's own folder, links in it are meant
		return err
	})
	if f := fault.As(err); f != nil {
		return nil, f
	}
	if err != nil {
		return nil, &fault.Error{
			Code: "config_invalid", Kind: fault.Invalid, Cause: fmt.Sprintf("--font-dir %q cannot be read: %v", dir, err),
			Cure: "give a folder with TrueType fonts (.ttf)", Err: err,
		}
	}
	if len(files) == 0 {
		return nil, &fault.Error{
			Code: "config_invalid", Kind: fault.Invalid, Cause: fmt.Sprintf("--font-dir %q holds no font", dir),
			Cure: "put TrueType fonts (.ttf) into it, or leave the flag out",
		}
	}
	return files, nil
}
