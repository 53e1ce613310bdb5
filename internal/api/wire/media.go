package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/leafmark/leafmark/omr/fault"
)

// JSONBody is the body of r where it says that it is JSON (spec/api.md 1.5), as
// UTF-8, a byte order mark kept. release as in Read.
func (b *Bodies) JSONBody(w http.ResponseWriter, r *http.Request) (body []byte, release func(), err error) {
	charset, err := jsonCharset(r.Header)
	if err != nil {
		return nil, func() {}, err
	}
	body, release, err = b.Read(w, r)
	if err == nil && charset == "utf-16" {
		body = fromUTF16(body)
	}
	return body, release, err
}

// jsonCharset is the charset of a JSON body, utf-8 or utf-16. A missing
// Content-Type counts as JSON.
func jsonCharset(h http.Header) (string, error) {
	given := strings.TrimSpace(h.Get("Content-Type"))
	if given == "" {
		return "utf-8", nil
	}
	kind, params, err := mime.ParseMediaType(given)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return "", notJSON(given)
	}
	if kind != "application/json" && kind != "text/json" &&
		(!strings.HasPrefix(kind, "application/") || !strings.HasSuffix(kind, "+json")) {
		return "", notJSON(given)
	}
	switch charset := strings.ToLower(strings.Trim(params["charset"], `"' `)); charset {
	case "", "utf-8", "utf8":
		return "utf-8", nil
	case "utf-16":
		return "utf-16", nil
	default:
		return "", &fault.Error{
			Code: CodeMediaType, Kind: fault.Unsupported,
			Cause: fmt.Sprintf("the charset %.40q is not supported", charset), Cure: "send JSON in UTF-8",
		}
	}
}

func notJSON(given string) error {
	return &fault.Error{
		Code: CodeMediaType, Kind: fault.Unsupported,
		Cause: fmt.Sprintf("the Content-Type %.80q is not JSON", given), Cure: "send JSON with Content-Type: application/json",
	}
}

// fromUTF16 is b in UTF-8. Without a byte order mark the place of the zero in the
// first character tells the order, since JSON begins with an ASCII character. A
// last odd byte becomes U+FFFD, which no JSON has at its end.
func fromUTF16(b []byte) []byte {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case len(b) < 2:
	case b[0] == 0xFE && b[1] == 0xFF:
		order, b = binary.BigEndian, b[2:]
	case b[0] == 0xFF && b[1] == 0xFE:
		b = b[2:]
	case b[0] == 0:
		order = binary.BigEndian
	}
	out := make([]byte, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		c := rune(order.Uint16(b[i:]))
		if utf16.IsSurrogate(c) {
			low := rune(0)
			if i+3 < len(b) {
				low = rune(order.Uint16(b[i+2:]))
			}
			if c = utf16.DecodeRune(c, low); c != utf8.RuneError {
				i += 2
			}
		}
		out = utf8.AppendRune(out, c)
	}
	if len(b)%2 == 1 {
		out = append(out, "\uFFFD"...)
	}
	return out
}
