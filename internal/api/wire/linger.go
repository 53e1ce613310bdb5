package wire

import (
	"net/http"
	"time"
)

// A refused request's body is taken and forgotten for so long, so that a client
// that writes all before it reads gets its answer and not a broken connection.
const (
	lingerIdle  = 5 * time.Second // without a byte
	lingerTotal = time.Minute
	lingerBytes = 100 << 20
)

// linger readies w for an answer before the body has come; what it gives is to be
// called after the answer was written. Nothing of the body is kept or looked at.
func linger(w http.ResponseWriter, r *http.Request, status int) (after func()) {
	ctl := http.NewResponseController(w)
	switch {
	case r.ContentLength == 0 || r.Body == nil:
		return func() {}
	case r.Header.Get("Expect") != "":
		// The client has sent nothing yet and now need not.
		return func() {}
	case status == http.StatusRequestTimeout, status == http.StatusRequestEntityTooLarge,
		ctl.EnableFullDuplex() != nil:
		_ = ctl.SetReadDeadline(time.Now().Add(time.Second)) // net/http waits no longer for the rest
		return func() {}
	}
	return func() {
		if ctl.Flush() != nil {
			return
		}
		buf := make([]byte, 32<<10)
		over := time.Now().Add(lingerTotal)
		for left := lingerBytes; left > 0; {
			until := time.Now().Add(lingerIdle)
			if until.After(over) {
				until = over
			}
			if ctl.SetReadDeadline(until) != nil {
				return
			}
			n, err := r.Body.Read(buf)
			if left -= n; err != nil {
				return // its end, or the client gave up
			}
		}
	}
}
