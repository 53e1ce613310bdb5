package imageio

import (
	"bytes"
	"errors"
	"image/jpeg"
	"image/png"
	"strings"

	"github.com/leafmark/leafmark/omr/fault"
	"github.com/leafmark/leafmark/omr/imageio/heif"
)

func formatOf(data []byte) (string, opener) {
	has := func(prefix string) bool { return bytes.HasPrefix(data, []byte(prefix)) }
	switch {
	case has("\x89PNG\r\n\x1a\n"):
		return "png", openPNG
	case has("\xff\xd8\xff"):
		return "jpeg", openJPEG
	case has("II*\x00"), has("MM\x00*"), has("II+\x00"), has("MM\x00+"):
		return "tiff", openTIFF
	case has("GIF87a"), has("GIF89a"):
		return "gif", openGIF
	case has("BM") && len(data) >= 26:
		return "bmp", openBMP
	case bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")):
		return "pdf", openPDF
	case has("RIFF") && len(data) >= 16 && string(data[8:12]) == "WEBP":
		return "webp", openWebP
	case heif.Is(data):
		return "heic", openHEIC
	}
	return "", nil
}

// nameOf is a format as people write it.
func nameOf(format string) string {
	switch format {
	case "webp":
		return "WebP"
	}
	return strings.ToUpper(format)
}

// foreign names kinds of files that people take for pictures.
func foreign(data []byte) (kind, cure string) {
	const exportCure = "export it as PNG or JPEG"
	switch {
	case len(data) >= 12 && string(data[4:8]) == "ftyp":
		return isoBrand(string(data[8:12])), "set the camera to JPEG (“most compatible”) or export the picture as JPEG"
	}
	for _, m := range []struct{ magic, kind string }{
		{"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"},
		{"\xff\x4f\xff\x51", "a JPEG 2000 picture"},
		{"\xff\x0a", "a JPEG XL picture"},
		{"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"},
		{"8BPS", "a Photoshop file"},
		{"AT&TFORM", "a DjVu file"},
		{"%!PS", "a PostScript file"},
		{"\x97JB2", "a JBIG2 picture"},
		{"\x00\x00\x01\x00", "an icon file"},
		{"P1\n", "a PBM picture"},
		{"P4\n", "a PBM picture"},
		{"P5\n", "a PGM picture"},
		{"P6\n", "a PPM picture"},
		{"PK\x03\x04", "a ZIP archive or office document"},
		{"\x1f\x8b", "a gzip archive"},
		{"<svg", "an SVG drawing"},
		{"<?xml", "an XML file"},
		{"{\\rtf", "an RTF document"},
	} {
		if bytes.HasPrefix(data, []byte(m.magic)) {
			return m.kind, exportCure
		}
	}
	return "", ""
}

// isoBrand names the picture kinds of ISO/IEC 23008-12 by their brand.
func isoBrand(brand string) string {
	switch brand {
	case "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1":
		return "a HEIC picture"
	case "avif", "avis":
		return "an AVIF picture"
	}
	return "a film or picture container (" + strings.TrimSpace(brand) + ")"
}

func noPicture(data []byte) error {
	cause := "the data is not a picture of a known kind"
	if len(data) == 0 {
		cause = "the picture is empty"
	}
	return &fault.Error{
		Code: "image_unreadable", Kind: fault.Invalid,
		Cause: cause, Cure: "send a PNG, JPEG, HEIC, TIFF, GIF, BMP or WebP picture of the sheet",
	}
}

// unsupportedFeature tells the libraries' "legal, but not here" from "broken".
func unsupportedFeature(err error) (feature string, ok bool) {
	var (
		j jpeg.UnsupportedError
		p png.UnsupportedError
		h heif.UnsupportedError
	)
	switch {
	case errors.As(err, &j):
		return string(j), true
	case errors.As(err, &p):
		return string(p), true
	case errors.As(err, &h):
		return string(h), true
	}
	return "", false
}
