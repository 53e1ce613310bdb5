package connect

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/leafmark/leafmark/internal/identity"
	"github.com/leafmark/leafmark/omr/fault"
)

// maxBody bounds a request, bytes (spec/api.md 1.8).
const maxBody = 64 << 10

// readTime is how long a client may take to send its few hundred bytes.
const readTime = 30 * time.Second

// assertionType is the kind of assertions that are taken (RFC 7523 2.2).
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// request is an authenticated request as one of its many forms carried it.
type request struct {
	clientID, clientSecret string
	assertion              string            // instead of a secret (RFC 7523 2.2)
	basic                  bool              // the credentials came in the Authorization header
	params                 map[string]string // those of known that have a value
}

// known are the parameters that we read, or that carry what must not be in a query.
var known = []string{
	"grant_type", "client_id", "client_secret", "scope", "client_assertion", "client_assertion_type",
	"token", "token_type_hint",
}

// receive is the request of r, whose client is known by then; else it answers.
func (h *Handler) receive(w http.ResponseWriter, r *http.Request, check func(request) error) (request, identity.Application, bool) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		writeError(w, http.StatusMethodNotAllowed, "invalid_request", "Use POST here.")
		return request{}, identity.Application{}, false
	}
	control := http.NewResponseController(w)
	// Recorders have no deadlines; servers do, and take it back for the next request.
	_ = control.SetReadDeadline(time.Now().Add(readTime))
	in, err := read(w, r)
	_ = control.SetReadDeadline(time.Time{})
	if err == nil {
		err = check(in)
	}
	var app identity.Application
	if err == nil {
		app, err = h.authenticate(r, in)
	}
	if err != nil {
		h.refuse(w, r, err, in.basic)
		return request{}, identity.Application{}, false
	}
	return in, app, true
}

// read is the request of r. On a fault only basic is told.
func read(w http.ResponseWriter, r *http.Request) (request, error) {
	var in request
	id, secret, err := basicCredentials(r.Header)
	if in.basic = id != "" || secret != "" || err != nil && fault.KindOf(err) == fault.Unauthorized; err != nil {
		return in, err
	}
	if err := refuseQuery(r.URL); err != nil {
		return in, err
	}
	form, err := readForm(w, r)
	if err != nil {
		return in, err
	}
	params, err := single(form)
	if err != nil {
		return in, err
	}
	if in.basic {
		if !sameCredentials(params, id, secret) {
			return in, invalidRequest("the Authorization header and the body name different credentials", "send them in one place")
		}
	} else {
		id, secret = params["client_id"], params["client_secret"]
	}
	if in.assertion = params["client_assertion"]; in.assertion != "" {
		switch {
		case in.basic || secret != "":
			return in, invalidRequest("the client proves who it is in two ways", "send client_assertion or a secret, not both")
		case params["client_assertion_type"] != assertionType:
			return in, invalidRequest("client_assertion_type is not one that is offered", "send client_assertion_type="+assertionType)
		}
	}
	in.clientID, in.clientSecret, in.params = id, secret, params
	return in, nil
}

// basicCredentials are those of HTTP Basic; empty when there are none. Other
// schemes are not for us: some clients send an old or empty Bearer along.
func basicCredentials(h http.Header) (id, secret string, err error) {
	headers := h.Values("Authorization")
	if len(headers) > 1 {
		return "", "", invalidRequest("there are two Authorization headers", "send one")
	}
	if len(headers) == 0 {
		return "", "", nil
	}
	scheme, text, _ := strings.Cut(strings.TrimSpace(headers[0]), " ")
	if !strings.EqualFold(scheme, "Basic") {
		return "", "", nil
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	id, secret, ok := strings.Cut(string(raw), ":")
	if err != nil || !ok || id == "" {
		return "", "", &fault.Error{
			Code: "invalid_client", Kind: fault.Unauthorized,
			Cause: "the client id or secret is wrong, or the application is disabled",
			Cure:  "send Basic with the Base64 of client_id:client_secret",
		}
	}
	// RFC 6749 2.3.1 has both urlencoded first; ours need it not, but some clients
	// encode "_" and "-" too. Neither holds a "%" otherwise.
	for _, s := range []*string{&id, &secret} {
		if plain, err := url.QueryUnescape(*s); err == nil && strings.Contains(*s, "%") {
			*s = plain
		}
	}
	return id, secret, nil
}

// sameCredentials tells whether the body names no others than the header.
func sameCredentials(params map[string]string, id, secret string) bool {
	if x := params["client_secret"]; x != "" && x != secret {
		return false
	}
	x := params["client_id"]
	if x == "" || x == id {
		return true
	}
	a, okA := identity.CanonicalClientID(x)
	b, okB := identity.CanonicalClientID(id)
	return okA && okB && a == b
}

// refuseQuery refuses parameters in the query: they would land in logs.
func refuseQuery(u *url.URL) error {
	query, err := url.ParseQuery(u.RawQuery)
	for name := range query {
		if slices.Contains(known, strings.ToLower(name)) {
			return invalidRequest("parameters were sent in the query", "send them in the body, and regenerate the secret: queries are logged on their way")
		}
	}
	if err != nil {
		return invalidRequest("the query cannot be read", "send the parameters in the body, without a query")
	}
	return nil
}

// readForm is the body's parameters, urlencoded or multipart.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return nil, invalidRequest("the body is compressed", "send it as it is")
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.Header.Get("Content-Type") != "" && kind == "" {
		return nil, wrongType()
	}
	// A body without a type is read as what nearly all send.
	if kind != "" && kind != "application/x-www-form-urlencoded" && kind != "multipart/form-data" {
		return nil, wrongType()
	}
	body, err := readBody(w, r)
	if err != nil {
		return nil, err
	}
	if kind == "multipart/form-data" {
		return parts(body, params["boundary"])
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, invalidRequest("the body cannot be read as application/x-www-form-urlencoded", "write it as name=value&name=value, with % escapes of two digits")
	}
	return form, nil
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	tooLarge := &fault.Error{
		Code: "too_large", Kind: fault.TooLarge,
		Cause: "the body is larger than 64 KiB", Cure: "send the parameters only",
	}
	if r.ContentLength > maxBody {
		w.Header().Set("Connection", "close") // instead of reading it to its end
		return nil, tooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if over := (*http.MaxBytesError)(nil); errors.As(err, &over) {
		return nil, tooLarge
	}
	if err != nil {
		w.Header().Set("Connection", "close")
		e := invalidRequest("the body did not arrive whole", "send it again")
		e.Err = err
		return nil, e
	}
	return body, nil
}

// parts are a multipart body's parameters. A file name on a part does not matter.
func parts(body []byte, boundary string) (url.Values, error) {
	unreadable := func(err error) error {
		e := invalidRequest("the body cannot be read as multipart/form-data", "send one part a parameter, and the boundary in Content-Type")
		e.Err = err
		return e
	}
	if boundary == "" {
		return nil, unreadable(nil)
	}
	form := url.Values{}
	for reader := multipart.NewReader(bytes.NewReader(body), boundary); ; {
		part, err := reader.NextPart()
		if err == io.EOF { //nolint:errorlint // exactly: a wrapped one is a body cut short
			return form, nil
		}
		if err != nil {
			return nil, unreadable(err)
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, unreadable(err)
		}
		form.Add(part.FormName(), string(value))
	}
}

// single are the known parameters. One sent without a value counts as not sent,
// one sent twice is refused (RFC 6749 3.2), unknown ones are ignored.
func single(form url.Values) (map[string]string, error) {
	params := map[string]string{}
	for _, name := range known {
		switch values := form[name]; len(values) {
		case 0:
		case 1:
			if values[0] != "" {
				params[name] = values[0]
			}
		default:
			return nil, invalidRequest("the parameter "+name+" is sent more than once", "send each parameter once")
		}
	}
	return params, nil
}

func wrongType() error {
	return invalidRequest("the body's type is not application/x-www-form-urlencoded or multipart/form-data",
		"send grant_type=client_credentials&client_id=ID&client_secret=SECRET as application/x-www-form-urlencoded")
}

func invalidRequest(cause, cure string) *fault.Error {
	return &fault.Error{Code: "invalid_request", Kind: fault.Invalid, Cause: cause, Cure: cure}
}
